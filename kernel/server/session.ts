/** What the kernel sends: messages with headers of its own, signed, on the right channel. */
import { randomUUID } from "node:crypto";
import {
  type Fields,
  type Header,
  type InputRequest,
  type Message,
  PROTOCOL_VERSION,
  type Publications,
} from "../protocol/messages.ts";
import { encode, type Signing } from "../protocol/wire.ts";
import type { Sockets } from "./sockets.ts";

/** What a message may carry beside its content. */
export interface Extras {
  readonly metadata?: Fields;
  readonly buffers?: readonly Uint8Array[];
  /** What subscribers on iopub are matched by, where it is not the message's type. */
  readonly topic?: Uint8Array;
}

export interface Session {
  /** Publishes on iopub, as caused by `parent` (null: by no request). */
  publish<K extends keyof Publications>(
    type: K,
    content: Publications[K],
    parent: Message | null,
    extras?: Extras,
  ): void;
  /** Answers `parent` on the channel it came by. */
  reply(
    channel: "shell" | "control",
    parent: Message,
    type: string,
    content: object,
    metadata?: Fields,
  ): void;
  /** Asks the client that sent `parent` on stdin; gives the question's message id. */
  ask(parent: Message, content: InputRequest): string;
}

export function createSession(sockets: Sockets, signing: Signing): Session {
  const session = randomUUID();
  let count = 0;
  const header = (msg_type: string): Header => ({
    msg_id: `${session}_${++count}`,
    session,
    username: "kernel",
    date: new Date().toISOString(),
    msg_type,
    version: PROTOCOL_VERSION,
  });
  const frames = (
    type: string,
    content: Fields,
    parent: Message | null,
    identities: readonly Uint8Array[],
    { metadata = {}, buffers = [] }: Extras = {},
  ): [id: string, frames: Uint8Array[]] => {
    const own = header(type);
    const parent_header = parent?.header ?? {};
    const message: Message = { identities, header: own, parent_header, metadata, content, buffers };
    return [own.msg_id, encode(message, signing)];
  };
  return {
    publish(type, content, parent, extras) {
      const topic = extras?.topic ?? Buffer.from(type);
      sockets.send("iopub", frames(type, content as Fields, parent, [topic], extras)[1]);
    },
    reply(channel, parent, type, content, metadata = {}) {
      sockets.send(channel, frames(type, content as Fields, parent, parent.identities, { metadata })[1]);
    },
    ask(parent, content) {
      const [id, sent] = frames("input_request", { ...content }, parent, parent.identities);
      sockets.send("stdin", sent);
      return id;
    },
  };
}
