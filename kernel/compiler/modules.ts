/** Local TypeScript files in the form of a cell: their names are plain locals, their exports getters. */
import { readFileSync } from "node:fs";
import type {
  BindingName,
  ExportDeclaration,
  Identifier,
  ImportDeclaration,
  ImportEqualsDeclaration,
  StringLiteral,
} from "typescript";
import type { Compiled } from "../threads.ts";
import type { NameTexts } from "./assignments.ts";
import type { Checker } from "./checker.ts";
import { fileErrors } from "./diagnostics.ts";
import { importedNames, memberText, specifierText } from "./imports.ts";
import { flagText } from "./loops.ts";
import { isReference } from "./names.ts";
import { type Dialect, Rewriter } from "./rewrite.ts";
import { transform } from "./transform.ts";
import { bound, type Node, type SourceFile, type TsSymbol, ts } from "./typescript.ts";

/** Emits the file at `path` as `async ($, $c) => …`; only syntax errors stop it. */
export function transpile(checker: Checker, path: string): Compiled {
  const file = checker.program.local(path, readFileSync(path, "utf8"));
  const { parseDiagnostics } = bound(file);
  if (parseDiagnostics.length > 0)
    return { ok: false, diagnostics: fileErrors(checker, file, parseDiagnostics) };
  const plain = new FileEmitter(checker, file, false);
  const code = plain.emit();
  if (!plain.transforms) return { ok: true, code };
  const typed = new FileEmitter(checker, file, true).emit();
  const done = transform(`return ${typed}`, path, checker.program.options);
  return { ok: true, code: `(() => {${done.code}})()`, sourceMap: done.sourceMap };
}

class FileEmitter implements NameTexts {
  readonly context: string;
  readonly flag: string;
  readonly #checker: Checker;
  readonly #file: SourceFile;
  readonly #walk: Rewriter;
  readonly #imported = new Map<TsSymbol, string>();
  readonly #exports: string[] = [];
  #modules = 0;

  constructor(checker: Checker, file: SourceFile, keepTypes: boolean) {
    this.#checker = checker;
    this.#file = file;
    this.context = this.#free("$c");
    this.flag = flagText(this.context, identifiersOf(file));
    for (const statement of file.statements) if (ts.isImportDeclaration(statement)) this.#bind(statement);
    this.#walk = new Rewriter(file, this, keepTypes, () => this.#dialect());
  }

  get transforms(): boolean {
    return this.#walk.transform;
  }

  emit(): string {
    this.#walk.statements(this.#file.statements);
    const body = this.#walk.writer.finish();
    const exports = `${this.context}.export({${this.#exports.join(",")}});`;
    return `(async ($, ${this.context}) => {"use strict";${exports}${body}\n})`;
  }

  reference(node: Identifier): string | undefined {
    if (this.#imported.size === 0 || !isReference(node)) return undefined;
    const symbol = this.#checker.symbolOf(node);
    return symbol && this.#imported.get(symbol);
  }

  target(): undefined {
    return undefined;
  }

  #free(wanted: string): string {
    return identifiersOf(this.#file).has(wanted) ? this.#free(`${wanted}$`) : wanted;
  }

  #module(): string {
    return this.#free(`$${++this.#modules}`);
  }

  #bind(node: ImportDeclaration): void {
    if (!node.importClause) return;
    const module = this.#module();
    for (const { symbol, member } of importedNames(node)) {
      if (this.#checker.isValue(symbol)) this.#imported.set(symbol, module + member);
    }
  }

