/** The options that marks share, read into ink: colours, widths, dashes and markers, all checked. */
import type { LineInk, PatchInk } from "./artists.ts";
import { type Color, isColor, toSvgColor } from "./color.ts";
import type { Names } from "./data.ts";
import { dashesOf, type Format, type LineStyle, type Marker, requireMarker } from "./style.ts";

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

export const lineNames: Names<LineOptions> = {
  label: 1,
  color: 1,
  c: 1,
  linewidth: 1,
  lw: 1,
  linestyle: 1,
  ls: 1,
  marker: 1,
  markersize: 1,
  ms: 1,
  markerfacecolor: 1,
  mfc: 1,
  markeredgecolor: 1,
  mec: 1,
  markeredgewidth: 1,
  mew: 1,
  alpha: 1,
};

export interface PatchOptions {
  readonly label?: string;
  readonly edgecolor?: Color;
  /** Of the edge, in points. */
  readonly linewidth?: number;
  /** From 0 (invisible) to 1. */
  readonly alpha?: number;
}

/** An `alpha` that is not 1. */
export function opacity(what: string, alpha: unknown): number | undefined {
  if (alpha === undefined || alpha === 1) return undefined;
  if (typeof alpha === "number" && alpha >= 0 && alpha < 1) return alpha;
  throw new TypeError(`${what}: alpha is ${String(alpha)}: it must be a number from 0 to 1`);
}

/** A line's ink; `fallback` gives the colour when none was given. */
export function lineInk(what: string, options: LineOptions, format: Format, fallback: () => string): LineInk {
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
    markerEdge: one(options.markeredgecolor, options.mec),
    markerEdgeWidth: options.markeredgewidth ?? options.mew ?? 1,
  };
}

/** One colour, or several that are used in turn. */
export function colors(what: string, given: unknown, fallback: () => string): string[] {
  if (given === undefined) return [fallback()];
  if (isColor(given) || typeof given === "string") return [toSvgColor(what, given)];
  if (Array.isArray(given) && given.length > 0) return given.map((c) => toSvgColor(what, c));
  return [toSvgColor(what, given)];
}

/** The ink of bars and areas. */
export function patchInk(what: string, fill: string, options: PatchOptions): PatchInk {
  const edge = options.edgecolor === undefined ? "none" : toSvgColor(what, options.edgecolor);
  return { fill, edge, edgeWidth: options.linewidth ?? 1, opacity: opacity(what, options.alpha) };
}
