/** Local files in the form of a cell: kept, and run anew when they or what they import are edited. */
import { cellHooks } from "../display/cell-hooks.ts";
import type { CellContext, CellDiagnostic, CompilerCalls, Transpiled } from "../threads.ts";
import type { ModuleCells } from "./module-cells.ts";
import { addExports, commonJsNamespace, createNamespace, type ModuleNamespace } from "./namespace.ts";
import { type Scripts, toNamespace } from "./scripts.ts";
import { compileWithSource, rememberSource } from "./sources.ts";

type ExportTarget = Pick<CellContext, "export" | "exportAll">;

/** Asks the compiler for a file, and may wait for the answer without a turn of the event loop. */
export interface Transpile {
  (request: CompilerCalls["transpile"]["request"]): Promise<Transpiled>;
  sync(request: CompilerCalls["transpile"]["request"]): Transpiled;
}

export interface LocalFiles {
  /** Notes that the local file at `importer` depends on the one at `path`. */
  note(path: string, importer: string): void;
  /** The exports of the file at `path`, which the cell or file at `importer` asks for. */
  import(path: string, importer: string): Promise<ModuleNamespace>;
  /** The same without a pause: the file must not await at its top level. */
  load(path: string, importer: string): ModuleNamespace;
  /** The same as `require` gives it: what the file has assigned to `export =`, if it did. */
  require(path: string, importer: string): unknown;
}

interface LocalFilesParts {
  readonly transpile: Transpile;
  readonly cells: ModuleCells;
  readonly scripts: Scripts;
  contextOf(path: string, exported: ExportTarget): CellContext;
}

interface LocalFile {
  readonly version: string;
  readonly exports: ModuleNamespace;
  /** The local files it imports, each with the version that it saw. */
  readonly imports: Map<string, string>;
  ready: Promise<void>;
  isReady: boolean;
  /** Set for CommonJS: `module.exports`, or what `export =` was given. */
  assigned?: () => unknown;
}

type Body = (store: object, context: CellContext) => unknown;

export function createLocalFiles({ transpile, cells, scripts, contextOf }: LocalFilesParts): LocalFiles {
  const files = new Map<string, LocalFile>();
  /** JavaScript files that turned out to be CommonJS, by version. */
  const commonJs = new Map<string, string>();

  const isCommonJs = (path: string): boolean =>
    path.endsWith(".cjs") || commonJs.get(path) === cells.versionOf(path);

  /** Neither the file nor anything it imports has been edited. */
  const isFresh = (path: string, seen = new Set<string>()): boolean => {
    if (seen.has(path)) return true;
    seen.add(path);
    const file = files.get(path);
    if (file === undefined || isCommonJs(path)) return !scripts.isEdited(path);
    if (file.version !== cells.versionOf(path)) return false;
    const sees = ([imported, version]: [string, string]) => version === cells.versionOf(imported);
    return [...file.imports].every((one) => sees(one) && isFresh(one[0], seen));
  };

  /** Whether `from` imports `to`, however indirectly: waiting for it would be waiting for oneself. */
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(files.get(from)?.imports.keys() ?? [])].some((next) => reaches(next, to, seen));
  };

  /** The function that a file is, and what it is called with. */
  const bodyOf = (path: string, file: LocalFile, compiled: Transpiled): (() => unknown) => {
    if (!compiled.ok) throw syntaxError(compiled.diagnostics);
    const name = cells.nameOf(path);
    const filename = rememberSource(name, cells.read(path), compiled);
    const body = compileWithSource(filename, compiled.code) as Body;
    return () => body({}, contextOf(path, exportTarget(file)));
  };

  const begin = (path: string): LocalFile => {
    const file: LocalFile = {
      version: cells.versionOf(path),
      exports: createNamespace(),
      imports: new Map(),
      ready: Promise.resolve(),
      isReady: false,
    };
    files.set(path, file);
    return file;
  };

  const finish = (file: LocalFile): void => {
    file.isReady = true;
    if (file.assigned) Object.defineProperties(file.exports, namesOf(file.assigned()));
  };

  // A file that failed runs anew when asked for again.
  const fail = (path: string, file: LocalFile): void => {
    if (files.get(path) === file) files.delete(path);
  };

  const evaluate = async (path: string, file: LocalFile): Promise<void> => {
    const compiled = await transpile({ path });
    if (compiled.isCommonJs) runCommonJs(path, file);
    else await bodyOf(path, file, compiled)();
    finish(file);
  };

  const evaluateNow = (path: string, file: LocalFile): void => {
    const compiled = transpile.sync({ path, isSync: true });
    if (compiled.awaits) throw new Error(`require: ${path}: it awaits at its top level: import it instead`);
    if (compiled.isCommonJs) runCommonJs(path, file);
    else bodyOf(path, file, compiled)();
    finish(file);
  };

  const runCommonJs = (path: string, file: LocalFile): void => {
    commonJs.set(path, file.version);
    const exports = scripts.require(path, path);
    file.assigned = () => exports;
  };

  const start = (path: string): LocalFile => {
    const file = begin(path);
    file.ready = evaluate(path, file).catch((error: unknown) => {
      fail(path, file);
      throw error;
    });
    return file;
  };

  /** The file as it is when it need not be run, or run again. */
  const known = (path: string): LocalFile | undefined => {
    const file = files.get(path);
    return file !== undefined && (!file.isReady || isFresh(path)) ? file : undefined;
  };

  const loadFile = (path: string): LocalFile => {
    const there = known(path);
    if (there) return there;
    const file = begin(path);
    try {
      evaluateNow(path, file);
    } catch (error) {
      fail(path, file);
      throw error;
    }
    return file;
  };

  // What a terminated cell was importing can never finish: the next cell starts over.
  cellHooks.start.add(() => {
    for (const [path, file] of files) if (!file.isReady) files.delete(path);
  });

  return {
    note(path, importer) {
      files.get(importer)?.imports.set(path, cells.versionOf(path));
    },
    async import(path, importer) {
      if (isCommonJs(path)) return toNamespace(scripts.require(path, importer));
      const file = known(path) ?? start(path);
      const isCycle = !file.isReady && files.has(importer) && reaches(path, importer);
      if (!isCycle) await file.ready;
      return file.exports;
    },
    load(path, importer) {
      if (isCommonJs(path)) return toNamespace(scripts.require(path, importer));
      return loadFile(path).exports;
    },
    require(path, importer) {
      if (isCommonJs(path)) return scripts.require(path, importer);
      const file = loadFile(path);
      return file.assigned ? file.assigned() : file.exports;
    },
  };
}

const namesOf = (exports: unknown): PropertyDescriptorMap =>
  Object.getOwnPropertyDescriptors(commonJsNamespace(exports)) as PropertyDescriptorMap;

/** Fills a file's namespace with live bindings. */
function exportTarget(file: LocalFile): ExportTarget {
  return {
    export({ "export=": assigned, ...getters }) {
      if (assigned) file.assigned = assigned;
      addExports(file.exports, getters);
    },
    exportAll(module) {
      const names = Object.keys(module).filter((name) => name !== "default" && !(name in file.exports));
      addExports(file.exports, Object.fromEntries(names.map((name) => [name, () => module[name]])));
    },
  };
}

function syntaxError(diagnostics: readonly CellDiagnostic[]): SyntaxError {
  const lines = diagnostics.map(
    ({ message, file, line, column, excerpt }) =>
      `${message}\n${file}:${line}:${column}\n${excerpt}\n${" ".repeat(column - 1)}^`,
  );
  const error = new SyntaxError(lines.join("\n"));
  error.stack = `SyntaxError: ${error.message}`;
  return error;
}
