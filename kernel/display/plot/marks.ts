/** The table of marks: each entry reads its arguments and adds to axes; methods and pyplot functions follow from it. */
import { type Artist, quiet } from "./artist.ts";
import {
  type Bar,
  BarContainer,
  Line2D,
  type LineInk,
  type PatchInk,
  PathCollection,
  PolyCollection,
  SpanLine,
} from "./artists.ts";
import { type Color, isColor, mapColors, toSvgColor } from "./color.ts";
import {
  type Columns,
  isData,
  isOptions,
  type Numbers,
  requireKnown,
  requireSameLength,
  toColumns,
  toNumbers,
} from "./data.ts";
import type { ScaleName } from "./scale.ts";
import {
  dashesOf,
  type Format,
  isNoMarker,
  type LineStyle,
  type Marker,
  parseFormat,
  requireMarker,
} from "./style.ts";

/** What a mark sees of the axes it draws on. */
export interface Target {
  /** How the caller wrote the call, for errors: `plt.plot` or `ax.plot`. */
  readonly what: string;
  add(artist: Artist): void;
  /** The next colour of the cycle; lines and areas count apart, as in matplotlib. */
  nextColor(kind: "line" | "area"): string;
  setScale(axis: "x" | "y", scale: ScaleName): void;
  /** Positions of categories along x, which are then labelled. */
  categories(names: readonly string[]): Float64Array;
}

export interface LineOptions {
  readonly label?: string;
  readonly color?: Color;
  readonly c?: Color;
  /** In points; 1.5 by default. */
  readonly linewidth?: number;
  readonly lw?: number;
  readonly linestyle?: LineStyle;
  readonly ls?: LineStyle;
  readonly marker?: Marker;
  /** In points; 6 by default. */
  readonly markersize?: number;
  readonly ms?: number;
  readonly markerfacecolor?: Color;
  readonly mfc?: Color;
  readonly markeredgecolor?: Color;
  readonly mec?: Color;
  readonly markeredgewidth?: number;
  readonly mew?: number;
  /** From 0 (invisible) to 1. */
  readonly alpha?: number;
}

const lineOptions =
  "label color c linewidth lw linestyle ls marker markersize ms markerfacecolor mfc markeredgecolor mec markeredgewidth mew alpha".split(
    " ",
  );

export interface ScatterOptions {
  readonly label?: string;
  /** Areas in square points; 36 by default. */
  readonly s?: number | Numbers;
  /** One colour, one for each point, or numbers for the viridis map. */
  readonly c?: Color | readonly Color[] | Numbers;
  readonly color?: Color | readonly Color[];
  readonly marker?: Marker;
  readonly alpha?: number;
  readonly edgecolors?: Color;
  readonly edgecolor?: Color;
  readonly linewidths?: number;
}

export interface BarOptions {
  readonly label?: string;
  readonly width?: number | Numbers;
  readonly bottom?: number | Numbers;
  readonly align?: "center" | "edge";
  readonly color?: Color | readonly Color[];
  readonly edgecolor?: Color;
  readonly linewidth?: number;
  readonly alpha?: number;
}

export interface HistOptions {
  readonly label?: string;
  /** How many, or where their edges are; 10 by default. */
  readonly bins?: number | Numbers;
  readonly range?: readonly [number, number];
  readonly density?: boolean;
  readonly color?: Color;
  readonly edgecolor?: Color;
  readonly linewidth?: number;
  readonly alpha?: number;
  readonly rwidth?: number;
}

export interface AreaOptions {
  readonly label?: string;
  readonly color?: Color;
  readonly facecolor?: Color;
  readonly edgecolor?: Color;
  readonly linewidth?: number;
  readonly alpha?: number;
  /** Where to fill: one boolean for each x. */
  readonly where?: Numbers;
}

/** `[x,] y[, format][, options]`, or several such groups one after the other. */
export type PlotArguments =
  | [y: Columns, format?: string | LineOptions, options?: LineOptions]
  | [x: Numbers, y: Columns, format?: string | LineOptions, options?: LineOptions]
  | [...groups: (Columns | string | LineOptions)[]];

function opacity(what: string, alpha: unknown): number | undefined {
  if (alpha === undefined || alpha === 1) return undefined;
  if (typeof alpha === "number" && alpha >= 0 && alpha < 1) return alpha;
  throw new TypeError(`${what}: alpha is ${String(alpha)}: it must be a number from 0 to 1`);
}

