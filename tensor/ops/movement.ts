/** Views and rearrangements: transposes, squeezes, slices, and their joins. */

import { backend } from "../backend/index.ts";
import { promote_types } from "../core/dtype.ts";
import { IndexError, RuntimeError, ValueError } from "../core/errors.ts";
import { type Op, op, record1, recordN, rule1, ruleN } from "../core/op.ts";
import { inferShape, layoutOf, showShape, size, stridedLayout, wrapDim, wrapDims } from "../core/shape.ts";
import { Tensor, uninitialised, viewAs } from "../core/tensor.ts";
import { type Tuple, tuple } from "../core/tuple.ts";
import { expand, reshapeTo, shapeOf, sumTo, viewTo } from "./broadcast.ts";

import { converted, copied, filled } from "./loops.ts";

function permuteRule(name: string) {
  return rule1<readonly number[]>({
    name,
    vjp: (g, _y, _x, order): Tensor => permuteBy(g, inverseOf(order), backRule),
  });
}
const backRule = permuteRule("PermuteBackward0");
const transposeRule = permuteRule("TransposeBackward0");
const tRule = permuteRule("TBackward0");

function inverseOf(order: readonly number[]): number[] {
  const inverse = order.slice();
  order.forEach((from, to) => {
    inverse[from] = to;
  });
  return inverse;
}

function permuteBy(x: Tensor, order: readonly number[], rule = backRule): Tensor {
  const shape = order.map((d) => x.shape[d]!);
  const strides = order.map((d) => x.strides[d]!);
  return record1(rule, viewAs(x, stridedLayout(size(shape), strides), x.offset), x, order);
}

/** A view with the dimensions in another order (`torch.permute`). */
export const permute = op(
  {
    rule: backRule,
    samples: [
      { shapes: [[2, 3, 4]], args: [1, 2, 0] },
      { shapes: [[2, 3, 4]], args: [[2, 0, 1]] },
    ],
    refusals: [
      {
        shapes: [[2, 3]],
        args: [0],
        message:
          "permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = 2 is not equal to len(dims) = 1",
      },
    ],
  },
  (x: Tensor, ...dims: number[] | [dims: readonly number[]]): Tensor => {
    const given = shapeOf(dims);
    if (given.length !== x.ndim) {
      throw new RuntimeError(
        `permute(sparse_coo): number of dimensions in the tensor input does not match the length of the desired ordering of dimensions i.e. input.dim() = ${x.ndim} is not equal to len(dims) = ${given.length}`,
      );
    }
    const order = given.map((d) => wrapDim(d, x.ndim));
    if (new Set(order).size !== order.length)
      throw new RuntimeError("permute(): duplicate dims are not allowed.");
    return permuteBy(x, order);
  },
);

function swapped(rank: number, dim0: number, dim1: number): number[] {
  const order = Array.from({ length: rank }, (_, i) => i);
  if (rank > 0) [order[dim0], order[dim1]] = [dim1, dim0];
  return order;
}

/** A view with two dimensions exchanged (`torch.transpose`). */
export const transpose = op(
  { rule: transposeRule, samples: [{ shapes: [[2, 3, 4]], args: [0, -1] }] },
  (x: Tensor, dim0: number, dim1: number): Tensor =>
    permuteBy(x, swapped(x.ndim, wrapDim(dim0, x.ndim), wrapDim(dim1, x.ndim)), transposeRule),
);

/** The transpose of a matrix; a vector or number stays as it is (`torch.t`). */
export const t = op(
  {
    rule: tRule,
    samples: [{ shapes: [[2, 3]] }, { shapes: [[3]] }],
    refusals: [{ shapes: [[2, 3, 4]], message: "t() expects a tensor with <= 2 dimensions, but self is 3D" }],
  },
  (x: Tensor): Tensor => {
    if (x.ndim > 2)
      throw new RuntimeError(`t() expects a tensor with <= 2 dimensions, but self is ${x.ndim}D`);
    return permuteBy(x, x.ndim < 2 ? swapped(x.ndim, 0, 0) : [1, 0], tRule);
  },
);

