/** Questions of cells to the person at the client, one at a time, in the order they were asked. */
import type { MessagePort } from "node:worker_threads";
import type { InputRequest, Message } from "../protocol/messages.ts";
import { Signal, type ToMain } from "../threads.ts";
import type { Session } from "./session.ts";

export interface Input {
  /** Asks the client that sent `parent`; null when nobody there can answer. */
  ask(parent: Message | null, question: InputRequest): void;
  /** An `input_reply`. */
  answer(message: Message): void;
  /** Ends all questions without an answer. */
  cancel(): void;
}

interface Question {
  readonly parent: Message | null;
  readonly content: InputRequest;
  /** The message id it was sent under; null while it waits for those before it. */
  id: string | null;
}

export function createInput(session: Session, main: MessagePort, signals: Int32Array): Input {
  let questions: Question[] = [];
  const cancelled = new Set<unknown>();

  /** Main expects one answer for each question, in their order. */
  const settle = (value: string | null): void => {
    questions.shift();
    main.postMessage({ kind: "input", value } satisfies ToMain);
    // Main may be asleep in a synchronous `prompt`.
    Atomics.add(signals, Signal.input, 1);
    Atomics.notify(signals, Signal.input);
  };
  const sendFirst = (): void => {
    for (let first = questions[0]; first !== undefined && first.id === null; first = questions[0]) {
      if (first.parent === null) settle(null);
      else first.id = session.ask(first.parent, first.content);
    }
  };
  return {
    ask(parent, content) {
      questions = [...questions, { parent, content, id: null }];
      sendFirst();
    },
    answer({ content, parent_header, identities }) {
      // Some clients do not say which question they answer; those that do may answer one that is gone.
      if (cancelled.delete(parent_header.msg_id) || questions.length === 0) return;
      if (!sameFrames(identities, questions[0]?.parent?.identities ?? [])) return; // it was not asked
      settle(typeof content.value === "string" ? content.value : null);
      sendFirst();
    },
    cancel() {
      if (questions[0]?.id) cancelled.add(questions[0].id);
      for (let left = questions.length; left > 0; left--) settle(null);
    },
  };
}

function sameFrames(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  return some.length === others.length && some.every((frame, i) => Buffer.compare(frame, others[i]!) === 0);
}