function lineInk(target: Target, options: LineOptions, format: Format, fallback: () => string): LineInk {
  const { what } = target;
  const given = options.color ?? options.c ?? format.color;
  const color = given === undefined ? fallback() : toSvgColor(what, given);
  const marker = options.marker ?? format.marker ?? "";
  requireMarker(what, marker);
  const style =
    options.linestyle ?? options.ls ?? format.linestyle ?? (format.marker === undefined ? "-" : "none");
  const one = (...colors: (Color | undefined)[]) => {
    const found = colors.find((c) => c !== undefined);
    return found === undefined ? color : toSvgColor(what, found);
  };
  return {
    color,
    width: options.linewidth ?? options.lw ?? 1.5,
    dashes: dashesOf(what, style),
    opacity: opacity(what, options.alpha),
    marker,
    markerSize: options.markersize ?? options.ms ?? 6,
    markerFill: one(options.markerfacecolor, options.mfc),
    markerEdge:
      marker === "." || marker === ","
        ? one(options.markeredgecolor, options.mec)
        : one(options.markeredgecolor, options.mec),
    markerEdgeWidth: options.markeredgewidth ?? options.mew ?? 1,
  };
}

/** The groups `[x,] y[, format]` of a call's arguments. */
function* groups(
  what: string,
  values: readonly unknown[],
): Generator<{ x?: unknown; y: unknown; format: string }> {
  for (let i = 0; i < values.length; ) {
    if (typeof values[i] === "string") {
      throw new TypeError(
        `${what}: argument ${i + 1} is ${JSON.stringify(values[i])}: a format must follow the data, as in ${what}(x, y, "r--")`,
      );
    }
    const data: unknown[] = [];
    while (i < values.length && data.length < 2 && typeof values[i] !== "string") {
      if (!isData(values[i])) {
        throw new TypeError(
          `${what}: argument ${i + 1} is ${String(values[i])}: it must be an array, tensor or other iterable of numbers`,
        );
      }
      data.push(values[i++]);
    }
    const format = typeof values[i] === "string" ? (values[i++] as string) : "";
    yield data.length === 2 ? { x: data[0], y: data[1], format } : { y: data[0], format };
  }
}

function drawLines(target: Target, all: readonly unknown[]): Line2D[] {
  const last = all.at(-1);
  const options: LineOptions = all.length > 0 && isOptions(last) ? last : {};
  const values = options === last ? all.slice(0, -1) : all;
  requireKnown(target.what, options, lineOptions);
  if (values.length === 0)
    throw new TypeError(`${target.what}: no data was given: write ${target.what}(y) or ${target.what}(x, y)`);
  const lines: Line2D[] = [];
  for (const group of groups(target.what, values)) {
    const format = group.format === "" ? {} : parseFormat(target.what, group.format);
    const columns = toColumns(target.what, "y", group.y);
    const xs =
      group.x === undefined
        ? [Float64Array.from(columns[0]!, (_, i) => i)]
        : toColumns(target.what, "x", group.x);
    for (let i = 0; i < Math.max(columns.length, xs.length); i++) {
      const x = xs[i % xs.length]!;
      const y = columns[i % columns.length]!;
      requireSameLength(target.what, "x", x, "y", y);
      lines.push(
        new Line2D(
          x,
          y,
          options.label ?? "",
          lineInk(target, options, format, () => target.nextColor("line")),
        ),
      );
    }
  }
  for (const line of lines) target.add(line);
  return quiet(lines);
}

const withScale = (target: Target, x: ScaleName, y: ScaleName, args: PlotArguments): Line2D[] => {
  const lines = drawLines(target, args);
  if (x === "log") target.setScale("x", x);
  if (y === "log") target.setScale("y", y);
  return lines;
};

/** One colour, or several that are used in turn. */
function colors(what: string, given: unknown, fallback: () => string): string[] {
  if (given === undefined) return [fallback()];
  if (isColor(given) || typeof given === "string") return [toSvgColor(what, given)];
  if (Array.isArray(given) && given.length > 0) return given.map((c) => toSvgColor(what, c));
  return [toSvgColor(what, given)];
}

function patchInk(
  what: string,
  fill: string,
  options: { edgecolor?: Color; linewidth?: number; alpha?: number },
): PatchInk {
  const edge = options.edgecolor === undefined ? "none" : toSvgColor(what, options.edgecolor);
  return { fill, edge, edgeWidth: options.linewidth ?? 1, opacity: opacity(what, options.alpha) };
}

