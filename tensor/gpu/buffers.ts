/** Which buffers are in use: numbered here, made and kept in a pool by the device's thread, freed with their tensors. */
import type { Dtype } from "../core/dtype.ts";
import { RuntimeError } from "../core/errors.ts";
import type { Link } from "./link.ts";
import { GpuStorage } from "./storage.ts";

/** Tells when objects have been collected; `collect` looks for such now. */
export interface Collector {
  readonly watch: (object: object, release: () => void) => void;
  readonly collect: () => void;
}

/** So many elements, or so many buffers, allocated since the last look for unused ones. */
const elementsBetween = 2 ** 24;
const buffersBetween = 4096;
const mostConstants = 256;

/** Numbers buffers and gives them back. */
export class Buffers {
  readonly #link: Link;
  readonly #collector: Collector;
  readonly #constants = new Map<string, number>();
  readonly #sizes = new Map<number, number>();
  #last = 0;
  #elements = 0;
  #count = 0;

  constructor(link: Link, collector: Collector) {
    this.#link = link;
    this.#collector = collector;
  }

  /** Buffers in use and their elements. */
  get statistics(): { buffers: number; elements: number } {
    return { buffers: this.#sizes.size, elements: [...this.#sizes.values()].reduce((p, q) => p + q, 0) };
  }

  /** A buffer that lives until `free`. */
  take(size: number): number {
    const { limit } = this.#link.adapter;
    if (size * 4 > limit) {
      throw new RuntimeError(
        `GPU out of memory. Tried to allocate ${size * 4} bytes: one buffer of this adapter holds ${limit}`,
      );
    }
    const id = ++this.#last;
    this.#sizes.set(id, size);
    this.#link.send({ do: "new", id, size }, size);
    return id;
  }
  free(id: number): void {
    this.#sizes.delete(id);
    this.#link.send({ do: "free", id });
  }

  /** A tensor's memory, freed once the collector has it. */
  storage(dtype: Dtype, numel: number): GpuStorage {
    this.#elements += numel;
    this.#count++;
    if (this.#elements > elementsBetween || this.#count > buffersBetween) {
      this.#elements = 0;
      this.#count = 0;
      this.#collector.collect();
    }
    const id = this.take(numel);
    return new GpuStorage(dtype, numel, id, this.#token(id));
  }

  /** The storage's memory is another buffer from now on. */
  replace(storage: GpuStorage, id: number): void {
    storage.buffer = id;
    storage.token = this.#token(id);
  }

  #token(id: number): object {
    const token = {};
    this.#collector.watch(token, () => this.free(id));
    return token;
  }

  /** A buffer that holds one number; the least recently used go first. */
  constant(value: number): number {
    const key = Object.is(value, -0) ? "-0" : String(value);
    let id = this.#constants.get(key);
    if (id === undefined) {
      id = this.take(1);
      this.#link.send({ do: "write", id, data: Float32Array.of(value) }, 1);
      if (this.#constants.size >= mostConstants) this.#forgetOldest();
    } else this.#constants.delete(key);
    this.#constants.set(key, id);
    return id;
  }
  #forgetOldest(): void {
    const [key, buffer] = this.#constants.entries().next().value!;
    this.#constants.delete(key);
    this.free(buffer);
  }
}
