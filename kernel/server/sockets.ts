/** The five sockets; each has one queue, so sends never overlap. */
import { chmodSync, rmSync, statSync } from "node:fs";
import { Router, XPublisher } from "zeromq";
import { CHANNELS, type Connection } from "../protocol/connection-file.ts";
import { createPublisher, HELD_BY_LIBRARY } from "./publisher.ts";

type Frames = readonly Uint8Array[];

export interface Sockets {
  /** Queues a message; its frames go out after those of every earlier call for that channel. */
  send(channel: "shell" | "control" | "stdin" | "iopub", frames: Frames): void;
  /** Gives each message that arrives on a channel to `handle`, which must not throw. */
  receive(channel: "shell" | "control" | "stdin", handle: (frames: Uint8Array[]) => void): void;
  /** Gives the topic of each subscription to iopub to `handle`, which must not throw; clients may share a topic. */
  subscriptions(handle: (topic: Uint8Array) => void): void;
  /** Is told when more waits for the readers of iopub than should, and when that is over. */
  onBacklog(tell: (isFull: boolean) => void): void;
  /** Closes all, once everything queued has been handed over. */
  close(): Promise<void>;
}

/** How long the last messages may take to leave after closing, in milliseconds. */
const LINGER = 1000;
/** Milliseconds in which a connection must have said who it is. */
const HANDSHAKE = 10_000;
/** Bytes of the longest frame: above it, libzmq cuts the connection before it takes memory for one. */
const MOST = { request: 2 ** 30, heartbeat: 2 ** 20, topic: 2 ** 9 };

/**
 * Binds all five; rejects with the endpoint in the text when one cannot be bound. `gaveUp` is called when a client that
 * does not read iopub stops being waited for.
 */
export async function bindSockets({ endpoints, curve }: Connection, gaveUp?: () => void): Promise<Sockets> {
  const options = {
    linger: LINGER,
    // No limit on queued messages: with the default of 1000 a burst loses most of them.
    sendHighWaterMark: 0,
    // Few that wait to be looked at: a client that is faster waits in its own memory.
    receiveHighWaterMark: 16,
    handshakeInterval: HANDSHAKE,
    backlog: 1024,
    ipv6: endpoints.shell.includes("::"),
    ...(curve === null ? {} : { curveServer: true, curveSecretKey: curve.secretKey }),
  };
  const routing = { ...options, handover: true, maxMessageSize: MOST.request };
  const sockets = {
    shell: new Router(routing),
    control: new Router(routing),
    stdin: new Router(routing),
    iopub: new XPublisher({
      ...options,
      sendHighWaterMark: HELD_BY_LIBRARY,
      noDrop: true,
      verbosity: "allSubs",
      maxMessageSize: MOST.topic,
    }),
    hb: new Router({ ...routing, maxMessageSize: MOST.heartbeat }),
  };
  const removers = await bindAll(CHANNELS.map((channel) => [sockets[channel], endpoints[channel]]));
  void echo(sockets.hb);

  const iopub = createPublisher(sockets.iopub, gaveUp);
  const last = { shell: idle, control: idle, stdin: idle };
  return {
    send(channel, frames) {
      if (channel === "iopub") return iopub.send(frames);
      const socket = sockets[channel];
      const sent = last[channel].then(() => socket.send(frames as Buffer[]));
      last[channel] = sent.catch(() => {}); // A client that has gone away, or a socket closed at the end.
    },
    receive: (channel, handle) => void receive(sockets[channel], handle),
    onBacklog: iopub.onBacklog,
    subscriptions(handle) {
      const note = oncePerTurn(handle);
      void receive(sockets.iopub, ([event]) => {
        if (event?.[0] === SUBSCRIBE) note(event.subarray(1));
      });
    },
    async close() {
      await Promise.all([...Object.values(last), iopub.close()]);
      for (const socket of Object.values(sockets)) socket.close();
      for (const remove of removers) remove();
    },
  };
}

/** What a client's subscription begins with. */
const SUBSCRIBE = 1;
/** Different topics in one turn of the event loop; clients subscribe to one or a few. */
const MOST_TOPICS = 64;

/**
 * Gives a topic to `handle` at once, and again at the turn's end when it has come again: anyone may subscribe 100,000
 * times, and every time is told to all clients.
 */
function oncePerTurn(handle: (topic: Uint8Array) => void): (topic: Uint8Array) => void {
  const told = new Map<string, boolean>();
  const settle = (): void => {
    for (const [topic, again] of told) if (again) handle(Buffer.from(topic, "latin1"));
    told.clear();
  };
  return (topic) => {
    const key = Buffer.from(topic).toString("latin1");
    if (told.has(key)) told.set(key, true);
    else if (key === "" || told.size < MOST_TOPICS) {
      if (told.size === 0) setImmediate(settle);
      told.set(key, false);
      handle(topic);
    }
  };
}

const idle: Promise<void> = Promise.resolve();

/**
 * All or, when one fails, none: a process that ends while a socket is being bound crashes. Gives what takes away the files
 * of closed sockets.
 */
async function bindAll(pairs: readonly (readonly [Router | XPublisher, string])[]): Promise<(() => void)[]> {
  const results = await Promise.allSettled(pairs.map(([socket, endpoint]) => bind(socket, endpoint)));
  const removers = results.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  const failure = results.find((result) => result.status === "rejected");
  if (failure === undefined) return removers;
  for (const [socket] of pairs) socket.close();
  for (const remove of removers) remove();
  throw failure.reason;
}

async function bind(socket: Router | XPublisher, endpoint: string): Promise<() => void> {
  const file = endpoint.startsWith("ipc://") ? endpoint.slice("ipc://".length) : null;
  try {
    if (file !== null) checkSocketFile(file);
    await socket.bind(endpoint);
    if (file === null || file.startsWith("@")) return () => {};
    chmodSync(file, 0o600); // who may write to it may connect
    return removerOf(file);
  } catch (error) {
    throw new Error(`${endpoint}: ${(error as Error).message}: an address that can be bound was expected`);
  }
}

/** libzmq leaves the file there. Another kernel's that has taken its place stays. */
function removerOf(file: string): () => void {
  const { ino } = statSync(file);
  return () => {
    if (statSync(file, { throwIfNoEntry: false })?.ino === ino) rmSync(file, { force: true });
  };
}

/** Linux's `sun_path` holds 107 bytes and a zero, that of macOS 103. */
const LONGEST_PATH = process.platform === "darwin" ? 103 : 107;

/** libzmq takes a stale socket's place, but would delete any other file too. */
function checkSocketFile(file: string): void {
  const length = Buffer.byteLength(file);
  if (length > LONGEST_PATH) throw new Error(`its path has ${length} bytes, ${LONGEST_PATH} are possible`);
  if (statSync(file, { throwIfNoEntry: false })?.isSocket() === false)
    throw new Error("a file that is no socket stands there");
}

/** The heartbeat: what comes in goes back. */
function echo(socket: Router): Promise<void> {
  return receive(socket, (frames) => socket.send(frames as Buffer[]).catch(() => {}));
}

/** Until the socket is closed: a message that cannot be taken is no reason to hear no more. */
async function receive(
  socket: Router | XPublisher,
  handle: (frames: Uint8Array[]) => void | Promise<void>,
): Promise<void> {
  while (!socket.closed) {
    try {
      for await (const frames of socket) await handle(frames);
    } catch {
      await new Promise(setImmediate); // such as one larger than a Buffer may be
    }
  }
}
