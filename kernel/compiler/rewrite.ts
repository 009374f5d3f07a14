/** One walk over a file that blanks its types and puts store, waits and interrupt checks in. */
import type {
  AsExpression,
  AwaitExpression,
  BinaryExpression,
  Block,
  CallExpression,
  CaseClause,
  ClassLikeDeclaration,
  ContinueStatement,
  DefaultClause,
  ExpressionWithTypeArguments,
  FunctionLikeDeclaration,
  Identifier,
  IterationStatement,
  MetaProperty,
  ModuleBlock,
  ParameterDeclaration,
  PropertyDeclaration,
  ShorthandPropertyAssignment,
  StringLiteral,
  SyntaxKind,
  TypeAssertion,
  VariableDeclaration,
  VariableDeclarationList,
} from "typescript";
import { aliasText } from "./aliases.ts";
import { Assignments, type NameTexts } from "./assignments.ts";
import { Eraser, isTypeOnly, needsTransform } from "./erase.ts";
import { LoopChecks } from "./loops.ts";
import { type Node, type SourceFile, ts } from "./typescript.ts";
import { Writer } from "./writer.ts";

/** What differs between cells and local files: their own statements, and what stands before an `await`. */
export interface Dialect {
  /** Writes a statement of its own; true when it did. */
  statement(node: Node): boolean;
  /** What stands around the operand of an `await`; `isTop` is one outside functions. */
  await(isTop: boolean): readonly [before: string, after: string];
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
  readonly #checks: LoopChecks;
  readonly #assign: Assignments;
  readonly #dialect: Dialect;
  #functions = 0;

  constructor(file: SourceFile, names: NameTexts, keepTypes: boolean, dialect: (walk: Rewriter) => Dialect) {
    this.file = file;
    this.names = names;
    this.keepTypes = keepTypes;
    this.writer = new Writer(file.text);
    this.#erase = new Eraser(this.writer, file);
    this.#checks = new LoopChecks(names.context, names.flag);
    this.#assign = new Assignments(this, this.#erase);
    this.#dialect = dialect(this);
  }

  start(node: Node): number {
    return node.getStart(this.file);
  }

  /** Walks a list of statements and ends each, so that no line joins the one before it. */
  statements(list: readonly Node[]): void {
    for (const node of list) {
      if (isTypeOnly(node)) this.#typeOnly(node);
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
    if (needsTransform(node)) this.transform = true;
    const own = this.#visitors.get(node.kind);
    if (own) own(node as never);
    else if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) this.#type(node);
    else if (ts.isFunctionLike(node)) this.#function(node as FunctionLikeDeclaration);
    else if (ts.isIterationStatement(node, false)) this.#loop(node, node);
    else this.#children(node);
  };

