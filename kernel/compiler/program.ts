/** The hand-made program behind the checker: globals and modules are loaded when the checker first asks for them. */
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { replaceAliases } from "./aliases.ts";
import { Augmentations } from "./augmentations.ts";
import { isLibrary, libraryFiles, libraryModules, nodeGlobalFiles } from "./declarations.ts";
import { Library, type Merge } from "./library.ts";
import { packageRoot } from "./load.ts";
import { asksForNode, globalNames } from "./node-globals.ts";
import { readConfig, tslabOptions } from "./options.ts";
import { isBuiltin, moduleFile, nodeTypes } from "./packages.ts";
import { hasGlobalEffects, markModule, prepare } from "./prepared.ts";
import { typeRequires } from "./requires.ts";
import {
  importMode,
  inDependency,
  missingReferences,
  type Resolution,
  Resolver,
  referencedFiles,
  setFormat,
} from "./resolution.ts";
import {
  bound,
  type CompilerOptions,
  type Diagnostic,
  type Node,
  type SourceFile,
  type TypeChecker,
  ts,
} from "./typescript.ts";

interface LoadedFile {
  readonly file: SourceFile;
  /** Changes whenever the file does. */
  readonly version: string | ModuleCell;
}

/** What a checker leaves on its host. */
interface CheckerHost {
  forgetMistakes?: () => void;
}

/** A cell that other cells import as a file. */
export interface ModuleCell {
  readonly name: string;
  readonly text: string;
}

/** Source files by path, and what `createTypeChecker` wants to know about them. */
export class Program {
  readonly folder: string;
  /** What cells add to the globals and to modules. */
  readonly augmentations = new Augmentations();
  readonly #files = new Map<string, LoadedFile>();
  /** Files that are never looked at again. */
  readonly #fixed = new Set<string>();
  readonly #moduleCells = new Map<string, ModuleCell>();
  readonly #resolver: Resolver;
  /** Globals that are always there; what cells load besides follows. */
  readonly #library: Library;
  #globals: SourceFile[];
  #withNode = false;
  /** Whether the checker remembers what does not hold any more. */
  #isStale = false;
  #options: CompilerOptions;
  #isTslab = false;
  #forgetMistakes: (() => void) | undefined;
  /** How often files were forgotten because they had changed. */
  #changes = 0;
  /** Loaded while checking, and so not yet merged into the globals. */
  #late: SourceFile[] = [];

  constructor(folder: string, options: CompilerOptions) {
    this.folder = folder;
    this.#options = options;
    const isFile = (path: string) => this.#moduleCells.has(path) || ts.sys.fileExists(path);
    this.#resolver = new Resolver(folder, () => this.#options, isFile);
    this.#library = new Library([...libraryFiles(), ...nodeGlobalFiles()], () => this.#options);
    this.#globals = libraryModules().map((path) => this.#loadFixed(path));
  }

  /** The options of the next checker; importing `tslab` changes them. */
  get options(): CompilerOptions {
    return this.#options;
  }

