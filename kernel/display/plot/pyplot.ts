/** matplotlib.pyplot: functions that draw on the current axes of the current figure. */
import { cellHooks } from "../cell-hooks.ts";
import { display } from "../display.ts";
import { publisher } from "../publish.ts";
import { quiet } from "./artist.ts";
import {
  type Axes,
  callMark,
  type GridOptions,
  type LimitArguments,
  type Text,
  type TextOptions,
} from "./axes.ts";
import { isOptions, type Numbers, requireKnown } from "./data.ts";
import {
  Figure,
  type FigureOptions,
  type Grid,
  type SaveOptions,
  type SubplotsOptions,
  subplotsNames,
} from "./figure.ts";
import type { LegendOptions } from "./legend.ts";
import { type MarkMethods, type MarkName, marks } from "./marks.ts";
import type { Limits, ScaleName } from "./scale.ts";

// ---- Figures that are open, shown, current ---------------------------------------------------------

/** The figures of a cell, or of a comm message's handler, which may run while a cell awaits. */
interface Figures {
  /** The current one last; they close when they are shown, or at the cell's end. */
  open: { readonly figure: Figure; readonly name: number | string | undefined; current: Axes | null }[];
  /** Those that were shown: as the cell's last value they show nothing more. */
  readonly shown: Set<Figure>;
}

const byOwner = new WeakMap<object, Figures>();

function figures(): Figures {
  const owner = publisher().owner();
  const found = byOwner.get(owner) ?? { open: [], shown: new Set() };
  byOwner.set(owner, found);
  return found;
}

function openFigure(options: FigureOptions, name?: number | string): Figure {
  const own = figures();
  const figure = new Figure(options);
  figure.shows = () => {
    if (own.shown.has(figure)) return false;
    own.open = own.open.filter((entry) => entry.figure !== figure);
    return true;
  };
  own.open.push({ figure, name, current: null });
  return figure;
}

/** A new figure, or with a number or name the open one of that name, which becomes the current one. */
export function figure(name?: number | string | FigureOptions, options: FigureOptions = {}): Figure {
  if (isOptions(name)) return openFigure(name as FigureOptions);
  const own = figures();
  const known = name === undefined ? undefined : own.open.find((entry) => entry.name === name);
  if (!known) return openFigure(options, name as number | string | undefined);
  own.open = [...own.open.filter((entry) => entry !== known), known];
  return known.figure;
}

/** The current figure; a new one when none is open. */
export function gcf(): Figure {
  return figures().open.at(-1)?.figure ?? openFigure({});
}

/** The current axes; new ones when the figure has none. */
export function gca(): Axes {
  const target = gcf();
  const entry = figures().open.at(-1)!;
  entry.current ??= target.axes.at(-1) ?? target.add_subplot();
  return entry.current;
}

/** Makes axes of an open figure the current ones. */
export function sca(axes: Axes): void {
  const own = figures();
  const entry = own.open.find((e) => e.figure.axes.includes(axes));
  if (!entry) return;
  entry.current = axes;
  own.open = [...own.open.filter((e) => e !== entry), entry];
}

/** Shows all open figures now, and closes them: what is drawn next begins a new one. */
export function show(): void {
  const own = figures();
  const waiting = own.open.map((entry) => entry.figure);
  own.open = [];
  for (const each of waiting) display(each);
  for (const each of waiting) own.shown.add(each);
}

/** Closes the current figure, one figure, or `"all"`, without showing it. */
export function close(which?: Figure | "all"): void {
  const own = figures();
  const target = which ?? own.open.at(-1)?.figure;
  own.open = which === "all" ? [] : own.open.filter((entry) => entry.figure !== target);
}

/** Shows the figures that a cell has drawn and not shown; the kernel calls it at the cell's end. */
export function flush(): void {
  show();
  figures().shown.clear();
}
cellHooks.end.add(flush);
// An interrupted cell has no such end: what it left half drawn must not appear in the next one.
cellHooks.start.add(() => {
  close("all");
  figures().shown.clear();
});

// ---- Subplots ----------------------------------------------------------------------------------------

/** A figure with a grid of axes: `[fig, ax]` for one, an array for a row or column, rows of arrays for more. */
export function subplots<R extends number = 1, C extends number = 1>(
  options?: SubplotsOptions & { readonly nrows?: R; readonly ncols?: C },
): [fig: Figure, ax: Grid<R, C>];
export function subplots<R extends number>(
  nrows: R,
  options?: SubplotsOptions,
): [fig: Figure, ax: Grid<R, 1>];
export function subplots<R extends number, C extends number>(
  nrows: R,
  ncols: C,
  options?: SubplotsOptions,
): [fig: Figure, ax: Grid<R, C>];
export function subplots(...args: unknown[]): [fig: Figure, ax: Axes | Axes[] | Axes[][]] {
  const last = args.at(-1);
  const options: SubplotsOptions & { nrows?: number; ncols?: number } = isOptions(last) ? last : {};
  const [first, second] = args.filter((arg) => arg !== options) as (number | undefined)[];
  requireKnown("plt.subplots", options, { ...subplotsNames, nrows: 1, ncols: 1 });
  const { sharex, sharey, nrows, ncols, ...page } = options;
  const created = openFigure(page);
  const axes = created.subplots(first ?? nrows ?? 1, second ?? ncols ?? 1, options) as
    | Axes
    | Axes[]
    | Axes[][];
  return quiet([created, axes]);
}

