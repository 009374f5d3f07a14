/** Values counted in bins, as numpy.histogram does. */
import { type Numbers, toNumbers } from "./data.ts";

/** The edges of equal bins over the data, as numpy.histogram_bin_edges. */
export function binEdges(
  what: string,
  values: Float64Array,
  bins: number | Numbers,
  range?: readonly [number, number],
): Float64Array {
  if (typeof bins !== "number") return toNumbers(what, "bins", bins);
  if (!Number.isInteger(bins) || bins < 1)
    throw new TypeError(`${what}: bins is ${bins}: it must be a positive integer or an array of edges`);
  const data = range ?? extent(values);
  const [low, high] = data[0] === data[1] ? [data[0] - 0.5, data[1] + 0.5] : data;
  return Float64Array.from({ length: bins + 1 }, (_, i) =>
    i === bins ? high : low + ((high - low) * i) / bins,
  );
}

function extent(values: Float64Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const v of values) {
    if (v < low) low = v;
    if (v > high) high = v;
  }
  return low <= high ? [low, high] : [0, 1];
}

/** How many values lie in each bin, the last one closed; with `density`, the area is 1. As numpy.histogram. */
export function histogram(values: Float64Array, edges: Float64Array, density: boolean): number[] {
  const counts = new Array<number>(Math.max(edges.length - 1, 0)).fill(0);
  for (const v of values) {
    if (!(v >= edges[0]! && v <= edges.at(-1)!)) continue;
    let [low, high] = [0, counts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle]! <= v) low = middle;
      else high = middle - 1;
    }
    counts[low]!++;
  }
  if (!density) return counts;
  const total = counts.reduce((a, b) => a + b, 0);
  return counts.map((c, i) => c / total / (edges[i + 1]! - edges[i]!));
}
