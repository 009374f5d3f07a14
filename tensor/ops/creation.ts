/** Tensors from data and from nothing: tensor, zeros, arange and their relatives. */

import { backend } from "../backend/index.ts";
import {
  allocate,
  convert as convertElement,
  materialise,
  scalarStorage,
  storageFrom,
} from "../core/allocate.ts";
import { bool, Dtype, dtypes, get_default_dtype, int64, promote_types } from "../core/dtype.ts";
import { RuntimeError, ValueError } from "../core/errors.ts";
import { hooks } from "../core/hooks.ts";
import { checkKeywords, isOptions } from "../core/keywords.ts";
import { layoutOf } from "../core/shape.ts";
import type { Data } from "../core/storage.ts";
import { setRequiresGrad, Tensor, uninitialised } from "../core/tensor.ts";
import { convert, shapeOf } from "./broadcast.ts";
import { deviceNamed, moveTo, onCpu } from "./device.ts";
import { copied, filled, settle } from "./loops.ts";
import { isScalar, PyFloat, plain, pythonType, type Scalar } from "./number.ts";

/** Keyword arguments of constructors. */
export interface CreationOptions {
  readonly dtype?: Dtype | null | undefined;
  readonly device?: unknown;
  readonly requires_grad?: boolean | undefined;
}

/** What `tensor` takes: numbers and nested arrays of them, typed arrays, tensors, ndarrays. */
export type TensorData =
  | Scalar
  | Tensor
  | ArrayLike<number>
  | ArrayLike<bigint>
  | object
  | readonly TensorData[];

/** The new tensor on its device, as a leaf that wants a gradient where the options say so. */
export function finish(x: Tensor, options: CreationOptions | undefined): Tensor {
  const y = moveTo(x, deviceNamed(options?.device));
  if (options?.requires_grad) setRequiresGrad(y, true);
  return y;
}

const typedArrays: readonly (readonly [new (n: number) => Data, Dtype])[] = [
  [Float32Array, dtypes[6]!],
  [Float64Array, dtypes[7]!],
  [BigInt64Array, int64],
  [Int32Array, dtypes[4]!],
  [Int16Array, dtypes[3]!],
  [Int8Array, dtypes[2]!],
  [Uint8Array, dtypes[1]!],
];

/** The dtype and copied elements of a typed array, or null. */
function fromTyped(data: object): { dtype: Dtype; data: Data } | null {
  for (const [type, dtype] of typedArrays) if (data instanceof type) return { dtype, data: data.slice() };
  if (data instanceof Uint16Array || data instanceof Uint32Array)
    return { dtype: int64, data: BigInt64Array.from(data, BigInt) };
  if (data instanceof Uint8ClampedArray) return { dtype: dtypes[1]!, data: Uint8Array.from(data) };
  return null;
}

/** Lengths of nested arrays, each level measured on its first element. */
function nestedShape(data: unknown): number[] {
  const shape: number[] = [];
  for (let level = data; isList(level); level = level[0]) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  return shape;
}
function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

/** Elements of nested arrays in order; refuses ragged ones. */
function flattenInto(out: Scalar[], data: unknown, shape: readonly number[], depth: number): void {
  if (depth === shape.length) {
    out.push(element(data));
    return;
  }
  if (data instanceof Tensor && data.ndim > 0) {
    flattenInto(out, rowsOf(data), shape, depth);
    return;
  }
  if (!isList(data)) {
    throw new TypeError(
      `only length-1 arrays can be converted to Python scalars: got ${pythonType(data)} in a nested list`,
    );
  }
  if (data.length !== shape[depth]) {
    throw new ValueError(`expected sequence of length ${shape[depth]} at dim ${depth} (got ${data.length})`);
  }
  for (let i = 0; i < data.length; i++) flattenInto(out, data[i], shape, depth + 1);
}
/** The number that one entry of data stands for. */
export function element(value: unknown): Scalar {
  if (isScalar(value)) return value;
  if (value instanceof Tensor && value.layout.numel === 1) {
    const flat = copied(onCpu(value)).storage;
    const raw = flat.data === null ? flat.scalar : flat.data[0]!;
    return value.dtype === bool ? raw !== 0 : raw;
  }
  if (isList(value)) throw new ValueError(`expected sequence of length 0 at dim 1 (got ${value.length})`);
  if (typeof value === "string") throw new ValueError("too many dimensions 'str'");
  throw new RuntimeError(`Could not infer dtype of ${pythonType(value)}`);
}
function rowsOf(x: Tensor): Tensor[] {
  return Array.from({ length: x.shape[0]! }, (_, i) => hooks.row(x, i));
}

/** Numbers are default floats, BigInts int64, booleans bool; mixed, the promoted one. */
function inferred(values: readonly Scalar[]): Dtype {
  let dtype: Dtype | null = null;
  for (const v of values) {
    const own = typeof v === "bigint" ? int64 : typeof v === "boolean" ? bool : get_default_dtype();
    dtype = dtype === null || dtype === own ? own : promote_types(dtype, own);
    if (dtype.kind === "float") break;
  }
  return dtype ?? get_default_dtype();
}

