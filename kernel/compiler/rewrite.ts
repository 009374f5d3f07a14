/** One walk over a file that blanks its types and puts store, waits and interrupt checks in. */
import type {
  BinaryExpression,
  BindingElement,
  BindingName,
  CallExpression,
  ClassLikeDeclaration,
  FunctionLikeDeclaration,
  Identifier,
  IterationStatement,
  ParameterDeclaration,
  PropertyDeclaration,
  ShorthandPropertyAssignment,
  VariableDeclaration,
} from "typescript";
import { Eraser, isTypeOnly, needsTransform } from "./erase.ts";
import { callsSomething, LoopChecks } from "./loops.ts";
import { type Node, type SourceFile, ts } from "./typescript.ts";
import { Writer } from "./writer.ts";

/** What a walk needs to know about names; a local file has none in the store. */
export interface NameTexts {
  readonly context: string;
  reference(node: Identifier): string | undefined;
  target(name: Identifier): string | undefined;
}

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
  readonly #dialect: Dialect;
  #functions = 0;

  constructor(file: SourceFile, names: NameTexts, keepTypes: boolean, dialect: (walk: Rewriter) => Dialect) {
    this.file = file;
    this.names = names;
    this.keepTypes = keepTypes;
    this.writer = new Writer(file.text);
    this.#erase = new Eraser(this.writer, file);
    this.#checks = new LoopChecks(names.context);
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
    switch (node.kind) {
      case ts.SyntaxKind.Identifier:
        return this.#reference(node as Identifier);
      case ts.SyntaxKind.Block:
      case ts.SyntaxKind.ModuleBlock:
        return this.statements((node as Node & { statements: readonly Node[] }).statements);
      case ts.SyntaxKind.CaseClause:
      case ts.SyntaxKind.DefaultClause: {
        const clause = node as Node & { expression?: Node; statements: readonly Node[] };
        if (clause.expression) this.visit(clause.expression);
        return this.statements(clause.statements);
      }
      case ts.SyntaxKind.BinaryExpression:
        return this.#spine(node as BinaryExpression);
      case ts.SyntaxKind.ShorthandPropertyAssignment:
        return this.#shorthand(node as ShorthandPropertyAssignment);
      case ts.SyntaxKind.CallExpression:
      case ts.SyntaxKind.NewExpression:
      case ts.SyntaxKind.TaggedTemplateExpression:
        return this.#call(node as CallExpression);
      case ts.SyntaxKind.AwaitExpression:
        return this.#await(node as Node & { expression: Node });
      case ts.SyntaxKind.MetaProperty:
        return this.#meta(node);
      case ts.SyntaxKind.ForStatement:
      case ts.SyntaxKind.ForInStatement:
      case ts.SyntaxKind.ForOfStatement:
      case ts.SyntaxKind.WhileStatement:
      case ts.SyntaxKind.DoStatement:
        return this.#loop(node as IterationStatement, node);
      case ts.SyntaxKind.LabeledStatement:
        return this.#labeled(node);
      case ts.SyntaxKind.ClassDeclaration:
      case ts.SyntaxKind.ClassExpression:
        return this.#class(node as ClassLikeDeclaration);
      case ts.SyntaxKind.EnumDeclaration:
      case ts.SyntaxKind.ModuleDeclaration:
        return this.#children(node);
      default:
        if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return this.#type(node);
        if (ts.isFunctionLike(node)) return this.#function(node as FunctionLikeDeclaration);
        return this.#erasable(node);
    }
  };

  /** Writes a top-level declaration list as assignments to where its names live. */
  assignments(list: Node & { declarations: readonly VariableDeclaration[] }): void {
    const isHead = ts.isForInStatement(list.parent) || ts.isForOfStatement(list.parent);
    this.writer.copy(this.start(list));
    for (const [i, declaration] of list.declarations.entries()) {
      const { name, initializer } = declaration;
      const at = this.start(name);
      if (i === 0) this.writer.blank(at);
      else this.writer.copy(at);
      if (ts.isIdentifier(name)) this.#assignName(name, declaration, isHead);
      else {
        const wrapped = ts.isObjectBindingPattern(name) && !isHead;
        if (wrapped) this.writer.insert("(");
        this.#pattern(name);
        this.#blankAnnotation(name.end, declaration.type, declaration.exclamationToken);
        if (initializer) this.visit(initializer);
        this.writer.copy(declaration.end);
        if (wrapped) this.writer.insert(")");
      }
    }
  }

  #assignName(name: Identifier, declaration: VariableDeclaration, isHead: boolean): void {
    const { initializer, type, exclamationToken } = declaration;
    const target = this.names.target(name) ?? name.text;
    const isVar = (declaration.parent.flags & ts.NodeFlags.BlockScoped) === 0;
    if (!initializer && !isHead) {
      // `var x;` has no effect where it stands: the start of the cell has set it.
      this.writer.replace(name.end, isVar ? "0" : `${target} = void 0`);
      return this.#eraseAssigned(name.end, type, exclamationToken);
    }
    this.writer.replace(name.end, target);
    this.#eraseAssigned(name.end, type, exclamationToken);
    if (!initializer) return;
    const named = target !== name.text && isAnonymousFunction(initializer) && name.text !== "__proto__";
    this.writer.copy(this.start(initializer));
    if (named) this.writer.insert(`{ ${name.text}: `);
    this.visit(initializer);
    this.writer.copy(initializer.end);
    if (named) this.writer.insert(` }.${name.text}`);
  }

  // What is assigned to has no annotation, transforms or not.
  #eraseAssigned(end: number, type: Node | undefined, mark: Node | undefined): void {
    this.#erase.annotation(end, type, [mark]);
  }

  /** Writes a binding pattern as an assignment pattern. */
  #pattern(name: BindingName): void {
    if (ts.isIdentifier(name)) {
      this.writer.copy(this.start(name));
      this.writer.replace(name.end, this.names.target(name) ?? name.text);
      return;
    }
    for (const element of name.elements) if (ts.isBindingElement(element)) this.#element(element);
  }

  #element(element: BindingElement): void {
    const { name, propertyName, initializer, parent, dotDotDotToken } = element;
    if (propertyName && ts.isComputedPropertyName(propertyName)) this.visit(propertyName);
    if (ts.isIdentifier(name) && !propertyName && !dotDotDotToken && ts.isObjectBindingPattern(parent)) {
      this.writer.copy(name.end);
      this.writer.insert(`: ${this.names.target(name) ?? name.text}`);
    } else this.#pattern(name);
    if (initializer) this.visit(initializer);
  }

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

  #await(node: Node & { expression: Node }): void {
    const isTop = this.#functions === 0;
    if (isTop) this.awaits = true;
    const [before, after] = this.#dialect.await(isTop);
    this.writer.copy(this.start(node.expression));
    this.writer.insert(before);
    this.visit(node.expression);
    this.writer.copy(node.expression.end);
    this.writer.insert(after);
  }

  #meta(node: Node): void {
    const isImport = (node as { keywordToken?: number }).keywordToken === ts.SyntaxKind.ImportKeyword;
    if (!isImport) return;
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
    const calls = isAsync || callsSomething(node);
    this.writer.copy(this.start(outer));
    const counter = this.#checks.enter(calls);
    if (counter) this.writer.insert(`{let ${counter}=0;`);
    ts.forEachChild(node, (child) => {
      if (child !== statement) this.visit(child);
      else this.#turn(statement, this.#checks.check(calls));
    });
    this.writer.copy(outer.end);
    if (counter) this.writer.insert("}");
    this.#checks.leave(counter);
  }

  #turn(body: Node, check: string): void {
    if (ts.isBlock(body)) {
      this.writer.copy(this.start(body) + 1);
      this.writer.insert(check);
      this.statements(body.statements);
      this.writer.copy(body.end);
      return;
    }
    this.writer.copy(this.start(body));
    this.writer.insert(`{${check}`);
    this.visit(body);
    this.writer.copy(body.end);
    this.writer.insert("}");
  }

  #class(node: ClassLikeDeclaration): void {
    this.#decorators(node);
    if (!this.keepTypes) this.#erase.modifiers(node);
    if (!this.keepTypes) {
      this.#erase.typeList(node.typeParameters);
      this.#erase.heritage(node, this.visit);
    } else for (const clause of node.heritageClauses ?? []) this.#children(clause);
    this.#functions++;
    this.#checks.inFunction(() => {
      for (const member of node.members) this.#member(member);
    });
    this.#functions--;
    this.writer.copy(node.end);
  }

  #decorators(node: Node): void {
    if (!ts.canHaveDecorators(node)) return;
    for (const decorator of ts.getDecorators(node) ?? []) this.visit(decorator);
  }

  #member(member: Node): void {
    if (isTypeOnly(member)) return this.#typeOnly(member);
    if (!ts.isPropertyDeclaration(member)) return this.visit(member);
    this.#property(member);
    this.writer.copy(member.end);
    if (this.file.text[member.end - 1] !== ";") this.writer.insert(";");
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
    this.#checks.inFunction(() => {
      for (const parameter of node.parameters) this.#parameter(parameter, node);
      if (!this.keepTypes) this.#erase.returnType(node);
      else if (node.type) this.writer.copy(node.type.end);
      if (node.body) this.visit(node.body);
    });
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

  // Nodes whose only types are annotations or assertions.
  #erasable(node: Node): void {
    if (ts.isVariableDeclarationList(node)) {
      if (node.declarations.some((one) => this.#isStored(one.name))) return this.assignments(node);
    } else if (ts.isVariableDeclaration(node)) {
      if (!ts.isIdentifier(node.name)) this.visit(node.name);
      this.#blankAnnotation(node.name.end, node.type, node.exclamationToken);
      if (node.initializer) this.visit(node.initializer);
      return;
    } else if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isNonNullExpression(node)) {
      this.visit(node.expression);
      if (this.keepTypes) this.writer.copy(node.end);
      else this.#erase.span(node.expression.end, node.end);
      return;
    } else if (ts.isTypeAssertionExpression(node)) {
      if (this.keepTypes) this.writer.copy(node.type.end);
      else this.#erase.span(this.start(node), this.start(node.expression));
      return this.visit(node.expression);
    } else if (ts.isExpressionWithTypeArguments(node)) {
      this.visit(node.expression);
      if (!this.keepTypes) this.#erase.typeList(node.typeArguments);
      else if (node.typeArguments) this.writer.copy(node.typeArguments.end);
      return;
    }
    this.#children(node);
  }

  #isStored(name: BindingName): boolean {
    if (ts.isIdentifier(name)) return this.names.target(name) !== undefined;
    return name.elements.some((one) => ts.isBindingElement(one) && this.#isStored(one.name));
  }
}

const isBlockLike = (node: Node): boolean =>
  ts.isBlock(node) ||
  ts.isIfStatement(node) ||
  ts.isTryStatement(node) ||
  ts.isIterationStatement(node, true);

function isAnonymousFunction(node: Node): boolean {
  let inner = node;
  while (ts.isParenthesizedExpression(inner)) inner = inner.expression;
  if (ts.isArrowFunction(inner)) return true;
  return (ts.isFunctionExpression(inner) || ts.isClassExpression(inner)) && inner.name === undefined;
}
