/** Axes: the artists, limits, scales and labels of one plot, with matplotlib's methods. */
import { toJson } from "../../originals.ts";
import { type Artist, printsAs, quiet } from "./artist.ts";
import { type Color, cycle, toSvgColor } from "./color.ts";
import { isOptions, type Names, type Numbers, requireKnown, requireSameLength, toNumbers } from "./data.ts";
import { type LegendLocation, type LegendOptions, legendNames, locations } from "./legend.ts";
import { type MarkMethods, type MarkName, marks, type Target } from "./marks.ts";
import { autoLimits, emptyInterval, type Limits, type ScaleName, scales, unite } from "./scale.ts";
import { dashesOf, type LineStyle } from "./style.ts";

export type AxisName = "x" | "y";

export interface GridOptions {
  readonly visible?: boolean;
  readonly which?: "major" | "minor" | "both";
  readonly axis?: "both" | "x" | "y";
  readonly color?: Color;
  readonly c?: Color;
  readonly alpha?: number;
  readonly linestyle?: LineStyle;
  readonly ls?: LineStyle;
  readonly linewidth?: number;
  readonly lw?: number;
}

const gridNames: Names<GridOptions> = {
  visible: 1,
  which: 1,
  axis: 1,
  color: 1,
  c: 1,
  alpha: 1,
  linestyle: 1,
  ls: 1,
  linewidth: 1,
  lw: 1,
};

export interface GridInk {
  readonly color: string;
  readonly opacity: number | undefined;
  readonly dashes: readonly number[] | null;
  readonly width: number;
}

export interface TextOptions {
  /** Points. */
  readonly fontsize?: number;
  readonly color?: Color;
}

const textNames: Names<TextOptions> = { fontsize: 1, color: 1 };

/** A label that was set. As matplotlib.text.Text: as a cell's last value it shows nothing, the figure does. */
export class Text {
  readonly text: string;
  readonly size: number;
  readonly color: string;
  constructor(text: string, size: number, color = "#000") {
    this.text = text;
    this.size = size;
    this.color = color;
    quiet(this);
  }
  get_text(): string {
    return this.text;
  }
}
printsAs(Text.prototype, (self: Text) => `Text(${toJson(self.text)})`);

/** One axis of a plot: its scale, what was set by hand, and its grid. */
export class Axis {
  scale: ScaleName = "linear";
  /** Set by hand; null follows the data. */
  limits: Limits | null = null;
  label = new Text("", 10);
  ticks: { readonly at: Float64Array; readonly labels: readonly string[] | null } | null = null;
  grid: { major: GridInk | null; minor: GridInk | null } = { major: null, minor: null };
  /** All axes that show the same limits here, itself included. */
  group: Axes[] = [];
  /** Inner axes of a shared grid leave their tick labels out. */
  labelled = true;
}

/** `[left, right]`, one end by name, or both as two arguments. */
export type LimitArguments =
  | []
  | [low: number | null | undefined, high?: number | null | undefined]
  | [range: readonly [number | null | undefined, number | null | undefined]]
  | [
      ends: {
        readonly left?: number;
        readonly right?: number;
        readonly bottom?: number;
        readonly top?: number;
      },
    ];

/** A part of the figure, as fractions of it from its lower left corner. */
export interface Place {
  left: number;
  bottom: number;
  width: number;
  height: number;
}

// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the methods come from the table of marks, below
export class Axes {
  /** @internal */
  readonly artists: Artist[] = [];
  /** @internal */
  readonly xaxis = new Axis();
  /** @internal */
  readonly yaxis = new Axis();
  /** @internal */
  titleText = new Text("", 12);
  /** @internal */
  legendOptions: (LegendOptions & { readonly labels?: readonly string[] }) | null = null;
  /** @internal */
  place: Place;
  /** @internal Row and column in the figure's grid, and its size. */
  readonly cell: {
    readonly row: number;
    readonly column: number;
    readonly rows: number;
    readonly columns: number;
  };
  readonly #used = { line: 0, area: 0 };
  #categories: string[] = [];

  constructor(place: Place, cell: { row: number; column: number; rows: number; columns: number }) {
    this.place = place;
    this.cell = cell;
    this.xaxis.group = [this];
    this.yaxis.group = [this];
    quiet(this);
  }

