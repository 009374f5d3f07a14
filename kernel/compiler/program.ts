/** The hand-made program behind the checker: global files at once, modules when the checker first asks for them. */
import { readFileSync, statSync } from "node:fs";
import { declarationFile } from "./declarations.ts";
import { isBuiltin, moduleFile, nodeTypes } from "./packages.ts";
import {
  bound,
  type CompilerOptions,
  type Node,
  type SourceFile,
  type TypeChecker,
  ts,
} from "./typescript.ts";

interface LoadedFile {
  readonly file: SourceFile;
  readonly modified: number;
}

interface Resolution {
  readonly resolvedModule?: { readonly resolvedFileName: string };
}

const inDependency = /[\\/]node_modules[\\/]/;

/** Source files by path, and what `createTypeChecker` wants to know about them. */
export class Program {
  readonly options: CompilerOptions;
  readonly folder: string;
  readonly #files = new Map<string, LoadedFile>();
  readonly #resolved = new Map<string, object | undefined>();
  #globals: SourceFile[];
  #withNode = false;
  /** Loaded while checking, and so not yet merged into the globals. */
  #late: SourceFile[] = [];

  constructor(folder: string, options: CompilerOptions) {
    this.folder = folder;
    this.options = options;
    this.#globals = [this.#load(declarationFile("lib")), this.#load(declarationFile("node"))];
  }

  /** A checker over the global files; cells and modules join it one by one. */
  createChecker(): TypeChecker {
    for (const { file } of this.#files.values()) this.bind(file);
    return ts.createTypeChecker(this.#host());
  }

  /** Parses and binds a module that stands in no file, at a made-up path in the notebook's folder. */
  parse(path: string, text: string, kind: number): SourceFile {
    const file = ts.createSourceFile(
      path,
      text,
      {
        languageVersion: ts.ScriptTarget.ESNext,
        jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
        setExternalModuleIndicator: (made) => {
          bound(made).externalModuleIndicator ??= true;
        },
      },
      false,
      kind,
    );
    prepare(file);
    return file;
  }

  /** Binds a parsed file. */
  bind(file: SourceFile): void {
    ts.bindSourceFile(file, this.options);
  }

  /** A local file as it is on disk now; `text` is what it holds. */
  local(path: string, text: string): SourceFile {
    const known = this.#files.get(path);
    if (known && known.file.text === text) return known.file;
    this.refresh();
    const file = this.#load(path);
    this.bind(file);
    return file;
  }

  /**
   * Whether the last check met declarations that belong to the globals (Node's modules, an augmentation):
   * they count only for a new checker, which must check the cell again.
   */
  takeLateGlobals(): boolean {
    if (this.#late.length === 0) return false;
    this.#globals.push(...this.#late);
    this.#late = [];
    return true;
  }

  /** Takes a cell's `declare global` and module augmentations in, as late globals. */
  addAugmentations(file: SourceFile): void {
    if (bound(file).moduleAugmentations.length > 0) this.#late.push(file);
  }

  /** Forgets local files that have changed on disk, and the files that import them; true when there were any. */
  refresh(): boolean {
    const local = [...this.#files].filter(
      ([path, { file }]) => !file.isDeclarationFile && !inDependency.test(path),
    );
    if (local.every(([path, { modified }]) => modificationTime(path) === modified)) return false;
    for (const [path] of local) this.#files.delete(path);
    this.#resolved.clear();
    return true;
  }

  #load(path: string): SourceFile {
    const known = this.#files.get(path);
    if (known) return known.file;
    const modified = modificationTime(path);
    const file = ts.createSourceFile(
      path,
      readFileSync(path, "utf8"),
      { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone },
      false,
    );
    prepare(file);
    this.#files.set(path, { file, modified });
    return file;
  }

  /** A module that the checker reaches through an import. */
  #module(path: string): SourceFile | undefined {
    const known = this.#files.get(path);
    if (known) return known.file;
    let file: SourceFile;
    try {
      file = this.#load(path);
    } catch {
      return undefined;
    }
    if (hasGlobalEffects(file)) this.#late.push(file);
    for (const reference of file.typeReferenceDirectives) {
      if (reference.fileName === "node") this.#loadNode();
    }
    this.bind(file);
    this.#loadSideEffects(file);
    return file;
  }

  /** `import "./methods.ts"` in a declaration file may augment what it imports, but the checker never asks for it. */
  #loadSideEffects(file: SourceFile): void {
    if (!file.isDeclarationFile) return;
    for (const node of file.statements) {
      if (!ts.isImportDeclaration(node) || node.importClause) continue;
      if (!ts.isStringLiteral(node.moduleSpecifier)) continue;
      const found = this.#resolve(file, node.moduleSpecifier.text, undefined) as Resolution | undefined;
      if (found?.resolvedModule) this.#module(found.resolvedModule.resolvedFileName);
    }
  }

