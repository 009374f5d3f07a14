/** Recorded values into tensors and JavaScript values, and the comparison of results with them. */
import { convert, dataConstructor, readElement, storageFrom } from "../core/allocate.ts";
import { type Dtype, dtypes } from "../core/dtype.ts";
import { layoutOf } from "../core/shape.ts";
import type { Data } from "../core/storage.ts";
import { Tensor } from "../core/tensor.ts";
import { tuple } from "../core/tuple.ts";
import { rowMajorCopy } from "../numpy/convert.ts";
import { loadNumpy } from "../numpy/load.ts";
import { PyFloat } from "../ops/number.ts";
import { type Json, recordedNumber } from "./cases.ts";

/** A name, dtype or form that the library does not have yet; counted apart from failures. */
export class Missing extends Error {}

/** Python's slice object. */
export class Slice {
  readonly parts: readonly [unknown, unknown, unknown];
  constructor(start: unknown, stop: unknown, step: unknown) {
    this.parts = [start, stop, step];
  }
  /** `1:3`, as `x.at` takes it. */
  toString(): string {
    const [start, stop, step] = this.parts.map((part) => (part === null ? "" : String(part)));
    return step === "" ? `${start}:${stop}` : `${start}:${stop}:${step}`;
  }
}
/** Python's `...`. */
export const ellipsis = Symbol("...");

/** A Python float; an int is a plain number or, beyond 2^53, a BigInt. */
export { PyFloat };

type Tagged = { readonly [key: string]: Json };
interface RecordedTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
  readonly rg?: number;
}

function tagged(json: Json): [string, Json, Tagged] | undefined {
  if (json === null || typeof json !== "object" || Array.isArray(json)) return undefined;
  const [key = ""] = Object.keys(json);
  return [key, (json as Tagged)[key]!, json as Tagged];
}

/** The dtype of that name. */
export function dtypeNamed(name: string): Dtype {
  const found = dtypes.find((dtype) => dtype.name === name);
  if (found === undefined) throw new Missing(`dtype ${name}`);
  return found;
}

/** The JavaScript value of a recorded one. */
export function decode(json: Json): unknown {
  if (json === null || typeof json !== "object") return json;
  if (Array.isArray(json)) return json.map((item: Json) => decode(item));
  const [tag, value, whole] = tagged(json)!;
  switch (tag) {
    case "$f":
      return new PyFloat(Number(recordedNumber(value as number | string)));
    case "$i":
      return BigInt(value as string);
    case "$tuple":
      return tuple((value as Json[]).map(decode));
    case "$size":
      return [...(value as number[])];
    case "$dict":
      return Object.fromEntries(Object.entries(value as Tagged).map(([key, item]) => [key, decode(item)]));
    case "$dtype":
      return dtypeNamed(value as string);
    case "$device":
      return value;
    case "$slice":
      return new Slice(...((value as Json[]).map(decode) as [unknown, unknown, unknown]));
    case "$ellipsis":
      return ellipsis;
    case "$t":
      return decodeTensor(value as unknown as RecordedTensor);
    case "$ndarray":
      return decodeArray(value as unknown as RecordedTensor);
    default:
      throw new Missing(`value ${tag} ${JSON.stringify(whole).slice(0, 40)}`);
  }
}

/** A recorded tensor, contiguous; a leaf that requires a gradient where `rg` says so. */
export function decodeTensor(t: RecordedTensor): Tensor {
  const dtype = dtypeNamed(t.dtype);
  const data = new (dataConstructor(dtype))(t.data.length) as Float64Array;
  t.data.forEach((text, i) => {
    data[i] = convert(dtype.name, recordedNumber(text)) as number;
  });
  const x = new Tensor(storageFrom(dtype, data), 0, layoutOf(t.shape));
  if (t.rg === 1) x.requires_grad = true;
  return x;
}

function decodeArray(t: RecordedTensor): unknown {
  const np = loadNumpy();
  return np.array(t.data.map(recordedNumber) as number[], t.dtype as "float64").reshape([...t.shape]);
}

/** How close numbers must be: |actual - expected| <= atol + rtol * |expected|. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}
export const exact: Tolerance = { rtol: 0, atol: 0 };

/** FORMAT.md's tolerances, widened by a factor. */
export function toleranceOf(dtype: string, widen = 1): Tolerance {
  if (dtype === "float32") return { rtol: 1.3e-6 * widen, atol: 1e-5 * widen };
  return dtype === "float64" ? { rtol: 1e-7 * widen, atol: 1e-7 * widen } : exact;
}

function close(a: number | bigint, e: number | bigint, { rtol, atol }: Tolerance): boolean {
  if (a === e || Object.is(Number(a), Number(e))) return true;
  if (typeof a === "bigint" && typeof e === "bigint") return false;
  const [x, y] = [Number(a), Number(e)];
  if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
  return Math.abs(x - y) <= atol + rtol * Math.abs(y);
}