  /** @internal What the marks see; `what` is how the caller wrote the call. */
  target(what: string): Target {
    return {
      what,
      add: (artist) => void this.artists.push(artist),
      nextColor: (kind) => cycle[this.#used[kind]++ % cycle.length]!,
      setScale: (axis, scale) => this.#setScale(axis, scale),
      categories: (names) => {
        for (const name of names) if (!this.#categories.includes(name)) this.#categories.push(name);
        this.xaxis.ticks = { at: Float64Array.from(this.#categories.keys()), labels: [...this.#categories] };
        return Float64Array.from(names, (name) => this.#categories.indexOf(name));
      },
    };
  }

  #axis(name: AxisName): Axis {
    return name === "x" ? this.xaxis : this.yaxis;
  }

  #setScale(name: AxisName, scale: ScaleName): void {
    for (const axes of this.#axis(name).group) axes.#axis(name).scale = scale;
  }

  /** @internal The limits as they are drawn: set by hand, or the data of all axes that share them with a margin. */
  limitsOf(name: AxisName): Limits {
    const axis = this.#axis(name);
    if (axis.limits) return axis.limits;
    const artists = axis.group.flatMap((axes) => axes.artists);
    const intervals = artists.map((a) => a[name]).filter((interval) => interval !== null);
    if (intervals.length === 0 && axis.scale === "linear") return [0, 1];
    const data = intervals.reduce(unite, emptyInterval);
    const sticky = artists.flatMap((a) => (name === "x" ? a.stickyX : a.stickyY) ?? []);
    return autoLimits(scales[axis.scale], data, sticky);
  }

  #limits(what: string, name: AxisName, args: LimitArguments): Limits {
    const [first, second] = args;
    const now = this.limitsOf(name);
    if (args.length === 0) return now;
    let ends: readonly (number | null | undefined)[];
    if (Array.isArray(first)) ends = first;
    else if (typeof first === "object" && first !== null) {
      requireKnown(what, first, name === "x" ? { left: 1, right: 1 } : { bottom: 1, top: 1 });
      const given = first as { left?: number; right?: number; bottom?: number; top?: number };
      ends = name === "x" ? [given.left, given.right] : [given.bottom, given.top];
    } else ends = [first as number | null | undefined, second];
    const [low, high] = [ends[0] ?? now[0], ends[1] ?? now[1]];
    if (!Number.isFinite(low) || !Number.isFinite(high)) {
      throw new TypeError(
        `${what}: the limits are ${String(low)} and ${String(high)}: they must be finite numbers`,
      );
    }
    const scale = scales[this.#axis(name).scale];
    const positive = scale.name === "linear" || (low > 0 && high > 0);
    const limits: Limits =
      low === high ? scale.nonsingular(low, high, Infinity) : positive ? [low, high] : now;
    for (const axes of this.#axis(name).group) axes.#axis(name).limits = limits;
    return limits;
  }

  /** Sets the limits of x (`set_xlim(0, 1)`, `([0, 1])`, `({ left: 0 })`), and gives them. */
  set_xlim(...args: LimitArguments): Limits {
    return quiet([...this.#limits("ax.set_xlim", "x", args)] as [number, number]);
  }
  /** Sets the limits of y (`set_ylim(0, 1)`, `([0, 1])`, `({ bottom: 0 })`), and gives them. */
  set_ylim(...args: LimitArguments): Limits {
    return quiet([...this.#limits("ax.set_ylim", "y", args)] as [number, number]);
  }
  get_xlim(): Limits {
    return this.limitsOf("x");
  }
  get_ylim(): Limits {
    return this.limitsOf("y");
  }

  /** `"linear"` or `"log"`. */
  set_xscale(scale: ScaleName): void {
    this.#setScale("x", requireScale("ax.set_xscale", scale));
  }
  /** `"linear"` or `"log"`. */
  set_yscale(scale: ScaleName): void {
    this.#setScale("y", requireScale("ax.set_yscale", scale));
  }

  /** The title above the plot; `$…$` holds mathematics. */
  set_title(title: string, options: TextOptions = {}): Text {
    this.titleText = makeText("ax.set_title", title, 12, options);
    return this.titleText;
  }
  /** The label below the x axis; `$…$` holds mathematics. */
  set_xlabel(label: string, options: TextOptions = {}): Text {
    this.xaxis.label = makeText("ax.set_xlabel", label, 10, options);
    return this.xaxis.label;
  }
  /** The label left of the y axis; `$…$` holds mathematics. */
  set_ylabel(label: string, options: TextOptions = {}): Text {
    this.yaxis.label = makeText("ax.set_ylabel", label, 10, options);
    return this.yaxis.label;
  }

  #ticks(what: string, name: AxisName, at: Numbers, labels?: Iterable<string>): void {
    const positions = toNumbers(what, "ticks", at);
    const texts = labels === undefined ? null : Array.from(labels, String);
    if (texts) requireSameLength(what, "ticks", positions, "labels", texts);
    this.#axis(name).ticks = { at: positions, labels: texts };
  }
  /** Ticks of x where you want them, with labels of your own if given. */
  set_xticks(ticks: Numbers, labels?: Iterable<string>): void {
    this.#ticks("ax.set_xticks", "x", ticks, labels);
  }
  /** Ticks of y where you want them, with labels of your own if given. */
  set_yticks(ticks: Numbers, labels?: Iterable<string>): void {
    this.#ticks("ax.set_yticks", "y", ticks, labels);
  }

  /** A legend of everything that has a label; `legend(["a", "b"])` labels in the order of drawing. */
  legend(labels?: readonly string[] | LegendOptions, options: LegendOptions = {}): void {
    const given = labels && !Array.isArray(labels) ? (labels as LegendOptions) : options;
    requireKnown("ax.legend", given, legendNames);
    if (given.loc !== undefined && !locations.includes(given.loc as LegendLocation)) {
      throw new TypeError(
        `ax.legend: loc is ${toJson(given.loc)}: it must be one of ${locations.join(", ")}`,
      );
    }
    this.legendOptions = Array.isArray(labels) ? { ...given, labels: labels.map(String) } : given;
  }

  /** Grid lines at the ticks: `grid(true)`, `grid(true, { which: "both", alpha: 0.3 })`; without arguments it toggles. */
  grid(visible?: boolean | GridOptions, options: GridOptions = {}): void {
    const given: GridOptions = isOptions(visible) ? (visible as GridOptions) : options;
    requireKnown("ax.grid", given, gridNames);
    const wanted = typeof visible === "boolean" ? visible : given.visible;
    const { which = "major", axis = "both" } = given;
    const color = given.color ?? given.c;
    const ink: GridInk = {
      color: color === undefined ? "#b0b0b0" : toSvgColor("ax.grid", color),
      opacity: given.alpha,
      dashes: dashesOf("ax.grid", given.linestyle ?? given.ls ?? "-"),
      width: given.linewidth ?? given.lw ?? 0.8,
    };
    for (const name of ["x", "y"] as const) {
      if (axis !== "both" && axis !== name) continue;
      const { grid } = this.#axis(name);
      const toggled = Object.keys(given).length > 0 || !grid.major;
      if (which !== "minor") grid.major = (wanted ?? toggled) ? ink : null;
      if (which !== "major") grid.minor = (wanted ?? toggled) ? ink : null;
    }
  }
}

const requireScale = (what: string, scale: ScaleName): ScaleName => {
  if (Object.hasOwn(scales, scale)) return scale;
  throw new TypeError(`${what}: scale is ${toJson(scale)}: it must be "linear" or "log"`);
};

/** @internal A label with its size and colour. */
export function makeText(what: string, text: string, size: number, options: TextOptions): Text {
  requireKnown(what, options, textNames);
  const color = options.color === undefined ? "#000" : toSvgColor(what, options.color);
  return new Text(String(text), options.fontsize ?? size, color);
}

export interface Axes extends MarkMethods {}

/** @internal Calls a mark on axes; `what` is how the caller wrote it. */
export function callMark<K extends MarkName>(
  axes: Axes,
  what: string,
  name: K,
  args: readonly unknown[],
): ReturnType<MarkMethods[K]> {
  const mark = marks[name] as (target: Target, ...args: readonly unknown[]) => ReturnType<MarkMethods[K]>;
  return mark(axes.target(what), ...args);
}

for (const name of Object.keys(marks) as MarkName[]) {
  Object.defineProperty(Axes.prototype, name, {
    value(this: Axes, ...args: readonly unknown[]) {
      return callMark(this, `ax.${name}`, name, args);
    },
    configurable: true,
    writable: true,
  });
}
printsAs(Axes.prototype, (self: Axes) =>
  self.titleText.text ? `<Axes: title=${toJson(self.titleText.text)}>` : "<Axes>",
);