/** What every constructor takes by name; layout, memory format and pinning have one value here. */
const creationNames = ["dtype", "device", "requires_grad", "layout", "memory_format", "pin_memory"];

function checkDtype(name: string, options: CreationOptions | undefined, more: readonly string[] = []): void {
  checkKeywords(name, options, more.length === 0 ? creationNames : [...creationNames, ...more]);
  const dtype = options?.dtype;
  if (dtype !== undefined && dtype !== null && !(dtype instanceof Dtype)) {
    throw new TypeError(`${name}(): argument 'dtype' must be torch.dtype, not ${pythonType(dtype)}`);
  }
  deviceNamed(options?.device);
}

export { checkDtype as checkOptions };

/** Data as a new tensor, not recorded; `dtype` null means the data's own. */
function build(data: unknown, dtype: Dtype | null): Tensor {
  if (data instanceof Tensor) return copied(onCpu(data), dtype ?? data.dtype);
  if (typeof data === "object" && data !== null && !Array.isArray(data) && !(data instanceof PyFloat)) {
    const foreign = hooks.foreign(data);
    const typed = foreign ?? fromTyped(data);
    if (typed !== null) {
      const shape = foreign === null ? [typed.data.length] : foreign.shape;
      const own = new Tensor(storageFrom(typed.dtype, typed.data), 0, layoutOf(shape));
      return dtype === null || dtype === typed.dtype ? own : copied(own, dtype);
    }
  }
  if (typeof data === "string") throw new TypeError("new(): invalid data type 'str'");
  const shape = nestedShapeDeep(data);
  const values: Scalar[] = [];
  if (shape.includes(0)) checkEmpty(data, shape, 0);
  else flattenInto(values, data, shape, 0);
  return fromScalars(values, shape, dtype ?? inferredFrom(data, values));
}
/** Lists of tensors or ndarrays have their shapes inside. */
function nestedShapeDeep(data: unknown): number[] {
  const shape = nestedShape(data);
  let first = data;
  for (let i = 0; i < shape.length && isList(first); i++) first = first[0];
  return first instanceof Tensor ? [...shape, ...first.shape] : shape;
}
function inferredFrom(data: unknown, values: readonly Scalar[]): Dtype {
  let first = data;
  while (Array.isArray(first) && first.length > 0) first = first[0];
  if (first instanceof Tensor) return first.dtype;
  if (first !== data && typeof first === "object" && first !== null) {
    const typed = fromTyped(first);
    if (typed !== null) return typed.dtype;
  }
  return inferred(values);
}
function checkEmpty(data: unknown, shape: readonly number[], depth: number): void {
  if (!isList(data)) return;
  if (data.length !== shape[depth]) {
    throw new ValueError(`expected sequence of length ${shape[depth]} at dim ${depth} (got ${data.length})`);
  }
  for (let i = 0; i < data.length; i++) checkEmpty(data[i], shape, depth + 1);
}

function fromScalars(values: readonly Scalar[], shape: readonly number[], dtype: Dtype): Tensor {
  if (values.length === 1) return new Tensor(scalarStorage(dtype, plain(values[0]!)), 0, layoutOf(shape));
  const storage = allocate(dtype, values.length);
  const data = materialise(storage);
  for (let i = 0; i < values.length; i++) data[i] = convertElement(dtype.name, plain(values[i]!));
  return new Tensor(storage, 0, layoutOf(shape));
}

/**
 * A new tensor that holds a copy of `data`. Numbers give the default float dtype even where integral (JavaScript
 * cannot tell 1.0 from 1: our one difference from PyTorch), BigInts int64, booleans bool, typed arrays and
 * ndarrays their own dtype; `dtype` decides otherwise.
 */
export function tensor(data: TensorData, options?: CreationOptions): Tensor {
  checkDtype("tensor", options);
  return finish(build(data, options?.dtype ?? null), options);
}

/** `data` itself where it is a tensor of the wanted dtype, else a new tensor (`torch.as_tensor`). */
export function as_tensor(data: TensorData, options?: CreationOptions): Tensor {
  checkDtype("as_tensor", options);
  if (!(data instanceof Tensor)) return finish(build(data, options?.dtype ?? null), options);
  const device = options?.device === undefined ? data.device : deviceNamed(options.device);
  return moveTo(convert(data, options?.dtype ?? data.dtype), device);
}

/** A tensor of a NumPy array's elements (a copy; `torch.from_numpy`). */
export function from_numpy(array: object): Tensor {
  if (typeof array !== "object" || array === null || hooks.foreign(array) === null) {
    throw new TypeError(`expected np.ndarray (got ${pythonType(array)})`);
  }
  return build(array, null);
}

/** A 0-d tensor (`torch.scalar_tensor`). */
export function scalar_tensor(value: Scalar, options?: CreationOptions): Tensor {
  return tensor(value, options);
}

