/** Python's keyword arguments: one trailing object with PyTorch's names, in place of any positional argument. */
import { Tensor } from "../core/tensor.ts";
import { PyFloat } from "./number.ts";

/** Whether a value is a trailing options object. */
export function isOptions(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return (
    !(value instanceof Tensor) &&
    !(value instanceof PyFloat) &&
    Object.getPrototypeOf(value) === Object.prototype
  );
}

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
      if (!names.includes(key as keyof T & string)) {
        throw new TypeError(`${op}() got an unexpected keyword argument '${key}'`);
      }
      if (value[key] !== undefined) result[key] = value[key];
    }
  });
  return result as Partial<T>;
}
