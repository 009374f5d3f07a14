/** Local TypeScript files in the form of a cell: their names are plain locals, their exports getters. */
import type {
  BindingName,
  EnumMember,
  ExportDeclaration,
  Identifier,
  ImportDeclaration,
  ImportEqualsDeclaration,
  StringLiteral,
} from "typescript";
import type { Emitted, Transpiled } from "../threads.ts";
import { settlesItself } from "./awaits.ts";
import type { Checker } from "./checker.ts";
import { fileErrors } from "./diagnostics.ts";
import { importedNames, memberText, specifierText } from "./imports.ts";
import { tagged } from "./jsx.ts";
import { flagText } from "./loops.ts";
import type { NameTexts } from "./name-texts.ts";
import { isReference, ofNode } from "./names.ts";
import { type Dialect, Rewriter } from "./rewrite.ts";

import { constantText, transformExpression } from "./transform.ts";

import { bound, declaredBy, type Node, type SourceFile, type TsSymbol, ts } from "./typescript.ts";

/** Emits a local file as `async ($, $c) => …`; only syntax errors stop it. */
export function transpile(checker: Checker, path: string, isSync: boolean): Transpiled {
  const file = checker.program.local(path);
  const { parseDiagnostics } = bound(file);
  const mayBeCommonJs = /\.jsx?$/.test(path) && !ts.isFileProbablyExternalModule(file);
  if (parseDiagnostics.length > 0) {
    if (mayBeCommonJs) return { ok: true, code: "", isCommonJs: true };
    return { ok: false, diagnostics: fileErrors(checker, file, parseDiagnostics) };
  }
  const plain = new FileEmitter(checker, file, { keepTypes: false, isSync });
  const emitted = plain.emit();
  const { awaits } = plain;
  if (mayBeCommonJs && !awaits) return { ok: true, code: "", isCommonJs: true };
  if (!plain.transforms) return { ok: true, ...emitted, awaits };
  const emitter = new FileEmitter(checker, file, { keepTypes: true, isSync });
  const options = {
    ...checker.program.options,
    jsxFactory: emitter.jsxName("jsx", checker.program.options.jsxFactory ?? "React.createElement"),
    jsxFragmentFactory: emitter.jsxName(
      "jsxFrag",
      checker.program.options.jsxFragmentFactory ?? "React.Fragment",
    ),
  };
  const { context } = emitter;
  return { ok: true, ...transformExpression(emitter.emit(), file, options, { context, isSync }), awaits };
}

interface EmitOptions {
  readonly keepTypes: boolean;
  /** The file is required: it may not await its imports. */
  readonly isSync: boolean;
}

/** A statement that loads another module, and the local that the module is kept in. */
interface Load {
  readonly text: string;
  readonly module: string;
}

class FileEmitter implements NameTexts {
  readonly context: string;
  readonly flag: string;
  readonly import: string;
  readonly meta: string;
  readonly #checker: Checker;
  readonly #file: SourceFile;
  readonly #walk: Rewriter;
  readonly #isSync: boolean;
  readonly #imported = new Map<TsSymbol, string>();
  readonly #exports: string[] = [];
  readonly #loads = new Map<Node, Load>();
  /** The first statement that does something, and the loads below it: imports come before everything else. */
  readonly #first: Node | undefined;
  readonly #late = new Set<Node>();
  #modules = 0;

