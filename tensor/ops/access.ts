/** Values out of tensors, conversions, and the plain in-place writes. */
import { type materialise, readElement } from "../core/allocate.ts";
import { sameDevice } from "../core/device.ts";
import { bool, Dtype, dtypes, float32, float64, int8, int16, int32, int64, uint8 } from "../core/dtype.ts";
import { IndexError, RuntimeError } from "../core/errors.ts";
import { checkKeywords, isOptions } from "../core/keywords.ts";
import { type Size, sameShape, wrapDim } from "../core/shape.ts";
import { cpu, setRequiresGrad, Tensor } from "../core/tensor.ts";
import { clone, convert } from "./broadcast.ts";
import { deviceNamed, moveTo, onCpu } from "./device.ts";
import { copyInto, fillInto } from "./inplace.ts";
import { isScalar, plain, type Scalar } from "./number.ts";
import { isclose } from "./ranges.ts";
import { all } from "./reduce.ts";
import { elementsOf } from "./take.ts";

/** An element as JavaScript sees it: int64 as a number where it is safe, bool as a boolean. */
export type Element = number | bigint | boolean;

function toElement(raw: number | bigint, dtype: Dtype): Element {
  if (dtype === bool) return raw !== 0;
  if (typeof raw === "number") return raw;
  const n = Number(raw);
  return Number.isSafeInteger(n) ? n : raw;
}

/** The one element, as a JavaScript number (int64 beyond 2⁵³ as a BigInt, bool as a boolean). */
export function item(x: Tensor): number {
  if (x.layout.numel !== 1) {
    throw new RuntimeError(`a Tensor with ${x.layout.numel} elements cannot be converted to Scalar`);
  }
  const { storage, offset, dtype } = onCpu(x);
  return toElement(readElement(storage, storage.data === null ? 0 : offset), dtype) as number;
}

/** Nested arrays of elements, as deep as the tensor has dimensions, which its type does not know. */
// biome-ignore lint/suspicious/noExplicitAny: as PyTorch's own type, so that a vector's list is used without a cast
export type Nested = any;

/** All elements as nested arrays; a 0-d tensor gives its number (`Tensor.tolist`). */
export function tolist(x: Tensor): Nested {
  const { data, start } = elementsOf(onCpu(x));
  let next = start;
  const level = (d: number): unknown =>
    d === x.ndim
      ? toElement(data[next++]!, x.dtype)
      : Array.from({ length: x.shape[d]! }, () => level(d + 1));
  return level(0);
}

/** The same memory outside the graph (`Tensor.detach`). */
export function detach(x: Tensor): Tensor {
  const y = new Tensor(x.storage, x.offset, x.layout);
  return y;
}

/** Takes the tensor itself out of the graph. */
export function detach_(x: Tensor): Tensor {
  x.node = null;
  x.base = null;
  return x;
}

interface ToOptions {
  readonly dtype?: Dtype;
  readonly device?: unknown;
  readonly copy?: boolean;
}

/** Another dtype or device, or those of another tensor; itself where nothing changes (`Tensor.to`). */
export function to(
  x: Tensor,
  target: Dtype | Tensor | string | ToOptions,
  ...rest: (Dtype | boolean | ToOptions)[]
): Tensor {
  let dtype = x.dtype;
  let { device } = x;
  let copy = false;
  for (const given of [target, ...rest]) {
    if (given instanceof Dtype) dtype = given;
    else if (given instanceof Tensor) ({ dtype, device } = given);
    else if (isOptions(given)) {
      checkKeywords("to", given, ["dtype", "device", "copy", "non_blocking", "memory_format"]);
      if (given.dtype instanceof Dtype) dtype = given.dtype;
      if (given.device !== undefined) device = deviceNamed(given.device);
      copy = given.copy === true;
    } else if (typeof given !== "boolean") device = deviceNamed(given);
  }
  if (dtype === x.dtype && device === x.device) return copy ? clone(x) : x;
  return device === cpu ? convert(moveTo(x, cpu), dtype) : moveTo(convert(x, dtype), device);
}

/** The name of the type (`torch.FloatTensor`), or the tensor in another type (`Tensor.type`). */
export interface TypeOp {
  (x: Tensor): string;
  (x: Tensor, dtype: Dtype | string): Tensor;
}
export const type: TypeOp = ((x: Tensor, dtype?: Dtype | string): string | Tensor => {
  if (dtype === undefined) return x.dtype.tensorType;
  const wanted = typeof dtype === "string" ? dtypes.find((d) => d.tensorType === dtype) : dtype;
  if (wanted === undefined) throw new RuntimeError(`invalid type: '${String(dtype)}'`);
  return convert(x, wanted);
}) as TypeOp;

