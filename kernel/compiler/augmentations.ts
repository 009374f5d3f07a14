/** What cells add to the globals and to modules (`declare global`): of two that add the same thing, the later counts. */
import { bound, type Node, type SourceFile, type SymbolTable, type TsSymbol, ts } from "./typescript.ts";

/**
 * The files of kept cells that augment something, and at most one that is proposed: its cell is being checked, and
 * the checker must see it, yet it leaves no trace when the cell is refused.
 */
export class Augmentations {
  #kept: readonly SourceFile[] = [];
  #proposed: SourceFile | undefined;
  #undo: (() => void)[] = [];

  /** The files whose augmentations a checker is to merge. */
  get files(): readonly SourceFile[] {
    return this.#proposed ? [...this.#kept, this.#proposed] : this.#kept;
  }

  /** Takes a cell's augmentations in, in place of what was last proposed; true when another checker is needed. */
  propose(file: SourceFile): boolean {
    const isChanged = this.reject();
    if (bound(file).moduleAugmentations.length === 0) return isChanged;
    this.#proposed = file;
    const added = tablesOf(file);
    for (const kept of this.#kept) {
      for (const [name, table] of tablesOf(kept)) {
        const newer = added.get(name);
        if (newer) this.#supersede(table, newer);
      }
    }
    return true;
  }

  /** Keeps what was proposed. */
  accept(): void {
    if (!this.#proposed) return;
    this.#kept = this.files.filter((file) => [...tablesOf(file).values()].some((table) => table.size > 0));
    this.#proposed = undefined;
    this.#undo = [];
  }

  /** Forgets what was proposed; true when there was anything, and so another checker is needed. */
  reject(): boolean {
    if (!this.#proposed) return false;
    for (const undo of this.#undo.reverse()) undo();
    this.#proposed = undefined;
    this.#undo = [];
    return true;
  }

  // A member of an interface, a name of a namespace, and else a whole declaration gives way to one of the same name.
  #supersede(older: SymbolTable, newer: SymbolTable): void {
    for (const [name, next] of newer) {
      const last = older.get(name);
      if (!last || last.flags & ts.SymbolFlags.TypeParameter) continue;
      const isBoth = (flag: number) => (last.flags | next.flags) === flag;
      const { Interface, NamespaceModule } = ts.SymbolFlags;
      const inner = isBoth(Interface) ? "members" : isBoth(NamespaceModule) ? "exports" : undefined;
      if (inner) this.#supersedeInner(older, last, last[inner], next[inner]);
      else this.#remove(older, last);
    }
  }

  #supersedeInner(
    outer: SymbolTable,
    symbol: TsSymbol,
    older: SymbolTable | undefined,
    newer: SymbolTable | undefined,
  ): void {
    if (older && newer) this.#supersede(older, newer);
    const isEmpty = [...(older?.values() ?? [])].every(({ flags }) => flags & ts.SymbolFlags.TypeParameter);
    if (isEmpty) this.#remove(outer, symbol);
  }

  #remove(from: SymbolTable, symbol: TsSymbol): void {
    from.delete(symbol.escapedName);
    this.#undo.push(() => void from.set(symbol.escapedName, symbol));
  }
}

/** The names each augmentation of a file adds, by what it augments. */
function tablesOf(file: SourceFile): Map<string, SymbolTable> {
  const tables = new Map<string, SymbolTable>();
  for (const name of bound(file).moduleAugmentations) {
    const { exports } = (name.parent as Node & { symbol: TsSymbol }).symbol;
    if (exports) tables.set((name as Node & { text: string }).text, exports);
  }
  return tables;
}
