/** Elementwise arithmetic and functions. */

import { backend } from "../backend/index.ts";
import { bool } from "../core/dtype.ts";
import { RuntimeError } from "../core/errors.ts";
import { type Op, op, record1, record2, rule1, rule2 } from "../core/op.ts";
import { Tensor, uninitialised } from "../core/tensor.ts";
import {
  type BinaryOp,
  binary,
  type CompareOp,
  comparison,
  typeOf,
  type UnaryOp,
  unary,
} from "./builders.ts";
import { BinaryLoops, broadcast, broadcastLayout, converted, filled, mapBinary, settle } from "./loops.ts";
import { checkTensor, dtypeWith, isScalar, operand, plain, type Scalar, scalarTensor } from "./number.ts";

/** Zeros of the same shape and dtype, not recorded. */
function zeros(x: Tensor): Tensor {
  return filled(x.layout, x.dtype, 0);
}

const wrapAdd = (a: bigint, b: bigint) => a + b;
const plus: BinaryOp = binary({
  name: "add",
  f: (a, b) => a + b,
  big: wrapAdd,
  exact: true,
  saves: ["", ""],
  vjp: [(g) => g, (g) => g],
});
/** Sum: `a + alpha · other`. */
export const add = withAlpha(plus);

const minus: BinaryOp = binary({
  name: "sub",
  f: (a, b) => a - b,
  big: (a, b) => a - b,
  exact: true,
  saves: ["", ""],
  vjp: [(g) => g, (g): Tensor => neg(g)],
});
/** Difference: `a − alpha · other`. */
export const sub = withAlpha(minus);

/** The difference the other way: `other − x`. */
export const rsub: BinaryOp = binary({
  name: "rsub",
  node: "RsubBackward1",
  f: (a, b) => b - a,
  big: (a, b) => b - a,
  exact: true,
  saves: ["", ""],
  vjp: [(g): Tensor => neg(g), (g) => g],
});

type AlphaOp = Op<(a: Tensor, other: Tensor | Scalar, options?: { alpha?: Scalar }) => Tensor> & {
  readonly inPlace: (a: Tensor, other: Tensor | Scalar, options?: { alpha?: Scalar }) => Tensor;
};
function withAlpha(of: BinaryOp): AlphaOp {
  const scaled = (a: Tensor, other: Tensor | Scalar, alpha: Scalar): Tensor =>
    mul(operand("add", other, a, "'other' (position 2)"), alpha);
  return Object.assign(
    (a: Tensor, other: Tensor | Scalar, options?: { alpha?: Scalar }): Tensor =>
      of(a, options?.alpha === undefined ? other : scaled(a, other, options.alpha)),
    {
      rule: of.rule,
      samples: of.samples,
      refusals: of.refusals,
      inPlace: (a: Tensor, other: Tensor | Scalar, options?: { alpha?: Scalar }): Tensor =>
        of.inPlace(a, options?.alpha === undefined ? other : scaled(a, other, options.alpha)),
    },
  );
}

/** Elementwise product. */
export const mul: BinaryOp = binary({
  name: "mul",
  f: (a, b) => a * b,
  big: (a, b) => a * b,
  exact: true,
  saves: ["b", "a"],
  vjp: [(g, _y, _a, b): Tensor => mul(g, b), (g, _y, a): Tensor => mul(g, a)],
});

/** Quotient; integers give the default float dtype. */
export const div: BinaryOp = binary({
  name: "div",
  f: (a, b) => a / b,
  exact: true,
  result: "float",
  saves: ["b", "ab"],
  vjp: [(g, _y, _a, b): Tensor => div(g, b), (g, _y, a, b): Tensor => mul(neg(g), div(div(a, b), b))],
  samples: [
    {
      shapes: [
        [2, 3],
        [2, 3],
      ],
      range: [0.5, 2],
    },
    {
      shapes: [
        [2, 1, 4],
        [3, 1],
      ],
      range: [0.5, 2],
    },
    { shapes: [[3], []], range: [0.5, 2] },
    { shapes: [[2, 3]], args: [4] },
    { shapes: [[0, 3], [3]] },
  ],
});

