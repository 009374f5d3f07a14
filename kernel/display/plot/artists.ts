/** The things that marks add to axes: lines, points, bars and areas. */
import { type Artist, type Obstacles, printsAs, quiet, type View } from "./artist.ts";
import { emptyInterval, type Interval, intervalOf, unite } from "./scale.ts";
import { simplify } from "./simplify.ts";
import { drawMarker, drawMarkers, isNoMarker, type MarkerStyle } from "./style.ts";
import { element, number, polyline, snap } from "./svg.ts";
import type { Box } from "./text.ts";

const middleY = (box: Box): number => (box.top + box.bottom) / 2;

/** The ink of a line; widths and sizes in points. */
export interface LineInk {
  readonly color: string;
  readonly width: number;
  /** In units of the width; null draws no line. */
  readonly dashes: readonly number[] | null;
  readonly opacity?: number | undefined;
  readonly marker: string;
  readonly markerSize: number;
  readonly markerFill: string;
  readonly markerEdge: string;
  readonly markerEdgeWidth: number;
}

function strokeOf(ink: LineInk, point: number) {
  const width = ink.width * point;
  const dashed = ink.dashes && ink.dashes.length > 0;
  return {
    fill: "none",
    stroke: ink.color,
    "stroke-width": width,
    "stroke-linejoin": "round",
    "stroke-linecap": dashed ? undefined : "square",
    "stroke-dasharray": dashed ? ink.dashes.map((d) => number(d * width)).join(" ") : undefined,
    "stroke-opacity": ink.opacity,
  };
}

const markerOf = (ink: LineInk, point: number): MarkerStyle => ({
  marker: ink.marker,
  size: ink.markerSize * point,
  fill: ink.markerFill,
  edge: ink.markerEdge,
  edgeWidth: ink.markerEdgeWidth * point,
  opacity: ink.opacity,
});

/** Data points as pixels `x0, y0, x1, y1, …`; NaN where either is not finite. */
function project(view: View, xs: Float64Array, ys: Float64Array): Float64Array {
  const points = new Float64Array(2 * xs.length);
  for (let i = 0; i < xs.length; i++) {
    const finite = Number.isFinite(xs[i]!) && Number.isFinite(ys[i]!);
    points[2 * i] = finite ? view.x(xs[i]!) : Number.NaN;
    points[2 * i + 1] = finite ? view.y(ys[i]!) : Number.NaN;
  }
  return points;
}

/** A polyline with or without markers. As matplotlib.lines.Line2D. */
export class Line2D implements Artist {
  readonly zorder = 2;
  readonly x: Interval;
  readonly y: Interval;
  label: string;
  readonly #xs: Float64Array;
  readonly #ys: Float64Array;
  readonly #ink: LineInk;

  constructor(xs: Float64Array, ys: Float64Array, label: string, ink: LineInk) {
    this.#xs = xs;
    this.#ys = ys;
    this.x = intervalOf(xs, ys);
    this.y = intervalOf(ys, xs);
    this.label = label;
    this.#ink = ink;
  }

