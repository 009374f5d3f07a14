/** Where the axes of a figure stand: matplotlib's default margins, or as close as their labels allow. */
import type { Axes, Place } from "./axes.ts";
import type { Box } from "./text.ts";

export interface Margins {
  readonly left: number;
  readonly right: number;
  readonly bottom: number;
  readonly top: number;
  /** Gaps between axes, in parts of their width and height. */
  readonly wspace: number;
  readonly hspace: number;
}

export const defaultMargins: Margins = {
  left: 0.125,
  right: 0.9,
  bottom: 0.11,
  top: 0.88,
  wspace: 0.2,
  hspace: 0.2,
};

/** The place of one cell in a grid of `rows` by `columns`. */
export function placeIn(margins: Margins, rows: number, columns: number, row: number, column: number): Place {
  const width = (margins.right - margins.left) / (columns + margins.wspace * (columns - 1));
  const height = (margins.top - margins.bottom) / (rows + margins.hspace * (rows - 1));
  return {
    left: margins.left + column * width * (1 + margins.wspace),
    bottom: margins.top - height - row * height * (1 + margins.hspace),
    width,
    height,
  };
}

/** A place in pixels of a figure that is `width` by `height`. */
export function toBox(place: Place, width: number, height: number): Box {
  const left = place.left * width;
  const bottom = (1 - place.bottom) * height;
  return { left, right: left + place.width * width, top: bottom - place.height * height, bottom };
}

/** Margins that leave just room for what axes draw around themselves. As `tight_layout`. */
export function tightMargins(
  drawn: readonly { readonly axes: Axes; readonly inner: Box; readonly outer: Box }[],
  width: number,
  height: number,
  pad: number,
  head: number,
): Margins {
  const most = (wanted: (axes: Axes) => boolean, excess: (inner: Box, outer: Box) => number): number =>
    Math.max(0, ...drawn.filter(({ axes }) => wanted(axes)).map(({ inner, outer }) => excess(inner, outer)));
  const leftOf = (i: Box, o: Box) => i.left - o.left;
  const rightOf = (i: Box, o: Box) => o.right - i.right;
  const above = (i: Box, o: Box) => i.top - o.top;
  const below = (i: Box, o: Box) => o.bottom - i.bottom;
  const { rows, columns } = drawn[0]?.axes.cell ?? { rows: 1, columns: 1 };
  const left = most((a) => a.cell.column === 0, leftOf) + pad;
  const right = most((a) => a.cell.column === columns - 1, rightOf) + pad;
  const top = most((a) => a.cell.row === 0, above) + pad + head;
  const bottom = most((a) => a.cell.row === rows - 1, below) + pad;
  const across =
    columns > 1
      ? most((a) => a.cell.column > 0, leftOf) + most((a) => a.cell.column < columns - 1, rightOf) + pad
      : 0;
  const down =
    rows > 1 ? most((a) => a.cell.row > 0, above) + most((a) => a.cell.row < rows - 1, below) + pad : 0;
  const cellWidth = Math.max(10, (width - left - right - across * (columns - 1)) / columns);
  const cellHeight = Math.max(10, (height - top - bottom - down * (rows - 1)) / rows);
  return {
    left: left / width,
    right: 1 - right / width,
    bottom: bottom / height,
    top: 1 - top / height,
    wspace: across / cellWidth,
    hspace: down / cellHeight,
  };
}
