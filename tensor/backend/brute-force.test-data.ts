/** Brute force for the backend tests: what each operation gives, element by element, and the comparisons with it. */
import assert from "node:assert/strict";
import { convert, readElement } from "../core/allocate.ts";
import { type Dtype, float32 } from "../core/dtype.ts";
import type { Operand, Reduction } from "./backend.ts";
import { indices, positionOf } from "./views.test-data.ts";

type Value = number | bigint;

export function read(x: Operand, index: readonly number[]): Value {
  return readElement(x.storage, positionOf(x, index));
}

/** Every element of y is what `expected` says, to the bit. */
export function assertElements(y: Operand, expected: (index: readonly number[]) => Value): void {
  for (const index of indices(y.shape)) {
    const wanted = convert(y.dtype.name, expected(index));
    const got = read(y, index);
    if (!Object.is(got, wanted)) assert.fail(`at [${index}]: ${got} was given: ${wanted} expected`);
  }
}

/** Elements that y's view does not cover keep what they held. */
export function outside(y: Operand): () => void {
  const covered = new Set(indices(y.shape).map((index) => positionOf(y, index)));
  const before = Array.from({ length: y.storage.numel }, (_, i) => readElement(y.storage, i));
  return () =>
    before.forEach((value, i) => {
      if (!covered.has(i))
        assert.ok(Object.is(readElement(y.storage, i), value), `element ${i} was overwritten`);
    });
}

function roundHalfEven(x: number): number {
  const r = Math.round(x);
  const even = Math.abs(x % 1) === 0.5 && r % 2 !== 0 ? r - 1 : r;
  return even === 0 ? Math.sign(x) * 0 : even;
}
function greatest(values: bigint[]): bigint {
  return [...values].sort((a, b) => (a < b ? 1 : a > b ? -1 : 0))[0]!;
}
export const exactUnary: Record<string, (x: number) => number> = {
  neg: (x) => -x,
  abs: Math.abs,
  sign: (x) => (x > 0 ? 1 : x < 0 ? -1 : Number.isNaN(x) ? x : 0),
  sqrt: Math.sqrt,
  relu: (x) => (x > 0 || Number.isNaN(x) ? x : 0),
  floor: Math.floor,
  ceil: Math.ceil,
  trunc: Math.trunc,
  round: roundHalfEven,
  reciprocal: (x) => 1 / x,
  square: (x) => x * x,
  rsqrt: (x) => 1 / Math.sqrt(x),
};
export const integerUnary: Record<string, { f: (x: number) => number; big: (x: bigint) => bigint }> = {
  neg: { f: (x) => -x, big: (x) => -x },
  abs: { f: Math.abs, big: (x) => (x < 0n ? -x : x) },
  relu: { f: (x) => Math.max(x, 0), big: (x) => (x > 0n ? x : 0n) },
  square: { f: (x) => x * x, big: (x) => x * x },
  sign: { f: Math.sign, big: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n) },
};
export const approximateUnary: Record<string, (x: number) => number> = {
  exp: Math.exp,
  log: Math.log,
  tanh: Math.tanh,
  sigmoid: (x) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x))),
  sin: Math.sin,
  cos: Math.cos,
  expm1: Math.expm1,
  log1p: Math.log1p,
  log2: Math.log2,
  log10: Math.log10,
  atan: Math.atan,
  sinh: Math.sinh,
};
export const bigBinary: Record<
  string,
  { f: (a: number, b: number) => number; big: (a: bigint, b: bigint) => bigint }
> = {
  add: { f: (a, b) => a + b, big: (a, b) => a + b },
  sub: { f: (a, b) => a - b, big: (a, b) => a - b },
  rsub: { f: (a, b) => b - a, big: (a, b) => b - a },
  mul: { f: (a, b) => a * b, big: (a, b) => a * b },
  maximum: { f: Math.max, big: (a, b) => greatest([a, b]) },
  minimum: { f: Math.min, big: (a, b) => -greatest([-a, -b]) },
};
export const comparisons: Record<string, (a: Value, b: Value) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  logical_and: (a, b) => Number(a) !== 0 && Number(b) !== 0,
  logical_or: (a, b) => Number(a) !== 0 || Number(b) !== 0,
  logical_xor: (a, b) => (Number(a) !== 0) !== (Number(b) !== 0),
};

