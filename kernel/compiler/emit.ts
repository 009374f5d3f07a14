/** A checked cell as JavaScript whose names outlive it: `($, $c) => value`, each line where its author put it. */
import type {
  ExpressionStatement,
  Identifier,
  ImportDeclaration,
  ImportEqualsDeclaration,
  NamedDeclaration,
  StringLiteral,
  VariableStatement,
} from "typescript";
import type { Cell, Checker } from "./checker.ts";
import { isTypeOnly, isUsingList } from "./erase.ts";
import { importedNames, specifierText } from "./imports.ts";
import { type EmitMemory, isAmbientDeclaration, Names } from "./names.ts";
import { type Dialect, Rewriter } from "./rewrite.ts";
import { transform } from "./transform.ts";
import { type Node, ts } from "./typescript.ts";

export interface Emitted {
  readonly code: string;
  readonly sourceMap?: string;
}

/** Emits a cell that has been checked. */
export function emitCell(checker: Checker, cell: Cell, memory: EmitMemory): Emitted {
  bindImports(checker, cell, memory);
  const names = new Names(checker, cell, memory);
  const plain = new CellEmitter(checker, cell, names, memory, false);
  const code = plain.emit();
  if (!plain.transforms) return { code };
  const typed = new CellEmitter(checker, cell, names, memory, true).emit();
  const done = transform(`return ${typed}`, cell.file.fileName, {
    ...checker.program.options,
    jsxFactory: names.jsxFactory,
    jsxFragmentFactory: names.jsxFragmentFactory,
  });
  return { code: `(() => {${done.code}})()`, sourceMap: done.sourceMap };
}

// Before any name is asked for: functions may read an import that stands below them.
function bindImports(checker: Checker, cell: Cell, memory: EmitMemory): void {
  for (const statement of cell.file.statements) {
    if (!ts.isImportDeclaration(statement) || !statement.importClause) continue;
    const module = memory.nextModule();
    for (const { symbol, member } of importedNames(statement)) {
      if (checker.isValue(symbol)) memory.imported.set(symbol, module + member);
    }
  }
}

class CellEmitter {
  readonly #checker: Checker;
  readonly #cell: Cell;
  readonly #names: Names;
  readonly #memory: EmitMemory;
  readonly #walk: Rewriter;
  readonly #result: Node | undefined;

  constructor(checker: Checker, cell: Cell, names: Names, memory: EmitMemory, keepTypes: boolean) {
    this.#checker = checker;
    this.#cell = cell;
    this.#names = names;
    this.#memory = memory;
    this.#walk = new Rewriter(cell.file, names, keepTypes, () => this.#dialect());
    this.#result = resultOf(cell.file.statements);
  }

  /** Whether the cell holds what only TypeScript's transforms can emit. */
  get transforms(): boolean {
    return this.#walk.transform;
  }

  emit(): string {
    const walk = this.#walk;
    walk.statements(this.#cell.file.statements);
    const body = walk.writer.finish();
    const { store, context, hot } = this.#names;
    const start = `(${walk.awaits ? "async " : ""}(${store}, ${context}) => {"use strict";`;
    const hoisted = this.#hoisted();
    if (hot.length === 0) return `${start}${hoisted}${body}\n})`;
    const loads = hot.map((name) => `${name}=${store}.${name}`).join(",");
    return `${start}let ${loads};try{${hoisted}${body}\n}finally{${this.#writeBack()}}})`;
  }

  #writeBack(): string {
    const { store, hot } = this.#names;
    return hot.map((name) => `${store}.${name}=${name};`).join("");
  }

  // Functions are there from the start, and `var` is undefined until it is assigned.
  #hoisted(): string {
    let text = "";
    for (const [, symbol] of this.#cell.locals) {
      const { name } = symbol;
      const isFunction = symbol.flags & ts.SymbolFlags.Function;
      const isVar = symbol.flags & ts.SymbolFlags.FunctionScopedVariable;
      const declared = symbol.declarations?.some((one) => !isTypeOnly(one) && !isAmbientDeclaration(one));
      if (!declared) continue;
      if (isFunction) text += `${this.#names.store}.${name}=${name};`;
      else if (isVar)
        text += `${this.#names.hot.includes(name) ? "" : `${this.#names.store}.`}${name}=void 0;`;
    }
    return text;
  }

