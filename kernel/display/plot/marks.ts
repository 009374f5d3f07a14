/** The table of marks: each entry reads its arguments and adds to axes; methods and pyplot functions follow from it. */
import { toJson } from "../../originals.ts";
import { type Artist, quiet } from "./artist.ts";
import { type Bar, BarContainer, Line2D, PathCollection, PolyCollection, SpanLine } from "./artists.ts";
import { type Color, isColor, mapColors, toSvgColor } from "./color.ts";
import {
  type Columns,
  isData,
  isOptions,
  type Names,
  type Numbers,
  requireKnown,
  requireSameLength,
  toColumns,
  toNumbers,
} from "./data.ts";
import { binEdges, histogram } from "./histogram.ts";
import { colors, type LineOptions, lineInk, lineNames, opacity, type PatchOptions, patchInk } from "./ink.ts";
import type { ScaleName } from "./scale.ts";
import { isNoMarker, isOpenMarker, type Marker, parseFormat, requireMarker } from "./style.ts";

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

const scatterNames: Names<ScatterOptions> = {
  label: 1,
  s: 1,
  c: 1,
  color: 1,
  marker: 1,
  alpha: 1,
  edgecolors: 1,
  edgecolor: 1,
  linewidths: 1,
};

export interface BarOptions extends PatchOptions {
  readonly width?: number | Numbers;
  readonly bottom?: number | Numbers;
  readonly align?: "center" | "edge";
  readonly color?: Color | readonly Color[];
}

const patchNames: Names<PatchOptions> = { label: 1, edgecolor: 1, linewidth: 1, alpha: 1 };
const barNames: Names<BarOptions> = { ...patchNames, width: 1, bottom: 1, align: 1, color: 1 };

export interface HistOptions extends PatchOptions {
  /** How many, or where their edges are; 10 by default. */
  readonly bins?: number | Numbers;
  readonly range?: readonly [number, number];
  readonly density?: boolean;
  readonly color?: Color;
  /** The width of a bar, as a part of its bin's. */
  readonly rwidth?: number;
}

const histNames: Names<HistOptions> = { ...patchNames, bins: 1, range: 1, density: 1, color: 1, rwidth: 1 };

export interface AreaOptions extends PatchOptions {
  readonly color?: Color;
  readonly facecolor?: Color;
  /** Where to fill: one boolean for each x. */
  readonly where?: Numbers;
}

const areaNames: Names<AreaOptions> = { ...patchNames, color: 1, facecolor: 1, where: 1 };

/** `[x,] y[, format][, options]`, or several such groups one after the other. */
export type PlotArguments =
  | [y: Columns, format?: string | LineOptions, options?: LineOptions]
  | [x: Numbers, y: Columns, format?: string | LineOptions, options?: LineOptions]
  | [...groups: (Columns | string | LineOptions)[]];

/** The groups `[x,] y[, format]` of a call's arguments. */
function* groups(
  what: string,
  values: readonly unknown[],
): Generator<{ x?: unknown; y: unknown; format: string }> {
  for (let i = 0; i < values.length; ) {
    if (typeof values[i] === "string") {
      throw new TypeError(
        `${what}: argument ${i + 1} is ${toJson(values[i])}: a format must follow the data, as in ${what}(x, y, "r--")`,
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
  requireKnown(target.what, options, lineNames);
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
          String(options.label ?? ""),
          lineInk(target.what, options, format, () => target.nextColor("line")),
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
    requireKnown(what, options, scatterNames);
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
      String(options.label ?? ""),
      {
        marker: isNoMarker(marker) ? "o" : marker,
        edge: edge === "face" ? "face" : toSvgColor(what, edge),
        edgeWidth: options.linewidths ?? (isOpenMarker(marker) ? 1.5 : 1),
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
    requireKnown(what, options, barNames);
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
    const container = new BarContainer(
      bars,
      fills,
      String(options.label ?? ""),
      patchInk(what, fills[0]!, options),
    );
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
    requireKnown(what, options, histNames);
    const values = toNumbers(what, "x", x).filter(Number.isFinite);
    const edges = binEdges(what, values, options.bins ?? 10, options.range);
    const counts = histogram(values, edges, options.density ?? false);
    const inset = (1 - (options.rwidth ?? 1)) / 2;
    const bars = counts.map((top, i): Bar => {
      const gap = (edges[i + 1]! - edges[i]!) * inset;
      return { left: edges[i]! + gap, right: edges[i + 1]! - gap, foot: 0, top };
    });
    const fills = colors(what, options.color, () => target.nextColor("area"));
    const container = new BarContainer(
      bars,
      fills,
      String(options.label ?? ""),
      patchInk(what, fills[0]!, options),
    );
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
    y2: number | Numbers | AreaOptions = 0,
    options: AreaOptions = {},
  ): PolyCollection => {
    const { what } = target;
    if (isOptions(y2)) return marks.fill_between(target, x, y1, 0, y2 as AreaOptions);
    requireKnown(what, options, areaNames);
    const xs = toNumbers(what, "x", x);
    const [a, b] = [
      spread(what, "y1", y1, 0, xs.length),
      spread(what, "y2", y2 as number | Numbers, 0, xs.length),
    ];
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
    const area = new PolyCollection(parts, String(options.label ?? ""), ink);
    target.add(area);
    return area;
  },
};

const isColors = (given: unknown): boolean =>
  isColor(given) ||
  (Array.isArray(given) && given.length > 0 && given.every((c) => typeof c === "string" || Array.isArray(c)));

function spanLine(target: Target, axis: "x" | "y", at: number, options: LineOptions): SpanLine {
  requireKnown(target.what, options, lineNames);
  const [value] = toNumbers(target.what, axis, at);
  const line = new SpanLine(
    axis,
    value ?? Number.NaN,
    String(options.label ?? ""),
    lineInk(target.what, options, {}, () => "#1f77b4"),
  );
  target.add(line);
  return line;
}

type Marks = typeof marks;
export type MarkName = keyof Marks;
type Rest<F> = F extends (target: Target, ...args: infer A) => unknown ? A : never;
/** The marks as methods: the same calls without the target. */
export type MarkMethods = { [K in keyof Marks]: (...args: Rest<Marks[K]>) => ReturnType<Marks[K]> };
