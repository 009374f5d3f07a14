/** The backend over the addon's loops: operands go as addresses, sizes and strides through the ring. */
import { convert, dataConstructor, materialise } from "../core/allocate.ts";
import { dtypes } from "../core/dtype.ts";
import type { Data } from "../core/storage.ts";
import type { Addon } from "./addon.ts";
import type { Backend, BinaryLoop, CompareLoop, Operand, Reduction, UnaryLoop } from "./backend.ts";
import { reference } from "./reference.ts";

// As in native/args.h.
const kinds = {
  unary: 0,
  binary: 1,
  compare: 2,
  where: 3,
  copy: 4,
  reduce: 5,
  matmul: 6,
  inverse: 7,
} as const;
const slots = { kind: 0, operation: 1, dtype: 2, otherDtype: 3, rank: 4, addresses: 5, shape: 9 } as const;
const status = { done: 0, interrupted: 1, noMemory: 2 } as const;
const maxRank = 64;

/** Elements on V8's heap have no address: they are copied to the ring's upper part, 1 KB an operand. */
const scratchSlot = 1024;
const scratchBytes = 1024;
/** V8 keeps larger typed arrays off its heap, where they have an address. */
const largestOnHeap = 64;

type Kind = "unary" | "binary" | "compare" | "reduce";

/** Makes errors for what stops a loop from outside. */
export interface Failures {
  readonly interrupted: () => Error;
}

