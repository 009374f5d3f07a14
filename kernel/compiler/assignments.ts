/** Declarations of top-level names, written as assignments to where the names live. */
import type {
  BindingElement,
  BindingName,
  Identifier,
  VariableDeclaration,
  VariableDeclarationList,
} from "typescript";
import type { Eraser } from "./erase.ts";
import type { NameTexts } from "./name-texts.ts";
import type { References } from "./references.ts";
import { type Node, ts } from "./typescript.ts";
import type { Writer } from "./writer.ts";

interface Walk {
  readonly writer: Writer;
  readonly names: NameTexts;
  readonly visit: (node: Node) => void;
  start(node: Node): number;
}

export class Assignments {
  readonly #walk: Walk;
  readonly #erase: Eraser;
  readonly #references: References;

  constructor(walk: Walk, erase: Eraser, references: References) {
    this.#walk = walk;
    this.#erase = erase;
    this.#references = references;
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
    if (initializer) this.#references.value(target === name.text ? undefined : name, initializer);
  }

  /** The value of a declaration that stays a declaration. */
  initial({ name, initializer, type, exclamationToken }: VariableDeclaration): void {
    const published = ts.isIdentifier(name) ? this.#walk.names.published(name) : undefined;
    if (published === undefined || !ts.isIdentifier(name)) {
      if (initializer) this.#walk.visit(initializer);
    } else if (initializer) {
      this.#walk.writer.copy(this.#walk.start(initializer));
      this.#walk.writer.insert(`${published} = `);
      this.#references.value(name, initializer);
    } else {
      this.#walk.writer.copy(Math.max(name.end, type?.end ?? 0, exclamationToken?.end ?? 0));
      this.#walk.writer.insert(` = ${published} = void 0`);
    }
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
    if (!initializer) return;
    const stored = ts.isIdentifier(name) && this.#walk.names.target(name) !== undefined;
    this.#references.value(stored ? name : undefined, initializer);
  }

  #isStored(name: BindingName): boolean {
    if (ts.isIdentifier(name)) return this.#walk.names.target(name) !== undefined;
    return name.elements.some((one) => ts.isBindingElement(one) && this.#isStored(one.name));
  }
}