  #resolve(from: SourceFile, specifier: string, mode: number | undefined): object | undefined {
    const key = `${mode}\n${from.fileName}\n${specifier}`;
    if (this.#resolved.has(key)) return this.#resolved.get(key);
    const result = this.#resolveAnew(from, specifier, mode);
    this.#resolved.set(key, result);
    return result;
  }

  #resolveAnew(from: SourceFile, specifier: string, mode: number | undefined): object | undefined {
    const own = moduleFile(specifier);
    if (own)
      return {
        resolvedModule: { resolvedFileName: own, extension: ".d.ts", isExternalLibraryImport: false },
      };
    if (isBuiltin(specifier)) {
      this.#loadNode();
      return undefined;
    }
    return ts.resolveModuleName(
      specifier,
      from.fileName,
      this.options,
      ts.sys,
      undefined,
      undefined,
      mode as undefined,
    );
  }

  /** The whole of @types/node takes the place of the trimmed globals. */
  #loadNode(): void {
    if (this.#withNode) return;
    this.#withNode = true;
    const trimmed = declarationFile("node");
    this.#globals = this.#globals.filter((file) => file.fileName !== trimmed);
    this.#files.delete(trimmed);
    for (const path of nodeTypes(this.folder)) this.#late.push(this.#load(path));
  }

  #host(): object {
    const { options, folder } = this;
    const files = [...this.#globals];
    const esm = ts.ModuleKind.ESNext;
    const never = () => undefined;
    return {
      getCompilerOptions: () => options,
      getSourceFiles: () => files,
      getSourceFile: (path: string) => this.#module(path),
      getResolvedModule: (from: SourceFile, name: string, mode: number | undefined) =>
        this.#resolve(from, name, mode),
      getCurrentDirectory: () => folder,
      getCommonSourceDirectory: () => folder,
      useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
      fileExists: ts.sys.fileExists,
      isSourceFileDefaultLibrary: (file: SourceFile) => file === files[0],
      isSourceOfProjectReferenceRedirect: () => false,
      getRedirectFromSourceFile: never,
      getRedirectFromOutput: never,
      getProjectReferenceRedirect: never,
      getEmitModuleFormatOfFile: () => esm,
      getEmitSyntaxForUsageLocation: () => esm,
      getImpliedNodeFormatForEmit: () => esm,
      getDefaultResolutionModeForFile: never,
      getModeForUsageLocation: (_file: SourceFile, usage: Node) => importMode(usage),
      typesPackageExists: () => false,
      packageBundlesTypes: () => false,
      isSourceFileFromExternalLibrary: (file: SourceFile) => inDependency.test(file.fileName),
      getFileIncludeReasons: () => new Map(),
      readFile: ts.sys.readFile,
      redirectTargetsMap: new Map(),
    };
  }
}

// `import("x")` and `import x from "x"` see a package's "import" condition, `import x = require("x")` "require".
function importMode(usage: Node): number | undefined {
  return ts.isExternalModuleReference(usage.parent) ? ts.ModuleKind.CommonJS : undefined;
}

/** What the program builder would have set on a file. */
function prepare(file: SourceFile): void {
  const made = bound(file);
  made.path = made.resolvedPath = made.originalFileName = file.fileName;
  const augmentations: Node[] = [];
  const isModule = made.externalModuleIndicator !== undefined;
  const visit = (statements: readonly Node[], inAmbientModule: boolean) => {
    for (const node of statements) {
      if (!ts.isModuleDeclaration(node) || !ts.isAmbientModule(node)) continue;
      (node.name as { parent: Node }).parent = node;
      if (isModule || inAmbientModule) augmentations.push(node.name);
      else if (node.body && ts.isModuleBlock(node.body)) {
        (node.body as { parent: Node }).parent = node;
        visit(node.body.statements, true);
      }
    }
  };
  visit(file.statements, false);
  made.imports = [];
  made.moduleAugmentations = augmentations;
  made.ambientModuleNames = [];
}

const hasGlobalEffects = (file: SourceFile): boolean =>
  bound(file).externalModuleIndicator === undefined || bound(file).moduleAugmentations.length > 0;

function modificationTime(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
