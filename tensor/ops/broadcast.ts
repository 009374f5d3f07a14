/** What broadcasting and promotion need undone: expand, the sum to a shape, and conversion, each the others' vjp. */

import { backend } from "../backend/index.ts";
import type { Dtype } from "../core/dtype.ts";
import { RuntimeError } from "../core/errors.ts";
import { checkKeyword, isOptions, refuseOptions } from "../core/keywords.ts";
import { type Op, op, record1, rule1 } from "../core/op.ts";
import {
  broadcastStrides,
  layoutOf,
  sameShape,
  showShape,
  stridedLayout,
  viewStrides,
} from "../core/shape.ts";
import { type Tensor, uninitialised, viewAs } from "../core/tensor.ts";
import { copied, settle } from "./loops.ts";

/** A shape as variadic numbers or one list: `x.view(2, 3)`, `x.view([2, 3])`. */
export type ShapeArguments = readonly number[] | readonly [readonly number[]];

/** The list that shape arguments stand for; `keyword` is the name it may be given by: `{ dims: [1, 0] }`. */
export function shapeOf(op: string, keyword: string, given: readonly unknown[]): number[] {
  const first = given[0];
  let list = given;
  if (isOptions(first)) {
    for (const key of Object.keys(first)) checkKeyword(op, key, [keyword]);
    list = first[keyword] as unknown[];
  } else if (Array.isArray(first)) {
    list = first;
    refuseOptions(op, given[1]);
  } else refuseOptions(op, given.at(-1));
  const shape: number[] = [];
  for (let i = 0; i < list.length; i++) {
    const n = list[i];
    shape.push(typeof n === "bigint" ? Number(n) : (n as number));
  }
  return shape;
}

const sumRule = rule1<null>({
  name: "SumBackward1",
  vjp: (g, _y, x): Tensor => expandTo(g, x.shape),
});

/** Sums over `dims` (wrapped, ascending), which stay as length 1. */
export function sumKeeping(x: Tensor, dims: readonly number[], dtype: Dtype = x.dtype): Tensor {
  const shape = Array.from(x.shape, (n, i) => (dims.includes(i) ? 1 : n));
  const y = uninitialised(dtype, layoutOf(shape), x.storage.device);
  backend.reduce("sum", y, x);
  settle(y);
  return record1(sumRule, y, x, null);
}

/** `x` summed over whatever broadcasting repeated, so that it has `shape` (`Tensor.sum_to_size`). */
export function sumTo(x: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const missing = x.shape.length - shape.length;
  const dims: number[] = [];
  x.shape.forEach((n, i) => {
    if (i < missing || (shape[i - missing] === 1 && n !== 1)) dims.push(i);
  });
  const y = dims.length === 0 ? x : sumKeeping(x, dims);
  return missing === 0 ? y : reshapeTo(y, shape);
}

const expandRule = rule1<null>({
  name: "ExpandBackward0",
  vjp: (g, _y, x): Tensor => sumTo(g, x.shape),
});

/** A view of `x` repeated to `shape`, whose lengths are known to fit. */
export function expandTo(x: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const layout = stridedLayout(shape, broadcastStrides(x.layout, shape));
  return record1(expandRule, viewAs(x, layout, x.offset), x, null);
}

/** A view repeated along dimensions of length 1; −1 keeps a length (`Tensor.expand`). */
export const expand = op(
  {
    rule: expandRule,
    samples: [
      { shapes: [[3, 1]], args: [2, 3, 4] },
      { shapes: [[3]], args: [[2, -1]] },
      { shapes: [[]], args: [2] },
    ],
    refusals: [
      {
        shapes: [[2, 3]],
        args: [3],
        message:
          "expand(torch.DoubleTensor{[2, 3]}, size=[3]): the number of sizes provided (1) must be greater or equal to the number of dimensions in the tensor (2)",
      },
    ],
  },
  function expand(x: Tensor, ...shape: number[] | [shape: readonly number[]]): Tensor {
    const wanted = shapeOf("expand", "size", shape);
    const missing = wanted.length - x.ndim;
    if (missing < 0) {
      throw new RuntimeError(
        `expand(${x.dtype.tensorType}{${showShape(x.shape)}}, size=${showShape(wanted)}): the number of sizes provided (${wanted.length}) must be greater or equal to the number of dimensions in the tensor (${x.ndim})`,
      );
    }
    const full = wanted.map((n, i) => expandedLength(x, n, i, missing, wanted));
    const layout = stridedLayout(full, broadcastStrides(x.layout, full));
    return record1(expandRule, viewAs(x, layout, x.offset), x, null);
  },
);

function expandedLength(x: Tensor, n: number, i: number, missing: number, wanted: readonly number[]): number {
  const own = i < missing ? 1 : x.shape[i - missing]!;
  if (n === -1) {
    if (i >= missing) return own;
    throw new RuntimeError(
      `The expanded size of the tensor (-1) isn't allowed in a leading, non-existing dimension ${i}`,
    );
  }
  if (own !== 1 && own !== n) {
    throw new RuntimeError(
      `The expanded size of the tensor (${n}) must match the existing size (${own}) at non-singleton dimension ${i}.  Target sizes: ${showShape(wanted)}.  Tensor sizes: ${showShape(x.shape)}`,
    );
  }
  return n;
}

const viewRule = rule1<null>({
  name: "ViewBackward0",
  vjp: (g, _y, x): Tensor => reshapeTo(g, x.shape),
});
const copyViewRule = rule1<null>({
  name: "UnsafeViewBackward0",
  vjp: (g, _y, x): Tensor => reshapeTo(g, x.shape),
});

/** A view of `x` as `layout`'s shape where strides allow it, else null. */
export function viewTo(x: Tensor, shape: readonly number[], rule = viewRule): Tensor | null {
  const strides = viewStrides(x.layout, shape);
  if (strides === null) return null;
  return record1(rule, viewAs(x, stridedLayout(shape, strides), x.offset), x, null);
}

/** `x` with another shape of as many elements: a view where possible, else a copy. */
export function reshapeTo(x: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(x.shape, shape)) return x;
  const view = viewTo(x, shape);
  if (view !== null) return view;
  const flat = copied(x);
  flat.layout = layoutOf(shape);
  return record1(copyViewRule, flat, x, null);
}

const convertRule = rule1<null>({
  name: "ToCopyBackward0",
  vjp: (g, _y, x): Tensor => convert(g, x.dtype),
});

/** `x` in another dtype; itself where it has it. */
export function convert(x: Tensor, dtype: Dtype): Tensor {
  return x.dtype === dtype ? x : record1(convertRule, copied(x, dtype), x, null);
}

const cloneRule = rule1<null>({ name: "CloneBackward0", vjp: (g) => g });

/** A copy with memory of its own (`torch.clone`). */
export const clone: Op<(x: Tensor) => Tensor> = op(
  {
    takes: "clone(input, memory_format)",
    rule: cloneRule,
    samples: [{ shapes: [[2, 3]] }, { shapes: [[0, 2]] }],
  },
  (x: Tensor): Tensor => record1(cloneRule, copied(x), x, null),
);

/** `x` itself where it is row-major, else a row-major copy. */
export const contiguous: Op<(x: Tensor) => Tensor> = op(
  { takes: "contiguous(input, memory_format)", rule: "composed", samples: [{ shapes: [[2, 3]] }] },
  (x: Tensor): Tensor => (x.layout.contiguous ? x : clone(x)),
);
