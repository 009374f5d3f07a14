/** What becomes of cells that are nested so deeply that TypeScript's recursion overflows the stack. */
import type { CellDiagnostic } from "../threads.ts";

/** What `act` gives, or else, when the stack overflows, `otherwise`. */
export function unlessTooDeep<T>(act: () => T, otherwise: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof RangeError && /call stack/.test(error.message)) return otherwise();
    throw error;
  }
}

/** As much of a cell's first line as shows which cell it is: such lines are long. */
const shownLength = 60;

/** The error of such a cell, which stands for all of it: what overflowed the stack cannot be told. */
export const tooDeep = (source: string, name: string): CellDiagnostic => ({
  code: 2321,
  message:
    "Nested too deeply for TypeScript: give inner parts names of their own, or read large data with JSON.parse.",
  file: name,
  line: 1,
  column: 1,
  excerpt: source.split(/[\n\r]/, 1)[0]!.slice(0, shownLength),
  length: 1,
});
