/** Questions of cells to the person at the client: in each shell one at a time, in the order they were asked. */
import type { MessagePort } from "node:worker_threads";
import type { InputRequest, Message } from "../protocol/messages.ts";
import { Signal, type ToMain } from "../threads.ts";
import type { Session } from "./session.ts";

/** A question of main's. */
export interface Question {
  /** Main's number for it. */
  readonly question: number;
  readonly cell: number;
  /** The request whose sender is asked; null when nobody there can answer. */
  readonly parent: Message | null;
  readonly content: InputRequest;
}

export interface Input {
  /** Asks the client that sent the question's `parent`. */
  ask(question: Question): void;
  /** An `input_reply`. */
  answer(message: Message): void;
  /** Ends the questions of a cell, or all, without an answer. */
  cancel(cell?: number): void;
}

export function createInput(session: Session, main: MessagePort, signals: Int32Array): Input {
  let questions: Question[] = [];
  /** Of those that have been sent, the ids of the messages. */
  const sent = new Map<Question, string>();
  const cancelled = new Set<unknown>();

  const settle = (settled: Question, value: string | null): void => {
    questions = questions.filter((other) => other !== settled);
    sent.delete(settled);
    main.postMessage({ kind: "input", question: settled.question, value } satisfies ToMain);
    // Main may be asleep in a synchronous `prompt`.
    Atomics.add(signals, Signal.input, 1);
    Atomics.notify(signals, Signal.input);
  };
  const shellOf = ({ parent }: Question): unknown => parent?.header.subshell_id ?? null;
  /** Sends those that no other of their shell keeps waiting. */
  const send = (): void => {
    for (const one of questions) {
      if (one.parent === null) settle(one, null);
      else if (![...sent.keys()].some((other) => shellOf(other) === shellOf(one)))
        sent.set(one, session.ask(one.parent, one.content));
    }
  };
  return {
    ask(question) {
      questions = [...questions, question];
      send();
    },
    answer({ content, parent_header: { msg_id }, identities }) {
      // Some clients do not say which question they answer; those that do may answer one that is gone.
      if (cancelled.delete(msg_id)) return;
      // Who was not asked has no say.
      const asked = [...sent.keys()].filter(({ parent }) => sameFrames(identities, parent?.identities ?? []));
      const answered = asked.find((one) => sent.get(one) === msg_id) ?? asked[0];
      if (answered === undefined) return;
      settle(answered, typeof content.value === "string" ? content.value : null);
      send();
    },
    cancel(cell) {
      for (const one of questions) {
        if (cell !== undefined && one.cell !== cell) continue;
        const id = sent.get(one);
        if (id !== undefined) cancelled.add(id);
        settle(one, null);
      }
      send();
    },
  };
}

function sameFrames(some: readonly Uint8Array[], others: readonly Uint8Array[]): boolean {
  return some.length === others.length && some.every((frame, i) => Buffer.compare(frame, others[i]!) === 0);
}
