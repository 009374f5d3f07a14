/** Reductions: sums, means, products, all and any. */

import type { Reduction } from "../backend/backend.ts";
import { backend } from "../backend/index.ts";
import { bool, type Dtype, int64, uint8 } from "../core/dtype.ts";
import { NotImplementedError } from "../core/errors.ts";
import { withGrad } from "../core/mode.ts";
import type { Rule } from "../core/node.ts";
import { type Op, op, record1, rule1, type Sample } from "../core/op.ts";
import { layoutOf, scalarLayout, wrapDims } from "../core/shape.ts";
import { type Tensor, uninitialised } from "../core/tensor.ts";
import { named } from "./arguments.ts";
import { convert, expandTo, reshapeTo } from "./broadcast.ts";
import { add, div, eq, mul, ne } from "./elementwise.ts";
import { converted, filled, settle, View } from "./loops.ts";
import { cutOf } from "./slices.ts";
import { elementsOf } from "./take.ts";

export type Dim = number | readonly number[] | null;
/** What a reduction was told, with dimensions wrapped. */
export interface Reduced {
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}
export interface ReduceArguments {
  readonly dim: Dim;
  readonly keepdim: boolean;
  readonly dtype: Dtype;
}

/** The shape without its reduced dimensions, or with 1 in their place. */
export function reducedShape(shape: readonly number[], { dims, keepdim }: Reduced): number[] {
  const kept: number[] = [];
  for (let i = 0; i < shape.length; i++) {
    if (!dims.includes(i)) kept.push(shape[i]!);
    else if (keepdim) kept.push(1);
  }
  return kept;
}

const onesByRank: number[][] = [];
function onesOf(rank: number): readonly number[] {
  onesByRank[rank] ??= Array.from({ length: rank }, () => 1);
  return onesByRank[rank];
}
const wholeByRank: Reduced[] = [];
/** All dimensions of a rank, not kept. */
function wholeOf(rank: number): Reduced {
  wholeByRank[rank] ??= { dims: Array.from({ length: rank }, (_, i) => i), keepdim: false };
  return wholeByRank[rank];
}

/** A backend reduction of x, already of the dtype it is computed in. Not recorded. */
export function reduceRaw(kind: Reduction, x: Tensor, how: Reduced, dtype: Dtype = x.dtype): Tensor {
  const rank = x.ndim;
  if (how.dims.length === rank && !how.keepdim) {
    const y = uninitialised(dtype, scalarLayout, x.storage.device);
    backend.reduce(kind, new View(y, onesOf(rank), onesOf(rank)), x);
    settle(y);
    return y;
  }
  const y = uninitialised(
    dtype,
    layoutOf(reducedShape(x.shape, { dims: how.dims, keepdim: true })),
    x.storage.device,
  );
  backend.reduce(kind, y, x);
  settle(y);
  if (!how.keepdim) y.layout = layoutOf(reducedShape(x.shape, how));
  return y;
}

/** A reduced tensor read with the reduced dimensions back, repeated to `x`'s shape. */
export function spread(g: Tensor, x: Tensor, how: Reduced): Tensor {
  if (g.ndim === 0) return expandTo(g, x.shape);
  const ones = reducedShape(x.shape, { dims: how.dims, keepdim: true });
  return expandTo(reshapeTo(g, ones), x.shape);
}

const sumVjp = (g: Tensor, _y: Tensor, x: Tensor, p: Reduced): Tensor => spread(g, x, p);
const sumRules = [
  rule1<Reduced>({ name: "SumBackward0", vjp: sumVjp }),
  rule1<Reduced>({ name: "SumBackward1", vjp: sumVjp }),
] as const;
const meanVjp = (g: Tensor, y: Tensor, x: Tensor, p: Reduced): Tensor =>
  div(spread(g, x, p), x.layout.numel / Math.max(y.layout.numel, 1));
const meanRules = [
  rule1<Reduced>({ name: "MeanBackward0", vjp: meanVjp }),
  rule1<Reduced>({ name: "MeanBackward1", vjp: meanVjp }),
] as const;

export const reduceSamples: readonly Sample[] = [
  { shapes: [[2, 3, 4]] },
  { shapes: [[2, 3, 4]], args: [1] },
  { shapes: [[2, 3, 4]], args: [[0, -1], true] },
  { shapes: [[2, 3]], args: [{ dim: 0, keepdim: true }] },
  { shapes: [[]] },
];
export const badDim = {
  shapes: [[2, 3]],
  args: [2],
  message: "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
};

export type ReduceOptions = { dim?: Dim; keepdim?: boolean; dtype?: Dtype };
export type ReduceOp = Op<
  (x: Tensor, dim?: Dim | ReduceOptions, keepdim?: boolean | ReduceOptions, options?: ReduceOptions) => Tensor
>;

function integral(dtype: Dtype): Dtype {
  return dtype.kind === "float" ? dtype : int64;
}

