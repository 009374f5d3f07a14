/** Line styles, markers and format strings such as `"r--o"`. */
import { toJson } from "../../originals.ts";
import { letters, toSvgColor } from "./color.ts";
import { element, number, polyline } from "./svg.ts";

export type LineStyle =
  | "-"
  | "--"
  | "-."
  | ":"
  | ""
  | " "
  | "None"
  | "none"
  | "solid"
  | "dashed"
  | "dashdot"
  | "dotted";
export type Marker =
  | ""
  | "None"
  | "none"
  | "."
  | ","
  | "o"
  | "v"
  | "^"
  | "<"
  | ">"
  | "s"
  | "p"
  | "P"
  | "*"
  | "h"
  | "H"
  | "8"
  | "+"
  | "x"
  | "X"
  | "D"
  | "d"
  | "|"
  | "_";

/** Dashes in units of the line width; null draws nothing. */
const dashes: Readonly<Record<string, readonly number[] | null>> = {
  "-": [],
  solid: [],
  "--": [3.7, 1.6],
  dashed: [3.7, 1.6],
  "-.": [6.4, 1.6, 1, 1.6],
  dashdot: [6.4, 1.6, 1, 1.6],
  ":": [1, 1.65],
  dotted: [1, 1.65],
  "": null,
  " ": null,
  none: null,
  None: null,
};

/** A line style's dashes; an unknown style is an error that names `what`. */
export function dashesOf(what: string, style: string): readonly number[] | null {
  if (Object.hasOwn(dashes, style)) return dashes[style]!;
  throw new TypeError(`${what}: linestyle is ${toJson(style)}: it must be "-", "--", "-.", ":" or "none"`);
}

/** Corners of a regular polygon (or star) on the unit circle, first one up. */
const ring = (corners: number, radius: (i: number) => number = () => 1, turn = 0): number[] =>
  Array.from({ length: corners }, (_, i) => {
    const angle = (2 * Math.PI * i) / corners + turn;
    return [Math.sin(angle) * radius(i), -Math.cos(angle) * radius(i)];
  }).flat();

const cross = [-1, -3, 1, -3, 1, -1, 3, -1, 3, 1, 1, 1, 1, 3, -1, 3, -1, 1, -3, 1, -3, -1, -1, -1];
const rotated = (points: readonly number[], angle: number): number[] => {
  const turned: number[] = [];
  for (let i = 0; i < points.length; i += 2) {
    turned.push(points[i]! * Math.cos(angle) - points[i + 1]! * Math.sin(angle));
    turned.push(points[i]! * Math.sin(angle) + points[i + 1]! * Math.cos(angle));
  }
  return turned;
};

/** Outlines in half marker sizes, `y` downwards; strokes are open lines that have no inside. */
const outlines: Readonly<Record<string, readonly number[]>> = {
  v: [0, 1, -1, -1, 1, -1],
  "^": [0, -1, -1, 1, 1, 1],
  "<": [-1, 0, 1, -1, 1, 1],
  ">": [1, 0, -1, -1, -1, 1],
  s: [-1, -1, 1, -1, 1, 1, -1, 1],
  p: ring(5),
  h: ring(6),
  H: ring(6, () => 1, Math.PI / 6),
  8: ring(8, () => 1, Math.PI / 8),
  "*": ring(10, (i) => (i % 2 === 0 ? 1 : 0.381966)),
  D: ring(4, () => Math.SQRT2),
  d: [0, -Math.SQRT2, 0.6 * Math.SQRT2, 0, 0, Math.SQRT2, -0.6 * Math.SQRT2, 0],
  P: cross.map((c) => c / 3),
  X: rotated(
    cross.map((c) => (c / 3) * 0.94),
    Math.PI / 4,
  ),
};
const strokes: Readonly<Record<string, readonly (readonly number[])[]>> = {
  "+": [
    [-1, 0, 1, 0],
    [0, -1, 0, 1],
  ],
  x: [
    [-1, -1, 1, 1],
    [-1, 1, 1, -1],
  ],
  "|": [[0, -1, 0, 1]],
  _: [[-1, 0, 1, 0]],
};
const radii: Readonly<Record<string, number>> = { o: 1, ".": 0.5, ",": 0.25 };

/** Refuses a marker that is not one of matplotlib's (the tri-markers `1234` are not drawn). */
export function requireMarker(what: string, marker: string): void {
  if (isNoMarker(marker) || [outlines, strokes, radii].some((t) => Object.hasOwn(t, marker))) return;
  throw new TypeError(
    `${what}: marker is ${toJson(marker)}: it must be one of . , o v ^ < > s p P * h H 8 + x X D d | _`,
  );
}

export const isNoMarker = (marker: string): boolean => ["", "none", "None", " "].includes(marker);

/** Whether a marker consists of strokes and has no inside. */
export const isOpenMarker = (marker: string): boolean => Object.hasOwn(strokes, marker);

