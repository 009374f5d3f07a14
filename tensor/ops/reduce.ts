/** Reductions: sums, means, extremes, variances, products. */

import type { Reduction } from "../backend/backend.ts";
import { backend } from "../backend/index.ts";
import { materialise } from "../core/allocate.ts";
import { bool, type Dtype, int64 } from "../core/dtype.ts";
import { IndexError, NotImplementedError, RuntimeError } from "../core/errors.ts";
import { withGrad } from "../core/mode.ts";
import type { Rule } from "../core/node.ts";
import { type Op, op, record1, rule1, type Sample } from "../core/op.ts";
import { layoutOf, wrapDim, wrapDims } from "../core/shape.ts";
import { Tensor, uninitialised } from "../core/tensor.ts";
import { namedTuple, type Tuple } from "../core/tuple.ts";
import { named } from "./arguments.ts";
import { convert, expandTo, reshapeTo } from "./broadcast.ts";
import {
  add,
  div,
  eq,
  isnan,
  logical_and,
  logical_or,
  maximum,
  minimum,
  mul,
  ne,
  sqrt,
  sub,
  where,
} from "./elementwise.ts";
import { gather, scatterZeros } from "./gather.ts";
import { converted, filled, settle } from "./loops.ts";
import { cutOf } from "./movement.ts";
import { elementsOf } from "./take.ts";

export type Dim = number | readonly number[] | null;
/** What a reduction was told, with dimensions wrapped. */
export interface Reduced {
  readonly dims: readonly number[];
  readonly keepdim: boolean;
}
interface ReduceArguments {
  readonly dim: Dim;
  readonly keepdim: boolean;
  readonly dtype: Dtype;
}

/** The shape without its reduced dimensions, or with 1 in their place. */
function reducedShape(shape: readonly number[], { dims, keepdim }: Reduced): number[] {
  const kept: number[] = [];
  shape.forEach((n, i) => {
    if (!dims.includes(i)) kept.push(n);
    else if (keepdim) kept.push(1);
  });
  return kept;
}

/** A backend reduction of x, already of the dtype it is computed in. Not recorded. */
export function reduceRaw(kind: Reduction, x: Tensor, how: Reduced, dtype: Dtype = x.dtype): Tensor {
  const ones = Array.from(x.shape, (n, i) => (how.dims.includes(i) ? 1 : n));
  const y = uninitialised(dtype, layoutOf(ones));
  backend.reduce(kind, y, x);
  settle(y);
  if (!how.keepdim) y.layout = layoutOf(reducedShape(x.shape, how));
  return y;
}