/** `x.T`: all dimensions reversed. */
export function reversed(x: Tensor): Tensor {
  return permuteBy(
    x,
    Array.from({ length: x.ndim }, (_, i) => x.ndim - 1 - i),
  );
}
/** `x.mT`: the last two dimensions exchanged. */
export function matrixTransposed(x: Tensor): Tensor {
  if (x.ndim < 2) {
    throw new RuntimeError(
      `tensor.mT is only supported on matrices or batches of matrices. Got ${x.ndim}-D tensor.`,
    );
  }
  return permuteBy(x, swapped(x.ndim, x.ndim - 2, x.ndim - 1), transposeRule);
}

/** The same elements in another shape; one length may be −1. A view where possible (`torch.reshape`). */
export const reshape = op(
  {
    rule: "composed",
    samples: [
      { shapes: [[2, 3, 4]], args: [4, -1] },
      { shapes: [[2, 3]], args: [[6]] },
      { shapes: [[0, 3]], args: [3, 0] },
    ],
    refusals: [{ shapes: [[2, 3]], args: [7], message: "shape '[7]' is invalid for input of size 6" }],
  },
  (x: Tensor, ...shape: number[] | [shape: readonly number[]]): Tensor => {
    const lengths = inferShape(shapeOf(shape), x.layout.numel);
    return viewTo(x, lengths) ?? reshapeTo(x, lengths);
  },
);

/** A view of the same memory in another shape (`Tensor.view`). */
export const view = op(
  {
    rule: "composed",
    samples: [{ shapes: [[2, 0, 3]], args: [0, 6] }],
    refusals: [
      { shapes: [[2, 3]], args: [4, -1], message: "shape '[4, -1]' is invalid for input of size 6" },
    ],
  },
  (x: Tensor, ...shape: number[] | [shape: readonly number[]]): Tensor => {
    const y = viewTo(x, inferShape(shapeOf(shape), x.layout.numel));
    if (y !== null) return y;
    throw new RuntimeError(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
    );
  },
);

/** Dimensions `start_dim` to `end_dim` joined into one (`torch.flatten`). */
export const flatten = op(
  {
    rule: "composed",
    samples: [{ shapes: [[2, 3, 4]] }, { shapes: [[2, 3, 4]], args: [1] }, { shapes: [[]] }],
    refusals: [
      {
        shapes: [[2, 3]],
        args: [1, 0],
        message: "flatten() has invalid args: start_dim cannot come after end_dim",
      },
    ],
  },
  (x: Tensor, start_dim = 0, end_dim = -1): Tensor => {
    const [start, end] = [wrapDim(start_dim, x.ndim), wrapDim(end_dim, x.ndim)];
    if (start > end)
      throw new RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim");
    if (x.ndim === 0) return reshape(x, 1);
    if (start === end) return x;
    const joined = x.shape.slice(start, end + 1).reduce((p, q) => p * q, 1);
    return reshape(x, [...x.shape.slice(0, start), joined, ...x.shape.slice(end + 1)]);
  },
);

function squeezeRule(name: string) {
  return rule1<null>({ name, vjp: (g, _y, x): Tensor => reshapeTo(g, x.shape) });
}
const squeezeRules = ["SqueezeBackward0", "SqueezeBackward1", "SqueezeBackward2"].map(squeezeRule);

/** A view without the dimensions of length 1, all or those named (`torch.squeeze`). */
export const squeeze = op(
  {
    rule: squeezeRules[0]!,
    samples: [
      { shapes: [[2, 1, 3, 1]] },
      { shapes: [[2, 1, 3, 1]], args: [1] },
      { shapes: [[2, 1, 1]], args: [[1, 2]] },
    ],
    refusals: [
      {
        shapes: [[2, 3]],
        args: [4],
        message: "Dimension out of range (expected to be in range of [-2, 1], but got 4)",
      },
    ],
  },
  (x: Tensor, dim?: number | readonly number[]): Tensor => {
    const dims = wrapDims(dim, x.ndim);
    const kept = Array.from(x.shape.keys()).filter((d) => x.shape[d] !== 1 || !dims.includes(d));
    const layout = stridedLayout(
      kept.map((d) => x.shape[d]!),
      kept.map((d) => x.strides[d]!),
    );
    const rule = squeezeRules[dim === undefined ? 0 : typeof dim === "number" ? 1 : 2]!;
    return record1(rule, viewAs(x, layout, x.offset), x, null);
  },
);