/** `torch.Tensor(data)`: always the default float dtype; numbers alone are a shape. */
export function legacyTensor(...given: unknown[]): Tensor {
  const data = given[0];
  if (given.length === 0) return uninitialised(get_default_dtype(), layoutOf([0]));
  if (given.length === 1 && data instanceof Tensor) return data;
  if (given.length === 1 && typeof data === "object" && data !== null)
    return build(data, get_default_dtype());
  return filled(layoutOf(checkedShape("Tensor", given as number[])), get_default_dtype(), 0);
}

function checkedShape(name: string, shape: readonly number[]): number[] {
  return shape.map((n, i) => {
    if (typeof n === "string" || typeof n === "boolean" || (typeof n !== "bigint" && !Number.isInteger(n))) {
      throw new TypeError(
        `${name}(): argument 'size' (position ${i + 1}) must be tuple of ints, not ${pythonType(n)}`,
      );
    }
    if (n < 0) throw new RuntimeError(`${name}: Dimension size must be non-negative.`);
    return Number(n);
  });
}

/** A shape as variadic numbers or one list, then options. */
export type ShapeThenOptions =
  | [...shape: number[]]
  | [...shape: number[], options: CreationOptions]
  | [shape: readonly number[], options?: CreationOptions | undefined];

/** Splits shape arguments from trailing options. */
export function shapeAndOptions(
  name: string,
  given: readonly unknown[],
): { shape: number[]; options: CreationOptions | undefined } {
  const last = given.at(-1);
  const options = isOptions(last) ? (last as CreationOptions) : undefined;
  const rest = options === undefined ? given.filter((v) => v !== undefined) : given.slice(0, -1);
  const size = (options as { size?: number[] } | undefined)?.size;
  checkDtype(name, options, ["size"]);
  return { shape: checkedShape(name, size ?? shapeOf(name, "size", rest)), options };
}

/** Makes a tensor of a shape. TypeScript explains a mistake by the last form, so it is the one with options. */
export interface ShapedCreation {
  (shape: readonly number[], options?: CreationOptions): Tensor;
  (...shape: number[]): Tensor;
  (...shape: [...lengths: number[], options: CreationOptions]): Tensor;
}

function constant(name: string, value: number): ShapedCreation {
  return (...given: ShapeThenOptions): Tensor => {
    const { shape, options } = shapeAndOptions(name, given);
    return finish(filled(layoutOf(shape), options?.dtype ?? get_default_dtype(), value), options);
  };
}
/** Zeros of a shape (`torch.zeros`). */
export const zeros = constant("zeros", 0);
/** Ones of a shape (`torch.ones`). */
export const ones = constant("ones", 1);
/** A tensor whose elements are arbitrary; here zeros, so that programs repeat (`torch.empty`). */
export const empty = constant("empty", 0);

/** One value everywhere; its kind decides the dtype as in `tensor` (`torch.full`). */
export function full(shape: readonly number[] | number, value: Scalar, options?: CreationOptions): Tensor {
  checkDtype("full", options);
  checkFill("full", value);
  const lengths = checkedShape("full", typeof shape === "number" ? [shape] : shape);
  const dtype = options?.dtype ?? inferred([value]);
  return finish(filled(layoutOf(lengths), dtype, plain(value)), options);
}

function checkFill(name: string, value: unknown): void {
  if (isScalar(value)) return;
  throw new TypeError(
    `${name}(): argument 'fill_value' (position 2) must be Number, not ${pythonType(value)}`,
  );
}

/** The identity matrix [n, m] (`torch.eye`). */
export function eye(n: number, m?: number | CreationOptions, options?: CreationOptions): Tensor {
  const o = typeof m === "object" ? m : options;
  checkDtype("eye", o);
  const columns = typeof m === "number" ? m : n;
  if (n < 0) throw new RuntimeError(`n must be greater or equal to 0, got ${n}`);
  if (columns < 0) throw new RuntimeError(`m must be greater or equal to 0, got ${columns}`);
  const y = filled(layoutOf([n, columns]), o?.dtype ?? get_default_dtype(), 0);
  const data = materialise(y.storage);
  for (let i = 0; i < Math.min(n, columns); i++) data[i * columns + i] = y.dtype.isBig ? 1n : 1;
  settle(y);
  return finish(y, o);
}

function constantLike(name: string, value: number) {
  return (x: Tensor, options?: CreationOptions): Tensor => {
    checkDtype(name, options);
    const made = filled(layoutOf(x.shape), options?.dtype ?? x.dtype, value);
    return finish(made, { device: x.device, ...options });
  };
}
/** Zeros of another tensor's shape and dtype. */
export const zeros_like = constantLike("zeros_like", 0);
/** Ones of another tensor's shape and dtype. */
export const ones_like = constantLike("ones_like", 1);
/** As `empty`, of another tensor's shape and dtype. */
export const empty_like = constantLike("empty_like", 0);
/** One value in another tensor's shape and dtype. */
export function full_like(x: Tensor, value: Scalar, options?: CreationOptions): Tensor {
  checkDtype("full_like", options);
  checkFill("full_like", value);
  const y = uninitialised(options?.dtype ?? x.dtype, layoutOf(x.shape));
  backend.fill(y, plain(value));
  settle(y);
  return finish(y, { device: x.device, ...options });
}

/** Whether a value is a tensor. */
export function is_tensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}
