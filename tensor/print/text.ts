/** The numbers of a tensor laid out as torch lays them out: columns, line breaks, summaries; no suffixes. */
import { fixed, scientific } from "./number.ts";
import type { PrintOptions } from "./options.ts";

/** What is printed: a strided array and how to read one element at a storage index. */
export interface Printed {
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  readonly offset: number;
  readonly isFloat: boolean;
  readonly read: (index: number) => number | bigint | boolean;
}

type Format = (x: number | bigint | boolean) => string;

/** The part of a printed tensor between `tensor(` and the suffixes; `indent` is the width of what stands before it. */
export function tensorText(x: Printed, indent: number, options: PrintOptions): string {
  const numel = x.shape.reduce((n, size) => n * size, 1);
  if (numel === 0) return "[]";
  const summarize = numel > options.threshold;
  const format = x.isFloat
    ? floatFormat(shownElements(x, summarize, options) as number[], options)
    : wholeFormat(shownElements(x, summarize, options));
  return block(x, 0, x.offset, indent, { summarize, format, options });
}

/** The indices of dimension `dim` that are printed; -1 stands for the dots. */
function shownIndices(size: number, summarize: boolean, edge: number): number[] {
  if (!summarize || size <= 2 * edge) return Array.from({ length: size }, (_, i) => i);
  const first = Array.from({ length: edge }, (_, i) => i);
  return [...first, -1, ...first.map((i) => size - edge + i)];
}

function shownElements(x: Printed, summarize: boolean, options: PrintOptions): (number | bigint | boolean)[] {
  const values: (number | bigint | boolean)[] = [];
  const visit = (dim: number, at: number): void => {
    if (dim === x.shape.length) {
      values.push(x.read(at));
      return;
    }
    for (const i of shownIndices(x.shape[dim]!, summarize, options.edgeitems)) {
      if (i >= 0) visit(dim + 1, at + i * x.strides[dim]!);
    }
  };
  visit(0, x.offset);
  return values;
}

const pythonText = (x: number | bigint | boolean): string =>
  typeof x === "boolean" ? (x ? "True" : "False") : String(x);

function padded(texts: readonly string[], text: Format): { width: number; format: Format } {
  const width = texts.reduce((w, t) => Math.max(w, t.length), 1);
  return { width, format: (x) => text(x).padStart(width) };
}

function wholeFormat(values: readonly (number | bigint | boolean)[]) {
  return padded(values.map(pythonText), pythonText);
}

/** Three ways of writing floats: whole numbers with a point, fixed decimals, or exponents when the range is wide. */
function floatFormat(values: readonly number[], options: PrintOptions) {
  const finite = values.filter((x) => Number.isFinite(x) && x !== 0);
  const whole = finite.every((x) => Number.isInteger(x));
  let [low, high] = [Number.POSITIVE_INFINITY, 0];
  for (const x of finite) {
    low = Math.min(low, Math.abs(x));
    high = Math.max(high, Math.abs(x));
  }
  const wide = finite.length > 0 && (high / low > 1000 || high > 1e8 || (!whole && low < 1e-4));
  const exponent = (x: number) => scientific(x, options.precision);
  const point = (x: number) => (Number.isFinite(x) ? `${fixed(x, 0)}.` : fixed(x, 0));
  const decimals = (x: number) => fixed(x, options.precision);
  const chosen = (options.sci_mode ?? wide) ? exponent : whole ? point : decimals;
  return padded(finite.map(chosen), (x) => chosen(Number(x)));
}

interface Layout {
  readonly summarize: boolean;
  readonly format: { width: number; format: Format };
  readonly options: PrintOptions;
}

function block(x: Printed, dim: number, at: number, indent: number, layout: Layout): string {
  const rest = x.shape.length - dim;
  if (rest === 0) return layout.format.format(x.read(at));
  const { summarize, options, format } = layout;
  const stride = x.strides[dim]!;
  const indices = shownIndices(x.shape[dim]!, summarize, options.edgeitems);
  if (rest > 1) {
    const parts = indices.map((i) =>
      i < 0 ? "..." : block(x, dim + 1, at + i * stride, indent + 1, layout),
    );
    return `[${parts.join(`,${"\n".repeat(rest - 1)}${" ".repeat(indent + 1)}`)}]`;
  }
  const texts = indices.map((i) => (i < 0 ? " ..." : format.format(x.read(at + i * stride))));
  if (summarize && options.edgeitems === 0) texts.splice(0, texts.length, "...");
  const perLine = Math.max(1, Math.floor((options.linewidth - indent) / (format.width + 2)));
  const lines: string[] = [];
  for (let i = 0; i < texts.length; i += perLine) lines.push(texts.slice(i, i + perLine).join(", "));
  return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}

/** Ends a printed tensor: `, dtype=…`, each on a new line of its own where the line is full. */
export function withSuffixes(
  text: string,
  suffixes: readonly string[],
  indent: number,
  options: PrintOptions,
) {
  let line = text.length - text.lastIndexOf("\n") + 1;
  let result = text;
  for (const suffix of suffixes) {
    if (line + suffix.length + 2 > options.linewidth) {
      result += `,\n${" ".repeat(indent)}${suffix}`;
      line = indent + suffix.length;
    } else {
      result += `, ${suffix}`;
      line += suffix.length + 2;
    }
  }
  return `${result})`;
}
