/** Keyword arguments of ops that take them in any place. */
import { checkKeyword, isOptions } from "../core/keywords.ts";

export { isOptions };

/** Named arguments from positional ones, the last of which may be an options object. */
export function named<T>(
  op: string,
  names: readonly (keyof T & string)[],
  given: readonly unknown[],
): Partial<T> {
  const result: Record<string, unknown> = {};
  given.forEach((value, i) => {
    if (value === undefined) return;
    if (!isOptions(value)) {
      result[names[i]!] = value;
      return;
    }
    for (const key of Object.keys(value)) {
      checkKeyword(op, key, names);
      if (value[key] !== undefined) result[key] = value[key];
    }
  });
  return result as Partial<T>;
}