/** The larger of two; a tie shares its gradient. */
export const maximum: BinaryOp = binary({
  name: "maximum",
  f: Math.max,
  big: (a, b) => (a > b ? a : b),
  exact: true,
  saves: ["ab", "ab"],
  vjp: [(g, _y, a, b): Tensor => shareTie(g, a, b), (g, _y, a, b): Tensor => shareTie(g, b, a)],
});
/** The smaller of two; a tie shares its gradient. */
export const minimum: BinaryOp = binary({
  name: "minimum",
  f: Math.min,
  big: (a, b) => (a < b ? a : b),
  exact: true,
  saves: ["ab", "ab"],
  vjp: [(g, _y, a, b): Tensor => shareTie(g, b, a), (g, _y, a, b): Tensor => shareTie(g, a, b)],
});
function shareTie(g: Tensor, larger: Tensor, smaller: Tensor): Tensor {
  return where(lt(larger, smaller), 0, where(eq(larger, smaller), div(g, 2), g));
}

/** −x. */
export const neg: UnaryOp = unary({
  name: "neg",
  f: (x) => -x,
  big: (x) => -x,
  exact: true,
  vjp: (g): Tensor => neg(g),
});

/** Absolute value; gradient 0 at 0, as torch. */
export const abs: UnaryOp = unary({
  name: "abs",
  f: Math.abs,
  big: (x) => (x < 0n ? -x : x),
  exact: true,
  saves: "x",
  vjp: (g, _y, x): Tensor => mul(g, sign(x)),
});

/** −1, 0 or 1. */
export const sign: UnaryOp = unary({
  name: "sign",
  f: (x) => (x > 0 ? 1 : x < 0 ? -1 : Number.isNaN(x) ? x : 0),
  big: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
  exact: true,
  vjp: (g) => zeros(g),
});

/** eˣ. */
export const exp: UnaryOp = unary({
  name: "exp",
  f: Math.exp,
  result: "float",
  saves: "y",
  vjp: (g, y): Tensor => mul(g, y),
});

const positive = [
  { shapes: [[2, 3]], range: [0.5, 2] as const },
  { shapes: [[]], range: [0.5, 2] as const },
  { shapes: [[0, 2]] },
];

/** Natural logarithm. */
export const log: UnaryOp = unary({
  name: "log",
  f: Math.log,
  result: "float",
  saves: "x",
  vjp: (g, _y, x): Tensor => div(g, x),
  samples: positive,
});

/** Square root. */
export const sqrt: UnaryOp = unary({
  name: "sqrt",
  f: Math.sqrt,
  result: "float",
  exact: true,
  saves: "y",
  vjp: (g, y): Tensor => div(g, mul(y, 2)),
  samples: positive,
});

/** 1 / √x. */
export const rsqrt: UnaryOp = unary({
  name: "rsqrt",
  f: (x) => 1 / Math.sqrt(x),
  result: "float",
  saves: "y",
  vjp: (g, y): Tensor => mul(mul(g, -0.5), pow(y, 3)),
  samples: positive,
});

/** Sine. */
export const sin: UnaryOp = unary({
  name: "sin",
  f: Math.sin,
  result: "float",
  saves: "x",
  vjp: (g, _y, x): Tensor => mul(g, cos(x)),
});

/** Cosine. */
export const cos: UnaryOp = unary({
  name: "cos",
  f: Math.cos,
  result: "float",
  saves: "x",
  vjp: (g, _y, x): Tensor => mul(g, neg(sin(x))),
});

/** Hyperbolic tangent. */
export const tanh: UnaryOp = unary({
  name: "tanh",
  f: Math.tanh,
  result: "float",
  saves: "y",
  vjp: (g, y): Tensor => mul(g, rsub(mul(y, y), 1)),
});

