/** Colours as matplotlib names them, given back as something SVG understands. */
import { toJson } from "../../originals.ts";

export type RGB = readonly [number, number, number] | readonly [number, number, number, number];
/** `"r"`, `"C0"`, `"tab:blue"`, `"steelblue"`, `"#1f77b4"`, `"0.5"` (a grey), `"none"`, or `[r, g, b]` from 0 to 1. */
export type Color = string | RGB;

/** matplotlib's default colour cycle, tab10. */
export const cycle = [
  "#1f77b4",
  "#ff7f0e",
  "#2ca02c",
  "#d62728",
  "#9467bd",
  "#8c564b",
  "#e377c2",
  "#7f7f7f",
  "#bcbd22",
  "#17becf",
] as const;

const tableau = ["blue", "orange", "green", "red", "purple", "brown", "pink", "gray", "olive", "cyan"];

/** The one-letter colours of format strings. */
export const letters: Readonly<Record<string, string>> = {
  b: "#0000ff",
  g: "#008000",
  r: "#ff0000",
  c: "#00bfbf",
  m: "#bf00bf",
  y: "#bfbf00",
  k: "#000000",
  w: "#ffffff",
};

const css = new Set(
  (
    "aliceblue antiquewhite aqua aquamarine azure beige bisque black blanchedalmond blue blueviolet brown burlywood " +
    "cadetblue chartreuse chocolate coral cornflowerblue cornsilk crimson cyan darkblue darkcyan darkgoldenrod darkgray " +
    "darkgreen darkgrey darkkhaki darkmagenta darkolivegreen darkorange darkorchid darkred darksalmon darkseagreen " +
    "darkslateblue darkslategray darkslategrey darkturquoise darkviolet deeppink deepskyblue dimgray dimgrey dodgerblue " +
    "firebrick floralwhite forestgreen fuchsia gainsboro ghostwhite gold goldenrod gray green greenyellow grey honeydew " +
    "hotpink indianred indigo ivory khaki lavender lavenderblush lawngreen lemonchiffon lightblue lightcoral lightcyan " +
    "lightgoldenrodyellow lightgray lightgreen lightgrey lightpink lightsalmon lightseagreen lightskyblue lightslategray " +
    "lightslategrey lightsteelblue lightyellow lime limegreen linen magenta maroon mediumaquamarine mediumblue " +
    "mediumorchid mediumpurple mediumseagreen mediumslateblue mediumspringgreen mediumturquoise mediumvioletred " +
    "midnightblue mintcream mistyrose moccasin navajowhite navy oldlace olive olivedrab orange orangered orchid " +
    "palegoldenrod palegreen paleturquoise palevioletred papayawhip peachpuff peru pink plum powderblue purple " +
    "rebeccapurple red rosybrown royalblue saddlebrown salmon sandybrown seagreen seashell sienna silver skyblue " +
    "slateblue slategray slategrey snow springgreen steelblue tan teal thistle tomato turquoise violet wheat white " +
    "whitesmoke yellow yellowgreen"
  ).split(" "),
);

const byte = (x: number): string =>
  Math.round(x * 255)
    .toString(16)
    .padStart(2, "0");

function named(text: string): string | undefined {
  const lower = text.toLowerCase();
  if (lower === "none") return "none";
  if (Object.hasOwn(letters, text)) return letters[text];
  if (/^C\d+$/.test(text)) return cycle[Number(text.slice(1)) % cycle.length];
  if (/^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/.test(lower)) return lower;
  if (/^(0|1|0?\.\d+|[01]\.\d*)$/.test(text) && Number(text) <= 1) return `#${byte(Number(text)).repeat(3)}`;
  if (lower.startsWith("tab:")) return cycle[tableau.indexOf(lower.slice(4).replace("grey", "gray"))];
  return css.has(lower) ? lower : undefined;
}

/** Whether `value` could be one colour, and not a list of them. */
export function isColor(value: unknown): value is Color {
  if (typeof value === "string") return named(value) !== undefined;
  return (
    Array.isArray(value) &&
    (value.length === 3 || value.length === 4) &&
    value.every((x) => typeof x === "number" && x >= 0 && x <= 1)
  );
}

/** `color` as SVG writes it; an unknown one is an error that names `what`. */
export function toSvgColor(what: string, color: unknown): string {
  if (isColor(color)) return typeof color === "string" ? named(color)! : `#${color.map(byte).join("")}`;
  const given = typeof color === "string" ? toJson(color) : String(color);
  throw new TypeError(
    `${what}: color is ${given}: it must be a name ("red", "tab:blue", "C0"), "#rrggbb", a grey "0.5" or [r, g, b] from 0 to 1`,
  );
}

const viridis = [
  "#440154",
  "#481a6c",
  "#472f7d",
  "#414487",
  "#39568c",
  "#31688e",
  "#2a788e",
  "#23888e",
  "#1f988b",
  "#22a884",
  "#35b779",
  "#54c568",
  "#7ad151",
  "#a5db36",
  "#d2e21b",
  "#fde725",
] as const;

/** The colours of numbers on matplotlib's default map, viridis, from their least to their greatest; NaN is invisible. */
export function mapColors(values: Float64Array): string[] {
  const finite = values.filter(Number.isFinite);
  let low = Infinity;
  let high = -Infinity;
  for (const v of finite) {
    low = Math.min(low, v);
    high = Math.max(high, v);
  }
  return Array.from(values, (v) =>
    Number.isFinite(v) ? viridisAt(high > low ? (v - low) / (high - low) : 0) : "none",
  );
}

function viridisAt(t: number): string {
  const at = t * (viridis.length - 1);
  const i = Math.min(Math.floor(at), viridis.length - 2);
  const channel = (hex: string, k: number) => Number.parseInt(hex.slice(1 + 2 * k, 3 + 2 * k), 16) / 255;
  return `#${[0, 1, 2].map((k) => byte(channel(viridis[i]!, k) * (i + 1 - at) + channel(viridis[i + 1]!, k) * (at - i))).join("")}`;
}
