/** Every message between the kernel's three threads, one typed entry each. */

/** kernel thread → compiler thread: a request by name and its reply. Positions are UTF-16 offsets. */
export interface CompilerCalls {
  /** Bind, check and emit one cell. Names are kept only when the cell has no errors. */
  compile: { request: { source: string; name: string }; reply: Compiled };
  complete: { request: { source: string; offset: number }; reply: Completion };
  inspect: { request: { source: string; offset: number; detail: 0 | 1 }; reply: Inspection | null };
  isComplete: { request: { source: string }; reply: Completeness };
}

export type Compiled =
  | { readonly ok: true; readonly code: string; readonly sourceMap?: string }
  | { readonly ok: false; readonly diagnostics: readonly CellDiagnostic[] };

/** A type or syntax error; line and column count from 1. */
export interface CellDiagnostic {
  readonly code: number;
  readonly message: string;
  /** The cell's name (`In [7]`) or a local file's path. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The source line the error stands on, and how many characters of it are at fault. */
  readonly excerpt: string;
  readonly length: number;
}

export interface Completion {
  readonly matches: readonly { readonly text: string; readonly type: string; readonly signature?: string }[];
  readonly start: number;
  readonly end: number;
}

export interface Inspection {
  readonly signature: string;
  readonly documentation: string;
  readonly source?: string;
}

export interface Completeness {
  readonly status: "complete" | "incomplete" | "invalid" | "unknown";
  readonly indent: string;
}

/**
 * What emitted code is given. `code` evaluates (by `vm`) to a function `($, $c) => value`, async when the cell
 * awaits at top level; `$` is the store in which top-level names live, `$c` this object.
 * The function returns the value of the cell's last expression statement.
 */
export interface CellContext {
  /** Both static and dynamic imports. */
  import(specifier: string): Promise<Record<string, unknown>>;
  readonly meta: { readonly url: string; readonly filename: string; readonly dirname: string };
  /** `flag[0]` is non-zero while an interrupt is pending; loops emit `$c.flag[0] && $c.interrupt()`. */
  readonly flag: Int32Array;
  /** Throws KeyboardInterrupt. */
  interrupt(): never;
}
