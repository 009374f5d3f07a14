/** What each name in a cell refers to, and so what stands for it in the emitted code. */
import type { EnumMember, Identifier } from "typescript";
import { partOf } from "../store.ts";
import type { Cell, Checker } from "./checker.ts";
import { memberText } from "./imports.ts";
import { earlyReferences } from "./initialization.ts";
import { tagged } from "./jsx.ts";
import { flagText } from "./loops.ts";
import type { NameTexts } from "./name-texts.ts";
import { constantText } from "./transform.ts";
import { bound, declaredBy, type Node, type SourceFile, type TsSymbol, ts } from "./typescript.ts";

/** What emission remembers from cell to cell. */
export class EmitMemory {
  /** Names that functions of earlier cells read or write in the store whenever they run. */
  readonly captured = new Set<string>();
}

interface Use {
  symbol: TsSymbol;
  inLoop: boolean;
  captured: boolean;
}

/** What Node gives every file, as members of the context. */
export const ofNode: Readonly<Record<string, string>> = {
  require: "require",
  __filename: "meta.filename",
  __dirname: "meta.dirname",
};

/** The answers for one cell; `context` is the name of the emitted function's second parameter. */
export class Names implements NameTexts {
  /** What the names of the store's parts begin with; a number follows. */
  readonly #store: string;
  readonly #parts = new Set<number>();
  readonly context: string;
  readonly flag: string;
  readonly import: string;
  readonly meta: string;
  /** Whether a direct `eval` may name anything that is in scope. */
  get evaluates(): boolean {
    return this.#evaluates;
  }
  /** What JSX is turned into calls of. */
  readonly jsxFactory: string;
  readonly jsxFragmentFactory: string;
  /** Constants of earlier cells that this one assigns to, for which it throws. */
  readonly constants: readonly string[];
  /** Top-level variables that live in real locals while the cell runs, and are written back. */
  readonly hot: readonly string[];
  readonly #checker: Checker;
  readonly #cell: Cell;
  readonly #memory: EmitMemory;
  readonly #uses = new Map<TsSymbol, Use>();
  readonly #texts = new Map<Node, string>();
  readonly #symbols = new Map<Node, TsSymbol>();
  readonly #hot = new Set<TsSymbol>();
  /** References before which JavaScript checks that the variable is initialized. */
  readonly #early: ReadonlySet<Node>;
  /** Those that assign to a constant, where JavaScript throws. */
  readonly #refused = new Set<Node>();
  /** Symbols whose declarations stay as they are, so that JavaScript does so. */
  readonly #kept = new Set<TsSymbol>();
  /** Names that inner scopes declare. */
  readonly #inner = new Set<string>();
  /** Whether the cell says `@ts-nocheck`. */
  readonly #unchecked: boolean;
  #evaluates = false;
  /** The classes, enums and namespaces whose bodies are being walked: inside, their names are their own. */
  readonly #inside = new Set<TsSymbol>();

