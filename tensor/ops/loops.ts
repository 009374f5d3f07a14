/** Elementwise loops: small contiguous floats in generated JavaScript, everything else through the backend. */

import type { BinaryLoop, Operand, UnaryLoop } from "../backend/backend.ts";
import { backend } from "../backend/index.ts";
import { allocate, tiers } from "../core/allocate.ts";
import { commonDevice } from "../core/device.ts";
import { type Dtype, float32, float64 } from "../core/dtype.ts";
import { broadcastShapes, broadcastStrides, type Layout, layoutOf, stridedLayout } from "../core/shape.ts";
import { cpu, type Device, type Storage } from "../core/storage.ts";
import { Tensor, uninitialised } from "../core/tensor.ts";

type Floats = Float32Array | Float64Array;
type UnaryFloats = (y: Floats, x: Floats, i: number, n: number) => void;
type BinaryFloats = (
  y: Floats,
  at: number,
  a: Floats,
  i: number,
  di: number,
  b: Floats,
  j: number,
  dj: number,
  n: number,
) => void;

/** Largest number of elements that JavaScript computes itself. */
const smallest = { limit: 16 };

/**
 * A unary op's loops. `exact` says that `f` in float64, rounded once, is the right float32 result, so that
 * JavaScript and the addon agree to the bit.
 */
export class UnaryLoops implements UnaryLoop {
  readonly name: string;
  readonly f: (x: number) => number;
  readonly big?: (x: bigint) => bigint;
  readonly exact: boolean;
  readonly floats32: UnaryFloats;
  readonly floats64: UnaryFloats;

  constructor(
    name: string,
    f: (x: number) => number,
    big: ((x: bigint) => bigint) | undefined,
    exact: boolean,
  ) {
    this.name = name;
    this.f = f;
    if (big !== undefined) this.big = big;
    this.exact = exact;
    const text = "for (let k = 0; k < n; k++) y[k] = f(x[i + k]);";
    this.floats32 = generate(`${name}32`, "y, x, i, n", text, f) as UnaryFloats;
    this.floats64 = generate(`${name}64`, "y, x, i, n", text, f) as UnaryFloats;
  }
}

/** A binary op's loops; see UnaryLoops. */
export class BinaryLoops implements BinaryLoop {
  readonly name: string;
  readonly f: (a: number, b: number) => number;
  readonly big?: (a: bigint, b: bigint) => bigint;
  readonly exact: boolean;
  readonly floats32: BinaryFloats;
  readonly floats64: BinaryFloats;

  constructor(
    name: string,
    f: (a: number, b: number) => number,
    big: ((a: bigint, b: bigint) => bigint) | undefined,
    exact: boolean,
  ) {
    this.name = name;
    this.f = f;
    if (big !== undefined) this.big = big;
    this.exact = exact;
    const text = "for (let k = at; k < at + n; k++, i += di, j += dj) y[k] = f(a[i], b[j]);";
    this.floats32 = generate(`${name}32`, "y, at, a, i, di, b, j, dj, n", text, f) as BinaryFloats;
    this.floats64 = generate(`${name}64`, "y, at, a, i, di, b, j, dj, n", text, f) as BinaryFloats;
  }
}

/** A loop of its own for each op and dtype, so that its call of `f` and its elements stay monomorphic. */
function generate(name: string, parameters: string, text: string, f: unknown): unknown {
  return new Function("f", `return function ${name}(${parameters}) { ${text} };`)(f);
}

function isFloat(dtype: Dtype): boolean {
  return dtype === float32 || dtype === float64;
}

/** y = f(x), element by element, in a new tensor of `dtype`. */
export function mapUnary(loops: UnaryLoops, x: Tensor, dtype: Dtype): Tensor {
  const layout = x.layout;
  const n = layout.numel;
  const { device } = x.storage;
  if (
    loops.exact &&
    n <= smallest.limit &&
    layout.contiguous &&
    x.dtype === dtype &&
    isFloat(dtype) &&
    device === cpu
  ) {
    const storage = allocate(dtype, n);
    if (n === 1) {
      const value = loops.f(readFloat(x));
      if (storage.data === null) storage.scalar = dtype === float32 ? Math.fround(value) : value;
      else storage.data[0] = value;
    } else if (dtype === float32) {
      loops.floats32(storage.data as Floats, x.storage.data as Floats, x.offset, n);
    } else loops.floats64(storage.data as Floats, x.storage.data as Floats, x.offset, n);
    return new Tensor(storage, 0, layout);
  }
  const y = uninitialised(dtype, contiguousOf(layout), device);
  backend.unary(loops, y, converted(x, dtype));
  settle(y);
  return y;
}