const unsqueezeRule = squeezeRule("UnsqueezeBackward0");

/** A view with a dimension of length 1 put in (`torch.unsqueeze`). */
export const unsqueeze = op(
  {
    rule: unsqueezeRule,
    samples: [
      { shapes: [[2, 3]], args: [1] },
      { shapes: [[]], args: [0] },
    ],
    refusals: [
      {
        shapes: [[2, 3]],
        args: [4],
        message: "Dimension out of range (expected to be in range of [-3, 2], but got 4)",
      },
    ],
  },
  (x: Tensor, dim: number): Tensor => {
    const d = wrapDim(dim, x.ndim + 1);
    const stride = d < x.ndim ? x.strides[d]! * x.shape[d]! : 1;
    const shape = [...x.shape.slice(0, d), 1, ...x.shape.slice(d)];
    const layout = stridedLayout(shape, [...x.strides.slice(0, d), stride, ...x.strides.slice(d)]);
    return record1(unsqueezeRule, viewAs(x, layout, x.offset), x, null);
  },
);

/** A view repeated to a shape (`torch.broadcast_to`). */
export const broadcast_to = op(
  { rule: "composed", samples: [{ shapes: [[3, 1]], args: [[2, 3, 4]] }] },
  (x: Tensor, shape: readonly number[]): Tensor => expand(x, shape),
);

interface Cut {
  readonly dim: number;
  readonly start: number;
  readonly length: number;
  readonly step: number;
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
  const y = filled(layoutOf(shape), g.dtype, 0);
  backend.copy(rawCut(y, cut), g);
  return record1(padRule, y, g, cut);
}
function rawCut(x: Tensor, cut: Cut): Tensor {
  const shape = Array.from(x.shape, (n, d) => (d === cut.dim ? cut.length : n));
  const strides = x.strides.map((s, d) => (d === cut.dim ? s * cut.step : s));
  return viewAs(x, stridedLayout(shape, strides), x.offset + cut.start * x.strides[cut.dim]!);
}
/** A view of every `step`-th element along one dimension. */
export function cutOf(x: Tensor, cut: Cut, kind: keyof typeof slicesOf = "slice"): Tensor {
  return record1(slicesOf[kind], rawCut(x, cut), x, cut);
}

