/** Local TypeScript files: run in the form of a cell, kept, and run anew when they or what they import are edited. */
import { readFileSync, statSync } from "node:fs";
import vm from "node:vm";
import { cellHooks } from "../display/cell-hooks.ts";
import type { CellContext, CellDiagnostic, Compiled } from "../threads.ts";
import { rememberSource } from "./sources.ts";

type Namespace = Record<string, unknown>;
type ExportTarget = Pick<CellContext, "export" | "exportAll">;

export interface LocalFiles {
  /** The exports of the TypeScript file at `path`, which the cell or file at `importer` asks for. */
  import(path: string, importer: string): Promise<Namespace>;
}

interface LocalFilesParts {
  transpile(path: string): Promise<Compiled>;
  contextOf(path: string, exported: ExportTarget): CellContext;
}

interface LocalFile {
  readonly version: string;
  readonly exports: Namespace;
  /** The local files it imports. */
  readonly imports: Set<string>;
  readonly ready: Promise<void>;
  isReady: boolean;
}

export function createLocalFiles({ transpile, contextOf }: LocalFilesParts): LocalFiles {
  const files = new Map<string, LocalFile>();

  /** Neither the file nor anything it imports has been edited. */
  const isFresh = (path: string, seen = new Set<string>()): boolean => {
    if (seen.has(path)) return true;
    seen.add(path);
    const file = files.get(path);
    if (file === undefined || file.version !== versionOf(path)) return false;
    return [...file.imports].every((imported) => isFresh(imported, seen));
  };

  /** Whether `from` imports `to`, however indirectly: waiting for it would be waiting for oneself. */
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean => {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(files.get(from)?.imports ?? [])].some((next) => reaches(next, to, seen));
  };

  const evaluate = async (path: string, exports: Namespace): Promise<void> => {
    const compiled = await transpile(path);
    if (!compiled.ok) throw syntaxError(compiled.diagnostics);
    rememberSource(path, readFileSync(path, "utf8"), compiled.code, compiled.sourceMap);
    const body: unknown = new vm.Script(compiled.code, { filename: path }).runInThisContext();
    await (body as (store: object, context: CellContext) => Promise<void>)(
      {},
      contextOf(path, exportTarget(exports)),
    );
  };

  const load = (path: string): LocalFile => {
    const exports: Namespace = {};
    Object.defineProperty(exports, Symbol.toStringTag, { value: "Module" });
    const ready = evaluate(path, exports).then(
      () => {
        file.isReady = true;
      },
      (error: unknown) => {
        // A file that failed runs anew when asked for again.
        if (files.get(path) === file) files.delete(path);
        throw error;
      },
    );
    const file: LocalFile = { version: versionOf(path), exports, imports: new Set(), ready, isReady: false };
    files.set(path, file);
    return file;
  };

  // What a terminated cell was importing can never finish: the next cell starts over.
  cellHooks.start.add(() => {
    for (const [path, file] of files) if (!file.isReady) files.delete(path);
  });

  return {
    async import(path, importer) {
      files.get(importer)?.imports.add(path);
      const known = files.get(path);
      const isRunning = known !== undefined && !known.isReady;
      const file = known !== undefined && (isRunning || isFresh(path)) ? known : load(path);
      const isCycle = !file.isReady && files.has(importer) && reaches(path, importer);
      if (!isCycle) await file.ready;
      return file.exports;
    },
  };
}

/** Fills a namespace with live bindings. */
function exportTarget(exports: Namespace): ExportTarget {
  const define = (name: string, get: () => unknown): void => {
    Object.defineProperty(exports, name, { enumerable: true, configurable: true, get });
  };
  return {
    export(getters) {
      for (const [name, get] of Object.entries(getters)) define(name, get);
    },
    exportAll(module) {
      for (const name of Object.keys(module))
        if (name !== "default" && !Object.hasOwn(exports, name)) define(name, () => module[name]);
    },
  };
}

/** Changes whenever the file does. */
export function versionOf(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.mtimeNs}:${found.size}:${found.ino}` : "gone";
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
