/** Ops along one dimension that keep it: cumulative sums and softmax. */
import { materialise } from "../core/allocate.ts";
import { type Dtype, get_default_dtype, int64 } from "../core/dtype.ts";
import { withGrad } from "../core/mode.ts";
import { type Op, op, record1, rule1 } from "../core/op.ts";
import { layoutOf, wrapDim, wrapDims } from "../core/shape.ts";
import { type Tensor, uninitialised } from "../core/tensor.ts";
import { named } from "./arguments.ts";
import { convert } from "./broadcast.ts";
import { add, div, mul, sub } from "./elementwise.ts";
import { amax } from "./extremes.ts";
import { exp, log } from "./functions.ts";
import { settle } from "./loops.ts";
import { flip } from "./movement.ts";
import { type Dim, floatOnly, type Reduced, reduceRaw, spread, sum } from "./reduce.ts";
import { elementsOf } from "./take.ts";

interface Along {
  readonly dim: number;
}
interface AlongArguments {
  readonly dim: number;
  readonly dtype: Dtype;
}
type AlongOp = Op<(x: Tensor, dim: number | Partial<AlongArguments>, options?: { dtype?: Dtype }) => Tensor>;

const alongSamples = [
  { shapes: [[2, 3]], args: [1] },
  { shapes: [[2, 3, 4]], args: [1] },
  { shapes: [[3]], args: [-1] },
  { shapes: [[0, 3]], args: [1] },
];
const badDim = {
  shapes: [[2, 3]],
  args: [2],
  message: "Dimension out of range (expected to be in range of [-2, 1], but got 2)",
};

const cumsumRule = rule1<Along>({
  name: "CumsumBackward0",
  vjp: (g, _y, _x, { dim }): Tensor => flip(cumsum(flip(g, dim), dim), dim),
});

/** Running sums along `dim` (`torch.cumsum`); float32 is summed in float64, as torch. */
export const cumsum: AlongOp = op(
  { rule: cumsumRule, samples: alongSamples, refusals: [badDim] },
  (x, dim, options) => {
    const o = named<AlongArguments>("cumsum", ["dim", "dtype"], [dim, options]);
    const from = convert(x, o.dtype ?? (x.dtype.kind === "float" ? x.dtype : int64));
    const d = wrapDim(o.dim!, from.ndim);
    const y = uninitialised(from.dtype, layoutOf(from.shape));
    const { data, start } = elementsOf(from);
    const to = materialise(y.storage);
    const n = from.shape[d] ?? 1;
    const inner = from.shape.slice(d + 1).reduce((p, q) => p * q, 1);
    for (let k = 0; k < from.layout.numel; k++) {
      if (Math.floor(k / inner) % n !== 0) continue;
      let total: number | bigint = from.dtype.isBig ? 0n : 0;
      for (let i = 0; i < n; i++) {
        total = (total as number) + (data[start + k + i * inner] as number);
        to[k + i * inner] = total;
      }
    }
    settle(y);
    return record1(cumsumRule, y, from, { dim: d });
  },
);

const softmaxRule = rule1<Along>({
  name: "SoftmaxBackward0",
  saves: "y",
  vjp: (g, y, _x, { dim }): Tensor => {
    const gy = mul(g, y);
    return sub(gy, mul(y, sum(gy, dim, true)));
  },
});
const logSoftmaxRule = rule1<Along>({
  name: "LogSoftmaxBackward0",
  saves: "y",
  vjp: (g, y, _x, { dim }): Tensor => sub(g, mul(exp(y), sum(g, dim, true))),
});

/** x minus its maximum along `dim`, which keeps exp from overflowing. */
function shifted(x: Tensor, d: number): Tensor {
  return x.layout.numel === 0 ? x : sub(x, amax(x, d, true));
}

function softmaxOp(name: "softmax" | "log_softmax"): AlongOp {
  const rule = name === "softmax" ? softmaxRule : logSoftmaxRule;
  return op({ rule, samples: alongSamples, refusals: [badDim] }, (x, dim, options) => {
    const o = named<AlongArguments>(name, ["dim", "dtype"], [dim, options]);
    const from = o.dtype === undefined ? x : convert(x, o.dtype);
    floatOnly(from, name === "softmax" ? "softmax_lastdim_kernel_impl" : "log_softmax_lastdim_kernel_impl");
    const d = wrapDim(o.dim!, from.ndim);
    const dims = from.ndim === 0 ? [] : [d];
    const y = withGrad(false, () => {
      const low = from.ndim === 0 ? sub(from, from) : shifted(from, d);
      const e = exp(low);
      const total = reduceRaw("sum", e, { dims, keepdim: true });
      return name === "softmax" ? div(e, total) : sub(low, log(total));
    });
    return record1(rule, y, from, { dim: d });
  });
}
/** Exponentials along `dim` that add up to 1 (`torch.softmax`). */
export const softmax: AlongOp = softmaxOp("softmax");
/** Logarithm of softmax (`torch.log_softmax`). */
export const log_softmax: AlongOp = softmaxOp("log_softmax");

const logsumexpRule = rule1<Reduced>({
  name: "LogsumexpBackward0",
  saves: "xy",
  vjp: (g, y, x, how): Tensor => mul(spread(g, x, how), exp(sub(x, spread(y, x, how)))),
});

/** log Σ exp x along dimensions, without overflow (`torch.logsumexp`). */
export const logsumexp: Op<(x: Tensor, dim: Dim, keepdim?: boolean) => Tensor> = op(
  {
    takes: "logsumexp(input, dim, keepdim)",
    rule: logsumexpRule,
    samples: [
      { shapes: [[2, 3]], args: [1] },
      { shapes: [[2, 3]], args: [[0, 1], true] },
    ],
  },
  (input, dim, keepdim = false) => {
    const x = input.dtype.kind === "float" ? input : convert(input, get_default_dtype());
    const how = { dims: wrapDims(dim, x.ndim), keepdim };
    const y = withGrad(false, () => {
      const top = reduceRaw("amax", x, { dims: how.dims, keepdim: true });
      const total = reduceRaw("sum", exp(sub(x, top)), how);
      top.layout = total.layout;
      return add(log(total), top);
    });
    return record1(logsumexpRule, y, x, how);
  },
);
