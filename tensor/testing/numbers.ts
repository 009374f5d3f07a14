/** Numbers in any nesting (tensors, NumPy arrays, arrays, single numbers), and how two such nestings differ. */

/** A number, or a list of nestings. */
export type Nesting = number | bigint | Nesting[];

/** One entry that differs. */
export interface Difference {
  /** Indices from the outside in; none for a single number. */
  readonly at: readonly number[];
  readonly actual: number | bigint;
  readonly expected: number | bigint;
  /** |actual − expected|; Infinity where that is no number. */
  readonly size: number;
}

/** What comparing gives: shapes that do not fit, or the entries that differ. */
export type Comparison =
  | { readonly kind: "shapes"; readonly actual: string; readonly expected: string }
  | { readonly kind: "entries"; readonly differences: readonly Difference[]; readonly count: number };

/** The numbers of a value, or undefined where something in it is none; true is 1 and false is 0. */
export function numbersOf(value: unknown): Nesting | undefined {
  if (typeof value === "number" || typeof value === "bigint") return value;
  if (typeof value === "boolean") return Number(value);
  if (typeof value !== "object" || value === null) return undefined;
  if ("tolist" in value && typeof value.tolist === "function") return numbersOf(value.tolist());
  if (!Array.isArray(value) && !(ArrayBuffer.isView(value) && Symbol.iterator in value)) return undefined;
  const list = Array.from(value as ArrayLike<unknown>, numbersOf);
  return list.includes(undefined) ? undefined : (list as Nesting[]);
}

/** All entries for which `isSame` does not hold, the largest difference first. */
export function compare(
  actual: Nesting,
  expected: Nesting,
  isSame: (actual: number | bigint, expected: number | bigint) => boolean,
): Comparison {
  const differences: Difference[] = [];
  let count = 0;
  const walk = (a: Nesting, e: Nesting, at: readonly number[]): boolean => {
    if (Array.isArray(a) && Array.isArray(e))
      return a.length === e.length && a.every((part, i) => walk(part, e[i]!, [...at, i]));
    if (Array.isArray(a) || Array.isArray(e)) return false;
    count++;
    if (!isSame(a, e)) differences.push({ at, actual: a, expected: e, size: sizeOf(a, e) });
    return true;
  };
  if (!walk(actual, expected, []))
    return { kind: "shapes", actual: shapeOf(actual), expected: shapeOf(expected) };
  return { kind: "entries", differences: differences.sort((one, two) => two.size - one.size), count };
}

function sizeOf(a: number | bigint, e: number | bigint): number {
  const size = typeof a === "bigint" && typeof e === "bigint" ? Number(a - e) : Number(a) - Number(e);
  return Number.isNaN(size) ? Number.POSITIVE_INFINITY : Math.abs(size);
}

/** `[2, 3]`, and for lists of unequal parts the parts in brackets: `([2], [3])`. */
function shapeOf(value: Nesting): string {
  if (!Array.isArray(value)) return "a single number";
  const lengths = lengthsOf(value);
  return lengths ? `shape [${lengths.join(", ")}]` : `parts of ${value.map(shapeOf).join(", ")}`;
}

function lengthsOf(value: Nesting): readonly number[] | undefined {
  if (!Array.isArray(value)) return [];
  const parts = value.map(lengthsOf);
  const [first = []] = parts;
  const isEven = parts.every((part) => part !== undefined && String(part) === String(first));
  return isEven ? [value.length, ...first] : undefined;
}