/** y = f(a, b), broadcast, in a new tensor of `dtype`. */
export function mapBinary(loops: BinaryLoops, a: Tensor, b: Tensor, dtype: Dtype): Tensor {
  const device = commonDevice(a, b);
  if (loops.exact && a.dtype === dtype && b.dtype === dtype && isFloat(dtype) && device === cpu) {
    const y = smallBinary(loops, a, b, dtype);
    if (y !== null) return y;
  }
  const layout = broadcastLayout(a.layout, b.layout);
  const y = uninitialised(dtype, layout, device);
  backend.binary(loops, y, broadcast(converted(a, dtype), layout), broadcast(converted(b, dtype), layout));
  settle(y);
  return y;
}

function smallBinary(loops: BinaryLoops, a: Tensor, b: Tensor, dtype: Dtype): Tensor | null {
  const left = a.layout;
  const right = b.layout;
  const n = Math.max(left.numel, right.numel);
  if (n > smallest.limit || !left.contiguous || !right.contiguous || left.numel === 0 || right.numel === 0)
    return null;
  let layout = left;
  if (left !== right && !sameLengths(left, right)) {
    if (right.numel === 1 && right.shape.length <= left.shape.length) layout = left;
    else if (left.numel === 1 && left.shape.length <= right.shape.length) layout = right;
    else return null;
  }
  const storage = allocate(dtype, n);
  if (n === 1) {
    const value = loops.f(readFloat(a), readFloat(b));
    if (storage.data === null) storage.scalar = dtype === float32 ? Math.fround(value) : value;
    else storage.data[0] = value;
    return new Tensor(storage, 0, layout);
  }
  const di = left.numel === 1 ? 0 : 1;
  const dj = right.numel === 1 ? 0 : 1;
  const x = a.storage.data ?? one(a, dtype, 0);
  const z = b.storage.data ?? one(b, dtype, 1);
  const i = a.storage.data === null ? 0 : a.offset;
  const j = b.storage.data === null ? 0 : b.offset;
  if (dtype === float32) loops.floats32(storage.data as Floats, 0, x as Floats, i, di, z as Floats, j, dj, n);
  else loops.floats64(storage.data as Floats, 0, x as Floats, i, di, z as Floats, j, dj, n);
  return new Tensor(storage, 0, layout);
}

/** A scalar's value in memory that all calls share: read within the call, never kept. */
const scratch32 = [new Float32Array(1), new Float32Array(1)] as const;
const scratch64 = [new Float64Array(1), new Float64Array(1)] as const;
function one(x: Tensor, dtype: Dtype, which: 0 | 1): Floats {
  const data = dtype === float32 ? scratch32[which] : scratch64[which];
  data[0] = x.storage.scalar;
  return data;
}

function sameLengths(a: Layout, b: Layout): boolean {
  const p = a.shape;
  const q = b.shape;
  if (p.length !== q.length) return false;
  for (let i = 0; i < p.length; i++) if (p[i] !== q[i]) return false;
  return true;
}

/** The value of a float tensor's first element. */
export function readFloat(x: Tensor): number {
  const storage = x.storage;
  return storage.data === null ? storage.scalar : (storage.data[x.offset] as number);
}

/** A one-element result goes back to its number field, so that kept scalars stay small. */
export function settle(y: Tensor): void {
  const storage = y.storage;
  if (
    storage.numel !== 1 ||
    storage.device !== cpu ||
    storage.data === null ||
    storage.dtype.isBig ||
    !tiers.scalar
  )
    return;
  storage.scalar = storage.data[0] as number;
  storage.data = null;
}

/** The row-major layout of the same shape. */
export function contiguousOf(layout: Layout): Layout {
  return layout.contiguous ? layout : layoutOf(layout.shape);
}