export function ulp(x: number, dtype: Dtype): number {
  const digits = dtype === float32 ? 24 : 53;
  const least = dtype === float32 ? -149 : -1074;
  return 2 ** Math.max(Math.floor(Math.log2(Math.abs(x))) - digits + 1, least);
}
export function assertWithin(got: number, wanted: number, tolerance: number, what: string): void {
  if (Object.is(got, wanted) || (Number.isNaN(got) && Number.isNaN(wanted))) return;
  assert.ok(
    Math.abs(got - wanted) <= tolerance,
    `${what}: ${got} was given: ${wanted} ± ${tolerance} expected`,
  );
}

export function assertReduced(reduction: Reduction, y: Operand, x: Operand): void {
  const groups = new Map<string, Value[]>(indices(y.shape).map((index) => [index.join(), []]));
  for (const index of indices(x.shape)) {
    groups.get(index.map((i, d) => (y.shape[d] === 1 ? 0 : i)).join())!.push(read(x, index));
  }
  for (const index of indices(y.shape)) {
    const elements = groups.get(index.join())!;
    const got = read(y, index);
    if (x.dtype.kind !== "float") {
      assert.equal(
        got,
        convert(y.dtype.name, reduceBig(reduction, elements.map(BigInt))),
        `${reduction} at [${index}]`,
      );
      continue;
    }
    const numbers = elements.map(Number);
    const wanted = Number(convert(y.dtype.name, reduceNumbers(reduction, numbers)));
    const magnitude =
      reduction === "prod" ? Math.abs(wanted) : numbers.reduce((t, v) => t + Math.max(Math.abs(v), v * v), 0);
    const digits = y.dtype === float32 ? 2 ** -24 : 2 ** -53;
    const tolerance =
      (y.dtype === float32 ? Math.abs(wanted) + magnitude * 1e-9 : magnitude * (numbers.length + 1)) * digits;
    assertWithin(Number(got), wanted, tolerance + Number.MIN_VALUE, `${reduction} at [${index}]`);
  }
}
function reduceBig(reduction: Reduction, x: bigint[]): bigint {
  switch (reduction) {
    case "sum":
      return x.reduce((t, v) => t + v, 0n);
    case "prod":
      return x.reduce((t, v) => t * v, 1n);
    case "amax":
      return greatest(x);
    case "amin":
      return -greatest(x.map((v) => -v));
    case "sum_abs":
      return x.reduce((t, v) => t + (v < 0n ? -v : v), 0n);
    default:
      return x.reduce((t, v) => t + v * v, 0n);
  }
}
function reduceNumbers(reduction: Reduction, x: number[]): number {
  switch (reduction) {
    case "sum":
      return x.reduce((t, v) => t + v, 0);
    case "prod":
      return x.reduce((t, v) => t * v, 1);
    case "amax":
      return x.reduce((t, v) => Math.max(t, v), -Infinity);
    case "amin":
      return x.reduce((t, v) => Math.min(t, v), Infinity);
    case "sum_abs":
      return x.reduce((t, v) => t + Math.abs(v), 0);
    default:
      return x.reduce((t, v) => t + v * v, 0);
  }
}

export function assertProduct(y: Operand, a: Operand, b: Operand): void {
  const k = a.shape.at(-1)!;
  const [alongA, alongB] = [a.strides.at(-1)!, b.strides.at(-2)!];
  for (const index of indices(y.shape)) {
    const batch = index.slice(0, -2);
    const from = positionOf(a, [...batch, index.at(-2)!, 0]);
    const to = positionOf(b, [...batch, 0, index.at(-1)!]);
    const got = read(y, index);
    let [total, magnitude, big] = [0, 0, 0n];
    for (let l = 0; l < k; l++) {
      const [p, q] = [readElement(a.storage, from + l * alongA), readElement(b.storage, to + l * alongB)];
      if (y.dtype.kind !== "float") big += BigInt(p) * BigInt(q);
      else total += Number(p) * Number(q);
      magnitude += Math.abs(Number(p) * Number(q));
    }
    if (y.dtype.kind !== "float") assert.equal(got, convert(y.dtype.name, big), `at [${index}]`);
    else
      assertWithin(
        Number(got),
        total,
        magnitude * (k + 1) * (y.dtype === float32 ? 2 ** -24 : 2 ** -52),
        "product",
      );
  }
}
