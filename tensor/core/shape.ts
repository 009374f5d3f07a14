/** Shape, stride and broadcasting arithmetic. */
import { IndexError, RuntimeError } from "./errors.ts";

/** A tensor's shape: an array of its dimensions' lengths that prints as `torch.Size([2, 3])`. */
export class Size extends Array<number> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  /** Product of the lengths. */
  numel(): number {
    return numelOf(this);
  }
  override toString(): string {
    return `torch.Size([${this.join(", ")}])`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** A Size with these lengths; those of vectors and matrices are shared and frozen. */
export function size(lengths: readonly number[]): Size {
  if (lengths instanceof Size) return lengths;
  const rank = lengths.length;
  return rank === 1 || rank === 2 ? layoutOf(lengths).shape : fresh(lengths);
}
/** `new Size(n)` with a varying n takes 300 ns or more, swapping an array's prototype 90. */
function fresh(lengths: readonly number[]): Size {
  return Object.setPrototypeOf(lengths.slice(), Size.prototype) as Size;
}

/** `[2, 3]`, as PyTorch's messages write a shape. */
export function showShape(shape: readonly number[]): string {
  return `[${Array.prototype.join.call(shape, ", ")}]`;
}

export function numelOf(shape: readonly number[]): number {
  let n = 1;
  for (let i = 0; i < shape.length; i++) n *= shape[i]!;
  return n;
}

/** Row-major strides, in elements. */
export function rowMajor(shape: readonly number[]): number[] {
  const rank = shape.length;
  if (rank === 2) return [shape[1]! || 1, 1];
  const strides: number[] = [];
  for (let i = 0; i < rank; i++) strides.push(1);
  let step = 1;
  for (let i = rank - 1; i >= 0; i--) {
    strides[i] = step;
    step *= shape[i]! || 1;
  }
  return strides;
}

function isRowMajor(shape: readonly number[], strides: readonly number[]): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const n = shape[i]!;
    if (n === 0) return true;
    if (n !== 1 && strides[i] !== step) return false;
    step *= n;
  }
  return true;
}

/** How elements are laid out. Immutable, so tensors of one shape share it. */
export class Layout {
  readonly shape: Size;
  readonly strides: readonly number[];
  readonly numel: number;
  /** Row-major without gaps. */
  readonly contiguous: boolean;

  constructor(shape: Size, strides: readonly number[], numel: number, contiguous: boolean) {
    this.shape = shape;
    this.strides = strides;
    this.numel = numel;
    this.contiguous = contiguous;
  }
}

/** The layout of a 0-d tensor. */
export const scalarLayout = new Layout(size([]), [], 1, true);

const unitStride: readonly number[] = [1];
/** Row-major layouts of vectors and matrices by their lengths: programs have few shapes and ask for them often. */
const interned = new Map<number, Layout>();
const mostInterned = 4096;

/** Lengths come from users, and memory is taken by them. */
function checkLengths(lengths: readonly number[]): void {
  for (const n of lengths) {
    if (!Number.isSafeInteger(n) || n < 0)
      throw new TypeError(`shape: ${showShape(lengths)} was given: lengths must be non-negative integers`);
  }
}

function intern(key: number, lengths: readonly number[]): Layout {
  checkLengths(lengths);
  const shape = Object.freeze(fresh(lengths)) as Size;
  const layout = new Layout(shape, lengths.length === 1 ? unitStride : rowMajor(shape), numelOf(shape), true);
  if (interned.size >= mostInterned) interned.clear();
  interned.set(key, layout);
  return layout;
}

/** The row-major layout of a shape. */
export function layoutOf(shape: readonly number[]): Layout {
  const rank = shape.length;
  if (rank === 0) return scalarLayout;
  if (rank > 2) {
    checkLengths(shape);
    return new Layout(size(shape), rowMajor(shape), numelOf(shape), true);
  }
  const n = shape[0]!;
  const key = rank === 1 ? -1 - n : n * 2 ** 26 + shape[1]!;
  if (rank === 2 && (n >= 2 ** 26 || shape[1]! >= 2 ** 26)) {
    checkLengths(shape);
    return new Layout(fresh(shape), rowMajor(shape), numelOf(shape), true);
  }
  return interned.get(key) ?? intern(key, shape);
}

