/** The persistent checker: one scope, and a source file per cell that is bound and checked alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { declarationFile } from "./declarations.ts";
import { withoutExports } from "./exports.ts";
import { tagged } from "./jsx.ts";
import { localErrors } from "./local-errors.ts";
import { type Config, readConfig } from "./options.ts";
import { Program } from "./program.ts";
import { Meaning, meaningOf, Scope } from "./scope.ts";
import {
  type BoundFile,
  bound,
  type Diagnostic,
  type Node,
  type SourceFile,
  type SymbolTable,
  type TsSymbol,
  type TypeChecker,
  ts,
} from "./typescript.ts";

/** A cell that is parsed, bound and hung into the scope; its names are not in the scope yet. */
export interface Cell {
  readonly name: string;
  /** What the user wrote; the file's own text has `export` blanked. */
  readonly source: string;
  readonly file: SourceFile;
  /** The names it declares at its top level. */
  readonly locals: SymbolTable;
}

export class Checker {
  readonly config: Config;
  readonly program: Program;
  readonly scope: Scope;
  #checker: TypeChecker;
  #cells = 0;
  /** How many cells the newest checker has seen. */
  #seen = 0;
  readonly #names = new WeakMap<SourceFile, string>();
  /** The names of each kept cell, oldest first. */
  #kept: WeakRef<SymbolTable>[] = [];

  constructor(folder: string) {
    this.config = readConfig(folder);
    this.program = new Program(folder, this.config.options);
    this.#checker = this.program.createChecker();
    const globals = this.program.parse(
      join(folder, ".globals.d.ts"),
      readFileSync(declarationFile("cell"), "utf8"),
      ts.ScriptKind.TS,
    );
    this.program.bind(globals);
    this.scope = new Scope(bound(globals).locals ?? ts.createSymbolTable());
  }

  /** TypeScript's own checker; another one after a cell imported declarations of globals. */
  get types(): TypeChecker {
    return this.#checker;
  }

