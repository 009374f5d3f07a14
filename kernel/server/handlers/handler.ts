/** What a handler is, and what it may use: content in, content out; no sockets. */
import type { Connection } from "../../protocol/connection-file.ts";
import type { CommNotice, Message, Notices, Requests } from "../../protocol/messages.ts";
import type { CompilerCalls } from "../../threads.ts";
import type { Caller } from "../calls.ts";
import type { Cells } from "../cells.ts";
import type { Comms } from "../comms.ts";
import type { Debugger } from "../debug/debugger.ts";
import type { History } from "../history.ts";
import type { Session } from "../session.ts";
import type { Subshells } from "../subshells.ts";

export interface Services {
  readonly compiler: Caller<CompilerCalls>;
  readonly cells: Cells;
  readonly comms: Comms;
  readonly debugger: Debugger;
  readonly history: History;
  readonly session: Session;
  readonly subshells: Subshells;
  readonly endpoints: Connection["endpoints"];
  /** The execution count of the last cell that was given one. */
  readonly counter: { value: number };
  /** Ends the process, once what is queued for clients has left. */
  stop(): void;
}

/** Gives the reply's content; what it throws becomes an error reply. `message` is the whole request. */
export type Handler<K extends keyof Requests> = (
  request: Requests[K]["request"],
  services: Services,
  message: Message,
) => Promise<Requests[K]["reply"]>;

export type Handlers = { readonly [K in keyof Requests]: Handler<K> };

/** Handlers of what has no reply. */
export type NoticeHandlers = {
  readonly [K in keyof Notices]: (
    message: Message & { content: Partial<CommNotice> },
    services: Services,
  ) => Promise<void>;
};
