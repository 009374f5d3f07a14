/** What ops ask of the loops: one interface, several implementations, one test suite over all. */
import type { Dtype } from "../core/dtype.ts";
import type { Storage } from "../core/storage.ts";

/** Where an operand's elements lie (a Tensor is one). Offset and strides count elements. */
export interface Operand {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly dtype: Dtype;
}

/**
 * An elementwise op's loop. The op table declares it once; a backend finds its own form by `name` and falls back
 * to the scalar function. `f` works in float64 and its result is rounded when stored (exact for + − × ÷ √ on
 * float32); `big` is the form for int64.
 */
export interface UnaryLoop {
  readonly name: string;
  readonly f: (x: number) => number;
  readonly big?: (x: bigint) => bigint;
}
export interface BinaryLoop {
  readonly name: string;
  readonly f: (a: number, b: number) => number;
  readonly big?: (a: bigint, b: bigint) => bigint;
}
/** A comparison: its result is bool whatever its operands. */
export interface CompareLoop {
  readonly name: string;
  readonly f: (a: number | bigint, b: number | bigint) => boolean;
}

export type Reduction = "sum" | "prod" | "amax" | "amin" | "any" | "all" | "sum_abs" | "sum_squares";

/**
 * Callers have checked shapes and dtypes and allocated the result; operands are already broadcast
 * (stride 0 where repeated), and share a dtype unless said otherwise. The result may be any strided view,
 * and may be the same memory as an input (same offset and strides), never partly overlap it.
 */
export interface Backend {
  readonly name: string;
  unary(loop: UnaryLoop, y: Operand, x: Operand): void;
  binary(loop: BinaryLoop, y: Operand, a: Operand, b: Operand): void;
  /** `y` is bool. */
  compare(loop: CompareLoop, y: Operand, a: Operand, b: Operand): void;
  /** y = condition ? a : b; `condition` is bool. */
  where(y: Operand, condition: Operand, a: Operand, b: Operand): void;
  /** y = x, converted as PyTorch converts (float → int truncates, → bool is x != 0). */
  copy(y: Operand, x: Operand): void;
  fill(y: Operand, value: number | bigint): void;
  /** `y` has `x`'s rank and 1 in every reduced dimension; NaN propagates through amax and amin. */
  reduce(reduction: Reduction, y: Operand, x: Operand): void;
  /** [..., n, k] @ [..., k, m] → [..., n, m]: batch dimensions are already equal (stride 0 where repeated). */
  matmul(y: Operand, a: Operand, b: Operand): void;
  /** Inverse of each [n, n] matrix; returns 0, or 1 + the index of the first singular one's zero pivot. */
  inverse(y: Operand, x: Operand): number;
}
