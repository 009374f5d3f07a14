/** Views and rearrangements: transposes, reshapes, squeezes, repeats. */

import { RuntimeError } from "../core/errors.ts";
import { type Op, op, record1, rule1 } from "../core/op.ts";
import { inferShape, size, stridedLayout, wrapDim, wrapDims } from "../core/shape.ts";
import { Tensor, viewAs } from "../core/tensor.ts";
import { expand, reshapeTo, shapeOf, sumTo, viewTo } from "./broadcast.ts";
import { copied } from "./loops.ts";

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
    const given = shapeOf("permute", "dims", dims);
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
  {
    takes: "transpose(input, dim0, dim1)",
    rule: transposeRule,
    samples: [{ shapes: [[2, 3, 4]], args: [0, -1] }],
  },
  (x: Tensor, dim0: number, dim1: number): Tensor =>
    permuteBy(x, swapped(x.ndim, wrapDim(dim0, x.ndim), wrapDim(dim1, x.ndim)), transposeRule),
);

/** The transpose of a matrix; a vector or number stays as it is (`torch.t`). */
export const t = op(
  {
    takes: "t(input)",
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
    const lengths = inferShape(shapeOf("reshape", "shape", shape), x.layout.numel);
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
    const y = viewTo(x, inferShape(shapeOf("view", "size", shape), x.layout.numel));
    if (y !== null) return y;
    throw new RuntimeError(
      "view size is not compatible with input tensor's size and stride (at least one dimension spans across two contiguous subspaces). Use .reshape(...) instead.",
    );
  },
);

/** Dimensions `start_dim` to `end_dim` joined into one (`torch.flatten`). */
export const flatten = op(
  {
    takes: "flatten(input, start_dim, end_dim)",
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
    takes: "squeeze(input, dim)",
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
    const dims = Array.isArray(dim) && dim.length === 0 ? [] : wrapDims(dim, x.ndim);
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
    takes: "unsqueeze(input, dim)",
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
  {
    takes: "broadcast_to(input, size)",
    rule: "composed",
    samples: [{ shapes: [[3, 1]], args: [[2, 3, 4]] }],
  },
  (x: Tensor, shape: readonly number[]): Tensor => expand(x, shape),
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
    const times = shapeOf("repeat", "repeats", repeats);
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
  (x: Tensor, ...shape: number[] | [shape: readonly number[]]): Tensor =>
    sumTo(x, shapeOf("sum_to_size", "size", shape)),
);

/** Reverses the order along dimensions (`torch.flip`), as a copy. */
const flipRule = rule1<readonly number[]>({
  name: "FlipBackward0",
  vjp: (g, _y, _x, dims): Tensor => flip(g, dims),
});
function flipped(dims: readonly number[], rank: number): readonly number[] {
  return dims.length === 0 ? [] : wrapDims(dims, rank);
}
export const flip: Op<(x: Tensor, ...dims: number[] | [dims: readonly number[]]) => Tensor> = op(
  {
    rule: flipRule,
    samples: [
      { shapes: [[2, 3]], args: [1] },
      { shapes: [[2, 3]], args: [[0, 1]] },
    ],
  },
  (x: Tensor, ...dims: number[] | [dims: readonly number[]]): Tensor => {
    const at = flipped(shapeOf("flip", "dims", dims), x.ndim);
    let offset = x.offset;
    const strides = x.strides.map((s, d) => {
      if (!at.includes(d)) return s;
      offset += s * Math.max(x.shape[d]! - 1, 0);
      return -s;
    });
    return record1(flipRule, copied(new Tensor(x.storage, offset, stridedLayout(x.shape, strides))), x, at);
  },
);
