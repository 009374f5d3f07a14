/** `jacobi/testing`: assertions for tests of notebooks, whose failures a student can read. */
import "../torch.ts";
import { isDeepStrictEqual } from "node:util";
import { Tensor } from "../core/tensor.ts";
import { AssertionError, fail, listing, textOf } from "./error.ts";
import { gradient } from "./gradient.ts";
import { compare, type Difference, numbersOf } from "./numbers.ts";

export type { GradientOptions } from "./gradient.ts";
export { AssertionError, assert, assert as default };

export interface CloseOptions {
  /** How far off an entry may be, in parts of the expected one: 1e-5 unless given, as in torch.allclose. */
  readonly rtol?: number;
  /** How far off an entry may be in any case: 1e-8 unless given. */
  readonly atol?: number;
  /** Whether NaN is close to NaN; not unless given. */
  readonly equal_nan?: boolean;
  /** What the error says first. */
  readonly message?: string;
}

/** What an error must be: its message matches or contains a text, or it is of a class. */
// biome-ignore lint/suspicious/noExplicitAny: a constructor of any parameters
export type Expected = RegExp | string | (abstract new (...given: any[]) => Error);

export interface Assert {
  /** Nothing when `condition` is true; a tensor of one element counts by its element. */
  (condition: unknown, message?: string): asserts condition;
  /** Nothing when both have the same content: numbers in any nesting by value and shape, all else by structure. */
  equal(actual: unknown, expected: unknown, message?: string): void;
  /** Nothing when tensors, NumPy arrays, arrays or numbers have one shape and |a − e| ≤ atol + rtol · |e|. */
  allclose(actual: unknown, expected: unknown, options?: CloseOptions): void;
  /** Nothing when the promise of `fn` is rejected with such an error: await it. */
  throws(fn: () => Promise<unknown>, expected?: Expected, message?: string): Promise<void>;
  /** Nothing when `fn` throws such an error. */
  throws(fn: () => unknown, expected?: Expected, message?: string): void;
  gradient: typeof gradient;
}

/** Assertions; each failure is one AssertionError that says what was given and what was expected. */
const assert: Assert = Object.assign(holds, { equal, allclose, throws, gradient });

function holds(condition: unknown, message?: string): asserts condition {
  if (isPromise(condition)) fail(message, "assert: a promise was given: put await before it");
  if (condition instanceof Tensor && condition.numel() !== 1)
    fail(
      message,
      `assert: a tensor of ${condition.numel()} elements was given: expected one: use .all() or .any()`,
    );
  if (condition instanceof Tensor ? condition.item() : condition) return;
  throw new AssertionError(message ?? `assert: ${textOf(condition)} was given: expected true`);
}

function equal(actual: unknown, expected: unknown, message?: string): void {
  if (isPromise(actual)) fail(message, "assert.equal: a promise was given: put await before it");
  const both = [
    ["actual:", textOf(actual)],
    ["expected:", textOf(expected)],
  ] as const;
  const [a, e] = [numbersOf(actual), numbersOf(expected)];
  if (a === undefined || e === undefined || typeof actual !== typeof expected) {
    if (!isDeepStrictEqual(actual, expected)) fail(message, "assert.equal: the values differ", listing(both));
    return;
  }
  // biome-ignore lint/suspicious/noDoubleEquals: 1n and 1 are the same number
  const result = compare(a, e, (one, two) => one == two || (Number.isNaN(one) && Number.isNaN(two)));
  if (result.kind === "shapes") failShapes("assert.equal", result, both, message);
  const { differences, count } = result;
  if (differences.length === 0) return;
  const place = differences[0]!.at.length ? `: the largest difference is ${placeOf(differences[0]!)}` : "";
  fail(message, `assert.equal: ${entries(differences.length, count)}${place}`, listing(both));
}

