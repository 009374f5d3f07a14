/** What a cell's import means: the kernel's own modules, Node's, local files, packages beside the notebook. */

import Module, { createRequire, isBuiltin } from "node:module";
import { basename, dirname } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { types } from "node:util";
import { candidates, isPath, localFile, localPath } from "../local-paths.ts";
import type { CellContext } from "../threads.ts";
import { AsIs } from "./as-is.ts";
import type { InterruptChecks } from "./interrupt.ts";
import { createLocalFiles, type Transpile } from "./local-files.ts";
import { createModuleCells } from "./module-cells.ts";
import { jsonNamespace, type ModuleNamespace } from "./namespace.ts";
import { type LoadKind, moduleError, readJson, resolvePackage } from "./resolve.ts";
import { createScripts, toNamespace } from "./scripts.ts";
import { mendMessage } from "./stacks.ts";
import { thrown } from "./thrown.ts";

export interface Modules {
  /** What emitted code is given, for the cell or local file at `path`. */
  context(path: string): CellContext;
  /** `require` as code in the file at `path` has it. */
  require(path: string): NodeJS.Require;
}

interface ModulesParts {
  readonly checks: InterruptChecks;
  /** Turns a local file into the form of a cell. */
  readonly transpile: Transpile;
}

/** The members of a local file's context that a cell's has not. */
export type ExportTarget = Pick<CellContext, "export" | "exportAll">;

export function createModules({ checks, transpile }: ModulesParts): Modules {
  const cells = createModuleCells();
  const scripts = createScripts(cells.versionOf);
  const files = createLocalFiles({
    transpile,
    cells,
    scripts,
    contextOf: (path, exported) => context(path, exported),
  });

  /** The file that a specifier of neither the kernel's nor Node's modules means. */
  const find = (specifier: string, from: string, kind: LoadKind): string => {
    if (!isPath(specifier)) return findPackage(specifier, from, kind);
    const file = findLocal(specifier, from, cells.isFile);
    files.note(file, from);
    return file;
  };

  const importFrom = async (specifier: string, path: string): Promise<ModuleNamespace> => {
    if (isOwn(specifier)) return importOwn(specifier);
    if (isBuiltin(specifier) || /^(?:data|https?):/.test(specifier))
      return (await import(specifier)) as ModuleNamespace;
    const file = find(specifier, path, "import");
    if (file.endsWith(".json")) return jsonNamespace(readJson(cells.read(file), file));
    return isLocalSource(file) ? files.import(file, path) : scripts.import(file);
  };

  const requireFrom = (specifier: string, path: string): unknown => {
    if (isOwn(specifier)) return importOwn(specifier);
    if (isBuiltin(specifier)) return ownRequire(specifier);
    const file = find(specifier, path, "require");
    return isLocalSource(file) ? files.require(file, path) : scripts.require(file, path);
  };

  const loadFrom = (specifier: string, path: string): ModuleNamespace => {
    if (isOwn(specifier)) return importOwn(specifier);
    if (isBuiltin(specifier)) return toNamespace(ownRequire(specifier));
    const file = find(specifier, path, "import");
    if (file.endsWith(".json")) return jsonNamespace(readJson(cells.read(file), file));
    return isLocalSource(file) ? files.load(file, path) : toNamespace(scripts.require(file, path));
  };

  const requireAt = (path: string): NodeJS.Require => {
    const node = createRequire(path);
    return Object.assign((specifier: string) => requireFrom(String(specifier), path), node, {
      resolve: Object.assign((specifier: string, options?: { paths?: string[] }) => {
        if (options || isOwn(specifier) || isBuiltin(specifier)) return node.resolve(specifier, options);
        return find(specifier, path, "require");
      }, node.resolve),
    });
  };

  const urlOf = (specifier: string, from: string): string => {
    if (isBuiltin(specifier)) return specifier.replace(/^(?:node:)?/, "node:");
    if (/^\.{0,2}\/|^[\w+.-]+:/.test(specifier)) return new URL(specifier, pathToFileURL(from)).href;
    return pathToFileURL(isOwn(specifier) ? ownRequire.resolve(specifier) : find(specifier, from, "import"))
      .href;
  };

  const context = (path: string, exported?: ExportTarget): CellContext => ({
    ...checks,
    thrown,
    caught: mendMessage,
    // A specifier that has no text rejects, too.
    import: async (specifier) => importFrom(String(specifier), path),
    load: (specifier) => loadFrom(specifier, path),
    require: requireAt(path),
    meta: {
      url: pathToFileURL(path).href,
      filename: path,
      dirname: dirname(path),
      resolve: (specifier) => urlOf(String(specifier), path),
    },
    asIs: (value) => (types.isPromise(value) ? new AsIs(value) : value),
    define: (file, source) => cells.define(file, basename(path), source),
    live,
    export: exported?.export ?? onlyInFiles,
    exportAll: exported?.exportAll ?? onlyInFiles,
  });

  return { context, require: requireAt };
}

