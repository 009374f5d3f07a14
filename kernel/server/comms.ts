/** Comms: forwarded between clients and main, and remembered so that `comm_info` has its answer while main is busy. */
import type { MessagePort } from "node:worker_threads";
import type { Message } from "../protocol/messages.ts";
import type { OutputRecord, ToMain } from "../threads.ts";
import type { Session } from "./session.ts";

type CommType = "comm_open" | "comm_msg" | "comm_close";
type CommRecord = Extract<OutputRecord, { kind: "comm" }>;

export interface Comms {
  /** A comm message from a client; what main does because of it speaks for `cell`. */
  fromClient(type: CommType, message: Message, cell: number): void;
  /** A comm message from main, caused by `parent`. */
  fromMain(record: CommRecord, parent: Message | null): void;
  /** Open comms, of one target or of all. */
  open(target: string | null): Record<string, { target_name: string }>;
}

export function createComms(session: Session, main: MessagePort): Comms {
  const targets = new Map<string, string>();
  const note = (type: CommType, { comm_id, target_name }: Readonly<Record<string, unknown>>): void => {
    if (typeof comm_id !== "string") return;
    if (type === "comm_open") targets.set(comm_id, String(target_name));
    if (type === "comm_close") targets.delete(comm_id);
  };
  return {
    fromClient(type, { content, metadata, buffers }, cell) {
      note(type, content);
      main.postMessage({ kind: "comm", type, content, metadata, buffers, cell } satisfies ToMain);
    },
    fromMain({ type, content, metadata, buffers }, parent) {
      note(type, content);
      session.publish(type, content, parent, { metadata, buffers });
    },
    open(target) {
      const wanted = [...targets].filter(([, name]) => target === null || name === target);
      return Object.fromEntries(wanted.map(([id, target_name]) => [id, { target_name }]));
    },
  };
}
