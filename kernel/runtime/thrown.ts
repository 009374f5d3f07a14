/** Where values that are no errors were thrown: `throw "text"` leaves no stack. */
import { cellHooks } from "../display/cell-hooks.ts";
import { isError } from "../display/format.ts";
import type { Frame } from "./frames.ts";
import { framesOf } from "./stacks.ts";

const ofObjects = new WeakMap<object, object>();

/** The last few strings, numbers and the like. */
let ofOthers: { readonly value: unknown; readonly place: object }[] = [];
const mostOthers = 4;
cellHooks.start.add(() => {
  ofOthers = [];
});

/** What emitted code throws goes through here, and comes out as it is. */
export function thrown<T>(value: T): T {
  if (isError(value)) return value;
  const place = {};
  Error.captureStackTrace(place, thrown);
  if ((typeof value === "object" && value !== null) || typeof value === "function")
    ofObjects.set(value as object, place);
  else ofOthers = [{ value, place }, ...ofOthers.slice(0, mostOthers - 1)];
  return value;
}

/** The frames of the throw of a value that is no error, as far as a cell's code threw it. */
export function framesOfThrown(value: unknown): readonly Frame[] {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  const place = isObject
    ? ofObjects.get(value as object)
    : ofOthers.find((one) => Object.is(one.value, value))?.place;
  return place === undefined ? [] : framesOf(place);
}
