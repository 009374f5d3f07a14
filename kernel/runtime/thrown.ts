/** Where values that are no errors were thrown: `throw "text"` leaves no stack. */
import { types } from "node:util";
import { cellHooks } from "../display/cell-hooks.ts";
import type { Frame } from "./frames.ts";
import { framesOf } from "./stacks.ts";

const ofObjects = new WeakMap<object, object>();

/** The last few strings, numbers and the like. */
let ofOthers: { readonly value: unknown; readonly place: object }[] = [];
const mostOthers = 4;
cellHooks.start.add(() => {
  ofOthers = [];
});

const isObject = (value: unknown): value is object =>
  (typeof value === "object" && value !== null) || typeof value === "function";

/** What emitted code throws goes through here, and comes out as it is. */
export function thrown<T>(value: T): T {
  if (types.isNativeError(value)) return value;
  const place = {};
  Error.captureStackTrace(place, thrown);
  if (isObject(value)) ofObjects.set(value, place);
  else ofOthers = [{ value, place }, ...ofOthers.slice(0, mostOthers - 1)];
  return value;
}

/** What an await of a cell is rejected with: unless its throw is known, this is the place. */
export function rejected(value: unknown): void {
  if (!types.isNativeError(value) && placeOf(value) === undefined) thrown(value);
}

const placeOf = (value: unknown): object | undefined =>
  isObject(value) ? ofObjects.get(value) : ofOthers.find((one) => Object.is(one.value, value))?.place;

/** The frames of the throw of a value that has no stack, as far as a cell's code threw it. */
export function framesOfThrown(value: unknown): readonly Frame[] {
  const place = placeOf(value);
  return place === undefined ? [] : framesOf(place);
}