  #dialect(): Dialect {
    const { context } = this;
    return {
      await: () => [`${context}.wait(`, ")"],
      statement: (node) => node.parent === this.#file && this.#statement(node),
    };
  }

  #statement(node: Node): boolean {
    if (ts.isImportDeclaration(node)) return this.#import(node);
    if (ts.isImportEqualsDeclaration(node)) return this.#importEquals(node);
    if (ts.isExportDeclaration(node)) return this.#export(node);
    if (ts.isExportAssignment(node)) {
      this.#replaceStart(node, node.expression);
      this.#walk.visit(node.expression);
      return true;
    }
    return this.#exported(node);
  }

  // `export default x` is `const $default = x`.
  #replaceStart(node: Node, rest: Node): void {
    const name = this.#free("$default");
    this.#exports.push(`default:()=>${name}`);
    this.#walk.writer.copy(this.#walk.start(node));
    this.#walk.writer.blank(this.#walk.start(rest));
    this.#walk.writer.insert(`const ${name}=`);
  }

  #exported(node: Node): boolean {
    const modifiers = ts.canHaveModifiers(node) ? (node.modifiers ?? []) : [];
    const isExport = (one: Node) => one.kind === ts.SyntaxKind.ExportKeyword;
    const isDefault = modifiers.some((one) => one.kind === ts.SyntaxKind.DefaultKeyword);
    if (!modifiers.some(isExport)) return false;
    for (const one of modifiers) {
      if (!isExport(one) && one.kind !== ts.SyntaxKind.DefaultKeyword) continue;
      this.#walk.writer.copy(this.#walk.start(one));
      this.#walk.writer.blank(one.end);
    }
    const { name } = node as Node & { name?: Identifier };
    if (ts.isVariableStatement(node)) {
      for (const one of node.declarationList.declarations) this.#exportNames(one.name);
    } else if (!name) {
      const hidden = this.#free("$default");
      this.#exports.push(`default:()=>${hidden}`);
      this.#walk.writer.insert(`const ${hidden}=`);
    } else this.#exports.push(`${isDefault ? "default" : name.text}:()=>${name.text}`);
    this.#walk.visit(node);
    return true;
  }

  #exportNames(name: BindingName): void {
    if (ts.isIdentifier(name)) this.#exports.push(`${name.text}:()=>${name.text}`);
    else for (const one of name.elements) if (ts.isBindingElement(one)) this.#exportNames(one.name);
  }

  #replace(node: Node, by: string): true {
    this.#walk.writer.copy(this.#walk.start(node));
    this.#walk.writer.replace(node.end, by);
    return true;
  }

  #import(node: ImportDeclaration): boolean {
    const load = `await ${this.context}.import(${specifierText(node)})`;
    if (!node.importClause) return this.#replace(node, `${load};`);
    const first = importedNames(node).find(({ symbol }) => this.#imported.has(symbol));
    if (!first) return this.#replace(node, "");
    const text = this.#imported.get(first.symbol)!;
    return this.#replace(node, `const ${text.slice(0, text.length - first.member.length)}=${load};`);
  }

  #importEquals(node: ImportEqualsDeclaration): boolean {
    const { moduleReference: reference, name } = node;
    if (node.isTypeOnly || !this.#checker.isValue((node as unknown as { symbol: TsSymbol }).symbol)) {
      return this.#replace(node, "");
    }
    if (ts.isExternalModuleReference(reference)) {
      const specifier = JSON.stringify((reference.expression as StringLiteral).text);
      return this.#replace(node, `const ${name.text}=${this.context}.require(${specifier});`);
    }
    return this.#replace(node, `const ${name.text}=${reference.getText(this.#file)};`);
  }

  #export(node: ExportDeclaration): boolean {
    const { exportClause: clause, moduleSpecifier } = node;
    if (node.isTypeOnly) return this.#replace(node, "");
    const load = moduleSpecifier ? `await ${this.context}.import(${specifierText(node)})` : undefined;
    if (!clause) return this.#replace(node, `${this.context}.exportAll(${load});`);
    const module = load ? this.#module() : undefined;
    if (ts.isNamespaceExport(clause)) this.#exports.push(`${JSON.stringify(clause.name.text)}:()=>${module}`);
    else {
      for (const one of clause.elements) {
        const symbol = (one as unknown as { symbol: TsSymbol }).symbol;
        if (one.isTypeOnly || !this.#checker.isValue(symbol)) continue;
        const from = one.propertyName ?? one.name;
        const text = module
          ? module + memberText(from.text)
          : (this.reference(from as Identifier) ?? from.text);
        this.#exports.push(`${JSON.stringify(one.name.text)}:()=>${text}`);
      }
    }
    return this.#replace(node, load ? `const ${module}=${load};` : "");
  }
}

const identifiersOf = (file: SourceFile): ReadonlyMap<string, string> =>
  (file as unknown as { identifiers: ReadonlyMap<string, string> }).identifiers;