const live: CellContext["live"] = (store, name, get) => {
  const set = (value: unknown): void => {
    Object.defineProperty(store, name, { value, writable: true });
  };
  Object.defineProperty(store, name, { get, set, configurable: true, enumerable: true });
};

function onlyInFiles(): never {
  throw new Error("internal: a cell exports nothing");
}

/** Local files, and TypeScript wherever it lies, run in the form of a cell; the rest is Node's. */
const isLocalSource = (file: string): boolean =>
  /\.[cm]?tsx?$/.test(file) || (/\.[cm]?jsx?$/.test(file) && !/[\\/]node_modules[\\/]/.test(file));

const isOwn = (specifier: string): boolean =>
  specifier === "jacobi" || specifier === "tslab" || specifier.startsWith("jacobi/");

const ownRequire = createRequire(import.meta.url);

const ownName = (specifier: string): string => (specifier === "tslab" ? "jacobi/tslab" : specifier);

/**
 * By this package's own name, so that cells get the very instances the kernel has; by `require`, because the globals
 * are loaded so as well, and one module must not be on its way in both manners at once.
 */
function importOwn(specifier: string): ModuleNamespace {
  try {
    return ownRequire(ownName(specifier)) as ModuleNamespace;
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
    throw moduleError(`import: ${specifier}: there is no such part of jacobi`);
  }
}

interface Resolving {
  _resolveFilename(request: string, parent?: { filename?: string | null }, ...rest: unknown[]): string;
}

/**
 * In CommonJS files that Node runs, `require("tslab")` and `require("jacobi")` mean the kernel's own, and packages are
 * found that were installed later.
 */
export function shareOwnModules(): void {
  // `_resolveFilename` is what `require` asks, and has no type.
  const resolving = Module as unknown as Resolving;
  const original = resolving._resolveFilename;
  const here = { id: "jacobi", filename: fileURLToPath(import.meta.url), paths: [] };
  resolving._resolveFilename = function (request, parent, isMain, options) {
    if (isOwn(request)) return original.call(this, ownName(request), here);
    try {
      return original.call(this, request, parent, isMain, options);
    } catch (error) {
      const file = options || !parent?.filename ? null : lateFile(request, parent.filename);
      if (file === null) throw error;
      return file;
    }
  };
}

/** The file of a package that was installed after another had missed it: Node would miss it for ever. */
function lateFile(specifier: string, from: string): string | null {
  try {
    return isPath(specifier) || isBuiltin(specifier)
      ? null
      : resolvePackage(specifier, dirname(from), "require");
  } catch {
    return null;
  }
}

function findLocal(specifier: string, from: string, isFile: (path: string) => boolean): string {
  const file = localFile(specifier, from, isFile);
  if (file !== undefined) return file;
  const path = localPath(specifier, from);
  throw moduleError(`import: ${specifier}: there is no such file: looked for ${lookedFor(path)}`);
}

/** The first few files that `path` might have meant. */
const lookedFor = (path: string): string => {
  const [first = path, ...others] = candidates(path);
  return `${first}, ${others
    .slice(0, 3)
    .map((other) => basename(other))
    .join(", ")} …`;
};

function findPackage(specifier: string, from: string, kind: LoadKind): string {
  const file = resolvePackage(specifier, dirname(from), kind);
  if (file !== null) return file;
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  throw moduleError(`import: ${name}: not installed: run npm install ${name} in ${dirname(from)}`);
}
