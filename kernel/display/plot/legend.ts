/** The legend: its size, its best place, and its picture. */
import type { Artist, Obstacles, View } from "./artist.ts";
import type { Names } from "./data.ts";
import { element } from "./svg.ts";
import { type Box, drawText, measureText } from "./text.ts";

/** In the order in which `best` tries them. */
export const locations = [
  "best",
  "upper right",
  "upper left",
  "lower left",
  "lower right",
  "right",
  "center left",
  "center right",
  "lower center",
  "upper center",
  "center",
] as const;
export type LegendLocation = (typeof locations)[number];

export interface LegendOptions {
  readonly loc?: LegendLocation;
  /** Points; 10 by default. */
  readonly fontsize?: number;
  readonly title?: string;
  readonly ncol?: number;
  readonly ncols?: number;
  readonly frameon?: boolean;
  readonly framealpha?: number;
}

export const legendNames: Names<LegendOptions> = {
  loc: 1,
  fontsize: 1,
  title: 1,
  ncol: 1,
  ncols: 1,
  frameon: 1,
  framealpha: 1,
};

interface Entry {
  readonly artist: Artist;
  readonly label: string;
  readonly width: number;
  readonly height: number;
  readonly ascent: number;
}

/** The artists in a legend with their texts: all that have a label, or `labels` in the order of drawing. */
function entriesOf(artists: readonly Artist[], labels: readonly string[] | undefined, size: number): Entry[] {
  const shown = labels
    ? artists.slice(0, labels.length).map((artist, i) => ({ artist, label: labels[i]! }))
    : artists.map((artist) => ({ artist, label: artist.label }));
  return shown
    .filter(({ label }) => label !== "" && !label.startsWith("_"))
    .map((entry) => ({ ...entry, ...measureText(entry.label, size) }));
}

/** Draws a legend within the axes of `view`; nothing when no artist has a label. */
export function drawLegend(
  artists: readonly Artist[],
  options: LegendOptions & { readonly labels?: readonly string[] },
  view: View,
): { svg: string; box: Box | null } {
  const em = (options.fontsize ?? 10) * view.point;
  const entries = entriesOf(artists, options.labels, em);
  if (entries.length === 0) return { svg: "", box: null };
  const columns = Math.max(1, Math.min(options.ncols ?? options.ncol ?? 1, entries.length));
  const rows = Math.ceil(entries.length / columns);
  const grid = Array.from({ length: columns }, (_, c) => entries.slice(c * rows, (c + 1) * rows)).filter(
    (c) => c.length > 0,
  );
  const widths = grid.map((column) => 2.8 * em + Math.max(...column.map((e) => e.width)));
  const most = (r: number, of: (entry: Entry) => number): number =>
    Math.max(...grid.map((column) => (column[r] ? of(column[r]) : 0)));
  const ascents = Array.from({ length: rows }, (_, r) => most(r, (e) => e.ascent));
  const heights = ascents.map((ascent, r) => ascent + most(r, (e) => e.height - e.ascent));
  const title = options.title ? measureText(options.title, em) : null;
  const titleHeight = title ? title.height + 0.5 * em : 0;
  const inner = Math.max(widths.reduce((a, b) => a + b, 0) + 2 * em * (grid.length - 1), title?.width ?? 0);
  const width = inner + 0.8 * em;
  const height = heights.reduce((a, b) => a + b, 0) + 0.5 * em * (rows - 1) + 0.8 * em + titleHeight;
  const { x, y } = placeOf(options.loc ?? "best", width, height, 0.5 * em, artists, view);

  let svg =
    options.frameon === false ? "" : frame(x, y, width, height, em, view.point, options.framealpha ?? 0.8);
  if (options.title)
    svg += drawText(options.title, x + width / 2, y + 0.4 * em, {
      size: em,
      align: "center",
      valign: "top",
    }).svg;
  let left = x + 0.4 * em;
  for (const [c, column] of grid.entries()) {
    let top = y + 0.4 * em + titleHeight;
    for (const [r, entry] of column.entries()) {
      const baseline = top + ascents[r]!;
      const handle: Box = { left, right: left + 2 * em, top: baseline - 0.7 * em, bottom: baseline };
      svg += entry.artist.key(handle, view.point);
      svg += drawText(entry.label, left + 2.8 * em, baseline, { size: em }).svg;
      top += heights[r]! + 0.5 * em;
    }
    left += widths[c]! + 2 * em;
  }
  return {
    svg: element("g", { class: "legend" }, svg),
    box: { left: x, top: y, right: x + width, bottom: y + height },
  };
}

