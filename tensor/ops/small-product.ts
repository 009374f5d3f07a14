/**
 * Products of a few elements in JavaScript: less than a native call costs, the same on every machine, and in float32 each
 * product and sum is rounded in order, which gives PyTorch's own bits.
 */
import type { Operand } from "../backend/backend.ts";
import { materialise } from "../core/allocate.ts";
import { float32 } from "../core/dtype.ts";

const { fround } = Math;

/** Most multiplications that JavaScript does itself. */
const largest = 64;

/** Whether `smallProduct` should compute y [n, m] = a [n, k] @ b [k, m]. */
export function isSmall(y: Operand, a: Operand): boolean {
  const { shape } = y;
  return shape.length === 2 && y.dtype.is_floating_point && shape[0]! * shape[1]! * a.shape[1]! <= largest;
}

/** y = a @ b for views of any strides and a contiguous y. */
export function smallProduct(y: Operand, a: Operand, b: Operand): void {
  const single = y.dtype === float32;
  const to = materialise(y.storage);
  const [left, right] = [materialise(a.storage) as Float64Array, materialise(b.storage) as Float64Array];
  const [n, m, k] = [y.shape[0]!, y.shape[1]!, a.shape[1]!];
  const [rowA, alongA] = [a.strides[0]!, a.strides[1]!];
  const [alongB, columnB] = [b.strides[0]!, b.strides[1]!];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let total = 0;
      let p = a.offset + i * rowA;
      let q = b.offset + j * columnB;
      for (let l = 0; l < k; l++, p += alongA, q += alongB) {
        const product = left[p]! * right[q]!;
        total = single ? fround(total + fround(product)) : total + product;
      }
      to[y.offset + i * m + j] = total;
    }
  }
}
