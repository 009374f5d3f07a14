/** A label as SVG text, and the box it fills. */
import { ascent, descent, type Face, textWidth } from "./font.ts";
import { type Layout, layoutLine } from "./mathtext.ts";
import { element, escapeXml, number } from "./svg.ts";

/** A rectangle in pixels, `y` downwards. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The box around all of `boxes`, or null when there is none. */
export function uniteBoxes(boxes: readonly Box[]): Box | null {
  if (boxes.length === 0) return null;
  return {
    left: Math.min(...boxes.map((b) => b.left)),
    top: Math.min(...boxes.map((b) => b.top)),
    right: Math.max(...boxes.map((b) => b.right)),
    bottom: Math.max(...boxes.map((b) => b.bottom)),
  };
}

export interface TextStyle {
  /** Font size in pixels. */
  readonly size: number;
  readonly align?: "left" | "center" | "right";
  /** What of the text stands at `y`; `middle` is half the height of a capital letter. */
  readonly valign?: "top" | "bottom" | "baseline" | "middle";
  readonly color?: string;
  /** Written upwards, as the label of a y axis. */
  readonly upright?: boolean;
}

interface Block {
  readonly lines: readonly Layout[];
  readonly baselines: readonly number[];
  readonly width: number;
  readonly above: number;
  readonly below: number;
}

/** Lines one under the other, in em from the first baseline. */
function block(label: string): Block {
  const lines = label.split("\n").map(layoutLine);
  const baselines: number[] = [];
  let y = 0;
  for (const [i, line] of lines.entries()) {
    if (i > 0) y += Math.max(lines[i - 1]!.descent, descent) + Math.max(line.ascent, ascent) * 1.2;
    baselines.push(y);
  }
  return {
    lines,
    baselines,
    width: Math.max(...lines.map((l) => l.width)),
    above: Math.max(lines[0]!.ascent, ascent),
    below: y + Math.max(lines.at(-1)!.descent, descent),
  };
}

/** The size of a label in pixels, and how far its first baseline lies below its top. */
export function measureText(label: string, size: number): { width: number; height: number; ascent: number } {
  const { width, above, below } = block(label);
  return { width: width * size, height: (above + below) * size, ascent: above * size };
}

/** A label at a point; empty text draws nothing and has no box. */
export function drawText(
  label: string,
  x: number,
  y: number,
  style: TextStyle,
): { svg: string; box: Box | null } {
  if (label.trim() === "") return { svg: "", box: null };
  const { size, align = "left", valign = "baseline", color = "#000", upright = false } = style;
  const { lines, baselines, width, above, below } = block(label);
  const rise = { top: above, baseline: 0, bottom: -below, middle: ascent / 2 }[valign] * size;
  const shift = { left: 0, center: 0.5, right: 1 }[align];
  const ox = upright ? 0 : x;
  const oy = upright ? 0 : y;
  const body = lines
    .map((line, i) => drawLine(line, ox, oy + rise + baselines[i]! * size, size, align, color))
    .join("");
  const local: Box = {
    left: -shift * width * size,
    right: (1 - shift) * width * size,
    top: rise - above * size,
    bottom: rise + below * size,
  };
  if (!upright) {
    return {
      svg: body,
      box: { left: x + local.left, right: x + local.right, top: y + local.top, bottom: y + local.bottom },
    };
  }
  const transform = `translate(${number(x)} ${number(y)}) rotate(-90)`;
  const box = { left: x + local.top, right: x + local.bottom, top: y - local.right, bottom: y - local.left };
  return { svg: element("g", { transform }, body), box };
}

const anchors = { left: undefined, center: "middle", right: "end" } as const;
const faceAttributes = (face: Face) => ({
  "font-style": face === "italic" ? "italic" : undefined,
  "font-weight": face === "bold" ? "bold" : undefined,
});

function drawLine(
  line: Layout,
  x: number,
  y: number,
  size: number,
  align: "left" | "center" | "right",
  color: string,
): string {
  const fill = color === "#000" ? undefined : color;
  const [only] = line.runs;
  if (!only) return "";
  if (line.runs.length === 1 && line.rules.length === 0 && only.size === 1) {
    const attributes = {
      x,
      y,
      "font-size": size,
      "text-anchor": anchors[align],
      fill,
      ...faceAttributes(only.face),
    };
    return element(
      "text",
      { ...attributes, "xml:space": /^\s|\s$|\s\s/.test(only.text) ? "preserve" : undefined },
      escapeXml(only.text),
    );
  }
  const left = x - { left: 0, center: 0.5, right: 1 }[align] * line.width * size;
  return (
    element(
      "text",
      { x: left, y, "font-size": size, fill, "xml:space": "preserve" },
      spans(line, left, size),
    ) + rules(line, left, y, size, color)
  );
}

/**
 * Runs after one another: each says how far it is from where the last one ended, so that labels hold together in
 * other fonts too. Where a rule must meet its run, as in a fraction, each says its own place.
 */
function spans(line: Layout, left: number, size: number): string {
  let x = 0;
  let y = 0;
  return line.runs
    .map((run) => {
      const dx = (run.x - x) * size;
      const dy = (run.y - y) * size;
      x = run.x + textWidth(run.text, run.face) * run.size;
      y = run.y;
      const fixed = line.rules.length > 0;
      const attributes = {
        x: fixed ? left + run.x * size : undefined,
        dx: fixed || Math.abs(dx) < 0.005 ? undefined : dx,
        dy: Math.abs(dy) < 0.005 ? undefined : dy,
        "font-size": run.size === 1 ? undefined : run.size * size,
        ...faceAttributes(run.face),
      };
      return element("tspan", attributes, escapeXml(run.text));
    })
    .join("");
}

function rules(line: Layout, x: number, y: number, size: number, color: string): string {
  return line.rules
    .map((r) => {
      const d = `M${number(x + r.x * size)} ${number(y + r.y * size)}h${number(r.width * size)}`;
      return element("path", { d, stroke: color, "stroke-width": 0.065 * size });
    })
    .join("");
}
