/** Puts back the built-ins that user code has replaced, when the kernel could not end or begin a cell without them. */

const { defineProperty, deleteProperty, getOwnPropertyDescriptor, ownKeys } = Reflect;

interface Kept {
  readonly owner: object;
  readonly key: PropertyKey;
  readonly was: PropertyDescriptor;
}

const names = [
  ...[
    "Object",
    "Function",
    "Array",
    "String",
    "Number",
    "Boolean",
    "Symbol",
    "BigInt",
    "Math",
    "JSON",
    "Reflect",
  ],
  ...[
    "Promise",
    "Proxy",
    "Map",
    "Set",
    "WeakMap",
    "WeakSet",
    "WeakRef",
    "Date",
    "RegExp",
    "Atomics",
    "Buffer",
  ],
  ...[
    "Error",
    "TypeError",
    "RangeError",
    "SyntaxError",
    "AggregateError",
    "ArrayBuffer",
    "SharedArrayBuffer",
  ],
  ...["Uint8Array", "Int32Array", "Float64Array", "DataView"],
] as const;

const prototypeOf = (value: object): object => Object.getPrototypeOf(value) as object;
const iterators = [[][Symbol.iterator](), new Map().values(), new Set().values(), ""[Symbol.iterator]()].map(
  prototypeOf,
);

/** Objects that get no new members of user code: every object has those. */
const bare = [Object.prototype, Array.prototype, Promise.prototype] as const;
const bareKeys: PropertyKey[][] = bare.map(ownKeys);

const kept: Kept[] = [];
const keep = (owner: object, key: PropertyKey): void => {
  const was = getOwnPropertyDescriptor(owner, key);
  if (was !== undefined && (was.configurable || was.writable)) kept.push({ owner, key, was });
};
for (const name of names) {
  const value = (globalThis as unknown as Record<string, { prototype?: object }>)[name] as {
    prototype?: object;
  };
  keep(globalThis, name);
  for (const key of ownKeys(value))
    if (key !== "prepareStackTrace" && key !== "stackTraceLimit") keep(value, key);
  if (value.prototype !== undefined) for (const key of ownKeys(value.prototype)) keep(value.prototype, key);
}
for (const iterator of iterators) for (const key of ownKeys(iterator)) keep(iterator, key);

/** Whether anything had to be put back. Uses nothing that could have been replaced. */
export function mend(): boolean {
  let found = false;
  for (let i = 0; i < bare.length; i++) {
    const owner = bare[i]!;
    const keys = ownKeys(owner);
    for (let j = 0; j < keys.length; j++)
      if (!has(bareKeys[i]!, keys[j]!) && deleteProperty(owner, keys[j]!)) found = true;
  }
  for (let i = 0; i < kept.length; i++) {
    const { owner, key, was } = kept[i]!;
    const now = getOwnPropertyDescriptor(owner, key);
    if (now !== undefined && now.value === was.value && now.get === was.get && now.set === was.set) continue;
    if (defineProperty(owner, key, was)) found = true;
  }
  return found;
}

function has(keys: readonly PropertyKey[], key: PropertyKey): boolean {
  for (let i = 0; i < keys.length; i++) if (keys[i] === key) return true;
  return false;
}

const { stringify } = JSON;
const { then } = Promise.prototype;
const seven = (): number => 7;

/** Whether what every cell's end relies on, here and within Node, still does what it should. */
function works(): boolean {
  try {
    const list: unknown[] = [];
    list[0] = list;
    if (list.push(7) !== 2 || list[0] !== list || list[1] !== 7 || list.pop() !== 7) return false;
    if (stringify({ a: [1, "b"] }) !== '{"a":[1,"b"]}') return false;
    if (seven.apply(undefined) !== 7 || seven.call(undefined) !== 7 || seven.bind(undefined)() !== 7)
      return false;
    return (
      Promise.prototype.then === then || Promise.prototype.then.call(Promise.resolve()) instanceof Promise
    );
  } catch {
    return false;
  }
}

/** Puts built-ins back when user code has left them so that what the kernel says would be lost, without an error. */
export function mendBroken(): void {
  if (!works()) mend();
}

/** Runs `body`, once more with all built-ins in their places when it throws because of one. */
export function mending<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (!mend()) throw error;
    return body();
  }
}
