/** The one mutable scope that every cell's file hangs from: what each name means now, as value and as type. */
import { type BoundFile, type SymbolTable, type TsSymbol, ts } from "./typescript.ts";

const { Value, Type, Namespace, Alias } = ts.SymbolFlags;
const Both = Type | Namespace;

interface ScopeNode {
  readonly kind: number;
  readonly flags: number;
  readonly locals: SymbolTable;
  parent: ScopeNode | undefined;
}

// A block is the plainest node that name resolution searches for locals.
const scopeNode = (parent: ScopeNode | undefined, locals: SymbolTable): ScopeNode => ({
  kind: ts.SyntaxKind.Block,
  flags: 0,
  locals,
  parent,
});

/**
 * Three tables, searched in order, let a type and a value of one name come from different cells although a
 * symbol may be both: pure types first, then values, then types whose value another cell has replaced.
 */
export class Scope {
  readonly #globals: ScopeNode;
  readonly #shadowed: ScopeNode;
  readonly #values: ScopeNode;
  readonly #types: ScopeNode;

  /** `globals` holds names that a cell may redeclare but did not declare itself: `torch`, `display` … */
  constructor(globals: SymbolTable) {
    this.#globals = scopeNode(undefined, globals);
    this.#shadowed = scopeNode(this.#globals, ts.createSymbolTable());
    this.#values = scopeNode(this.#shadowed, ts.createSymbolTable());
    this.#types = scopeNode(this.#values, ts.createSymbolTable());
  }

  /** Lets the names of the scope be seen from a bound file. */
  adopt(file: BoundFile): void {
    file.parent = this.#types;
  }

  /** Takes over the top-level names of a cell. */
  declare(locals: SymbolTable): void {
    for (const [name, symbol] of locals) {
      const flags = symbol.flags;
      if (!(flags & (Value | Alias))) {
        this.#types.locals.set(name, symbol);
        this.#shadowed.locals.delete(name);
      } else if (flags & (Both | Alias)) {
        this.#types.locals.delete(name);
        this.#shadowed.locals.delete(name);
        this.#values.locals.set(name, symbol);
      } else {
        const old = this.#values.locals.get(name);
        if (old && old.flags & (Both | Alias) && !this.#types.locals.has(name)) {
          this.#shadowed.locals.set(name, old);
        }
        this.#values.locals.set(name, symbol);
      }
    }
  }

  /** The symbol that a cell declared for the value `name`. */
  value(name: string): TsSymbol | undefined {
    return this.#values.locals.get(ts.escapeLeadingUnderscores(name));
  }

  /** Replaces the names that no cell declared (after the declarations were loaded anew). */
  setGlobals(globals: SymbolTable): void {
    this.#globals.locals.clear();
    for (const [name, symbol] of globals) this.#globals.locals.set(name, symbol);
  }

  /** Whether `symbol` is one of the kernel's own globals. */
  isGlobal(symbol: TsSymbol): boolean {
    return this.#globals.locals.get(symbol.escapedName) === symbol;
  }
}
