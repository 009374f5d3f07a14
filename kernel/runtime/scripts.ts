/** JavaScript that Node's own loader runs: packages, and local CommonJS files, those anew when edited. */
import { createRequire } from "node:module";
import { isAbsolute } from "node:path";
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import { commonJsNamespace, type ModuleNamespace } from "./namespace.ts";

export interface Scripts {
  import(file: string): Promise<ModuleNamespace>;
  /** The `module.exports` of the file, for code in `from`. */
  require(file: string, from: string): unknown;
  /** Whether a local file, or one that it requires, was edited after it ran. */
  isEdited(file: string): boolean;
}

const { cache } = createRequire(import.meta.url);

export function createScripts(versionOf: (path: string) => string): Scripts {
  const versions = new Map<string, string>();
  const failed = new Map<string, number>();

  /** Whether the file or a local one that it requires was edited after it ran. */
  const isEdited = (file: string, seen = new Set<string>()): boolean => {
    const module = cache[file];
    if (module === undefined || seen.has(file) || inPackage(file)) return false;
    seen.add(file);
    if ((versions.get(file) ?? versionOf(file)) !== versionOf(file)) return true;
    return module.children.some((child) => isEdited(child.filename, seen));
  };

  /** Visits the file and the local ones that it requires. */
  const walk = (file: string, visit: (file: string) => void, seen = new Set<string>()): void => {
    const module = cache[file];
    if (module === undefined || seen.has(file) || inPackage(file)) return;
    seen.add(file);
    for (const child of module.children) walk(child.filename, visit, seen);
    visit(file);
  };

  const requireFile = (file: string, from: string): unknown => {
    const edited: string[] = [];
    walk(file, (one) => {
      if (isEdited(one)) edited.push(one);
    });
    for (const one of edited) delete cache[one];
    const exports: unknown = createRequire(from)(file);
    walk(file, (one) => versions.set(one, versionOf(one)));
    return exports;
  };

  return {
    require: requireFile,
    isEdited,
    async import(file) {
      // Node would give the error of a failed module again and again.
      const query = failed.get(file) ?? 0;
      try {
        const url = pathToFileURL(file).href + (query > 0 ? `?v=${query}` : "");
        const namespace = (await import(url)) as ModuleNamespace;
        const loaded = cache[file];
        return loaded && !types.isModuleNamespaceObject(loaded.exports)
          ? commonJsNamespace(loaded.exports)
          : namespace;
      } catch (error) {
        failed.set(file, query + 1);
        throw withAdvice(error);
      }
    },
  };
}

/** Node never looks again for a package that an ES module in a package has missed. */
function withAdvice(error: unknown): unknown {
  const name =
    error instanceof Error
      ? /^Cannot find package '([^']+)' imported from/.exec(error.message)?.[1]
      : undefined;
  if (error instanceof Error && name !== undefined)
    error.message += isAbsolute(name)
      ? ": it was installed too late: restart the kernel"
      : `: run npm install ${name} and restart the kernel`;
  return error;
}

/** What `import` gives of what `require` gave: Node requires ES modules, too. */
export const toNamespace = (exports: unknown): ModuleNamespace =>
  types.isModuleNamespaceObject(exports) ? (exports as ModuleNamespace) : commonJsNamespace(exports);

const inPackage = (file: string): boolean => /[\\/]node_modules[\\/]/.test(file);
