/** Extremes: largest and smallest elements, with their positions. */

import { materialise } from "../core/allocate.ts";
import { int64 } from "../core/dtype.ts";
import { IndexError, RuntimeError } from "../core/errors.ts";
import { withGrad } from "../core/mode.ts";
import type { Rule } from "../core/node.ts";
import { type Op, op, record1, rule1 } from "../core/op.ts";
import { layoutOf, wrapDim, wrapDims } from "../core/shape.ts";
import { Tensor, uninitialised } from "../core/tensor.ts";
import { namedTuple, type Tuple } from "../core/tuple.ts";
import { named } from "./arguments.ts";
import { convert, reshapeTo } from "./broadcast.ts";
import { div, eq, logical_and, logical_or, maximum, minimum, mul } from "./elementwise.ts";
import { gather, scatterZeros } from "./gather.ts";
import { refuseCombination } from "./number.ts";
import { isnan } from "./ranges.ts";
import {
  badDim,
  type Dim,
  type ReduceArguments,
  type Reduced,
  type ReduceOp,
  reducedShape,
  reduceRaw,
  reduceSamples,
  spread,
} from "./reduce.ts";
import { elementsOf } from "./take.ts";

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
    if (x.layout.numel === 0 && isEmpty(o.dim ?? null)) {
      throw new RuntimeError(
        `${kind}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`,
      );
    }
    for (const d of how.dims) {
      if (x.shape[d] === 0) {
        throw new IndexError(`${kind}(): Expected reduction dim ${d} to have non-zero size.`);
      }
    }
    return record1(rule, reduceRaw(kind, x, how), x, how);
  });
}
function isEmpty(dim: Dim): boolean {
  return dim === null || (Array.isArray(dim) && dim.length === 0);
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

const extremeSignatures = [
  "(Tensor input, *, Tensor out = None)",
  "(Tensor input, Tensor other, *, Tensor out = None)",
  "(Tensor input, int dim, bool keepdim = False, *, tuple of Tensors out = None)",
];

function extremeOp(name: "max" | "min", pairwise: (a: Tensor, b: Tensor) => Tensor): Op<ExtremeOp> {
  const title = name === "max" ? "Max" : "Min";
  const whole = extremeRule(`${title}Backward1`);
  const along = chosenRule(`${title}Backward0`);
  const f = (x: Tensor, dim?: unknown, keepdim?: unknown): unknown => {
    if (!(x instanceof Tensor)) refuseCombination(name, [x, dim, keepdim], extremeSignatures);
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
    {
      rule: whole,
      samples: [
        { shapes: [[2, 3]] },
        { shapes: [[2, 3], [3]] },
        { shapes: [[2, 3, 4]], args: [1] },
        { shapes: [[2, 3]], args: [0, true] },
      ],
      refusals: [badDim],
    },
    f as ExtremeOp & ((...args: never[]) => unknown),
  );
}
/** Largest element; with a dimension, `(values, indices)`; with a tensor, `maximum`. */
export const max: Op<ExtremeOp> = extremeOp("max", maximum);
/** Smallest element; with a dimension, `(values, indices)`; with a tensor, `minimum`. */
export const min: Op<ExtremeOp> = extremeOp("min", minimum);
