/** `jacobi/plot`: `plt`, with matplotlib.pyplot's names. */
export type { BarContainer, Line2D, PathCollection, PolyCollection } from "./artists.ts";
export type { Axes, GridOptions, Text, TextOptions } from "./axes.ts";
export type { Color } from "./color.ts";
export type { Columns, Numbers } from "./data.ts";
export { Figure, type FigureOptions, type SaveOptions, type SubplotsOptions } from "./figure.ts";
export type { LineOptions, PatchOptions } from "./ink.ts";
export type { LegendOptions } from "./legend.ts";
export type { AreaOptions, BarOptions, HistOptions, PlotArguments, ScatterOptions } from "./marks.ts";
export * from "./pyplot.ts";
