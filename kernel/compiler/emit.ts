/** A checked cell as JavaScript whose names outlive it: `($cstore, $c) => value`, each line where its author put it. */
import type {
  BindingName,
  ClassDeclaration,
  ExpressionStatement,
  Identifier,
  ImportDeclaration,
  ImportEqualsDeclaration,
  NamedDeclaration,
  StringLiteral,
  VariableStatement,
} from "typescript";
import type { Emitted } from "../threads.ts";
import { settlesItself } from "./awaits.ts";
import type { Cell, Checker } from "./checker.ts";
import { CellImports } from "./emit-imports.ts";
import { isTypeOnly, isUsingList } from "./erase.ts";
import { type EmitMemory, isAmbientDeclaration, Names } from "./names.ts";
import { type Dialect, Rewriter } from "./rewrite.ts";
import { transformExpression } from "./transform.ts";
import { type Node, ts } from "./typescript.ts";

/** Emits a cell that has been checked. */
export function emitCell(checker: Checker, cell: Cell, memory: EmitMemory): Emitted {
  const names = new Names(checker, cell, memory);
  const plain = new CellEmitter(checker, cell, names, false);
  const emitted = plain.emit();
  if (!plain.transforms) return emitted;
  const typed = new CellEmitter(checker, cell, names, true).emit();
  const { jsxFactory, jsxFragmentFactory } = names;
  const options = { ...checker.program.options, jsxFactory, jsxFragmentFactory };
  return transformExpression(typed, cell.file, options, names);
}

class CellEmitter {
  readonly #checker: Checker;
  readonly #cell: Cell;
  readonly #names: Names;
  readonly #walk: Rewriter;
  readonly #imports: CellImports;
  readonly #result: Node | undefined;

  constructor(checker: Checker, cell: Cell, names: Names, keepTypes: boolean) {
    this.#checker = checker;
    this.#cell = cell;
    this.#names = names;
    this.#walk = new Rewriter(cell.file, names, keepTypes, () => this.#dialect());
    this.#imports = new CellImports(checker, cell.file, names, this.#walk);
    this.#result = resultOf(cell.file.statements);
  }

  /** Whether the cell holds what only TypeScript's transforms can emit. */
  get transforms(): boolean {
    return this.#walk.transform;
  }

  emit(): Emitted {
    const walk = this.#walk;
    walk.statements(this.#cell.file.statements);
    const body = walk.writer.finish();
    const names = this.#names;
    const { hot, evaluates, context } = names;
    const locals = this.#hoisted();
    const loads = hot.map((name) => `${name}=${names.place(name)}`).join(",");
    const writes = this.#writeBack();
    const isAsync = walk.awaits ? "async " : "";
    const store = `${context}store`;
    const parts = names.parts(store);
    // What `eval` is given finds the names of the store as if they were variables.
    const [open, close] = evaluates
      ? [
          `((${store}, ${context}) => {with(${store}.names)return (${isAsync}() => {"use strict";${parts}`,
          "})()})",
        ]
      : [`(${isAsync}(${store}, ${context}) => {"use strict";${parts}`, "})"];
    const [load, save] = hot.length === 0 ? ["", ""] : [`let ${loads};try{`, `}finally{${writes}}`];
    const head = `${open}${load}${locals}`;
    // What is timed is not the text that is shown.
    const isShown = this.#cell.file.text.length === this.#cell.source.length;
    const places = isShown ? { places: walk.writer.places(head.length) } : {};
    return { code: `${head}${body}\n${save}${close}`, ...places };
  }

  #writeBack(): string {
    return this.#names.hot.map((name) => `${this.#names.place(name)}=${name};`).join("");
  }