function frame(
  x: number,
  y: number,
  width: number,
  height: number,
  em: number,
  point: number,
  alpha: number,
): string {
  return element("rect", {
    x,
    y,
    width,
    height,
    rx: 0.2 * em,
    fill: "#fff",
    stroke: "#ccc",
    "stroke-width": point,
    opacity: alpha,
  });
}

function placeOf(
  loc: LegendLocation,
  width: number,
  height: number,
  gap: number,
  artists: readonly Artist[],
  view: View,
): { x: number; y: number } {
  if (loc !== "best") return corner(loc, width, height, gap, view.box);
  const obstacles = artists.map((a) => a.obstacles(view));
  let best = { x: 0, y: 0 };
  let least = Infinity;
  for (const candidate of locations.slice(1)) {
    const at = corner(candidate, width, height, gap, view.box);
    const box = { left: at.x, top: at.y, right: at.x + width, bottom: at.y + height };
    const bad = obstacles.reduce((sum, o) => sum + badness(o, box), 0);
    if (bad < least) {
      least = bad;
      best = at;
    }
    if (bad === 0) break;
  }
  return best;
}

function corner(
  loc: LegendLocation,
  width: number,
  height: number,
  gap: number,
  box: Box,
): { x: number; y: number } {
  const x = /left/.test(loc)
    ? box.left + gap
    : /right/.test(loc)
      ? box.right - gap - width
      : (box.left + box.right - width) / 2;
  const y = /upper/.test(loc)
    ? box.top + gap
    : /lower/.test(loc)
      ? box.bottom - gap - height
      : (box.top + box.bottom - height) / 2;
  return { x, y };
}

/** How much a legend in `box` would hide: vertices and points in it, lines through it, boxes under it. */
function badness({ points, lines = [], boxes = [] }: Obstacles, box: Box): number {
  let sum = points ? countInside(points, box) : 0;
  for (const line of lines) sum += countInside(line, box) + (crosses(line, box) ? 1 : 0);
  for (const b of boxes) {
    if (b.left < box.right && b.right > box.left && b.top < box.bottom && b.bottom > box.top) sum++;
  }
  return sum;
}

function countInside(points: Float64Array, box: Box): number {
  let count = 0;
  for (let i = 0; i < points.length; i += 2) {
    const [x, y] = [points[i]!, points[i + 1]!];
    if (x > box.left && x < box.right && y > box.top && y < box.bottom) count++;
  }
  return count;
}

function crosses(line: Float64Array, box: Box): boolean {
  for (let i = 0; i + 3 < line.length; i += 2) {
    if (segmentMeets(line[i]!, line[i + 1]!, line[i + 2]!, line[i + 3]!, box)) return true;
  }
  return false;
}

/** Liang–Barsky: whether any part of the segment from (x0, y0) to (x1, y1) lies in the box. */
function segmentMeets(x0: number, y0: number, x1: number, y1: number, box: Box): boolean {
  let from = 0;
  let to = 1;
  const sides: readonly (readonly [number, number])[] = [
    [x0 - x1, x0 - box.left],
    [x1 - x0, box.right - x0],
    [y0 - y1, y0 - box.top],
    [y1 - y0, box.bottom - y0],
  ];
  for (const [p, q] of sides) {
    if (p === 0) {
      if (q < 0) return false;
    } else if (p < 0) from = Math.max(from, q / p);
    else to = Math.min(to, q / p);
  }
  return from <= to;
}
