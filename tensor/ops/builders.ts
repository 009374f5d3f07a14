/** Builders of elementwise table entries: unary, binary, comparison; each gives the op and its in-place form. */

import type { CompareLoop } from "../backend/backend.ts";
import { backend } from "../backend/index.ts";
import { commonDevice } from "../core/device.ts";
import { bool, type Dtype, get_default_dtype, int64, resultType } from "../core/dtype.ts";
import { NotImplementedError } from "../core/errors.ts";
import { isOptions, refuseOptions } from "../core/keywords.ts";
import { mode } from "../core/mode.ts";
import type { Gradient, Rule } from "../core/node.ts";
import { type Op, op, type Refusal, record1, record2, rule1, rule2, type Sample } from "../core/op.ts";
import { Tensor, uninitialised } from "../core/tensor.ts";
import { clone } from "./broadcast.ts";
import { checkFits, checkWritable, rebase, recordWrite, writeBack } from "./inplace.ts";
import {
  BinaryLoops,
  broadcast,
  broadcastLayout,
  contiguousOf,
  converted,
  mapBinary,
  mapUnary,
  settle,
  UnaryLoops,
  writeSmall,
} from "./loops.ts";
import {
  checkTensor,
  dtypeWith,
  otherOperand,
  refuseCombination,
  type Scalar,
  scalarTensor,
} from "./number.ts";

/** What dtype comes out: the promoted one, at least a number (int64 from bools), or at least a float. */
type ResultKind = "promoted" | "number" | "float";

/** What a bool operand is told, where an op does not take it. */
type RefusesBool = (first: boolean, second: boolean) => string;
function checkBools(refuses: RefusesBool, a: Tensor, b: Tensor, other: unknown): void {
  if (a.dtype !== bool && b.dtype !== bool && typeof other !== "boolean") return;
  throw new NotImplementedError(refuses(a.dtype === bool, b.dtype === bool || typeof other === "boolean"));
}

/** The dtype of a unary op's result. */
function resultOf(kind: ResultKind, dtype: Dtype): Dtype {
  if (kind === "promoted") return dtype;
  if (kind === "number") return dtype === bool ? int64 : dtype;
  return floating(dtype);
}
function floating(dtype: Dtype): Dtype {
  return dtype.is_floating_point ? dtype : get_default_dtype();
}

export interface UnaryAbout {
  readonly name: string;
  readonly f: (x: number) => number;
  /** The form for int64, where the op keeps integers. */
  readonly big?: (x: bigint) => bigint;
  readonly result?: ResultKind;
  /** `f` in float64 rounded once is right for float32. */
  readonly exact?: boolean;
  readonly saves?: "" | "y" | "x" | "xy";
  readonly vjp: ((g: Tensor, y: Tensor, x: Tensor) => Gradient) | null;
  /** PyTorch's text where the op does not take bools. */
  readonly refusesBool?: string;
  /** PyTorch's name of the node, where it is not the op's. */
  readonly node?: string;
  readonly samples?: readonly Sample[];
}

export type UnaryOp = Op<(x: Tensor) => Tensor> & { readonly inPlace: (x: Tensor) => Tensor };

const unarySamples: readonly Sample[] = [{ shapes: [[2, 3]] }, { shapes: [[]] }, { shapes: [[0, 2]] }];

/** A node's name from an op's: `log1p` → `Log1PBackward0` needs saying, `tanh` → `TanhBackward0` does not. */
function nodeName(name: string): string {
  return `${name[0]!.toUpperCase()}${name.slice(1)}Backward0`;
}

