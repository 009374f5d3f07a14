/** What axes hold: something with an extent in data coordinates that draws itself in pixels. */
import type { Interval } from "./scale.ts";
import type { Box } from "./text.ts";

/** How data map to pixels while a figure is drawn. */
export interface View {
  readonly box: Box;
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
  /** Pixels per point (1/72 inch). */
  readonly point: number;
}

/** What the legend's `best` place should not cover: vertices, polylines (`x0, y0, x1, y1, …`) and boxes, in pixels. */
export interface Obstacles {
  readonly points?: Float64Array;
  readonly lines?: readonly Float64Array[];
  readonly boxes?: readonly Box[];
}

export interface Artist {
  /** Stays out of the legend when empty or beginning with `_`. */
  label: string;
  /** Drawn from low to high; the grid is at 1.5. */
  readonly zorder: number;
  /** What the artist fills, or null in a direction in which it does not move the limits. */
  readonly x: Interval | null;
  readonly y: Interval | null;
  /** Values that the automatic margin does not go past, such as the foot of bars. */
  readonly stickyX?: readonly number[];
  readonly stickyY?: readonly number[];
  draw(view: View): string;
  /** Its picture in the legend, in a box as wide and high as a legend's handle. */
  key(box: Box, point: number): string;
  obstacles(view: View): Obstacles;
}

const displaySymbol = Symbol.for("Jupyter.display");

/**
 * Makes a value show nothing as a cell's last value: the figure is what a reader of the notebook wants to see.
 * It prints as usual. (An empty MIME bundle means "nothing to show".)
 */
export function quiet<T extends object>(value: T): T {
  return Object.defineProperty(value, displaySymbol, {
    value: () => ({}),
    enumerable: false,
    configurable: true,
  });
}

/** Gives every instance of a class a short text for printing. */
export function printsAs(prototype: object, text: (self: never) => string): void {
  const inspect = Symbol.for("nodejs.util.inspect.custom");
  const show = function (this: never): string {
    return text(this);
  };
  for (const key of [inspect, "toString"])
    Object.defineProperty(prototype, key, { value: show, configurable: true });
}
