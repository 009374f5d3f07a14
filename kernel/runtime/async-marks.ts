/** Keeps out of printed values what async hooks write onto promises and timers. */

import { inspect, types } from "node:util";
import { clearImmediate, clearTimeout, setImmediate, setTimeout } from "../originals.ts";

/** By description: the symbols themselves are Node's own. */
const marks = new Set(["async_id_symbol", "trigger_async_id_symbol", "kResourceStore", "kAsyncContextFrame"]);

/** Without this, `[Promise.resolve(1)]` and a timer print the cell's whole async context. */
export function hideAsyncMarks(): void {
  const timer = setTimeout(() => {}, 0);
  const immediate = setImmediate(() => {});
  clearTimeout(timer);
  clearImmediate(immediate);
  for (const prototype of [Promise.prototype, prototypeOf(timer), prototypeOf(immediate)])
    Object.defineProperty(prototype, inspect.custom, { value: hide, configurable: true, writable: true });
}

const prototypeOf = (value: object): object => Object.getPrototypeOf(value) as object;

/** `inspect` calls it before it prints a value; given the value itself, it prints as it always does. */
function hide(this: object): object {
  if (types.isProxy(this)) return this;
  for (const symbol of Object.getOwnPropertySymbols(this)) {
    const property = Object.getOwnPropertyDescriptor(this, symbol);
    if (property?.enumerable && property.configurable && marks.has(symbol.description ?? ""))
      Object.defineProperty(this, symbol, { enumerable: false });
  }
  return this;
}