  get_xdata(): number[] {
    return Array.from(this.#xs);
  }
  get_ydata(): number[] {
    return Array.from(this.#ys);
  }
  get_label(): string {
    return this.label;
  }
  set_label(label: string): void {
    this.label = label;
  }
  get_color(): string {
    return this.#ink.color;
  }

  draw(view: View): string {
    const points = project(view, this.#xs, this.#ys);
    let svg = "";
    if (this.#ink.dashes && this.#ink.width > 0) {
      const d = simplify(points, view.box)
        .map((part) => polyline(part))
        .join("");
      if (d !== "") svg += element("path", { d, ...strokeOf(this.#ink, view.point) });
    }
    if (!isNoMarker(this.#ink.marker))
      svg += drawMarkers(markerOf(this.#ink, view.point), visible(points, view.box));
    return svg;
  }

  key(box: Box, point: number): string {
    const y = middleY(box);
    const line = this.#ink.dashes && this.#ink.width > 0;
    const stroke = line
      ? element("path", {
          d: `M${number(box.left)} ${number(y)}H${number(box.right)}`,
          ...strokeOf(this.#ink, point),
          "stroke-linecap": undefined,
        })
      : "";
    const marker = isNoMarker(this.#ink.marker)
      ? ""
      : drawMarker(markerOf(this.#ink, point), (box.left + box.right) / 2, y);
    return stroke + marker;
  }

  obstacles(view: View): Obstacles {
    return { lines: simplify(project(view, this.#xs, this.#ys), view.box) };
  }
}

/** The points in or near a box; NaN and far ones are left out. */
function visible(points: Float64Array, box: Box, margin = 30): Float64Array {
  const kept: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    if (
      x >= box.left - margin &&
      x <= box.right + margin &&
      y >= box.top - margin &&
      y <= box.bottom + margin
    )
      kept.push(x, y);
  }
  return Float64Array.from(kept);
}

/** A line across the whole axes at one value. Its own direction does not move the limits. */
export class SpanLine implements Artist {
  readonly zorder = 2;
  readonly x: Interval | null;
  readonly y: Interval | null;
  label: string;
  readonly #axis: "x" | "y";
  readonly #at: number;
  readonly #ink: LineInk;

  constructor(axis: "x" | "y", at: number, label: string, ink: LineInk) {
    this.#axis = axis;
    this.#at = at;
    this.x = axis === "x" ? intervalOf([at]) : null;
    this.y = axis === "y" ? intervalOf([at]) : null;
    this.label = label;
    this.#ink = ink;
  }

  draw(view: View): string {
    if (!this.#ink.dashes || !Number.isFinite(this.#at)) return "";
    const { left, right, top, bottom } = view.box;
    const d =
      this.#axis === "x"
        ? `M${number(snap(view.x(this.#at)))} ${number(bottom)}V${number(top)}`
        : `M${number(left)} ${number(snap(view.y(this.#at)))}H${number(right)}`;
    return element("path", { d, ...strokeOf(this.#ink, view.point), "stroke-linecap": undefined });
  }

  key(box: Box, point: number): string {
    const d = `M${number(box.left)} ${number(middleY(box))}H${number(box.right)}`;
    return element("path", { d, ...strokeOf(this.#ink, point), "stroke-linecap": undefined });
  }

  obstacles(view: View): Obstacles {
    const { left, right, top, bottom } = view.box;
    const x = view.x(this.#at);
    const y = view.y(this.#at);
    return { lines: [Float64Array.from(this.#axis === "x" ? [x, bottom, x, top] : [left, y, right, y])] };
  }
}

/** Points of a scatter plot; sizes in square points, one or one each, and so the colours. */
export class PathCollection implements Artist {
  readonly zorder = 1;
  readonly x: Interval;
  readonly y: Interval;
  label: string;
  readonly #xs: Float64Array;
  readonly #ys: Float64Array;
  readonly #sizes: Float64Array;
  readonly #fills: readonly string[];
  readonly #ink: {
    readonly marker: string;
    readonly edge: string;
    readonly edgeWidth: number;
    readonly opacity?: number | undefined;
  };

  constructor(
    xs: Float64Array,
    ys: Float64Array,
    sizes: Float64Array,
    fills: readonly string[],
    label: string,
    ink: { marker: string; edge: string; edgeWidth: number; opacity?: number | undefined },
  ) {
    this.#xs = xs;
    this.#ys = ys;
    this.#sizes = sizes;
    this.#fills = fills;
    this.x = intervalOf(xs, ys);
    this.y = intervalOf(ys, xs);
    this.label = label;
    this.#ink = ink;
  }

  #style(i: number, point: number): MarkerStyle {
    const fill = this.#fills[i % this.#fills.length]!;
    const { marker, edge, edgeWidth, opacity } = this.#ink;
    const size = Math.sqrt(this.#sizes[i % this.#sizes.length]!) * point;
    return { marker, size, fill, edge: edge === "face" ? fill : edge, edgeWidth: edgeWidth * point, opacity };
  }

  draw(view: View): string {
    const points = project(view, this.#xs, this.#ys);
    if (this.#fills.length === 1 && this.#sizes.length === 1)
      return drawMarkers(this.#style(0, view.point), visible(points, view.box));
    const each: string[] = [];
    for (let i = 0; i < this.#xs.length; i++) {
      const [at] = [visible(points.subarray(2 * i, 2 * i + 2), view.box)];
      if (at.length === 2) each.push(drawMarker(this.#style(i, view.point), at[0]!, at[1]!));
    }
    return each.join("");
  }

  key(box: Box, point: number): string {
    return drawMarker(this.#style(0, point), (box.left + box.right) / 2, middleY(box));
  }

  obstacles(view: View): Obstacles {
    return { points: project(view, this.#xs, this.#ys) };
  }
}

export interface PatchInk {
  readonly fill: string;
  readonly edge: string;
  readonly edgeWidth: number;
  readonly opacity?: number | undefined;
}

const patchAttributes = (ink: PatchInk, point: number) => ({
  fill: ink.fill,
  opacity: ink.opacity,
  stroke: ink.edge === "none" ? undefined : ink.edge,
  "stroke-width": ink.edge === "none" ? undefined : ink.edgeWidth * point,
});

const patchKey = (ink: PatchInk, box: Box, point: number): string =>
  element("rect", {
    x: box.left,
    y: box.top,
    width: box.right - box.left,
    height: box.bottom - box.top,
    ...patchAttributes(ink, point),
  });

/** One bar in data coordinates. */
export interface Bar {
  readonly left: number;
  readonly right: number;
  readonly foot: number;
  readonly top: number;
}

/** The bars of `bar` and `hist`; they stand on their foot without a margin. */
export class BarContainer implements Artist {
  readonly zorder = 1;
  readonly x: Interval;
  readonly y: Interval;
  readonly stickyY: readonly number[];
  label: string;
  readonly #bars: readonly Bar[];
  readonly #fills: readonly string[];
  readonly #ink: PatchInk;

  constructor(bars: readonly Bar[], fills: readonly string[], label: string, ink: PatchInk) {
    this.#bars = bars;
    this.#fills = fills;
    this.x = intervalOf(bars.flatMap((b) => [b.left, b.right]));
    this.y = intervalOf(bars.flatMap((b) => [b.foot, b.top]));
    this.stickyY = [...new Set(bars.map((b) => b.foot))];
    this.label = label;
    this.#ink = ink;
  }

  get length(): number {
    return this.#bars.length;
  }

  #boxes(view: View): Box[] {
    return this.#bars.map((b) => {
      const [left, right] = [view.x(b.left), view.x(b.right)].sort((p, q) => p - q) as [number, number];
      const [top, bottom] = [view.y(b.top), view.y(b.foot)].sort((p, q) => p - q) as [number, number];
      const clamp = (v: number) => Math.max(-1e5, Math.min(1e5, v));
      return { left: clamp(left), right: clamp(right), top: clamp(top), bottom: clamp(bottom) };
    });
  }

  draw(view: View): string {
    return this.#boxes(view)
      .map((box, i) => {
        if (![box.left, box.right, box.top, box.bottom].every(Number.isFinite)) return "";
        return patchKey({ ...this.#ink, fill: this.#fills[i % this.#fills.length]! }, box, view.point);
      })
      .join("");
  }

  key(box: Box, point: number): string {
    return patchKey({ ...this.#ink, fill: this.#fills[0] ?? this.#ink.fill }, box, point);
  }

  obstacles(view: View): Obstacles {
    return { boxes: this.#boxes(view) };
  }
}

/** The area between two curves over the same x. */
export class PolyCollection implements Artist {
  readonly zorder = 1;
  readonly x: Interval;
  readonly y: Interval;
  label: string;
  readonly #parts: readonly {
    readonly xs: Float64Array;
    readonly low: Float64Array;
    readonly high: Float64Array;
  }[];
  readonly #ink: PatchInk;

  constructor(
    parts: readonly { xs: Float64Array; low: Float64Array; high: Float64Array }[],
    label: string,
    ink: PatchInk,
  ) {
    this.#parts = parts;
    this.x = parts.reduce((all, p) => unite(all, intervalOf(p.xs)), emptyInterval);
    this.y = parts.reduce(
      (all, p) => unite(unite(all, intervalOf(p.low)), intervalOf(p.high)),
      emptyInterval,
    );
    this.label = label;
    this.#ink = ink;
  }

  #outlines(view: View): Float64Array[] {
    return this.#parts.map(({ xs, low, high }) => {
      const back = project(view, xs.toReversed(), high.toReversed());
      const points = new Float64Array(4 * xs.length);
      points.set(project(view, xs, low));
      points.set(back, 2 * xs.length);
      return points.map((p) => Math.max(-1e6, Math.min(1e6, p)));
    });
  }

  draw(view: View): string {
    const d = this.#outlines(view)
      .map((outline) => polyline(outline, true))
      .join("");
    return d === "" ? "" : element("path", { d, ...patchAttributes(this.#ink, view.point) });
  }

  key(box: Box, point: number): string {
    return patchKey(this.#ink, box, point);
  }

  obstacles(view: View): Obstacles {
    return { lines: this.#outlines(view) };
  }
}

for (const kind of [Line2D, SpanLine, PathCollection, BarContainer, PolyCollection]) {
  quiet(kind.prototype);
  const name = kind === SpanLine ? "Line2D" : kind.name;
  printsAs(kind.prototype, (self: Artist) => (self.label ? `${name}(${self.label})` : `<${name}>`));
}
