/** The backend in plain TypeScript: slow and obvious, over any strided operand; every fast one is tested against it. */
import { convert, materialise } from "../core/allocate.ts";
import type { Data } from "../core/storage.ts";
import type { Backend, BinaryLoop, CompareLoop, Operand, Reduction, UnaryLoop } from "./backend.ts";

type Value = number | bigint;

/** Calls `visit` with the position of each element in each operand's storage, in row-major order of `shape`. */
export function walk(
  shape: readonly number[],
  operands: readonly Operand[],
  visit: (...positions: number[]) => void,
): void {
  if (shape.includes(0)) return;
  const index = shape.map(() => 0);
  const positions = operands.map((operand) => operand.offset);
  for (;;) {
    visit(...positions);
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      index[axis]!++;
      operands.forEach((operand, i) => {
        positions[i]! += operand.strides[axis]!;
      });
      if (index[axis]! < shape[axis]!) break;
      operands.forEach((operand, i) => {
        positions[i]! -= operand.strides[axis]! * shape[axis]!;
      });
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}

function dataOf(operand: Operand): Data {
  return materialise(operand.storage);
}

/** Writes a value converted to the result's dtype. */
function writer(y: Operand): (position: number, value: Value) => void {
  const data = dataOf(y);
  const name = y.dtype.name;
  return (position, value) => {
    data[position] = convert(name, value);
  };
}

function unary(loop: UnaryLoop, y: Operand, x: Operand): void {
  const from = dataOf(x);
  const write = writer(y);
  const wraps = y.dtype.kind === "integer" && loop.big !== undefined;
  walk(y.shape, [y, x], (i, j) => {
    const element = from[j!]!;
    if (typeof element === "bigint" && loop.big !== undefined) return write(i!, loop.big(element));
    const value = loop.f(Number(element));
    write(i!, wraps && !small(value) ? loop.big!(BigInt(element)) : value);
  });
}

/** Integer results beyond this go by way of BigInt, so that they wrap rather than round or saturate. */
function small(value: number): boolean {
  return Math.abs(value) < 2 ** 31;
}

function binary(loop: BinaryLoop, y: Operand, a: Operand, b: Operand): void {
  const left = dataOf(a);
  const right = dataOf(b);
  const write = writer(y);
  const wraps = y.dtype.kind === "integer" && loop.big !== undefined;
  walk(y.shape, [y, a, b], (i, j, k) => {
    const p = left[j!]!;
    const q = right[k!]!;
    if (typeof p === "bigint" && loop.big !== undefined) return write(i!, loop.big(p, BigInt(q)));
    const value = loop.f(Number(p), Number(q));
    write(i!, wraps && !small(value) ? loop.big!(BigInt(p), BigInt(q)) : value);
  });
}

function compare(loop: CompareLoop, y: Operand, a: Operand, b: Operand): void {
  const left = dataOf(a);
  const right = dataOf(b);
  const write = writer(y);
  walk(y.shape, [y, a, b], (i, j, k) => write(i!, loop.f(left[j!]!, right[k!]!) ? 1 : 0));
}

function where(y: Operand, condition: Operand, a: Operand, b: Operand): void {
  const choose = dataOf(condition);
  const left = dataOf(a);
  const right = dataOf(b);
  const write = writer(y);
  walk(y.shape, [y, condition, a, b], (i, c, j, k) => write(i!, choose[c!] ? left[j!]! : right[k!]!));
}

function copy(y: Operand, x: Operand): void {
  const from = dataOf(x);
  const write = writer(y);
  walk(y.shape, [y, x], (i, j) => write(i!, from[j!]!));
}

function fill(y: Operand, value: Value): void {
  const write = writer(y);
  walk(y.shape, [y], (i) => write(i!, value));
}

/** How a reduction begins, and what one more element does to it; in BigInt when the result is int64. */
interface Fold {
  readonly start: number;
  readonly f: (total: number, x: number) => number;
  readonly big: (total: bigint, x: bigint) => bigint;
}
function pick(condition: boolean, yes: bigint, no: bigint): bigint {
  return condition ? yes : no;
}
const folds: { readonly [K in Reduction]: Fold } = {
  sum: { start: 0, f: (total, x) => total + x, big: (total, x) => total + x },
  prod: { start: 1, f: (total, x) => total * x, big: (total, x) => total * x },
  amax: {
    start: -Infinity,
    f: (total, x) => Math.max(total, x),
    big: (total, x) => pick(x > total, x, total),
  },
  amin: {
    start: Infinity,
    f: (total, x) => Math.min(total, x),
    big: (total, x) => pick(x < total, x, total),
  },
  any: {
    start: 0,
    f: (total, x) => (total !== 0 || x !== 0 ? 1 : 0),
    big: (total, x) => (total || x ? 1n : 0n),
  },
  all: {
    start: 1,
    f: (total, x) => (total !== 0 && x !== 0 ? 1 : 0),
    big: (total, x) => (total && x ? 1n : 0n),
  },
  sum_abs: { start: 0, f: (total, x) => total + Math.abs(x), big: (total, x) => total + (x < 0n ? -x : x) },
  sum_squares: { start: 0, f: (total, x) => total + x * x, big: (total, x) => total + x * x },
};
const bigStart: { readonly [K in Reduction]?: bigint } = { amax: -(2n ** 63n), amin: 2n ** 63n - 1n };

function reduce(reduction: Reduction, y: Operand, x: Operand): void {
  const fold = folds[reduction];
  const from = dataOf(x);
  const write = writer(y);
  const inBig =
    x.dtype.name === "int64" ||
    (y.dtype.name === "int64" && reduction !== "any" && reduction !== "all") ||
    (reduction === "prod" && x.dtype.kind === "integer"); // a few factors leave what a number can count
  const start: Value = inBig ? (bigStart[reduction] ?? BigInt(fold.start)) : fold.start;
  const totals = new Map<number, Value>();
  walk(y.shape, [y], (i) => totals.set(i!, start));
  // The result read with stride 0 along the reduced dimensions has the operand's shape.
  const strides = y.strides.map((stride, axis) => (y.shape[axis] === x.shape[axis] ? stride : 0));
  walk(x.shape, [{ ...viewOf(y), strides }, x], (i, j) => {
    const total = totals.get(i!)!;
    const element = from[j!]!;
    totals.set(
      i!,
      inBig ? fold.big(total as bigint, BigInt(element)) : fold.f(total as number, element as number),
    );
  });
  for (const [position, total] of totals) write(position, total);
}

function viewOf(operand: Operand): Operand {
  const { storage, offset, shape, strides, dtype } = operand;
  return { storage, offset, shape, strides, dtype };
}

function matmul(y: Operand, a: Operand, b: Operand): void {
  const rank = y.shape.length;
  const inner = a.shape[rank - 1]!;
  const left = dataOf(a);
  const right = dataOf(b);
  const write = writer(y);
  const alongA = a.strides[rank - 1]!;
  const alongB = b.strides[rank - 2]!;
  const rows = { ...viewOf(a), strides: [...a.strides.slice(0, rank - 1), 0] };
  const columns = { ...viewOf(b), strides: [...b.strides.slice(0, rank - 2), 0, b.strides[rank - 1]!] };
  walk(y.shape, [y, rows, columns], (i, j, k) => {
    let total: Value = left instanceof BigInt64Array ? 0n : 0;
    for (let l = 0; l < inner; l++) {
      const u = left[j! + l * alongA]!;
      const v = right[k! + l * alongB]!;
      total =
        typeof u === "bigint" ? (total as bigint) + u * (v as bigint) : (total as number) + u * (v as number);
    }
    write(i!, total);
  });
}

function inverse(y: Operand, x: Operand): number {
  const n = x.shape.at(-1)!;
  const from = dataOf(x);
  const write = writer(y);
  const [row, column] = x.strides.slice(-2) as [number, number];
  const [rowY, columnY] = y.strides.slice(-2) as [number, number];
  let info = 0;
  const first = (operand: Operand): Operand => ({
    ...viewOf(operand),
    strides: operand.strides.slice(0, -2),
  });
  walk(x.shape.slice(0, -2), [first(y), first(x)], (i, j) => {
    const rows = Array.from({ length: n }, (_, r) =>
      Array.from({ length: 2 * n }, (_, c) =>
        c < n ? Number(from[j! + r * row + c * column]!) : Number(c - n === r),
      ),
    );
    const pivot = eliminate(rows);
    if (info === 0) info = pivot;
    for (let r = 0; r < n; r++) {
      for (let c = 0; c < n; c++) write(i! + r * rowY + c * columnY, rows[r]![n + c]!);
    }
  });
  return info;
}

/** Gauss–Jordan with partial pivoting on rows of [A | I]; returns 1 + the index of a zero pivot, or 0. */
function eliminate(rows: number[][]): number {
  const n = rows.length;
  for (let p = 0; p < n; p++) {
    let best = p;
    for (let r = p + 1; r < n; r++) if (Math.abs(rows[r]![p]!) > Math.abs(rows[best]![p]!)) best = r;
    if (rows[best]![p] === 0) return p + 1;
    [rows[p], rows[best]] = [rows[best]!, rows[p]!];
    const pivot = rows[p]![p]!;
    rows[p] = rows[p]!.map((value) => value / pivot);
    rows.forEach((values, r) => {
      const factor = values[p]!;
      if (r !== p) rows[r] = values.map((value, c) => value - factor * rows[p]![c]!);
    });
  }
  return 0;
}

/** The reference backend. */
export const reference: Backend = {
  name: "reference",
  unary,
  binary,
  compare,
  where,
  copy,
  fill,
  reduce,
  matmul,
  inverse,
};
