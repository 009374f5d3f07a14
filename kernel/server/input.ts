/** Questions of a cell to the person at the client, one at a time. */
import type { MessagePort } from "node:worker_threads";
import type { Message } from "../protocol/messages.ts";
import { Signal, type ToMain } from "../threads.ts";
import type { Session } from "./session.ts";

export interface Input {
  /** Asks the client that sent `parent`; null when nobody there can answer. */
  ask(parent: Message | null, prompt: string, password: boolean): void;
  /** An `input_reply`. */
  answer(message: Message): void;
  /** Ends a pending question without an answer. */
  cancel(): void;
}

export function createInput(session: Session, main: MessagePort, signals: Int32Array): Input {
  let pending: string | null = null;
  const cancelled = new Set<unknown>();
  const settle = (value: string | null): void => {
    pending = null;
    main.postMessage({ kind: "input", value } satisfies ToMain);
    // Main may be asleep in a synchronous `prompt`.
    Atomics.add(signals, Signal.input, 1);
    Atomics.notify(signals, Signal.input);
  };
  return {
    ask(parent, prompt, password) {
      if (parent === null) settle(null);
      else pending = session.ask(parent, { prompt, password });
    },
    answer({ content, parent_header }) {
      const stale = cancelled.delete(parent_header.msg_id);
      if (pending !== null && !stale) settle(typeof content.value === "string" ? content.value : null);
    },
    cancel() {
      if (pending === null) return;
      cancelled.add(pending);
      settle(null);
    },
  };
}
