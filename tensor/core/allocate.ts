/** Makes storages: which tier an allocation belongs to, and single elements read and written whatever the tier. */
import type { Dtype, DtypeName } from "./dtype.ts";
import { RuntimeError } from "./errors.ts";
import { type Allocator, cpu, type Data, type Device, type Storage } from "./storage.ts";

/** The tiers' limits in bytes. Tests lower them to see that every tier gives the same bits. */
export const tiers = {
  /** One element is a number field. */
  scalar: true,
  /** V8 keeps a typed array's elements on its own heap up to this size. */
  heapBytes: 64,
  /** Above this a storage has a block of its own. A kept tensor pins its page, hence the small pages. */
  pageBytes: 1024,
  bytesPerPage: 4096,
};

/** A typed array's constructor. */
export interface DataConstructor {
  new (length: number): Data;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): Data;
}

const constructors: { readonly [K in DtypeName]: DataConstructor } = {
  bool: Uint8Array,
  uint8: Uint8Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** The typed array that holds elements of `dtype` (bool: Uint8Array of 0 and 1; int64: BigInt64Array). */
export function dataConstructor(dtype: Dtype): DataConstructor {
  return constructors[dtype.name];
}

class Memory implements Storage {
  readonly dtype: Dtype;
  readonly numel: number;
  data: Data | null;
  scalar: number;
  address: number;
  version: number;
  constructor(dtype: Dtype, numel: number, data: Data | null, scalar: number, address: number) {
    this.dtype = dtype;
    this.numel = numel;
    this.data = data;
    this.scalar = scalar;
    this.address = address;
    this.version = 0;
  }
  get device(): Device {
    return cpu;
  }
}

let elsewhere: ((dtype: Dtype, numel: number) => Storage) | null = null;
/** Says who allocates on the other device, once there is one. */
export function setDeviceAllocator(allocate: (dtype: Dtype, numel: number) => Storage): void {
  elsewhere = allocate;
}

const plainMemory: Allocator = {
  block: (dtype, numel) => ({ data: new constructors[dtype.name](numel), address: 0 }),
  page: (bytes) => ({ buffer: new ArrayBuffer(bytes), address: 0 }),
};
let allocator = plainMemory;
let page: { readonly buffer: ArrayBuffer; readonly address: number } | null = null;
let pageUsed = 0;

/** Says where later allocations come from; null means plain ArrayBuffers. */
export function setAllocator(next: Allocator | null): void {
  allocator = next ?? plainMemory;
  page = null;
}

/** Memory for `numel` elements, uninitialised. */
export function allocate(dtype: Dtype, numel: number, device: Device = cpu): Storage {
  if (device !== cpu) return elsewhere!(dtype, numel);
  if (numel === 1 && tiers.scalar) return new Memory(dtype, 1, null, 0, 0);
  const bytes = numel * dtype.itemsize;
  if (bytes <= tiers.heapBytes) return new Memory(dtype, numel, new constructors[dtype.name](numel), 0, 0);
  if (bytes <= tiers.pageBytes) return fromPage(dtype, numel, bytes);
  return fromBlock(dtype, numel, bytes);
}

function fromBlock(dtype: Dtype, numel: number, bytes: number): Storage {
  try {
    const { data, address } = allocator.block(dtype, numel);
    return new Memory(dtype, numel, data, 0, address);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw refusal(bytes);
  }
}

/** The error of memory that cannot be had. */
export function refusal(bytes: number): RuntimeError {
  return new RuntimeError(
    `[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate ${bytes} bytes. Error code 12 (Cannot allocate memory)`,
  );
}

function fromPage(dtype: Dtype, numel: number, bytes: number): Storage {
  if (page === null || pageUsed + bytes > tiers.bytesPerPage) {
    page = allocator.page(tiers.bytesPerPage);
    pageUsed = 0;
  }
  const data = new constructors[dtype.name](page.buffer, pageUsed, numel);
  const address = page.address === 0 ? 0 : page.address + pageUsed;
  pageUsed += (bytes + 31) & ~31;
  return new Memory(dtype, numel, data, 0, address);
}

/** One element; the value is rounded or wrapped to `dtype`. */
export function scalarStorage(dtype: Dtype, value: number | bigint | boolean): Storage {
  const storage = allocate(dtype, 1);
  writeElement(storage, 0, typeof value === "boolean" ? Number(value) : value);
  return storage;
}

/** Memory holding a copy of `values` (a typed array of the dtype's own kind). */
export function storageFrom(dtype: Dtype, values: Data): Storage {
  const storage = allocate(dtype, values.length);
  if (values.length === 1) writeElement(storage, 0, values[0]!);
  else (storage.data as Float64Array).set(values as Float64Array);
  return storage;
}

/** The elements as a typed array; from now on `data`, no longer `scalar`, holds the value. */
export function materialise(storage: Storage): Data {
  if (storage.data !== null) return storage.data;
  const data = new constructors[storage.dtype.name](storage.numel);
  data[0] = data instanceof BigInt64Array ? BigInt(storage.scalar) : storage.scalar;
  storage.data = data;
  return data;
}

/** Element `index`: a BigInt for int64, else a number (bool: 0 or 1). */
export function readElement(storage: Storage, index: number): number | bigint {
  if (storage.data !== null) return storage.data[index]!;
  return storage.dtype.name === "int64" ? BigInt(storage.scalar) : storage.scalar;
}

/** Writes element `index`, converted as PyTorch converts; does not count as a version. */
export function writeElement(storage: Storage, index: number, value: number | bigint): void {
  const converted = convert(storage.dtype.name, value);
  if (storage.data !== null) storage.data[index] = converted;
  else if (typeof converted === "number") storage.scalar = converted;
  else if (Number.isSafeInteger(Number(converted))) storage.scalar = Number(converted);
  else materialise(storage)[0] = converted;
}

const wrap = new Int32Array(1);
const narrow = { uint8: new Uint8Array(1), int8: new Int8Array(1), int16: new Int16Array(1) };

/**
 * `value` as an element of `name`: a BigInt for int64, else a number. Integers wrap; floats truncate towards zero.
 * What C++ leaves open is what x86 does: int32 and int64 of NaN or of a value out of range are the least integer.
 */
export function convert(name: DtypeName, value: number | bigint): number | bigint {
  switch (name) {
    case "bool":
      return Number(value) !== 0 ? 1 : 0;
    case "float64":
      return Number(value);
    case "float32":
      return typeof value === "bigint" ? bigToFloat32(value) : Math.fround(value);
    case "int64":
      return typeof value === "bigint" ? BigInt.asIntN(64, value) : numberToInt64(value);
    case "int32":
      if (typeof value === "number") return numberToInt32(value);
      wrap[0] = Number(BigInt.asIntN(32, value));
      return wrap[0]!;
    default:
      narrow[name][0] = typeof value === "number" && Math.abs(value) < 2 ** 53 ? value : lowBits(value);
      return narrow[name][0]!;
  }
}

/** By way of int64, as PyTorch converts to the small integers. */
function lowBits(value: number | bigint): number {
  return Number(BigInt.asIntN(32, typeof value === "bigint" ? value : numberToInt64(value)));
}

function numberToInt64(x: number): bigint {
  return x >= -(2 ** 63) && x < 2 ** 63 ? BigInt(Math.trunc(x)) : -(2n ** 63n);
}

function numberToInt32(x: number): number {
  return x > -(2 ** 31) - 1 && x < 2 ** 31 ? Math.trunc(x) | 0 : -(2 ** 31);
}

/** Rounds once: the low bits that a double would round away first are kept as one sticky bit. */
function bigToFloat32(x: bigint): number {
  if (x >= -(2n ** 53n) && x <= 2n ** 53n) return Math.fround(Number(x));
  const odd = (x & 0xffffn) === 0n ? 0n : 1n;
  return Math.fround(Number((x >> 16n) | odd)) * 65536;
}