  #dialect(): Dialect {
    const { context, store, hot } = this.#names;
    const saved = hot.map((name) => `${store}.${name}=${name},`).join("");
    return {
      await: (isTop) => (saved && isTop ? [`(${saved}${context}.wait(`, "))"] : [`${context}.wait(`, ")"]),
      statement: (node) => this.#statement(node),
    };
  }

  #statement(node: Node): boolean {
    if (node.parent !== this.#cell.file) return false;
    if (node === this.#result) return this.#return(node as ExpressionStatement);
    switch (node.kind) {
      case ts.SyntaxKind.ImportDeclaration:
        return this.#import(node as ImportDeclaration);
      case ts.SyntaxKind.ImportEqualsDeclaration:
        return this.#importEquals(node as ImportEqualsDeclaration);
      case ts.SyntaxKind.ClassDeclaration:
        return this.#class(node as NamedDeclaration);
      case ts.SyntaxKind.EnumDeclaration:
      case ts.SyntaxKind.ModuleDeclaration:
        return this.#publish(node, [(node as NamedDeclaration).name as Identifier]);
      case ts.SyntaxKind.VariableStatement:
        return this.#variables(node as VariableStatement);
      default:
        return false;
    }
  }

  #return(node: ExpressionStatement): boolean {
    const { writer } = this.#walk;
    writer.copy(this.#walk.start(node.expression));
    writer.insert("return (");
    this.#walk.visit(node.expression);
    writer.copy(node.expression.end);
    writer.insert(")");
    return true;
  }

  #variables(node: VariableStatement): boolean {
    const list = node.declarationList;
    if (!isUsingList(list)) return false;
    if ((list.flags & ts.NodeFlags.AwaitUsing) === ts.NodeFlags.AwaitUsing) this.#walk.awaits = true;
    return this.#publish(
      node,
      list.declarations.map((one) => one.name as Identifier),
    );
  }

  // A declaration that stays as it is, and is copied into the store.
  #publish(node: Node, names: readonly Identifier[]): boolean {
    this.#walk.visit(node);
    this.#walk.end(node);
    for (const { text } of names) this.#walk.writer.insert(`;${this.#names.store}.${text}=${text};`);
    return true;
  }

  #class(node: NamedDeclaration): boolean {
    const name = node.name as Identifier | undefined;
    const symbol = this.#names.stored(node);
    if (!name || !symbol) return false;
    const isMerged = (symbol.flags & ts.SymbolFlags.Module) !== 0;
    if (isMerged || (ts.canHaveDecorators(node) && ts.getDecorators(node)))
      return this.#publish(node, [name]);
    const { writer } = this.#walk;
    // `abstract` stands before `class`, and an expression has none.
    writer.copy(this.#walk.start(node));
    const modifiers = ts.canHaveModifiers(node) ? node.modifiers : undefined;
    if (modifiers) writer.blank(modifiers.end);
    writer.insert(`${this.#names.store}.${name.text} = `);
    this.#walk.visit(node);
    writer.copy(node.end);
    writer.insert(";");
    return true;
  }

  #import(node: ImportDeclaration): boolean {
    const { writer } = this.#walk;
    writer.copy(this.#walk.start(node));
    const { context, store } = this.#names;
    const { imported } = this.#memory;
    const names = importedNames(node).filter(({ symbol }) => imported.has(symbol));
    if (node.importClause && names.length === 0) {
      writer.blank(node.end);
      return true;
    }
    this.#walk.awaits = true;
    const load = `await ${context}.import(${specifierText(node)})`;
    const [first] = names;
    if (!first) writer.replace(node.end, `${load};`);
    else {
      const text = imported.get(first.symbol)!;
      const module = text.slice(0, text.length - first.member.length);
      const copies = names.map(({ symbol }) => `${store}.${symbol.name}=${store}.${imported.get(symbol)};`);
      writer.replace(node.end, `${store}.${module}=${load};${copies.join("")}`);
    }
    return true;
  }

  #importEquals(node: ImportEqualsDeclaration): boolean {
    const { writer } = this.#walk;
    const { context, store } = this.#names;
    const reference = node.moduleReference;
    const symbol = this.#names.stored(node);
    writer.copy(this.#walk.start(node));
    if (node.isTypeOnly || !symbol || !this.#checker.isValue(symbol)) writer.blank(node.end);
    else if (ts.isExternalModuleReference(reference)) {
      const specifier = JSON.stringify((reference.expression as StringLiteral).text);
      writer.replace(node.end, `${store}.${node.name.text}=${context}.require(${specifier});`);
    } else {
      writer.blank(this.#walk.start(reference));
      writer.insert(`${store}.${node.name.text}=`);
      this.#walk.visit(reference);
      writer.copy(node.end);
    }
    return true;
  }
}

/** The expression statement whose value is the cell's: the last statement but for declarations of functions and types. */
function resultOf(statements: readonly Node[]): Node | undefined {
  for (let i = statements.length - 1; i >= 0; i--) {
    const statement = statements[i]!;
    if (ts.isExpressionStatement(statement)) return statement;
    const skipped =
      ts.isEmptyStatement(statement) || ts.isFunctionDeclaration(statement) || isTypeOnly(statement);
    if (!skipped) return undefined;
  }
  return undefined;
}
