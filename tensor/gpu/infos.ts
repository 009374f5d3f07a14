/** What the WGSL kernels are told: shapes, strides and offsets as words, and how many workgroups run. */
import type { Dtype } from "../core/dtype.ts";
import type { Storage } from "../core/storage.ts";
import type { Command, ShaderName } from "./protocol.ts";

/** Elements in memory. Offset and strides count elements. */
export interface Strided {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly dtype: Dtype;
}
export type Groups = readonly [number, number, number];

const groupSize = 64;
const mostGroups = 65535;
/** A workgroup folds this many elements at most, where there are enough workgroups else. */
const longestFold = 8192;
const mostParts = 1024;

/** A kernel's run. */
export function command(
  shader: ShaderName,
  info: Uint32Array,
  buffers: readonly number[],
  groups: Groups,
): Command {
  return { do: "run", shader, info, buffers, groups };
}

/** Workgroups for n invocations; beyond the limit of one dimension they go on in the second. */
export function flatGroups(n: number): Groups {
  return foldedGroups(Math.ceil(n / groupSize));
}
function foldedGroups(groups: number): Groups {
  const along = Math.min(groups, mostGroups);
  return [along, Math.ceil(groups / along), 1];
}
const widthOf = (n: number): number => flatGroups(n)[0] * groupSize;

function pairs(shape: readonly number[], strides: readonly number[]): number[] {
  return shape.flatMap((length, d) => [length, strides[d]!]);
}

const bits = new Float32Array(1);
function bitsOf(value: number): number {
  bits[0] = value;
  return new Uint32Array(bits.buffer)[0]!;
}

/** y = x of one shape, n elements; `toBool` makes 0 and 1 of them. */
export function copy(y: Strided, x: Strided, n: number, toBool: boolean): Uint32Array {
  return Uint32Array.from([
    ...[n, widthOf(n), y.shape.length, y.offset, x.offset, Number(toBool)],
    ...pairs(y.shape, y.strides),
    ...pairs(y.shape, x.strides),
  ]);
}

/** y = value everywhere. */
export function fill(y: Strided, n: number, value: number): Uint32Array {
  return Uint32Array.from([
    ...[n, widthOf(n), y.shape.length, y.offset, bitsOf(value)],
    ...pairs(y.shape, y.strides),
  ]);
}

const folds = {
  sum: { fold: 0, before: 0, identity: 0 },
  prod: { fold: 1, before: 0, identity: 1 },
  amax: { fold: 2, before: 0, identity: -Infinity },
  amin: { fold: 3, before: 0, identity: Infinity },
  any: { fold: 2, before: 0, identity: 0 },
  all: { fold: 3, before: 0, identity: 1 },
  sum_abs: { fold: 0, before: 1, identity: 0 },
  sum_squares: { fold: 0, before: 2, identity: 0 },
} as const;

interface Step {
  readonly shader: ShaderName;
  readonly info: Uint32Array;
  readonly groups: Groups;
}

/** Folds this short, or of this many outputs, are an invocation's work: no workgroup waits at a barrier. */
const shortFold = 32;
const manyOutputs = 2048;

/** One step for short folds; for long ones of few outputs parts are folded first, then the parts' results. */
export function reductions(
  name: keyof typeof folds,
  y: Strided,
  x: Strided,
): { parts: number; first: Step; second: Step | null } {
  const kept = x.shape.map((_, d) => d).filter((d) => y.shape[d] === x.shape[d]);
  const folded = x.shape.map((_, d) => d).filter((d) => y.shape[d] !== x.shape[d]);
  const count = (dims: readonly number[]): number => dims.reduce((n, d) => n * x.shape[d]!, 1);
  const [outputs, length] = [count(kept), count(folded)];
  const alone = length <= shortFold || outputs >= manyOutputs;
  const wanted = Math.min(Math.ceil(length / longestFold), Math.ceil(mostParts / outputs));
  const parts = alone ? 1 : Math.max(1, wanted);
  const { fold, before, identity } = folds[name];
  const layout = (dims: readonly number[]): number[] => dims.flatMap((d) => [x.shape[d]!, x.strides[d]!]);
  const step = (
    each: number,
    long: number,
    first: number,
    offset: number,
    keptPairs: readonly number[],
    foldedPairs: readonly number[],
  ): Step => {
    const groups = alone ? flatGroups(outputs) : foldedGroups(outputs * each);
    const width = alone ? widthOf(outputs) : groups[0];
    const chunk = Math.ceil(long / each);
    return {
      shader: alone ? "fold" : "reduce",
      info: Uint32Array.from([
        ...[outputs * each, width, each, chunk, long, fold, first, bitsOf(identity), offset],
        ...[keptPairs.length / 2, foldedPairs.length / 2, ...keptPairs, ...foldedPairs],
      ]),
      groups,
    };
  };
  const first = step(parts, length, before, x.offset, layout(kept), layout(folded));
  return { parts, first, second: parts === 1 ? null : step(1, parts, 0, 0, [outputs, parts], [parts, 1]) };
}

/** y [..., n, m] = a [..., n, k] @ b [..., k, m]; four columns are read at once where b's rows allow it. */
export function matmul(
  y: Strided,
  a: Strided,
  b: Strided,
): { shader: ShaderName; info: Uint32Array; groups: Groups } {
  const rank = y.shape.length - 2;
  const [n, m, k] = [y.shape[rank]!, y.shape[rank + 1]!, a.shape[rank + 1]!];
  const matrix = (x: Strided): number[] => [x.offset, x.strides[rank]!, x.strides[rank + 1]!];
  const batch = (x: Strided): number[] => pairs(y.shape.slice(0, rank), x.strides);
  const batches = y.shape.slice(0, rank).reduce((p, q) => p * q, 1);
  const aligned = [m, b.offset, ...b.strides.slice(0, -1)].every((word) => word % 4 === 0);
  return {
    shader: aligned && b.strides[rank + 1] === 1 ? "matmul4" : "matmul",
    info: Uint32Array.from([
      ...[n, k, m, ...matrix(a), ...matrix(b), ...matrix(y), rank],
      ...[...batch(a), ...batch(b), ...batch(y)],
    ]),
    groups: [Math.ceil(m / 32), Math.ceil(n / 32), batches],
  };
}

/** The same elements in order from the beginning of a buffer. */
export function rowMajorLike(x: Strided): Strided {
  const strides: number[] = [];
  let next = 1;
  for (let d = x.shape.length - 1; d >= 0; d--) {
    strides.unshift(next);
    next *= x.shape[d]!;
  }
  return { storage: x.storage, offset: 0, shape: x.shape, strides, dtype: x.dtype };
}
