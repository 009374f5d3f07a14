/** Figure: a page of axes that shows itself as PNG and inline SVG. */

import { writeFileSync } from "node:fs";
import { extname } from "node:path";
import { toJson } from "../../originals.ts";
import { type Bundle, displaySymbol } from "../bundle.ts";
import { printsAs } from "./artist.ts";
import { Axes, makeText, Text, type TextOptions } from "./axes.ts";
import { type Names, requireKnown } from "./data.ts";
import { drawAxes } from "./draw-axes.ts";
import { defaultMargins, type Margins, placeIn, tightMargins, toBox } from "./layout.ts";
import { renderPng } from "./png.ts";
import { element } from "./svg.ts";
import { type Box, drawText, uniteBoxes } from "./text.ts";

export interface FigureOptions {
  /** Width and height in inches; 6.4 by 4.8. */
  readonly figsize?: readonly [number, number];
  /** Pixels an inch; 100. */
  readonly dpi?: number;
  readonly layout?: "tight" | "constrained" | "none";
}

export type Sharing = boolean | "none" | "all" | "row" | "col";

export interface SubplotsOptions extends FigureOptions {
  readonly sharex?: Sharing;
  readonly sharey?: Sharing;
}

export interface SaveOptions {
  /** Pixels an inch of a PNG; the figure's own by default. */
  readonly dpi?: number;
  /** `"tight"` cuts the page to what is drawn. */
  readonly bbox_inches?: "tight";
}

/** The axes of a grid as matplotlib gives them: one, a row of them, or rows of rows. */
export type Grid<R extends number, C extends number> = R extends 1
  ? C extends 1
    ? Axes
    : Axes[]
  : C extends 1
    ? Axes[]
    : Axes[][];

const figureNames: Names<FigureOptions> = { figsize: 1, dpi: 1, layout: 1 };
export const subplotsNames: Names<SubplotsOptions> = { ...figureNames, sharex: 1, sharey: 1 };
const saveNames: Names<SaveOptions> = { dpi: 1, bbox_inches: 1 };
const marginNames: Names<Margins> = { left: 1, right: 1, bottom: 1, top: 1, wspace: 1, hspace: 1 };
const wholeAtLeastOne = (n: unknown): boolean => typeof n === "number" && Number.isInteger(n) && n >= 1;

/** A figure of one or more axes. As matplotlib.figure.Figure. */
export class Figure {
  readonly axes: Axes[] = [];
  readonly #dpi: number;
  readonly #size: readonly [number, number];
  #title = new Text("", 12);
  #tight: boolean;
  #margins: Margins = defaultMargins;
  /** @internal Called when the figure has shown itself; gives false when it should not, having been shown already. */
  shows: () => boolean = () => true;

  constructor(options: FigureOptions = {}) {
    requireKnown("plt.figure", options, figureNames);
    const { figsize = [6.4, 4.8], dpi = 100 } = options;
    const [width, height] = figsize;
    if (!(width > 0 && height > 0 && width * dpi <= 20000 && height * dpi <= 20000)) {
      throw new TypeError(
        `plt.figure: figsize is [${figsize.join(", ")}] at ${dpi} dpi: it must be [width, height] in inches, above 0 and below 20000 pixels`,
      );
    }
    this.#dpi = dpi;
    this.#size = [width * dpi, height * dpi];
    this.#tight = options.layout === "tight" || options.layout === "constrained";
  }

