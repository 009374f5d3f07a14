/** For tests: runs what the compiler emits as main would, with the smallest `$c` that works. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import vm from "node:vm";
import { createStore } from "../store.ts";
import { INTERRUPT_FLAG } from "../threads.ts";
import { type Compiler, createCompiler } from "./compiler.ts";

/** A session of cells in one process: compile, then run in a shared store. */
export class Cells {
  readonly compiler: Compiler;
  readonly store = createStore();
  /** One for the process, as in the kernel. */
  readonly flag = flagOfProcess();
  #count = 0;

  constructor(folder: string) {
    this.compiler = createCompiler(folder);
  }

  /** The emitted code of a cell; an error with all messages when it does not check. */
  compile(source: string): string {
    const compiled = this.compiler.compile({ source, name: `In [${++this.#count}]` });
    if (compiled.ok) return compiled.code;
    throw new CellError(
      compiled.diagnostics.map((one) => `${one.line}:${one.column} TS${one.code} ${one.message}`),
    );
  }

  /** The value of a cell. */
  async run(source: string): Promise<unknown> {
    const code = this.compile(source);
    const cell = vm.runInThisContext(code, { filename: `In [${this.#count}]` });
    return await cell(this.store, this.context);
  }

  readonly context = {
    import: (specifier: string) => import(specifier),
    require: createRequire(import.meta.url),
    load: createRequire(import.meta.url),
    asIs: <T>(value: T) => value,
    define(): never {
      throw new Error("there are no modules");
    },
    meta: { url: pathToFileURL("/cells").href, filename: "/cells", dirname: "/" },
    flag: this.flag,
    interrupt(): never {
      throw new Error("KeyboardInterrupt");
    },
    wait: <T>(value: T) => value,
    thrown: <T>(value: T) => value,
    caught: () => {},
    live: (store: object, name: string, get: () => unknown) =>
      Object.defineProperty(store, name, {
        get,
        set: (value) => Object.defineProperty(store, name, { value, writable: true }),
        configurable: true,
      }),
  };
}

function flagOfProcess(): Int32Array {
  const global = globalThis as Record<string, unknown>;
  const value = global[INTERRUPT_FLAG] ?? new Int32Array(new SharedArrayBuffer(4));
  Object.defineProperty(globalThis, INTERRUPT_FLAG, { value });
  return value as Int32Array;
}

/** The diagnostics of a cell that did not check. */
export class CellError extends Error {
  readonly lines: readonly string[];

  constructor(lines: readonly string[]) {
    super(lines.join("\n"));
    this.lines = lines;
  }
}
