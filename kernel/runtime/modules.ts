/** What a cell's import means: the kernel's own modules, Node's, local files, packages beside the notebook. */
import { readFileSync, statSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { dirname, extname, isAbsolute, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CellContext, Compiled } from "../threads.ts";
import type { InterruptChecks } from "./interrupt.ts";
import { createLocalFiles, versionOf } from "./local-files.ts";
import { moduleError, resolvePackage } from "./resolve.ts";

export type ModuleNamespace = Record<string, unknown>;

export interface Modules {
  /** What emitted code is given, for the cell or local file at `path`. */
  context(path: string): CellContext;
  /** `require` as code in the file at `path` has it. */
  require(path: string): NodeJS.Require;
}

interface ModulesParts {
  readonly checks: InterruptChecks;
  /** Turns a local TypeScript file into the form of a cell. */
  transpile(path: string): Promise<Compiled>;
}

export function createModules({ checks, transpile }: ModulesParts): Modules {
  const files = createLocalFiles({ transpile, contextOf: (path, exported) => context(path, exported) });
  const scripts = createScripts();

  const importFrom = async (specifier: string, path: string): Promise<ModuleNamespace> => {
    if (isOwn(specifier)) return importOwn(specifier);
    if (isBuiltin(specifier)) return (await import(specifier)) as ModuleNamespace;
    if (/^(?:data|https?):/.test(specifier)) return (await import(specifier)) as ModuleNamespace;
    const file = isPath(specifier) ? findLocal(specifier, path) : findPackage(specifier, path);
    if (/\.[mc]?tsx?$/.test(file)) return files.import(file, path);
    if (file.endsWith(".json")) return { default: JSON.parse(readFileSync(file, "utf8")) as unknown };
    if (file.endsWith(".node")) return { default: requireAt(path)(file) as unknown };
    return scripts.import(file, isPath(specifier));
  };

  const context = (path: string, exported?: ExportTarget): CellContext => ({
    ...checks,
    import: (specifier) => importFrom(String(specifier), path),
    require: requireAt(path),
    meta: { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) },
    export: exported?.export ?? onlyInFiles,
    exportAll: exported?.exportAll ?? onlyInFiles,
  });

  return { context, require: requireAt };
}

/** The two members of a local file's context that a cell's has not. */
export type ExportTarget = Pick<CellContext, "export" | "exportAll">;

function onlyInFiles(): never {
  throw new Error("internal: a cell exports nothing");
}

const isOwn = (specifier: string): boolean => specifier === "jacobi" || specifier.startsWith("jacobi/");

const ownRequire = createRequire(import.meta.url);

/**
 * By this package's own name, so that cells get the very instances the kernel has; by `require`, because the globals
 * are loaded so as well, and one module must not be on its way in both manners at once.
 */
function importOwn(specifier: string): ModuleNamespace {
  try {
    return ownRequire(specifier) as ModuleNamespace;
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
    throw moduleError(`import: ${specifier}: there is no such part of jacobi`);
  }
}

/** One `require` per place; the kernel's own modules are the kernel's there too. */
function requireAt(path: string): NodeJS.Require {
  const require = createRequire(path);
  const own = (specifier: string): unknown =>
    isOwn(String(specifier)) ? ownRequire(specifier) : require(specifier);
  return Object.assign(own, require);
}

const isPath = (specifier: string): boolean =>
  /^\.{1,2}(?:\/|$)|^file:/.test(specifier) || isAbsolute(specifier);

const endings = [
  "",
  ".ts",
  ".tsx",
  ".mts",
  ".js",
  ".mjs",
  ".cjs",
  ".json",
  "/index.ts",
  "/index.tsx",
  "/index.js",
];

function findLocal(specifier: string, from: string): string {
  const path = specifier.startsWith("file:") ? fileURLToPath(specifier) : resolve(dirname(from), specifier);
  // `./x.js` may stand for the TypeScript file it will be compiled from.
  const source = path.replace(/\.([mc]?)js$/, ".$1ts");
  for (const file of [...endings.map((ending) => path + ending), source])
    if (statSync(file, { throwIfNoEntry: false })?.isFile()) return file;
  const tried = extname(path) === "" ? `${path}.ts, .js, .json …` : path;
  throw moduleError(`import: ${specifier}: there is no such file (${tried})`);
}

function findPackage(specifier: string, from: string): string {
  const file = resolvePackage(specifier, dirname(from));
  if (file !== null) return file;
  const name = specifier.split("/", specifier.startsWith("@") ? 2 : 1).join("/");
  throw moduleError(
    `import: ${name}: not installed in ${join(dirname(from), "node_modules")} or above: npm install ${name}`,
  );
}

/** A CommonJS module has every name its exports have now, also those that Node's lexer did not find. */
function withAllNames(file: string, namespace: ModuleNamespace): ModuleNamespace {
  const exports: unknown = ownRequire.cache[file]?.exports;
  if ((typeof exports !== "object" && typeof exports !== "function") || exports === null) return namespace;
  const missing = Object.entries(exports).filter(([name]) => !(name in namespace));
  return missing.length === 0 ? namespace : { ...namespace, ...Object.fromEntries(missing) };
}

/** JavaScript files by Node's own loader: local ones anew when edited, any anew after a failure. */
function createScripts(): { import(file: string, isLocal: boolean): Promise<ModuleNamespace> } {
  const loaded = new Map<string, { version: string; query: string }>();
  const failed = "failed";
  let turns = 0;
  return {
    async import(file, isLocal) {
      const known = loaded.get(file);
      const version = versionOf(file);
      const isKept = known !== undefined && known.version !== failed;
      const isSame = isKept && (!isLocal || known.version === version);
      const query = isSame ? known.query : known === undefined ? "" : `?v=${++turns}`;
      if (!isSame) delete ownRequire.cache[file];
      loaded.set(file, { version, query });
      try {
        return withAllNames(file, (await import(pathToFileURL(file).href + query)) as ModuleNamespace);
      } catch (error) {
        loaded.set(file, { version: failed, query });
        throw error;
      }
    },
  };
}
