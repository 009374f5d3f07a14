/** The persistent checker: one scope, and a source file per cell that is bound and checked alone. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { declarationFile } from "./declarations.ts";
import { withoutExports } from "./exports.ts";
import { compilerOptions } from "./options.ts";
import { Program } from "./program.ts";
import { Scope } from "./scope.ts";
import {
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
  readonly program: Program;
  readonly scope: Scope;
  #checker: TypeChecker;
  #cells = 0;
  readonly #names = new Map<string, string>();

  constructor(folder: string) {
    this.program = new Program(folder, compilerOptions(folder));
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
    const path = join(this.program.folder, `.cell-${++this.#cells}`);
    const file = this.#parse(path, source);
    this.program.bind(file);
    this.scope.adopt(bound(file));
    this.#names.set(file.fileName, name);
    return { name, source, file, locals: bound(file).locals ?? ts.createSymbolTable() };
  }

  /** The name of the cell whose file this is, else the file's path. */
  nameOf(file: SourceFile): string {
    return this.#names.get(file.fileName) ?? file.fileName;
  }

  /** Everything TypeScript has to say about a cell: its syntax errors, or else its type errors. */
  check(cell: Cell): readonly Diagnostic[] {
    const { parseDiagnostics, bindDiagnostics } = bound(cell.file);
    if (parseDiagnostics.length > 0) return parseDiagnostics;
    this.program.refresh();
    this.program.addAugmentations(cell.file);
    if (this.program.takeLateGlobals()) this.renew();
    let found = this.#semantic(cell.file);
    while (this.program.takeLateGlobals()) {
      this.renew();
      found = this.#semantic(cell.file);
    }
    return [...bindDiagnostics, ...found];
  }

  /** Puts a new checker over what is loaded and declared; the scope stays as it is. */
  renew(): void {
    this.#checker = this.program.createChecker();
  }

  /** Loads what the cell imports, so that questions about an unchecked cell find it. */
  loadImports(cell: Cell): void {
    this.program.refresh();
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
    return this.#names.has(file.fileName);
  }

  /** Makes the cell's names the scope's. */
  keep(cell: Cell): void {
    this.scope.declare(cell.locals);
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

  // `getDiagnostics` of a checker is internal; a program's would check the whole program.
  #semantic(file: SourceFile): readonly Diagnostic[] {
    return (this.#checker as unknown as { getDiagnostics(file: SourceFile): Diagnostic[] }).getDiagnostics(
      file,
    );
  }

  // JSX only where it is needed: in TSX `<T>(x: T) => x` does not parse.
  #parse(path: string, source: string): SourceFile {
    const plain = this.#parseAs(`${path}.ts`, source, ts.ScriptKind.TS);
    if (bound(plain).parseDiagnostics.length === 0 || !/<\/|\/>/.test(source)) return plain;
    const jsx = this.#parseAs(`${path}.tsx`, source, ts.ScriptKind.TSX);
    return bound(jsx).parseDiagnostics.length === 0 ? jsx : plain;
  }

  #parseAs(path: string, source: string, kind: number): SourceFile {
    const file = this.program.parse(path, source, kind);
    const inner = withoutExports(file);
    return inner === source ? file : this.program.parse(path, inner, kind);
  }
}
