/** Calls that the types forbid, for tests of what happens when they are made. */

/** The function with any arguments. */
export function loosely<R>(f: (...args: never[]) => R): (this: unknown, ...args: unknown[]) => R {
  return f as unknown as (this: unknown, ...args: unknown[]) => R;
}
