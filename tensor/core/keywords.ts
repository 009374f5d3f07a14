/** Python's keyword arguments: a trailing plain object with PyTorch's names, in place of any positional argument. */

import { Tensor } from "./tensor.ts";

/** Whether a value is an options object: a plain one, so no tensor, list or dtype. */
export function isOptions(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Refuses a name that is not among an op's own, with PyTorch's text. */
export function checkKeyword(op: string, key: string, names: readonly string[]): void {
  if (!names.includes(key)) throw new TypeError(`${op}() got an unexpected keyword argument '${key}'`);
}

/** Refuses an options object's names that are not among an op's own. */
export function checkKeywords(
  op: string,
  options: object | null | undefined,
  names: readonly string[],
): void {
  if (options === null || options === undefined) return;
  for (const key of Object.keys(options)) checkKeyword(op, key, names);
}

/** Refuses keywords where an op has none left to take; anything else there is ignored, as `array.map(f)` needs. */
export function refuseOptions(op: string, value: unknown): void {
  if (isOptions(value)) for (const key of Object.keys(value)) checkKeyword(op, key, []);
}

type AnyFunction = (...args: never[]) => unknown;

/** `f` whose arguments may be named: `takes` is PyTorch's signature, `"transpose(input, dim0, dim1)"`. */
export function withKeywords<F extends AnyFunction>(takes: string, f: F): F {
  const [op, ...names] = takes.split(/[(), ]+/).filter((word) => word !== "") as [string, ...string[]];
  const order = (given: readonly unknown[]): unknown[] => positional(op, names, given);
  // Code of its own for each op, so that its call of `f` stays monomorphic; tensors come first, options last.
  const letters = ["a", "b", "c", "d", "e", "g"].slice(0, names.length + 1);
  const given = letters.join(", ");
  const named = letters
    .map((x) => `(typeof ${x} === "object" && !(${x} instanceof Tensor) && named(${x}))`)
    .reverse();
  const text = `return function ${op}(${given}) {
    if (${named.join(" || ")}) return f(...order([${given}]));
    return f(${given});
  };`;
  return new Function("f", "named", "order", "Tensor", text)(f, isOptions, order, Tensor) as F;
}

/** The arguments in the order of `names`, those in the options object among them. */
function positional(op: string, names: readonly string[], given: readonly unknown[]): unknown[] {
  const at = given.findIndex(isOptions);
  const args = given.slice(0, at);
  for (const [key, value] of Object.entries(given[at] as Record<string, unknown>)) {
    checkKeyword(op, key, names);
    const place = names.indexOf(key);
    if (place < at) throw new TypeError(`${op}() got multiple values for argument '${key}'`);
    args[place] = value;
  }
  return args;
}
