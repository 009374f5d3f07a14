/** Elementwise arithmetic, comparisons and choice. */

import { backend } from "../backend/index.ts";
import { commonDevice } from "../core/device.ts";
import { bool } from "../core/dtype.ts";
import { RuntimeError } from "../core/errors.ts";
import { checkKeyword, isOptions, refuseOptions } from "../core/keywords.ts";
import { type Op, op, record2, rule2 } from "../core/op.ts";
import { cpu, Tensor, uninitialised } from "../core/tensor.ts";
import type { Tuple } from "../core/tuple.ts";
import { convert } from "./broadcast.ts";
import {
  type BinaryOp,
  binary,
  type CompareOp,
  comparison,
  typeOf,
  type UnaryOp,
  unary,
} from "./builders.ts";
import { divRounded, divRoundedInto, type RoundingMode } from "./division.ts";
import { nonzeroTuple } from "./gather.ts";
import { broadcast, broadcastLayout, converted, settle, zerosLike } from "./loops.ts";
import {
  checkTensor,
  countsAsFloat,
  dtypeWith,
  isScalar,
  operand,
  pythonType,
  type Scalar,
  scalarTensor,
} from "./number.ts";
import { canFuse, fuseInto } from "./scaled.ts";

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
export const add = withAlpha(plus, 1);

/** PyTorch's advice to whoever subtracts bools. */
const noBoolDifference = (first: boolean, second: boolean): string =>
  first && second
    ? "Subtraction, the `-` operator, with two bool tensors is not supported. Use the `^` or `logical_xor()` operator instead."
    : "Subtraction, the `-` operator, with a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.";

const minus: BinaryOp = binary({
  refusesBool: noBoolDifference,
  name: "sub",
  f: (a, b) => a - b,
  big: (a, b) => a - b,
  exact: true,
  saves: ["", ""],
  vjp: [(g) => g, (g): Tensor => neg(g)],
});
/** Difference: `a − alpha · other`. */
export const sub = withAlpha(minus, -1);

/** The difference the other way: `other − x`. */
export const rsub: BinaryOp = binary({
  refusesBool: noBoolDifference,
  signatures: [
    "(Tensor input, Tensor other, *, Number alpha = 1)",
    "(Tensor input, Number other, Number alpha = 1)",
  ],
  name: "rsub",
  node: "RsubBackward1",
  f: (a, b) => b - a,
  big: (a, b) => b - a,
  exact: true,
  saves: ["", ""],
  vjp: [(g): Tensor => neg(g), (g) => g],
});

type AlphaCall = (a: Tensor, other: Tensor | Scalar, options?: { alpha?: Scalar }) => Tensor;
type AlphaOp = Op<AlphaCall> & { readonly inPlace: AlphaCall };

/** One keyword of an op beside `other`: its value, undefined where it is not given. */
function keyword(op: string, key: string, options: unknown): unknown {
  if (!isOptions(options)) return undefined;
  for (const given of Object.keys(options)) checkKeyword(op, given, [key]);
  return options[key];
}
/** `{ other, …rest }` taken apart. */
function split(options: Record<string, unknown>): [other: Tensor | Scalar, rest: object] {
  const { other, ...rest } = options;
  return [other as Tensor | Scalar, rest];
}