/** Logistic function 1 / (1 + e⁻ˣ). */
export const sigmoid: UnaryOp = unary({
  name: "sigmoid",
  f: (x) => 1 / (1 + Math.exp(-x)),
  result: "float",
  saves: "y",
  vjp: (g, y): Tensor => mul(g, mul(rsub(y, 1), y)),
});

/** max(0, x); gradient 0 at 0, as torch. */
export const relu: UnaryOp = unary({
  name: "relu",
  f: (x) => (x > 0 || Number.isNaN(x) ? x : 0),
  big: (x) => (x > 0n ? x : 0n),
  exact: true,
  saves: "y",
  vjp: (g, y): Tensor => where(le(y, 0), 0, g),
});

/** x². */
export const square: UnaryOp = unary({
  name: "square",
  node: "PowBackward0",
  f: (x) => x * x,
  big: (x) => x * x,
  exact: true,
  saves: "x",
  vjp: (g, _y, x): Tensor => mul(g, mul(x, 2)),
});

/** 1 / x. */
export const reciprocal: UnaryOp = unary({
  name: "reciprocal",
  f: (x) => 1 / x,
  result: "float",
  exact: true,
  saves: "y",
  vjp: (g, y): Tensor => mul(neg(g), mul(y, y)),
  samples: positive,
});

/** Largest integer not above x. */
export const floor: UnaryOp = unary({
  name: "floor",
  f: Math.floor,
  big: (x) => x,
  exact: true,
  vjp: (g) => zeros(g),
});
/** Smallest integer not below x. */
export const ceil: UnaryOp = unary({
  name: "ceil",
  f: Math.ceil,
  big: (x) => x,
  exact: true,
  vjp: (g) => zeros(g),
});
/** The integer towards zero. */
export const trunc: UnaryOp = unary({
  name: "trunc",
  f: Math.trunc,
  big: (x) => x,
  exact: true,
  vjp: (g) => zeros(g),
});
/** The nearest integer, halves to even. */
export const round: UnaryOp = unary({
  name: "round",
  f: roundHalfEven,
  big: (x) => x,
  exact: true,
  vjp: (g) => zeros(g),
});
function roundHalfEven(x: number): number {
  const up = Math.floor(x + 0.5);
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const r = up - x === 0.5 && up % 2 !== 0 ? up - 1 : x - Math.floor(x) < 0.5 ? Math.floor(x) : up;
  return r === 0 && (x < 0 || Object.is(x, -0)) ? -0 : r;
}

/** a < b. */
export const lt: CompareOp = comparison("lt", (a, b) => a < b);
/** a ≤ b. */
export const le: CompareOp = comparison("le", (a, b) => a <= b);
/** a > b. */
export const gt: CompareOp = comparison("gt", (a, b) => a > b);
/** a ≥ b. */
export const ge: CompareOp = comparison("ge", (a, b) => a >= b);
/** a = b. */
export const eq: CompareOp = comparison("eq", (a, b) => a === b);
/** a ≠ b. */
export const ne: CompareOp = comparison("ne", (a, b) => a !== b);
/** Both are true (not 0). */
export const logical_and: CompareOp = comparison("logical_and", (a, b) => Boolean(a) && Boolean(b));
/** At least one is true. */
export const logical_or: CompareOp = comparison("logical_or", (a, b) => Boolean(a) || Boolean(b));
/** Exactly one is true. */
export const logical_xor: CompareOp = comparison("logical_xor", (a, b) => Boolean(a) !== Boolean(b));
/** Not true. */
export const logical_not: Op<(x: Tensor) => Tensor> = op(
  { rule: null, samples: [{ shapes: [[2, 3]] }] },
  (x: Tensor) => eq(x, 0),
);

const whereRule = rule2<Tensor>({
  name: "WhereBackward0",
  saves: ["", ""],
  broadcasts: true,
  vjp: [
    (g, _y, _a, _b, condition): Tensor => where(condition, g, 0),
    (g, _y, _a, _b, condition): Tensor => where(condition, 0, g),
  ],
});

