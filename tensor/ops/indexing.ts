/** Python's square brackets: `at` reads x[0, 1:3, ..., None, mask, indices], `setAt` writes there. */

import { backend } from "../backend/index.ts";
import { scalarStorage, storageFrom } from "../core/allocate.ts";
import { bool, int32, int64, uint8 } from "../core/dtype.ts";
import { IndexError, RuntimeError, ValueError } from "../core/errors.ts";
import { hooks } from "../core/hooks.ts";
import { type Op, op, record2, rule2 } from "../core/op.ts";
import { broadcastShapes, layoutOf, rowMajor, scalarLayout, showShape } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { expandTo, reshapeTo, sumTo } from "./broadcast.ts";
import { indicesOf, nonzero } from "./gather.ts";
import { checkWritable, copyInto, rebase, recordWrite } from "./inplace.ts";
import { broadcast, converted, copied, filled } from "./loops.ts";
import { unsqueeze } from "./movement.ts";
import { isScalar, operand, type Scalar } from "./number.ts";
import { cutOf, select, selectOf } from "./slices.ts";
import { type Positions, stridedPositions, take, takeRule } from "./take.ts";

/** A slice written as Python's: `"1:3"`, `"::2"`, `":"`. */
export type SliceText = `${string}:${string}` | "...";
/** One thing between the brackets: null is `None`, "..." the ellipsis. */
export type Index =
  | number
  | bigint
  | boolean
  | null
  | SliceText
  | Tensor
  | readonly (number | boolean)[]
  | readonly (readonly number[])[];

/** `start:stop:step` as numbers for a length n, clamped as Python clamps. */
export function parseSlice(text: string, n: number): { start: number; length: number; step: number } {
  if (!text.includes(":")) throw new TypeError("new(): invalid data type 'str'");
  const parts = text.split(":").map((part) => part.trim());
  const numbers = parts.map((part) => (part === "" ? null : Number(part)));
  if (parts.length > 3 || numbers.some((part) => part !== null && !Number.isInteger(part))) {
    throw new IndexError(`index: "${text}": expected a slice such as "1:3", "::2" or ":"`);
  }
  const step = numbers[2] ?? 1;
  if (step <= 0) throw new ValueError("step must be greater than zero");
  const clampTo = (value: number): number => Math.min(Math.max(value < 0 ? value + n : value, 0), n);
  const start = clampTo(numbers[0] ?? 0);
  const stop = Math.max(clampTo(numbers[1] ?? n), start);
  return { start, length: Math.ceil((stop - start) / step), step };
}

/** What basic indexing leaves: a view, and index tensors for some of its dimensions. */
interface Partly {
  readonly view: Tensor;
  readonly chosen: readonly (Tensor | null)[];
}

function consumes(item: Index): number {
  if (item === null || item === "..." || typeof item === "boolean") return 0;
  return item instanceof Tensor && (item.dtype === bool || item.dtype === uint8) ? item.ndim : 1;
}

/** An array between the brackets as an index tensor. */
function listIndex(list: readonly unknown[]): Tensor {
  const flat = (list as unknown[]).flat(Number.POSITIVE_INFINITY);
  const shape: number[] = [];
  for (let level: unknown = list; Array.isArray(level); level = level[0]) shape.push(level.length);
  const masks = flat.length > 0 && flat.every((v) => typeof v === "boolean");
  const data = masks
    ? Uint8Array.from(flat as boolean[], Number)
    : BigInt64Array.from(flat as number[], (v) => BigInt(v));
  const dtype = masks ? bool : int64;
  return new Tensor(storageFrom(dtype, data), 0, layoutOf(shape));
}

function applyBasic(x: Tensor, items: readonly Index[]): Partly {
  const used = items.reduce((total: number, item) => total + consumes(item), 0);
  if (x.ndim === 0 && items.some((i) => typeof i === "number" || typeof i === "bigint")) {
    throw new IndexError(
      "invalid index of a 0-dim tensor. Use `tensor.item()` in Python or `tensor.item<T>()` in C++ to convert a 0-dim tensor to a number",
    );
  }
  if (used > x.ndim) throw new IndexError(`too many indices for tensor of dimension ${x.ndim}`);
  let view = x;
  let dim = 0;
  const chosen: (Tensor | null)[] = [];
  for (const given of items) {
    const item = Array.isArray(given) ? listIndex(given) : (given as Exclude<Index, readonly unknown[]>);
    if (item === "...") {
      dim += x.ndim - used;
    } else if (item === null) {
      view = unsqueeze(view, dim++);
    } else if (typeof item === "boolean") {
      view = unsqueeze(view, dim);
      chosen[dim++] = listIndex(item ? [0] : []);
    } else if (typeof item === "string") {
      view = cutOf(view, { dim, ...parseSlice(item, view.shape[dim]!) });
      dim++;
    } else if (item instanceof Tensor) {
      for (const index of indexTensors(item, view, dim)) chosen[dim++] = index;
    } else {
      view = selectAt(view, dim, Number(item));
    }
  }
  return { view, chosen: Array.from({ length: view.ndim }, (_, d) => chosen[d] ?? null) };
}

