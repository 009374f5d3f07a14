/** The hand-made program behind the checker: global files at once, modules when the checker first asks for them. */
import { readFileSync, statSync } from "node:fs";
import { Augmentations } from "./augmentations.ts";
import { declarationFile } from "./declarations.ts";
import { isBuiltin, nodeTypes } from "./packages.ts";
import { importMode, inDependency, Resolver, referencedFiles, setFormat } from "./resolution.ts";
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

/** Source files by path, and what `createTypeChecker` wants to know about them. */
export class Program {
  readonly options: CompilerOptions;
  readonly folder: string;
  /** What cells add to the globals and to modules. */
  readonly augmentations = new Augmentations();
  readonly #files = new Map<string, LoadedFile>();
  readonly #resolver: Resolver;
  #globals: SourceFile[];
  #withNode = false;
  /** Whether the checker remembers what does not hold any more. */
  #isStale = false;
  /** Loaded while checking, and so not yet merged into the globals. */
  #late: SourceFile[] = [];

  constructor(folder: string, options: CompilerOptions) {
    this.folder = folder;
    this.options = options;
    this.#resolver = new Resolver(folder, () => this.options, ts.sys.fileExists);
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
        setExternalModuleIndicator: markModule,
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
    if (this.#late.length === 0 && !this.#isStale) return false;
    this.#globals.push(...this.#late);
    this.#late = [];
    this.#isStale = false;
    return true;
  }

  /** Forgets local files that have changed on disk, and what was missed before an install; true when there was any. */
  refresh(): boolean {
    const isInstalled = this.#resolver.hasNews();
    const local = [...this.#files].filter(
      ([path, { file }]) => !file.isDeclarationFile && !inDependency.test(path),
    );
    const isSame = local.every(([path, { modified }]) => modificationTime(path) === modified);
    if (isSame && !isInstalled) return false;
    for (const [path] of local) this.#files.delete(path);
    this.#resolver.forget();
    this.#isStale ||= isInstalled;
    return true;
  }

  #load(path: string): SourceFile {
    const known = this.#files.get(path);
    if (known) return known.file;
    const modified = modificationTime(path);
    const isScript = /\.[cm]?jsx?$/.test(path);
    const file = ts.createSourceFile(
      path,
      readFileSync(path, "utf8"),
      {
        languageVersion: ts.ScriptTarget.ESNext,
        // In JavaScript, comments are where the types are.
        jsDocParsingMode: isScript ? ts.JSDocParsingMode.ParseAll : ts.JSDocParsingMode.ParseNone,
        ...(!isDeclaration(path) && { setExternalModuleIndicator: markModule }),
      },
      false,
    );
    prepare(file);
    setFormat(file, this.options);
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
    this.bind(file);
    this.#loadReferences(file);
    this.#loadSideEffects(file);
    return file;
  }

  /** What `/// <reference … />` comments name. */
  #loadReferences(file: SourceFile): void {
    for (const path of referencedFiles(file)) this.#module(path);
    for (const { fileName: name } of file.typeReferenceDirectives) {
      const path = name === "node" ? undefined : this.#resolver.typeDirective(file, name);
      if (name === "node") this.#loadNode();
      else if (path) this.#module(path);
    }
  }

  /** `import "./methods.ts"` in a declaration file may augment what it imports, but the checker never asks for it. */
  #loadSideEffects(file: SourceFile): void {
    if (!file.isDeclarationFile) return;
    for (const node of file.statements) {
      if (!ts.isImportDeclaration(node) || node.importClause) continue;
      if (!ts.isStringLiteral(node.moduleSpecifier)) continue;
      const found = this.#resolver.resolve(file, node.moduleSpecifier.text, undefined);
      if (found?.resolvedModule) this.#module(found.resolvedModule.resolvedFileName);
    }
  }

  #resolve(from: SourceFile, specifier: string, mode: number | undefined): object | undefined {
    if (isBuiltin(specifier)) this.#loadNode();
    return this.#resolver.resolve(from, specifier, mode);
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
    const files = [...this.#globals, ...this.augmentations.files];
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
      getEmitModuleFormatOfFile: () => ts.ModuleKind.ESNext,
      getEmitSyntaxForUsageLocation: () => ts.ModuleKind.ESNext,
      getImpliedNodeFormatForEmit: (file: SourceFile) => ts.getImpliedNodeFormatForEmitWorker(file, options),
      getDefaultResolutionModeForFile: (file: SourceFile) =>
        ts.getDefaultResolutionModeForFileWorker(file, options),
      getModeForUsageLocation: (file: SourceFile, usage: Node) => importMode(file, usage, options),
      typesPackageExists: () => false,
      packageBundlesTypes: () => false,
      isSourceFileFromExternalLibrary: (file: SourceFile) => inDependency.test(file.fileName),
      getFileIncludeReasons: () => new Map(),
      readFile: ts.sys.readFile,
      redirectTargetsMap: new Map(),
    };
  }
}

const isDeclaration = (path: string): boolean => /\.d\.(?:[^./]+\.)?[cm]?ts$|\.json$/.test(path);

function markModule(file: SourceFile): void {
  bound(file).externalModuleIndicator ??= true;
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
      if (!inAmbientModule && !file.isDeclarationFile && !isDeclared(node)) continue;
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

const isDeclared = (node: Node): boolean =>
  ts.canHaveModifiers(node) &&
  (node.modifiers ?? []).some((one) => one.kind === ts.SyntaxKind.DeclareKeyword);

const hasGlobalEffects = (file: SourceFile): boolean =>
  !ts.isJsonSourceFile(file) &&
  (bound(file).externalModuleIndicator === undefined || bound(file).moduleAugmentations.length > 0);

function modificationTime(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