/** `input` where `condition` (bool) holds, else `other` (`torch.where`). */
export const where = op(
  {
    rule: whereRule,
    samples: [
      {
        shapes: [
          [2, 3],
          [2, 3],
          [2, 3],
        ],
        masks: [0],
      },
      { shapes: [[4, 1, 1], [2, 1], [3]], masks: [0] },
      { shapes: [[2, 3], [3]], args: [1.5], masks: [0] },
    ],
  },
  (condition: Tensor, input: Tensor | Scalar, other: Tensor | Scalar): Tensor => {
    checkTensor("where", condition, "'condition' (position 1)");
    if (condition.dtype !== bool) {
      throw new RuntimeError(
        `where expected condition to be a boolean tensor, but got a tensor with dtype ${condition.dtype.scalarName}`,
      );
    }
    const [a, b] = pair(input, other);
    const dtype = typeOf(a, b);
    const layout = broadcastLayout(broadcastLayout(a.layout, b.layout), condition.layout);
    const y = uninitialised(dtype, layout);
    const [p, q] = [broadcast(converted(a, dtype), layout), broadcast(converted(b, dtype), layout)];
    backend.where(y, broadcast(condition, layout), p, q);
    settle(y);
    return record2(whereRule, y, a, b, condition);
  },
);

/** Two operands of which one may be a number of the other's kind. */
function pair(a: Tensor | Scalar, b: Tensor | Scalar): [Tensor, Tensor] {
  if (a instanceof Tensor) return [a, operand("where", b, a, "'other' (position 3)")];
  if (b instanceof Tensor) return [operand("where", a, b, "'input' (position 2)"), b];
  const dtypes = [a, b].map((value) => dtypeWith(value, bool));
  const dtype = dtypes[0]!.index > dtypes[1]!.index ? dtypes[0]! : dtypes[1]!;
  return [scalarTensor(a, dtype), scalarTensor(b, dtype)];
}

const powLoops = new BinaryLoops("pow", power, (a, b) => a ** (b < 0n ? 0n : b), false);
/** C's pow: 1 to any power is 1, which JavaScript makes NaN for NaN and ±∞. */
function power(a: number, b: number): number {
  return a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) ? 1 : a ** b;
}

const powScalarRule = rule1<Scalar>({
  name: "PowBackward0",
  saves: "x",
  vjp: (g, _y, x, e): Tensor =>
    Number(e) === 0 ? zeros(g) : mul(g, mul(pow(x, typeof e === "bigint" ? e - 1n : Number(e) - 1), e)),
});
const powTensorRule = rule2<null>({
  name: "PowBackward1",
  saves: ["ab", "aby"],
  broadcasts: true,
  vjp: [
    (g, _y, a, b): Tensor => where(eq(b, 0), 0, mul(g, mul(b, pow(a, sub(b, 1))))),
    (g, y, a, b): Tensor => where(logical_and(eq(a, 0), ge(b, 0)), 0, mul(g, mul(y, log(a)))),
  ],
});

/** Power, of a number or of each element (`torch.pow`). */
export const pow = op(
  {
    rule: powTensorRule,
    samples: [
      {
        shapes: [
          [2, 3],
          [2, 3],
        ],
        range: [0.5, 2],
      },
      { shapes: [[2, 1], [3]], range: [0.5, 2] },
      { shapes: [[2, 3]], args: [2] },
      { shapes: [[2, 3]], args: [3] },
      { shapes: [[2, 3]], args: [0] },
      { shapes: [[2, 3]], args: [-1.5], range: [0.5, 2] },
      { shapes: [[0, 3]], args: [2] },
    ],
  },
  (input: Tensor | Scalar, exponent: Tensor | Scalar): Tensor => {
    if (!(input instanceof Tensor)) {
      const b = checkTensor("pow", exponent, "'exponent' (position 2)");
      return powTensors(operand("pow", input, b, "'input' (position 1)"), b);
    }
    if (exponent instanceof Tensor) return powTensors(input, exponent);
    if (!isScalar(exponent)) operand("pow", exponent, input, "'exponent' (position 2)");
    return record1(powScalarRule, powScalar(input, exponent), input, exponent);
  },
);

