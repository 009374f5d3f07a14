/** Comms: passed on between clients and main, and remembered so that `comm_info` has its answer while main is busy. */
import type { Message } from "../protocol/messages.ts";
import { ContentError } from "../protocol/requests.ts";
import type { CommMessage, ErrorContent } from "../threads.ts";
import type { Log } from "./log.ts";
import type { Session } from "./session.ts";

type CommType = CommMessage["type"];
type Hear = (comm: CommMessage) => Promise<ErrorContent | undefined>;

export interface Comms {
  /** Lets `hear` have a client's comm message, unless no such comm is open; resolves to what went wrong there. */
  fromClient(type: CommType, message: Message, hear: Hear): Promise<ErrorContent | undefined>;
  /** Publishes a comm message from main, caused by `parent`. */
  fromMain(comm: CommMessage, parent: Message | null): void;
  /** Open comms, of one target or of all. */
  open(target: string | null): Promise<Record<string, { target_name: string }>>;
}

/** Milliseconds that comms which a client has just opened or closed may take, before the list is given as it is. */
const PATIENCE = 50;

export function createComms(session: Session, log: Log): Comms {
  const targets = new Map<string, string>();
  const changing = new Set<Promise<unknown>>();
  const note = (type: CommType, { comm_id, target_name }: CommMessage["content"]): void => {
    if (type === "comm_open") targets.set(comm_id as string, target_name as string);
    if (type === "comm_close") targets.delete(comm_id as string);
  };
  return {
    async fromClient(type, message, hear) {
      const { content, metadata, buffers } = message;
      const id = nameIn(content, type, "comm_id");
      if (type === "comm_open") nameIn(content, type, "target_name");
      if (targets.has(id) === (type === "comm_open")) {
        const why = type === "comm_open" ? "this comm is open already" : "no such comm is open";
        log(`${type}: comm_id: ${JSON.stringify(id.slice(0, 80))}: ${why}: the message was ignored`);
        return undefined;
      }
      note(type, content);
      const heard = hear({ type, content, metadata, buffers });
      if (type !== "comm_msg") {
        changing.add(heard);
        void heard.finally(() => changing.delete(heard));
      }
      const error = await heard;
      // Code that was terminated could not close it.
      if (error !== undefined && type === "comm_open" && targets.delete(id))
        session.publish("comm_close", { comm_id: id, data: {} }, message);
      return error;
    },
    fromMain({ type, content, metadata, buffers }, parent) {
      note(type, content);
      session.publish(type, content, parent, { metadata, buffers });
    },
    async open(target) {
      if (changing.size > 0)
        await Promise.race([
          Promise.allSettled(changing),
          new Promise((resolve) => setTimeout(resolve, PATIENCE)),
        ]);
      const wanted = [...targets].filter(([, name]) => target === null || name === target);
      return Object.fromEntries(wanted.map(([id, target_name]) => [id, { target_name }]));
    },
  };
}

function nameIn(content: Message["content"], type: CommType, field: "comm_id" | "target_name"): string {
  const value = content[field];
  if (typeof value === "string") return value;
  const given = value === undefined ? "nothing" : JSON.stringify(value).slice(0, 80);
  throw new ContentError(`${type}: ${field}: ${given} was given: a string was expected: it was ignored`);
}
