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
    for (const specifier of importsOf(file)) {
      const next = program.localImport(file, specifier);
      if (next) seen.add(next);
    }
  }
  seen.delete(cell);
  return [...seen].flatMap((file) => errorsOf(file, semantic));
}

/** What a file's declarations import; `import()` is left to fail, or not, when it is called. */
function importsOf({ statements }: SourceFile): string[] {
  return statements.flatMap((node) => {
    const specifier =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isImportEqualsDeclaration(node) && ts.isExternalModuleReference(node.moduleReference)
          ? node.moduleReference.expression
          : undefined;
    return specifier && ts.isStringLiteral(specifier) ? [specifier.text] : [];
  });
}

function errorsOf(
  file: SourceFile,
  semantic: (file: SourceFile) => readonly Diagnostic[],
): readonly Diagnostic[] {
  const { parseDiagnostics, bindDiagnostics, checkJsDirective } = bound(file);
  if (parseDiagnostics.length > 0) return parseDiagnostics;
  if (checkJsDirective?.enabled === false) return [];
  return withoutSilenced(file, [...bindDiagnostics, ...semantic(file)]);
}