  /** One more axes: `add_subplot(rows, columns, index)` with the index counted from 1 along the rows. */
  add_subplot(rows = 1, columns = 1, index = 1): Axes {
    if (![rows, columns, index].every(wholeAtLeastOne) || index > rows * columns) {
      throw new TypeError(
        `fig.add_subplot: ${rows}, ${columns}, ${index} was given: rows and columns must be positive integers and the index from 1 to their product`,
      );
    }
    const cell = { row: Math.floor((index - 1) / columns), column: (index - 1) % columns, rows, columns };
    const axes = new Axes(placeIn(this.#margins, rows, columns, cell.row, cell.column), cell);
    this.axes.push(axes);
    return axes;
  }

  /** A grid of axes. */
  subplots<R extends number = 1, C extends number = 1>(
    rows?: R,
    columns?: C,
    options: SubplotsOptions = {},
  ): Grid<R, C> {
    const [height, width] = [rows ?? 1, columns ?? 1] as [number, number];
    const grid = Array.from({ length: height }, (_, r) =>
      Array.from({ length: width }, (_, c) => this.add_subplot(height, width, r * width + c + 1)),
    );
    share(grid, "x", options.sharex ?? false);
    share(grid, "y", options.sharey ?? false);
    const squeezed =
      height === 1 ? (width === 1 ? grid[0]![0] : grid[0]) : width === 1 ? grid.map((row) => row[0]) : grid;
    return squeezed as Grid<R, C>;
  }

  /** A title over all axes. */
  suptitle(title: string, options: TextOptions = {}): Text {
    this.#title = makeText("fig.suptitle", title, 12, options);
    return this.#title;
  }

  /** Fits the margins to the labels when the figure is drawn. */
  tight_layout(): void {
    this.#tight = true;
  }

  /** Margins and gaps by hand, as parts of the figure. */
  subplots_adjust(margins: Partial<Margins>): void {
    requireKnown("fig.subplots_adjust", margins, marginNames);
    this.#setMargins({ ...this.#margins, ...margins });
    this.#tight = false;
  }

  #setMargins(margins: Margins): void {
    this.#margins = margins;
    for (const { place, cell } of this.axes) {
      Object.assign(place, placeIn(margins, cell.rows, cell.columns, cell.row, cell.column));
    }
  }

  /** The figure as an SVG document; `tight` cuts it to what is drawn and a tenth of an inch around. */
  toSVG(tight = false): string {
    return this.#render(tight).svg;
  }

  #render(tight: boolean): { svg: string; width: number; height: number } {
    const [width, height] = this.#size;
    const point = this.#dpi / 72;
    const draw = () =>
      this.axes.map((axes) => {
        const inner = toBox(axes.place, width, height);
        const { svg, box } = drawAxes(axes, inner, point);
        return { axes, inner, outer: box, svg };
      });
    const { text, size, color } = this.#title;
    const title = drawText(text, width / 2, 0.02 * height, {
      size: size * point,
      align: "center",
      valign: "top",
      color,
    });
    let drawn = draw();
    if (this.#tight && drawn.length > 0) {
      const pad = 10.8 * point;
      this.#setMargins(tightMargins(drawn, width, height, pad, title.box ? title.box.bottom : 0));
      drawn = draw();
    }
    const page: Box = { left: 0, top: 0, right: width, bottom: height };
    const filled = uniteBoxes([...drawn.map((d) => d.outer), ...(title.box ? [title.box] : [])]);
    const pad = 0.1 * this.#dpi;
    const view =
      tight && filled
        ? {
            left: filled.left - pad,
            top: filled.top - pad,
            right: filled.right + pad,
            bottom: filled.bottom + pad,
          }
        : page;
    return document(view, drawn.map((d) => d.svg).join("") + title.svg, this.#description());
  }

  #description(): string {
    const titles = [this.#title.text, ...this.axes.map((a) => a.titleText.text)].filter((t) => t !== "");
    return titles.join("; ") || "plot";
  }

  /** Writes the figure to a `.svg` or `.png` file. */
  savefig(path: string, options: SaveOptions = {}): void {
    requireKnown("fig.savefig", options, saveNames);
    const kind = extname(path).toLowerCase();
    if (kind !== ".svg" && kind !== ".png") {
      throw new TypeError(`fig.savefig: ${toJson(path)} was given: the name must end with .svg or .png`);
    }
    const svg = this.toSVG(options.bbox_inches === "tight");
    writeFileSync(path, kind === ".svg" ? svg : renderPng(svg, (options.dpi ?? this.#dpi) / this.#dpi));
  }

  /** The figure as notebooks show it: a PNG of twice the size, inline SVG, and a line of text. */
  bundle(): Bundle {
    const text = { "text/plain": String(this) };
    if (this.axes.length === 0) return { data: text, metadata: {} };
    const { svg, width, height } = this.#render(true);
    return {
      data: { "image/png": renderPng(svg, 2), "text/html": svg, ...text },
      metadata: { "image/png": { width, height } },
    };
  }

  /** Shows nothing when `plt.show()` has shown the figure in the same cell. */
  [displaySymbol](): Bundle {
    return this.shows() ? this.bundle() : { data: {}, metadata: {} };
  }

  get size(): readonly [number, number] {
    return this.#size;
  }
}

printsAs(Figure.prototype, (self: Figure) => {
  const [width, height] = self.size.map(Math.round);
  return `<Figure size ${width}x${height} with ${self.axes.length} Axes>`;
});

/** Puts axes of a grid into groups with the same limits; only the outer ones keep their tick labels. */
function share(grid: readonly (readonly Axes[])[], name: "x" | "y", sharing: Sharing): void {
  const how = sharing === true ? "all" : sharing === false ? "none" : sharing;
  if (how === "none") return;
  const axis = (axes: Axes) => (name === "x" ? axes.xaxis : axes.yaxis);
  const all = grid.flat();
  for (const axes of all) {
    const { row, column, rows } = axes.cell;
    const same = (other: Axes) =>
      how === "all" || (how === "row" ? other.cell.row === row : other.cell.column === column);
    axis(axes).group = all.filter(same);
    const inner = name === "x" ? how !== "row" && row < rows - 1 : how !== "col" && column > 0;
    if (inner) axis(axes).labelled = false;
  }
}

/** The whole document: whole pixels, a white page, and fonts that exist where DejaVu Sans does not. */
function document(
  view: Box,
  body: string,
  description: string,
): { svg: string; width: number; height: number } {
  const [left, top] = [Math.floor(view.left), Math.floor(view.top)];
  const [width, height] = [Math.ceil(view.right) - left, Math.ceil(view.bottom) - top];
  const attributes = {
    xmlns: "http://www.w3.org/2000/svg",
    width,
    height,
    viewBox: `${left} ${top} ${width} ${height}`,
    "font-family": "DejaVu Sans, Bitstream Vera Sans, Verdana, sans-serif",
    role: "img",
    "aria-label": description,
    style: "max-width:100%;height:auto",
  };
  const page = element("rect", { x: left, y: top, width, height, fill: "#fff" });
  return { svg: element("svg", attributes, page + body), width, height };
}