export interface MarkerStyle {
  readonly marker: string;
  /** Width in pixels. */
  readonly size: number;
  readonly fill: string;
  readonly edge: string;
  readonly edgeWidth: number;
  readonly opacity?: number | undefined;
}

/** One marker at a point. */
export function drawMarker(style: MarkerStyle, x: number, y: number): string {
  const { marker, fill, edge, edgeWidth, opacity } = style;
  const half = style.size / 2;
  const line = { stroke: edge, "stroke-width": edge === "none" ? undefined : edgeWidth };
  const round = radii[marker];
  if (round !== undefined)
    return element("circle", { cx: x, cy: y, r: half * round, fill, ...line, opacity });
  const at = (points: readonly number[]) => points.map((p, i) => p * half + (i % 2 === 0 ? x : y));
  const open = strokes[marker];
  if (open) {
    const d = open.map((s) => polyline(at(s))).join("");
    return element("path", {
      d,
      fill: "none",
      stroke: edge === "none" ? fill : edge,
      "stroke-width": edgeWidth,
      opacity,
    });
  }
  return element("path", {
    d: polyline(at(outlines[marker] ?? []), true),
    fill,
    ...line,
    "stroke-linejoin": marker === "*" ? "bevel" : "miter",
    opacity,
  });
}

/** Many like markers in few bytes: the presentation is written once on a group. */
export function drawMarkers(style: MarkerStyle, points: Float64Array): string {
  const { marker, fill, edge, edgeWidth, opacity } = style;
  const stroked = isOpenMarker(marker);
  const line = stroked && edge === "none" ? fill : edge;
  const oneInk = stroked || edge === "none" || edge === fill;
  const shape = opacity === undefined && oneInk ? markerPath(style) : "";
  if (shape === "") {
    const each: string[] = [];
    for (let i = 0; i < points.length; i += 2) each.push(drawMarker(style, points[i]!, points[i + 1]!));
    return each.join("");
  }
  let d = "";
  for (let i = 0; i < points.length; i += 2) d += `M${number(points[i]!)} ${number(points[i + 1]!)}${shape}`;
  return element("path", {
    d,
    fill: stroked ? "none" : fill,
    stroke: line,
    "stroke-width": line === "none" ? undefined : edgeWidth,
  });
}

/** One marker's outline relative to its centre, for one path of many, which looks the same only in opaque ink of one colour. */
function markerPath({ marker, size }: MarkerStyle): string {
  const half = size / 2;
  const round = radii[marker];
  if (round !== undefined) {
    const r = number(half * round);
    return `m-${r} 0a${r} ${r} 0 1 0 ${number(2 * half * round)} 0a${r} ${r} 0 1 0 -${number(2 * half * round)} 0z`;
  }
  const relative = (points: readonly number[], close: boolean): string => {
    let d = "";
    let [px, py] = [0, 0];
    for (let i = 0; i < points.length; i += 2) {
      const [x, y] = [points[i]! * half, points[i + 1]! * half];
      d += `${i === 0 ? "m" : "l"}${number(x - px)} ${number(y - py)}`;
      [px, py] = [x, y];
    }
    return close ? `${d}z` : `${d}m${number(-px)} ${number(-py)}`;
  };
  const open = strokes[marker];
  return open ? open.map((s) => relative(s, false)).join("") : relative(outlines[marker] ?? [], true);
}

export interface Format {
  readonly color?: string;
  readonly linestyle?: string;
  readonly marker?: string;
}

/** Takes a format string apart: a colour (`r`, `C1`, or a whole name), a line style and a marker, in any order. */
export function parseFormat(what: string, format: string): Format {
  if (format.length > 1 && !/[-:]/.test(format)) {
    try {
      return { color: toSvgColor(what, format) };
    } catch {
      // Not a colour: read it piece by piece.
    }
  }
  const found: { color?: string; linestyle?: string; marker?: string } = {};
  const put = (key: keyof typeof found, value: string) => {
    if (found[key] !== undefined)
      throw new TypeError(`${what}: format is ${toJson(format)}: it has two ${key}s`);
    found[key] = value;
  };
  for (let rest = format; rest !== ""; ) {
    const piece = /^(--|-\.|-|:| |C\d+|.)/u.exec(rest)![0];
    rest = rest.slice(piece.length);
    if (piece in dashes) put("linestyle", piece);
    else if (Object.hasOwn(letters, piece) || /^C\d+$/.test(piece)) put("color", toSvgColor(what, piece));
    else if ([outlines, strokes, radii].some((t) => Object.hasOwn(t, piece))) put("marker", piece);
    else {
      throw new TypeError(
        `${what}: format is ${toJson(format)}: ${toJson(piece)} is no colour, line style or marker; a format looks like "r--o"`,
      );
    }
  }
  return found;
}
