/** Blanks types: declarations without run-time meaning, annotations, type arguments, modifiers. */
import type {
  ClassLikeDeclaration,
  FunctionLikeDeclaration,
  NodeArray,
  ParameterDeclaration,
  SignatureDeclaration,
} from "typescript";
import { type Node, type SourceFile, ts } from "./typescript.ts";
import type { Writer } from "./writer.ts";

const typeModifiers = new Set([
  ts.SyntaxKind.PublicKeyword,
  ts.SyntaxKind.PrivateKeyword,
  ts.SyntaxKind.ProtectedKeyword,
  ts.SyntaxKind.ReadonlyKeyword,
  ts.SyntaxKind.AbstractKeyword,
  ts.SyntaxKind.OverrideKeyword,
  ts.SyntaxKind.DeclareKeyword,
]);

const has = (node: Node, kind: number): boolean =>
  ts.canHaveModifiers(node) && (node.modifiers?.some((one) => one.kind === kind) ?? false);

/** Whether a statement or class member exists for the checker only. */
export function isTypeOnly(node: Node): boolean {
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return true;
  if (ts.isIndexSignatureDeclaration(node) || has(node, ts.SyntaxKind.DeclareKeyword)) return true;
  if (ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isConstructorDeclaration(node)) {
    return node.body === undefined;
  }
  if (ts.isPropertyDeclaration(node) || ts.isAccessor(node)) return has(node, ts.SyntaxKind.AbstractKeyword);
  if (ts.isModuleDeclaration(node)) return !isInstantiated(node);
  return false;
}

const isInstantiated = (node: Node): boolean => ts.getModuleInstanceState(node) !== 0;

/** Whether TypeScript's own transforms must turn this node into JavaScript. */
export function needsTransform(node: Node): boolean {
  switch (node.kind) {
    case ts.SyntaxKind.EnumDeclaration:
    case ts.SyntaxKind.ModuleDeclaration:
      return !isTypeOnly(node);
    case ts.SyntaxKind.Decorator:
    case ts.SyntaxKind.JsxElement:
    case ts.SyntaxKind.JsxSelfClosingElement:
    case ts.SyntaxKind.JsxFragment:
      return true;
    case ts.SyntaxKind.Parameter:
      return ts.isParameterPropertyDeclaration(node, node.parent) && !isInBaseClass(node.parent);
    case ts.SyntaxKind.PropertyDeclaration:
      return has(node, ts.SyntaxKind.AccessorKeyword);
    case ts.SyntaxKind.VariableDeclarationList:
      return !usingRuns && isUsingList(node);
    default:
      return false;
  }
}

/** Whether a constructor calls no other one: what its parameters declare can then be written out where it begins. */
const isInBaseClass = ({ parent }: Node): boolean =>
  ts.isClassLike(parent) &&
  !parent.heritageClauses?.some((clause) => clause.token === ts.SyntaxKind.ExtendsKeyword);

/** The names of the properties that the parameters of such a constructor declare. */
export function parameterProperties(node: Node): string[] {
  if (!ts.isConstructorDeclaration(node) || !node.body || !isInBaseClass(node)) return [];
  return node.parameters.flatMap((one) =>
    ts.isParameterPropertyDeclaration(one, node) && ts.isIdentifier(one.name) ? [one.name.text] : [],
  );
}

const usingRuns = Number.parseInt(process.versions.node, 10) >= 24;

/** `using` and `await using` declarations. */
export function isUsingList(node: Node): boolean {
  const flags = node.flags & ts.NodeFlags.BlockScoped;
  return flags === ts.NodeFlags.Using || flags === ts.NodeFlags.AwaitUsing;
}

/** Blanks on a writer, in the order of the text. Its caller visits what is left in between. */
export class Eraser {
  readonly #writer: Writer;
  readonly #file: SourceFile;

  constructor(writer: Writer, file: SourceFile) {
    this.#writer = writer;
    this.#file = file;
  }

  /** Blanks a whole statement or class member. */
  node(node: Node): void {
    this.#writer.copy(node.getStart(this.#file));
    this.#writer.blank(node.end);
  }

  /** Blanks from `start`, up to which the text is kept, to `end`. */
  span(start: number, end: number): void {
    this.#writer.copy(start);
    this.#writer.blank(end);
  }

  /** Blanks modifiers that mean nothing at run time. */
  modifiers(node: Node): void {
    if (!ts.canHaveModifiers(node)) return;
    for (const modifier of node.modifiers ?? []) if (typeModifiers.has(modifier.kind)) this.node(modifier);
  }

  /** Blanks `<…>` around type parameters or arguments. */
  typeList(list: NodeArray<Node> | undefined): void {
    if (list) this.span(list.pos - 1, this.#after(list.end));
  }

  /** `<T>(a): R =>` may not break its line after `async` or before `=>`: parentheses move to keep them together. */
  arrowOpening(node: SignatureDeclaration): void {
    const list = node.typeParameters;
    if (!list) return;
    const end = this.#after(list.end);
    if (!this.#writer.text.slice(list.pos, end).includes("\n")) {
      this.typeList(list);
      return;
    }
    this.#writer.copy(list.pos - 1);
    this.#writer.insert("(");
    this.#writer.blank(this.#after(end));
  }

  /** Blanks a return type. */
  returnType(node: SignatureDeclaration): void {
    if (!node.type) return;
    const close = this.#skip(node.parameters.end);
    const multiline =
      ts.isArrowFunction(node) && this.#writer.text.slice(close, node.type.end).includes("\n");
    this.span(multiline ? close : close + 1, node.type.end);
    if (multiline) this.#writer.insert(")");
  }

  /** Blanks `?`, `!` and the type behind a name that ends at `end`. */
  annotation(end: number, type: Node | undefined, marks: readonly (Node | undefined)[]): void {
    const last = Math.max(type?.end ?? 0, ...marks.map((mark) => mark?.end ?? 0));
    if (last > end) this.span(end, last);
  }

  /** Blanks a `this` parameter and its comma; true when `parameter` was one. */
  thisParameter(parameter: ParameterDeclaration, parent: FunctionLikeDeclaration): boolean {
    if (!ts.isIdentifier(parameter.name) || parameter.name.text !== "this") return false;
    const next = this.#skip(parameter.end);
    const comma = parent.parameters.length > 1 || this.#writer.text[next] === ",";
    this.span(parameter.getStart(this.#file), comma ? next + 1 : parameter.end);
    return true;
  }

  /** Blanks `implements …`; calls `visit` for what a class extends. */
  heritage(node: ClassLikeDeclaration, visit: (node: Node) => void): void {
    for (const clause of node.heritageClauses ?? []) {
      if (clause.token === ts.SyntaxKind.ImplementsKeyword) this.node(clause);
      else for (const type of clause.types) visit(type);
    }
  }

  // The place behind the one-character token that follows `end`.
  #after(end: number): number {
    return this.#skip(end) + 1;
  }

  #skip(position: number): number {
    return ts.skipTrivia(this.#writer.text, position);
  }
}
