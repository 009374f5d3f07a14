/** A polyline with fewer points that looks the same, and without gaps in it. */
import type { Box } from "./text.ts";

/** Points are dropped only within columns this wide (in pixels): half a pixel, one pixel of the 2× PNG. */
const column = 0.5;
/** Beyond this, renderers lose precision. */
const far = 1e6;

/**
 * The parts of `x0, y0, x1, y1, …` between NaNs. Of neighbouring points in one pixel column only the first, lowest,
 * highest and last stay, in their order, which covers the same pixels; points off to one side are dropped.
 */
export function simplify(points: Float64Array, box: Box): Float64Array[] {
  const parts: Float64Array[] = [];
  let start = 0;
  for (let i = 0; i <= points.length; i += 2) {
    if (i < points.length && !Number.isNaN(points[i]!) && !Number.isNaN(points[i + 1]!)) continue;
    if (i > start) parts.push(thin(points.subarray(start, i), box));
    start = i + 2;
  }
  return parts;
}

function thin(points: Float64Array, box: Box): Float64Array {
  const clamp = (v: number) => Math.max(-far, Math.min(far, v));
  if (points.length < 2000) return points.map(clamp);
  const kept: number[] = [];
  const columnOf = (i: number) =>
    Math.floor(Math.max(box.left - 50, Math.min(box.right + 50, points[i]!)) / column);
  for (let i = 0; i < points.length; ) {
    const here = columnOf(i);
    let low = i;
    let high = i;
    let end = i;
    for (let j = i; j < points.length && columnOf(j) === here; j += 2) {
      if (points[j + 1]! < points[low + 1]!) low = j;
      if (points[j + 1]! > points[high + 1]!) high = j;
      end = j;
    }
    for (const at of [...new Set([i, Math.min(low, high), Math.max(low, high), end])]) {
      kept.push(clamp(points[at]!), clamp(points[at + 1]!));
    }
    i = end + 2;
  }
  return Float64Array.from(kept);
}