  /** What is not walked child by child, function by function or loop by loop. */
  readonly #visitors = new Map<SyntaxKind, (node: never) => void>([
    [ts.SyntaxKind.Identifier, (node: Identifier) => this.#reference(node)],
    [ts.SyntaxKind.StringLiteral, (node: StringLiteral) => this.#alias(node)],
    [ts.SyntaxKind.Block, (node: Block) => this.statements(node.statements)],
    [ts.SyntaxKind.ModuleBlock, (node: ModuleBlock) => this.statements(node.statements)],
    [ts.SyntaxKind.CaseClause, (node: CaseClause) => this.#clause(node)],
    [ts.SyntaxKind.DefaultClause, (node: DefaultClause) => this.#clause(node)],
    [ts.SyntaxKind.BinaryExpression, (node: BinaryExpression) => this.#spine(node)],
    [ts.SyntaxKind.ShorthandPropertyAssignment, (node: ShorthandPropertyAssignment) => this.#shorthand(node)],
    [ts.SyntaxKind.CallExpression, (node: CallExpression) => this.#call(node)],
    [ts.SyntaxKind.NewExpression, (node: CallExpression) => this.#call(node)],
    [ts.SyntaxKind.TaggedTemplateExpression, (node: CallExpression) => this.#call(node)],
    [ts.SyntaxKind.AwaitExpression, (node: AwaitExpression) => this.#await(node)],
    [ts.SyntaxKind.MetaProperty, (node: MetaProperty) => this.#meta(node)],
    [ts.SyntaxKind.ContinueStatement, (node: ContinueStatement) => this.#continue(node)],
    [ts.SyntaxKind.LabeledStatement, (node: Node) => this.#labeled(node)],
    [ts.SyntaxKind.ClassDeclaration, (node: ClassLikeDeclaration) => this.#class(node)],
    [ts.SyntaxKind.ClassExpression, (node: ClassLikeDeclaration) => this.#class(node)],
    [ts.SyntaxKind.EnumDeclaration, (node: Node) => this.#children(node)],
    [ts.SyntaxKind.ModuleDeclaration, (node: Node) => this.#children(node)],
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

  #children(node: Node): void {
    ts.forEachChild(node, this.visit);
  }

  #typeOnly(node: Node): void {
    if (this.keepTypes) this.writer.copy(node.end);
    else this.#erase.node(node);
  }

  #type(node: Node): void {
    if (this.keepTypes) this.writer.copy(node.end);
    else throw new Error(`internal: type ${ts.SyntaxKind[node.kind]} was not blanked`);
  }

  #reference(node: Identifier): void {
    const text = this.names.reference(node);
    if (text === undefined || !this.#isRead(node)) return;
    this.writer.copy(this.start(node));
    this.writer.replace(node.end, text);
  }

  #alias(node: StringLiteral): void {
    const text = aliasText(node);
    if (text === undefined) return;
    this.writer.copy(this.start(node));
    this.writer.replace(node.end, text);
  }

  // Declaration names reach the walk as well; they carry no text. This guards the callers' assumption.
  #isRead(node: Identifier): boolean {
    return (node.parent as { name?: Node }).name !== node || ts.isShorthandPropertyAssignment(node.parent);
  }

  #shorthand(node: ShorthandPropertyAssignment): void {
    const text = this.names.reference(node.name);
    this.writer.copy(node.name.end);
    if (text !== undefined) this.writer.insert(`: ${text}`);
    if (node.objectAssignmentInitializer) this.visit(node.objectAssignmentInitializer);
  }

  #spine(node: BinaryExpression): void {
    const rights: Node[] = [];
    let left: Node = node;
    while (ts.isBinaryExpression(left)) {
      rights.push(left.right);
      left = left.left;
    }
    this.visit(left);
    for (const right of rights.reverse()) this.visit(right);
  }

  #call(node: CallExpression): void {
    const { typeArguments } = node;
    const callee = (node as { tag?: Node }).tag ?? node.expression;
    if (callee.kind === ts.SyntaxKind.ImportKeyword) {
      this.writer.copy(this.start(callee));
      this.writer.replace(callee.end, `${this.names.context}.import`);
    } else if (ts.isIdentifier(callee) && !ts.isNewExpression(node)) {
      const text = this.names.reference(callee);
      this.writer.copy(this.start(callee));
      if (text !== undefined) this.writer.replace(callee.end, `(0, ${text})`);
    } else this.visit(callee);
    if (!this.keepTypes) this.#erase.typeList(typeArguments);
    else if (typeArguments) this.writer.copy(typeArguments.end);
    const template = (node as { template?: Node }).template;
    if (template) this.visit(template);
    for (const argument of node.arguments ?? []) this.visit(argument);
  }

  #await(node: AwaitExpression): void {
    const isTop = this.#functions === 0;
    if (isTop) this.awaits = true;
    const [before, after] = this.#dialect.await(isTop);
    this.writer.copy(this.start(node.expression));
    this.writer.insert(before);
    this.visit(node.expression);
    this.writer.copy(node.expression.end);
    this.writer.insert(after);
  }

  #meta(node: MetaProperty): void {
    if (node.keywordToken !== ts.SyntaxKind.ImportKeyword) return;
    this.writer.copy(this.start(node));
    this.writer.replace(node.end, `${this.names.context}.meta`);
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
    if (isAsync && this.#functions === 0) this.awaits = true;
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
      this.end(statement);
      this.writer.insert(turned);
    });
    this.writer.copy(outer.end);
    this.writer.insert(after);
  }

  #continue(node: ContinueStatement): void {
    this.writer.copy(this.start(node));
    const end = node.label?.end ?? this.start(node) + "continue".length;
    this.writer.replace(end, this.#checks.end(node));
  }

  #class(node: ClassLikeDeclaration): void {
    this.#decorators(node);
    if (!this.keepTypes) this.#erase.modifiers(node);
    if (!this.keepTypes) {
      this.#erase.typeList(node.typeParameters);
      this.#erase.heritage(node, this.visit);
    } else for (const clause of node.heritageClauses ?? []) this.#children(clause);
    this.#functions++;
    for (const member of node.members) this.#member(member);
    this.#functions--;
    this.writer.copy(node.end);
  }

  #decorators(node: Node): void {
    if (!ts.canHaveDecorators(node)) return;
    for (const decorator of ts.getDecorators(node) ?? []) this.visit(decorator);
  }

  #member(member: Node): void {
    if (isTypeOnly(member)) this.#typeOnly(member);
    else if (!ts.isPropertyDeclaration(member)) this.visit(member);
    else {
      this.#property(member);
      this.writer.copy(member.end);
      if (this.file.text[member.end - 1] !== ";") this.writer.insert(";");
    }
  }

  #property(member: PropertyDeclaration): void {
    if (needsTransform(member)) this.transform = true;
    this.#decorators(member);
    if (!this.keepTypes) this.#erase.modifiers(member);
    if (ts.isComputedPropertyName(member.name)) this.visit(member.name);
    this.#blankAnnotation(member.name.end, member.type, member.questionToken, member.exclamationToken);
    if (member.initializer) this.visit(member.initializer);
  }

  #function(node: FunctionLikeDeclaration): void {
    this.#decorators(node);
    if (!this.keepTypes) this.#erase.modifiers(node);
    const { name } = node;
    if (name && ts.isComputedPropertyName(name)) this.visit(name);
    if (!this.keepTypes) {
      const question = (node as { questionToken?: Node }).questionToken;
      if (name && question) this.#erase.span(question.pos, question.end);
      if (ts.isArrowFunction(node)) this.#erase.arrowOpening(node);
      else this.#erase.typeList(node.typeParameters);
    }
    this.#functions++;
    for (const parameter of node.parameters) this.#parameter(parameter, node);
    if (!this.keepTypes) this.#erase.returnType(node);
    else if (node.type) this.writer.copy(node.type.end);
    if (node.body) this.visit(node.body);
    this.#functions--;
  }

  #parameter(parameter: ParameterDeclaration, parent: FunctionLikeDeclaration): void {
    if (needsTransform(parameter)) this.transform = true;
    this.#decorators(parameter);
    if (!this.keepTypes) {
      if (this.#erase.thisParameter(parameter, parent)) return;
      this.#erase.modifiers(parameter);
    }
    if (!ts.isIdentifier(parameter.name)) this.visit(parameter.name);
    this.#blankAnnotation(parameter.name.end, parameter.type, parameter.questionToken);
    if (parameter.initializer) this.visit(parameter.initializer);
  }

  #blankAnnotation(end: number, type: Node | undefined, ...marks: (Node | undefined)[]): void {
    if (!this.keepTypes) this.#erase.annotation(end, type, marks);
    else if (type) this.writer.copy(type.end);
  }

