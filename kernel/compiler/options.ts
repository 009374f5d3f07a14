/** The compiler options of cells, and what a `tsconfig.json` beside or above the notebook changes in them. */
import { dirname, relative, sep } from "node:path";
import type { ParseConfigHost } from "typescript";
import { bound, type CompilerOptions, type Diagnostic, type SourceFile, ts } from "./typescript.ts";

/** The options of one notebook. */
export interface Config {
  readonly options: CompilerOptions;
  /** Whether a tsconfig.json asks for errors about implicit `any`. */
  readonly reportsImplicitAny: boolean;
  /** The tsconfig.json. */
  readonly file?: SourceFile;
  /** What is wrong with it. */
  readonly errors: readonly Diagnostic[];
}

const defaults: CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  strict: true,
  noImplicitAny: true,
  skipLibCheck: true,
  allowJs: true,
  allowImportingTsExtensions: true,
  esModuleInterop: true,
  resolveJsonModule: true,
  allowUnusedLabels: true,
  allowUnreachableCode: true,
  jsx: ts.JsxEmit.React,
  types: [],
  noEmit: true,
};

// What decides how cells are loaded or emitted is not a notebook's to change; what is unused never stops a cell.
const fixed = [
  ...[
    "target",
    "module",
    "moduleResolution",
    "moduleDetection",
    "esModuleInterop",
    "allowImportingTsExtensions",
  ],
  ...["lib", "noLib", "types", "isolatedModules", "isolatedDeclarations", "ignoreDeprecations"],
  ...[
    "noEmit",
    "noEmitHelpers",
    "importHelpers",
    "sourceMap",
    "inlineSourceMap",
    "inlineSources",
    "removeComments",
  ],
  ...["noUnusedLocals", "noUnusedParameters"],
];

/** What tslab has otherwise; a tsconfig.json still counts for more. */
export const tslabOptions: CompilerOptions = {
  strict: false,
  noImplicitAny: false,
  experimentalDecorators: true,
};

/**
 * The options for notebooks in `folder`: our own, changed by `preferred`, then by what can be read of a `tsconfig.json`
 * that may have errors.
 */
export function readConfig(folder: string, preferred: CompilerOptions = {}): Config {
  const base = { ...defaults, customConditions: ["node"], ...preferred };
  const none = { options: base, reportsImplicitAny: false, errors: [] };
  const path = ts.findConfigFile(folder, ts.sys.fileExists);
  if (path === undefined) return none;
  const source = ts.readJsonConfigFile(path, ts.sys.readFile);
  const host = hostOf(folder);
  const parsed = ts.parseJsonSourceFileConfigFileContent(source, host, dirname(path), undefined, path);
  const isBeside = relative(folder, dirname(path)) === "";
  // As for an editor, a project further up is one of its own unless its files include those of this folder.
  if (!isBeside && parsed.fileNames.length === 0) return none;
  const own: CompilerOptions = { ...parsed.options };
  for (const name of fixed) delete own[name];
  if (own.jsx === ts.JsxEmit.Preserve || own.jsx === ts.JsxEmit.ReactNative) delete own.jsx;
  const asked = own.noImplicitAny ?? own.strict;
  return {
    options: {
      ...base,
      ...own,
      customConditions: ["node", ...(own.customConditions ?? [])],
      noImplicitAny: asked ?? base.noImplicitAny ?? true,
    },
    reportsImplicitAny: asked ?? false,
    file: source,
    errors: [...bound(source).parseDiagnostics, ...parsed.errors].filter(isError),
  };
}

// That a project has no files of its own (18002, 18003) is no fault of one that stands beside a notebook.
const isError = ({ category, code }: Diagnostic): boolean =>
  category === ts.DiagnosticCategory.Error && code !== 18002 && code !== 18003;

/** A file system in which `folder` holds one source file and nothing else is a source file. */
function hostOf(folder: string): ParseConfigHost {
  const entries = (path: string) => {
    if (relative(path, folder) === "") return { files: ["notebook.ts"], directories: [] };
    const [next = ".."] = relative(path, folder).split(sep);
    return { files: [], directories: next === ".." ? [] : [next] };
  };
  const { fileExists, readFile, useCaseSensitiveFileNames } = ts.sys;
  return {
    fileExists,
    readFile,
    useCaseSensitiveFileNames,
    readDirectory: (root, extensions, excludes, includes, depth) =>
      ts.matchFiles(
        root,
        extensions,
        excludes,
        includes,
        useCaseSensitiveFileNames,
        root,
        depth,
        entries,
        (one) => one,
      ),
  };
}
