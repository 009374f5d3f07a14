/** What the name under the cursor is: signature, documentation, source. */
import type { Inspection } from "../threads.ts";
import type { Checker } from "./checker.ts";

export function inspect(
  _checker: Checker,
  _source: string,
  _offset: number,
  _detail: 0 | 1,
): Inspection | null {
  return null;
}
