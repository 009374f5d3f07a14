/** What each name means to the next cell, and what it meant to each earlier one: as value, type and namespace apart. */
import { type BoundFile, type SymbolTable, type TsSymbol, ts } from "./typescript.ts";

/** What a name can mean, each by itself. */
export const Meaning = { value: 1, type: 2, namespace: 4, any: 7 };

/** What a symbol of these flags means. */
export function meaningOf(flags: number): number {
  const { Value, Type, Namespace } = ts.SymbolFlags;
  return (
    (flags & Value ? Meaning.value : 0) |
    (flags & Type ? Meaning.type : 0) |
    (flags & Namespace ? Meaning.namespace : 0)
  );
}

interface ScopeNode {
  readonly kind: number;
  readonly flags: number;
  readonly locals: SymbolTable;
  /** None, for whoever looks through the statements around an export. */
  readonly statements: readonly never[];
  parent: ScopeNode | undefined;
}

// A block is the plainest node that name resolution searches for locals.
const scopeNode = (parent: ScopeNode | undefined, locals: SymbolTable): ScopeNode => ({
  kind: ts.SyntaxKind.Block,
  flags: 0,
  locals,
  statements: [],
  parent,
});

/** A symbol some cell declared, and what it can be: a class a value as well as a type, an import what it stands for. */
interface Declared {
  readonly symbol: TsSymbol;
  readonly meaning: number;
}

/**
 * A later declaration of a name hides an earlier one only as far as it means the same kind of thing: `type T` leaves
 * the class T its value. So a name has up to three declarations, newest first; name resolution, which goes from
 * block to block until a symbol fits, finds them in as many nested blocks.
 */
export class Scope {
  readonly #globals: ScopeNode;
  readonly #blocks: readonly ScopeNode[];
  readonly #declared = new Map<TsSymbol["escapedName"], readonly Declared[]>();

  /** `globals` holds names that a cell may redeclare but did not declare itself: `torch`, `display` … */
  constructor(globals: SymbolTable) {
    this.#globals = scopeNode(undefined, globals);
    this.#blocks = nest(this.#globals, 3);
  }

  /** Lets the names of the scope, as it is at any time, be seen from a bound file. */
  adopt(file: BoundFile): void {
    file.parent = this.#blocks.at(-1);
  }

  /**
   * Lets a file see only what its `names` mean now: what it says shall mean the same when a later cell has given
   * them other meanings, and what is forgotten shall not be kept alive by it. So it does not see what its own
   * declarations hide, or a cell that is run again and again would hold on to all its former selves.
   */
  freeze(file: BoundFile, names: Iterable<string>, meaning: (symbol: TsSymbol) => number): void {
    const seen: [TsSymbol["escapedName"], readonly Declared[]][] = [];
    for (const text of names) {
      const name = ts.escapeLeadingUnderscores(text);
      const own = file.locals?.get(name);
      const hidden = own ? meaning(own) : 0;
      const declared = this.#declared.get(name)?.filter((one) => (one.meaning & ~hidden) !== 0);
      if (declared) seen.push([name, declared]);
    }
    const blocks = nest(this.#globals, Math.max(0, ...seen.map(([, declared]) => declared.length)));
    for (const [name, declared] of seen) put(blocks, name, declared);
    file.parent = blocks.at(-1) ?? this.#globals;
  }

  /** Takes over the top-level names of a cell, each with its meaning. */
  declare(locals: SymbolTable, meaning: (symbol: TsSymbol) => number): void {
    for (const [name, symbol] of locals) {
      const all = [{ symbol, meaning: meaning(symbol) }, ...(this.#declared.get(name) ?? [])];
      const left = visible(all);
      this.#declared.set(name, left);
      put(this.#blocks, name, left);
    }
  }

  /** The symbol that a cell declared for the value `name`. */
  value(name: string): TsSymbol | undefined {
    const declared = this.#declared.get(ts.escapeLeadingUnderscores(name));
    return declared?.find(({ meaning }) => meaning & Meaning.value)?.symbol;
  }

  /** Whether `symbol` is one of the kernel's own globals. */
  isGlobal(symbol: TsSymbol): boolean {
    return this.#globals.locals.get(symbol.escapedName) === symbol;
  }
}

/** `depth` empty blocks within `outer`, each in the one before. */
function nest(outer: ScopeNode, depth: number): ScopeNode[] {
  const blocks: ScopeNode[] = [];
  for (let i = 0; i < depth; i++) blocks.push(scopeNode(blocks.at(-1) ?? outer, ts.createSymbolTable()));
  return blocks;
}

/** Puts the declarations of a name into blocks, the newest innermost. */
function put(
  blocks: readonly ScopeNode[],
  name: TsSymbol["escapedName"],
  declared: readonly Declared[],
): void {
  for (let i = 1; i <= blocks.length; i++) {
    const { locals } = blocks.at(-i)!;
    const one = declared[i - 1];
    if (one) locals.set(name, one.symbol);
    else locals.delete(name);
  }
}

/**
 * Those of a name's declarations, newest first, that still mean something the newer ones do not. A pure value comes
 * first: it can hide nothing else, and a class imported as a type would be found, and refused, in its place.
 */
function visible(declared: readonly Declared[]): readonly Declared[] {
  let taken = 0;
  const left = declared.filter(({ meaning }) => {
    const isSeen = (meaning & ~taken) !== 0;
    taken |= meaning;
    return isSeen;
  });
  const isPureValue = ({ meaning }: Declared) => meaning === Meaning.value;
  return [...left.filter(isPureValue), ...left.filter((one) => !isPureValue(one))];
}