function selectAt(view: Tensor, dim: number, i: number): Tensor {
  const n = view.shape[dim]!;
  if (!Number.isInteger(i)) throw new TypeError(`index: ${i}: expected an integer`);
  if (i < -n || i >= n)
    throw new IndexError(`index ${i} is out of bounds for dimension ${dim} with size ${n}`);
  return selectOf(view, dim, i < 0 ? i + n : i);
}

/** A mask as one index tensor per dimension it covers; an index tensor as itself. */
function indexTensors(item: Tensor, view: Tensor, dim: number): Tensor[] {
  if (item.dtype === int64 || item.dtype === int32) return [item];
  if (item.dtype !== bool && item.dtype !== uint8) {
    throw new IndexError("tensors used as indices must be long, int, byte or bool tensors");
  }
  item.shape.forEach((n, d) => {
    if (n !== view.shape[dim + d]) {
      throw new IndexError(
        `The shape of the mask ${showShape(item.shape)} at index ${d} does not match the shape of the indexed tensor ${showShape(view.shape)} at index ${dim + d}`,
      );
    }
  });
  const rows = nonzero(item);
  return Array.from({ length: item.ndim }, (_, d) => select(rows, 1, d));
}

/** Positions in the view, row-major, of what index tensors choose. */
function advanced(view: Tensor, chosen: readonly (Tensor | null)[]): Positions {
  const dims = Array.from(chosen.keys()).filter((d) => chosen[d] !== null);
  const shape = indexShape(dims.map((d) => chosen[d]!));
  const strides = rowMajor(view.shape);
  const apart = dims.some((d, i) => i > 0 && d !== dims[i - 1]! + 1);
  const before = Array.from(chosen.keys()).filter(
    (d) => chosen[d] === null && (apart ? false : d < dims[0]!),
  );
  const after = Array.from(chosen.keys()).filter((d) => chosen[d] === null && !before.includes(d));
  const start = new Int32Array(shape.reduce((p, q) => p * q, 1));
  for (const d of dims) {
    const list = indicesOf(broadcast(chosen[d]!, layoutOf(shape)));
    const n = view.shape[d]!;
    list.forEach((i, k) => {
      if (i < -n || i >= n)
        throw new IndexError(`index ${i} is out of bounds for dimension ${d} with size ${n}`);
      start[k]! += (i < 0 ? i + n : i) * strides[d]!;
    });
  }
  const outer = stridedPositions(
    before.map((d) => view.shape[d]!),
    before.map((d) => strides[d]!),
    0,
  );
  const inner = stridedPositions(
    after.map((d) => view.shape[d]!),
    after.map((d) => strides[d]!),
    0,
  );
  const at = new Int32Array(outer.at.length * start.length * inner.at.length);
  let k = 0;
  for (const o of outer.at) for (const s of start) for (const i of inner.at) at[k++] = o + s + i;
  return { at, shape: [...outer.shape, ...shape, ...inner.shape] };
}

function indexShape(indices: readonly Tensor[]): readonly number[] {
  try {
    return indices.map((i) => i.shape as readonly number[]).reduce(broadcastShapes);
  } catch {
    const shapes = indices.map((i) => showShape(i.shape)).join(", ");
    throw new IndexError(
      `shape mismatch: indexing tensors could not be broadcast together with shapes ${shapes}`,
    );
  }
}

const indexRule = takeRule("IndexBackward0");