/** A reduced tensor read with the reduced dimensions back, repeated to `x`'s shape. */
export function spread(g: Tensor, x: Tensor, how: Reduced): Tensor {
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

const reduceSamples: readonly Sample[] = [
  { shapes: [[2, 3, 4]] },
  { shapes: [[2, 3, 4]], args: [1] },
  { shapes: [[2, 3, 4]], args: [[0, -1], true] },
  { shapes: [[2, 3]], args: [{ dim: 0, keepdim: true }] },
  { shapes: [[]] },
];
const badDim = {
  shapes: [[2, 3]],
  args: [2],
  message: "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
};

type ReduceOptions = { dim?: Dim; keepdim?: boolean; dtype?: Dtype };
type ReduceOp = Op<
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
      const how = { dims: Array.from(x.shape.keys()), keepdim: false };
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
export const mean: ReduceOp = reduceOp("mean", meanRules, reduceSamples, (x, how) => {
  if (x.dtype.kind !== "float") {
    throw new NotImplementedError(
      `mean(): could not infer output dtype. Input dtype must be either a floating point or complex dtype. Got: ${x.dtype.scalarName}`,
    );
  }
  const total = reduceRaw("sum", x, how);
  const count = countOf(x, how);
  return withGrad(false, () => div(total, count));
});
function countOf(x: Tensor, how: Reduced): number {
  return how.dims.reduce((n, d) => n * x.shape[d]!, 1);
}

/** Ties share the gradient evenly. */
function extremeVjp(g: Tensor, y: Tensor, x: Tensor, p: Reduced): Tensor {
  const full = spread(y, x, p);
  const mask = convert(logical_or(eq(x, full), logical_and(isnan(x), isnan(full))), g.dtype);
  const ties = spread(reduceRaw("sum", mask, { dims: p.dims, keepdim: true }), x, {
    dims: p.dims,
    keepdim: true,
  });
  return div(mul(spread(g, x, p), mask), ties);
}
function extremeRule(name: string): Rule {
  return rule1<Reduced>({ name, saves: "xy", vjp: extremeVjp });
}
function extreme(kind: "amax" | "amin", rule: Rule): ReduceOp {
  return op({ rule, samples: reduceSamples, refusals: [badDim] }, (x, dim, keepdim) => {
    const o = named<ReduceArguments>(kind, ["dim", "keepdim"], [dim, keepdim]);
    const how = { dims: wrapDims(o.dim, x.ndim), keepdim: o.keepdim ?? false };
    for (const d of how.dims) {
      if (x.shape[d] === 0) {
        throw new IndexError(`${kind}(): Expected reduction dim ${d} to have non-zero size.`);
      }
    }
    return record1(rule, reduceRaw(kind, x, how), x, how);
  });
}
/** Largest element of all, or along dimensions; ties share the gradient. */
export const amax: ReduceOp = extreme("amax", extremeRule("AmaxBackward0"));
/** Smallest element of all, or along dimensions; ties share the gradient. */
export const amin: ReduceOp = extreme("amin", extremeRule("AminBackward0"));

/** Position along `dim` of the first largest or smallest element (NaN counts as both). */
function indexOfExtreme(x: Tensor, dim: number, larger: boolean, keepdim: boolean): Tensor {
  const { data, start } = elementsOf(x);
  const n = x.shape[dim] ?? 1;
  const inner = x.shape.slice(dim + 1).reduce((p, q) => p * q, 1);
  const outer = x.shape.slice(0, dim).reduce((p, q) => p * q, 1);
  const y = uninitialised(int64, layoutOf(reducedShape(x.shape, { dims: [dim], keepdim })));
  const to = materialise(y.storage);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      let best = 0;
      let value = data[start + o * n * inner + i]!;
      for (let k = 1; k < n && !Number.isNaN(value); k++) {
        const v = data[start + (o * n + k) * inner + i]!;
        if ((larger ? v > value : v < value) || Number.isNaN(v)) {
          best = k;
          value = v;
        }
      }
      to[o * inner + i] = BigInt(best);
    }
  }
  return y;
}

function argOp(
  name: "argmax" | "argmin",
): Op<
  (x: Tensor, dim?: number | null | { dim?: number | null; keepdim?: boolean }, keepdim?: boolean) => Tensor
