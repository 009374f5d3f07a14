/** A package's specifier as a file, found afresh each time: Node remembers what it did not find, we must not. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** What `import` looks for in a package's `exports`. */
const conditions = new Set(["node", "import", "module-sync", "node-addons", "default"]);

/** The file that `import "SPECIFIER"` means in `folder`, or null when no such package is installed. */
export function resolvePackage(specifier: string, folder: string): string | null {
  const found = /^(@[^/]+\/[^/]+|[^@./][^/]*)(\/.*)?$/.exec(specifier);
  if (!found) throw moduleError(`import: ${specifier}: expected a package's name, a path or a URL`);
  const [, name = "", rest = ""] = found;
  const home = packageFolder(name, folder);
  if (home === null) return null;
  const manifest = manifestOf(home);
  if (manifest.exports === undefined || manifest.exports === null) return mainFile(home, rest, manifest);
  const target = exported(manifest.exports, `.${rest}`);
  if (target === null || !target.startsWith("./"))
    throw moduleError(`import: ${specifier}: the package in ${home} exports no "./${rest.slice(1)}"`);
  return join(home, target);
}

export function moduleError(message: string): Error {
  return Object.assign(new Error(message), { code: "ERR_MODULE_NOT_FOUND" });
}

/** The nearest `node_modules/NAME` of the folder or one above it. */
function packageFolder(name: string, folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    const home = join(at, "node_modules", name);
    if (existsSync(home)) return home;
    if (dirname(at) === at) return null;
  }
}

interface Manifest {
  readonly exports?: unknown;
  readonly main?: unknown;
}

function manifestOf(home: string): Manifest {
  const path = join(home, "package.json");
  return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Manifest) : {};
}

/** Without `exports`: the file named, the main file, or index.js, as `require` finds them. */
function mainFile(home: string, rest: string, manifest: Manifest): string {
  const path = rest === "" ? (typeof manifest.main === "string" ? manifest.main : "index") : rest;
  const names = [path, `${path}.js`, `${path}.json`, `${path}.node`, `${path}/index.js`, "index.js"];
  for (const name of rest === "" ? names : names.slice(0, -1)) {
    const file = join(home, name);
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  }
  return createRequire(join(home, "package.json")).resolve(join(home, path));
}

/** https://nodejs.org/api/esm.html#resolution-algorithm-specification, PACKAGE_EXPORTS_RESOLVE. */
function exported(exports: unknown, subpath: string): string | null {
  const table = isSubpaths(exports) ? exports : { ".": exports };
  if (Object.hasOwn(table, subpath) && !subpath.includes("*")) return targetOf(table[subpath], "");
  const patterns = Object.keys(table).filter((key) => key.includes("*"));
  patterns.sort((a, b) => b.indexOf("*") - a.indexOf("*") || b.length - a.length);
  for (const pattern of patterns) {
    const [before = "", after = ""] = pattern.split("*");
    const fits = subpath.startsWith(before) && subpath.endsWith(after) && subpath.length >= pattern.length;
    if (fits) return targetOf(table[pattern], subpath.slice(before.length, subpath.length - after.length));
  }
  return null;
}

function isSubpaths(exports: unknown): exports is Record<string, unknown> {
  if (typeof exports !== "object" || exports === null || Array.isArray(exports)) return false;
  return Object.keys(exports).every((key) => key.startsWith("."));
}

function targetOf(target: unknown, star: string): string | null {
  if (typeof target === "string") return target.replaceAll("*", star);
  if (typeof target !== "object" || target === null) return null;
  const choices = Array.isArray(target)
    ? target
    : Object.entries(target).flatMap(([key, value]) => (conditions.has(key) ? [value as unknown] : []));
  for (const choice of choices) {
    const found = targetOf(choice, star);
    if (found !== null) return found;
  }
  return null;
}
