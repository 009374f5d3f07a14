/** Elements on their way between the CPU's memory and a buffer, where all are float32 in row-major order. */
import { readElement, writeElement } from "../core/allocate.ts";
import { bool, float32 } from "../core/dtype.ts";
import type { Strided } from "./infos.ts";

/** The elements of `x`, in the CPU's memory, as a buffer holds them; `toBool` makes 0 and 1 of them. */
export function packed(x: Strided, n: number, toBool: boolean): Float32Array {
  const data = new Float32Array(n);
  forEachPlace(x, (place, i) => {
    const value = Number(readElement(x.storage, place));
    data[i] = toBool ? Number(value !== 0) : value;
  });
  return data;
}

/** Writes a buffer's elements into `y`, in the CPU's memory, converted to its dtype. */
export function unpack(y: Strided, values: Float32Array): void {
  const { data } = y.storage;
  const whole = y.dtype === float32 && data !== null && y.offset === 0 && y.storage.numel === values.length;
  if (whole && inOrder(y)) (data as Float32Array).set(values);
  else forEachPlace(y, (place, i) => writeElement(y.storage, place, values[i]!));
}

/** Whether the elements lie in row-major order without gaps. */
export function inOrder(x: Strided): boolean {
  let next = 1;
  for (let d = x.shape.length - 1; d >= 0; d--) {
    if (x.shape[d] !== 1 && x.strides[d] !== next) return false;
    next *= x.shape[d]!;
  }
  return true;
}

/** Calls `visit` with the place in memory of each element in order. */
function forEachPlace(x: Strided, visit: (place: number, i: number) => void): void {
  let i = 0;
  const walk = (d: number, place: number): void => {
    if (d === x.shape.length) visit(place, i++);
    else for (let j = 0; j < x.shape[d]!; j++) walk(d + 1, place + j * x.strides[d]!);
  };
  walk(0, x.offset);
}

/** Whether a tensor of this dtype can be on the GPU. */
export const hasForm = (dtype: Strided["dtype"]): boolean => dtype === float32 || dtype === bool;
