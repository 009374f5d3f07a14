/** A package's specifier as a file, found afresh each time: Node remembers what it did not find, we must not. */

import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { parseJson } from "../originals.ts";

/** In which form a package is asked for: it may have one file for `import` and another for `require`. */
export type LoadKind = "import" | "require";

const conditionsOf = (kind: LoadKind): ReadonlySet<string> =>
  new Set(["node", kind, "module-sync", "node-addons", "default"]);

/** The file that SPECIFIER means in `folder`, or null when no such package is installed. */
export function resolvePackage(specifier: string, folder: string, kind: LoadKind = "import"): string | null {
  if (specifier.startsWith("#")) return resolveOwnImport(specifier, folder, kind);
  const found = /^(@[^/]+\/[^/]+|[^@./][^/]*)(\/.*)?$/.exec(specifier);
  if (!found) throw moduleError(`import: ${specifier}: expected a package's name, a path or a URL`);
  const [, name = "", rest = ""] = found;
  const own = scopeOf(folder);
  const isOwn = own !== null && manifestOf(own).name === name && manifestOf(own).exports !== undefined;
  const home = isOwn ? own : packageFolder(name, folder);
  if (home === null) return null;
  const manifest = manifestOf(home);
  if (manifest.exports === undefined || manifest.exports === null) return mainFile(home, rest, manifest);
  const table = isSubpaths(manifest.exports) ? manifest.exports : { ".": manifest.exports };
  const target = targetIn(table, `.${rest}`, kind);
  if (target === null || !target.startsWith("./"))
    throw moduleError(`import: ${specifier}: the package in ${home} exports no "./${rest.slice(1)}"`);
  return join(home, target);
}

/** `#name`, by the `imports` of the package that the folder is in. */
function resolveOwnImport(specifier: string, folder: string, kind: LoadKind): string | null {
  const home = scopeOf(folder);
  const imports = home === null ? undefined : manifestOf(home).imports;
  const target = targetIn((imports ?? {}) as Record<string, unknown>, specifier, kind);
  if (home === null || target === null)
    throw moduleError(
      `import: ${specifier}: no package.json in ${folder} or above has it among its "imports"`,
    );
  return target.startsWith("./") ? join(home, target) : resolvePackage(target, home, kind);
}

export function moduleError(message: string): Error {
  return Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
}

/** The nearest `node_modules/NAME` of the folder or one above it. */
function packageFolder(name: string, folder: string): string | null {
  return upwards(folder, (at) =>
    existsSync(join(at, "node_modules", name)) ? join(at, "node_modules", name) : null,
  );
}

/** The folder of the nearest `package.json`. */
const scopeOf = (folder: string): string | null =>
  upwards(folder, (at) => (existsSync(join(at, "package.json")) ? at : null));

function upwards(folder: string, look: (at: string) => string | null): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const found = look(at);
    if (found !== null || dirname(at) === at) return found;
  }
}

/** The value of JSON; the error of what is not JSON names the file. */
export function readJson(text: string, path: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new SyntaxError(`import: ${path}: it is not JSON: ${(error as Error).message}`);
  }
}

interface Manifest {
  readonly name?: unknown;
  readonly exports?: unknown;
  readonly imports?: unknown;
  readonly main?: unknown;
}

function manifestOf(home: string): Manifest {
  const path = join(home, "package.json");
  return existsSync(path) ? (readJson(readFileSync(path, "utf8"), path) as Manifest) : {};
}

/** Without `exports`: the file named, the main file, or index.js, as `require` finds them. */
export function mainFile(home: string, rest: string, manifest: Manifest = manifestOf(home)): string {
  const path = rest === "" ? (typeof manifest.main === "string" ? manifest.main : "index") : rest;
  const names = [path, `${path}.js`, `${path}.json`, `${path}.node`, `${path}/index.js`, "index.js"];
  for (const name of rest === "" ? names : names.slice(0, -1)) {
    const file = join(home, name);
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  }
  return createRequire(join(home, "package.json")).resolve(join(home, path));
}

/** https://nodejs.org/api/esm.html#resolution-algorithm-specification, PACKAGE_IMPORTS_EXPORTS_RESOLVE. */
function targetIn(table: Readonly<Record<string, unknown>>, path: string, kind: LoadKind): string | null {
  const conditions = conditionsOf(kind);
  if (Object.hasOwn(table, path) && !path.includes("*")) return targetOf(table[path], "", conditions);
  const patterns = Object.keys(table).filter((key) => key.includes("*"));
  patterns.sort((a, b) => b.indexOf("*") - a.indexOf("*") || b.length - a.length);
  for (const pattern of patterns) {
    const [before = "", after = ""] = pattern.split("*");
    const fits = path.startsWith(before) && path.endsWith(after) && path.length >= pattern.length;
    if (fits)
      return targetOf(table[pattern], path.slice(before.length, path.length - after.length), conditions);
  }
  return null;
}

function isSubpaths(exports: unknown): exports is Record<string, unknown> {
  if (typeof exports !== "object" || exports === null || Array.isArray(exports)) return false;
  return Object.keys(exports).every((key) => key.startsWith("."));
}

function targetOf(target: unknown, star: string, conditions: ReadonlySet<string>): string | null {
  if (typeof target === "string") return target.replaceAll("*", star);
  if (typeof target !== "object" || target === null) return null;
  const choices = Array.isArray(target)
    ? target
    : Object.entries(target).flatMap(([key, value]) => (conditions.has(key) ? [value as unknown] : []));
  for (const choice of choices) {
    const found = targetOf(choice, star, conditions);
    if (found !== null) return found;
  }
  return null;
}
