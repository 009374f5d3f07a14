/** Parts of tensors: slices, selections, splits. */

import { backend } from "../backend/index.ts";
import { IndexError, RuntimeError } from "../core/errors.ts";
import { op, record1, rule1 } from "../core/op.ts";
import { layoutOf, showShape, stridedLayout, wrapDim } from "../core/shape.ts";
import { type Tensor, viewAs } from "../core/tensor.ts";
import { type Tuple, tuple } from "../core/tuple.ts";
import { filled } from "./loops.ts";
import { unsqueeze } from "./movement.ts";
import { elementsOf } from "./take.ts";

interface Cut {
  readonly dim: number;
  readonly start: number;
  readonly length: number;
  readonly step: number;
  /** Which of several parts this is. */
  readonly output?: number;
}
function sliceRule(name: string) {
  return rule1<Cut>({ name, vjp: (g, _y, x, cut): Tensor => padBack(g, x.shape, cut) });
}
const slicesOf = { slice: sliceRule("SliceBackward0"), split: sliceRule("SplitBackward0") };

const padRule = rule1<Cut>({
  name: "SliceBackward",
  vjp: (g, _y, _x, cut): Tensor => cutOf(g, cut),
});
/** The slice's transpose: zeros of `shape` with `g` at the cut. */
function padBack(g: Tensor, shape: readonly number[], cut: Cut): Tensor {
  const y = filled(layoutOf(shape), g.dtype, 0, g.storage.device);
  backend.copy(rawCut(y, cut), g);
  return record1(padRule, y, g, cut);
}
/** The cut as a view, not recorded. */
export function rawCut(x: Tensor, cut: Cut): Tensor {
  const shape = x.shape.slice();
  shape[cut.dim] = cut.length;
  const strides = x.strides.slice();
  strides[cut.dim]! *= cut.step;
  return viewAs(x, stridedLayout(shape, strides), x.offset + cut.start * x.strides[cut.dim]!);
}
/** A view of every `step`-th element along one dimension. */
export function cutOf(x: Tensor, cut: Cut, kind: keyof typeof slicesOf = "slice"): Tensor {
  return record1(slicesOf[kind], rawCut(x, cut), x, cut);
}

/** A view of `length` elements from `start` along `dim` (`torch.narrow`). */
export const narrow = op(
  {
    takes: "narrow(input, dim, start, length)",
    rule: slicesOf.slice,
    samples: [
      { shapes: [[4, 3]], args: [0, 1, 2] },
      { shapes: [[2, 5]], args: [-1, -3, 2] },
    ],
    refusals: [
      { shapes: [[3]], args: [0, 1, 4], message: "start (1) + length (4) exceeds dimension size (3)." },
    ],
  },
  (x: Tensor, dim: number, begin: number | Tensor, length: number): Tensor => {
    const start = typeof begin === "number" ? begin : Number(elementsOf(begin).data[elementsOf(begin).start]);
    if (x.ndim === 0) throw new RuntimeError("narrow() cannot be applied to a 0-dim tensor.");
    const d = wrapDim(dim, x.ndim);
    const n = x.shape[d]!;
    if (length < 0) throw new RuntimeError("narrow(): length must be non-negative.");
    if (start < -n || start > n) {
      throw new IndexError(`start out of range (expected to be in range of [${-n}, ${n}], but got ${start})`);
    }
    const from = start < 0 ? start + n : start;
    if (from + length > n) {
      throw new RuntimeError(`start (${from}) + length (${length}) exceeds dimension size (${n}).`);
    }
    return cutOf(x, { dim: d, start: from, length, step: 1 });
  },
);

function pickRule(name: string) {
  return rule1<Cut>({ name, vjp: (g, _y, x, cut): Tensor => padBack(unsqueeze(g, cut.dim), x.shape, cut) });
}
const selectRule = pickRule("SelectBackward0");
const unbindRule = pickRule("UnbindBackward0");