/** A view of `length` elements from `start` along `dim` (`torch.narrow`). */
export const narrow = op(
  {
    rule: slicesOf.slice,
    samples: [
      { shapes: [[4, 3]], args: [0, 1, 2] },
      { shapes: [[2, 5]], args: [-1, -3, 2] },
    ],
    refusals: [
      { shapes: [[3]], args: [0, 1, 4], message: "start (1) + length (4) exceeds dimension size (3)." },
    ],
  },
  (x: Tensor, dim: number, start: number, length: number): Tensor => {
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

const selectRule = rule1<Cut>({
  name: "SelectBackward0",
  vjp: (g, _y, x, cut): Tensor => padBack(unsqueeze(g, cut.dim), x.shape, cut),
});

/** A view at one index of a dimension, which disappears (`torch.select`). */
export const select = op(
  {
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
/** The view at a checked index. */
export function selectOf(x: Tensor, dim: number, index: number): Tensor {
  const shape = x.shape.filter((_, i) => i !== dim);
  const layout = stridedLayout(
    shape,
    x.strides.filter((_, i) => i !== dim),
  );
  const y = viewAs(x, layout, x.offset + index * x.strides[dim]!);
  return record1(selectRule, y, x, { dim, start: index, length: 1, step: 1 });
}

interface Join {
  readonly dim: number;
  readonly lengths: readonly number[];
}
const catRule = ruleN("CatBackward0", ([g], node) => {
  const { dim, lengths } = node.parameters as Join;
  let start = 0;
  return lengths.map((length) => {
    const piece = cutOf(g!, { dim, start, length, step: 1 });
    start += length;
    return piece;
  });
});

/** Tensors joined along an existing dimension (`torch.cat`). */
export const cat = op(
  {
    rule: catRule,
    samples: [
      {
        shapes: [
          [2, 3],
          [4, 3],
        ],
        list: true,
      },
      {
        shapes: [
          [2, 1],
          [2, 3],
          [2, 0],
        ],
        list: true,
        args: [-1],
      },
    ],
    refusals: [
      {
        shapes: [
          [2, 3],
          [2, 4],
        ],
        list: true,
        message:
          "Sizes of tensors must match except in dimension 0. Expected size 3 but got size 4 for tensor number 1 in the list.",
      },
    ],
  },
  (tensors: readonly Tensor[], dim: number | { dim?: number } = 0): Tensor => {
    const first = tensors[0];
    if (first === undefined) throw new ValueError("torch.cat(): expected a non-empty list of Tensors");
    const at = typeof dim === "number" ? dim : (dim.dim ?? 0);
    const real = tensors.filter((x) => !(x.ndim === 1 && x.shape[0] === 0));
    const like = real[0] ?? first;
    if (like.ndim === 0)
      throw new RuntimeError("zero-dimensional tensor (at position 0) cannot be concatenated");
    const d = wrapDim(at, like.ndim);
    tensors.forEach((x, i) => {
      if (real.includes(x)) checkJoin(x, like, d, i);
    });
    const lengths = tensors.map((x) => (real.includes(x) ? x.shape[d]! : 0));
    return join(tensors, like, { dim: d, lengths });
  },
);

function checkJoin(x: Tensor, like: Tensor, dim: number, position: number): void {
  if (x.ndim !== like.ndim) {
    throw new RuntimeError(`Tensors must have same number of dimensions: got ${like.ndim} and ${x.ndim}`);
  }
  x.shape.forEach((n, d) => {
    if (d !== dim && n !== like.shape[d]) {
      throw new RuntimeError(
        `Sizes of tensors must match except in dimension ${dim}. Expected size ${like.shape[d]} but got size ${n} for tensor number ${position} in the list.`,
      );
    }
  });
}

function join(tensors: readonly Tensor[], like: Tensor, how: Join): Tensor {
  const dtype = tensors.map((x) => x.dtype).reduce(promote_types);
  const total = how.lengths.reduce((p, q) => p + q, 0);
  const y = uninitialised(dtype, layoutOf(Array.from(like.shape, (n, d) => (d === how.dim ? total : n))));
  let start = 0;
  tensors.forEach((x, i) => {
    const length = how.lengths[i]!;
    if (length > 0) backend.copy(rawCut(y, { dim: how.dim, start, length, step: 1 }), converted(x, dtype));
    start += length;
  });
  recordN(catRule, [y], tensors, how);
  return y;
}

const stackRule = ruleN("StackBackward0", ([g], node) =>
  Array.from({ length: (node.parameters as Join).lengths.length }, (_, i) =>
    selectOf(g!, (node.parameters as Join).dim, i),
  ),
);

/** Tensors of one shape joined along a new dimension (`torch.stack`). */
export const stack = op(
  {
    rule: stackRule,
    samples: [
      {
        shapes: [
          [2, 3],
          [2, 3],
        ],
        list: true,
      },
      {
        shapes: [
          [2, 3],
          [2, 3],
          [2, 3],
        ],
        list: true,
        args: [-1],
      },
    ],
    refusals: [
      {
        shapes: [[2], [3]],
        list: true,
        message: "stack expects each tensor to be equal size, but got [2] at entry 0 and [3] at entry 1",
      },
    ],
  },
  (tensors: readonly Tensor[], dim: number | { dim?: number } = 0): Tensor => {
    const first = tensors[0];
    if (first === undefined) throw new RuntimeError("stack expects a non-empty TensorList");
    const d = wrapDim(typeof dim === "number" ? dim : (dim.dim ?? 0), first.ndim + 1);
    tensors.forEach((x, i) => {
      if (showShape(x.shape) !== showShape(first.shape)) {
        throw new RuntimeError(
          `stack expects each tensor to be equal size, but got ${showShape(first.shape)} at entry 0 and ${showShape(x.shape)} at entry ${i}`,
        );
      }
    });
    const dtype = tensors.map((x) => x.dtype).reduce(promote_types);
    const shape = [...first.shape.slice(0, d), tensors.length, ...first.shape.slice(d)];
    const y = uninitialised(dtype, layoutOf(shape));
    tensors.forEach((x, i) => {
      const slot = rawCut(y, { dim: d, start: i, length: 1, step: 1 });
      backend.copy(slot, viewAs(x, stridedLayout(slot.shape, insert(x.strides, d, 0)), x.offset));
    });
    recordN(stackRule, [y], tensors, { dim: d, lengths: tensors.map(() => 1) });
    return y;
  },
);
function insert(list: readonly number[], at: number, value: number): number[] {
  return [...list.slice(0, at), value, ...list.slice(at)];
}

/** Views of `size` elements each (the last may be shorter), or of the listed lengths (`torch.split`). */
export const split = op(
  {
    rule: slicesOf.split,
    samples: [{ shapes: [[5, 2]], args: [2] }, { shapes: [[2, 4]], args: [[1, 3], 1] }],
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
      lengths.map((length) => {
        const piece = cutOf(x, { dim: d, start, length, step: 1 }, "split");
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
  { rule: "composed", samples: [{ shapes: [[5, 2]], args: [3] }] },
  (x: Tensor, chunks: number, dim: number | { dim?: number } = 0): Tuple<Tensor> & Tensor[] => {
    const d = wrapDim(typeof dim === "number" ? dim : (dim.dim ?? 0), x.ndim);
    if (chunks <= 0) throw new RuntimeError(`chunk expects \`chunks\` to be greater than 0, got: ${chunks}`);
    return split(x, Math.ceil(x.shape[d]! / chunks), d);
  },
);

/** Views at each index of a dimension (`torch.unbind`). */
export const unbind = op(
  { rule: "composed", samples: [{ shapes: [[2, 3]], args: [1] }] },
  (x: Tensor, dim = 0): Tuple<Tensor> & Tensor[] => {
    const d = wrapDim(dim, x.ndim);
    return tuple(Array.from({ length: x.shape[d]! }, (_, i) => selectOf(x, d, i)));
  },
);

/** Copies of the tensor laid side by side (`Tensor.repeat`). */
export const repeat = op(
  {
    rule: "composed",
    samples: [{ shapes: [[2, 3]], args: [4, 1, 2] }],
    refusals: [
      {
        shapes: [[2, 3]],
        args: [2],
        message: "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
      },
    ],
  },
  (x: Tensor, ...repeats: number[] | [repeats: readonly number[]]): Tensor => {
    const times = shapeOf(repeats);
    const missing = times.length - x.ndim;
    if (missing < 0) {
      throw new RuntimeError(
        "Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor",
      );
    }
    const own = times.map((_, i) => (i < missing ? 1 : x.shape[i - missing]!));
    const apart = reshape(
      x,
      own.flatMap((n) => [1, n]),
    );
    const full = expand(
      apart,
      own.flatMap((n, i) => [times[i]!, n]),
    );
    return reshape(
      full,
      own.map((n, i) => n * times[i]!),
    );
  },
);

/** `x` summed to a shape it broadcasts from (`Tensor.sum_to_size`). */
export const sum_to_size = op(
  { rule: "composed", samples: [{ shapes: [[2, 3]], args: [1, 3] }] },
  (x: Tensor, ...shape: number[] | [shape: readonly number[]]): Tensor => sumTo(x, shapeOf(shape)),
);

/** Reverses the order along dimensions (`torch.flip`), as a copy. */
const flipRule = rule1<readonly number[]>({
  name: "FlipBackward0",
  vjp: (g, _y, _x, dims): Tensor => flip(g, dims),
});
export const flip: Op<(x: Tensor, ...dims: number[] | [dims: readonly number[]]) => Tensor> = op(
  {
    rule: flipRule,
    samples: [
      { shapes: [[2, 3]], args: [1] },
      { shapes: [[2, 3]], args: [[0, 1]] },
    ],
  },
  (x: Tensor, ...dims: number[] | [dims: readonly number[]]): Tensor => {
    const at = wrapDims(shapeOf(dims), x.ndim);
    let offset = x.offset;
    const strides = x.strides.map((s, d) => {
      if (!at.includes(d)) return s;
      offset += s * Math.max(x.shape[d]! - 1, 0);
      return -s;
    });
    return record1(flipRule, copied(new Tensor(x.storage, offset, stridedLayout(x.shape, strides))), x, at);
  },
);
