/** Imports by the `paths` and `baseUrl` of a tsconfig.json, written out as paths: main knows nothing of that file. */
import type { StringLiteralLike } from "typescript";
import { requiredBy } from "./requires.ts";
import { type CompilerOptions, type Node, type SourceFile, ts } from "./typescript.ts";

/** Specifiers whose text is no longer what their author wrote. */
const replaced = new WeakSet<Node>();

/** The text that stands for a string in what is emitted, when it is another. */
export const aliasText = (node: StringLiteralLike): string | undefined =>
  replaced.has(node) ? JSON.stringify(node.text) : undefined;

/** Replaces the specifiers in `file` that `fileOf` knows a local file for. */
export function replaceAliases(
  file: SourceFile,
  { paths = {}, baseUrl }: CompilerOptions,
  fileOf: (specifier: string) => string | undefined,
): void {
  const patterns = Object.keys(paths);
  if (patterns.length === 0 && baseUrl === undefined) return;
  const isAlias = (specifier: string): boolean =>
    baseUrl !== undefined || patterns.some((pattern) => fits(pattern, specifier));
  const visit = (node: Node): void => {
    const specifier = specifierOf(node);
    const path = specifier && isAlias(specifier.text) ? fileOf(specifier.text) : undefined;
    if (specifier && path) {
      specifier.text = path;
      replaced.add(specifier);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
}

function fits(pattern: string, specifier: string): boolean {
  const [before = "", after] = pattern.split("*");
  return after === undefined
    ? pattern === specifier
    : specifier.startsWith(before) && specifier.endsWith(after);
}

/** What a declaration, `import()` or `require()` loads. */
function specifierOf(node: Node): StringLiteralLike | undefined {
  const required = requiredBy(node);
  if (required) return required;
  const isImport = ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
  const found = isImport
    ? node.arguments[0]
    : ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
      ? node.moduleSpecifier
      : ts.isExternalModuleReference(node)
        ? node.expression
        : undefined;
  return found && ts.isStringLiteralLike(found) ? found : undefined;
}