function allclose(actual: unknown, expected: unknown, options: CloseOptions = {}): void {
  const { rtol = 1e-5, atol = 1e-8, equal_nan = false, message } = options;
  if (isPromise(actual)) fail(message, "assert.allclose: a promise was given: put await before it");
  const [a, e] = [numbersOf(actual), numbersOf(expected)];
  const strange = a === undefined ? actual : expected;
  if (a === undefined || e === undefined)
    fail(message, `assert.allclose: ${textOf(strange)} was given: expected a tensor, an array or a number`);
  const result = compare(a, e, (one, two) => {
    const [x, y] = [Number(one), Number(two)];
    if (x === y || (equal_nan && Number.isNaN(x) && Number.isNaN(y))) return true;
    return Number.isFinite(y) && Math.abs(x - y) <= atol + rtol * Math.abs(y);
  });
  const both = [
    ["actual:", textOf(actual)],
    ["expected:", textOf(expected)],
  ] as const;
  if (result.kind === "shapes") failShapes("assert.allclose", result, both, message);
  const { differences, count } = result;
  if (differences.length === 0) return;
  fail(
    message,
    `assert.allclose: ${entries(differences.length, count)}`,
    listing([
      ...both,
      ["largest difference:", placeOf(differences[0]!)],
      ["allowed:", `${atol} + ${rtol} · |expected|`],
    ]),
  );
}

type Shapes = { readonly actual: string; readonly expected: string };

function failShapes(
  name: string,
  { actual, expected }: Shapes,
  both: Parameters<typeof listing>[0],
  message: string | undefined,
): never {
  fail(message, `${name}: ${actual} was given: expected ${expected}`, listing(both));
}

function entries(wrong: number, count: number): string {
  return count === 1 ? "the numbers differ" : `${wrong} of ${count} entries differ`;
}

function placeOf({ at, actual, expected, size }: Difference): string {
  const where = at.length ? ` at [${at.join(", ")}]` : "";
  return `${Number(size.toPrecision(4))}${where}: ${shortOf(actual, expected)}, expected ${shortOf(expected, actual)}`;
}

/** A number to seven digits (float32 has no more), or whole where that would make it look like the other one. */
function shortOf(value: number | bigint, other: number | bigint): string {
  if (typeof value === "bigint" || typeof other === "bigint") return String(value);
  const [short, otherShort] = [Number(value.toPrecision(7)), Number(other.toPrecision(7))];
  return String(short === otherShort ? value : short);
}

function throws(fn: () => Promise<unknown>, expected?: Expected, message?: string): Promise<void>;
function throws(fn: () => unknown, expected?: Expected, message?: string): void;
function throws(fn: () => unknown, expected?: Expected, message?: string): Promise<void> | void {
  const nothing = (): never =>
    fail(message, `assert.throws: nothing was thrown: expected ${wordsOf(expected)}`);
  let result: unknown;
  try {
    result = fn();
  } catch (error) {
    return checkThrown(error, expected, message);
  }
  if (!isPromise(result)) return nothing();
  return result.then(nothing, (error) => checkThrown(error, expected, message));
}

/** Interrupting a cell is not what a test waits for. */
function checkThrown(error: unknown, expected: Expected | undefined, message: string | undefined): void {
  const [name, text] =
    error instanceof Error ? [error.name, error.message] : ["", typeof error === "string" ? error : ""];
  if (name === "KeyboardInterrupt") throw error;
  if (expected === undefined) return;
  if (typeof expected === "function" ? error instanceof expected : matches(text, expected)) return;
  const given = error instanceof Error ? `${name}: ${text}` : textOf(error);
  fail(message, `assert.throws: ${given} was thrown: expected ${wordsOf(expected)}`);
}

function matches(text: string, expected: RegExp | string): boolean {
  return typeof expected === "string" ? text.includes(expected) : text.search(expected) >= 0;
}

function wordsOf(expected: Expected | undefined): string {
  if (expected === undefined) return "an error";
  if (typeof expected === "function") return expected.name;
  return `an error that says ${typeof expected === "string" ? JSON.stringify(expected) : expected}`;
}

function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}