  /** A checker over the global files; cells and modules join it one by one. */
  createChecker(): TypeChecker {
    for (const { file } of this.#files.values()) this.bind(file);
    const host: CheckerHost = this.#host();
    const checker = ts.createTypeChecker(host);
    this.#forgetMistakes = host.forgetMistakes;
    return checker;
  }

  /** Makes the newest checker as willing to suggest names and to analyse control flow as it was at first. */
  forgetMistakes(): void {
    this.#forgetMistakes?.();
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
    this.#prepareImports(file);
    return file;
  }

  /** Binds a parsed file. */
  bind(file: SourceFile): void {
    ts.bindSourceFile(file, this.options);
  }

  /** The cell that stands for the file at `path`. */
  moduleCell(path: string): ModuleCell | undefined {
    return this.#moduleCells.get(path);
  }

  /** Puts a cell in the place of the file at `path`, or takes it away. */
  setModuleCell(path: string, cell: ModuleCell | undefined): void {
    if (cell) this.#moduleCells.set(path, cell);
    else this.#moduleCells.delete(path);
  }

  /** A local file as it is now. */
  local(path: string): SourceFile {
    this.refresh();
    const file = this.#load(path);
    this.bind(file);
    return file;
  }

  /** What a file, or the cell that stands for it, holds now. */
  read(path: string): string {
    return this.#moduleCells.get(path)?.text ?? readFileSync(path, "utf8");
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

  /** Loads the whole of Node's globals when what the last check found may come from their being trimmed. */
  completeGlobals(checker: TypeChecker, found: readonly Diagnostic[]): boolean {
    if (this.#withNode || !asksForNode(checker, found, this.folder)) return false;
    this.#loadNode();
    return this.takeLateGlobals();
  }

  /**
   * Forgets files that have changed on disk, and what was missed before an install; true when there was any. Packages
   * change by installs alone: they are looked at only for a cell that imports.
   */
  refresh(imports = false): boolean {
    const isInstalled = this.#resolver.hasNews(imports);
    const changing = [...this.#files].filter(([path]) => !this.#isOurs(path));
    const local = changing.filter(([path]) => !inDependency.test(path));
    const hasChanged = ([path, { version }]: readonly [string, LoadedFile]) =>
      this.#version(path) !== version;
    const isOther = imports && changing.some((one) => inDependency.test(one[0]) && hasChanged(one));
    if (!isOther && !isInstalled && !local.some(hasChanged)) return false;
    this.#forget(isOther ? changing : local);
    this.#isStale ||= isInstalled;
    return true;
  }

  #forget(gone: readonly (readonly [string, LoadedFile])[]): void {
    for (const [path] of gone) this.#files.delete(path);
    this.#changes++;
    this.#resolver.forget();
    const isGone = new Set(gone.map(([, { file }]) => file));
    const globals = this.#globals.filter((file) => isGone.has(file));
    if (globals.length === 0) return;
    this.#globals = this.#globals.filter((file) => !isGone.has(file));
    this.#isStale = true;
    for (const { fileName } of globals) this.#module(fileName);
  }

  /** Whether a file belongs to the kernel, or is part of @types/node: those stay as they are. */
  #isOurs(path: string): boolean {
    return this.#fixed.has(path) || path.startsWith(ownFolder);
  }

  #version(path: string): string | ModuleCell {
    const cell = this.#moduleCells.get(path);
    if (cell) return cell;
    const { mtimeMs, size } = statSync(path, { throwIfNoEntry: false }) ?? { mtimeMs: 0, size: 0 };
    return `${mtimeMs} ${size}`;
  }

  #load(path: string): SourceFile {
    const known = this.#files.get(path);
    if (known) return known.file;
    const version = this.#version(path);
    const text = this.read(path);
    const file = ts.createSourceFile(
      path,
      this.#fixed.has(path) ? text.replace(ofCommonJs, "") : text,
      {
        languageVersion: ts.ScriptTarget.ESNext,
        // In JavaScript, comments are where the types are.
        jsDocParsingMode: isScript(path) ? ts.JSDocParsingMode.ParseAll : ts.JSDocParsingMode.ParseNone,
        ...(!isDeclaration(path) && { setExternalModuleIndicator: markModule }),
      },
      false,
    );
    prepare(file);
    // The checker says nothing twice of one path: of a file that takes another's place it shall.
    if (this.#changes > 0) bound(file).path += `?${this.#changes}`;
    setFormat(file, this.options);
    if (!file.isDeclarationFile) this.#prepareImports(file);
    this.#files.set(path, { file, version });
    return file;
  }

  #loadFixed(path: string): SourceFile {
    this.#fixed.add(path);
    return this.#load(path);
  }

