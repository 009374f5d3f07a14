/** The kernel's own log, on what was descriptor 2 before the output pipes took its place. */
import { writeSync } from "node:fs";

export type Log = (text: string) => void;

/** A log that writes lines to `fd` and never throws: a log that cannot be written is no reason to stop. */
export function createLog(fd: number): Log {
  return (text) => {
    try {
      writeSync(fd, `[jacobi] ${text}\n`);
    } catch {
      // Nobody reads it.
    }
  };
}