  // Functions are there from the start, and `var` is undefined until it is assigned.
  #hoisted(): string {
    const { hot, constants } = this.#names;
    let text = constants.map((name) => `const ${name}=${this.#names.place(name)};`).join("");
    for (const [, symbol] of this.#cell.locals) {
      const { name } = symbol;
      const { Function: Func, FunctionScopedVariable, Enum, ValueModule } = ts.SymbolFlags;
      const isFunction = symbol.flags & Func;
      const isVar =
        symbol.flags & (FunctionScopedVariable | Enum | ValueModule) &&
        !(symbol.flags & ts.SymbolFlags.Class);
      const declared = symbol.declarations?.some((one) => !isTypeOnly(one) && !isAmbientDeclaration(one));
      if (!declared) continue;
      if (isFunction) text += `${this.#names.place(name)}=${name};`;
      else if (isVar) text += `${hot.includes(name) ? name : this.#names.place(name)}=void 0;`;
    }
    return text;
  }

  #dialect(): Dialect {
    const { context, hot } = this.#names;
    const saved = hot.map((name) => `${this.#names.place(name)}=${name},`).join("");
    return {
      await: (operand, isTop) => {
        const wait = settlesItself(this.#checker.types, operand) ? "" : `${context}.wait`;
        if (saved && isTop) return [`(${saved}${wait}(`, "))"];
        return wait ? [`${wait}(`, ")"] : ["", ""];
      },
      statement: (node) => this.#statement(node),
    };
  }

  #statement(node: Node): boolean {
    if (node.parent !== this.#cell.file) return false;
    this.#imports.before(node);
    if (node === this.#result) return this.#return(node as ExpressionStatement);
    switch (node.kind) {
      case ts.SyntaxKind.ImportDeclaration:
        this.#imports.write(node as ImportDeclaration);
        return true;
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
    writer.insert(this.#checker.program.isTslab ? `return ${this.#names.context}.asIs(` : "return (");
    this.#walk.visit(node.expression);
    writer.copy(node.expression.end);
    writer.insert(")");
    return true;
  }

  #variables(node: VariableStatement): boolean {
    const list = node.declarationList;
    const isAwaited = (list.flags & ts.NodeFlags.BlockScoped) === ts.NodeFlags.AwaitUsing;
    if (isUsingList(list) && isAwaited) this.#walk.awaits = true;
    const patterns = list.declarations.map((one) => one.name).filter((name) => !ts.isIdentifier(name));
    const kept = patterns.flatMap(identifiers).filter((name) => this.#names.published(name) !== undefined);
    return kept.length > 0 && this.#publish(node, kept);
  }

  // A declaration that stays as it is, and is copied into the store.
  #publish(node: Node, names: readonly Identifier[]): boolean {
    this.#walk.visit(node);
    this.#walk.end(node);
    for (const { text } of names) this.#walk.writer.insert(`;${this.#names.place(text)}=${text};`);
    return true;
  }

  #class(node: NamedDeclaration): boolean {
    const name = node.name as Identifier | undefined;
    const symbol = this.#names.stored(node);
    if (!name || !symbol) return false;
    const isKept = this.#names.isKept(symbol) || (symbol.flags & ts.SymbolFlags.Module) !== 0;
    if (isKept || isDecorated(node as ClassDeclaration)) return this.#publish(node, [name]);
    const { writer } = this.#walk;
    // `abstract` stands before `class`, and an expression has none.
    writer.copy(this.#walk.start(node));
    const modifiers = ts.canHaveModifiers(node) ? node.modifiers : undefined;
    if (modifiers) writer.blank(modifiers.end);
    writer.insert(`${this.#names.place(name.text)} = `);
    this.#walk.visit(node);
    writer.copy(node.end);
    writer.insert(";");
    return true;
  }

  #importEquals(node: ImportEqualsDeclaration): boolean {
    const { writer } = this.#walk;
    const { context } = this.#names;
    const place = this.#names.place(node.name.text);
    const reference = node.moduleReference;
    const symbol = this.#names.stored(node);
    writer.copy(this.#walk.start(node));
    if (node.isTypeOnly || !symbol || !this.#checker.isValue(symbol)) writer.blank(node.end);
    else if (ts.isExternalModuleReference(reference)) {
      const specifier = JSON.stringify((reference.expression as StringLiteral).text);
      writer.replace(node.end, `${place}=${context}.require(${specifier});`);
    } else {
      writer.blank(this.#walk.start(reference));
      writer.insert(`${place}=`);
      this.#walk.visit(reference);
      writer.copy(node.end);
    }
    return true;
  }
}

/** The names in a binding pattern. */
function identifiers(name: BindingName): Identifier[] {
  if (ts.isIdentifier(name)) return [name];
  return name.elements.flatMap((one) => (ts.isBindingElement(one) ? identifiers(one.name) : []));
}

/** The expression statement whose value is the cell's: the last statement but for functions, types and imports, which hoist. */
function resultOf(statements: readonly Node[]): Node | undefined {
  for (let i = statements.length - 1; i >= 0; i--) {
    const statement = statements[i]!;
    if (ts.isExpressionStatement(statement)) return statement;
    if (!isHoisted(statement)) return undefined;
  }
  return undefined;
}

const isHoisted = (statement: Node): boolean =>
  ts.isEmptyStatement(statement) ||
  ts.isFunctionDeclaration(statement) ||
  ts.isImportDeclaration(statement) ||
  isTypeOnly(statement);

/** Whether a class, a member or a parameter has a decorator: legacy ones are lost where a class is an expression. */
function isDecorated(node: ClassDeclaration): boolean {
  const parameters = node.members.flatMap((one): readonly Node[] =>
    ts.isFunctionLike(one) ? one.parameters : [],
  );
  return [node, ...node.members, ...parameters].some(
    (one) => ts.canHaveDecorators(one) && ts.getDecorators(one) !== undefined,
  );
}
