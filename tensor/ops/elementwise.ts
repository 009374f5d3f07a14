/** Elementwise arithmetic, comparisons and choice. */

import { backend } from "../backend/index.ts";
import { bool } from "../core/dtype.ts";
import { RuntimeError } from "../core/errors.ts";
import { type Op, op, record2, rule2 } from "../core/op.ts";
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
import { broadcast, broadcastLayout, converted, settle, zerosLike } from "./loops.ts";
import { checkTensor, dtypeWith, operand, type Scalar, scalarTensor } from "./number.ts";
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

const minus: BinaryOp = binary({
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
function withAlpha(of: BinaryOp, sign: 1 | -1): AlphaOp {
  const scaled = (a: Tensor, other: Tensor | Scalar, alpha: Scalar): Tensor =>
    mul(operand("add", other, a, "'other' (position 2)"), alpha);
  return Object.assign(
    (a: Tensor, other: Tensor | Scalar, options?: { alpha?: Scalar }): Tensor => {
      if (options?.alpha === undefined) return of(a, other);
      if (!canFuse(a, other)) return of(a, scaled(a, other, options.alpha));
      return fuseInto(uninitialised(a.dtype, a.layout), a, other, sign * Number(options.alpha));
    },
    {
      rule: of.rule,
      samples: of.samples,
      refusals: of.refusals,
      inPlace: (a: Tensor, other: Tensor | Scalar, options?: { alpha?: Scalar }): Tensor => {
        if (options?.alpha === undefined) return of.inPlace(a, other);
        if (!canFuse(a, other) || a.base !== null) return of.inPlace(a, scaled(a, other, options.alpha));
        fuseInto(a, a, other, sign * Number(options.alpha));
        a.storage.version++;
        return a;
      },
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
  // biome-ignore lint/complexity/useMathMinMax: Math.max takes no BigInt
  big: (a, b) => (a > b ? a : b),
  exact: true,
  saves: ["ab", "ab"],
  vjp: [(g, _y, a, b): Tensor => shareTie(g, a, b), (g, _y, a, b): Tensor => shareTie(g, b, a)],
});
/** The smaller of two; a tie shares its gradient. */
export const minimum: BinaryOp = binary({
  name: "minimum",
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
