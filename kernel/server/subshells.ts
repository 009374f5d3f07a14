/** Subshells: each a queue of cells of its own, beside the main shell's. https://jupyter.org/enhancement-proposals/91-kernel-subshells/kernel-subshells.html */
import { randomUUID } from "node:crypto";
import type { Message } from "../protocol/messages.ts";
import { createQueue, type Queue } from "./queue.ts";

/** A request names a subshell that is not there. */
export class UnknownSubshellError extends Error {
  override readonly name = "UnknownSubshellError";
  constructor(id: unknown) {
    super(`subshell_id: ${JSON.stringify(id).slice(0, 80)} was given: the id of a subshell was expected`);
  }
}

export interface Subshells {
  readonly main: Queue;
  /** A new one's id. */
  create(): string;
  /** The ids of all, the main shell not among them. */
  list(): string[];
  /** The cell that runs there goes on; those that wait are aborted. */
  delete(id: string): void;
  /** The queue that a request is for, or nothing when it names no subshell that is there. */
  queueOf(message: Message): Queue | undefined;
  /** The cells that wait now in the shell of a request will not run. */
  abortQueued(message: Message): Promise<void>;
}

export function createSubshells(): Subshells {
  const main = createQueue();
  const queues = new Map<unknown, Queue>([
    [undefined, main],
    [null, main],
  ]);
  const queueOf: Subshells["queueOf"] = ({ header }) => queues.get(header.subshell_id);
  return {
    main,
    queueOf,
    create() {
      const id = randomUUID();
      queues.set(id, createQueue());
      return id;
    },
    list: () => [...queues.keys()].filter((id) => typeof id === "string"),
    delete(id) {
      const queue = queues.get(id);
      if (queue === undefined) throw new UnknownSubshellError(id);
      queues.delete(id);
      queue.abort();
    },
    async abortQueued(message) {
      // What clients have sent already may still lie in a socket.
      await new Promise(setImmediate);
      queueOf(message)?.abort();
    },
  };
}
