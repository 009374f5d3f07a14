/** Where displayed values go: to what the runtime has set, or as text to stdout outside the kernel. */
import { process } from "../originals.ts";
import type { Payload } from "./ask.ts";
import type { Bundle, Report } from "./bundle.ts";
import { reasonOf } from "./format.ts";

export interface Publisher {
  /** Shows a bundle, or shows it in place of every output that has this id. */
  publish(kind: "display" | "update_display", bundle: Bundle, display_id: string): void;
  /** Clears the cell's output; with `wait`, only when the next output comes. */
  clear(wait: boolean): void;
  /** Asks the client to do something when the cell has ended; the last of a source counts. */
  ask(payload: Payload): void;
  /** What the code that runs now belongs to: a cell, or what a comm message has called beside it. */
  owner(): object;
  /** Tells the user that a value's own display failed. */
  readonly report: Report;
  /** Keeps the cell going until an output that takes time has come. */
  wait(output: Promise<void>): void;
}

/** Outside the kernel a value's text is printed. */
const outside: Publisher = {
  publish: (_kind, bundle) => {
    const text = bundle.data["text/plain"];
    if (text !== undefined) process.stdout.write(`${text}\n`);
  },
  clear: () => {},
  ask: () => {},
  owner: () => outside,
  report: (what, error) => void process.stderr.write(`${what} failed: ${reasonOf(error)}\n`),
  wait: () => {},
};

let current = outside;

/** What takes displayed values now. */
export const publisher = (): Publisher => current;

/** True when a kernel shows what is published, so that updates reach the page. */
export const isInKernel = (): boolean => current !== outside;

/** Sends all that is displayed from now on to `next`; null: back to text on stdout. */
export function setPublisher(next: Publisher | null): void {
  current = next ?? outside;
}
