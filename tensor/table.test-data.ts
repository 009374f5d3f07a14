/** Calls of every table entry on its samples, for the table's tests; run as a program it prints all results. */
import { pathToFileURL } from "node:url";
import { storageFrom } from "./core/allocate.ts";
import { bool, float64, int64 } from "./core/dtype.ts";
import type { OpInfo, Refusal, Sample } from "./core/op.ts";
import { layoutOf } from "./core/shape.ts";
import { Tensor } from "./core/tensor.ts";
import { tolist } from "./ops/access.ts";
import * as table from "./ops/index.ts";
import * as linalg from "./ops/linalg.ts";

export type Entry = OpInfo & ((...args: unknown[]) => unknown);

/** Every entry of the table, by name. */
export const entries: readonly (readonly [string, Entry])[] = [
  ...Object.entries(table),
  ...Object.entries(linalg)
    .filter(([name]) => name !== "LinAlgError" && name !== "matmul")
    .map(([name, entry]) => [`linalg.${name}`, entry] as const),
].map(([name, entry]) => [name, entry as unknown as Entry]);

/** Numbers in [0, 1) that are the same in every run. */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** The tensors of a sample: float64 between its bounds, masks and indices where it says so. */
export function tensorsOf(sample: Sample | Refusal, seed = 1): Tensor[] {
  const next = numbers(seed);
  for (let i = 0; i < 8; i++) next();
  const { range = [-2, 2], masks = [], indices = [] } = sample as Sample;
  return sample.shapes.map((shape, k) => {
    const n = shape.reduce((p, q) => p * q, 1);
    const bound = indices.find(([which]) => which === k)?.[1];
    if (bound !== undefined) {
      return made(
        int64,
        BigInt64Array.from({ length: n }, () => BigInt(Math.floor(next() * bound))),
        shape,
      );
    }
    if (masks.includes(k))
      return made(
        bool,
        Uint8Array.from({ length: n }, () => Number(next() < 0.5)),
        shape,
      );
    const [low, high] = range;
    return made(
      float64,
      Float64Array.from({ length: n }, () => low + (high - low) * next()),
      shape,
    );
  });
}
function made(
  dtype: Tensor["dtype"],
  data: Parameters<typeof storageFrom>[1],
  shape: readonly number[],
): Tensor {
  return new Tensor(storageFrom(dtype, data), 0, layoutOf(shape));
}

/** The arguments of a sample's call, with these tensors. */
export function argumentsOf(sample: Sample | Refusal, tensors: readonly Tensor[]): unknown[] {
  const order = (sample as Sample).order;
  if (order !== undefined) return order.map((o) => (o === "dim" ? sample.args![0] : tensors[o]));
  return [...(sample.list ? [tensors] : tensors), ...(sample.args ?? [])];
}

/** A result as plain values: lists of tensors' contents. */
export function plainOf(result: unknown): unknown {
  if (result instanceof Tensor)
    return { shape: [...result.shape], dtype: result.dtype.name, data: tolist(result) };
  return Array.isArray(result) ? Array.from(result, plainOf) : result;
}

/** All results, by "name/number". */
export function allResults(): Record<string, unknown> {
  const results: Record<string, unknown> = {};
  for (const [name, entry] of entries) {
    entry.samples.forEach((sample, i) => {
      results[`${name}/${i}`] = plainOf(entry(...argumentsOf(sample, tensorsOf(sample))));
    });
  }
  return results;
}

/** JSON that keeps what JSON has no number for. */
export function toJson(value: unknown): string {
  return JSON.stringify(value, (_, v) => (typeof v === "number" && !Number.isFinite(v) ? String(v) : v));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) process.stdout.write(toJson(allResults()));
