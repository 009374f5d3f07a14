/** The globals that every cell sees: what declares a name is parsed when the checker first looks the name up. */
import { readFileSync } from "node:fs";
import { PART } from "./declarations.ts";
import { prepare } from "./prepared.ts";
import { setFormat } from "./resolution.ts";
import {
  bound,
  type CompilerOptions,
  type SourceFile,
  type SymbolTable,
  type TsSymbol,
  ts,
} from "./typescript.ts";

/** Adds the symbols of a table to another one, as the checker does with those of its files. */
export type Merge = (target: SymbolTable, source: SymbolTable) => void;

type Name = TsSymbol["escapedName"];

/** All that a file says about a name, or about names that are declared together. */
interface Part {
  /** Those names. */
  readonly title: string;
  readonly path: string;
  readonly text: string;
  file?: SourceFile;
}

const titles = new WeakMap<SourceFile, string>();

/** The names that a part declares, as `partsOf` has them. */
export const titleOf = (file: SourceFile): string | undefined => titles.get(file);

/** The texts of a file in parts, by title. */
export function partsOf(path: string): Map<string, string> {
  const [, ...parts] = readFileSync(path, "utf8").split(PART);
  return new Map(
    parts.map((part) => {
      const end = part.indexOf("\n");
      return [part.slice(0, end), part.slice(end + 1)];
    }),
  );
}

/** Files of globals in parts; each part is parsed and bound once, whichever checker asks for it first. */
export class Library {
  readonly #options: () => CompilerOptions;
  #parts: readonly Part[];

  constructor(paths: readonly string[], options: () => CompilerOptions) {
    this.#options = options;
    this.#parts = paths.flatMap((path) =>
      [...partsOf(path)].map(([title, text]): Part => ({ title, path, text })),
    );
  }

  /** A table of globals, which fills itself. */
  open(merge: Merge): SymbolTable {
    return new Globals(this.#parts, (part, table) => merge(table, this.#declaredIn(part)));
  }

  /** Leaves out what files declare, unless it has a name beyond `names`. */
  hide(paths: readonly string[], names: ReadonlySet<string>): void {
    this.#parts = this.#parts.filter(
      ({ path, title }) => !paths.includes(path) || title.split(" ").some((name) => !names.has(name)),
    );
  }

  #declaredIn(part: Part): SymbolTable {
    part.file ??= this.#parse(part);
    return bound(part.file).locals ?? ts.createSymbolTable();
  }

  #parse({ path, text, title }: Part): SourceFile {
    const options = this.#options();
    const languageVersion = ts.ScriptTarget.ESNext;
    const jsDocParsingMode = ts.JSDocParsingMode.ParseNone;
    const file = ts.createSourceFile(path, text, { languageVersion, jsDocParsingMode }, false);
    prepare(file);
    setFormat(file, options);
    ts.bindSourceFile(file, options);
    titles.set(file, title);
    return file;
  }
}

/** Looks like any table: a name's parts are put in before the first answer about it. */
class Globals extends Map<Name, TsSymbol> {
  readonly #waiting = new Map<Name, Part[]>();
  readonly #taken = new Set<Part>();
  readonly #take: (part: Part, into: SymbolTable) => void;

  constructor(parts: readonly Part[], take: (part: Part, into: SymbolTable) => void) {
    super();
    this.#take = take;
    for (const part of parts) {
      for (const text of part.title.split(" ")) {
        const name = ts.escapeLeadingUnderscores(text);
        const known = this.#waiting.get(name);
        if (known) known.push(part);
        else this.#waiting.set(name, [part]);
      }
    }
  }

  #load(name: Name): void {
    const parts = this.#waiting.get(name);
    if (!parts) return;
    this.#waiting.delete(name);
    for (const part of parts) {
      if (this.#taken.has(part)) continue;
      this.#taken.add(part);
      this.#take(part, this);
    }
  }

  #loadAll(): void {
    for (const name of this.#waiting.keys()) this.#load(name);
  }

  override get(name: Name): TsSymbol | undefined {
    this.#load(name);
    return super.get(name);
  }

  override has(name: Name): boolean {
    return this.#waiting.has(name) || super.has(name);
  }

  override forEach(act: (symbol: TsSymbol, name: Name, table: Map<Name, TsSymbol>) => void): void {
    this.#loadAll();
    super.forEach(act);
  }

  override keys() {
    this.#loadAll();
    return super.keys();
  }

  override values() {
    this.#loadAll();
    return super.values();
  }

  override entries() {
    this.#loadAll();
    return super.entries();
  }

  override [Symbol.iterator]() {
    return this.entries();
  }
}
