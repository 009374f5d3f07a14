/** Limits and tests of range: clamp, masks, NaN and infinity, closeness. */

import { bool, cName } from "../core/dtype.ts";
import { NotImplementedError, RuntimeError } from "../core/errors.ts";
import { op, record1, rule1 } from "../core/op.ts";
import { Tensor } from "../core/tensor.ts";
import { convert } from "./broadcast.ts";
import {
  abs,
  add,
  eq,
  gt,
  le,
  logical_and,
  logical_or,
  lt,
  maximum,
  minimum,
  mul,
  ne,
  sub,
  where,
} from "./elementwise.ts";
import { converted, mapBinary } from "./loops.ts";
import { checkTensor, dtypeWith, isScalar, operand, type Scalar, scalarTensor } from "./number.ts";

const clampRule = rule1<readonly [Scalar | null, Scalar | null]>({
  name: "ClampBackward1",
  saves: "x",
  // 0 at the bounds, as torch.
  vjp: (g, _y, x, [min, max]): Tensor => {
    let passed = g;
    if (min !== null) passed = where(gt(x, min), passed, 0);
    if (max !== null) passed = where(lt(x, max), passed, 0);
    return passed;
  },
});

type Bound = Tensor | Scalar | null;

/** x limited to [min, max]; either may be missing (`torch.clamp`). */
export const clamp = op(
  {
    takes: "clamp(input, min, max)",
    rule: clampRule,
    samples: [
      { shapes: [[2, 3]], args: [-1.25, 1.25] },
      { shapes: [[2, 3]], args: [{ min: -0.25 }] },
      { shapes: [[3]], args: [{ max: 0.75 }] },
      { shapes: [[2, 3], [3], [2, 1]] },
    ],
    refusals: [{ shapes: [[2]], message: "torch.clamp: At least one of 'min' or 'max' must not be None" }],
  },
  (x: Tensor, min?: Bound | { min?: Bound; max?: Bound }, max?: Bound): Tensor => {
    const given = isBound(min) ? { min, max } : min;
    const low = given.min ?? null;
    const high = given.max ?? max ?? null;
    checkTensor("clamp", x);
    if (low === null && high === null) {
      throw new RuntimeError("torch.clamp: At least one of 'min' or 'max' must not be None");
    }
    if (low instanceof Tensor || high instanceof Tensor) {
      const raised = low === null ? x : maximum(x, operand("clamp", low, x, "'min' (position 2)"));
      return high === null ? raised : minimum(raised, operand("clamp", high, x, "'max' (position 3)"));
    }
    if (x.dtype === bool && !isNumber(low) && !isNumber(high)) {
      const kernel =
        high === null ? "clamp_min_scalar_cpu" : low === null ? "clamp_max_scalar_cpu" : "clamp_scalar_cpu";
      throw new NotImplementedError(`"${kernel}" not implemented for 'Bool'`);
    }
    let y = low === null ? x : clampLow(x, low);
    y = high === null ? y : clampHigh(y, high);
    return record1(clampRule, y, x, [low, high]);
  },
);
/** Whether a bound is given that is more than a boolean. */
function isNumber(bound: Scalar | null): boolean {
  return bound !== null && typeof bound !== "boolean";
}
function isBound(value: unknown): value is Bound | undefined {
  return value === undefined || value === null || value instanceof Tensor || isScalar(value);
}
function clampLow(x: Tensor, low: Scalar): Tensor {
  const dtype = dtypeWith(low, x.dtype);
  return mapBinary(maximum.loops, x, scalarTensor(low, dtype), dtype);
}
function clampHigh(x: Tensor, high: Scalar): Tensor {
  const dtype = dtypeWith(high, x.dtype);
  return mapBinary(minimum.loops, x, scalarTensor(high, dtype), dtype);
}

/** `x` with `value` where `mask` (bool) holds. */
export const masked_fill = op(
  {
    takes: "masked_fill(input, mask, value)",
    rule: "composed",
    samples: [{ shapes: [[2, 3], [3]], args: [0.5], masks: [1] }],
  },
  (x: Tensor, mask: Tensor, value: Tensor | Scalar): Tensor => {
    if (mask.dtype !== bool) {
      throw new RuntimeError(
        `masked_fill_ only supports boolean masks, but got mask with dtype ${cName(mask.dtype)}`,
      );
    }
    if (!(value instanceof Tensor)) return where(mask, scalarTensor(value, x.dtype), x);
    if (value.ndim > 0) {
      throw new RuntimeError(
        `masked_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.ndim} dimension(s).`,
      );
    }
    return where(mask, convert(value, x.dtype), x);
  },
);

/** Elements that are not a number. */
export const isnan = op(
  { takes: "isnan(input)", rule: null, samples: [{ shapes: [[2, 3]] }] },
  (x: Tensor): Tensor => ne(x, x),
);
/** Elements that are +∞ or −∞. */
export const isinf = op(
  { takes: "isinf(input)", rule: null, samples: [{ shapes: [[2, 3]] }] },
  (x: Tensor): Tensor => eq(abs(x), Infinity),
);
/** Elements that are finite. */
export const isfinite = op(
  { takes: "isfinite(input)", rule: null, samples: [{ shapes: [[2, 3]] }] },
  (x: Tensor): Tensor => lt(abs(x), Infinity),
);

/** Whether elements differ by at most `atol + rtol · |other|` (`torch.isclose`). */
export const isclose = op(
  {
    takes: "isclose(input, other, rtol, atol, equal_nan)",
    rule: null,
    samples: [
      {
        shapes: [
          [2, 3],
          [2, 3],
        ],
      },
    ],
  },
  (x: Tensor, other: Tensor, rtol: number | CloseOptions = 1e-5, atol = 1e-8, equal_nan = false): Tensor => {
    checkTensor("isclose", x);
    checkTensor("isclose", other, "'other' (position 2)");
    const o = typeof rtol === "number" ? { rtol, atol, equal_nan } : { rtol: 1e-5, atol, equal_nan, ...rtol };
    if (x.dtype !== other.dtype) {
      throw new RuntimeError(`${x.dtype.scalarName} did not match ${other.dtype.scalarName}`);
    }
    let close = eq(x, other);
    const a = x.dtype.kind === "float" ? x : converted(x, float64OrSame(x));
    const b = x.dtype.kind === "float" ? other : converted(other, float64OrSame(x));
    const allowed = add(mul(abs(b), o.rtol), o.atol);
    const difference = abs(sub(a, b));
    close = logical_or(close, logical_and(isfinite(difference), le(difference, allowed)));
    return o.equal_nan ? logical_or(close, logical_and(isnan(x), isnan(other))) : close;
  },
);
interface CloseOptions {
  readonly rtol?: number;
  readonly atol?: number;
  readonly equal_nan?: boolean;
}
function float64OrSame(x: Tensor): Tensor["dtype"] {
  return dtypeWith(0.5, x.dtype);
}
