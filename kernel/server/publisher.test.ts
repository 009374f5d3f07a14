/** What a slow reader is spared, and what a vanished one cannot stop. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createPublisher } from "./publisher.ts";

/** A socket with room for `room` messages; `read` takes some away. */
function socketOf(room: number) {
  const held: string[] = [];
  const read: string[] = [];
  return {
    noDrop: true,
    lost: 0,
    held,
    read,
    async send(frames: Buffer[]): Promise<void> {
      if (held.length < room) held.push(String(frames[0]));
      else if (this.noDrop) throw Object.assign(new Error("full"), { code: "EAGAIN" });
      else this.lost++;
    },
    take(count: number): void {
      read.push(...held.splice(0, count));
    },
  };
}
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => String(from + i));

test("nothing is lost to a reader that is slow", async () => {
  const socket = socketOf(3);
  const publisher = createPublisher(socket);
  for (const text of numbered(0, 50)) publisher.send([Buffer.from(text)]);
  while (socket.read.length < 50) {
    socket.take(2);
    await new Promise(setImmediate);
  }
  assert.deepEqual(socket.read, numbered(0, 50));
  assert.equal(socket.lost, 0);
});

test("a backlog is told when it is there and when it is over", async () => {
  const socket = socketOf(1);
  const publisher = createPublisher(socket);
  const told: boolean[] = [];
  publisher.onBacklog((isFull) => void told.push(isFull));
  for (let i = 0; i < 6; i++) publisher.send([Buffer.alloc(10 * 2 ** 20)]);
  assert.deepEqual(told, [true]);
  while (told.length < 2) {
    socket.take(1);
    await new Promise(setImmediate);
  }
  assert.deepEqual(told, [true, false]);
});

test("who reads nothing is waited for no longer than patience lasts, and then loses what comes", async () => {
  const socket = socketOf(1);
  let gaveUp = 0;
  const publisher = createPublisher(socket, () => gaveUp++, 20);
  for (const text of numbered(0, 10)) publisher.send([Buffer.from(text)]);
  await new Promise<void>((resolve) => {
    const look = (): void => void (socket.lost === 9 ? resolve() : setImmediate(look));
    look();
  });
  assert.equal(gaveUp, 1);
  assert.deepEqual(socket.held, ["0"]);
});

test("closing waits for nobody", async () => {
  const socket = socketOf(1);
  const publisher = createPublisher(socket);
  for (const text of numbered(0, 10)) publisher.send([Buffer.from(text)]);
  await publisher.close();
  assert.deepEqual(socket.held, ["0"]);
});