/** The row-major layout of the shape that both broadcast to. */
export function broadcastLayout(a: Layout, b: Layout): Layout {
  if (a === b || sameLengths(a, b)) return a.contiguous ? a : contiguousOf(b);
  const shape = broadcastShapes(a.shape, b.shape);
  if (shape.length === a.shape.length && a.contiguous && sameAs(shape, a.shape)) return a;
  if (shape.length === b.shape.length && b.contiguous && sameAs(shape, b.shape)) return b;
  return layoutOf(shape);
}
function sameAs(a: readonly number[], b: readonly number[]): boolean {
  return a.every((n, i) => n === b[i]);
}

/** `x` read with a broadcast shape: its memory, strides 0 where repeated. Not recorded. */
export function broadcast(x: Tensor, layout: Layout): Tensor {
  if (x.layout === layout || sameLengths(x.layout, layout)) return x;
  return new Tensor(
    x.storage,
    x.offset,
    stridedLayout(layout.shape, broadcastStrides(x.layout, layout.shape)),
  );
}

/** Memory read as plain lengths and strides, for a backend's call only. */
export class View implements Operand {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly dtype: Dtype;
  constructor(x: Tensor, shape: readonly number[], strides: readonly number[]) {
    this.storage = x.storage;
    this.offset = x.offset;
    this.shape = shape;
    this.strides = strides;
    this.dtype = x.dtype;
  }
}

/** a = f(a, b) for small contiguous floats, in JavaScript; false where that does not apply. */
export function writeSmall(loops: BinaryLoops, a: Tensor, b: Tensor): boolean {
  const { dtype, layout } = a;
  const n = layout.numel;
  if (commonDevice(a, b) !== cpu) return false;
  if (!loops.exact || n > smallest.limit || n === 0 || !isFloat(dtype) || b.dtype !== dtype) return false;
  if (!layout.contiguous || !b.layout.contiguous || a.storage === b.storage) return false;
  if (b.layout.numel !== 1 && b.layout.numel !== n) return false;
  const { storage } = a;
  if (storage.data === null) {
    const value = loops.f(storage.scalar, readFloat(b));
    storage.scalar = dtype === float32 ? Math.fround(value) : value;
    return true;
  }
  const z = (b.storage.data ?? one(b, dtype, 1)) as Floats;
  const j = b.storage.data === null ? 0 : b.offset;
  const y = storage.data as Floats;
  const loop = dtype === float32 ? loops.floats32 : loops.floats64;
  loop(y, a.offset, y, a.offset, 1, z, j, b.layout.numel === 1 ? 0 : 1, n);
  return true;
}

/** `x`'s elements converted to a dtype, itself where it has it. Not recorded. */
export function converted(x: Tensor, dtype: Dtype): Tensor {
  return x.dtype === dtype ? x : copied(x, dtype);
}

/** A contiguous copy of `x`'s elements in a dtype. Not recorded. */
export function copied(x: Tensor, dtype: Dtype = x.dtype): Tensor {
  const { device } = x.storage;
  const y = uninitialised(dtype, contiguousOf(x.layout), device);
  const few = x.layout.contiguous && x.layout.numel <= smallest.limit && device === cpu;
  if (few && x.dtype === dtype && isFloat(dtype)) {
    copySmall(y, x);
    return y;
  }
  backend.copy(y, x);
  settle(y);
  return y;
}

function copySmall(y: Tensor, x: Tensor): void {
  const to = y.storage;
  const from = x.storage;
  if (to.data === null) to.scalar = readFloat(x);
  else if (from.data === null) to.data[0] = from.scalar;
  else for (let i = 0; i < x.layout.numel; i++) to.data[i] = from.data[x.offset + i]!;
}

/** A new tensor filled with a number. Not recorded. */
export function filled(layout: Layout, dtype: Dtype, value: number | bigint, device: Device = cpu): Tensor {
  const y = uninitialised(dtype, contiguousOf(layout), device);
  if (device === cpu && typeof value === "number" && layout.numel <= smallest.limit && isFloat(dtype)) {
    const { storage } = y;
    if (storage.data === null) storage.scalar = dtype === float32 ? Math.fround(value) : value;
    else (storage.data as Floats).fill(value);
    return y;
  }
  backend.fill(y, value);
  settle(y);
  return y;
}

/** Zeros of the same shape and dtype. Not recorded. */
export function zerosLike(x: Tensor): Tensor {
  return filled(x.layout, x.dtype, 0, x.storage.device);
}
