/** The compiler options of cells, and what a `tsconfig.json` beside the notebook changes in them. */
import { join } from "node:path";
import { type CompilerOptions, ts } from "./typescript.ts";

const defaults: CompilerOptions = {
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  customConditions: ["node"],
  strict: true,
  noImplicitAny: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  esModuleInterop: true,
  resolveJsonModule: true,
  allowUnusedLabels: true,
  allowUnreachableCode: true,
  jsx: ts.JsxEmit.React,
  types: [],
  noEmit: true,
};

// What decides how cells are loaded or emitted is not a notebook's to change.
const fixed = [
  "target",
  "module",
  "moduleResolution",
  "moduleDetection",
  "noEmit",
  "types",
  "lib",
  "isolatedModules",
];

/** The options for notebooks in `folder`. A `tsconfig.json` that cannot be read counts as absent. */
export function compilerOptions(folder: string): CompilerOptions {
  const path = join(folder, "tsconfig.json");
  if (!ts.sys.fileExists(path)) return defaults;
  const { config } = ts.readConfigFile(path, ts.sys.readFile);
  const own = { ...(config?.compilerOptions ?? {}) };
  for (const name of [...fixed, "noUnusedLocals", "noUnusedParameters"]) delete own[name];
  return { ...defaults, ...ts.convertCompilerOptionsFromJson(own, folder).options };
}
