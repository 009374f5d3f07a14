/** What a caller passes as data, turned into numbers, or refused in words that name the argument. */
import { toJson } from "../../originals.ts";

/** Anything with NumPy's and PyTorch's `tolist()`: a tensor or an array. */
export interface ArrayLike {
  tolist(): unknown;
}
/** One row of numbers: any iterable (array, typed array, `Set`, generator) or an array or tensor. */
export type Numbers = Iterable<number | bigint | boolean | null | undefined | ArrayLike> | ArrayLike;
/** Numbers, or rows of numbers: each column is then one line, as in matplotlib. */
export type Columns = Numbers | Iterable<Numbers>;

const hasToList = (value: unknown): value is ArrayLike =>
  typeof value === "object" && value !== null && "tolist" in value && typeof value.tolist === "function";

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === "object" && value !== null && Symbol.iterator in value;

/** Whether `value` can be read as a row of numbers at all. */
export function isData(value: unknown): boolean {
  return hasToList(value) || isIterable(value) || typeof value === "number" || typeof value === "bigint";
}

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return toJson(value.length > 30 ? `${value.slice(0, 30)}…` : value);
  return typeof value === "object" ? `a ${value.constructor?.name ?? "object"}` : `a ${typeof value}`;
};

function toNumber(what: string, name: string, value: unknown, index: number): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  if (value === null || value === undefined) return Number.NaN;
  if (hasToList(value)) {
    const inner = value.tolist();
    if (!Array.isArray(inner)) return toNumber(what, name, inner, index);
    if (inner.length === 1) return toNumber(what, name, inner[0], index);
  }
  throw new TypeError(`${what}: ${name}[${index}] is ${describe(value)}: it must be a number`);
}

const isRow = (value: unknown): boolean =>
  hasToList(value) ? Array.isArray(value.tolist()) : isIterable(value);

function spread(what: string, name: string, value: unknown): readonly unknown[] {
  if (hasToList(value)) {
    const list = value.tolist();
    return Array.isArray(list) ? list : [list];
  }
  if (isIterable(value)) return Array.from(value);
  if (typeof value === "number" || typeof value === "bigint") return [value];
  throw new TypeError(
    `${what}: ${name} is ${describe(value)}: it must be an array, tensor or other iterable of numbers`,
  );
}

/** One row of numbers as float64; `null` and `undefined` become NaN, which leaves a gap. */
export function toNumbers(what: string, name: string, value: unknown): Float64Array {
  if (value instanceof Float64Array) return value.slice();
  return Float64Array.from(spread(what, name, value), (v, i) => toNumber(what, name, v, i));
}

/** The columns of a row or of a matrix; a row is one column. */
export function toColumns(what: string, name: string, value: unknown): Float64Array[] {
  if (ArrayBuffer.isView(value)) return [toNumbers(what, name, value)];
  const rows = spread(what, name, value);
  if (rows.length === 0 || !isRow(rows[0]))
    return [Float64Array.from(rows, (v, i) => toNumber(what, name, v, i))];
  const matrix = rows.map((row, i) => toNumbers(what, `${name}[${i}]`, row));
  const width = matrix[0]!.length;
  const ragged = matrix.findIndex((row) => row.length !== width);
  if (ragged >= 0) {
    throw new TypeError(
      `${what}: ${name}[${ragged}] has ${count(matrix[ragged]!.length)} and ${name}[0] has ${width}: they must be equal`,
    );
  }
  return Array.from({ length: width }, (_, j) => Float64Array.from(matrix, (row) => row[j]!));
}

const count = (n: number): string => `${n} ${n === 1 ? "value" : "values"}`;

/** Refuses two rows of different length: `plt.plot: x has 3 values and y has 4: they must be equal`. */
export function requireSameLength(
  what: string,
  xName: string,
  x: { readonly length: number },
  yName: string,
  y: { readonly length: number },
): void {
  if (x.length === y.length) return;
  throw new TypeError(
    `${what}: ${xName} has ${count(x.length)} and ${yName} has ${y.length}: they must be equal`,
  );
}

/** Every name of an options type: one that is missing here does not compile. */
export type Names<Options> = Readonly<Record<keyof Options, 1>>;

/** Refuses an option that is not in `names`, with the list of those that are. */
export function requireKnown(what: string, options: object, names: Readonly<Record<string, 1>>): void {
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(names, key)) {
      throw new TypeError(
        `${what}: option ${toJson(key)} is unknown: it must be one of ${Object.keys(names).join(", ")}`,
      );
    }
  }
}

/** Whether `value` is an options object and not data. */
export function isOptions(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !isData(value);
}
