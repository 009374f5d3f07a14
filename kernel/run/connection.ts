/** What the executor needs of a kernel, wherever it runs; local.ts and server.ts give it. */
import { randomUUID } from "node:crypto";
import { type Fields, type Message, PROTOCOL_VERSION } from "../protocol/messages.ts";

/** The channels on which a kernel and its client exchange messages. */
export type Channel = "shell" | "control" | "stdin" | "iopub";

/** What a connection tells whoever uses it. */
export interface Listener {
  message(channel: Channel, message: Message): void;
  /** The kernel or the way to it is gone for good. */
  failed(error: Error): void;
  /** Something that a person should know of, in one line. */
  note(text: string): void;
}

/** A kernel that runs and answers. */
export interface KernelConnection {
  /** Sends a request; gives its msg_id. */
  send(channel: "shell" | "control", type: string, content: Fields): string;
  listen(listener: Listener): void;
  interrupt(): Promise<void>;
  /** Ends the kernel and frees all that it held. */
  close(): Promise<void>;
}

/** What goes wrong for a reason that one line tells a person. */
export class RunError extends Error {
  override readonly name = "RunError";
}

/** A request of the session, without identities or buffers. */
export function newMessage(session: string, type: string, content: Fields): Message {
  return {
    identities: [],
    header: {
      msg_id: randomUUID(),
      session,
      username: "jacobi",
      date: new Date().toISOString(),
      msg_type: type,
      version: PROTOCOL_VERSION,
    },
    parent_header: {},
    metadata: {},
    content,
    buffers: [],
  };
}