/** alpha · other in the dtype that the sum has. */
function scaledBy(alpha: Scalar, other: Tensor | Scalar, a: Tensor): Tensor {
  const b = operand("add", other, a, "'other' (position 2)");
  const dtype = typeOf(a, b);
  if (typeof alpha === "boolean" && dtype !== bool)
    throw new RuntimeError("Boolean alpha only supported for Boolean results.");
  if (dtype.kind !== "float" && countsAsFloat(alpha))
    throw new RuntimeError("For integral input tensors, argument alpha must not be a floating point number.");
  return mul(convert(b, dtype), dtype === bool ? Boolean(alpha) : alpha);
}
function withAlpha(of: BinaryOp, sign: 1 | -1): AlphaOp {
  const name = sign === 1 ? "add" : "sub";
  const call: AlphaCall = (a, other, options) => {
    if (options === undefined && (other instanceof Tensor || !isOptions(other))) return of(a, other);
    if (isOptions(other)) return call(a, ...split(other));
    const alpha = keyword(name, "alpha", options) as Scalar | undefined;
    if (alpha === undefined) return of(a, other);
    if (!canFuse(a, other)) return of(a, scaledBy(alpha, other, a));
    return fuseInto(uninitialised(a.dtype, a.layout), a, other, sign * Number(alpha));
  };
  const inPlace: AlphaCall = (a, other, options) => {
    if (options === undefined && (other instanceof Tensor || !isOptions(other))) return of.inPlace(a, other);
    if (isOptions(other)) return inPlace(a, ...split(other));
    const alpha = keyword(`${name}_`, "alpha", options) as Scalar | undefined;
    if (alpha === undefined) return of.inPlace(a, other);
    if (!canFuse(a, other) || a.base !== null) return of.inPlace(a, scaledBy(alpha, other, a));
    fuseInto(a, a, other, sign * Number(alpha));
    a.storage.version++;
    return a;
  };
  return Object.assign(call, { rule: of.rule, samples: of.samples, refusals: of.refusals, inPlace });
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

const quotient: BinaryOp = binary({
  extended: (a, other, options) => divCall(a, other, options as Parameters<DivCall>[2]),
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
type DivCall = (
  a: Tensor,
  other: Tensor | Scalar,
  options?: { rounding_mode?: RoundingMode | null },
) => Tensor;
const divCall: DivCall = (a, other, options) => {
  if (options === undefined && (other instanceof Tensor || !isOptions(other))) return quotient(a, other);
  if (isOptions(other)) return divCall(a, ...split(other));
  const mode = keyword("div", "rounding_mode", options) ?? null;
  if (mode === null) return quotient(a, other);
  return divRounded(a, operand("div", other, a, "'other' (position 2)"), mode as RoundingMode);
};
const quotientInto = quotient.inPlace;
const divInto: DivCall = (a, other, options) => {
  if (options === undefined && (other instanceof Tensor || !isOptions(other))) return quotientInto(a, other);
  if (isOptions(other)) return divInto(a, ...split(other));
  const mode = keyword("div_", "rounding_mode", options) ?? null;
  if (mode === null) return quotientInto(a, other);
  return divRoundedInto(a, operand("div", other, a, "'other' (position 2)"), mode as RoundingMode);
};
/** Quotient, of integers in the default float dtype; `rounding_mode` "trunc" or "floor" keeps them integers. */
export const div: Op<DivCall> & { readonly inPlace: DivCall; readonly loops: BinaryOp["loops"] } =
  Object.assign(quotient as Op<DivCall> & { loops: BinaryOp["loops"] }, {
    samples: [...quotient.samples, { shapes: [[2, 3], [3]], args: [{ rounding_mode: "floor" }] }],
    inPlace: divInto,
  });

/** The larger of two; a tie shares its gradient. */
export const maximum: BinaryOp = binary({
  name: "maximum",
  tensorsOnly: true,
  f: Math.max,
  // biome-ignore lint/complexity/useMathMinMax: Math.max takes no BigInt
  big: (a, b) => (a > b ? a : b),
  exact: true,
  saves: ["ab", "ab"],
  vjp: [(g, _y, a, b): Tensor => shareTie(g, a, b), (g, _y, a, b): Tensor => shareTie(g, b, a)],
});
/** The smaller of two; a tie shares its gradient. */
export const minimum: BinaryOp = binary({
  name: "minimum",
  tensorsOnly: true,
  f: Math.min,
  // biome-ignore lint/complexity/useMathMinMax: Math.min takes no BigInt
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
  refusesBool:
    "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
  f: (x) => -x,
  big: (x) => -x,
  exact: true,
  vjp: (g): Tensor => neg(g),
});

/** Absolute value; gradient 0 at 0, as torch. */
export const abs: UnaryOp = unary({
  name: "abs",
  refusesBool: "\"abs_cpu\" not implemented for 'Bool'",
  f: Math.abs,
  big: (x) => (x < 0n ? -x : x),
  exact: true,
  saves: "x",
  vjp: (g, _y, x): Tensor => mul(g, sign(x)),
});

/** −1, 0 or 1. */
export const sign: UnaryOp = unary({
  name: "sign",
  f: (x) => (x > 0 ? 1 : x < 0 ? -1 : x === 0 ? 0 : x),
  big: (x) => (x > 0n ? 1n : x < 0n ? -1n : 0n),
  exact: true,
  vjp: (g) => zerosLike(g),
});

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
export const logical_and: CompareOp = comparison("logical_and", (a, b) => Boolean(a) && Boolean(b), true);
/** At least one is true. */
export const logical_or: CompareOp = comparison("logical_or", (a, b) => Boolean(a) || Boolean(b), true);
/** Exactly one is true. */
export const logical_xor: CompareOp = comparison("logical_xor", (a, b) => Boolean(a) !== Boolean(b), true);
/** Not true. */
export const logical_not: Op<(x: Tensor) => Tensor> = op(
  { takes: "logical_not(input)", rule: null, samples: [{ shapes: [[2, 3]] }] },
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

interface Where {
  (condition: Tensor, input: Tensor | Scalar, other: Tensor | Scalar): Tensor;
  (condition: Tensor): Tuple<Tensor> & Tensor[];
}
/** `input` where `condition` (bool) holds, else `other`; alone, where it holds (`torch.where`). */
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
  ((
    condition: Tensor,
    input?: Tensor | Scalar,
    other?: Tensor | Scalar,
    options?: unknown,
  ): Tensor | Tensor[] => {
    if (options !== undefined) refuseOptions("where", options);
    checkTensor("where", condition, "'condition' (position 1)");
    if (input === undefined && other === undefined) return nonzeroTuple(condition);
    if (condition.dtype !== bool) {
      throw new RuntimeError(
        `where expected condition to be a boolean tensor, but got a tensor with dtype ${condition.dtype.scalarName}`,
      );
    }
    const [a, b] = pair(input, other);
    const dtype = typeOf(a, b);
    const layout = broadcastLayout(broadcastLayout(a.layout, b.layout), condition.layout);
    const device = commonDevice(a, b);
    const y = uninitialised(dtype, layout, device === cpu ? condition.storage.device : device);
    commonDevice(condition, y);
    const [p, q] = [broadcast(converted(a, dtype), layout), broadcast(converted(b, dtype), layout)];
    backend.where(y, broadcast(condition, layout), p, q);
    settle(y);
    return record2(whereRule, y, a, b, condition);
  }) as Where,
);

/** Two operands of which one may be a number of the other's kind. */
function pair(a: unknown, b: unknown): [Tensor, Tensor] {
  if (a instanceof Tensor) return [a, operand("where", b, a, "'other' (position 3)")];
  if (b instanceof Tensor) return [operand("where", a, b, "'input' (position 2)"), b];
  if (!isScalar(a) || !isScalar(b)) {
    throw new TypeError(
      `where(): argument ${isScalar(a) ? "'other' (position 3)" : "'input' (position 2)"} must be Tensor, not ${pythonType(isScalar(a) ? b : a)}`,
    );
  }
  const dtypes = [a, b].map((value) => dtypeWith(value, bool));
  const dtype = dtypes[0]!.index > dtypes[1]!.index ? dtypes[0]! : dtypes[1]!;
  return [scalarTensor(a, dtype), scalarTensor(b, dtype)];
}