const spread = (
  what: string,
  name: string,
  value: number | Numbers | undefined,
  fallback: number,
  length: number,
): Float64Array => {
  const row = toNumbers(what, name, value ?? fallback);
  if (row.length === 1 && length !== 1) return new Float64Array(length).fill(row[0]!);
  return row;
};

const isNames = (x: unknown): x is readonly string[] =>
  Array.isArray(x) && x.length > 0 && x.every((v) => typeof v === "string");

/** The edges of equal bins over the data, as numpy.histogram_bin_edges. */
function binEdges(what: string, values: Float64Array, options: HistOptions): Float64Array {
  const { bins = 10 } = options;
  if (typeof bins !== "number") return toNumbers(what, "bins", bins);
  if (!Number.isInteger(bins) || bins < 1)
    throw new TypeError(`${what}: bins is ${bins}: it must be a positive integer or an array of edges`);
  const data = options.range ?? extent(values);
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

function histogram(values: Float64Array, edges: Float64Array, density: boolean): number[] {
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

export const marks = {
  /** Lines or markers: `plot(y)`, `plot(x, y)`, `plot(x, y, "r--o", { label })`. Gives the lines. As matplotlib's `plot`. */
  plot: (target: Target, ...args: PlotArguments): Line2D[] => drawLines(target, args),

  /** `plot` with a logarithmic y axis. */
  semilogy: (target: Target, ...args: PlotArguments): Line2D[] => withScale(target, "linear", "log", args),

  /** `plot` with a logarithmic x axis. */
  semilogx: (target: Target, ...args: PlotArguments): Line2D[] => withScale(target, "log", "linear", args),

  /** `plot` with both axes logarithmic. */
  loglog: (target: Target, ...args: PlotArguments): Line2D[] => withScale(target, "log", "log", args),

  /** Points whose size and colour may differ. As matplotlib's `scatter`. */
  scatter: (target: Target, x: Numbers, y: Numbers, options: ScatterOptions = {}): PathCollection => {
    const { what } = target;
    requireKnown(what, options, "label s c color marker alpha edgecolors edgecolor linewidths".split(" "));
    const xs = toNumbers(what, "x", x);
    const ys = toNumbers(what, "y", y);
    requireSameLength(what, "x", xs, "y", ys);
    const given = options.c ?? options.color;
    const numeric = given !== undefined && typeof given !== "string" && isData(given) && !isColors(given);
    const values = numeric ? toNumbers(what, "c", given) : null;
    if (values) requireSameLength(what, "x", xs, "c", values);
    const fills = values ? mapColors(values) : colors(what, given, () => target.nextColor("area"));
    const edge = options.edgecolors ?? options.edgecolor ?? "face";
    const marker = options.marker ?? "o";
    requireMarker(what, marker);
    const collection = new PathCollection(
      xs,
      ys,
      toNumbers(what, "s", options.s ?? 36),
      fills,
      options.label ?? "",
      {
        marker: isNoMarker(marker) ? "o" : marker,
        edge: edge === "face" ? "face" : toSvgColor(what, edge),
        edgeWidth: options.linewidths ?? 1.5,
        opacity: opacity(what, options.alpha),
      },
    );
    target.add(collection);
    return collection;
  },

  /** Upright bars at numbers or at named categories. As matplotlib's `bar`. */
  bar: (
    target: Target,
    x: Numbers | readonly string[],
    height: number | Numbers,
    options: BarOptions = {},
  ): BarContainer => {
    const { what } = target;
    requireKnown(what, options, "label width bottom align color edgecolor linewidth alpha".split(" "));
    const xs = isNames(x) ? target.categories(x) : toNumbers(what, "x", x);
    const heights = spread(what, "height", height, 0, xs.length);
    requireSameLength(what, "x", xs, "height", heights);
    const widths = spread(what, "width", options.width, 0.8, xs.length);
    const feet = spread(what, "bottom", options.bottom, 0, xs.length);
    const shift = options.align === "edge" ? 0 : 0.5;
    const bars = Array.from(xs, (at, i): Bar => {
      const left = at - widths[i]! * shift;
      return { left, right: left + widths[i]!, foot: feet[i]!, top: feet[i]! + heights[i]! };
    });
    const fills = colors(what, options.color, () => target.nextColor("area"));
    const container = new BarContainer(bars, fills, options.label ?? "", patchInk(what, fills[0]!, options));
    target.add(container);
    return container;
  },

  /** A histogram: gives counts, bin edges and the bars. As matplotlib's `hist`. */
  hist: (
    target: Target,
    x: Numbers,
    options: HistOptions = {},
  ): [counts: number[], edges: number[], bars: BarContainer] => {
    const { what } = target;
    requireKnown(what, options, "label bins range density color edgecolor linewidth alpha rwidth".split(" "));
    const values = toNumbers(what, "x", x).filter(Number.isFinite);
    const edges = binEdges(what, values, options);
    const counts = histogram(values, edges, options.density ?? false);
    const inset = (1 - (options.rwidth ?? 1)) / 2;
    const bars = counts.map((top, i): Bar => {
      const gap = (edges[i + 1]! - edges[i]!) * inset;
      return { left: edges[i]! + gap, right: edges[i + 1]! - gap, foot: 0, top };
    });
    const fills = colors(what, options.color, () => target.nextColor("area"));
    const container = new BarContainer(bars, fills, options.label ?? "", patchInk(what, fills[0]!, options));
    target.add(container);
    return quiet([counts, Array.from(edges), container]);
  },

  /** A level line across the axes. As matplotlib's `axhline`. */
  axhline: (target: Target, y: number = 0, options: LineOptions = {}): SpanLine =>
    spanLine(target, "y", y, options),

  /** An upright line across the axes. As matplotlib's `axvline`. */
  axvline: (target: Target, x: number = 0, options: LineOptions = {}): SpanLine =>
    spanLine(target, "x", x, options),

  /** The area between `y1` and `y2` (0 when left out). As matplotlib's `fill_between`. */
  fill_between: (
    target: Target,
    x: Numbers,
    y1: number | Numbers,
    y2: number | Numbers = 0,
    options: AreaOptions = {},
  ): PolyCollection => {
    const { what } = target;
    if (isOptions(y2)) return marks.fill_between(target, x, y1, 0, y2 as AreaOptions);
    requireKnown(what, options, "label color facecolor edgecolor linewidth alpha where".split(" "));
    const xs = toNumbers(what, "x", x);
    const [a, b] = [spread(what, "y1", y1, 0, xs.length), spread(what, "y2", y2, 0, xs.length)];
    requireSameLength(what, "x", xs, "y1", a);
    requireSameLength(what, "x", xs, "y2", b);
    const where = options.where === undefined ? null : toNumbers(what, "where", options.where);
    if (where) requireSameLength(what, "x", xs, "where", where);
    const shown = (i: number) => [xs[i]!, a[i]!, b[i]!].every(Number.isFinite) && where?.[i] !== 0;
    const parts: { xs: Float64Array; low: Float64Array; high: Float64Array }[] = [];
    for (let i = 0; i < xs.length; i++) {
      const start = i;
      while (i < xs.length && shown(i)) i++;
      if (i > start) parts.push({ xs: xs.slice(start, i), low: a.slice(start, i), high: b.slice(start, i) });
    }
    const fill = options.facecolor ?? options.color;
    const ink = patchInk(
      what,
      fill === undefined ? target.nextColor("area") : toSvgColor(what, fill),
      options,
    );
    const area = new PolyCollection(parts, options.label ?? "", ink);
    target.add(area);
    return area;
  },
};

const isColors = (given: unknown): boolean =>
  isColor(given) ||
  (Array.isArray(given) && given.length > 0 && given.every((c) => typeof c === "string" || Array.isArray(c)));

function spanLine(target: Target, axis: "x" | "y", at: number, options: LineOptions): SpanLine {
  requireKnown(target.what, options, lineOptions);
  const [value] = toNumbers(target.what, axis, at);
  const line = new SpanLine(
    axis,
    value ?? Number.NaN,
    options.label ?? "",
    lineInk(target, options, {}, () => "#1f77b4"),
  );
  target.add(line);
  return line;
}

type Marks = typeof marks;
export type MarkName = keyof Marks;
type Rest<F> = F extends (target: Target, ...args: infer A) => unknown ? A : never;
/** The marks as methods: the same calls without the target. */
export type MarkMethods = { [K in keyof Marks]: (...args: Rest<Marks[K]>) => ReturnType<Marks[K]> };
