/** In-place forms of ops that have no loop of their own: computed aside, then written back. */
import { nodeOf, type Tensor } from "../core/tensor.ts";
import { pow } from "./functions.ts";
import { checkWritable, rebase, writeBack } from "./inplace.ts";
import { copied } from "./loops.ts";
import type { Scalar } from "./number.ts";
import { clamp, masked_fill } from "./ranges.ts";

/** Computes f of x's present value and writes the result into x, graph and all. */
function written(x: Tensor, f: (old: Tensor) => Tensor): Tensor {
  checkWritable(x);
  const old = copied(x);
  old.node = nodeOf(x);
  const y = f(old);
  writeBack(x, y);
  rebase(x, y.node);
  return x;
}

/** Raises in place. */
export const pow_ = (x: Tensor, exponent: Tensor | Scalar): Tensor => written(x, (old) => pow(old, exponent));
/** Limits in place. */
export const clamp_ = (
  x: Tensor,
  min?: Tensor | Scalar | null | { min?: Tensor | Scalar | null; max?: Tensor | Scalar | null },
  max?: Tensor | Scalar | null,
): Tensor => written(x, (old) => clamp(old, min, max));
/** Writes `value` where the mask holds. */
export const masked_fill_ = (x: Tensor, mask: Tensor, value: Tensor | Scalar): Tensor =>
  written(x, (old) => masked_fill(old, mask, value));