  constructor(checker: Checker, file: SourceFile, { keepTypes, isSync }: EmitOptions) {
    this.#checker = checker;
    this.#file = file;
    this.#isSync = isSync;
    this.context = this.#free("$c");
    this.flag = flagText(this.context, bound(file).identifiers);
    this.import = `${this.context}.import`;
    this.meta = `${this.context}.meta`;
    for (const statement of file.statements) this.#bind(statement);
    this.#first = file.statements.find((one) => !ts.isImportDeclaration(one) && !ts.isExportDeclaration(one));
    for (const node of this.#loads.keys())
      if (this.#first && node.pos > this.#first.pos) this.#late.add(node);
    this.#walk = new Rewriter(file, this, keepTypes, () => this.#dialect());
  }

  /** Whether the file itself awaits, apart from what it imports. */
  get awaits(): boolean {
    return this.#walk.awaits;
  }

  get transforms(): boolean {
    return this.#walk.transform;
  }

  emit(): Emitted {
    this.#walk.statements(this.#file.statements);
    const body = this.#walk.writer.finish();
    const exports = `${this.context}.export({${this.#exports.join(",")}});`;
    const head = `(${this.#isSync ? "" : "async "}($, ${this.context}) => {"use strict";${exports}`;
    return { code: `${head}${body}\n})`, places: this.#walk.writer.places(head.length) };
  }

  /** The name that JSX is turned into calls of, by a comment or by default, as it is read here. */
  jsxName(pragma: "jsx" | "jsxFrag", fallback: string): string {
    const [root = "", ...rest] = (tagged(this.#file, pragma) ?? fallback).split(".");
    const symbol = bound(this.#file).locals?.get(ts.escapeLeadingUnderscores(root));
    return [(symbol && this.#imported.get(symbol)) ?? root, ...rest].join(".");
  }

  reference(node: Identifier): string | undefined {
    const isOfNode = Object.hasOwn(ofNode, node.text);
    if ((this.#imported.size === 0 && !isOfNode) || !isReference(node)) return undefined;
    const symbol = this.#checker.symbolOf(node);
    if (isOfNode && !symbol?.declarations?.some((one) => one.getSourceFile() === this.#file))
      return `${this.context}.${ofNode[node.text]}`;
    return symbol && this.#imported.get(symbol);
  }

  target(): undefined {
    return undefined;
  }

  published(): undefined {
    return undefined;
  }

  typeName(): undefined {
    return undefined;
  }

  constant(member: EnumMember): string | undefined {
    return constantText(this.#checker.types, member);
  }

  #free(wanted: string): string {
    return bound(this.#file).identifiers.has(wanted) ? this.#free(`${wanted}$`) : wanted;
  }

  #module(): string {
    return this.#free(`$${++this.#modules}`);
  }

  #bind(node: Node): void {
    if (ts.isExportDeclaration(node)) {
      if (node.moduleSpecifier && !node.isTypeOnly) this.#addLoad(node, this.#module());
    } else if (ts.isImportDeclaration(node)) {
      const names = importedNames(node).filter(({ symbol }) => this.#checker.isValue(symbol));
      if (node.importClause && names.length === 0) return;
      const module = this.#module();
      for (const { symbol, member } of names) this.#imported.set(symbol, module + member);
      this.#addLoad(node, module);
    }
  }

  #addLoad(node: ImportDeclaration | ExportDeclaration, module: string): void {
    const load = this.#isSync ? `${this.context}.load` : `await ${this.context}.import`;
    const text = `const ${module}=${load}(${specifierText(node)});`;
    const isAll = ts.isExportDeclaration(node) && !node.exportClause;
    this.#loads.set(node, { module, text: isAll ? `${text}${this.context}.exportAll(${module});` : text });
  }

  #dialect(): Dialect {
    const { context } = this;
    return {
      await: (operand) =>
        settlesItself(this.#checker.types, operand) ? ["", ""] : [`${context}.wait(`, ")"],
      statement: (node) => {
        if (node.parent !== this.#file) return false;
        if (node === this.#first) this.#writeLate(node);
        return this.#statement(node);
      },
    };
  }

  #writeLate(before: Node): void {
    this.#walk.writer.copy(this.#walk.start(before));
    for (const node of this.#late) this.#walk.writer.insert(this.#loads.get(node)!.text);
  }

  #statement(node: Node): boolean {
    if (ts.isImportDeclaration(node)) return this.#load(node);
    if (ts.isImportEqualsDeclaration(node)) return this.#importEquals(node);
    if (ts.isExportDeclaration(node)) return this.#export(node);
    if (ts.isExportAssignment(node)) {
      this.#replaceStart(node, node.expression, node.isExportEquals ? '"export="' : "default");
      this.#walk.visit(node.expression);
      return true;
    }
    return this.#exported(node);
  }

  // `export default x` is `const $default = x`.
  #replaceStart(node: Node, rest: Node, exported: string): void {
    const name = this.#free("$default");
    this.#exports.push(`${exported}:()=>${name}`);
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

  #load(node: Node): true {
    return this.#replace(node, this.#late.has(node) ? "" : (this.#loads.get(node)?.text ?? ""));
  }

  #importEquals(node: ImportEqualsDeclaration): boolean {
    const { moduleReference: reference, name } = node;
    if (node.isTypeOnly || !this.#checker.isValue(declaredBy(node)!)) {
      return this.#replace(node, "");
    }
    if (ts.isExternalModuleReference(reference)) {
      const specifier = JSON.stringify((reference.expression as StringLiteral).text);
      return this.#replace(node, `const ${name.text}=${this.context}.require(${specifier});`);
    }
    return this.#replace(node, `const ${name.text}=${reference.getText(this.#file)};`);
  }

  #export(node: ExportDeclaration): boolean {
    const { exportClause: clause } = node;
    const module = this.#loads.get(node)?.module;
    if (clause && ts.isNamespaceExport(clause))
      this.#exports.push(`${JSON.stringify(clause.name.text)}:()=>${module}`);
    else if (!node.isTypeOnly) {
      for (const one of clause?.elements ?? []) {
        if (one.isTypeOnly || !this.#checker.isValue(declaredBy(one)!)) continue;
        const from = one.propertyName ?? one.name;
        const local = module ? undefined : this.#checker.types.getExportSpecifierLocalTargetSymbol(one);
        const text = module
          ? module + memberText(from.text)
          : ((local && this.#imported.get(local)) ?? from.text);
        this.#exports.push(`${JSON.stringify(one.name.text)}:()=>${text}`);
      }
    }
    return this.#load(node);
  }
}
