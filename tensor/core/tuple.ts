/** Python's tuples: arrays whose text is `(a, b)` or `(a,)`, some with named fields. */

/** A value's text inside a tuple, as Python's repr writes it. */
export function reprOf(value: unknown): string {
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value) && !(value instanceof Tuple) && value.constructor === Array) {
    return `[${value.map(reprOf).join(", ")}]`;
  }
  return String(value);
}

/** An array with a Python tuple's text. */
export class Tuple<T> extends Array<T> {
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
  override toString(): string {
    const items = Array.from(this, reprOf);
    return items.length === 1 ? `(${items[0]},)` : `(${items.join(", ")})`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** A tuple of these items, typed as given. */
export function tuple<const T extends readonly unknown[]>(items: T): T & Tuple<T[number]> {
  return Object.setPrototypeOf(items.slice(), Tuple.prototype) as T & Tuple<T[number]>;
}

/** A tuple whose items have names too: `torch.return_types.max(values=…, indices=…)`. */
class NamedTuple extends Tuple<unknown> {
  override toString(): string {
    const { typeName, fields } = shapes.get(this)!;
    return `torch.return_types.${typeName}(\n${fields.map((f, i) => `${f}=${reprOf(this[i])}`).join(",\n")})`;
  }
}
const shapes = new WeakMap<object, { typeName: string; fields: readonly string[] }>();

/** Makes a named tuple from its fields, in their order. */
export function namedTuple<T extends Record<string, unknown>>(
  typeName: string,
  items: T,
): T & Tuple<T[keyof T]> {
  const fields = Object.keys(items);
  const made = Object.setPrototypeOf(Object.values(items), NamedTuple.prototype);
  shapes.set(made, { typeName, fields });
  for (const f of fields) Object.defineProperty(made, f, { value: items[f] });
  return made;
}
