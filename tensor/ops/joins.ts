/** Tensors joined: cat along a dimension, stack along a new one. */

import { backend } from "../backend/index.ts";
import { sameDevice } from "../core/device.ts";
import { promote_types } from "../core/dtype.ts";
import { RuntimeError, ValueError } from "../core/errors.ts";
import { op, recordN, ruleN } from "../core/op.ts";
import { layoutOf, showShape, stridedLayout, wrapDim } from "../core/shape.ts";
import { type Device, type Tensor, uninitialised, viewAs } from "../core/tensor.ts";
import { converted } from "./loops.ts";
import { cutOf, rawCut, selectOf } from "./slices.ts";

/** The tensors' device, which must be one. */
function deviceOfAll(tensors: readonly Tensor[]): Device {
  for (const x of tensors) sameDevice(x, tensors[0]!);
  return tensors[0]!.storage.device;
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
    takes: "cat(tensors, dim)",
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
  const y = uninitialised(
    dtype,
    layoutOf(Array.from(like.shape, (n, d) => (d === how.dim ? total : n))),
    deviceOfAll(tensors),
  );
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
    takes: "stack(tensors, dim)",
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
    const y = uninitialised(dtype, layoutOf(shape), deviceOfAll(tensors));
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
