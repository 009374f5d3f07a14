/** What the kernel itself needs of the globals, as they were at its start: user code may put others in their place. */
import { Buffer } from "node:buffer";
import process from "node:process";

export { Buffer, process };

/** Fake timers replace those of `node:timers` as well, so the functions themselves are kept. */
export const {
  performance,
  queueMicrotask,
  setTimeout,
  clearTimeout,
  setInterval,
  clearInterval,
  setImmediate,
  clearImmediate,
} = globalThis;

export const { parse: parseJson, stringify: toJson } = JSON;
export const { keys: keysOf, entries: entriesOf } = Object;
