/** Writes a cell's import declarations: the modules are there before its first statement, their names in the store. */
import type { ImportDeclaration } from "typescript";
import type { Checker } from "./checker.ts";
import { isTypeOnly } from "./erase.ts";
import { type ImportedName, importedNames, specifierText } from "./imports.ts";
import type { Names } from "./names.ts";
import type { Rewriter } from "./rewrite.ts";
import { type Node, type SourceFile, type TsSymbol, ts } from "./typescript.ts";

export class CellImports {
  readonly #checker: Checker;
  readonly #names: Names;
  readonly #walk: Rewriter;
  /** The statement before which all imports must have been made. */
  readonly #first: Node | undefined;
  /** Imports below it: functions there, called above, so that an error shows the line of its import. */
  readonly #late = new Map<Node, string>();

  constructor(checker: Checker, file: SourceFile, names: Names, walk: Rewriter) {
    this.#checker = checker;
    this.#names = names;
    this.#walk = walk;
    this.#first = file.statements.find((one) => !isOfHead(one));
    const { pos } = this.#first ?? file.endOfFileToken;
    for (const node of file.statements) {
      if (!ts.isImportDeclaration(node) || node.pos < pos || this.#text(node) === "") continue;
      this.#late.set(node, `${names.context}import${this.#late.size + 1}`);
    }
  }

  /** Puts the calls of the late imports before the first statement. */
  before(node: Node): void {
    if (node !== this.#first || this.#late.size === 0) return;
    this.#walk.writer.copy(this.#walk.start(node));
    this.#walk.writer.insert([...this.#late.values()].map((name) => `await ${name}();`).join(""));
  }

  write(node: ImportDeclaration): void {
    const { writer } = this.#walk;
    const text = this.#text(node);
    const late = this.#late.get(node);
    writer.copy(this.#walk.start(node));
    if (text !== "") this.#walk.awaits = true;
    writer.replace(node.end, late ? `async function ${late}(){${text}}` : text);
  }

  /** What loads a module and puts its values into the store; empty when it is imported for its types. */
  #text(node: ImportDeclaration): string {
    const { context } = this.#names;
    const names = importedNames(node).filter(({ symbol }) => this.#checker.isValue(symbol));
    if (node.importClause && names.length === 0) return "";
    const load = `await ${context}.import(${specifierText(node)});`;
    if (names.length === 0) return load;
    return `{const ${context}m=${load}${names.map((name) => this.#binding(name, node)).join("")}}`;
  }

  #binding({ symbol, member }: ImportedName, node: ImportDeclaration): string {
    const { context } = this.#names;
    const value = `${context}m${member}`;
    return this.#mayChange(symbol, node)
      ? `${context}.live(${this.#names.part(symbol.name)},${JSON.stringify(symbol.name)},()=>${value});`
      : `${this.#names.place(symbol.name)}=${value};`;
  }

  /** Whether its module may assign to an export: a variable does, and so may what a file without types gives. */
  #mayChange(symbol: TsSymbol, node: ImportDeclaration): boolean {
    if (symbol.declarations?.some(ts.isNamespaceImport)) return false;
    const { flags, valueDeclaration } = this.#checker.types.getAliasedSymbol(symbol);
    if (!valueDeclaration) return /^"\./.test(specifierText(node));
    if (!(flags & ts.SymbolFlags.Variable) || valueDeclaration.getSourceFile().isDeclarationFile)
      return false;
    return (ts.getCombinedNodeFlags(valueDeclaration) & ts.NodeFlags.Const) === 0;
  }
}

/** Whether a statement does nothing by itself, or imports. */
const isOfHead = (node: Node): boolean =>
  ts.isImportDeclaration(node) ||
  ts.isFunctionDeclaration(node) ||
  ts.isEmptyStatement(node) ||
  isTypeOnly(node);
