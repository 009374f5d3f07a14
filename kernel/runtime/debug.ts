/** What a debugger asks main through the inspector: scripts, places, names, values; also while main is paused. */

import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { types } from "node:util";
import type { Bundle } from "../display/bundle.ts";
import { bundleOf, textBundle } from "../display/mime.ts";
import { toJson } from "../originals.ts";
import type { Store } from "../store.ts";
import type { DebugCalls, DebugRow, ScriptPosition, UserPosition } from "../threads.ts";
import { childrenOf, type Page } from "./debug-values.ts";
import { usersAmong } from "./frames.ts";
import { isHead, placeIn, scriptsWhere, sourceOf } from "./sources.ts";

/** Called by name through the inspector, so nothing here is renamed without `kernel/server/debug/target.ts`. */
export interface DebugTarget {
  call<K extends keyof DebugCalls>(name: K, request: DebugCalls[K]["request"]): DebugCalls[K]["reply"];
  /** The names of the notebook. */
  readonly names: Store["names"];
  /** The same with their values now, as an object whose properties are no accessors. */
  globals(): object;
  /** The variables of scopes, innermost first, that occur in `text`; at a cell's top level the notebook's as well. */
  locals(text: string | null, isTop: boolean, scopes: readonly object[]): object;
  /** Some children of a value: what to say of each, as JSON, and those that have children themselves. */
  list(value: object, page: Page): { rows: string; values: readonly unknown[] };
  /** For `with`: the notebook's names but for those that the code where it stands has itself. */
  outside(hidden: readonly string[]): object;
  /** Gives a name of the notebook a value; tells whether there was none of that name. */
  setGlobal(name: string, value: unknown): boolean;
  /** The value as it shows itself; its text where that takes time and main is paused. */
  display(value: unknown, mayWait: boolean): Bundle | Promise<Bundle>;
}

export function createDebugTarget({ names }: Store): DebugTarget {
  const globals = (): Record<string, unknown> => {
    const found: Record<string, unknown> = Object.create(null);
    for (const name of Object.keys(names)) define(found, name, () => names[name]);
    return found;
  };
  return {
    call: (name, request) => calls[name](request as never) as never,
    names,
    globals,
    locals(text, isTop, scopes) {
      const words = text === null ? null : wordsOf(text);
      const found: Record<string, unknown> = Object.create(null);
      for (const scope of isTop ? [...scopes, globals()] : scopes) {
        for (const name of Object.keys(scope)) {
          if (name in found || words?.has(name) === false) continue;
          define(found, name, () => (scope as Record<string, unknown>)[name]);
        }
      }
      return found;
    },
    list(value, page) {
      const children = childrenOf(value, page);
      const rows: readonly DebugRow[] = children.map(({ row }) => row);
      return { rows: toJson(rows) ?? "[]", values: children.map(({ child }) => child) };
    },
    outside(hidden) {
      const isHidden = new Set<string | symbol>([...hidden, Symbol.unscopables]);
      return new Proxy(names, { has: (_, key) => !isHidden.has(key) && key in names });
    },
    setGlobal(name, value) {
      const isNew = !(name in names);
      names[name] = value;
      return isNew;
    },
    display(value, mayWait) {
      const bundle = bundleOf(value, () => {});
      return types.isPromise(bundle) && !mayWait ? textBundle(value) : bundle;
    },
  };
}

/** What cannot be read, a binding before its declaration or a getter that throws, is left out. */
function define(object: Record<string, unknown>, name: string, read: () => unknown): void {
  try {
    Object.defineProperty(object, name, { value: read(), enumerable: true, writable: true });
  } catch {}
}

const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(text.match(/[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu));

const calls: {
  readonly [K in keyof DebugCalls]: (request: DebugCalls[K]["request"]) => DebugCalls[K]["reply"];
} = {
  foreign: () => {
    const own = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
    const folders = ["kernel", "tensor"].map((folder) => join(own, folder));
    const places = folders.flatMap((folder) => [`${folder}/`, pathToFileURL(`${folder}/`).href]);
    return ["^node:", ...places.map((place) => `^${escapeRegExp(place)}`)];
  },
  source: (script) => {
    const source = sourceOf(script);
    return source === undefined ? null : { file: source.file, text: source.text };
  },
  scripts: (wanted) =>
    scriptsWhere(({ file, text }) => ("text" in wanted ? text === wanted.text : file === wanted.file)),
  places: ({ script, positions }) => positions.map((position) => placeOf(script, position)),
  users: (scripts) => {
    const frames = scripts.map((script, index) => ({ script, index }));
    return usersAmong(frames, ({ script }) => script).map(({ index }) => index);
  },
};

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

function placeOf(script: string, [line, column]: ScriptPosition): UserPosition | null {
  const source = sourceOf(script);
  if (source === undefined || isHead(source, line + 1, column + 1)) return null;
  if (isInserted(source.emitted.code, line, column)) return null;
  const place = placeIn(source, line + 1, column + 1);
  return place && { line: place.line, column: place.column ?? 1 };
}

/** What emission puts among the statements, each at the place of the user's code that it belongs to. */
const inserted =
  /^(?:if ?\([\w$.]+\[0\]\) ?break [\w$]+s\b|break [\w$]+;?\s*\}\s*throw [\w$]+\.interrupt\(\)|[\w$]+\.caught\()/;

function isInserted(code: string, line: number, column: number): boolean {
  let start = 0;
  for (let left = line; left > 0; left--) {
    start = code.indexOf("\n", start) + 1;
    if (start === 0) return false;
  }
  return inserted.test(code.slice(start + column, start + column + 80));
}
