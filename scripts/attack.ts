/** `npm run attack [-- --messages N] [--connections N]`: hostile traffic to a kernel of its own, and what it did to it. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { openJunk, sendForgeries } from "../kernel/test-attack.ts";
import { startClient, type TestClient } from "../kernel/test-client.ts";

const { values } = parseArgs({
  options: {
    messages: { type: "string", default: "100000" },
    connections: { type: "string", default: "2000" },
    rounds: { type: "string", default: "1" },
  },
});

const client = await startClient();
for (let i = 0; i < 50; i++) await client.execute(`${i}`);
await settled(client);
await report("before", client);
for (let round = 0; round < Number(values.rounds); round++) {
  await during(`${values.messages} messages`, () => sendForgeries(client, Number(values.messages)));
  await report("after the messages", client);
  let close = (): void => {};
  await during(`${values.connections} connections`, async () => {
    close = await openJunk(client, Number(values.connections));
  });
  await report("half the connections open", client);
  close();
  await sleep(1000);
  await report("all connections closed", client);
}
const { reply, published } = await client.execute(`"harmed" in globalThis`);
const result = published.find((m) => m.header.msg_type === "execute_result")?.content.data;
console.log(`a cell: ${reply.content.status}; harm done: ${JSON.stringify(result)}`);
console.log(`lines on the log: ${client.log().split("\n").length - 1}`);
console.log(`exit code: ${await client.shutdown()}`);

/** Waits until the compiler has read its library ahead, for that takes memory of its own. */
async function settled({ process: { pid } }: TestClient): Promise<void> {
  for (let last = 0, quiet = 0; quiet < 4; await sleep(1000)) {
    const now = Number(memory(pid, "VmRSS"));
    quiet = Math.abs(now - last) < 0.5 ? quiet + 1 : 0;
    last = now;
  }
}

/** Memory of the kernel's process, and how fast it answers. */
async function report(when: string, { process: { pid } }: TestClient): Promise<void> {
  const first = await answer("shell", "kernel_info_request", {});
  const cell = await answer("shell", "execute_request", { code: "1 + 1" });
  const [now, peak] = ["VmRSS", "VmHWM"].map((name) => memory(pid, name));
  console.log(`${when}: ${now} MB (peak ${peak}), kernel_info ${first} ms, a cell ${cell} ms`);
}

function memory(pid: number | undefined, name: string): string {
  const line = readFileSync(`/proc/${pid}/status`, "utf8").match(new RegExp(`^${name}:\\s+(\\d+)`, "m"));
  return (Number(line?.[1]) / 1024).toFixed(1);
}

async function answer(channel: "shell" | "control", type: string, content: object): Promise<string> {
  const start = performance.now();
  await client.request(channel, type, content as Record<string, unknown>);
  return (performance.now() - start).toFixed(1);
}

/** Runs an attack; says how long it took and how fast requests were answered meanwhile. */
async function during(what: string, attack: () => Promise<void>): Promise<void> {
  const start = performance.now();
  let over = false;
  const done = attack().finally(() => {
    over = true;
  });
  const times: number[] = [];
  while (!over) {
    times.push(Number(await answer("shell", "kernel_info_request", {})));
    await sleep(50);
  }
  await done;
  const sorted = times.toSorted((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)];
  console.log(
    `${what} in ${((performance.now() - start) / 1000).toFixed(1)} s; meanwhile kernel_info took ${median} ms (most ${sorted.at(-1)})`,
  );
}