  /** A module that the checker reaches through an import. */
  #module(path: string): SourceFile | undefined {
    // A package without declarations is `any`, as in tsc.
    if (inDependency.test(path) && isScript(path)) return undefined;
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
    this.loadReferences(file);
    this.#loadSideEffects(file);
    return file;
  }

  /** The local TypeScript file that an import of `file` means. */
  localImport(file: SourceFile, specifier: string): SourceFile | undefined {
    const path = this.#resolve(file, specifier, undefined)?.resolvedModule?.resolvedFileName;
    if (path === undefined || inDependency.test(path) || !/(?<!\.d)\.[cm]?tsx?$/.test(path)) return undefined;
    return moduleFile(specifier) ? undefined : this.#module(path);
  }

  /** Loads what `/// <reference … />` comments name. */
  loadReferences(file: SourceFile): void {
    for (const path of referencedFiles(file)) this.#module(path);
    for (const { fileName: name } of file.typeReferenceDirectives) {
      const path = this.#referencedTypes(file, name);
      if (path === ofNode) this.#loadNode();
      else if (path) this.#module(path);
    }
  }

  /** What is wrong with those comments. */
  missingReferences(file: SourceFile): Diagnostic[] {
    return missingReferences(file, (name) => this.#referencedTypes(file, name));
  }

  #referencedTypes(file: SourceFile, name: string): string | undefined {
    return name === ofNode ? ofNode : this.#resolver.typeDirective(file, name);
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

  #resolve(from: SourceFile, specifier: string, mode: number | undefined): Resolution | undefined {
    if (isBuiltin(specifier)) this.#loadNode();
    if (specifier === "tslab") this.#useTslab();
    return this.#resolver.resolve(from, specifier, mode);
  }

  #prepareImports(file: SourceFile): void {
    replaceAliases(file, this.options, (specifier) => this.#resolver.aliased(file, specifier));
    if (!isScript(file.fileName)) typeRequires(file, (specifier) => this.#hasTypes(file, specifier));
  }

  /** Whether the checker has something to say about what `require(specifier)` gives. */
  #hasTypes(from: SourceFile, specifier: string): boolean {
    if (isBuiltin(specifier)) return true;
    const found = this.#resolver.resolve(from, specifier, ts.ModuleKind.CommonJS)?.resolvedModule;
    return (
      found !== undefined && (/\.[cm]?tsx?$|\.json$/.test(found.extension) || !found.isExternalLibraryImport)
    );
  }

  /** Whether something has imported `tslab`: the notebook was written for it. */
  get isTslab(): boolean {
    return this.#isTslab;
  }

  /** Notebooks written for tslab are checked as it checks them, from the first cell that imports it. */
  #useTslab(): void {
    if (this.#isTslab) return;
    this.#isTslab = true;
    this.#options = readConfig(this.folder, tslabOptions).options;
    this.#isStale = true;
  }

  /** The whole of @types/node takes the place of the trimmed globals; what it lacks (WebAssembly …) stays. */
  #loadNode(): void {
    if (this.#withNode) return;
    this.#withNode = true;
    const paths = nodeTypes(this.folder);
    if (paths.length === 0) return;
    const whole = paths.map((path) => this.#loadFixed(path));
    this.#library.hide(nodeGlobalFiles(), new Set(whole.flatMap((file) => [...globalNames(file)])));
    this.#late.push(...whole);
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
      openGlobals: (merge: Merge) => this.#library.open(merge),
      isSourceFileDefaultLibrary: (file: SourceFile) => isLibrary(file.fileName),
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

/** The types that are always there. */
const ofNode = "node";

/** What @types/node declares, but neither cells nor modules have. */
const ofCommonJs = /^[^\S\n]*(?:declare )?var (?:exports|module):.*;$/gm;

const ownFolder = join(packageRoot, "dist", "/");

const isScript = (path: string): boolean => /\.[cm]?jsx?$/.test(path);

const isDeclaration = (path: string): boolean => /\.d\.(?:[^./]+\.)?[cm]?ts$|\.json$/.test(path);
