/** a + alpha · b of few elements with one rounding, as PyTorch's fused loop gives it. */
import { readElement, writeElement } from "../core/allocate.ts";
import { float32 } from "../core/dtype.ts";
import { mode } from "../core/mode.ts";
import { sameShape } from "../core/shape.ts";
import { cpu, Tensor } from "../core/tensor.ts";

const largest = 16;

/** Whether `fuseInto` can compute a + alpha · b: few floats of one shape and dtype, and nothing to record. */
export function canFuse(a: Tensor, b: unknown): b is Tensor {
  if (!(b instanceof Tensor) || a.dtype !== b.dtype || !a.dtype.is_floating_point) return false;
  if (a.storage.device !== cpu || b.storage.device !== cpu) return false;
  if (a.layout.numel > largest || !sameShape(a.shape, b.shape)) return false;
  if (!a.layout.contiguous || !b.layout.contiguous) return false;
  return !mode.grad || !(a.requires_grad || b.requires_grad);
}

/** Writes a + alpha · b into `y`, which may be `a`. float32: product exact in float64, sum rounded once. */
export function fuseInto(y: Tensor, a: Tensor, b: Tensor, alpha: number): Tensor {
  const factor = a.dtype === float32 ? Math.fround(alpha) : alpha;
  for (let i = 0; i < a.layout.numel; i++) {
    const sum =
      (readElement(a.storage, a.offset + i) as number) +
      factor * (readElement(b.storage, b.offset + i) as number);
    writeElement(y.storage, y.offset + i, sum);
  }
  return y;
}
