/** How PyTorch turns the generator's words into arrays of random numbers; arrays only, no tensors. */
import { refusal } from "../core/allocate.ts";
import { hasRoom } from "../core/room.ts";
import * as double from "./double.ts";
import type { Generator } from "./generator.ts";
import * as single from "./single.ts";

/** The element types a stream is drawn in. */
export type FloatKind = "float32" | "float64";

const TWO_PI_32 = Math.fround(2 * Math.PI);

/** Bytes above which it is looked whether the system has them. */
const LARGE = 8 * 2 ** 20;

function floats(kind: FloatKind, n: number): Float32Array | Float64Array {
  const bytes = n * (kind === "float32" ? 4 : 8);
  if (bytes > LARGE && !hasRoom(bytes)) throw refusal(bytes);
  return kind === "float32" ? new Float32Array(n) : new Float64Array(n);
}

/** a * b + c rounded once, for |a| < 2 (Dekker's exact product, then a compensated sum). */
function fusedMultiplyAdd(a: number, b: number, c: number): number {
  const split = 134217729;
  const ah = a * split - (a * split - a);
  const bh = b * split - (b * split - b);
  const product = a * b;
  const rest = ah * bh - product + ah * (b - bh) + (a - ah) * bh + (a - ah) * (b - bh);
  const sum = product + c;
  const t = sum - product;
  return sum + (product - (sum - t) + (c - t) + rest);
}

/** `n` numbers uniform on [from, to) (Tensor.uniform_, torch.rand): one multiply-add, rounded once. */
export function uniform(g: Generator, kind: FloatKind, n: number, from = 0, to = 1) {
  const y = floats(kind, n);
  if (kind === "float32") {
    const low = Math.fround(from);
    const width = Math.fround(Math.fround(to) - low);
    for (let i = 0; i < n; i++) y[i] = g.uniform32() * width + low;
  } else {
    for (let i = 0; i < n; i++) y[i] = fusedMultiplyAdd(g.uniform64(), to - from, from);
  }
  return y;
}

/** `n` normal numbers (torch.randn, Tensor.normal_): by pairs in float64 below 16, else by blocks of 16. */
export function normal(g: Generator, kind: FloatKind, n: number, mean = 0, std = 1) {
  const y = floats(kind, n);
  if (n < 16) {
    for (let i = 0; i < n; i++) y[i] = g.normal() * std + mean;
    return y;
  }
  const fill = kind === "float32" ? fillBlock32 : fillBlock64;
  const draw = kind === "float32" ? () => g.uniform32() : () => g.uniform64();
  for (let i = 0; i < n; i++) y[i] = draw();
  for (let start = 0; start + 16 <= n; start += 16) fill(y, start, mean, std);
  if (n % 16 !== 0) {
    for (let i = n - 16; i < n; i++) y[i] = draw();
    fill(y, n - 16, mean, std);
  }
  return y;
}

function fillBlock64(y: Float32Array | Float64Array, start: number, mean: number, std: number): void {
  for (let j = start; j < start + 8; j++) {
    const radius = Math.sqrt(-2 * double.log(1 - y[j]!));
    const [sine, cosine] = double.sincos(2 * Math.PI * y[j + 8]!);
    y[j] = radius * cosine * std + mean;
    y[j + 8] = radius * sine * std + mean;
  }
}

function fillBlock32(y: Float32Array | Float64Array, start: number, mean: number, std: number): void {
  const { fround } = Math;
  for (let j = start; j < start + 8; j++) {
    const radius = fround(Math.sqrt(fround(-2 * single.log(1 - y[j]!))));
    const [sine, cosine] = single.sincos(fround(TWO_PI_32 * y[j + 8]!));
    y[j] = fround(radius * cosine) * fround(std) + fround(mean);
    y[j + 8] = fround(radius * sine) * fround(std) + fround(mean);
  }
}

/** `n` integers of [low, high) (torch.randint): 64-bit words from a range of 2^28 on. */
export function integers(g: Generator, n: number, low: bigint, high: bigint): BigInt64Array {
  const y = new BigInt64Array(n);
  const range = high - low;
  const small = range < 1n << 28n;
  const divisor = Number(range);
  for (let i = 0; i < n; i++) {
    y[i] = low + (small ? BigInt(g.uint32() % divisor) : g.uint64() % range);
  }
  return y;
}

/** 0 … n-1 in random order (torch.randperm). */
export function permutation(g: Generator, n: number): number[] {
  const p = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < n - 1; i++) {
    const j = i + (g.uint32() % (n - i));
    const kept = p[i]!;
    p[i] = p[j]!;
    p[j] = kept;
  }
  return p;
}

/** `n` zeros and ones with probability `p` of a one (Tensor.bernoulli_ with a number). */
export function bernoulli(g: Generator, n: number, p: number): Uint8Array {
  const y = new Uint8Array(n);
  for (let i = 0; i < n; i++) y[i] = g.uniform64() < p ? 1 : 0;
  return y;
}

/** A one with probability p[i] for each i (torch.bernoulli): drawn in p's own element type. */
export function bernoulliEach(g: Generator, kind: FloatKind, p: ArrayLike<number>): Uint8Array {
  const y = new Uint8Array(p.length);
  for (let i = 0; i < p.length; i++) {
    y[i] = (kind === "float32" ? g.uniform32() : g.uniform64()) < p[i]! ? 1 : 0;
  }
  return y;
}

/** `n` exponential numbers of rate `lambda` (Tensor.exponential_). */
export function exponential(g: Generator, kind: FloatKind, n: number, lambda = 1) {
  const y = floats(kind, n);
  for (let i = 0; i < n; i++) y[i] = -Math.log1p(-g.uniform64()) / lambda;
  return y;
}
