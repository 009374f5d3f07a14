/** Rewrites functions and classes: their modifiers, parameters and members. */
import type {
  ClassLikeDeclaration,
  FunctionLikeDeclaration,
  ParameterDeclaration,
  PropertyDeclaration,
} from "typescript";
import { type Eraser, isTypeOnly, parameterProperties } from "./erase.ts";
import { type Node, type SourceFile, ts } from "./typescript.ts";
import type { Writer } from "./writer.ts";

interface Walk {
  readonly writer: Writer;
  readonly file: SourceFile;
  readonly keepTypes: boolean;
  readonly visit: (node: Node) => void;
  note(node: Node): void;
  children(node: Node): void;
  typeOnly(node: Node): void;
  keptType(node: Node): void;
  annotation(end: number, type: Node | undefined, ...marks: (Node | undefined)[]): void;
}

export class Functions {
  readonly #walk: Walk;
  readonly #erase: Eraser;
  #depth = 0;

  constructor(walk: Walk, erase: Eraser) {
    this.#walk = walk;
    this.#erase = erase;
  }

  /** Whether the walk is outside all functions, so that an `await` is the file's own. */
  get isTop(): boolean {
    return this.#depth === 0;
  }

  class(node: ClassLikeDeclaration): void {
    const { keepTypes, visit, writer } = this.#walk;
    this.#decorators(node);
    if (!keepTypes) {
      this.#erase.modifiers(node);
      this.#erase.typeList(node.typeParameters);
      this.#erase.heritage(node, visit);
    } else for (const clause of node.heritageClauses ?? []) this.#walk.children(clause);
    this.#declared(
      node.members.pos,
      node.members.flatMap(parameterProperties).map((name) => `${name};`),
    );
    for (const member of node.members) this.#member(member);
    writer.copy(node.end);
  }

  function(node: FunctionLikeDeclaration): void {
    const { keepTypes, visit } = this.#walk;
    this.#decorators(node);
    if (!keepTypes) this.#erase.modifiers(node);
    const { name } = node;
    if (name && ts.isComputedPropertyName(name)) visit(name);
    if (!keepTypes) {
      const question = (node as { questionToken?: Node }).questionToken;
      if (name && question) this.#erase.span(question.pos, question.end);
      if (ts.isArrowFunction(node)) this.#erase.arrowOpening(node);
      else this.#erase.typeList(node.typeParameters);
    }
    this.#depth++;
    for (const parameter of node.parameters) this.#parameter(parameter, node);
    if (!keepTypes) this.#erase.returnType(node);
    else if (node.type) this.#walk.keptType(node.type);
    if (node.body) {
      const properties = parameterProperties(node).map((name) => `this.${name}=${name};`);
      this.#declared(node.body.getStart(this.#walk.file) + 1, properties);
      visit(node.body);
    }
    this.#depth--;
  }

  /** What parameters declare, where a class or its constructor begins; TypeScript's transforms see to it themselves. */
  #declared(at: number, texts: readonly string[]): void {
    if (texts.length === 0 || this.#walk.keepTypes) return;
    this.#walk.writer.copy(at);
    this.#walk.writer.insert(texts.join(""));
  }

  #decorators(node: Node): void {
    if (!ts.canHaveDecorators(node)) return;
    for (const decorator of ts.getDecorators(node) ?? []) this.#walk.visit(decorator);
  }

  #member(member: Node): void {
    const { visit, writer, file } = this.#walk;
    if (isTypeOnly(member)) this.#walk.typeOnly(member);
    else if (!ts.isPropertyDeclaration(member)) visit(member);
    else {
      this.#property(member);
      writer.copy(member.end);
      if (file.text[member.end - 1] !== ";") writer.insert(";");
    }
  }

  #property(member: PropertyDeclaration): void {
    const { keepTypes, visit } = this.#walk;
    this.#walk.note(member);
    this.#decorators(member);
    if (!keepTypes) this.#erase.modifiers(member);
    if (ts.isComputedPropertyName(member.name)) visit(member.name);
    this.#walk.annotation(member.name.end, member.type, member.questionToken, member.exclamationToken);
    if (member.initializer) visit(member.initializer);
  }

  #parameter(parameter: ParameterDeclaration, parent: FunctionLikeDeclaration): void {
    const { keepTypes, visit } = this.#walk;
    this.#walk.note(parameter);
    this.#decorators(parameter);
    if (!keepTypes) {
      if (this.#erase.thisParameter(parameter, parent)) return;
      this.#erase.modifiers(parameter);
    }
    if (!ts.isIdentifier(parameter.name)) visit(parameter.name);
    this.#walk.annotation(parameter.name.end, parameter.type, parameter.questionToken);
    if (parameter.initializer) visit(parameter.initializer);
  }
}
