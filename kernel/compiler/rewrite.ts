/** One walk over a file that blanks its types and puts store, waits and interrupt checks in. */
import type {
  AsExpression,
  AwaitExpression,
  BinaryExpression,
  Block,
  CallExpression,
  CaseClause,
  CatchClause,
  ClassLikeDeclaration,
  ContinueStatement,
  DefaultClause,
  EntityName,
  EnumMember,
  ExpressionWithTypeArguments,
  FunctionLikeDeclaration,
  Identifier,
  IterationStatement,
  MetaProperty,
  ModuleBlock,
  ShorthandPropertyAssignment,
  StringLiteralLike,
  SyntaxKind,
  ThrowStatement,
  TypeAssertion,
  VariableDeclaration,
  VariableDeclarationList,
} from "typescript";
import { aliasText } from "./aliases.ts";
import { Assignments } from "./assignments.ts";
import { Eraser, isTypeOnly, needsTransform } from "./erase.ts";
import { Functions } from "./functions.ts";
import { LoopChecks } from "./loops.ts";
import type { NameTexts } from "./name-texts.ts";
import { References } from "./references.ts";
import { type Node, type SourceFile, ts } from "./typescript.ts";
import { Writer } from "./writer.ts";

/** What differs between cells and local files: their own statements, and what stands before an `await`. */
export interface Dialect {
  /** Writes a statement of its own; true when it did. */
  statement(node: Node): boolean;
  /** What stands around the operand of an `await`; `isTop` is one outside functions. */
  await(operand: Node, isTop: boolean): readonly [before: string, after: string];
}

export class Rewriter {
  readonly writer: Writer;
  readonly file: SourceFile;
  readonly names: NameTexts;
  /** Types stay when TypeScript's transforms follow. */
  readonly keepTypes: boolean;
  /** Whether something was met that only TypeScript's transforms can emit. */
  transform = false;
  /** Whether the file itself awaits, outside functions. */
  awaits = false;
  readonly #erase: Eraser;
  readonly #checks: LoopChecks | undefined;
  readonly #references: References;
  readonly #assign: Assignments;
  readonly #functions: Functions;
  readonly #dialect: Dialect;

