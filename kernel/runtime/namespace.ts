/** A module's exports as an import gives them: live, read-only, and printed as Node prints its own. */
import { inspect } from "node:util";

export type ModuleNamespace = Record<string, unknown>;

/** A namespace without exports so far. */
export function createNamespace(): ModuleNamespace {
  const namespace = Object.create(null) as ModuleNamespace;
  Object.defineProperty(namespace, Symbol.toStringTag, { value: "Module" });
  Object.defineProperty(namespace, inspect.custom, { value: inspectNamespace });
  return namespace;
}

/** Adds exports, each read whenever it is asked for; those that are there already are replaced. */
export function addExports(
  namespace: ModuleNamespace,
  getters: Readonly<Record<string, () => unknown>>,
): void {
  for (const name of Object.keys(getters).sort())
    Object.defineProperty(namespace, name, { enumerable: true, configurable: true, get: getters[name]! });
}

type Inspect = typeof inspect;

function inspectNamespace(this: ModuleNamespace, depth: number, options: object, print: Inspect): string {
  if (depth < 0) return "[Module]";
  const values = Object.fromEntries(Object.keys(this).map((name) => [name, read(this, name)]));
  return `[Module: null prototype] ${print(values, options)}`;
}

/** What a circle of imports has not come to yet cannot be read. */
function read(namespace: ModuleNamespace, name: string): unknown {
  try {
    return namespace[name];
  } catch {
    return { [inspect.custom]: () => "<uninitialized>" };
  }
}

/**
 * What `import` gives of a CommonJS module's `module.exports`: every name it has now, and as the default the `default`
 * of a compiled ES module, else all of it. So it is typed under `esModuleInterop`.
 */
export function commonJsNamespace(exports: unknown): ModuleNamespace {
  const object = membersOf(exports);
  const isCompiled = Boolean(object.__esModule) && "default" in object;
  return namespaceOf(object, () => (isCompiled ? object.default : exports));
}

/** What `import` gives of a JSON value: its members by name, and all of it as the default. */
export const jsonNamespace = (value: unknown): ModuleNamespace =>
  namespaceOf(Array.isArray(value) ? {} : membersOf(value), () => value);

function namespaceOf(object: Readonly<Record<string, unknown>>, all: () => unknown): ModuleNamespace {
  const namespace = createNamespace();
  const getters = Object.keys(object).map((name) => [name, () => object[name]]);
  addExports(namespace, { ...Object.fromEntries(getters), default: all });
  return namespace;
}

const membersOf = (value: unknown): Record<string, unknown> =>
  (typeof value === "object" && value !== null) || typeof value === "function"
    ? (value as Record<string, unknown>)
    : {};
