/** The constructs that only TypeScript's own transforms can turn into JavaScript, with a source map. */
import { type CompilerOptions, ts } from "./typescript.ts";

/** Emits TypeScript whose names and loops are done; `options` decide about JSX and decorators. */
export function transform(
  code: string,
  fileName: string,
  options: CompilerOptions,
): { code: string; sourceMap: string } {
  const { outputText, sourceMapText } = ts.transpileModule(code, {
    fileName,
    compilerOptions: {
      ...options,
      noEmit: false,
      allowImportingTsExtensions: false,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleDetection: ts.ModuleDetectionKind.Legacy,
      sourceMap: true,
      preserveConstEnums: true,
      verbatimModuleSyntax: true,
      noCheck: true,
    },
  });
  return { code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""), sourceMap: sourceMapText ?? "" };
}
