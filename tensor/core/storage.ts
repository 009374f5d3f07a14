/** Memory: who owns it, where it lies, how often it was written. */
import type { Dtype } from "./dtype.ts";

export type Data =
  | Float32Array
  | Float64Array
  | BigInt64Array
  | Int32Array
  | Int16Array
  | Int8Array
  | Uint8Array;

/** Where a tensor's elements are. */
export interface Device {
  readonly type: string;
  readonly index: number | null;
  toString(): string;
}
/** The processor's memory. */
export const cpu: Device = Object.freeze({
  type: "cpu",
  index: null,
  toString: () => "cpu",
  [Symbol.for("nodejs.util.inspect.custom")]: () => "device(type='cpu')",
});

/**
 * Memory of a tensor and its views.
 * Tiers by number of elements: one (a number in `scalar` until somebody needs memory), to 16 (an on-heap
 * typed array, address 0), to 512 (a slice of a bump page), above (a block of the allocator's pool).
 */
export interface Storage {
  readonly dtype: Dtype;
  readonly numel: number;
  /** Where the memory is. Elsewhere than on the CPU the next three are not there: reading them is an error. */
  readonly device: Device;
  /** The elements; null while `scalar` stands for them. */
  data: Data | null;
  scalar: number;
  /** Byte address of element 0 in native memory; 0 while the elements are on the JavaScript heap. */
  address: number;
  /** Counts in-place writes. */
  version: number;
}

/** Native memory. The addon gives one; without it plain ArrayBuffers serve and addresses are 0. */
export interface Allocator {
  /** `numel` uninitialised elements, 64-byte aligned; the block returns to the pool when `data` is collected. */
  block(dtype: Dtype, numel: number): { readonly data: Data; readonly address: number };
  /** A bump page for small tensors (2–4 KB). */
  page(bytes: number): { readonly buffer: ArrayBuffer; readonly address: number };
}