/** An elementwise op of one tensor. */
export function unary(about: UnaryAbout): UnaryOp {
  const { name } = about;
  const loops = new UnaryLoops(name, about.f, about.big, about.exact ?? false);
  const kind = about.result ?? "promoted";
  const refusesBool = about.refusesBool ?? null;
  const rule = rule1<null>({
    name: about.node ?? nodeName(name),
    saves: about.saves ?? "",
    vjp: about.vjp ?? (() => null),
  });
  const call = (x: Tensor, options?: unknown): Tensor => {
    if (options !== undefined) refuseOptions(name, options);
    if (!(x instanceof Tensor)) checkTensor(name, x);
    if (refusesBool !== null && x.dtype === bool) throw new NotImplementedError(refusesBool);
    const y = mapUnary(loops, x, resultOf(kind, x.dtype));
    return record1(rule, y, x, null);
  };
  const inPlace = (x: Tensor, options?: unknown): Tensor => {
    refuseOptions(`${name}_`, options);
    if (refusesBool !== null && x.dtype === bool) throw new NotImplementedError(refusesBool);
    return writeUnary(rule, loops, x, resultOf(kind, x.dtype));
  };
  const info = { rule: about.vjp === null ? null : rule, samples: about.samples ?? unarySamples };
  return Object.assign(op(info, call as (x: Tensor) => Tensor), {
    inPlace: inPlace as (x: Tensor) => Tensor,
  });
}

function writeUnary(rule: Rule, loops: UnaryLoops, x: Tensor, dtype: Dtype): Tensor {
  checkWritable(x);
  checkFits(x, x.layout, dtype);
  const tracked = mode.grad && x.requires_grad;
  const before = tracked && (rule.saves0 & 2) !== 0 ? clone(x) : x;
  const value = mapUnary(loops, x, dtype);
  writeBack(x, value);
  rebase(
    x,
    recordWrite(x, (y) => record1(rule, y, before, null)),
  );
  return x;
}

export interface BinaryAbout {
  readonly name: string;
  readonly f: (a: number, b: number) => number;
  readonly big?: (a: bigint, b: bigint) => bigint;
  readonly result?: ResultKind;
  readonly exact?: boolean;
  readonly saves: readonly [Letters, Letters];
  readonly vjp: readonly [BinaryVjp | null, BinaryVjp | null] | null;
  /** PyTorch's text where the op does not take bools. */
  readonly refusesBool?: RefusesBool;
  /** The call with options, where the op has some; without, they are refused. */
  readonly extended?: (a: Tensor, other: Tensor | Scalar, options: unknown) => Tensor;
  /** PyTorch takes no number as second operand. */
  readonly tensorsOnly?: boolean;
  /** PyTorch's signatures, named when the first operand is no tensor. */
  readonly signatures?: readonly string[];
  readonly node?: string;
  readonly samples?: readonly Sample[];
}
type Letters = "" | "y" | "a" | "b" | "ab" | "ay" | "by" | "aby";
type BinaryVjp = (g: Tensor, y: Tensor, a: Tensor, b: Tensor) => Gradient;

type BinaryCall = (a: Tensor, other: Tensor | Scalar) => Tensor;
export type BinaryOp = Op<BinaryCall> & {
  readonly inPlace: BinaryCall;
  readonly loops: BinaryLoops;
};

const binarySamples: readonly Sample[] = [
  {
    shapes: [
      [2, 3],
      [2, 3],
    ],
  },
  {
    shapes: [
      [2, 1, 4],
      [3, 1],
    ],
  },
  { shapes: [[3], []] },
  { shapes: [[2, 3]], args: [2] },
  { shapes: [[0, 3], [3]] },
];
/** The samples without a number. */
export const twoTensors: readonly Sample[] = binarySamples.filter((sample) => sample.args === undefined);
const mismatch: readonly Refusal[] = [
  {
    shapes: [
      [2, 3],
      [2, 4],
    ],
    message: "The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1",
  },
];

