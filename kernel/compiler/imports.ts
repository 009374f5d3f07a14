/** What import declarations bind. */
import type { ExportDeclaration, ImportDeclaration, NamedDeclaration, StringLiteral } from "typescript";
import { declaredBy, type TsSymbol, ts } from "./typescript.ts";

/** A name that an import declares, and how it is read from the module's namespace (`.default`; empty for all of it). */
export interface ImportedName {
  readonly symbol: TsSymbol;
  readonly member: string;
}

/** The names an import declares, but for those that say they are types. */
export function importedNames(node: ImportDeclaration): ImportedName[] {
  const names: ImportedName[] = [];
  const add = (declaration: NamedDeclaration, member: string) => {
    const symbol = declaredBy(declaration);
    if (symbol) names.push({ symbol, member });
  };
  const clause = node.importClause;
  if (!clause || clause.isTypeOnly) return names;
  if (clause.name) add(clause, ".default");
  const bindings = clause.namedBindings;
  if (!bindings) return names;
  if (ts.isNamespaceImport(bindings)) add(bindings, "");
  else {
    for (const one of bindings.elements) {
      if (!one.isTypeOnly) add(one, memberText((one.propertyName ?? one.name).text));
    }
  }
  return names;
}

/** The text that reads the member `name` of what stands before it. */
export const memberText = (name: string): string =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;

/** The specifier of an import or export, as a JavaScript string. */
export const specifierText = (node: ImportDeclaration | ExportDeclaration): string =>
  JSON.stringify((node.moduleSpecifier as StringLiteral).text);