> {
  return op({ rule: null, samples: reduceSamples.slice(0, 2), refusals: [badDim] }, (x, dim, keepdim) => {
    const o = named<{ dim: number | null; keepdim: boolean }>(name, ["dim", "keepdim"], [dim, keepdim]);
    if (o.dim === undefined || o.dim === null) {
      if (x.layout.numel === 0) {
        throw new IndexError(
          `${name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
        );
      }
      const flat = withGrad(false, () => reshapeTo(x, [x.layout.numel]));
      const y = indexOfExtreme(flat, 0, name === "argmax", false);
      if (o.keepdim) y.layout = layoutOf(Array.from(x.shape, () => 1));
      return y;
    }
    const d = wrapDim(o.dim, x.ndim);
    if (x.shape[d] === 0)
      throw new IndexError(`${name}(): Expected reduction dim ${d} to have non-zero size.`);
    return indexOfExtreme(x, d, name === "argmax", o.keepdim ?? false);
  });
}
/** Index of the largest element: in the flattened tensor, or along a dimension. */
export const argmax = argOp("argmax");
/** Index of the smallest element: in the flattened tensor, or along a dimension. */
export const argmin = argOp("argmin");

/** The result of `max` and `min` along a dimension. */
export interface ValuesIndices {
  readonly values: Tensor;
  readonly indices: Tensor;
}
interface Chosen {
  readonly dim: number;
  readonly keepdim: boolean;
  readonly indices: Tensor;
}
function chosenRule(name: string): Rule {
  return rule1<Chosen>({
    name,
    vjp: (g, _y, x, p): Tensor => {
      const shape = reducedShape(x.shape, { dims: [p.dim], keepdim: true });
      return scatterZeros(reshapeTo(g, shape), x.shape, p.dim, reshapeTo(p.indices, shape));
    },
  });
}

/** `max` and `min`: of all elements, of two tensors, or along a dimension with the indices. */
export interface ExtremeOp {
  (x: Tensor): Tensor;
  (x: Tensor, other: Tensor): Tensor;
  (
    x: Tensor,
    dim: number | { dim: number; keepdim?: boolean },
    keepdim?: boolean | { keepdim?: boolean },
  ): ValuesIndices & Tuple<Tensor>;
}

function extremeOp(name: "max" | "min", pairwise: (a: Tensor, b: Tensor) => Tensor): Op<ExtremeOp> {
  const title = name === "max" ? "Max" : "Min";
  const whole = extremeRule(`${title}Backward1`);
  const along = chosenRule(`${title}Backward0`);
  const f = (x: Tensor, dim?: unknown, keepdim?: unknown): unknown => {
    if (dim instanceof Tensor) return pairwise(x, dim);
    const o = named<{ dim: number; keepdim: boolean }>(name, ["dim", "keepdim"], [dim, keepdim]);
    if (o.dim === undefined) {
      if (x.layout.numel === 0) {
        throw new RuntimeError(
          `${name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
        );
      }
      const how = { dims: Array.from(x.shape.keys()), keepdim: false };
      return record1(whole, reduceRaw(name === "max" ? "amax" : "amin", x, how), x, how);
    }
    const d = wrapDim(o.dim, x.ndim);
    if (x.shape[d] === 0)
      throw new IndexError(`${name}(): Expected reduction dim ${d} to have non-zero size.`);
    const kept = indexOfExtreme(x, d, name === "max", true);
    const indices = withGrad(false, () =>
      reshapeTo(kept, reducedShape(x.shape, { dims: [d], keepdim: o.keepdim ?? false })),
    );
    const values = withGrad(false, () =>
      reshapeTo(x.ndim === 0 ? reshapeTo(x, [1]) : gather(x, d, kept), indices.shape),
    );
    const value = new Tensor(values.storage, values.offset, values.layout);
    record1(along, value, x, { dim: d, keepdim: o.keepdim ?? false, indices } satisfies Chosen);
    return namedTuple(name, { values: value, indices });
  };
  return op(
    { rule: whole, samples: [{ shapes: [[2, 3]] }, { shapes: [[2, 3], [3]] }, { shapes: [[2, 3, 4]], args: [1] }, { shapes: [[2, 3]], args: [0, true] }], refusals: [badDim] },
    f as ExtremeOp & ((...args: never[]) => unknown),
  );
}
/** Largest element; with a dimension, `(values, indices)`; with a tensor, `maximum`. */
export const max: Op<ExtremeOp> = extremeOp("max", maximum);
/** Smallest element; with a dimension, `(values, indices)`; with a tensor, `minimum`. */
export const min: Op<ExtremeOp> = extremeOp("min", minimum);

interface Spread extends Reduced {
  readonly correction: number;
}
function varVjp(g: Tensor, x: Tensor, p: Spread): Tensor {
  const n = countOf(x, p);
  const centred = sub(x, mean(x, p.dims, true));
  return mul(mul(spread(g, x, p), 2 / (n - p.correction)), p.dims.length === 0 ? mul(x, 0) : centred);
}
const varRule = rule1<Spread>({
  name: "VarBackward0",
  saves: "x",
  vjp: (g, _y, x, p): Tensor => varVjp(g, x, p),
});
const stdRule = rule1<Spread>({
  name: "StdBackward0",
  saves: "xy",
  vjp: (g, y, x, p): Tensor => varVjp(where(eq(y, 0), 0, div(g, mul(y, 2))), x, p),
});

interface VarArguments {
  readonly dim: Dim;
  readonly correction: number;
  readonly keepdim: boolean;
  readonly unbiased: boolean;
}
type VarOp = Op<
  (
    x: Tensor,
    dim?: Dim | boolean | Partial<VarArguments>,
    unbiased?: boolean | Partial<VarArguments>,
    keepdim?: boolean | Partial<VarArguments>,
  ) => Tensor
>;
function varOp(name: "var" | "std", rule: Rule): VarOp {
  return op(
    { rule, samples: reduceSamples.slice(0, 4).map(withoutKeep), refusals: [badDim] },
    (x, dim, unbiased, keepdim) => {
      if (x.dtype.kind !== "float") {
        throw new NotImplementedError("std and var only support floating point and complex dtypes");
      }
      const given = typeof dim === "boolean" ? [undefined, dim, keepdim] : [dim, unbiased, keepdim];
      const o = named<VarArguments & { dim: Dim }>(name, ["dim", "unbiased", "keepdim", "correction"], given);
      const correction = o.correction ?? (o.unbiased === false ? 0 : 1);
      const how = { dims: wrapDims(o.dim, x.ndim), keepdim: o.keepdim ?? false, correction };
      return record1(rule, varRaw(name, x, how), x, how);
    },
  );
}
function withoutKeep(sample: Sample): Sample {
  return sample.args?.length === 2 ? { ...sample, args: [{ dim: sample.args[0], keepdim: true }] } : sample;
}
function varRaw(name: "var" | "std", x: Tensor, how: Spread): Tensor {
  return withGrad(false, () => {
    const n = countOf(x, how);
    const keeping = { dims: how.dims, keepdim: true };
    const centred = sub(x, div(reduceRaw("sum", x, keeping), n));
    const variance = div(reduceRaw("sum_squares", centred, how), Math.max(n - how.correction, 0));
    return name === "var" ? variance : sqrt(variance);
  });
}
/** Variance with Bessel's correction unless told otherwise (`torch.var`). */
export const var_: VarOp = varOp("var", varRule);
/** Standard deviation with Bessel's correction unless told otherwise (`torch.std`). */
export const std: VarOp = varOp("std", stdRule);

type BoolOp = Op<(x: Tensor, dim?: Dim | ReduceOptions, keepdim?: boolean) => Tensor>;
function boolOp(name: "all" | "any"): BoolOp {
  return op({ rule: null, samples: reduceSamples.slice(0, 3), refusals: [badDim] }, (x, dim, keepdim) => {
    const o = named<ReduceArguments>(name, ["dim", "keepdim"], [dim, keepdim]);
    const how = { dims: wrapDims(o.dim, x.ndim), keepdim: o.keepdim ?? false };
    return reduceRaw(name, x.dtype === bool ? x : ne(x, 0), how);
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
  { rule: null, samples: [{ shapes: [[2, 3]] }] },
  (x: Tensor, dim?: Dim): Tensor => sum(ne(x, 0), dim ?? null),
);

/** The dtype of softmax and the like; integers are refused. */
export function floatOnly(x: Tensor, kernel: string): void {
  if (x.dtype.kind !== "float")
    throw new NotImplementedError(`"${kernel}" not implemented for '${x.dtype.scalarName}'`);
}
