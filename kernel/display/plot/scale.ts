/** Linear and logarithmic axes: how values map, which limits data get, which ticks stand there. */
import { linearLabels, linearTicks, logLabels, logMinorTicks, logTicks, type TickLabels } from "./ticks.ts";

/** A range of data, with its least positive value for logarithmic axes; empty is `[Infinity, -Infinity]`. */
export interface Interval {
  readonly min: number;
  readonly max: number;
  readonly minPositive: number;
}

export const emptyInterval: Interval = { min: Infinity, max: -Infinity, minPositive: Infinity };

/** The interval that holds both. */
export function unite(a: Interval, b: Interval): Interval {
  return {
    min: Math.min(a.min, b.min),
    max: Math.max(a.max, b.max),
    minPositive: Math.min(a.minPositive, b.minPositive),
  };
}

/** The interval of the finite numbers among `values`, or of those at which `other` is finite too. */
export function intervalOf(values: Iterable<number>, other?: Float64Array): Interval {
  let min = Infinity;
  let max = -Infinity;
  let minPositive = Infinity;
  let i = 0;
  for (const v of values) {
    const partner = other ? other[i++]! : 0;
    if (!Number.isFinite(v) || !Number.isFinite(partner)) continue;
    if (v < min) min = v;
    if (v > max) max = v;
    if (v > 0 && v < minPositive) minPositive = v;
  }
  return { min, max, minPositive };
}

export type Limits = readonly [number, number];

export interface Scale {
  readonly name: "linear" | "log";
  /** Value → position, in which equal steps look equal. */
  readonly forward: (value: number) => number;
  readonly inverse: (position: number) => number;
  /** Limits that can be drawn: finite, apart, and positive on a logarithmic axis. */
  readonly nonsingular: (low: number, high: number, minPositive: number) => Limits;
  readonly ticks: (low: number, high: number, space: number) => number[];
  readonly minorTicks: (low: number, high: number, space: number) => number[];
  readonly labels: (ticks: readonly number[], low: number, high: number) => TickLabels;
}

/** Limits widened when they coincide, as matplotlib's `nonsingular`. */
function apart(low: number, high: number, expand: number, tiny: number): Limits {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return [-expand, expand];
  if (low > high) [low, high] = [high, low];
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (size < (1e6 / tiny) * 2.2250738585072014e-308) return [-expand, expand];
  if (high - low <= size * tiny) return [low - expand * Math.abs(low), high + expand * Math.abs(high)];
  return [low, high];
}

const linear: Scale = {
  name: "linear",
  forward: (v) => v,
  inverse: (v) => v,
  nonsingular: (low, high) => apart(low, high, 0.05, 1e-15),
  ticks: (low, high, space) => linearTicks(...apart(low, high, 1e-13, 1e-14), space),
  minorTicks: () => [],
  labels: linearLabels,
};

/** Zero and below lie a thousand decades down, so a line towards them leaves through the bottom, as in matplotlib. */
const log: Scale = {
  name: "log",
  forward: (v) => (v > 0 ? Math.log10(v) : v <= 0 ? -1000 : Number.NaN),
  inverse: (p) => 10 ** p,
  nonsingular: (low, high, minPositive) => {
    if (!Number.isFinite(low) || !Number.isFinite(high) || high <= 0) return [1, 10];
    const bottom = low > 0 ? low : Number.isFinite(minPositive) ? minPositive : 1e-300;
    if (bottom !== high) return [bottom, high];
    const decade = Math.log10(high);
    return [10 ** (Math.ceil(decade) - 1), 10 ** (Math.floor(decade) + 1)];
  },
  ticks: logTicks,
  minorTicks: logMinorTicks,
  labels: (ticks, low, high) => ({ labels: logLabels(ticks, low, high), offset: "" }),
};

export const scales = { linear, log } as const;
export type ScaleName = keyof typeof scales;

/** The limits an axis shows when nobody set them: the data and 5 % on either side, but not past a `sticky` value. */
export function autoLimits(scale: Scale, data: Interval, sticky: readonly number[], margin = 0.05): Limits {
  const [low, high] = scale.nonsingular(data.min, data.max, data.minPositive);
  const near = 1e-5 * Math.max(Math.abs(low), Math.abs(high), Math.abs(high - low));
  const floor = Math.max(...sticky.filter((s) => s <= low + near), -Infinity);
  const ceiling = Math.min(...sticky.filter((s) => s >= high - near), Infinity);
  const extra = (scale.forward(high) - scale.forward(low)) * margin;
  const wide = Number.isFinite(extra) ? extra : 0;
  const limits: Limits = [
    Math.max(scale.inverse(scale.forward(low) - wide), floor),
    Math.min(scale.inverse(scale.forward(high) + wide), ceiling),
  ];
  return scale.name === "log" ? limits : apart(...limits, 1e-12, 1e-13);
}
