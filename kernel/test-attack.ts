/** Hostile traffic for tests, to this machine only: malformed and forged messages, connections of junk. */
import { createHmac, randomBytes, randomInt } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Dealer, XSubscriber } from "zeromq";
import type { Channel, Connection } from "./protocol/connection-file.ts";
import type { Message } from "./protocol/messages.ts";
import { encode, type Signing } from "./protocol/wire.ts";

type Frames = Uint8Array[];

/** What every forged cell would do, were it run. */
export const HARM = "globalThis.harmed = true";
const DELIMITER = Buffer.from("<IDS|MSG>");

/** An execute request nobody has sent before. */
function request(code = HARM): Message {
  const msg_id = randomBytes(8).toString("hex");
  const header = {
    msg_id,
    session: "s",
    username: "u",
    date: "",
    msg_type: "execute_request",
    version: "5.4",
  };
  return { identities: [], header, parent_header: {}, metadata: {}, content: { code }, buffers: [] };
}

/** Frames with a right signature over parts that are no message. */
function signed(signing: Signing, ...parts: readonly (string | Uint8Array)[]): Frames {
  const frames = parts.map((part) => Buffer.from(part as string));
  const hmac = frames.reduce((sum, part) => sum.update(part), createHmac(signing.digest, signing.key));
  return [DELIMITER, Buffer.from(hmac.digest("hex")), ...frames];
}

/** Messages without our signature: each kind makes a new one. */
export const forgeries: Readonly<Record<string, (signing: Signing) => Frames>> = {
  nothing: () => [Buffer.alloc(0)],
  noise: () => Array.from({ length: randomInt(1, 9) }, () => randomBytes(randomInt(300))),
  "no delimiter": (signing) => encode(request(), signing).slice(1),
  "delimiter alone": () => [DELIMITER],
  delimiters: () => Array.from({ length: 7 }, () => DELIMITER),
  "too few frames": (signing) => encode(request(), signing).slice(0, -1),
  "no signature": (signing) => encode(request(), signing).with(1, Buffer.alloc(0)),
  "half a signature": (signing) => {
    const frames = encode(request(), signing);
    return frames.with(1, frames[1]!.subarray(0, 32));
  },
  "a guessed signature": (signing) => encode(request(), signing).with(1, Buffer.from("0".repeat(64))),
  "another key": (signing) => encode(request(), { ...signing, key: "another" }),
  "another's signature": (signing) => encode(request(), signing).with(1, encode(request(), signing)[1]!),
  "one bit changed": (signing) => {
    const frames = encode(request(), signing).map((frame) => Buffer.from(frame));
    const part = frames[randomInt(1, 6)]!;
    part[randomInt(part.length)]! ^= 1 << randomInt(8);
    return frames;
  },
  "deep JSON": () => [
    DELIMITER,
    Buffer.from("0".repeat(64)),
    ...Array(4).fill(Buffer.from("[".repeat(5000))),
  ],
  "long identities": (signing) => [randomBytes(20_000), ...encode(request(), { ...signing, key: "another" })],
  "many frames": () => [DELIMITER, ...Array(500).fill(Buffer.alloc(0))],
};

/** Messages signed rightly that are no requests: a broken client's. */
export const malformed: Readonly<Record<string, (signing: Signing) => Frames>> = {
  "header no JSON": (signing) => signed(signing, randomBytes(20), "{}", "{}", "{}"),
  "header no object": (signing) => signed(signing, `[${Math.random()}]`, "{}", "{}", "{}"),
  "header without type": (signing) => signed(signing, `{"msg_id":"${Math.random()}"}`, "{}", "{}", "{}"),
  "header of numbers": (signing) =>
    signed(signing, `{"msg_id":${Math.random()},"msg_type":7}`, "{}", "{}", "{}"),
  "header of a prototype": (signing) =>
    signed(signing, `{"__proto__":{"msg_id":"${Math.random()}","msg_type":"x"}}`, "{}", "{}", "{}"),
  "header with a mark": (signing) => signed(signing, `\ufeff{"msg_id":"${Math.random()}"}`, "{}", "{}", "{}"),
  "content not finite": (signing) => signed(signing, head("comm_msg"), "{}", "{}", '{"code":NaN}'),
  "content no object": (signing) => signed(signing, head("execute_request"), "{}", "{}", `"${HARM}"`),
  "content not UTF-8": (signing) =>
    signed(signing, head("x"), "{}", "{}", Buffer.from('{"code":"\xff"}', "latin1")),
  "type of a prototype": (signing) => signed(signing, head("constructor_request"), "{}", "{}", "{}"),
};