function powTensors(a: Tensor, b: Tensor): Tensor {
  return record2(powTensorRule, mapBinary(powLoops, a, b, typeOf(a, b)), a, b, null);
}

const times = new BinaryLoops(
  "mul",
  (a, b) => a * b,
  (a, b) => a * b,
  true,
);
const over = new BinaryLoops("div", (a, b) => a / b, undefined, true);

/** Small integral powers are products, as torch computes them. Not recorded. */
function powScalar(x: Tensor, exponent: Scalar): Tensor {
  const dtype = dtypeWith(exponent, x.dtype);
  const e = Number(plain(exponent));
  if (e === 2) return mapBinary(times, x, x, dtype);
  if (e === 3) return mapBinary(times, mapBinary(times, x, x, dtype), x, dtype);
  if (dtype.kind === "integer" && e < 0) {
    throw new RuntimeError("Integers to negative integer powers are not allowed.");
  }
  if (e === -1) return mapBinary(over, scalarTensor(1, dtype), x, dtype);
  return mapBinary(powLoops, x, scalarTensor(exponent, dtype), dtype);
}

const clampRule = rule1<readonly [Scalar | null, Scalar | null]>({
  name: "ClampBackward1",
  saves: "x",
  vjp: (g, _y, x, [min, max]): Tensor => {
    let passed = g;
    if (min !== null) passed = where(ge(x, min), passed, 0);
    if (max !== null) passed = where(le(x, max), passed, 0);
    return passed;
  },
});

type Bound = Tensor | Scalar | null;

/** x limited to [min, max]; either may be missing (`torch.clamp`). */
export const clamp = op(
  {
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
      const raised = low === null ? x : maximum(x, low);
      return high === null ? raised : minimum(raised, high);
    }
    let y = low === null ? x : clampLow(x, low);
    y = high === null ? y : clampHigh(y, high);
    return record1(clampRule, y, x, [low, high]);
  },
);
function isBound(value: unknown): value is Bound | undefined {
  return value === undefined || value === null || value instanceof Tensor || isScalar(value);
}
const larger = new BinaryLoops("maximum", Math.max, (a, b) => (a > b ? a : b), true);
const smaller = new BinaryLoops("minimum", Math.min, (a, b) => (a < b ? a : b), true);
function clampLow(x: Tensor, low: Scalar): Tensor {
  const dtype = dtypeWith(low, x.dtype);
  return mapBinary(larger, x, scalarTensor(low, dtype), dtype);
}
function clampHigh(x: Tensor, high: Scalar): Tensor {
  const dtype = dtypeWith(high, x.dtype);
  return mapBinary(smaller, x, scalarTensor(high, dtype), dtype);
}

/** `x` with `value` where `mask` (bool) holds. */
export const masked_fill = op(
  { rule: "composed", samples: [{ shapes: [[2, 3], [3]], args: [0.5], masks: [1] }] },
  (x: Tensor, mask: Tensor, value: Tensor | Scalar): Tensor => {
    if (mask.dtype !== bool) {
      throw new RuntimeError(
        `masked_fill_ only supports boolean masks, but got mask with dtype ${mask.dtype.name.replace("float32", "float").replace("float64", "double")}`,
      );
    }
    return where(mask, value, x);
  },
);

/** Elements that are not a number. */
export const isnan = op({ rule: null, samples: [{ shapes: [[2, 3]] }] }, (x: Tensor): Tensor => ne(x, x));
/** Elements that are +∞ or −∞. */
export const isinf = op(
  { rule: null, samples: [{ shapes: [[2, 3]] }] },
  (x: Tensor): Tensor => eq(abs(x), Infinity),
);
/** Elements that are finite. */
export const isfinite = op(
  { rule: null, samples: [{ shapes: [[2, 3]] }] },
  (x: Tensor): Tensor => lt(abs(x), Infinity),
);

/** Whether elements differ by at most `atol + rtol · |other|` (`torch.isclose`). */
export const isclose = op(
  {
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
