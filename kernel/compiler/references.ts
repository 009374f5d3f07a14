/** Rewrites what reads, calls or writes names: the text that stands for each, with the `this` and names JavaScript gives. */
import type {
  BinaryExpression,
  CallExpression,
  Identifier,
  MetaProperty,
  ShorthandPropertyAssignment,
} from "typescript";
import type { Eraser } from "./erase.ts";
import type { NameTexts } from "./name-texts.ts";
import { type Node, type SourceFile, ts } from "./typescript.ts";
import type { Writer } from "./writer.ts";

interface Walk {
  readonly writer: Writer;
  readonly file: SourceFile;
  readonly names: NameTexts;
  readonly keepTypes: boolean;
  readonly visit: (node: Node) => void;
  start(node: Node): number;
}

const { getThisContainer, skipOuterExpressions } = ts;

export class References {
  readonly #walk: Walk;
  readonly #erase: Eraser;

  constructor(walk: Walk, erase: Eraser) {
    this.#walk = walk;
    this.#erase = erase;
  }

  /** A name where it is read or written. */
  name(node: Identifier): void {
    const text = this.#walk.names.reference(node);
    if (text === undefined || !isRead(node)) return;
    this.#replace(node, text);
  }

  /** `{ x }`. */
  shorthand(node: ShorthandPropertyAssignment): void {
    const { names, writer } = this.#walk;
    const { name, objectAssignmentInitializer: initializer } = node;
    const text = names.reference(name);
    // As a property of its own, `__proto__: x` would be the prototype.
    if (text !== undefined && name.text === "__proto__") this.#replace(name, '["__proto__"]');
    else writer.copy(name.end);
    if (text !== undefined) writer.insert(`: ${text}`);
    if (initializer) this.value(text === undefined ? undefined : name, initializer);
  }

  /** A chain of binary operators, which leans to the left: recursion would overflow. */
  binary(node: BinaryExpression): void {
    const chain: BinaryExpression[] = [];
    let left: Node = node;
    while (ts.isBinaryExpression(left)) {
      chain.push(left);
      left = left.left;
    }
    this.#walk.visit(left);
    for (const one of chain.reverse()) this.value(this.#assigned(one), one.right);
  }

  /** What `name` gets as its value: a function without a name of its own takes this one, as from a plain assignment. */
  value(name: Identifier | undefined, value: Node): void {
    const { writer, visit } = this.#walk;
    const named = name !== undefined && name.text !== "__proto__" && isAnonymousFunction(value);
    writer.copy(this.#walk.start(value));
    if (named) writer.insert(`{ ${name.text}: `);
    visit(value);
    writer.copy(value.end);
    if (named) writer.insert(` }.${name.text}`);
  }

  /** A call, `new` or a tagged template. */
  call(node: CallExpression): void {
    const { names, writer, visit, keepTypes } = this.#walk;
    const { typeArguments } = node;
    const callee = (node as { tag?: Node }).tag ?? node.expression;
    if (callee.kind === ts.SyntaxKind.ImportKeyword) this.#replace(callee, names.import);
    else if (ts.isIdentifier(callee) && !ts.isNewExpression(node)) {
      const text = names.reference(callee);
      if (text === undefined) writer.copy(callee.end);
      else this.#replace(callee, `(0, ${text})`);
    } else visit(callee);
    if (!keepTypes) this.#erase.typeList(typeArguments);
    else if (typeArguments) writer.copy(typeArguments.end);
    const template = (node as { template?: Node }).template;
    if (template) visit(template);
    for (const argument of node.arguments ?? []) visit(argument);
  }

  /** `import.meta`. */
  meta(node: MetaProperty): void {
    const isMeta = node.keywordToken === ts.SyntaxKind.ImportKeyword && node.name.text === "meta";
    if (isMeta) this.#replace(node, this.#walk.names.meta);
  }

  /** `this` is undefined outside functions and classes, as in a module. */
  self(node: Node): void {
    if (ts.isSourceFile(getThisContainer(node, false, false))) this.#replace(node, "(void 0)");
  }

  #replace(node: Node, by: string): void {
    this.#walk.writer.copy(this.#walk.start(node));
    this.#walk.writer.replace(node.end, by);
  }

  /** The name that an assignment's function would be called by, where it is written as something else. */
  #assigned({ left, operatorToken: { kind } }: BinaryExpression): Identifier | undefined {
    if (!naming.has(kind) || !ts.isIdentifier(left)) return undefined;
    return this.#walk.names.reference(left) === undefined ? undefined : left;
  }
}

const naming = new Set([
  ts.SyntaxKind.EqualsToken,
  ts.SyntaxKind.BarBarEqualsToken,
  ts.SyntaxKind.AmpersandAmpersandEqualsToken,
  ts.SyntaxKind.QuestionQuestionEqualsToken,
]);

// Declaration names reach the walk as well; they carry no text. This guards the callers' assumption.
const isRead = (node: Identifier): boolean =>
  (node.parent as { name?: Node }).name !== node || ts.isShorthandPropertyAssignment(node.parent);

function isAnonymousFunction(node: Node): boolean {
  const inner = skipOuterExpressions(node);
  if (ts.isArrowFunction(inner)) return true;
  return (ts.isFunctionExpression(inner) || ts.isClassExpression(inner)) && inner.name === undefined;
}