  #clause(node: CaseClause | DefaultClause): void {
    if (ts.isCaseClause(node)) this.visit(node.expression);
    this.statements(node.statements);
  }

  #variables(node: VariableDeclarationList): void {
    if (this.#assign.declares(node)) this.#assign.list(node);
    else this.#children(node);
  }

  #variable(node: VariableDeclaration): void {
    if (!ts.isIdentifier(node.name)) this.visit(node.name);
    this.#blankAnnotation(node.name.end, node.type, node.exclamationToken);
    if (node.initializer) this.visit(node.initializer);
  }

  #asserted(node: AsExpression): void {
    this.visit(node.expression);
    if (this.keepTypes) this.writer.copy(node.end);
    else this.#erase.span(node.expression.end, node.end);
  }

  #typeAssertion(node: TypeAssertion): void {
    if (this.keepTypes) this.writer.copy(node.type.end);
    else this.#erase.span(this.start(node), this.start(node.expression));
    this.visit(node.expression);
  }

  #instantiated(node: ExpressionWithTypeArguments): void {
    this.visit(node.expression);
    if (!this.keepTypes) this.#erase.typeList(node.typeArguments);
    else if (node.typeArguments) this.writer.copy(node.typeArguments.end);
  }
}

const isBlockLike = (node: Node): boolean =>
  ts.isBlock(node) ||
  ts.isIfStatement(node) ||
  ts.isTryStatement(node) ||
  ts.isIterationStatement(node, true);