/** As float32. */
export const float = (x: Tensor): Tensor => convert(x, float32);
/** As float64. */
export const double = (x: Tensor): Tensor => convert(x, float64);
/** As int64. */
export const long = (x: Tensor): Tensor => convert(x, int64);
/** As int32. */
export const int = (x: Tensor): Tensor => convert(x, int32);
/** As int16. */
export const short = (x: Tensor): Tensor => convert(x, int16);
/** As int8. */
export const char = (x: Tensor): Tensor => convert(x, int8);
/** As uint8. */
export const byte = (x: Tensor): Tensor => convert(x, uint8);
/** As bool: whether not 0. */
export const toBool = (x: Tensor): Tensor => convert(x, bool);
/** In the processor's memory: itself where it is there. */
export const cpuOf = (x: Tensor): Tensor => moveTo(x, cpu);
/** In another tensor's dtype. */
export const type_as = (x: Tensor, other: Tensor): Tensor => convert(x, other.dtype);

/** The shape, or one length (`Tensor.size`). */
export interface SizeOp {
  (x: Tensor): Size;
  (x: Tensor, dim: number): number;
}
export const size: SizeOp = ((x: Tensor, dim?: number): Size | number => {
  if (dim === undefined) return x.shape;
  const n = x.shape[wrapDim(dim, x.ndim)];
  if (n !== undefined) return n;
  throw new IndexError("Dimension specified as 0 but tensor has no dimensions");
}) as SizeOp;

/** Steps between neighbours in elements, of all dimensions or one (`Tensor.stride`). */
export interface StrideOp {
  (x: Tensor): readonly number[];
  (x: Tensor, dim: number): number;
}
export const stride: StrideOp = ((x: Tensor, dim?: number): readonly number[] | number =>
  dim === undefined ? x.strides : x.strides[dim < 0 ? dim + x.ndim : dim]!) as StrideOp;

/** Number of elements. */
export const numel = (x: Tensor): number => x.layout.numel;
/** Number of dimensions. */
export const dim = (x: Tensor): number => x.ndim;
/** Bytes per element. */
export const element_size = (x: Tensor): number => x.dtype.itemsize;
/** Place of the first element in the storage. */
export const storage_offset = (x: Tensor): number => x.offset;
/** Whether the elements lie in row-major order without gaps. */
export const is_contiguous = (x: Tensor): boolean => x.layout.contiguous;
/** Whether the dtype is a float. */
export const is_floating_point = (x: Tensor): boolean => x.dtype.is_floating_point;
/** Address of the first element, or 0 while it lies on the JavaScript heap. */
export const data_ptr = (x: Tensor): number =>
  x.storage.address === 0 ? 0 : x.storage.address + x.offset * x.dtype.itemsize;

/** Whether two tensors have one shape and equal elements (`torch.equal`). */
export function equal(x: Tensor, other: Tensor): boolean {
  if (!sameShape(x.shape, other.shape)) return false;
  sameDevice(x, other);
  const [a, b] = [elementsOf(onCpu(x)), elementsOf(onCpu(other))];
  for (let i = 0; i < x.layout.numel; i++) {
    if (Number(a.data[a.start + i]!) !== Number(b.data[b.start + i]!)) return false;
  }
  return true;
}

interface CloseOptions {
  readonly rtol?: number;
  readonly atol?: number;
  readonly equal_nan?: boolean;
}
/** Whether all elements are close (`torch.allclose`). */
export function allclose(
  x: Tensor,
  other: Tensor,
  rtol: number | CloseOptions = 1e-5,
  atol = 1e-8,
  equal_nan = false,
): boolean {
  if (typeof rtol !== "number") checkKeywords("allclose", rtol, ["rtol", "atol", "equal_nan"]);
  sameDevice(x, other);
  const [a, b] = [onCpu(detach(x)), onCpu(detach(other))];
  return Number(item(all(isclose(a, b, rtol, atol, equal_nan)))) !== 0;
}

/** Copies another tensor's elements, broadcast and converted, into this one. */
export function copy_(x: Tensor, source: Tensor): Tensor {
  return copyInto(x, source);
}
/** Writes one number everywhere. */
export function fill_(x: Tensor, given: Scalar | Tensor | { value: Scalar | Tensor }): Tensor {
  let value = given as Scalar | Tensor;
  if (isOptions(given)) {
    checkKeywords("fill_", given, ["value"]);
    value = given.value as Scalar | Tensor;
  }
  if (isScalar(value)) return fillInto(x, plain(value));
  if (value.ndim > 0) {
    throw new RuntimeError(
      `fill_ only supports 0-dimension value tensor but got tensor with ${value.ndim} dimensions.`,
    );
  }
  return copyInto(x, value);
}
/** Writes 0 everywhere. */
export function zero_(x: Tensor): Tensor {
  return fillInto(x, 0);
}
/** Says whether ops on this leaf are recorded; returns the tensor. */
export function requires_grad_(
  x: Tensor,
  requires_grad: boolean | { requires_grad?: boolean } = true,
): Tensor {
  if (typeof requires_grad !== "boolean") checkKeywords("requires_grad_", requires_grad, ["requires_grad"]);
  setRequiresGrad(
    x,
    typeof requires_grad === "boolean" ? requires_grad : (requires_grad.requires_grad ?? true),
  );
  return x;
}
/** A typed array of all elements in row-major order: a copy. */
export function toTypedArray(x: Tensor): ReturnType<typeof materialise> {
  const { data, start } = elementsOf(onCpu(x));
  return data.slice(start, start + x.layout.numel);
}
