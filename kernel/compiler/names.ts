/** What each name in a cell refers to, and so what stands for it in the emitted code. */
import type { Identifier } from "typescript";
import type { Cell, Checker } from "./checker.ts";
import { flagText } from "./loops.ts";
import { type Node, type TsSymbol, ts } from "./typescript.ts";

/** What emission remembers from cell to cell. */
export class EmitMemory {
  /** Names that functions of earlier cells read or write in the store whenever they run. */
  readonly captured = new Set<string>();
  /** How an imported name is read: `$.$3.readFileSync` with the store's name left out. */
  readonly imported = new Map<TsSymbol, string>();
  #modules = 0;

  /** A fresh place in the store for a module. */
  nextModule(): string {
    return `$${++this.#modules}`;
  }
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

/** The answers for one cell; `store` and `context` are the names of the emitted function's parameters. */
export class Names {
  readonly store: string;
  readonly context: string;
  readonly flag: string;
  /** What JSX is turned into calls of. */
  readonly jsxFactory: string;
  readonly jsxFragmentFactory: string;
  /** Top-level variables that live in real locals while the cell runs, and are written back. */
  readonly hot: readonly string[];
  readonly #checker: Checker;
  readonly #cell: Cell;
  readonly #memory: EmitMemory;
  readonly #uses = new Map<TsSymbol, Use>();
  readonly #texts = new Map<Node, string>();
  readonly #symbols = new Map<Node, TsSymbol>();
  readonly #hot = new Set<TsSymbol>();
  /** The classes, enums and namespaces whose bodies are being walked: inside, their names are their own. */
  readonly #inside = new Set<TsSymbol>();

  constructor(checker: Checker, cell: Cell, memory: EmitMemory) {
    this.#checker = checker;
    this.#cell = cell;
    this.#memory = memory;
    const taken = (cell.file as unknown as { identifiers: Map<string, string> }).identifiers;
    this.store = freeName("$", taken);
    this.context = freeName("$c", taken);
    this.flag = flagText(this.context, taken);
    this.#collect(cell.file, false, false);
    const { jsxFactory = "React.createElement", jsxFragmentFactory = "React.Fragment" } =
      checker.program.options;
    this.jsxFactory = this.#jsxName(/@jsx\s+([\w$.]+)/, jsxFactory);
    this.jsxFragmentFactory = this.#jsxName(/@jsxFrag\s+([\w$.]+)/, jsxFragmentFactory);
    for (const use of this.#uses.values()) if (this.#isHot(use)) this.#hot.add(use.symbol);
    this.hot = [...this.#hot].map((symbol) => symbol.name);
    for (const use of this.#uses.values()) if (use.captured) memory.captured.add(use.symbol.name);
  }

  /** The text that stands for a reference to a top-level name; undefined where it stays as it is. */
  reference(node: Identifier): string | undefined {
    const symbol = this.#symbols.get(node);
    if (symbol === undefined) return this.#texts.get(node);
    return this.#hot.has(symbol) ? undefined : this.#access(symbol);
  }

  /** The text that a declaration of a top-level name assigns to; undefined for names of inner scopes. */
  target(name: Identifier): string | undefined {
    const symbol = this.stored(name.parent);
    if (!symbol || isUsing(name.parent)) return undefined;
    return this.#hot.has(symbol) ? name.text : `${this.store}.${name.text}`;
  }

  /** The top-level symbol that `declaration` declares. */
  stored(declaration: Node): TsSymbol | undefined {
    const { symbol } = declaration as { symbol?: TsSymbol };
    return symbol && this.#cell.locals.get(symbol.escapedName) === symbol ? symbol : undefined;
  }

  #access(symbol: TsSymbol): string {
    const imported = this.#memory.imported.get(symbol);
    return `${this.store}.${imported ?? symbol.name}`;
  }

  // A name that only TypeScript's transform will write.
  #jsxName(pragma: RegExp, fallback: string): string {
    const { file, locals } = this.#cell;
    const comments = ts.getLeadingCommentRanges(file.text, 0) ?? [];
    const head = comments.map(({ pos, end }) => file.text.slice(pos, end)).join("\n");
    const [root, ...rest] = (pragma.exec(head)?.[1] ?? fallback).split(".");
    const symbol = locals.get(ts.escapeLeadingUnderscores(root!)) ?? this.#checker.scope.value(root!);
    if (symbol) this.#uses.set(symbol, { symbol, inLoop: false, captured: true });
    return [symbol ? this.#access(symbol) : root, ...rest].join(".");
  }

  #collect(node: Node, inLoop: boolean, captured: boolean): void {
    if (ts.isIdentifier(node)) {
      if (isReference(node)) this.#note(node, inLoop, captured);
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
    const own = this.#cell.locals.get(node.escapedText);
    const kept = this.#checker.scope.value(text);
    if (!own && !kept && !Object.hasOwn(ofNode, text)) return;
    const symbol = this.#checker.symbolOf(node);
    if (symbol && (this.#inside.has(symbol) || (isAmbient(symbol) && !Object.hasOwn(ofNode, text)))) return;
    if (symbol && (symbol === own || symbol === kept)) {
      this.#symbols.set(node, symbol);
      const use = this.#uses.get(symbol) ?? { symbol, inLoop: false, captured: false };
      use.inLoop ||= inLoop;
      use.captured ||= captured;
      this.#uses.set(symbol, use);
    } else if (Object.hasOwn(ofNode, text) && !this.#isDeclaredInCell(symbol)) {
      this.#texts.set(node, `${this.context}.${ofNode[text]}`);
    }
  }

  #isDeclaredInCell(symbol: TsSymbol | undefined): boolean {
    return symbol?.declarations?.some((one) => one.getSourceFile() === this.#cell.file) ?? false;
  }

  // Nobody but this cell's own statements can see such a variable change.
  #isHot({ symbol, inLoop, captured }: Use): boolean {
    const { Variable, Class, Function: Func, Module, Enum } = ts.SymbolFlags;
    if (!inLoop || captured || this.#memory.captured.has(symbol.name)) return false;
    if (!(symbol.flags & Variable) || symbol.flags & (Class | Func | Module | Enum)) return false;
    return !symbol.declarations?.some(isUsing);
  }
}

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

function freeName(wanted: string, taken: ReadonlyMap<string, string>): string {
  return taken.has(wanted) ? freeName(`${wanted}$`, taken) : wanted;
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