function reduceOp(
  name: string,
  rules: readonly [Rule, Rule],
  samples: readonly Sample[],
  f: (x: Tensor, how: Reduced, dtype: Dtype | undefined) => Tensor,
): ReduceOp {
  return op({ rule: rules[0], samples, refusals: [badDim] }, (x, dim, keepdim, options) => {
    const whole = dim === undefined || dim === null;
    if (whole && keepdim === undefined && options === undefined) {
      const how = wholeOf(x.ndim);
      return record1(rules[0], f(x, how, undefined), x, how);
    }
    const o = named<ReduceArguments>(name, ["dim", "keepdim", "dtype"], [dim, keepdim, options]);
    const how = { dims: wrapDims(o.dim, x.ndim), keepdim: o.keepdim ?? false };
    const from = o.dtype === undefined ? x : convert(x, o.dtype);
    const rule = o.dim === undefined || o.dim === null ? rules[0] : rules[1];
    return record1(rule, f(from, how, o.dtype), from, how);
  });
}

/** Sum of all elements, or along dimensions; integers and bools give int64. */
export const sum: ReduceOp = reduceOp(
  "sum",
  sumRules,
  [...reduceSamples, { shapes: [[0, 3]] }],
  (x, how, dtype) => {
    const to = dtype ?? integral(x.dtype);
    return reduceRaw("sum", converted(x, to), how);
  },
);

/** Mean of all elements, or along dimensions. */
export const mean: ReduceOp = reduceOp("mean", meanRules, reduceSamples, (x, how, dtype) => {
  if (x.dtype.kind !== "float") {
    throw new NotImplementedError(
      `mean(): could not infer output dtype. ${dtype === undefined ? "Input" : "Optional"} dtype must be either a floating point or complex dtype. Got: ${x.dtype.scalarName}`,
    );
  }
  const total = reduceRaw("sum", x, how);
  const count = countOf(x, how);
  return withGrad(false, () => div(total, count));
});
export function countOf(x: Tensor, how: Reduced): number {
  return how.dims.reduce((n, d) => n * x.shape[d]!, 1);
}

type BoolOp = Op<(x: Tensor, dim?: Dim | ReduceOptions, keepdim?: boolean) => Tensor>;
function boolOp(name: "all" | "any"): BoolOp {
  return op({ rule: null, samples: reduceSamples.slice(0, 3), refusals: [badDim] }, (x, dim, keepdim) => {
    const o = named<ReduceArguments>(name, ["dim", "keepdim"], [dim, keepdim]);
    const how = { dims: wrapDims(o.dim, x.ndim), keepdim: o.keepdim ?? false };
    const y = reduceRaw(name, x.dtype === bool ? x : ne(x, 0), how);
    return x.dtype === uint8 ? converted(y, uint8) : y; // as torch: uint8 once was its bool
  });
}
/** Whether all elements are true (not 0). */
export const all: BoolOp = boolOp("all");
/** Whether an element is true (not 0). */
export const any: BoolOp = boolOp("any");

/** Gradient of a product over one dimension kept as length 1: g times the product of the others. */
function prodVjp(g: Tensor, y: Tensor, x: Tensor, p: Reduced): Tensor {
  const zeros = withGrad(false, () => any(eq(x, 0)));
  if (Number(elementsOf(zeros).data[0]) === 0) return mul(spread(g, x, p), div(spread(y, x, p), x));
  return mul(spread(g, x, p), othersProduct(p.dims.length === 1 ? x : reshapeTo(x, [x.layout.numel]), p, x));
}
/** At each place the product of all other elements along the dimension, also where some are 0. */
function othersProduct(x: Tensor, p: Reduced, original: Tensor): Tensor {
  const dim = p.dims.length === 1 ? p.dims[0]! : 0;
  const n = x.shape[dim]!;
  const at = (i: number): Tensor => cutOf(x, { dim, start: i, length: 1, step: 1 });
  let total: Tensor | null = null;
  for (let i = 0; i < n; i++) {
    let product: Tensor = filled(layoutOf(at(0).shape), x.dtype, 1);
    for (let j = 0; j < n; j++) if (j !== i) product = mul(product, at(j));
    const mask = filled(layoutOf(x.shape), x.dtype, 0);
    backend.fill(
      withGrad(false, () => cutOf(mask, { dim, start: i, length: 1, step: 1 })),
      1,
    );
    const part = mul(mask, product);
    total = total === null ? part : add(total, part);
  }
  return reshapeTo(total ?? x, original.shape);
}
const prodRules = [
  rule1<Reduced>({ name: "ProdBackward0", saves: "xy", vjp: prodVjp }),
  rule1<Reduced>({ name: "ProdBackward1", saves: "xy", vjp: prodVjp }),
] as const;
/** Product of all elements, or along one dimension; integers and bools give int64. */
export const prod: ReduceOp = reduceOp(
  "prod",
  prodRules,
  reduceSamples.filter((s) => !Array.isArray(s.args?.[0])),
  (x, how, dtype) => {
    const to = dtype ?? integral(x.dtype);
    return reduceRaw("prod", converted(x, to), how);
  },
);

/** Number of elements that are not 0 (`torch.count_nonzero`). */
export const count_nonzero = op(
  { takes: "count_nonzero(input, dim)", rule: null, samples: [{ shapes: [[2, 3]] }] },
  (x: Tensor, dim?: Dim): Tensor => sum(ne(x, 0), dim ?? null),
);

/** The dtype of softmax and the like; integers are refused. */
export function floatOnly(x: Tensor, kernel: string): void {
  if (x.dtype.kind !== "float")
    throw new NotImplementedError(`"${kernel}" not implemented for '${x.dtype.scalarName}'`);
}
