/** Declarations of top-level names, written as assignments to where the names live. */
import type {
  BindingElement,
  BindingName,
  Identifier,
  VariableDeclaration,
  VariableDeclarationList,
} from "typescript";
import type { Eraser } from "./erase.ts";
import { type Node, ts } from "./typescript.ts";
import type { Writer } from "./writer.ts";

/** What a walk needs to know about names; a local file has none in the store. */
export interface NameTexts {
  readonly context: string;
  /** What stands for the array whose first element is the interrupt flag. */
  readonly flag: string;
  /** The text that stands for a reference; undefined where it stays as it is. */
  reference(node: Identifier): string | undefined;
  /** The text that a declaration of a top-level name assigns to; undefined for all other names. */
  target(name: Identifier): string | undefined;
}

interface Walk {
  readonly writer: Writer;
  readonly names: NameTexts;
  readonly visit: (node: Node) => void;
  start(node: Node): number;
}

export class Assignments {
  readonly #walk: Walk;
  readonly #erase: Eraser;

  constructor(walk: Walk, erase: Eraser) {
    this.#walk = walk;
    this.#erase = erase;
  }

  /** Whether a list declares top-level names that live elsewhere. */
  declares(list: VariableDeclarationList): boolean {
    return list.declarations.some((one) => this.#isStored(one.name));
  }

  /** Writes a top-level declaration list as assignments to where its names live. */
  list(list: VariableDeclarationList): void {
    const isHead = ts.isForInStatement(list.parent) || ts.isForOfStatement(list.parent);
    this.#walk.writer.copy(this.#walk.start(list));
    for (const [i, declaration] of list.declarations.entries()) {
      const { name, initializer } = declaration;
      const at = this.#walk.start(name);
      if (i === 0) this.#walk.writer.blank(at);
      else this.#walk.writer.copy(at);
      if (ts.isIdentifier(name)) this.#assignName(name, declaration, isHead);
      else {
        const wrapped = ts.isObjectBindingPattern(name) && !isHead;
        if (wrapped) this.#walk.writer.insert("(");
        this.#pattern(name);
        this.#erase.annotation(name.end, declaration.type, [declaration.exclamationToken]);
        if (initializer) this.#walk.visit(initializer);
        this.#walk.writer.copy(declaration.end);
        if (wrapped) this.#walk.writer.insert(")");
      }
    }
  }

  #assignName(name: Identifier, declaration: VariableDeclaration, isHead: boolean): void {
    const { initializer, type, exclamationToken } = declaration;
    const target = this.#walk.names.target(name) ?? name.text;
    const isVar = (declaration.parent.flags & ts.NodeFlags.BlockScoped) === 0;
    if (!initializer && !isHead) {
      // `var x;` has no effect where it stands: the start of the cell has set it.
      this.#walk.writer.replace(name.end, isVar ? "0" : `${target} = void 0`);
    } else this.#walk.writer.replace(name.end, target);
    // What is assigned to has no annotation, transforms or not.
    this.#erase.annotation(name.end, type, [exclamationToken]);
    if (!initializer) return;
    const named = target !== name.text && isAnonymousFunction(initializer) && name.text !== "__proto__";
    this.#walk.writer.copy(this.#walk.start(initializer));
    if (named) this.#walk.writer.insert(`{ ${name.text}: `);
    this.#walk.visit(initializer);
    this.#walk.writer.copy(initializer.end);
    if (named) this.#walk.writer.insert(` }.${name.text}`);
  }

  /** Writes a binding pattern as an assignment pattern. */
  #pattern(name: BindingName): void {
    if (ts.isIdentifier(name)) {
      this.#walk.writer.copy(this.#walk.start(name));
      this.#walk.writer.replace(name.end, this.#walk.names.target(name) ?? name.text);
      return;
    }
    for (const element of name.elements) if (ts.isBindingElement(element)) this.#element(element);
  }

  #element(element: BindingElement): void {
    const { name, propertyName, initializer, parent, dotDotDotToken } = element;
    if (propertyName && ts.isComputedPropertyName(propertyName)) this.#walk.visit(propertyName);
    if (ts.isIdentifier(name) && !propertyName && !dotDotDotToken && ts.isObjectBindingPattern(parent)) {
      this.#walk.writer.copy(name.end);
      this.#walk.writer.insert(`: ${this.#walk.names.target(name) ?? name.text}`);
    } else this.#pattern(name);
    if (initializer) this.#walk.visit(initializer);
  }

  #isStored(name: BindingName): boolean {
    if (ts.isIdentifier(name)) return this.#walk.names.target(name) !== undefined;
    return name.elements.some((one) => ts.isBindingElement(one) && this.#isStored(one.name));
  }
}

function isAnonymousFunction(node: Node): boolean {
  let inner = node;
  while (ts.isParenthesizedExpression(inner)) inner = inner.expression;
  if (ts.isArrowFunction(inner)) return true;
  return (ts.isFunctionExpression(inner) || ts.isClassExpression(inner)) && inner.name === undefined;
}
