/** The backend on the GPU: each operation becomes commands to the thread that owns the device. */
import { readElement } from "../core/allocate.ts";
import { bool, type Dtype } from "../core/dtype.ts";
import { DeviceError } from "../core/errors.ts";
import type { Buffers } from "../gpu/buffers.ts";
import { sourceOf } from "../gpu/forms.ts";
import * as infos from "../gpu/infos.ts";
import type { Link } from "../gpu/link.ts";
import { GpuStorage } from "../gpu/storage.ts";
import { hasForm, inOrder, packed, unpack } from "../gpu/transfer.ts";
import type { Backend, BinaryLoop, CompareLoop, Operand, Reduction, UnaryLoop } from "./backend.ts";

/** An operand as one run of elements: its buffer, and whether its first element stands for all. */
interface Flat {
  readonly buffer: number;
  readonly repeated: boolean;
  /** Free the buffer once enqueued. */
  readonly temporary: boolean;
}
type Loop = { readonly name: string; readonly f: (...numbers: never[]) => unknown };

const numelOf = (x: Operand): number => x.shape.reduce((n, length) => n * length, 1);
const isOn = (x: Operand): x is Operand & { readonly storage: GpuStorage } => x.storage instanceof GpuStorage;

/** The backend over an open link. Operands off the GPU may only be single numbers; `copy` goes both ways. */
export class GpuBackend implements Backend {
  readonly name = "gpu";
  readonly #link: Link;
  readonly #buffers: Buffers;

  constructor(link: Link, buffers: Buffers) {
    this.#link = link;
    this.#buffers = buffers;
  }

  /** Buffers in use and their elements. */
  get statistics(): Buffers["statistics"] {
    return this.#buffers.statistics;
  }

  /** Memory on the GPU; refuses dtypes that do not exist there. */
  allocate(dtype: Dtype, numel: number): GpuStorage {
    if (!hasForm(dtype)) {
      throw new DeviceError(
        `gpu: ${dtype} tensors exist on the CPU only: convert first with .float(), or give dtype: torch.float32`,
      );
    }
    return this.#buffers.storage(dtype, numel);
  }

  unary(loop: UnaryLoop, y: Operand, x: Operand): void {
    this.#map(loop, y, ["x"], [x], false);
  }
  binary(loop: BinaryLoop, y: Operand, a: Operand, b: Operand): void {
    this.#map(loop, y, ["a", "b"], [a, b], false);
  }
  compare(loop: CompareLoop, y: Operand, a: Operand, b: Operand): void {
    this.#map(loop, y, ["a", "b"], [a, b], true);
  }
  where(y: Operand, condition: Operand, a: Operand, b: Operand): void {
    this.#map({ name: "where", f: () => 0 }, y, ["c", "a", "b"], [condition, a, b], false);
  }

  copy(y: Operand, x: Operand): void {
    if (!isOn(x)) this.#upload(y, x);
    else if (!isOn(y)) this.#download(y, x);
    else this.#copyWithin(y, x);
  }

  fill(y: Operand, value: number | bigint): void {
    const to = this.#target(y, "fill");
    const n = numelOf(y);
    if (n === 0) return;
    const bits = y.dtype === bool ? Number(Number(value) !== 0) : Number(value);
    this.#run("fill", infos.fill(y, n, bits), [to.buffer], infos.flatGroups(n));
  }

