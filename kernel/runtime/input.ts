/** Asking the user: `input`, `getpass`, and the web's synchronous `prompt`. */

import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { setImmediate } from "../originals.ts";
import { type OutputRecord, Signal, type ToMain } from "../threads.ts";
import { currentCell, currentRun, type Wait } from "./cells.ts";
import { KeyboardInterrupt } from "./interrupt.ts";

export interface Input {
  /** Asks and gives what the user typed. Rejects when the client cannot ask, and when interrupted. */
  input(prompt?: unknown): Promise<string>;
  /** The same, with what is typed hidden. */
  getpass(prompt?: unknown): Promise<string>;
  /** Asks and waits; null when the user gave no answer. */
  prompt(text?: unknown, value?: unknown): string | null;
  /** The client's answer to a question; null: none. */
  answer(question: number, value: string | null): void;
}

interface InputParts {
  readonly kernel: MessagePort;
  readonly signals: Int32Array;
  write(record: OutputRecord): void;
  /** Takes the messages that came while `prompt` waited for its answer. */
  handle(message: ToMain): void;
}

/** How long `prompt` sleeps before it looks at the interrupt flag, in ms. */
const slice = 50;

export function createInput({ kernel, signals, write, handle }: InputParts): Input {
  /** Those who wait for an answer, by the number of their question. */
  const askers = new Map<number, (value: string | null) => void>();
  let asked = 0;
  const ask = (prompt: unknown, password: boolean, asker: (value: string | null) => void): void => {
    const question = ++asked;
    askers.set(question, asker);
    write({ cell: currentCell(), kind: "input", question, prompt: String(prompt ?? ""), password });
  };
  const answer: Input["answer"] = (question, value) => {
    const asker = askers.get(question);
    askers.delete(question);
    asker?.(value);
  };

  const later = (name: string, prompt: unknown, password: boolean): Promise<string> =>
    new Promise((resolve, reject) => {
      const run = currentRun();
      const wait: Wait = { resolve, reject };
      run?.waits.add(wait);
      ask(prompt, password, (value) => {
        run?.waits.delete(wait);
        if (value === null) reject(refusal(name, signals));
        else if (value === END) reject(new EOFError(`${name}: the person ended the input`));
        else resolve(value);
      });
    });

  const now = (text: unknown): string => {
    let given: { readonly value: string | null } | undefined;
    ask(text, false, (value) => {
      given = { value };
    });
    while (given === undefined) {
      const seen = Atomics.load(signals, Signal.input);
      const received = receiveMessageOnPort(kernel) as { message: ToMain } | undefined;
      if (received?.message.kind === "input") answer(received.message.question, received.message.value);
      else if (received !== undefined) setImmediate(handle, received.message);
      else if (Atomics.load(signals, Signal.interrupt) !== 0) throw new KeyboardInterrupt();
      else Atomics.wait(signals, Signal.input, seen, slice);
    }
    if (given.value === null) throw refusal("prompt", signals);
    return given.value;
  };

  return {
    input: (prompt) => later("input", prompt, false),
    getpass: (prompt) => later("getpass", prompt ?? "Password: ", true),
    prompt(text, value) {
      const given = now(text);
      return given === END ? null : given || (value === undefined ? "" : String(value));
    },
    answer,
  };
}

/** What consoles send for Ctrl-D. */
const END = "\x04";

class EOFError extends Error {
  override readonly name = "EOFError";
}

function refusal(name: string, signals: Int32Array): Error {
  if (Atomics.load(signals, Signal.interrupt) !== 0) return new KeyboardInterrupt();
  return new Error(
    `${name}: this client does not take input (allow_stdin is false): run the cell in one that does`,
  );
}
