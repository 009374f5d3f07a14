/** torch.Generator: PyTorch's mt19937 stream, its seed and its saved state; numbers only, no tensors. */
import { sincos } from "./double.ts";
import { Mt19937 } from "./mt19937.ts";

const STATE_BYTES = 5056;
const MASK64 = (1n << 64n) - 1n;

/** A source of random numbers that gives PyTorch's own, word for word (torch.Generator on the CPU). */
export class Generator {
  readonly device = "cpu";
  readonly #words = new Mt19937(5489);
  #seed = 67280421310721n;
  /** The second value of the last scalar normal pair, kept for the next call. */
  cachedNormal: number | undefined;

  constructor() {
    this.manual_seed(this.#seed);
  }

  /** Starts the stream over from a 64-bit seed; negative seeds wrap as PyTorch's do. */
  manual_seed(seed: number | bigint): this {
    if (typeof seed === "number" && !Number.isInteger(seed)) {
      throw new TypeError(`manual_seed(): argument 'seed' must be an integer, not ${seed}`);
    }
    this.#seed = BigInt(seed) & MASK64;
    this.#words.seed(Number(this.#seed & 0xffffffffn));
    this.cachedNormal = undefined;
    return this;
  }

  /** The seed the stream started from. */
  initial_seed(): number | bigint {
    const seed = Number(this.#seed);
    return Number.isSafeInteger(seed) ? seed : this.#seed;
  }

  /** Seeds from the system's randomness and returns the seed. */
  seed(): number | bigint {
    const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2));
    this.manual_seed((BigInt(high & 0x1fffff) << 32n) | BigInt(low));
    return this.initial_seed();
  }

  /** 32 random bits. */
  uint32(): number {
    return this.#words.uint32();
  }

  /** 64 random bits: the first word is the high half. */
  uint64(): bigint {
    const high = this.#words.uint32();
    return (BigInt(high) << 32n) | BigInt(this.#words.uint32());
  }

  /** Uniform on [0, 1) with 24 bits, a float32 value. */
  uniform32(): number {
    return (this.#words.uint32() & 0xffffff) * 2 ** -24;
  }

  /** Uniform on [0, 1) with 53 bits. */
  uniform64(): number {
    const high = this.#words.uint32() & 0x1fffff;
    return (high * 4294967296 + this.#words.uint32()) * 2 ** -53;
  }

  /** One standard normal (Box and Muller in float64): the way of fewer than 16 elements. */
  normal(): number {
    const kept = this.cachedNormal;
    if (kept !== undefined) {
      this.cachedNormal = undefined;
      return kept;
    }
    const angle = 2 * Math.PI * this.uniform64();
    const radius = Math.sqrt(-2 * Math.log1p(-this.uniform64()));
    const [sine, cosine] = sincos(angle);
    this.cachedNormal = radius * sine;
    return radius * cosine;
  }

  /** The state in PyTorch's own layout of 5056 bytes (get_rng_state). */
  stateBytes(): Uint8Array {
    const bytes = new Uint8Array(STATE_BYTES);
    const view = new DataView(bytes.buffer);
    view.setBigUint64(0, this.#seed, true);
    view.setInt32(8, this.#words.left, true);
    view.setInt32(12, 1, true);
    view.setBigUint64(16, BigInt(this.#words.next), true);
    this.#words.words.forEach((word, k) => {
      view.setBigUint64(24 + 8 * k, BigInt(word), true);
    });
    if (this.cachedNormal !== undefined) {
      view.setFloat64(5024, this.cachedNormal, true);
      view.setInt32(5040, 1, true);
    }
    return bytes;
  }

  /** Takes a state that `stateBytes` or PyTorch wrote (set_rng_state). */
  setStateBytes(bytes: Uint8Array): void {
    if (bytes.length !== STATE_BYTES) {
      throw new RangeError(`RNG state is wrong size: ${bytes.length} bytes: expected ${STATE_BYTES}`);
    }
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const left = view.getInt32(8, true);
    const next = Number(view.getBigUint64(16, true));
    if (left < 1 || left > 624 || next > 624 || (left > 1 && left + next !== 625))
      throw new RangeError("Invalid mt19937 state");
    this.#seed = view.getBigUint64(0, true);
    this.#words.next = next;
    this.#words.left = left;
    for (let k = 0; k < 624; k++) this.#words.words[k] = Number(view.getBigUint64(24 + 8 * k, true));
    this.cachedNormal = view.getInt32(5040, true) === 1 ? view.getFloat64(5024, true) : undefined;
  }
}

/** The generator behind torch.rand and all others that are given none. */
export const default_generator = new Generator();
