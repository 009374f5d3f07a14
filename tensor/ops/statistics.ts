/** Variance and standard deviation. */

import { NotImplementedError } from "../core/errors.ts";
import { withGrad } from "../core/mode.ts";
import type { Rule } from "../core/node.ts";
import { type Op, op, record1, rule1, type Sample } from "../core/op.ts";
import { wrapDims } from "../core/shape.ts";
import type { Tensor } from "../core/tensor.ts";
import { named } from "./arguments.ts";
import { div, eq, mul, sub, where } from "./elementwise.ts";
import { sqrt } from "./functions.ts";
import { badDim, countOf, type Dim, mean, type Reduced, reduceRaw, reduceSamples, spread } from "./reduce.ts";

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
