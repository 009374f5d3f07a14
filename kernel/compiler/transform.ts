/** The constructs that only TypeScript's own transforms can turn into JavaScript, with a source map. */
import type { EnumMember } from "typescript";
import type { Emitted } from "../threads.ts";
import { isModern, takeImports, withJsx } from "./jsx.ts";
import { type CompilerOptions, type SourceFile, type TypeChecker, ts } from "./typescript.ts";

/** The text of an enum member's value, which a transform that sees one file may not know to be constant. */
export function constantText(types: TypeChecker, member: EnumMember): string | undefined {
  const value = member.initializer && types.getConstantValue(member);
  if (typeof value === "string") return JSON.stringify(value);
  return Number.isFinite(value) ? String(value) : undefined;
}

const lead = "return ";
const opening = "(() => {";

/** Emits a function of store and context whose names and loops are done, with the imports that its JSX may need. */
export function transformExpression(
  { code, places = [] }: Emitted,
  file: SourceFile,
  options: CompilerOptions,
  { context, isSync = false }: { readonly context: string; readonly isSync?: boolean },
): Emitted {
  const done = transform(lead + code, file.fileName, withJsx(file, options));
  const load = isSync ? `${context}.load` : `await ${context}.import`;
  const { rest, imports } = takeImports(done.code, lead, load);
  const made = `${opening}${rest}})()`;
  const parameters = `(${context}s,${context})`;
  const isAsync = isSync ? "" : "async ";
  return {
    code: imports === "" ? made : `(${isAsync}${parameters} => {${imports}return ${made}${parameters}})`,
    places: places.map((place, i) => (i % 2 === 0 ? place + lead.length : place)),
    // A mapping of the place behind `opening`, to which the first line's other mappings are relative.
    sourceMap: done.sourceMap.replace(/"mappings":"(?=[^;])/, '"mappings":"QAAA,'),
  };
}

/** Emits TypeScript; `options` decide about JSX and decorators. */
export function transform(
  code: string,
  fileName: string,
  options: CompilerOptions,
): { code: string; sourceMap: string } {
  const { outputText, sourceMapText = "{}" } = ts.transpileModule(code, {
    fileName,
    compilerOptions: {
      ...options,
      noEmit: false,
      allowImportingTsExtensions: false,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      // Only a module imports what JSX needs.
      moduleDetection: isModern(options) ? ts.ModuleDetectionKind.Force : ts.ModuleDetectionKind.Legacy,
      sourceMap: true,
      inlineSources: true,
      preserveConstEnums: true,
      verbatimModuleSyntax: true,
      noCheck: true,
    },
  });
  return { code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""), sourceMap: sourceMapText };
}