  reduce(reduction: Reduction, y: Operand, x: Operand): void {
    this.#target(y, reduction);
    const source = this.#source(x, reduction);
    if (numelOf(y) === 0) return;
    this.#into(y, [source], (buffer) => {
      const { parts, first, second } = infos.reductions(reduction, y, x);
      if (second === null) {
        this.#run(first.shader, first.info, [source, buffer], first.groups);
        return;
      }
      const between = this.#buffers.take(numelOf(y) * parts);
      this.#run(first.shader, first.info, [source, between], first.groups);
      this.#run(second.shader, second.info, [between, buffer], second.groups);
      this.#buffers.free(between);
    });
  }

  matmul(y: Operand, a: Operand, b: Operand): void {
    const to = this.#target(y, "matmul");
    const [left, right] = [this.#source(a, "matmul"), this.#source(b, "matmul")];
    if (numelOf(y) === 0) return;
    const { shader, info, groups } = infos.matmul(y, a, b);
    if (to.buffer !== left && to.buffer !== right) this.#run(shader, info, [left, right, to.buffer], groups);
    else throw new DeviceError("internal: matmul into one of its operands");
  }

  inverse(): number {
    throw new DeviceError("linalg.inv: has no GPU form: move the matrix first with .cpu()");
  }

  /** y = f(…operands) by a gpu.js kernel over contiguous elements. */
  #map(
    loop: Loop,
    y: Operand,
    parameters: readonly string[],
    operands: readonly Operand[],
    test: boolean,
  ): void {
    this.#target(y, loop.name);
    const n = numelOf(y);
    const repeats = operands.map((x) => n > 1 && repeatsOne(x));
    const source = sourceOf(loop.name, loop.f, parameters, repeats, test);
    if (source === null) {
      throw new DeviceError(`${loop.name}: has no GPU form: move its operands first with .cpu()`);
    }
    if (n === 0) return;
    const flats = operands.map((x, i) => this.#flat(x, repeats[i]!, n, loop.name));
    const inputs = flats.map((x) => x.buffer);
    this.#into(y, inputs, (buffer) => this.#link.send({ do: "map", source, inputs, y: buffer, n }));
    for (const flat of flats) if (flat.temporary) this.#buffers.free(flat.buffer);
  }

  /** The operand's elements as one run; strided ones are gathered first. */
  #flat(x: Operand, repeated: boolean, n: number, name: string): Flat {
    if (!isOn(x)) return { buffer: this.#constant(x, name), repeated, temporary: false };
    const whole = x.offset === 0 && (repeated || inOrder(x));
    if (whole) return { buffer: x.storage.buffer, repeated, temporary: false };
    const size = repeated ? 1 : n;
    const buffer = this.#buffers.take(size);
    const one = { ...plain(x), shape: [], strides: [] };
    this.#gather(buffer, repeated ? one : x, size);
    return { buffer, repeated, temporary: true };
  }

  #gather(buffer: number, x: Operand, n: number): void {
    const storage = x.storage as GpuStorage;
    this.#run(
      "copy",
      infos.copy(infos.rowMajorLike(x), x, n, false),
      [storage.buffer, buffer],
      infos.flatGroups(n),
    );
  }

  /** A number from the CPU. */
  #constant(x: Operand, name: string): number {
    if (numelOfMemory(x) !== 1) {
      throw new DeviceError(`${name}: internal: an operand on the CPU: expected all on gpu:0`);
    }
    return this.#buffers.constant(Number(readElement(x.storage, x.offset)));
  }

  /**
   * Lets `write` fill a buffer with y's elements in order. Where y is the whole of its memory, that buffer becomes its memory
   * (an operand may be y itself, and no kernel may read what it writes); else they are copied to their places.
   */
  #into(y: Operand, reads: readonly number[], write: (buffer: number) => void): void {
    const storage = y.storage as GpuStorage;
    const n = numelOf(y);
    const whole = y.offset === 0 && n === storage.numel && inOrder(y);
    if (whole && !reads.includes(storage.buffer)) {
      write(storage.buffer);
      return;
    }
    const buffer = this.#buffers.take(n);
    write(buffer);
    if (whole) this.#buffers.replace(storage, buffer);
    else {
      const from = infos.rowMajorLike(y);
      this.#run("copy", infos.copy(y, from, n, false), [buffer, storage.buffer], infos.flatGroups(n));
      this.#buffers.free(buffer);
    }
  }

  #copyWithin(y: Operand, x: Operand): void {
    const n = numelOf(y);
    if (n === 0) return;
    const [to, from] = [y.storage as GpuStorage, x.storage as GpuStorage];
    const info = infos.copy(y, x, n, y.dtype === bool && x.dtype !== bool);
    if (to !== from) {
      this.#run("copy", info, [from.buffer, to.buffer], infos.flatGroups(n));
      return;
    }
    const buffer = this.#buffers.take(n);
    this.#gather(buffer, x, n);
    const gathered = infos.rowMajorLike(x);
    this.#run("copy", infos.copy(y, gathered, n, false), [buffer, to.buffer], infos.flatGroups(n));
    this.#buffers.free(buffer);
  }

  #upload(y: Operand, x: Operand): void {
    this.#target(y, "copy");
    const n = numelOf(y);
    if (n === 0) return;
    const data = packed(x, n, y.dtype === bool);
    this.#into(y, [], (buffer) => this.#link.send({ do: "write", id: buffer, data }, n));
  }

  #download(y: Operand, x: Operand): void {
    const n = numelOf(x);
    if (n === 0) return;
    const flat = this.#flat(x, false, n, "copy");
    let values: Float32Array;
    try {
      values = this.#link.read(flat.buffer, n);
    } finally {
      if (flat.temporary) this.#buffers.free(flat.buffer);
    }
    unpack(y, values);
  }

  #target(y: Operand, name: string): GpuStorage {
    if (isOn(y)) return y.storage;
    throw new DeviceError(`${name}: has no GPU form: move its operands first with .cpu()`);
  }
  #source(x: Operand, name: string): number {
    return isOn(x) ? x.storage.buffer : this.#constant(x, name);
  }
  #run(
    shader: Parameters<typeof infos.command>[0],
    info: Uint32Array,
    buffers: readonly number[],
    groups: readonly [number, number, number],
  ): void {
    this.#link.send(infos.command(shader, info, buffers, groups));
  }
}

function repeatsOne(x: Operand): boolean {
  if (!isOn(x)) return true;
  return x.strides.every((stride, d) => stride === 0 || x.shape[d] === 1);
}

function numelOfMemory(x: Operand): number {
  return x.strides.reduce((n, stride, d) => (stride === 0 ? n : n * x.shape[d]!), 1);
}

function plain(x: Operand): Operand {
  return { storage: x.storage, offset: x.offset, shape: x.shape, strides: x.strides, dtype: x.dtype };
}