/** A view at one index of a dimension, which disappears (`torch.select`). */
export const select = op(
  {
    takes: "select(input, dim, index)",
    rule: selectRule,
    samples: [{ shapes: [[2, 3, 4]], args: [1, -1] }],
    refusals: [
      {
        shapes: [[2, 3]],
        args: [0, 2],
        message: "select(): index 2 out of range for tensor of size [2, 3] at dimension 0",
      },
    ],
  },
  (x: Tensor, dim: number, index: number): Tensor => {
    if (x.ndim === 0) throw new IndexError("select() cannot be applied to a 0-dim tensor.");
    const d = wrapDim(dim, x.ndim);
    const n = x.shape[d]!;
    if (index < -n || index >= n) {
      throw new IndexError(
        `select(): index ${index} out of range for tensor of size ${showShape(x.shape)} at dimension ${d}`,
      );
    }
    return selectOf(x, d, index < 0 ? index + n : index);
  },
);
/** A list without one of its entries. */
function without(list: readonly number[], at: number): number[] {
  const rest: number[] = [];
  for (let i = 0; i < list.length; i++) if (i !== at) rest.push(list[i]!);
  return rest;
}
/** The view at a checked index. */
export function selectOf(x: Tensor, dim: number, index: number, rule = selectRule): Tensor {
  const shape = without(x.shape, dim);
  const layout = stridedLayout(shape, without(x.strides, dim));
  const y = viewAs(x, layout, x.offset + index * x.strides[dim]!);
  return record1(rule, y, x, { dim, start: index, length: 1, step: 1, output: index });
}

/** Views of `size` elements each (the last may be shorter), or of the listed lengths (`torch.split`). */
export const split = op(
  {
    takes: "split(tensor, split_size_or_sections, dim)",
    rule: slicesOf.split,
    samples: [
      { shapes: [[5, 2]], args: [2] },
      { shapes: [[2, 4]], args: [[1, 3], 1] },
    ],
    refusals: [
      {
        shapes: [[2, 3]],
        args: [[1, 3], 1],
        message:
          "split_with_sizes expects split_sizes to sum exactly to 3 (input tensor's size at dimension 1), but got split_sizes=[1, 3]",
      },
    ],
  },
  (
    x: Tensor,
    sizes: number | readonly number[],
    dim: number | { dim?: number } = 0,
  ): Tuple<Tensor> & Tensor[] => {
    const d = wrapDim(typeof dim === "number" ? dim : (dim.dim ?? 0), x.ndim);
    const n = x.shape[d]!;
    const lengths = typeof sizes === "number" ? evenly(n, sizes) : sizes;
    if (lengths.reduce((p, q) => p + q, 0) !== n) {
      throw new RuntimeError(
        `split_with_sizes expects split_sizes to sum exactly to ${n} (input tensor's size at dimension ${d}), but got split_sizes=${showShape(lengths)}`,
      );
    }
    let start = 0;
    return tuple(
      lengths.map((length, output) => {
        const piece = cutOf(x, { dim: d, start, length, step: 1, output }, "split");
        start += length;
        return piece;
      }),
    );
  },
);
function evenly(n: number, size: number): number[] {
  if (size <= 0 && n > 0)
    throw new RuntimeError(`split expects split_size be non-negative, but got split_size=${size}`);
  const count = Math.max(Math.ceil(n / Math.max(size, 1)), 1);
  return Array.from({ length: count }, (_, i) => Math.min(size, n - i * size));
}

/** Views of `chunks` nearly equal parts (`torch.chunk`). */
export const chunk = op(
  { takes: "chunk(input, chunks, dim)", rule: "composed", samples: [{ shapes: [[5, 2]], args: [3] }] },
  (x: Tensor, chunks: number, dim: number | { dim?: number } = 0): Tuple<Tensor> & Tensor[] => {
    const d = wrapDim(typeof dim === "number" ? dim : (dim.dim ?? 0), x.ndim);
    if (chunks <= 0) throw new RuntimeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
    return split(x, Math.ceil(x.shape[d]! / chunks), d);
  },
);

/** Views at each index of a dimension (`torch.unbind`). */
export const unbind = op(
  { takes: "unbind(input, dim)", rule: "composed", samples: [{ shapes: [[2, 3]], args: [1] }] },
  (x: Tensor, dim = 0): Tuple<Tensor> & Tensor[] => {
    const d = wrapDim(dim, x.ndim);
    return tuple(Array.from({ length: x.shape[d]! }, (_, i) => selectOf(x, d, i, unbindRule)));
  },
);