/** The layout with these strides. */
export function stridedLayout(shape: readonly number[], strides: readonly number[]): Layout {
  if (isRowMajor(shape, strides)) return layoutOf(shape);
  return new Layout(size(shape), strides, numelOf(shape), false);
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The shape both broadcast to. */
export function broadcastShapes(a: readonly number[], b: readonly number[]): readonly number[] {
  if (sameShape(a, b)) return a;
  const rank = Math.max(a.length, b.length);
  const shape = new Array<number>(rank).fill(0);
  for (let i = 0; i < rank; i++) {
    const p = a[a.length - rank + i] ?? 1;
    const q = b[b.length - rank + i] ?? 1;
    if (p !== q && p !== 1 && q !== 1) {
      throw new RuntimeError(
        `The size of tensor a (${p}) must match the size of tensor b (${q}) at non-singleton dimension ${i}`,
      );
    }
    shape[i] = p === 1 ? q : p;
  }
  return shape;
}

/** Strides that read a tensor of `layout` as if it had the broadcast `shape` (0 where repeated). */
export function broadcastStrides(layout: Layout, shape: readonly number[]): readonly number[] {
  const missing = shape.length - layout.shape.length;
  if (missing === 0 && sameShape(layout.shape, shape)) return layout.strides;
  const strides: number[] = [];
  for (let i = 0; i < shape.length; i++) strides.push(0);
  for (let i = 0; i < layout.shape.length; i++) {
    if (layout.shape[i] !== 1) strides[missing + i] = layout.strides[i]!;
    else if (shape[missing + i] === 1) strides[missing + i] = layout.strides[i]!;
  }
  return strides;
}

/** A dimension counted from either end, made non-negative. */
export function wrapDim(dim: number, rank: number): number {
  const n = Math.max(rank, 1);
  if (dim < -n || dim >= n) {
    throw new IndexError(
      `Dimension out of range (expected to be in range of [${-n}, ${n - 1}], but got ${dim})`,
    );
  }
  return dim < 0 ? dim + n : dim;
}

/** Wrapped dimensions of a `dim` argument, ascending; null and [] mean all. */
export function wrapDims(dim: number | readonly number[] | null | undefined, rank: number): number[] {
  if (dim === null || dim === undefined || (typeof dim !== "number" && dim.length === 0)) {
    return Array.from({ length: rank }, (_, i) => i);
  }
  if (typeof dim === "number") return rank === 0 && wrapDim(dim, rank) === 0 ? [] : [wrapDim(dim, rank)];
  const wrapped = dim.map((d) => wrapDim(d, rank));
  for (const d of wrapped) {
    if (wrapped.indexOf(d) !== wrapped.lastIndexOf(d)) {
      throw new RuntimeError(`dim ${d} appears multiple times in the list of dims`);
    }
  }
  return rank === 0 ? [] : wrapped.sort((p, q) => p - q);
}

/** `shape` with one length −1 worked out so that it holds `numel` elements. */
export function inferShape(shape: readonly number[], numel: number): number[] {
  const at = shape.indexOf(-1);
  for (const n of shape) {
    if (n < -1)
      throw new RuntimeError(
        `invalid shape dimension ${n} at index ${shape.indexOf(n)} of shape ${showShape(shape)}`,
      );
  }
  if (at !== shape.lastIndexOf(-1)) throw new RuntimeError("only one dimension can be inferred");
  let known = 1;
  for (const n of shape) if (n !== -1) known *= n;
  if (at < 0) {
    if (known !== numel) throw invalidShape(shape, numel);
    return shape.slice();
  }
  if (known === 0 && numel === 0) {
    throw new RuntimeError(
      `cannot reshape tensor of 0 elements into shape ${showShape(shape)} because the unspecified dimension size -1 can be any value and is ambiguous`,
    );
  }
  if (known === 0 || numel % known !== 0) throw invalidShape(shape, numel);
  return shape.map((n) => (n === -1 ? numel / known : n));
}

function invalidShape(shape: readonly number[], numel: number): RuntimeError {
  return new RuntimeError(`shape '${showShape(shape)}' is invalid for input of size ${numel}`);
}

/** Strides with which memory of `layout` can be read as `shape` without copying, or null. */
export function viewStrides(layout: Layout, shape: readonly number[]): number[] | null {
  if (layout.contiguous || layout.numel === 0) return rowMajor(shape);
  const strides = new Array<number>(shape.length).fill(1);
  let v = shape.length - 1;
  let run = 1; // elements in the current run of dimensions that lie behind one another
  let covered = 1;
  let base = layout.strides[layout.strides.length - 1] ?? 1;
  for (let d = layout.shape.length - 1; d >= 0; d--) {
    run *= layout.shape[d]!;
    const ends = d === 0 || (layout.shape[d - 1] !== 1 && layout.strides[d - 1] !== run * base);
    if (!ends) continue;
    while (v >= 0 && (covered < run || shape[v] === 1)) {
      strides[v] = covered * base;
      covered *= shape[v]!;
      v--;
    }
    if (covered !== run) return null;
    if (d > 0) {
      base = layout.strides[d - 1]!;
      run = 1;
      covered = 1;
    }
  }
  return v === -1 ? strides : null;
}