/** The backend over `addon`, with the instruction set that the addon has chosen. */
export function createNative(addon: Addon, failures: Failures): Backend {
  const { ring, run } = addon;
  const scratch = [0, 1, 2, 3].map((operand) =>
    dtypes.map((dtype) => {
      const offset = (scratchSlot * 8 + operand * scratchBytes) as number;
      return new (dataConstructor(dtype))(
        ring.buffer as ArrayBuffer,
        ring.byteOffset + offset,
        scratchBytes / dtype.itemsize,
      );
    }),
  );
  const scratchAddress = addon.addressOf(ring) + scratchSlot * 8;
  const codes = {
    unary: codesOf("unary"),
    binary: codesOf("binary"),
    compare: codesOf("compare"),
    reduce: codesOf("reduce"),
  };

  /** Operation codes by name and dtype index; a missing loop is -1. */
  function codesOf(kind: Kind): Map<string, Int32Array> {
    return new Map(
      addon.operations[kind].map((name, code) => [
        name,
        Int32Array.from(dtypes, (_, index) => (addon.supports(kinds[kind], code, index) ? code : -1)),
      ]),
    );
  }

  function codeOf(kind: Kind, name: string, dtypeIndex: number): number {
    return codes[kind].get(name)?.[dtypeIndex] ?? -1;
  }

  /** Writes operand `which`'s address. Nothing may be allocated between this and the run. */
  function place(operand: Operand, which: number): void {
    const storage = operand.storage;
    const address = storage.address === 0 ? placeOnHeap(operand, which) : storage.address;
    ring[slots.addresses + which] = address + operand.offset * operand.dtype.itemsize;
  }

  function placeOnHeap(operand: Operand, which: number): number {
    const storage = operand.storage;
    const data = storage.data;
    const to = scratch[which]![operand.dtype.index]!;
    if (data === null) to[0] = operand.dtype.isBig ? BigInt(storage.scalar) : storage.scalar;
    else if (storage.numel * operand.dtype.itemsize <= largestOnHeap) copyElements(to, data, storage.numel);
    else {
      storage.address = addon.addressOf(data);
      return storage.address;
    }
    return scratchAddress + which * scratchBytes;
  }

  /** A result on the heap comes back from the scratch it was computed in. */
  function fetch(y: Operand): void {
    const storage = y.storage;
    if (storage.address !== 0) return;
    const from = scratch[0]![y.dtype.index]!;
    if (storage.data !== null) copyElements(storage.data, from, storage.numel);
    else if (Number.isSafeInteger(Number(from[0])) || !y.dtype.isBig) storage.scalar = Number(from[0]);
    else materialise(storage)[0] = from[0]!;
  }

  /** Writes the header and the layouts: shape, then each operand's strides. */
  function write(kind: number, operation: number, shape: readonly number[], y: Operand, x: Operand): number {
    const rank = shape.length;
    if (rank > maxRank)
      throw new Error(`tensor: ${rank} dimensions were given: at most ${maxRank} are supported`);
    ring[slots.kind] = kind;
    ring[slots.operation] = operation;
    ring[slots.dtype] = x.dtype.index;
    ring[slots.otherDtype] = y.dtype.index;
    ring[slots.rank] = rank;
    for (let d = 0; d < rank; d++) ring[slots.shape + d] = shape[d]!;
    writeStrides(0, rank, y.strides);
    writeStrides(1, rank, x.strides);
    return rank;
  }

  function writeStrides(which: number, rank: number, strides: readonly number[]): void {
    const from = slots.shape + (which + 1) * rank;
    for (let d = 0; d < rank; d++) ring[from + d] = strides[d]!;
  }

  function finish(y: Operand): void {
    run();
    if (ring[slots.kind] !== status.done) fail(ring[slots.kind]!);
    fetch(y);
  }

  function fail(code: number): never {
    if (code === status.interrupted) throw failures.interrupted();
    if (code === status.noMemory)
      throw new RangeError("tensor: no memory left for a matrix product's working space");
    throw new Error(`internal: native call: status ${code}`);
  }

  function unary(loop: UnaryLoop, y: Operand, x: Operand): void {
    const code = x.dtype === y.dtype ? codeOf("unary", loop.name, x.dtype.index) : -1;
    if (code < 0) reference.unary(loop, y, x);
    else single(kinds.unary, code, y, x);
  }

  function single(kind: number, code: number, y: Operand, x: Operand): void {
    write(kind, code, y.shape, y, x);
    place(y, 0);
    place(x, 1);
    finish(y);
  }

  function binary(loop: BinaryLoop, y: Operand, a: Operand, b: Operand): void {
    const same = a.dtype === y.dtype && b.dtype === y.dtype;
    const code = same ? codeOf("binary", loop.name, a.dtype.index) : -1;
    if (code < 0) reference.binary(loop, y, a, b);
    else pairwise(kinds.binary, code, y, a, b);
  }

  function compare(loop: CompareLoop, y: Operand, a: Operand, b: Operand): void {
    const code = a.dtype === b.dtype ? codeOf("compare", loop.name, a.dtype.index) : -1;
    if (code < 0) reference.compare(loop, y, a, b);
    else pairwise(kinds.compare, code, y, a, b);
  }

  function pairwise(kind: number, code: number, y: Operand, a: Operand, b: Operand): void {
    const rank = write(kind, code, y.shape, y, a);
    writeStrides(2, rank, b.strides);
    place(y, 0);
    place(a, 1);
    place(b, 2);
    finish(y);
  }

  function where(y: Operand, condition: Operand, a: Operand, b: Operand): void {
    const rank = write(kinds.where, 0, y.shape, y, condition);
    ring[slots.dtype] = y.dtype.index;
    writeStrides(2, rank, a.strides);
    writeStrides(3, rank, b.strides);
    place(y, 0);
    place(condition, 1);
    place(a, 2);
    place(b, 3);
    finish(y);
  }

  function copy(y: Operand, x: Operand): void {
    write(kinds.copy, 0, y.shape, y, x);
    ring[slots.dtype] = y.dtype.index;
    ring[slots.otherDtype] = x.dtype.index;
    place(y, 0);
    place(x, 1);
    finish(y);
  }

  function fill(y: Operand, value: number | bigint): void {
    const converted = convert(y.dtype.name, value);
    const data = y.storage.data;
    const length = contiguousLength(y);
    if (data !== null && length >= 0) {
      (data as Float64Array).fill(converted as number, y.offset, y.offset + length);
      return;
    }
    const rank = write(kinds.copy, 0, y.shape, y, y);
    for (let d = 0; d < rank; d++) ring[slots.shape + 2 * rank + d] = 0;
    place(y, 0);
    scratch[1]![y.dtype.index]![0] = converted;
    ring[slots.addresses + 1] = scratchAddress + scratchBytes;
    finish(y);
  }

  function reduce(reduction: Reduction, y: Operand, x: Operand): void {
    const code = reducible(y, x) ? codeOf("reduce", reduction, x.dtype.index) : -1;
    if (code < 0) reference.reduce(reduction, y, x);
    else reduceNatively(code, y, x);
  }

  function reduceNatively(code: number, y: Operand, x: Operand): void {
    const rank = write(kinds.reduce, code, x.shape, y, x);
    for (let d = 0; d < rank; d++) {
      if (y.shape[d] !== x.shape[d]) ring[slots.shape + rank + d] = 0;
    }
    place(y, 0);
    place(x, 1);
    finish(y);
  }

  function matmul(y: Operand, a: Operand, b: Operand): void {
    if (y.dtype.itemsize < 4) reference.matmul(y, a, b);
    else multiply(y, a, b);
  }

  function multiply(y: Operand, a: Operand, b: Operand): void {
    const rank = write(kinds.matmul, 0, y.shape, y, a);
    writeStrides(2, rank, b.strides);
    ring[slots.shape + 4 * rank] = a.shape[rank - 1]!;
    place(y, 0);
    place(a, 1);
    place(b, 2);
    finish(y);
  }

  function inverse(y: Operand, x: Operand): number {
    single(kinds.inverse, 0, y, x);
    return ring[slots.otherDtype]!;
  }

  return { name: "native", unary, binary, compare, where, copy, fill, reduce, matmul, inverse };
}

/** A result of x's dtype, or int64 from integers; any and all give bool. */
function reducible(y: Operand, x: Operand): boolean {
  return y.dtype === x.dtype || (y.dtype.isBig && !x.dtype.is_floating_point);
}

/** How many elements follow one another without a gap, in order; -1 if they do not. */
function contiguousLength(y: Operand): number {
  let length = 1;
  for (let d = y.shape.length - 1; d >= 0; d--) {
    if (y.shape[d] !== 1 && y.strides[d] !== length) return y.shape.includes(0) ? 0 : -1;
    length *= y.shape[d]!;
  }
  return length;
}

/** A loop for each float dtype, since one loop over all kinds of arrays is several times as slow. */
function copyElements(to: Data, from: Data, n: number): void {
  if (to instanceof Float32Array && from instanceof Float32Array) {
    for (let i = 0; i < n; i++) to[i] = from[i]!;
  } else if (to instanceof Float64Array && from instanceof Float64Array) {
    for (let i = 0; i < n; i++) to[i] = from[i]!;
  } else {
    for (let i = 0; i < n; i++) to[i] = from[i]!;
  }
}