  constructor(file: SourceFile, names: NameTexts, keepTypes: boolean, dialect: (walk: Rewriter) => Dialect) {
    this.file = file;
    this.names = names;
    this.keepTypes = keepTypes;
    this.writer = new Writer(file.text);
    this.#erase = new Eraser(this.writer, file);
    if (names.context !== undefined) this.#checks = new LoopChecks(names.context, names.flag);
    this.#references = new References(this, this.#erase);
    this.#assign = new Assignments(this, this.#erase, this.#references);
    this.#functions = new Functions(this, this.#erase);
    // No shell reads what is emitted.
    this.writer.blank(/^#!.*/.exec(file.text)?.[0].length ?? 0);
    this.#dialect = dialect(this);
  }

  start(node: Node): number {
    return node.getStart(this.file);
  }

  /** Walks a list of statements and ends each, so that no line joins the one before it. */
  statements(list: readonly Node[]): void {
    for (const node of list) {
      if (isTypeOnly(node)) this.typeOnly(node);
      else if (!this.#dialect.statement(node)) this.visit(node);
      this.end(node);
    }
  }

  /** Ends a statement that its author left to the line break. */
  end(node: Node): void {
    this.writer.copy(node.end);
    const last = this.file.text[node.end - 1];
    if (last !== ";" && !ts.isFunctionDeclaration(node) && !isBlockLike(node)) this.writer.insert(";");
  }

  readonly visit = (node: Node): void => {
    this.note(node);
    const own = this.#visitors.get(node.kind);
    if (own) own(node as never);
    else if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) this.#type(node);
    else if (ts.isFunctionLike(node)) this.#functions.function(node as FunctionLikeDeclaration);
    else if (ts.isIterationStatement(node, false)) this.#loop(node, node);
    else this.children(node);
  };

  /** Remembers whether TypeScript's transforms must follow for a node's sake. */
  note(node: Node): void {
    if (needsTransform(node)) this.transform = true;
  }

  /** What is not walked child by child, function by function or loop by loop. */
  readonly #visitors = new Map<SyntaxKind, (node: never) => void>([
    [ts.SyntaxKind.Identifier, (node: Identifier) => this.#references.name(node)],
    [ts.SyntaxKind.StringLiteral, (node: StringLiteralLike) => this.#alias(node)],
    [ts.SyntaxKind.NoSubstitutionTemplateLiteral, (node: StringLiteralLike) => this.#alias(node)],
    [ts.SyntaxKind.Block, (node: Block) => this.statements(node.statements)],
    [ts.SyntaxKind.ModuleBlock, (node: ModuleBlock) => this.statements(node.statements)],
    [ts.SyntaxKind.CaseClause, (node: CaseClause) => this.#clause(node)],
    [ts.SyntaxKind.DefaultClause, (node: DefaultClause) => this.#clause(node)],
    [ts.SyntaxKind.BinaryExpression, (node: BinaryExpression) => this.#references.binary(node)],
    [
      ts.SyntaxKind.ShorthandPropertyAssignment,
      (node: ShorthandPropertyAssignment) => this.#references.shorthand(node),
    ],
    [ts.SyntaxKind.CallExpression, (node: CallExpression) => this.#references.call(node)],
    [ts.SyntaxKind.NewExpression, (node: CallExpression) => this.#references.call(node)],
    [ts.SyntaxKind.TaggedTemplateExpression, (node: CallExpression) => this.#references.call(node)],
    [ts.SyntaxKind.AwaitExpression, (node: AwaitExpression) => this.#await(node)],
    [ts.SyntaxKind.ThrowStatement, (node: ThrowStatement) => this.#throw(node)],
    [ts.SyntaxKind.CatchClause, (node: CatchClause) => this.#catch(node)],
    [ts.SyntaxKind.MetaProperty, (node: MetaProperty) => this.#references.meta(node)],
    [ts.SyntaxKind.ThisKeyword, (node: Node) => this.#references.self(node)],
    [ts.SyntaxKind.ContinueStatement, (node: ContinueStatement) => this.#continue(node)],
    [ts.SyntaxKind.LabeledStatement, (node: Node) => this.#labeled(node)],
    [ts.SyntaxKind.ClassDeclaration, (node: ClassLikeDeclaration) => this.#functions.class(node)],
    [ts.SyntaxKind.ClassExpression, (node: ClassLikeDeclaration) => this.#functions.class(node)],
    [ts.SyntaxKind.EnumMember, (node: EnumMember) => this.#enumMember(node)],
    [ts.SyntaxKind.EnumDeclaration, (node: Node) => this.children(node)],
    [ts.SyntaxKind.ModuleDeclaration, (node: Node) => this.children(node)],
    [ts.SyntaxKind.VariableDeclarationList, (node: VariableDeclarationList) => this.#variables(node)],
    [ts.SyntaxKind.VariableDeclaration, (node: VariableDeclaration) => this.#variable(node)],
    [ts.SyntaxKind.AsExpression, (node: AsExpression) => this.#asserted(node)],
    [ts.SyntaxKind.SatisfiesExpression, (node: AsExpression) => this.#asserted(node)],
    [ts.SyntaxKind.NonNullExpression, (node: AsExpression) => this.#asserted(node)],
    [ts.SyntaxKind.TypeAssertionExpression, (node: TypeAssertion) => this.#typeAssertion(node)],
    [
      ts.SyntaxKind.ExpressionWithTypeArguments,
      (node: ExpressionWithTypeArguments) => this.#instantiated(node),
    ],
  ]);

  /** Walks what a node is made of. */
  children(node: Node): void {
    ts.forEachChild(node, this.visit);
  }

  /** A statement or member for the checker alone. */
  typeOnly(node: Node): void {
    if (this.keepTypes) this.writer.copy(node.end);
    else this.#erase.node(node);
  }

  #type(node: Node): void {
    if (this.keepTypes) this.keptType(node);
    else throw new Error(`internal: type ${ts.SyntaxKind[node.kind]} was not blanked`);
  }

  #alias(node: StringLiteralLike): void {
    const text = aliasText(node);
    if (text === undefined) return;
    this.writer.copy(this.start(node));
    this.writer.replace(node.end, text);
  }

  #throw({ expression }: ThrowStatement): void {
    const { context } = this.names;
    this.writer.copy(this.start(expression));
    if (context !== undefined) this.writer.insert(` ${context}.thrown(`);
    this.visit(expression);
    this.writer.copy(expression.end);
    if (context !== undefined) this.writer.insert(")");
  }

  #catch({ variableDeclaration, block }: CatchClause): void {
    if (variableDeclaration) this.visit(variableDeclaration);
    const name = variableDeclaration?.name;
    const { context } = this.names;
    if (name && ts.isIdentifier(name) && context !== undefined) {
      this.writer.copy(this.start(block) + 1);
      this.writer.insert(`${context}.caught(${name.text});`);
    }
    this.visit(block);
  }

  #await(node: AwaitExpression): void {
    const { isTop } = this.#functions;
    if (isTop) this.awaits = true;
    const [before, after] = this.#dialect.await(node.expression, isTop);
    this.writer.copy(this.start(node.expression));
    // `await(x)`, too.
    this.writer.insert(before && ` ${before}`);
    this.visit(node.expression);
    this.writer.copy(node.expression.end);
    this.writer.insert(after);
  }

  #labeled(node: Node): void {
    let inner = node;
    while (ts.isLabeledStatement(inner)) inner = inner.statement;
    if (ts.isIterationStatement(inner, false)) this.#loop(inner as IterationStatement, node);
    else this.visit(inner);
  }

  /** `outer` is the loop with its labels: what must stand before the loop stands before them. */
  #loop(node: IterationStatement, outer: Node): void {
    const { statement } = node;
    const isAsync = ts.isForOfStatement(node) && node.awaitModifier !== undefined;
    if (isAsync && this.#functions.isTop) this.awaits = true;
    if (!this.#checks) return this.children(node);
    const { before, turn, turned, after } = this.#checks.of(node);
    this.writer.copy(this.start(outer));
    this.writer.insert(before);
    ts.forEachChild(node, (child) => {
      if (child !== statement) {
        this.visit(child);
        return;
      }
      this.writer.copy(this.start(statement));
      this.writer.insert(turn);
      this.visit(statement);
      this.writer.copy(statement.end);
      this.writer.insert(turned);
    });
    this.writer.copy(outer.end);
    this.writer.insert(after, this.start(outer));
  }

  #continue(node: ContinueStatement): void {
    if (!this.#checks) return;
    this.writer.copy(this.start(node));
    const end = node.label?.end ?? this.start(node) + "continue".length;
    this.writer.replace(end, this.#checks.end(node));
  }

  /** The type and marks behind a name that ends at `end`. */
  annotation(end: number, type: Node | undefined, ...marks: (Node | undefined)[]): void {
    if (!this.keepTypes) this.#erase.annotation(end, type, marks);
    else if (type) this.keptType(type);
  }

  /** A type that stays. */
  keptType(type: Node): void {
    if (ts.isTypeReferenceNode(type)) this.#typeName(type.typeName);
    ts.forEachChild(type, (child) => this.keptType(child));
    this.writer.copy(type.end);
  }

  #typeName(name: EntityName): void {
    if (!ts.isIdentifier(name)) return this.#typeName(name.left);
    const text = this.names.typeName(name);
    if (text === undefined) return;
    this.writer.copy(this.start(name));
    this.writer.replace(name.end, text);
  }

  #enumMember(node: EnumMember): void {
    const text = this.names.constant(node);
    if (text === undefined || !node.initializer) return this.children(node);
    this.writer.copy(this.start(node.initializer));
    this.writer.replace(node.initializer.end, text);
  }

  #clause(node: CaseClause | DefaultClause): void {
    if (ts.isCaseClause(node)) this.visit(node.expression);
    this.statements(node.statements);
  }

  #variables(node: VariableDeclarationList): void {
    if (this.#assign.declares(node)) this.#assign.list(node);
    else this.children(node);
  }

  #variable(node: VariableDeclaration): void {
    if (!ts.isIdentifier(node.name)) this.visit(node.name);
    this.annotation(node.name.end, node.type, node.exclamationToken);
    this.#assign.initial(node);
  }

  #asserted(node: AsExpression): void {
    this.visit(node.expression);
    if (this.keepTypes) this.writer.copy(node.end);
    else this.#erase.span(node.expression.end, node.end);
  }

  #typeAssertion(node: TypeAssertion): void {
    if (this.keepTypes) {
      this.writer.copy(node.type.end);
      this.visit(node.expression);
      return;
    }
    // In `() => <T>{}` a bare brace would open a block, and after `return <T>⏎x` nothing would be returned.
    this.writer.copy(this.start(node));
    this.writer.insert("(");
    this.writer.blank(this.start(node.expression));
    this.visit(node.expression);
    this.writer.copy(node.end);
    this.writer.insert(")");
  }

  #instantiated(node: ExpressionWithTypeArguments): void {
    this.visit(node.expression);
    if (!this.keepTypes) this.#erase.typeList(node.typeArguments);
    else if (node.typeArguments) this.writer.copy(node.typeArguments.end);
  }
}

// An `if` ends with what it guards: `if (x) f()` and a `(0, g)()` on the next line would be one call.
function isBlockLike(node: Node): boolean {
  if (ts.isIfStatement(node)) return isBlockLike(node.elseStatement ?? node.thenStatement);
  return ts.isBlock(node) || ts.isTryStatement(node) || ts.isIterationStatement(node, true);
}
