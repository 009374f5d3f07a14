/** Which file an import's specifier means to the checker; what was not found is looked for again after an install. */
import { existsSync, statSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import type { FileReference, ResolvedModuleFull } from "typescript";
import { isPath, localFile } from "../local-paths.ts";
import { isBuiltin, moduleFile } from "./packages.ts";
import {
  bound,
  type CompilerOptions,
  type Diagnostic,
  type Node,
  type SourceFile,
  ts,
} from "./typescript.ts";

/** What the checker asks for: `resolvedModule` is missing when there is no such file. */
export interface Resolution {
  readonly resolvedModule?: ResolvedModuleFull | undefined;
}

export const inDependency = /[\\/]node_modules[\\/]/;

export class Resolver {
  readonly #folder: string;
  readonly #options: () => CompilerOptions;
  readonly #isFile: (path: string) => boolean;
  readonly #found = new Map<string, Resolution>();
  /** Whether a file that stays loaded asks for a module that is not there. */
  #misses = false;
  #packages = ts.createModuleResolutionCache("/", (path) => path);
  #stamp: string;

  /** `isFile` knows the modules that cells are, beside the files there are. */
  constructor(folder: string, options: () => CompilerOptions, isFile: (path: string) => boolean) {
    this.#folder = folder;
    this.#options = options;
    this.#isFile = isFile;
    this.#stamp = installStamp(folder);
  }

  /** The file that `specifier` means in `from`; undefined for Node's own modules. */
  resolve(from: SourceFile, specifier: string, mode: number | undefined): Resolution | undefined {
    const own = moduleFile(specifier);
    if (own) return { resolvedModule: resolved(own, ".d.ts") };
    if (isBuiltin(specifier)) return undefined;
    const key = `${mode}\n${from.fileName}\n${specifier}`;
    const known = this.#found.get(key);
    if (known) return known;
    const result = this.#look(from, specifier, mode);
    if (result.resolvedModule) this.#found.set(key, result);
    else this.#misses = true;
    return result;
  }

  /** The local file that holds the code of what `specifier` means by a tsconfig.json. */
  aliased(from: SourceFile, specifier: string): string | undefined {
    const { resolvedModule: found } = this.#look(from, specifier, undefined);
    if (!found || inDependency.test(found.resolvedFileName)) return undefined;
    const path = found.resolvedFileName.replace(/\.d\.([cm]?)ts$/, ".$1js");
    return this.#isFile(path) ? path : undefined;
  }

  /** The declarations that `/// <reference types="NAME" />` in `from` means. */
  typeDirective(from: SourceFile, name: string): string | undefined {
    const { resolvedTypeReferenceDirective } = ts.resolveTypeReferenceDirective(
      name,
      from.fileName,
      this.#options(),
      ts.sys,
    );
    return resolvedTypeReferenceDirective?.resolvedFileName;
  }

  /** Whether packages were installed, as far as it matters: since something was not found, or `always`. */
  hasNews(always: boolean): boolean {
    if (!this.#misses && !always) return false;
    const stamp = installStamp(this.#folder);
    if (stamp === this.#stamp) return false;
    this.#stamp = stamp;
    return true;
  }

  /** Looks everything up again. */
  forget(): void {
    this.#found.clear();
    this.#misses = false;
    this.#packages = ts.createModuleResolutionCache("/", (path) => path);
  }

  #look(from: SourceFile, specifier: string, mode: number | undefined): Resolution {
    const cache = inDependency.test(from.fileName) ? this.#packages : undefined;
    const host = { ...ts.sys, fileExists: this.#isFile };
    const found = ts.resolveModuleName(
      specifier,
      from.fileName,
      this.#options(),
      host,
      cache,
      undefined,
      mode as undefined,
    );
    if (found.resolvedModule) return found;
    const file = isPath(specifier) ? localFile(specifier, from.fileName, this.#isFile) : undefined;
    return file ? { resolvedModule: resolved(file, extname(file)) } : found;
  }
}

const resolved = (file: string, extension: string): ResolvedModuleFull => ({
  resolvedFileName: file,
  extension,
  isExternalLibraryImport: false,
});

/** Changes whenever a package manager has changed what the folder can import. */
function installStamp(folder: string): string {
  const times: number[] = [];
  for (let at = folder; ; at = dirname(at)) {
    for (const name of ["", "@types", ".package-lock.json", ".modules.yaml", ".yarn-integrity"]) {
      times.push(statSync(join(at, "node_modules", name), { throwIfNoEntry: false })?.mtimeMs ?? 0);
    }
    if (dirname(at) === at) return times.join();
  }
}

/** Sets how Node would load a file, which decides what its default export is. */
export function setFormat(file: SourceFile, options: CompilerOptions): void {
  const format = ts.getImpliedNodeFormatForFileWorker(file.fileName, undefined, ts.sys, options);
  const isScoped = typeof format === "object";
  const made = bound(file);
  made.impliedNodeFormat = isScoped ? format.impliedNodeFormat : format;
  made.packageJsonScope = isScoped ? format.packageJsonScope : undefined;
}

/** The conditions under which a specifier is looked up: `require("x")` sees a package's "require". */
export function importMode(file: SourceFile, usage: Node, options: CompilerOptions): number | undefined {
  if (isRequired(usage)) return ts.ModuleKind.CommonJS;
  return ts.getModeForUsageLocation(file, usage as never, options);
}

const isRequired = ({ parent }: Node): boolean =>
  ts.isExternalModuleReference(parent) ||
  (ts.isCallExpression(parent) && ts.isIdentifier(parent.expression) && parent.expression.text === "require");

const referenced = (file: SourceFile, name: string): string => resolve(dirname(file.fileName), name);

/** The files that a file's `/// <reference path="…" />` comments name. */
export const referencedFiles = (file: SourceFile): string[] =>
  file.referencedFiles.map(({ fileName }) => referenced(file, fileName)).filter((path) => existsSync(path));

/** The errors for those of a file's `/// <reference … />` comments that name nothing, given how to find types. */
export function missingReferences(
  file: SourceFile,
  findTypes: (name: string) => string | undefined,
): Diagnostic[] {
  const error = ({ pos, end }: FileReference, code: number, messageText: string): Diagnostic => ({
    file,
    start: pos,
    length: end - pos,
    category: ts.DiagnosticCategory.Error,
    code,
    messageText,
  });
  const files = file.referencedFiles
    .filter(({ fileName }) => !existsSync(referenced(file, fileName)))
    .map((one) => error(one, 6053, `File '${referenced(file, one.fileName)}' not found.`));
  const types = file.typeReferenceDirectives
    .filter(({ fileName }) => findTypes(fileName) === undefined)
    .map((one) => error(one, 2688, `Cannot find type definition file for '${one.fileName}'.`));
  return [...files, ...types];
}
