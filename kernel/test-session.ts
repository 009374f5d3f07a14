/** For tests: cells through the real compiler and the runtime's real modules, in one process and without threads. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import vm from "node:vm";
import { type Compiler, createCompiler } from "./compiler/compiler.ts";
import { interruptChecks } from "./runtime/interrupt.ts";
import { createModules, type Modules, shareOwnModules } from "./runtime/modules.ts";
import { createStore, type Store } from "./store.ts";
import { type CellContext, type CellDiagnostic, type CompilerCalls, Signal } from "./threads.ts";

type TranspileRequest = CompilerCalls["transpile"]["request"];

// The flag is a global: there is one in a process.
const checks = interruptChecks(new Int32Array(Signal.size));
shareOwnModules();

/** The cells of a notebook in `folder`. */
export class TestSession {
  readonly folder: string;
  readonly compiler: Compiler;
  readonly store = createStore();
  readonly #modules: Modules;
  #count = 0;

  constructor(folder: string) {
    this.folder = folder;
    this.compiler = createCompiler(folder);
    this.#modules = createModules({
      checks,
      transpile: Object.assign(async (request: TranspileRequest) => this.compiler.transpile(request), {
        sync: (request: TranspileRequest) => this.compiler.transpile(request),
      }),
    });
  }

  /** The value of a cell; throws `CellErrors` when it does not check. */
  async run(source: string): Promise<unknown> {
    const name = `In [${++this.#count}]`;
    const compiled = this.compiler.compile({ source, name });
    if (!compiled.ok) throw new CellErrors(compiled.diagnostics);
    const body: unknown = new vm.Script(compiled.code, { filename: name }).runInThisContext();
    type Body = (store: Store, context: CellContext) => unknown;
    return (body as Body)(this.store, this.#modules.context(join(this.folder, name)));
  }

  /** The declared type of an expression, as inspection shows it. */
  typeOf(expression: string): string | undefined {
    const source = `const shown = ${expression}`;
    return this.compiler.inspect({ source, offset: 7, detail: 0 })?.signature.replace(/^const shown: /, "");
  }

  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text);
  }
}

/** What a cell that did not check is told. */
export class CellErrors extends Error {
  readonly diagnostics: readonly CellDiagnostic[];

  constructor(diagnostics: readonly CellDiagnostic[]) {
    super(
      diagnostics
        .map((one) => `${one.file}:${one.line}:${one.column} TS${one.code} ${one.message}`)
        .join("\n"),
    );
    this.diagnostics = diagnostics;
  }
}
