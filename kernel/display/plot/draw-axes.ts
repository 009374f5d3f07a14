/** Axes as SVG: grid, artists, spines, ticks, labels, title, legend, and the box they fill. */
import type { View } from "./artist.ts";
import type { Axes, Axis, AxisName, GridInk } from "./axes.ts";
import { drawLegend } from "./legend.ts";
import { type Limits, scales } from "./scale.ts";
import { element, number, snap } from "./svg.ts";
import { type Box, drawText, uniteBoxes } from "./text.ts";

interface Ticks {
  readonly major: readonly number[];
  readonly minor: readonly number[];
  readonly labels: readonly string[];
  readonly minorLabels: readonly string[];
  readonly offset: string;
}

/** The ticks within the limits, when the axis is `length` pixels long. */
function ticksOf(name: AxisName, axis: Axis, [a, b]: Limits, length: number, point: number): Ticks {
  const [low, high] = a < b ? [a, b] : [b, a];
  const scale = scales[axis.scale];
  const space = Math.floor(length / point / (name === "x" ? 30 : 20));
  const hair = 1e-10 * Math.abs(scale.forward(high) - scale.forward(low));
  const seen = (v: number) =>
    scale.forward(v) >= scale.forward(low) - hair && scale.forward(v) <= scale.forward(high) + hair;
  const pick = (ticks: readonly number[], labels: readonly string[]) => ({
    at: ticks.filter(seen),
    labels: labels.filter((_, i) => seen(ticks[i]!)),
  });
  if (axis.ticks) {
    const at = Array.from(axis.ticks.at);
    const texts = axis.ticks.labels ?? scale.labels(at, low, high).labels;
    const own = pick(at, texts);
    return { major: own.at, labels: own.labels, minor: [], minorLabels: [], offset: "" };
  }
  const ticks = scale.ticks(low, high, space);
  const { labels, offset } = scale.labels(ticks, low, high);
  const minors = scale.minorTicks(low, high, space);
  const major = pick(ticks, labels);
  const isMajor = (v: number) => major.at.some((t) => Math.abs(scale.forward(t) - scale.forward(v)) <= hair);
  const minor = pick(minors, scale.labels(minors, low, high).labels);
  const free = minor.at.map((v) => !isMajor(v));
  return {
    major: major.at,
    labels: major.labels,
    minor: minor.at.filter((_, i) => free[i]),
    minorLabels: minor.labels.filter((_, i) => free[i]),
    offset,
  };
}

/** How values along one side map to pixels from `start` to `end`; by halves, since a range may exceed the largest number. */
function mapping(axis: Axis, [low, high]: Limits, start: number, end: number): (value: number) => number {
  const half = (value: number) => scales[axis.scale].forward(value) / 2;
  const from = half(low);
  const factor = (end - start) / (half(high) - from);
  return (value) => start + (half(value) - from) * factor;
}

