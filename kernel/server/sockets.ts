/** The five sockets; each has one queue, so sends never overlap. */
import { Router, XPublisher } from "zeromq";
import { CHANNELS, type Connection } from "../protocol/connection-file.ts";

type Frames = readonly Uint8Array[];

export interface Sockets {
  /** Queues a message; its frames go out after those of every earlier call for that channel. */
  send(channel: "shell" | "control" | "stdin" | "iopub", frames: Frames): void;
  /** Gives each message that arrives on a channel to `handle`, which must not throw. */
  receive(channel: "shell" | "control" | "stdin", handle: (frames: Uint8Array[]) => void): void;
  /** Gives the topic of each subscription to iopub to `handle`, which must not throw; clients may share a topic. */
  subscriptions(handle: (topic: Uint8Array) => void): void;
  /** Closes all, once everything queued has been handed over. */
  close(): Promise<void>;
}

/** How long the last messages may take to leave after closing, in milliseconds. */
const LINGER = 1000;

/** Binds all five; rejects with the endpoint in the text when one cannot be bound. */
export async function bindSockets(endpoints: Connection["endpoints"]): Promise<Sockets> {
  // No limit on queued messages: with the default of 1000 a burst of output loses most of its messages.
  const options = { linger: LINGER, sendHighWaterMark: 0 };
  const routing = { ...options, handover: true };
  const sockets = {
    shell: new Router(routing),
    control: new Router(routing),
    stdin: new Router(routing),
    iopub: new XPublisher({ ...options, verbosity: "allSubs" }),
    hb: new Router(routing),
  };
  await Promise.all(CHANNELS.map((channel) => bind(sockets[channel], endpoints[channel])));
  void echo(sockets.hb);

  const last = { shell: idle, control: idle, stdin: idle, iopub: idle };
  return {
    send(channel, frames) {
      const socket = sockets[channel];
      const sent = last[channel].then(() => socket.send(frames as Buffer[]));
      last[channel] = sent.catch(() => {}); // A client that has gone away, or a socket closed at the end.
    },
    receive: (channel, handle) => void receive(sockets[channel], handle),
    subscriptions: (handle) =>
      void receive(sockets.iopub, ([event]) => {
        if (event?.[0] === SUBSCRIBE) handle(event.subarray(1));
      }),
    async close() {
      await Promise.all(Object.values(last));
      for (const socket of Object.values(sockets)) socket.close();
    },
  };
}

/** What a client's subscription begins with. */
const SUBSCRIBE = 1;

const idle: Promise<void> = Promise.resolve();

async function bind(socket: Router | XPublisher, endpoint: string): Promise<void> {
  try {
    await socket.bind(endpoint);
  } catch (error) {
    throw new Error(`${endpoint}: ${(error as Error).message}: an address that can be bound was expected`);
  }
}

/** The heartbeat: what comes in goes back. */
async function echo(socket: Router): Promise<void> {
  for await (const frames of socket) await socket.send(frames).catch(() => {});
}

async function receive(socket: Router | XPublisher, handle: (frames: Uint8Array[]) => void): Promise<void> {
  for await (const frames of socket) handle(frames);
}
