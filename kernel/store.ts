/** The store of a notebook's top-level names, in parts that V8 keeps fast. */

/**
 * An object of more than 1,020 properties becomes a hash table to V8, and each access 10 times slower (1.0 → 13.6 ns);
 * so names are spread over parts by a hash, which whoever writes a name and whoever reads it agree upon without a table.
 */
const PARTS = 16;

/** The part that holds `name`. */
export function partOf(name: string): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0;
  return (hash >>> 0) % PARTS;
}

export type Part = Record<string, unknown>;

export interface Store {
  /** Each part by its number, for emitted code. */
  readonly [part: number]: Part;
  /** All names as the properties of one object, for who does not know them beforehand. */
  readonly names: Part;
}

/** An empty store. */
export function createStore(): Store {
  const parts = Array.from({ length: PARTS }, createPart);
  const of = (key: string | symbol): Part => parts[typeof key === "string" ? partOf(key) : 0]!;
  const names = new Proxy(createPart(), {
    has: (_, key) => key in of(key),
    get: (_, key) => of(key)[key as string],
    set: (_, key, value) => Reflect.set(of(key), key, value),
    deleteProperty: (_, key) => Reflect.deleteProperty(of(key), key),
    ownKeys: () => parts.flatMap((part) => Object.keys(part)),
    getOwnPropertyDescriptor: (_, key) => {
      const found = Object.getOwnPropertyDescriptor(of(key), key);
      return found && { ...found, configurable: true };
    },
  });
  return { ...parts, names };
}

// What it inherits from is empty, so that `__proto__` is a name like any other; without any prototype it would be slow.
const createPart = (): Part => Object.create(Object.create(null));