/** An elementwise op of two tensors, or of a tensor and a number, with broadcasting and promotion. */
export function binary(about: BinaryAbout): BinaryOp {
  const { name } = about;
  const loops = new BinaryLoops(name, about.f, about.big, about.exact ?? false);
  const toFloat = (about.result ?? "promoted") === "float";
  const rule = rule2<null>({
    name: about.node ?? nodeName(name),
    saves: about.saves,
    broadcasts: true,
    vjp: about.vjp ?? [null, null],
  });
  const refusesBool = about.refusesBool ?? null;
  const { tensorsOnly = false, signatures, extended = null } = about;
  const call = (a: Tensor, other: Tensor | Scalar, options?: unknown): Tensor => {
    if (options !== undefined || (extended !== null && !(other instanceof Tensor) && isOptions(other))) {
      if (extended !== null) return extended(a, other, options);
      refuseOptions(name, options);
    }
    if (!(a instanceof Tensor)) {
      if (signatures !== undefined) refuseCombination(name, [a, other], signatures);
      checkTensor(name, a);
    }
    let b: Tensor;
    if (other instanceof Tensor) b = other;
    else if (typeof other === "number" && !tensorsOnly) b = scalarTensor(other, dtypeWith(other, a.dtype));
    else b = otherOperand(name, other, a, tensorsOnly);
    if (refusesBool !== null) checkBools(refusesBool, a, b, other);
    const y = mapBinary(loops, a, b, typeOf(a, b, toFloat));
    return record2(rule, y, a, b, null);
  };
  const inPlace = (a: Tensor, other: Tensor | Scalar, options?: unknown): Tensor => {
    if (options !== undefined) refuseOptions(`${name}_`, options);
    const b = otherOperand(name, other, a, tensorsOnly);
    if (refusesBool !== null) checkBools(refusesBool, a, b, other);
    return writeBinary(rule, loops, a, b, typeOf(a, b, toFloat));
  };
  const samples = about.samples ?? (tensorsOnly ? twoTensors : binarySamples);
  const info = { rule: about.vjp === null ? null : rule, samples, refusals: mismatch };
  return Object.assign(op(info, call as BinaryCall), { inPlace: inPlace as BinaryCall, loops });
}

/** The dtype in which two operands meet. */
export function typeOf(a: Tensor, b: Tensor, toFloat = false): Dtype {
  if (a.dtype === b.dtype && !toFloat) return a.dtype;
  const dtype = resultType(a.dtype, a.ndim === 0, b.dtype, b.ndim === 0);
  return toFloat ? floating(dtype) : dtype;
}

/** a = f(a, b), recorded; refuses what does not fit into `a`. */
export function writeBinary(rule: Rule, loops: BinaryLoops, a: Tensor, b: Tensor, dtype: Dtype): Tensor {
  checkWritable(a);
  checkFits(a, broadcastLayout(a.layout, b.layout), dtype);
  const keep =
    mode.grad &&
    ((b.requires_grad && (rule.saves1 & 2) !== 0) || (a.requires_grad && (rule.saves0 & 2) !== 0));
  const before = keep ? clone(a) : a;
  const other = keep && a === b ? before : b;
  if (dtype === a.dtype && writeSmall(loops, a, b)) {
    // done in JavaScript
  } else if (a.dtype === dtype && b.dtype === dtype && a.storage !== b.storage)
    backend.binary(loops, a, a, broadcast(b, a.layout));
  else backend.copy(a, converted(mapBinary(loops, a, b, dtype), a.dtype));
  a.storage.version++;
  rebase(
    a,
    recordWrite(a, (y) => record2(rule, y, before, other, null)),
  );
  return a;
}

export type CompareOp = Op<BinaryCall>;

/** PyTorch's signatures of a test of a tensor and a tensor or number. */
const compareSignatures = [
  "(Tensor input, Tensor other, *, Tensor out = None)",
  "(Tensor input, Number other, *, Tensor out = None)",
];

/** An elementwise test of two operands, or of two tensors only; the result is bool. */
export function comparison(
  name: string,
  f: (a: number | bigint, b: number | bigint) => boolean,
  tensorsOnly = false,
): CompareOp {
  const loop: CompareLoop = { name, f };
  const samples = tensorsOnly ? twoTensors : binarySamples;
  return op(
    { rule: null, samples, refusals: mismatch },
    (a: Tensor, other: Tensor | Scalar, options?: unknown): Tensor => {
      if (options !== undefined) refuseOptions(name, options);
      if (!(a instanceof Tensor) && !tensorsOnly) refuseCombination(name, [a, other], compareSignatures);
      checkTensor(name, a);
      const b = otherOperand(name, other, a, tensorsOnly);
      const dtype = typeOf(a, b);
      const layout = broadcastLayout(a.layout, b.layout);
      const y = uninitialised(bool, contiguousOf(layout), commonDevice(a, b));
      backend.compare(
        loop,
        y,
        broadcast(converted(a, dtype), layout),
        broadcast(converted(b, dtype), layout),
      );
      settle(y);
      return y;
    },
  );
}
