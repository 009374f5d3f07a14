/** Blanks `export` in a cell: all its names are seen by later cells anyway. */
import { bound, type SourceFile, ts } from "./typescript.ts";

/** The file's text, its exports replaced by as many characters; a text that does not parse stays as it is. */
export function withoutExports(file: SourceFile): string {
  let text = file.text;
  if (bound(file).parseDiagnostics.length > 0) return text;
  const blank = (start: number, end: number, by = "") => {
    const rest = text.slice(start + by.length, end).replace(/[^\r\n]/g, " ");
    text = text.slice(0, start) + by + rest + text.slice(end);
  };
  for (const statement of file.statements) {
    if (ts.isExportDeclaration(statement)) blank(statement.getStart(file), statement.end, ";");
    else if (ts.isExportAssignment(statement)) {
      blank(statement.getStart(file), statement.expression.getStart(file));
    } else if (ts.canHaveModifiers(statement)) {
      const nameless =
        (ts.isFunctionDeclaration(statement) || ts.isClassDeclaration(statement)) &&
        statement.name === undefined;
      for (const modifier of statement.modifiers ?? []) {
        const { kind } = modifier;
        if (kind !== ts.SyntaxKind.ExportKeyword && kind !== ts.SyntaxKind.DefaultKeyword) continue;
        const by = kind === ts.SyntaxKind.DefaultKeyword && nameless ? "void" : "";
        blank(modifier.getStart(file), modifier.end, by);
      }
    }
  }
  return text;
}