function head(msg_type: string): string {
  return JSON.stringify({ msg_id: Math.random().toString(), session: "s", msg_type });
}

/** Sends `count` messages, of all kinds in turn, to all sockets that take any; resolves when all have been taken. */
export async function sendForgeries({ endpoints, signing }: Target, count: number): Promise<void> {
  const kinds = [...Object.values(forgeries), ...Object.values(malformed)];
  const channels = ["shell", "control", "stdin"] as const;
  const dealers = channels.map((channel) => connected(new Dealer({ linger: 0 }), endpoints[channel]));
  const subscriber = connected(new XSubscriber({ linger: 0 }), endpoints.iopub);
  for (let i = 0; i < count; i++) {
    const frames = kinds[i % kinds.length]!(signing) as Buffer[];
    if (i % 16 === 15) await subscriber.send(frames);
    else await dealers[randomInt(dealers.length)]!.send(frames);
  }
  for (const dealer of dealers.slice(0, 2)) {
    await dealer.send(
      encode(
        { ...request(), header: { ...request().header, msg_type: "kernel_info_request" } },
        signing,
      ) as Buffer[],
    );
    while (!String((await dealer.receive())[2]).includes("kernel_info_reply"));
  }
  for (const socket of [...dealers, subscriber]) socket.close();
}

/** Where a kernel listens. */
export interface Target {
  readonly endpoints: Connection["endpoints"];
  readonly signing: Signing;
}

function connected<S extends Dealer | XSubscriber>(socket: S, endpoint: string): S {
  socket.connect(endpoint);
  return socket;
}

const GREETING = Buffer.concat([
  Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 1]),
  Buffer.from("NULL".padEnd(20, "\0")),
  Buffer.alloc(32),
]);
const READY = Buffer.from("\x04\x1a\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER", "latin1");
const HUGE = Buffer.from([2, 0x3f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);

/** First bytes of connections that are no client's. https://rfc.zeromq.org/spec/23/ */
export const junk: Readonly<Record<string, () => Uint8Array>> = {
  silence: () => Buffer.alloc(0),
  "half a greeting": () => GREETING.subarray(0, 20),
  "a greeting": () => GREETING,
  "another mechanism": () => Buffer.from(GREETING.toString("latin1").replace("NULL", "EVIL"), "latin1"),
  "a greeting and noise": () => Buffer.concat([GREETING, randomBytes(1000)]),
  "a frame without an end": () => Buffer.concat([GREETING, READY, HUGE]),
  "half a frame": () => Buffer.concat([GREETING, READY, Buffer.from([1, 100, 7])]),
  "an old greeting": () => Buffer.from([1, 0, 5, 0, 1, 2, 3, 4]),
  noise: () => randomBytes(4000),
  http: () => Buffer.from("POST /api/kernels HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}"),
  tls: () => Buffer.from(`160301010001000${"0fc".repeat(40)}`, "hex"),
};

/** Opens `count` connections to all five ports; resolves, once all have said their junk, to what closes those still open. */
export async function openJunk({ endpoints }: Target, count: number): Promise<() => void> {
  const kinds = Object.values(junk);
  const ports = (Object.keys(endpoints) as Channel[]).map((channel) =>
    Number(endpoints[channel].split(":").at(-1)),
  );
  const open: Socket[] = [];
  for (let i = 0; i < count; i++) {
    const said = kinds[i % kinds.length]!();
    open.push(await say(ports[i % ports.length]!, said));
  }
  // Half of them go at once, the others stay.
  for (const socket of open.filter((_, i) => i % 2 === 0)) socket.destroy();
  await sleep(0);
  return () => {
    for (const socket of open) socket.destroy();
  };
}

function say(port: number, bytes: Uint8Array): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes, () => resolve(socket)));
    socket.on("error", () => resolve(socket));
    socket.resume();
  });
}
