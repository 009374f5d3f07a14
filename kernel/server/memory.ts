/** What a cell is told when main's heap was full. */
import type { ErrorContent } from "../threads.ts";

/** In place of the interrupt by which the cell was stopped; `limit` is the heap's, in megabytes. */
export function outOfMemory(limit: number, traceback: readonly string[] = []): ErrorContent {
  const evalue =
    `out of memory: the heap is limited to ${limit} MB: let go of values that are not needed (x = null), or start ` +
    `the kernel with NODE_OPTIONS=--max-old-space-size=${2 * limit}`;
  const [, ...places] = traceback;
  return { ename: "RangeError", evalue, traceback: [`\x1b[0;31mRangeError\x1b[0m: ${evalue}`, ...places] };
}
