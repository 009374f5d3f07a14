/** The constructs that only TypeScript's own transforms can turn into JavaScript, with a source map. */
import type { EnumMember } from "typescript";
import type { Emitted } from "../threads.ts";
import { type CompilerOptions, type TypeChecker, ts } from "./typescript.ts";

/** The text of an enum member's value, which a transform that sees one file may not know to be constant. */
export function constantText(types: TypeChecker, member: EnumMember): string | undefined {
  const value = member.initializer && types.getConstantValue(member);
  if (typeof value === "string") return JSON.stringify(value);
  return Number.isFinite(value) ? String(value) : undefined;
}

const lead = "return ";
const opening = "(() => {";

/** Emits an expression whose names and loops are done. */
export function transformExpression(
  { code, places = [] }: Emitted,
  fileName: string,
  options: CompilerOptions,
): Emitted {
  const done = transform(lead + code, fileName, options);
  return {
    code: `${opening}${done.code}})()`,
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
      moduleDetection: ts.ModuleDetectionKind.Legacy,
      sourceMap: true,
      inlineSources: true,
      preserveConstEnums: true,
      verbatimModuleSyntax: true,
      noCheck: true,
    },
  });
  return { code: outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""), sourceMap: sourceMapText };
}