/** Axes number `index` (from 1) in a grid of the current figure, made when they are not there. */
export function subplot(rows = 1, columns = 1, index = 1): Axes {
  const target = gcf();
  const same = target.axes.find(
    ({ cell }) =>
      cell.rows === rows && cell.columns === columns && cell.row * columns + cell.column === index - 1,
  );
  const axes = same ?? target.add_subplot(rows, columns, index);
  sca(axes);
  return axes;
}

// ---- Marks: every one in the table is a function here ------------------------------------------------

// A loop over the table cannot tell each mark's own arguments; the table's type does.
const onCurrent = Object.fromEntries(
  (Object.keys(marks) as MarkName[]).map((name) => [
    name,
    (...args: readonly unknown[]) => callMark(gca(), `plt.${name}`, name, args),
  ]),
) as unknown as MarkMethods;

// One export for each mark, with its own comment for hovers, which do not follow a table; a test finds a forgotten one.

/** Lines or markers: `plot(y)`, `plot(x, y)`, `plot(x, y, "r--o", { label })`. Gives the lines. As matplotlib's `plot`. */
export const plot: MarkMethods["plot"] = onCurrent.plot;
/** `plot` with a logarithmic y axis. */
export const semilogy: MarkMethods["semilogy"] = onCurrent.semilogy;
/** `plot` with a logarithmic x axis. */
export const semilogx: MarkMethods["semilogx"] = onCurrent.semilogx;
/** `plot` with both axes logarithmic. */
export const loglog: MarkMethods["loglog"] = onCurrent.loglog;
/** Points whose size and colour may differ. As matplotlib's `scatter`. */
export const scatter: MarkMethods["scatter"] = onCurrent.scatter;
/** Upright bars at numbers or at named categories. As matplotlib's `bar`. */
export const bar: MarkMethods["bar"] = onCurrent.bar;
/** A histogram: gives counts, bin edges and the bars. As matplotlib's `hist`. */
export const hist: MarkMethods["hist"] = onCurrent.hist;
/** A level line across the axes. As matplotlib's `axhline`. */
export const axhline: MarkMethods["axhline"] = onCurrent.axhline;
/** An upright line across the axes. As matplotlib's `axvline`. */
export const axvline: MarkMethods["axvline"] = onCurrent.axvline;
/** The area between `y1` and `y2` (0 when left out). As matplotlib's `fill_between`. */
export const fill_between: MarkMethods["fill_between"] = onCurrent.fill_between;

// ---- The rest of the current axes ----------------------------------------------------------------------

/** The title above the current axes; `$…$` holds mathematics. */
export const title = (text: string, options?: TextOptions): Text => gca().set_title(text, options);
/** The label below the x axis; `$…$` holds mathematics. */
export const xlabel = (text: string, options?: TextOptions): Text => gca().set_xlabel(text, options);
/** The label left of the y axis; `$…$` holds mathematics. */
export const ylabel = (text: string, options?: TextOptions): Text => gca().set_ylabel(text, options);
/** Sets the limits of x (`xlim(0, 1)`, `([0, 1])`, `({ left: 0 })`), and gives them. */
export const xlim = (...args: LimitArguments): Limits => gca().set_xlim(...args);
/** Sets the limits of y (`ylim(0, 1)`, `([0, 1])`, `({ bottom: 0 })`), and gives them. */
export const ylim = (...args: LimitArguments): Limits => gca().set_ylim(...args);
/** `"linear"` or `"log"`. */
export const xscale = (scale: ScaleName): void => gca().set_xscale(scale);
/** `"linear"` or `"log"`. */
export const yscale = (scale: ScaleName): void => gca().set_yscale(scale);
/** Ticks of x where you want them, with labels of your own if given. */
export const xticks = (ticks: Numbers, labels?: Iterable<string>): void => gca().set_xticks(ticks, labels);
/** Ticks of y where you want them, with labels of your own if given. */
export const yticks = (ticks: Numbers, labels?: Iterable<string>): void => gca().set_yticks(ticks, labels);
/** A legend of everything that has a label; `legend(["a", "b"])` labels in the order of drawing. */
export const legend = (labels?: readonly string[] | LegendOptions, options?: LegendOptions): void =>
  gca().legend(labels, options);
/** Grid lines at the ticks; without arguments it toggles. */
export const grid = (visible?: boolean | GridOptions, options?: GridOptions): void =>
  gca().grid(visible, options);
/** A title over all axes of the current figure. */
export const suptitle = (text: string, options?: TextOptions): Text => gcf().suptitle(text, options);
/** Fits the margins of the current figure to its labels. */
export const tight_layout = (): void => gcf().tight_layout();
/** Writes the current figure to a `.svg` or `.png` file. */
export const savefig = (path: string, options?: SaveOptions): void => gcf().savefig(path, options);
