/** Random operands for the backend tests: every way in which a view's elements can lie. */
import fc from "fast-check";
import { allocate, convert, writeElement } from "../core/allocate.ts";
import type { Dtype } from "../core/dtype.ts";
import type { Operand } from "./backend.ts";

/** Shapes of rank 0 to 4, some empty, some long enough for whole vectors and rows. */
export const shapes: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }),
  fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 }),
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 30, max: 70 })),
  fc.tuple(fc.integer({ min: 30, max: 50 }), fc.integer({ min: 1, max: 4 })),
  fc.constantFrom([1100], [600, 2], [3, 1030], [17], [16], [1]),
);

/** All indices of a shape, in row-major order. */
export function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );
}

/** Where an element lies in its storage. */
export function positionOf(x: Operand, index: readonly number[]): number {
  return index.reduce((position, i, d) => position + i * x.strides[d]!, x.offset);
}

/** Values that arithmetic trips over, and ordinary ones. "tame" ones keep sums and products of floats small. */
function valueAt(dtype: Dtype, seed: number, i: number, kind: "wild" | "tame"): number | bigint {
  const hash = Math.imul(Math.imul(i + 1, 0x9e3779b1) ^ seed, 0x85ebca6b) >>> 0;
  const special = [
    0,
    -0,
    1,
    -1,
    Number.NaN,
    Infinity,
    -Infinity,
    1e-310,
    1e-40,
    0.5,
    2.5,
    3e9,
    -7e18,
    2 ** 63,
  ];
  const specialBig = [
    0n,
    1n,
    -1n,
    2n ** 31n,
    -(2n ** 31n),
    2n ** 63n - 1n,
    -(2n ** 63n),
    2n ** 53n + 1n,
    300n,
  ];
  if (kind === "wild" && hash % 3 === 0) {
    const list: (number | bigint)[] = dtype.kind === "float" ? special : specialBig;
    return convert(dtype.name, list[(hash >>> 8) % list.length]!);
  }
  if (dtype.kind === "float")
    return convert(dtype.name, ((hash % 4001) - 2000) / (kind === "tame" ? 1000 : 97));
  return convert(dtype.name, BigInt(hash % 4001) - 2000n);
}

/** An operand of a shape: axes permuted, steps and gaps between elements, an offset, repeated where not to be written. */
export function view(
  shape: readonly number[],
  dtype: Dtype,
  written = false,
  kind: "wild" | "tame" = "wild",
): fc.Arbitrary<Operand> {
  const axes = shape.map((_, d) => d);
  const layout = fc.record({
    order: fc.oneof(
      fc.constant(axes),
      fc.shuffledSubarray(axes, { minLength: axes.length, maxLength: axes.length }),
    ),
    steps: fc.oneof(
      fc.constant(axes.map(() => 1)),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: axes.length, maxLength: axes.length }),
    ),
    repeated: written
      ? fc.constant(axes.map(() => false))
      : fc.oneof(
          fc.constant(axes.map(() => false)),
          fc.array(fc.boolean(), { minLength: axes.length, maxLength: axes.length }),
        ),
    offset: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 3 })),
    seed: fc.integer(),
  });
  return layout.map(({ order, steps, repeated, offset, seed }) => {
    const strides = axes.map(() => 0);
    let numel = 1;
    for (const d of [...order].reverse()) {
      if (repeated[d]) continue;
      strides[d] = numel * steps[d]!;
      numel *= shape[d]! * steps[d]!;
    }
    return operand(shape, strides, offset, numel + offset, dtype, (i) => valueAt(dtype, seed, i, kind));
  });
}

function operand(
  shape: readonly number[],
  strides: readonly number[],
  offset: number,
  numel: number,
  dtype: Dtype,
  value: (i: number) => number | bigint,
): Operand {
  const storage = allocate(dtype, numel);
  for (let i = 0; i < numel; i++) writeElement(storage, i, value(i));
  return { storage, offset, shape, strides, dtype };
}

/** A row-major operand. */
export function contiguous(
  shape: readonly number[],
  dtype: Dtype,
  value: (i: number) => number | bigint = () => 0,
): Operand {
  const strides = shape.map((_, d) => shape.slice(d + 1).reduce((a, b) => a * b, 1));
  const numel = shape.reduce((a, b) => a * b, 1);
  return operand(shape, strides, 0, numel, dtype, value);
}
