/** Type and syntax errors in the local files that a cell imports, however indirectly. */
import { withoutSilenced } from "./diagnostics.ts";
import type { Program } from "./program.ts";
import { bound, type Diagnostic, type SourceFile, ts } from "./typescript.ts";

/** The errors of all local TypeScript files behind `cell`; `semantic` checks one. */
export function localErrors(
  program: Program,
  cell: SourceFile,
  semantic: (file: SourceFile) => readonly Diagnostic[],
): Diagnostic[] {
  const seen = new Set([cell]);
  for (const file of seen) {
    for (const { fileName } of importsOf(file)) {
      const next = program.localImport(file, fileName);
      if (next) seen.add(next);
    }
  }
  seen.delete(cell);
  return [...seen].flatMap((file) => errorsOf(file, semantic));
}

// Most cells import nothing, and reading a text for imports costs as much as parsing it.
const importsOf = ({ text }: SourceFile) =>
  /\b(?:import|require|from)\b/.test(text) ? ts.preProcessFile(text, true, true).importedFiles : [];

function errorsOf(
  file: SourceFile,
  semantic: (file: SourceFile) => readonly Diagnostic[],
): readonly Diagnostic[] {
  const { parseDiagnostics, bindDiagnostics, checkJsDirective } = bound(file);
  if (parseDiagnostics.length > 0) return parseDiagnostics;
  if (checkJsDirective?.enabled === false) return [];
  return withoutSilenced(file, [...bindDiagnostics, ...semantic(file)]);
}
