/** Functions of one number: exponentials, roots, trigonometry, rounding, and powers. */

import { bool } from "../core/dtype.ts";
import { NotImplementedError, RuntimeError } from "../core/errors.ts";
import { withGrad } from "../core/mode.ts";
import { type Op, op, record1, record2, rule1, rule2 } from "../core/op.ts";
import { Tensor } from "../core/tensor.ts";
import { named } from "./arguments.ts";
import { typeOf, type UnaryOp, unary } from "./builders.ts";
import { div, eq, ge, le, logical_and, mul, neg, rsub, sub, where } from "./elementwise.ts";
import { writeAside } from "./inplace.ts";
import { BinaryLoops, copied, filled, mapBinary, zerosLike } from "./loops.ts";
import {
  checkTensor,
  dtypeWith,
  isScalar,
  operand,
  plain,
  refuseCombination,
  type Scalar,
  scalarTensor,
} from "./number.ts";

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
  refusesBool: "Boolean inputs not supported for relu",
  // biome-ignore lint/complexity/useMathMinMax: Math.max(NaN, 0) is 0 on a GPU
  f: (x) => (x <= 0 ? 0 : x),
  big: (x) => (x > 0n ? x : 0n),
  exact: true,
  saves: "y",
  vjp: (g, y): Tensor => passPositive(g, y),
});
const passRule = rule2<null>({
  name: "ThresholdBackwardBackward0",
  saves: ["b", ""],
  vjp: [(h, _z, _g, y): Tensor => passPositive(h, y), (h): Tensor => zerosLike(h)],
});
/** g where y > 0, else 0. Depends on y in the graph too, with gradient 0, as torch's does. */
function passPositive(g: Tensor, y: Tensor): Tensor {
  const z = withGrad(false, () => where(le(y, 0), 0, g));
  return record2(passRule, z, g, y, null);
}

/** x². */
export const square: UnaryOp = unary({
  name: "square",
  node: "PowBackward0",
  f: (x) => x * x,
  big: (x) => x * x,
  exact: true,
  result: "number",
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
  refusesBool: "\"floor_vml_cpu\" not implemented for 'Bool'",
  f: Math.floor,
  big: (x) => x,
  exact: true,
  vjp: (g) => zerosLike(g),
});
/** Smallest integer not below x. */
export const ceil: UnaryOp = unary({
  name: "ceil",
  refusesBool: "\"ceil_vml_cpu\" not implemented for 'Bool'",
  f: Math.ceil,
  big: (x) => x,
  exact: true,
  vjp: (g) => zerosLike(g),
});
/** The integer towards zero. */
export const trunc: UnaryOp = unary({
  name: "trunc",
  refusesBool: "\"trunc_vml_cpu\" not implemented for 'Bool'",
  f: Math.trunc,
  big: (x) => x,
  exact: true,
  vjp: (g) => zerosLike(g),
});
const nearest: UnaryOp = unary({
  name: "round",
  refusesBool: "\"round_vml_cpu\" not implemented for 'Bool'",
  f: roundHalfEven,
  big: (x) => x,
  exact: true,
  vjp: (g) => zerosLike(g),
});
const roundRule = rule1<null>({ name: "RoundBackward1", vjp: (g) => zerosLike(g) });
type RoundCall = (x: Tensor, options?: { decimals?: number }) => Tensor;
/** The nearest integer, or number with `decimals` digits after the point; halves to even. */
export const round: Op<RoundCall> & { readonly inPlace: RoundCall } = Object.assign(
  op<RoundCall>(
    { rule: nearest.rule, samples: [...nearest.samples, { shapes: [[2, 3]], args: [{ decimals: 1 }] }] },
    (x, options) => {
      const { decimals } = named<{ decimals: number }>("round", ["decimals"], [options]);
      return decimals === undefined ? nearest(x) : record1(roundRule, rounded(x, decimals), x, null);
    },
  ),
  {
    inPlace: ((x, options) => {
      const { decimals } = named<{ decimals: number }>("round_", ["decimals"], [options]);
      if (decimals === undefined) return nearest.inPlace(x);
      return writeAside(x, (old) => record1(roundRule, rounded(old, decimals), old, null));
    }) as RoundCall,
  },
);
/** Scaled, rounded and scaled back in x's own dtype, as torch does. Not recorded. */
function rounded(x: Tensor, decimals: number): Tensor {
  if (x.dtype.kind !== "float" && decimals !== 0)
    throw new NotImplementedError(`"round_cpu" not implemented for '${x.dtype.scalarName}'`);
  return withGrad(false, () => {
    const scale = 10 ** Math.abs(decimals);
    if (decimals === 0) return nearest(x);
    return decimals > 0 ? div(nearest(mul(x, scale)), scale) : mul(nearest(div(x, scale)), scale);
  });
}
function roundHalfEven(x: number): number {
  const up = Math.floor(x + 0.5);
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const r = up - x === 0.5 && up % 2 !== 0 ? up - 1 : x - Math.floor(x) < 0.5 ? Math.floor(x) : up;
  return r === 0 && (x < 0 || Object.is(x, -0)) ? -0 : r;
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
    Number(e) === 0 ? zerosLike(g) : mul(g, mul(pow(x, typeof e === "bigint" ? e - 1n : Number(e) - 1), e)),
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
    takes: "pow(input, exponent)",
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
      if (!(exponent instanceof Tensor)) refuseCombination("pow", [input, exponent], powSignatures);
      const b = checkTensor("pow", exponent, "'exponent' (position 2)");
      return powTensors(operand("pow", input, b, "'input' (position 1)"), b);
    }
    if (exponent instanceof Tensor) return powTensors(input, exponent);
    if (!isScalar(exponent)) operand("pow", exponent, input, "'exponent' (position 2)");
    return record1(powScalarRule, powScalar(input, exponent), input, exponent);
  },
);

const powSignatures = [
  "(Tensor input, Tensor exponent, *, Tensor out = None)",
  "(Number self, Tensor exponent, *, Tensor out = None)",
  "(Tensor input, Number exponent, *, Tensor out = None)",
];
const noBoolPower = "\"pow\" not implemented for 'Bool'";

function powTensors(a: Tensor, b: Tensor): Tensor {
  if (a.dtype === bool && b.dtype === bool) throw new NotImplementedError(noBoolPower);
  return record2(powTensorRule, mapBinary(powLoops, a, b, typeOf(a, b)), a, b, null);
}

/** Small integral powers are products, as torch computes them. Not recorded. */
function powScalar(x: Tensor, exponent: Scalar): Tensor {
  const dtype = dtypeWith(exponent, x.dtype);
  const e = Number(plain(exponent));
  if (dtype === bool && e === 0) return filled(x.layout, dtype, 1);
  if (e === 1) return copied(x, dtype);
  if (e === 2) return mapBinary(mul.loops, x, x, dtype);
  if (e === 3) return mapBinary(mul.loops, mapBinary(mul.loops, x, x, dtype), x, dtype);
  if (dtype.kind === "integer" && e < 0) {
    throw new RuntimeError("Integers to negative integer powers are not allowed.");
  }
  if (e === -1) return mapBinary(div.loops, scalarTensor(1, dtype), x, dtype);
  return mapBinary(powLoops, x, scalarTensor(exponent, dtype), dtype);
}