/** Reads `x[…]` as Python does: `x.at(0, ":", "1:3", null, "...", mask, indices)`. Basic indices give views. */
export const at: Op<(x: Tensor, ...index: Index[]) => Tensor> = op(
  {
    rule: indexRule,
    samples: [
      { shapes: [[3, 4]], args: [1] },
      { shapes: [[3, 5]], args: [":", "1:4:2"] },
      { shapes: [[2, 3, 4]], args: ["...", -1, null] },
      { shapes: [[3, 4]], args: [[0, 2, 0]] },
      { shapes: [[3, 4, 2]], args: [":", [1, 1, 3], 0] },
      { shapes: [[2, 3, 4]], args: [[0, 1], ":", [2, -1]] },
      { shapes: [[3, 2]], args: [[true, false, true]] },
    ],
    refusals: [
      { shapes: [[2, 3]], args: [2], message: "index 2 is out of bounds for dimension 0 with size 2" },
      { shapes: [[2, 3]], args: [[0, 5]], message: "index 5 is out of bounds for dimension 0 with size 2" },
      { shapes: [[2]], args: [0, 0], message: "too many indices for tensor of dimension 1" },
    ],
  },
  (x: Tensor, ...index: Index[]): Tensor => {
    if (index.length === 1 && typeof index[0] === "number" && x.ndim > 0) return selectAt(x, 0, index[0]);
    const { view, chosen } = applyBasic(x, index);
    if (chosen.every((c) => c === null)) return view === x ? cutOf0(x) : view;
    return take(indexRule, view, advanced(view, chosen));
  },
);

/** `x[...]`: a new view of the whole. */
function cutOf0(x: Tensor): Tensor {
  return x.ndim === 0
    ? reshapeTo(unsqueeze(x, 0), [])
    : cutOf(x, { dim: 0, start: 0, length: x.shape[0]!, step: 1 });
}

const putRule = rule2<Positions>({
  name: "IndexPutBackward0",
  saves: ["", ""],
  vjp: [
    (g, _y, _a, _b, p): Tensor => putZeros(g, p),
    (g, _y, _a, b, p): Tensor => sumTo(take(indexRule, g, p), b.shape),
  ],
});
const zerosRule = rule2<Positions>({
  name: "IndexPutBackward0",
  saves: ["", ""],
  vjp: [(g, _y, _a, _b, p): Tensor => putZeros(g, p), null],
});
/** `g` with 0 at positions. */
function putZeros(g: Tensor, p: Positions): Tensor {
  const zero = filled(layoutOf(p.shape), g.dtype, 0);
  return record2(zerosRule, putRaw(g, zero, p), g, zero, p);
}
function putRaw(x: Tensor, values: Tensor, p: Positions): Tensor {
  const y = copied(x);
  const from = copied(broadcast(converted(values, x.dtype), layoutOf(p.shape)));
  const read = from.storage;
  if (y.storage.data === null) {
    if (p.at.length > 0)
      y.storage.scalar = read.data === null ? read.scalar : Number(read.data[p.at.length - 1]!);
    return y;
  }
  for (let k = 0; k < p.at.length; k++) {
    y.storage.data[p.at[k]!] = read.data === null ? read.scalar : read.data[k]!;
  }
  return y;
}

/** Writes `x[…] = value` as Python does: `x.setAt([0, ":"], value)`. */
export function setAt(x: Tensor, index: readonly Index[] | Index, value: Tensor | Scalar): Tensor {
  const items = Array.isArray(index) ? (index as readonly Index[]) : [index as Index];
  const { view, chosen } = applyBasic(x, items);
  const source = isScalar(value) ? filler(value, x) : operand("index_put_", value, x, "'value'");
  if (chosen.every((c) => c === null)) {
    copyInto(view, fitted(source, view));
    return x;
  }
  checkWritable(view);
  const positions = advanced(view, chosen);
  if (!broadcastsTo(source.shape, positions.shape)) {
    throw new RuntimeError(
      `shape mismatch: value tensor of shape ${showShape(source.shape)} cannot be broadcast to indexing result of shape ${showShape(positions.shape)}`,
    );
  }
  const values = isFitting(source, positions.shape) ? source : expandTo(source, positions.shape);
  const y = putRaw(view, values, positions);
  const node = recordWrite(view, (z) => record2(putRule, z, view, source, positions));
  backend.copy(view, y);
  view.storage.version++;
  rebase(view, node);
  return x;
}
function filler(value: Scalar, like: Tensor): Tensor {
  return new Tensor(
    scalarStorage(like.dtype, typeof value === "bigint" ? value : Number(value)),
    0,
    scalarLayout,
  );
}
function broadcastsTo(from: readonly number[], to: readonly number[]): boolean {
  const missing = to.length - from.length;
  return from.every((n, d) => n === 1 || n === to[missing + d]);
}
function isFitting(source: Tensor, shape: readonly number[]): boolean {
  return source.ndim <= shape.length;
}
/** Leading dimensions of length 1 beyond the view's rank are dropped, as torch does. */
function fitted(source: Tensor, view: Tensor): Tensor {
  let s = source;
  while (s.ndim > view.ndim && s.shape[0] === 1) s = selectOf(s, 0, 0);
  return s;
}

hooks.row = (x, i) => selectOf(x, 0, i);
