/** What a magic is given to run a cell, with the error of one that is not written as it should be. */
import type { MagicBody } from "../../magics.ts";

/** A cell that one magic runs. */
export interface MagicCell {
  /** The magic's name, signs included. */
  readonly magic: string;
  readonly options: Readonly<Record<string, string | true>>;
  /** What follows the options on the line. */
  readonly rest: string;
  /** The text below the line. */
  readonly body: string;
  /** Runs the cell's TypeScript; `meta` joins its `import.meta`. */
  run(meta?: object): unknown;
  /** Waits for a promise, or until the cell is interrupted: then it throws KeyboardInterrupt. */
  wait<T>(value: T): T | Promise<Awaited<T>>;
  /** The top-level names of all cells. */
  readonly names: Record<string, unknown>;
}

export type RunMagic = (cell: MagicCell) => unknown;

/** A magic that is not written as it should be. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  /** The line is at fault, and the message tells of it: frames would only be the kernel's. */
  override readonly stack: string;
  constructor(message: string) {
    super(message);
    this.stack = `UsageError: ${message}`;
  }
}

/** Whether a body of this kind stands below the line. */
export const needsBody = (body: MagicBody): boolean => body === "text" || body === "code";