  /** Parses and binds a cell. */
  open(source: string, name: string): Cell {
    if (++this.#seen > mostSeen) this.renew();
    const path = join(this.program.folder, `.cell-${++this.#cells}`);
    const file = this.#parse(path, source);
    this.program.bind(file);
    this.scope.adopt(bound(file));
    this.#names.set(file, name);
    return { name, source, file, locals: bound(file).locals ?? ts.createSymbolTable() };
  }

  /** Whether a cell leaves nothing that a later one could see: no name, no module loaded, nothing added to the globals. */
  isFleeting({ file, locals }: Cell): boolean {
    const isOther = (node: Node): boolean => ts.isImportDeclaration(node) || ts.isModuleDeclaration(node);
    return (
      locals.size === 0 &&
      file.referencedFiles.length + file.typeReferenceDirectives.length === 0 &&
      !file.statements.some(isOther)
    );
  }

  /** The name of the cell whose file this is, else the file's path. */
  nameOf(file: SourceFile): string {
    return this.#names.get(file) ?? this.program.moduleCell(file.fileName)?.name ?? file.fileName;
  }

  /** Everything TypeScript has to say about a cell: its syntax errors, or else its type errors. */
  check(cell: Cell): readonly Diagnostic[] {
    const { parseDiagnostics, bindDiagnostics, checkJsDirective } = bound(cell.file);
    if (parseDiagnostics.length > 0) return parseDiagnostics;
    this.#prepare(cell);
    let found = this.careful(() => this.#all(cell.file));
    while (this.program.takeLateGlobals() || this.program.completeGlobals(this.#checker, found)) {
      this.renew();
      found = this.careful(() => this.#all(cell.file));
    }
    return checkJsDirective?.enabled === false ? [] : [...bindDiagnostics, ...found];
  }

  /** Makes the checker know what a cell imports and augments, without checking it. */
  load(cell: Cell): void {
    this.#prepare(cell);
    this.#loadImports(cell);
  }

  #prepare(cell: Cell): void {
    this.program.refresh(cell.file.statements.some(ts.isImportDeclaration));
    this.program.loadReferences(cell.file);
    const augments = this.program.augmentations.propose(cell.file);
    if (this.program.takeLateGlobals() || augments) this.renew();
  }

  /** Puts a new checker over what is loaded and declared; the scope stays as it is. */
  renew(): void {
    this.#checker = this.program.createChecker();
    this.#seen = 0;
    this.#kept = this.#kept.filter((kept) => kept.deref());
  }

  /** Loads what the cell imports, so that questions about an unchecked cell find it. */
  loadImports(cell: Cell): void {
    this.program.refresh();
    this.#loadImports(cell);
  }

  #loadImports(cell: Cell): void {
    let again: boolean;
    do {
      for (const statement of cell.file.statements) {
        if (ts.isImportDeclaration(statement)) this.#checker.getSymbolAtLocation(statement.moduleSpecifier);
      }
      again = this.program.takeLateGlobals();
      if (again) this.renew();
    } while (again);
  }

  /** Whether a file is a cell's. */
  isCell(file: SourceFile): boolean {
    return this.#names.has(file);
  }

  /** Makes the cell's names the scope's; from now on it sees what it saw when it was checked. */
  keep(cell: Cell): void {
    this.program.augmentations.accept();
    const meaning = (symbol: TsSymbol): number => this.#meaning(symbol);
    this.scope.freeze(bound(cell.file), this.#mentions(cell.file), meaning);
    this.scope.declare(cell.locals, meaning);
    lighten(bound(cell.file));
    if (cell.locals.size > 0) this.#kept.push(new WeakRef(cell.locals));
    for (const symbol of cell.locals.values()) mayBeAssigned(symbol);
  }

  /**
   * Tries once more when TypeScript has stumbled, which may leave the checker half-way through something: with a new
   * one that has found out the types of all kept names, from the oldest on. Found out only when it is asked for, the
   * type of the last of a thousand values, each made from the one before, overflows the stack.
   */
  careful<T>(act: () => T): T {
    try {
      return act();
    } catch {
      this.renew();
      this.#kept = this.#kept.filter((kept) => kept.deref());
      for (const kept of this.#kept) {
        for (const symbol of kept.deref()?.values() ?? []) {
          if (symbol.flags & ts.SymbolFlags.Value) this.#checker.getTypeOfSymbol(symbol);
        }
      }
      return act();
    }
  }

  /** Forgets a cell that was checked and found wrong, with all that the checker remembers of it. */
  drop(): void {
    if (this.program.augmentations.reject()) this.renew();
  }

  /** The symbol a name in an expression refers to. */
  symbolOf(node: Node): TsSymbol | undefined {
    return ts.isShorthandPropertyAssignment(node.parent) && node.parent.name === node
      ? this.#checker.getShorthandAssignmentValueSymbol(node.parent)
      : this.#checker.getSymbolAtLocation(node);
  }

  /** Whether an imported name exists at run time; what cannot be resolved is taken to. */
  isValue(symbol: TsSymbol): boolean {
    if (!(symbol.flags & ts.SymbolFlags.Alias)) return (symbol.flags & ts.SymbolFlags.Value) !== 0;
    return (this.#checker.getAliasedSymbol(symbol).flags & ts.SymbolFlags.Value) !== 0;
  }

  /** What a name stands for: an import may stand for a value, a type, a namespace or all of them. */
  #meaning(symbol: TsSymbol): number {
    const own = meaningOf(symbol.flags);
    if (!(symbol.flags & ts.SymbolFlags.Alias)) return own;
    const target = this.#checker.getAliasedSymbol(symbol);
    const imported = this.#checker.isUnknownSymbol(target) ? Meaning.any : meaningOf(target.flags);
    const isType = symbol.declarations?.every(ts.isTypeOnlyImportOrExportDeclaration);
    return own | (isType ? imported & ~Meaning.value : imported);
  }

  /** The names that occur in a file, and those that JSX in it refers to. */
  #mentions(file: SourceFile): Iterable<string> {
    const { jsxFactory = "React", jsxFragmentFactory = "" } = this.program.options;
    const factories = [
      jsxFactory,
      jsxFragmentFactory,
      tagged(file, "jsx") ?? "",
      tagged(file, "jsxFrag") ?? "",
    ];
    return [...bound(file).identifiers.keys(), "React", ...factories.map((text) => text.split(".")[0]!)];
  }

  #all(file: SourceFile): readonly Diagnostic[] {
    this.program.forgetMistakes();
    return [
      ...this.#semantic(file),
      ...this.program.missingReferences(file),
      ...localErrors(this.program, file, (local) => this.#semantic(local)),
    ];
  }

  // `getDiagnostics` of a checker is internal; a program's would check the whole program. It goes by the file's name,
  // and so has those of a file that stood there before.
  #semantic(file: SourceFile): readonly Diagnostic[] {
    const { getDiagnostics } = this.#checker as unknown as Diagnosing;
    return getDiagnostics(file).filter((one) => one.file === undefined || one.file === file);
  }

  // JSX only where it is needed: in TSX `<T>(x: T) => x` does not parse.
  #parse(path: string, source: string): SourceFile {
    const plain = this.#parseAs(`${path}.ts`, source, ts.ScriptKind.TS);
    if (!/<\/|\/>/.test(source)) return plain;
    const jsx = this.#parseAs(`${path}.tsx`, source, ts.ScriptKind.TSX);
    const faults = (file: SourceFile) => bound(file).parseDiagnostics.length;
    return hasJsx(jsx) && faults(jsx) <= faults(plain) ? jsx : plain;
  }

  #parseAs(path: string, source: string, kind: number): SourceFile {
    const file = this.program.parse(path, source, kind);
    const inner = withoutExports(file);
    return inner === source ? file : this.program.parse(path, inner, kind);
  }
}

/**
 * Cells that one checker sees: it forgets nothing it has met, 5 to 25 kB a cell, be its names redeclared or its code refused.
 * A new one costs 2 ms, and 60 when the types of tensors are asked again.
 */
const mostSeen = 500;

interface Diagnosing {
  getDiagnostics(file: SourceFile): readonly Diagnostic[];
}

const noNames: ReadonlyMap<string, string> = new Map();

/** Takes from a kept file what is of use only while it is compiled. */
function lighten(file: BoundFile): void {
  file.identifiers = noNames;
}

// Any later cell may assign any variable: so it is not unassigned, nor does what a function knows of it last.
function mayBeAssigned(symbol: TsSymbol): void {
  (symbol as { lastAssignmentPos?: number }).lastAssignmentPos = -Number.MAX_VALUE;
}

// The flag that TypeScript's parser leaves on whatever has JSX in it.
const hasJsx = (file: SourceFile): boolean => (bound(file).transformFlags & 2) !== 0;