  constructor(checker: Checker, cell: Cell, memory: EmitMemory) {
    this.#checker = checker;
    this.#cell = cell;
    this.#memory = memory;
    const taken = bound(cell.file).identifiers;
    this.#unchecked = isUnchecked(cell.file);
    const names = [...taken.keys()];
    this.#store = freeName("$", (start) =>
      names.some((name) => /^\d/.test(name.slice(start.length)) && name.startsWith(start)),
    );
    this.context = freeName("$c", (start) => names.some((name) => name.startsWith(start)));
    this.flag = flagText(this.context, taken);
    this.import = `${this.context}.import`;
    this.meta = `${this.context}.meta`;
    this.#collect(cell.file, false, false);
    this.#early = this.#evaluates ? new Set() : earlyReferences(cell, this.#symbols);
    this.constants = this.#evaluates ? [] : this.#keep();
    const { jsxFactory = "React.createElement", jsxFragmentFactory = "React.Fragment" } =
      checker.program.options;
    this.jsxFactory = this.#jsxName(tagged(cell.file, "jsx") ?? jsxFactory);
    this.jsxFragmentFactory = this.#jsxName(tagged(cell.file, "jsxFrag") ?? jsxFragmentFactory);
    for (const use of this.#uses.values()) if (this.#isHot(use)) this.#hot.add(use.symbol);
    this.hot = [...this.#hot].map((symbol) => symbol.name);
    for (const use of this.#uses.values()) if (use.captured) memory.captured.add(use.symbol.name);
  }

  reference(node: Identifier): string | undefined {
    const symbol = this.#symbols.get(node);
    if (symbol === undefined) return this.#texts.get(node);
    if (this.#hot.has(symbol) || this.#refused.has(node)) return undefined;
    return this.#early.has(node)
      ? `(${symbol.name},${this.part(symbol.name)}).${symbol.name}`
      : this.#access(symbol);
  }

  target(name: Identifier): string | undefined {
    const symbol = this.stored(name.parent);
    if (!symbol || this.isKept(symbol)) return undefined;
    return this.#hot.has(symbol) ? name.text : this.#access(symbol);
  }

  published(name: Identifier): string | undefined {
    const symbol = this.stored(name.parent);
    return symbol && this.isKept(symbol) ? this.#access(symbol) : undefined;
  }

  typeName(name: Identifier): string | undefined {
    if (this.#checker.program.options.emitDecoratorMetadata !== true) return undefined;
    const symbol = this.#checker.symbolOf(name);
    const known = this.#cell.locals.get(name.escapedText) ?? this.#checker.scope.value(name.text);
    return symbol && symbol === known ? this.#access(symbol) : undefined;
  }

  constant(member: EnumMember): string | undefined {
    return constantText(this.#checker.types, member);
  }

  /** Whether a top-level name is declared as its author wrote, beside its place in the store. */
  isKept(symbol: TsSymbol): boolean {
    return this.#kept.has(symbol) || (symbol.declarations?.some(isUsing) ?? false);
  }

  /** The top-level symbol that `declaration` declares. */
  stored(declaration: Node): TsSymbol | undefined {
    const symbol = declaredBy(declaration);
    return symbol && this.#cell.locals.get(symbol.escapedName) === symbol ? symbol : undefined;
  }

  #access(symbol: TsSymbol): string {
    return this.place(symbol.name);
  }

  /** Where the store holds `name`. */
  place(name: string): string {
    return `${this.part(name)}${memberText(name)}`;
  }

  /** The part of the store that holds `name`. */
  part(name: string): string {
    const part = partOf(name);
    this.#parts.add(part);
    return `${this.#store}${part}`;
  }

  /** What takes the parts that have been asked for out of `store`. */
  parts(store: string): string {
    const names = [...this.#parts].map((part) => `${this.#store}${part}=${store}[${part}]`);
    return names.length === 0 ? "" : `const ${names.join()};`;
  }

  // Where JavaScript would throw, it does so for a real variable of the name. Gives those that earlier cells declared.
  #keep(): string[] {
    const earlier = new Set<string>();
    for (const node of this.#early) this.#kept.add(this.#symbols.get(node)!);
    for (const [node, symbol] of this.#symbols) {
      if (!ts.isAssignmentTarget(node) || !isConstant(symbol)) continue;
      this.#refused.add(node);
      if (this.stored(symbol.declarations![0]!) && !(symbol.flags & ts.SymbolFlags.Alias))
        this.#kept.add(symbol);
      else earlier.add(symbol.name);
    }
    return [...earlier];
  }

  // A name that only TypeScript's transform will write.
  #jsxName(written: string): string {
    const [root = "", ...rest] = written.split(".");
    const { locals } = this.#cell;
    const symbol = locals.get(ts.escapeLeadingUnderscores(root)) ?? this.#checker.scope.value(root);
    if (symbol) this.#uses.set(symbol, { symbol, inLoop: false, captured: true });
    return [symbol ? this.#access(symbol) : root, ...rest].join(".");
  }

  #collect(node: Node, inLoop: boolean, captured: boolean): void {
    if (ts.isIdentifier(node)) {
      if (isReference(node)) this.#note(node, inLoop, captured);
      else if (!this.stored(node.parent)) this.#inner.add(node.text);
      return;
    }
    if (ts.isTypeNode(node) && !ts.isExpressionWithTypeArguments(node)) return;
    const inner = captured || ts.isFunctionLike(node) || ts.isClassLike(node);
    const loop = inLoop || ts.isIterationStatement(node, false);
    if (ts.isBinaryExpression(node)) {
      this.#collectSpine(node, loop, inner);
      return;
    }
    const own = namesItself(node) ? this.stored(node) : undefined;
    if (own) this.#inside.add(own);
    ts.forEachChild(node, (child) => this.#collect(child, loop, inner));
    if (own) this.#inside.delete(own);
  }

  // A chain of thousands of operators leans to the left; recursion would overflow.
  #collectSpine(node: Node, inLoop: boolean, captured: boolean): void {
    const rights: Node[] = [];
    let left = node;
    while (ts.isBinaryExpression(left)) {
      rights.push(left.right);
      left = left.left;
    }
    this.#collect(left, inLoop, captured);
    for (const right of rights.reverse()) this.#collect(right, inLoop, captured);
  }

  #note(node: Identifier, inLoop: boolean, captured: boolean): void {
    const { text } = node;
    if (text === "eval" && (node.parent as { expression?: Node }).expression === node) this.#evaluates = true;
    const own = this.#cell.locals.get(node.escapedText);
    const kept = this.#checker.scope.value(text);
    if (!own && !kept && !Object.hasOwn(ofNode, text) && !this.#unchecked) return;
    const symbol = this.#checker.symbolOf(node);
    if (symbol && (symbol === own || symbol === kept)) {
      if (this.#inside.has(symbol) || isAmbient(symbol)) return;
      this.#symbols.set(node, symbol);
      const use = this.#uses.get(symbol) ?? { symbol, inLoop: false, captured: false };
      use.inLoop ||= inLoop;
      use.captured ||= captured;
      this.#uses.set(symbol, use);
    } else if (Object.hasOwn(ofNode, text) && !this.#isDeclaredInCell(symbol)) {
      this.#texts.set(node, `${this.context}.${ofNode[text]}`);
    } else if (!symbol && mayBeLater(node)) this.#texts.set(node, this.#later(node));
  }

  // A name that nobody knows, which only an unchecked cell has: a later cell may declare it.
  #later({ text, parent }: Identifier): string {
    const global = ts.isTypeOfExpression(parent) ? `typeof ${text}==="undefined"?void 0:${text}` : text;
    return `(${JSON.stringify(text)} in ${this.part(text)}?${this.place(text)}:${global})`;
  }

  #isDeclaredInCell(symbol: TsSymbol | undefined): boolean {
    return symbol?.declarations?.some((one) => one.getSourceFile() === this.#cell.file) ?? false;
  }

  // Nobody but this cell's own statements can see such a variable change.
  #isHot({ symbol, inLoop, captured }: Use): boolean {
    const { Variable, Class, Function: Func, Module, Enum } = ts.SymbolFlags;
    if (!inLoop || captured || this.#memory.captured.has(symbol.name)) return false;
    if (this.#evaluates || this.isKept(symbol) || this.#inner.has(symbol.name)) return false;
    if (this.constants.includes(symbol.name)) return false;
    if (!(symbol.flags & Variable) || symbol.flags & (Class | Func | Module | Enum)) return false;
    return true;
  }
}

function isConstant(symbol: TsSymbol): boolean {
  if (symbol.flags & ts.SymbolFlags.Alias) return true;
  const { valueDeclaration } = symbol;
  if (!valueDeclaration || !(symbol.flags & ts.SymbolFlags.BlockScopedVariable)) return false;
  return (ts.getCombinedNodeFlags(valueDeclaration) & ts.NodeFlags.Constant) !== 0;
}

/** Whether a file says `@ts-nocheck`. */
export const isUnchecked = (file: SourceFile): boolean => bound(file).checkJsDirective?.enabled === false;

const mayBeLater = (node: Identifier): boolean =>
  node.text !== "eval" &&
  !ts.isAssignmentTarget(node) &&
  !ts.isJsxOpeningLikeElement(node.parent) &&
  !ts.isJsxClosingElement(node.parent);

// `declare const x` speaks of a global that somebody else makes.
const isAmbient = (symbol: TsSymbol): boolean => symbol.declarations?.every(isAmbientDeclaration) ?? false;

/** Whether a declaration says `declare`, itself or around it. */
export const isAmbientDeclaration = (node: Node): boolean =>
  (ts.getCombinedModifierFlags(node as never) & ts.ModifierFlags.Ambient) !== 0;

const namesItself = (node: Node): boolean =>
  ts.isClassDeclaration(node) || ts.isEnumDeclaration(node) || ts.isModuleDeclaration(node);

function isUsing(declaration: Node): boolean {
  const flags = ts.getCombinedNodeFlags(declaration as never) & ts.NodeFlags.BlockScoped;
  return flags === ts.NodeFlags.Using || flags === ts.NodeFlags.AwaitUsing;
}

function freeName(wanted: string, isTaken: (name: string) => boolean): string {
  return isTaken(wanted) ? freeName(`${wanted}$`, isTaken) : wanted;
}

/** Whether an identifier outside types reads or writes a name, rather than naming a property, label or declaration. */
export function isReference(node: Identifier): boolean {
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isPropertyAccessExpression(parent) || ts.isMetaProperty(parent)) {
    return (parent as { expression?: Node }).expression === node;
  }
  if (ts.isQualifiedName(parent)) return parent.left === node;
  if (ts.isBreakOrContinueStatement(parent) || ts.isLabeledStatement(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent) || ts.isNamespaceImport(parent)) return false;
  if (ts.isExportSpecifier(parent)) return (parent.propertyName ?? parent.name) === node;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isJsxOpeningLikeElement(parent) || ts.isJsxClosingElement(parent)) return !/^[a-z]/.test(node.text);
  if (ts.isJsxNamespacedName(parent)) return false;
  return (parent as { name?: Node }).name !== node;
}