/** What is different between a result and the recorded one; undefined where nothing is. */
export type Compare = (actual: unknown, expected: Json) => string | undefined;

/** Compares by value; `tolerance` gives the closeness for a dtype (Python floats count as float64). */
export function compareWith(tolerance: (dtype: string) => Tolerance): Compare {
  const compare: Compare = (actual, expected) => {
    if (Array.isArray(expected)) return compareItems(actual, expected, compare);
    const [tag, value] = tagged(expected) ?? ["", null];
    if (tag === "") return comparePlain(actual, expected);
    switch (tag) {
      case "$f":
        return compareNumber(actual, recordedNumber(value as string | number), tolerance("float64"));
      case "$i":
        return compareNumber(actual, BigInt(value as string), exact);
      case "$t":
        return compareTensor(actual, value as unknown as RecordedTensor, tolerance);
      case "$ndarray":
        return compareArray(actual, value as unknown as RecordedTensor, tolerance);
      case "$tuple":
      case "$size":
        return compareItems(actual, value as Json[], compare);
      case "$dtype":
        return String(actual) === `torch.${value}` ? undefined : `${actual} is not torch.${value}`;
      case "$device":
        return String(actual) === value ? undefined : `${actual} is not ${value}`;
      case "$dict": {
        const entries = Object.entries(value as Tagged);
        const own = actual instanceof Map ? Object.fromEntries(actual) : (actual as Record<string, unknown>);
        return first(entries, ([key, item]) => compare(own[key], item));
      }
      default:
        throw new Missing(`value ${tag}`);
    }
  };
  return compare;
}

function first<T>(
  items: readonly T[],
  check: (item: T, i: number) => string | undefined,
): string | undefined {
  for (const [i, item] of items.entries()) {
    const wrong = check(item, i);
    if (wrong !== undefined) return `[${i}] ${wrong}`;
  }
  return undefined;
}

function comparePlain(actual: unknown, expected: Json): string | undefined {
  if (expected === null) return actual == null ? undefined : `${actual} is not None`;
  if (typeof expected === "number") return compareNumber(actual, expected, exact);
  return actual === expected ? undefined : `${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`;
}

function compareNumber(actual: unknown, expected: number | bigint, tolerance: Tolerance): string | undefined {
  const a = actual instanceof PyFloat ? actual.value : actual;
  const isNumber = typeof a === "number" || typeof a === "bigint";
  return isNumber && close(a, expected, tolerance) ? undefined : `${actual} is not ${expected}`;
}

function compareItems(actual: unknown, expected: readonly Json[], compare: Compare): string | undefined {
  if (!Array.isArray(actual)) return `${actual} is not a list of ${expected.length}`;
  if (actual.length !== expected.length) return `${actual.length} items are not ${expected.length}`;
  return first(expected, (item, i) => compare(actual[i], item));
}

function compareTensor(x: unknown, t: RecordedTensor, tolerance: (dtype: string) => Tolerance) {
  const dtype = dtypeNamed(t.dtype);
  if (!(x instanceof Tensor)) return `${x} is not a tensor`;
  if (x.dtype !== dtype) return `dtype ${x.dtype} is not ${dtype}`;
  if (String(x.shape) !== `torch.Size([${t.shape.join(", ")}])`)
    return `shape ${x.shape} is not [${t.shape}]`;
  if (x.requires_grad !== (t.rg === 1)) return `requires_grad is ${x.requires_grad}`;
  return compareData(
    x.layout.numel === 1 ? [readElement(x.storage, x.offset)] : rowMajorCopy(x),
    t,
    tolerance,
  );
}

function compareArray(x: unknown, t: RecordedTensor, tolerance: (dtype: string) => Tolerance) {
  const array = x as { readonly shape?: readonly number[]; readonly dtype?: string; readonly data?: Data };
  if (array.shape?.join() !== t.shape.join()) return `shape ${array.shape} is not ${t.shape}`;
  if (array.dtype !== t.dtype) return `dtype ${array.dtype} is not ${t.dtype}`;
  return compareData(array.data!, t, tolerance);
}

function compareData(data: ArrayLike<number | bigint>, t: RecordedTensor, of: (dtype: string) => Tolerance) {
  const rounded = t.dtype === "float32" ? Math.fround : Number;
  return first(t.data, (text, i) => {
    const expected = recordedNumber(text);
    const e = typeof expected === "bigint" ? expected : rounded(expected);
    const a = data[i]!;
    const same = typeof a === "bigint" && typeof e === "number" ? Number(a) === e : close(a, e, of(t.dtype));
    return same ? undefined : `${a} is not ${e}`;
  });
}