/** Draws axes that fill `box`, in a figure of `point` pixels a point. */
export function drawAxes(axes: Axes, box: Box, point: number): { svg: string; box: Box } {
  const limits = { x: axes.limitsOf("x"), y: axes.limitsOf("y") };
  const view: View = {
    box,
    point,
    x: mapping(axes.xaxis, limits.x, box.left, box.right),
    y: mapping(axes.yaxis, limits.y, box.bottom, box.top),
  };
  const ticks = {
    x: ticksOf("x", axes.xaxis, limits.x, box.right - box.left, point),
    y: ticksOf("y", axes.yaxis, limits.y, box.bottom - box.top, point),
  };
  const boxes: Box[] = [grow(box, 0.4 * point)];
  const add = (drawn: { svg: string; box: Box | null }): string => {
    if (drawn.box) boxes.push(drawn.box);
    return drawn.svg;
  };
  let svg = drawInside(axes, view, ticks);
  svg += drawTicks(axes, view, ticks, boxes);
  svg += spines(box, point);
  const edges = uniteBoxes(boxes) as Box;
  const below = Math.max(edges.bottom, box.bottom + 3.5 * point);
  const offset = drawOffsets(ticks, box, below, point);
  svg += add(offset.x) + add(offset.y);
  const xLabel = axes.xaxis.label;
  const middle = { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
  svg += add(
    drawText(xLabel.text, middle.x, below + 4 * point, {
      size: xLabel.size * point,
      align: "center",
      valign: "top",
      color: xLabel.color,
    }),
  );
  const yLabel = axes.yaxis.label;
  const left = Math.min(edges.left, box.left - 3.5 * point);
  svg += add(
    drawText(yLabel.text, left - 4 * point, middle.y, {
      size: yLabel.size * point,
      align: "center",
      valign: "bottom",
      color: yLabel.color,
      upright: true,
    }),
  );
  svg += add(drawTitle(axes, box, offset.y.box, point));
  if (axes.legendOptions) svg += add(drawLegend(axes.artists, axes.legendOptions, view));
  return { svg, box: uniteBoxes(boxes) as Box };
}

const grow = (box: Box, by: number): Box => ({
  left: box.left - by,
  top: box.top - by,
  right: box.right + by,
  bottom: box.bottom + by,
});

/** Artists and grid in the order of their z, clipped by a nested `svg`, which needs no id that could collide. */
function drawInside(axes: Axes, view: View, ticks: { x: Ticks; y: Ticks }): string {
  const { left, top, right, bottom } = view.box;
  const sorted = axes.artists.toSorted((a, b) => a.zorder - b.zorder);
  const draw = (from: number, to: number) =>
    sorted
      .filter((a) => a.zorder >= from && a.zorder < to)
      .map((a) => a.draw(view))
      .join("");
  const [width, height] = [right - left, bottom - top];
  // resvg aborts the process when all that a clipped group holds is a level line outside: the ground is inside, always.
  const ground = element("rect", { x: left, y: top, width, height, fill: "#fff" });
  const inside = ground + draw(-Infinity, 1.5) + drawGrid(axes, view, ticks) + draw(1.5, Infinity);
  const viewBox = [left, top, width, height].map(number).join(" ");
  // Style sheets of pages may size every svg; the style attribute stands above them.
  const style = `width:${number(width)}px;height:${number(height)}px`;
  return element(
    "svg",
    { x: left, y: top, width, height, viewBox, overflow: "hidden", style, "aria-hidden": "true" },
    inside,
  );
}

function drawGrid(axes: Axes, view: View, ticks: { x: Ticks; y: Ticks }): string {
  const { left, top, right, bottom } = view.box;
  const upright = (v: number) => `M${number(snap(view.x(v)))} ${number(bottom)}V${number(top)}`;
  const level = (v: number) => `M${number(left)} ${number(snap(view.y(v)))}H${number(right)}`;
  const draw = (values: readonly number[], line: (v: number) => string, ink: GridInk | null) => {
    if (!ink?.dashes || values.length === 0) return "";
    const width = ink.width * view.point;
    return element("path", {
      d: values.map(line).join(""),
      stroke: ink.color,
      "stroke-width": width,
      "stroke-opacity": ink.opacity,
      "stroke-dasharray":
        ink.dashes.length > 0 ? ink.dashes.map((d) => number(d * width)).join(" ") : undefined,
    });
  };
  return (
    draw(ticks.x.major, upright, axes.xaxis.grid.major) +
    draw(ticks.x.minor, upright, axes.xaxis.grid.minor) +
    draw(ticks.y.major, level, axes.yaxis.grid.major) +
    draw(ticks.y.minor, level, axes.yaxis.grid.minor)
  );
}

/** Tick lines and their labels; what they fill is added to `boxes`. */
function drawTicks(axes: Axes, view: View, ticks: { x: Ticks; y: Ticks }, boxes: Box[]): string {
  const { point, box } = view;
  const mark = (name: AxisName, values: readonly number[], length: number, width: number) => {
    if (values.length === 0) return "";
    const d = values.map((v) =>
      name === "x"
        ? `M${number(snap(view.x(v)))} ${number(snap(box.bottom))}v${number(length * point)}`
        : `M${number(snap(box.left))} ${number(snap(view.y(v)))}h${number(-length * point)}`,
    );
    const outer = length * point;
    if (name === "x") boxes.push({ ...box, top: box.bottom, bottom: box.bottom + outer });
    else boxes.push({ ...box, right: box.left, left: box.left - outer });
    return element("path", { d: d.join(""), stroke: "#000", "stroke-width": width * point });
  };
  const label = (name: AxisName, values: readonly number[], texts: readonly string[], pad: number) =>
    values
      .map((v, i) => {
        const size = 10 * point;
        const drawn =
          name === "x"
            ? drawText(texts[i]!, view.x(v), box.bottom + pad * point, {
                size,
                align: "center",
                valign: "top",
              })
            : drawText(texts[i]!, box.left - pad * point, view.y(v), {
                size,
                align: "right",
                valign: "middle",
              });
        if (drawn.box) boxes.push(drawn.box);
        return drawn.svg;
      })
      .join("");
  let svg = "";
  for (const name of ["x", "y"] as const) {
    const { major, minor, labels, minorLabels } = ticks[name];
    svg += mark(name, major, 3.5, 0.8) + mark(name, minor, 2, 0.6);
    const axis = name === "x" ? axes.xaxis : axes.yaxis;
    if (axis.labelled) svg += label(name, major, labels, 7) + label(name, minor, minorLabels, 5.4);
  }
  return svg;
}

function spines(box: Box, point: number): string {
  const [left, top, right, bottom] = [snap(box.left), snap(box.top), snap(box.right), snap(box.bottom)];
  return element("rect", {
    x: left,
    y: top,
    width: right - left,
    height: bottom - top,
    fill: "none",
    stroke: "#000",
    "stroke-width": 0.8 * point,
  });
}

/** The common offset and power of ten: at the end of x, and on top of y. */
function drawOffsets(ticks: { x: Ticks; y: Ticks }, box: Box, below: number, point: number) {
  const size = 10 * point;
  return {
    x: drawText(ticks.x.offset, box.right, below + 3 * point, { size, align: "right", valign: "top" }),
    y: drawText(ticks.y.offset, box.left, box.top - 3 * point, { size, align: "left", valign: "bottom" }),
  };
}

/** The title, moved up where it would hang into the plot or touch the offset on top of the y axis. */
function drawTitle(
  axes: Axes,
  box: Box,
  offset: Box | null,
  point: number,
): { svg: string; box: Box | null } {
  const { text, size, color } = axes.titleText;
  const style = { size: size * point, align: "center", valign: "baseline", color } as const;
  const lines = text.split("\n").length;
  const at = (y: number) =>
    drawText(text, (box.left + box.right) / 2, y - (lines - 1) * 1.12 * size * point, style);
  const title = at(box.top - 6 * point);
  const touches = title.box && offset && title.box.left < offset.right && title.box.bottom > offset.top;
  const top = touches ? offset.top : box.top;
  const excess = title.box ? title.box.bottom - top : 0;
  return excess > 0 ? at(box.top - 6 * point - excess) : title;
}
