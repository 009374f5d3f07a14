/** In-place forms of ops that have no loop of their own: computed aside, then written back. */
import { cName } from "../core/dtype.ts";
import type { Tensor } from "../core/tensor.ts";
import { pow } from "./functions.ts";
import { writeAside } from "./inplace.ts";
import type { Scalar } from "./number.ts";
import { clamp, masked_fill } from "./ranges.ts";

/** Raises in place. */
export const pow_ = (x: Tensor, exponent: Tensor | Scalar): Tensor =>
  writeAside(x, (old) => pow(old, exponent));
/** Limits in place. */
export const clamp_ = (
  x: Tensor,
  min?: Tensor | Scalar | null | { min?: Tensor | Scalar | null; max?: Tensor | Scalar | null },
  max?: Tensor | Scalar | null,
): Tensor => writeAside(x, (old) => clamp(old, min, max), cName(x.dtype));
/** Writes `value` where the mask holds. */
export const masked_fill_ = (x: Tensor, mask: Tensor, value: Tensor | Scalar): Tensor =>
  writeAside(x, (old) => masked_fill(old, mask, value));
