/** Every message between the kernel's three threads, one typed entry each. */
import type { MessagePort } from "node:worker_threads";
import type { MagicCall } from "./magics.ts";

// ---- What each thread starts with --------------------------------------------------------------

/** Slots of the one shared `Int32Array`. */
export const Signal = {
  /** Non-zero while an interrupt is pending; emitted loops, tensor ops and native loops look at it. */
  interrupt: 0,
  /** Counts answers to `input`; main waits here when it asks synchronously (`prompt`). */
  input: 1,
  /** Counts the cells and comm messages that main has begun, in the order they were sent. */
  begun: 2,
  /** Counts interrupt messages that main's event loop has taken: while it does not grow, main is inside some code. */
  turn: 3,
  /** The limit of main's heap in megabytes, once what runs has come near it; 0 again when that has ended. */
  heap: 4,
  /** Since when main waits for a child process and does nothing else, in tenths of a second of the system's uptime; or 0. */
  child: 5,
  size: 16,
} as const;

export interface KernelThreadData {
  readonly connectionFile: string;
  readonly signals: SharedArrayBuffer;
  /** Calls to and notices from main. */
  readonly main: MessagePort;
  /** Main's calls of the compiler thread, which are passed on. */
  readonly compiler: MessagePort;
  /** The notebook's folder. */
  readonly folder: string;
  /** Read end of the pipe by which all output comes, in its order. */
  readonly output: number;
  /** The bytes each record in it begins with. */
  readonly mark: Uint8Array;
  /** The descriptor that was 2 before the pipes took its place: the kernel's own log. */
  readonly log: number;
  /** Read end of the pipe the handlers of signals write to, one letter each. */
  readonly sigint: number;
}

export interface CompilerThreadData {
  /** The notebook's folder. */
  readonly folder: string;
}

/** A call over a port: the caller numbers it, the answer carries the number. Failures are bugs of ours. */
export type Call<Calls, K extends keyof Calls = keyof Calls> = K extends keyof Calls
  ? { readonly id: number; readonly call: K; readonly request: RequestOf<Calls[K]> }
  : never;
export type Answer =
  | { readonly id: number; readonly reply: unknown }
  | { readonly id: number; readonly failure: string };
type RequestOf<C> = C extends { request: infer R } ? R : never;

// ---- Kernel thread → compiler thread, main → kernel thread → compiler thread -----------------------

/** Positions are UTF-16 offsets. */
export interface CompilerCalls {
  /** Bind, check and emit one cell. Names are kept only when the cell has no errors. */
  compile: { request: { source: string; name: string }; reply: Compiled };
  /** Makes the names and types of these cells, which compiled in another thread, known without checking them. */
  restore: { request: { cells: readonly { source: string; name: string }[] }; reply: null };
  complete: { request: { source: string; offset: number }; reply: Completion };
  inspect: { request: { source: string; offset: number; detail: 0 | 1 }; reply: Inspection | null };
  isComplete: { request: { source: string }; reply: Completeness };
  /** Whether a `try` with a `catch`, in the same function, is around each place of a text: line and column from 1. */
  guarded: {
    request: { source: string; line: number; column: number };
    reply: boolean;
  };
  /**
   * A local file in the form of a cell (main asks, when a cell imports it), so that its loops, awaits and imports work
   * as a cell's do. Its top-level names are plain locals; its first statement is
   * `$c.export({ name: () => name, default: () => …, "export=": () => … })`, so that cycles see live bindings, and
   * `export * from "x"` is `$c.exportAll(await $c.import("x"))`. `$` is not used. Unchecked: only syntax errors fail.
   * It is an async function, but `isSync` for a file that is required: its imports are then `$c.load("x")`.
   */
  transpile: { request: { path: string; isSync?: boolean }; reply: Transpiled };
}

export type Transpiled = Compiled & {
  /** It awaits at its top level, so it cannot be required. */
  readonly awaits?: boolean;
  /** JavaScript without imports and exports: Node runs it, and there is no code. */
  readonly isCommonJs?: boolean;
};

/** `notes` are faults that stop no cell, each told once: those of a tsconfig.json. */
export type Compiled = { readonly notes?: readonly CellDiagnostic[] } & (
  | ({
      readonly ok: true;
      /** Later cells would be the same without it: it declares, imports and captures nothing. */
      readonly isFleeting?: boolean;
      /** What runs the code, outermost first. */
      readonly magics?: readonly MagicCall[];
    } & Emitted)
  | { readonly ok: false; readonly diagnostics: readonly CellDiagnostic[] }
);

/** Emitted code, and the way from each place in it back to what the user wrote. */
export interface Emitted {
  readonly code: string;
  /**
   * Ascending pairs of offsets: from the first one on, the code follows the source from the second one on, character by
   * character; or all of it stands for one place of the source, where the second is `~place`. Lines are never moved, and
   * without `places` they are all that is known.
   */
  readonly places?: readonly number[];
  /** What TypeScript's transforms did after that: `places` then speak of its `sourcesContent`, not of the code. */
  readonly sourceMap?: string;
}

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

// ---- Kernel thread → main ------------------------------------------------------------------------

/** Messages to main, none of which has an answer: a cell's end arrives as a record, after all its output. */
export type ToMain =
  | ({
      readonly kind: "run";
      readonly cell: number;
      readonly name: string;
      /** What the user wrote, for the excerpts in tracebacks. */
      readonly source: string;
      readonly magics?: readonly MagicCall[];
    } & Emitted)
  /** The answer to an `input` record; null when the client cannot answer or the request was interrupted. */
  | { readonly kind: "input"; readonly question: number; readonly value: string | null }
  /**
   * An interrupt of `cells` is pending (the flag is up): whatever they wait for rejects with KeyboardInterrupt.
   * A cell that has still not ended a turn or two later was terminated and can never settle: main ends it
   * itself, with a `done` record whose error is a KeyboardInterrupt. Sent again until all have ended.
   */
  | { readonly kind: "interrupt"; readonly cells: readonly number[] }
  /** A comm message from a client: main looks the comm or its target up. Ends with a `done` record, as a cell does. */
  | ({ readonly kind: "comm"; readonly cell: number } & CommMessage);

/** The content's `comm_id`, and in a `comm_open` its `target_name`, are strings. */
export interface CommMessage {
  readonly type: "comm_open" | "comm_msg" | "comm_close";
  readonly content: Readonly<Record<string, unknown>>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly buffers: readonly Uint8Array[];
}

// ---- Main → kernel thread ------------------------------------------------------------------------

export type StreamName = "stdout" | "stderr";

/** MIME type → data: text for text and base64 types, a JSON value for JSON types. */
export type MimeBundle = Readonly<Record<string, unknown>>;

export interface ErrorContent {
  readonly ename: string;
  readonly evalue: string;
  readonly traceback: readonly string[];
}

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#payloads-deprecated */
export type Payload = { readonly source: string } & Readonly<Record<string, unknown>>;

/**
 * What main has to say, in the order it happened, in one pipe. `cell` is the cell whose code said it (a timer
 * started by cell 3 speaks for 3 while 5 runs); 0 is none.
 * On the pipe a record is whole: a mark that no text contains, the lengths, then JSON and raw buffers.
 */
export type OutputRecord = { readonly cell: number } & (
  | { readonly kind: "stream"; readonly name: StreamName; readonly text: string }
  /**
   * What C code and child processes wrote, each `source` a pipe of its own, which ends with a record of no bytes. Those
   * of descriptors 1 and 2 do not know their cell.
   */
  | {
      readonly kind: "foreign";
      readonly name: StreamName;
      readonly source: number;
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: "display" | "update_display" | "result";
      readonly data: MimeBundle;
      readonly metadata: MimeBundle;
      readonly display_id?: string;
    }
  | { readonly kind: "clear_output"; readonly wait: boolean }
  /** What the client is asked to do, in the cell's reply; the last of a source counts. */
  | { readonly kind: "payload"; readonly payload: Payload }
  /** Main numbers its questions. */
  | {
      readonly kind: "input";
      readonly question: number;
      readonly prompt: string;
      readonly password: boolean;
    }
  /** The cell has ended; nothing but late output follows for it. */
  | { readonly kind: "done"; readonly error?: ErrorContent }
  /** Nothing of the cell is left that could say anything. */
  | { readonly kind: "forgotten" }
  | ({ readonly kind: "comm" } & CommMessage)
);

// ---- Emitted code → main's runtime -----------------------------------------------------------------

/** The global by which emitted loops know the interrupt flag: V8 embeds its address, and a look costs one instruction. */
export const INTERRUPT_FLAG = "$jacobiInterrupt";

/**
 * What emitted code is given. `code` evaluates (by `vm`) to a function `($, $c) => value`, async when the cell
 * awaits at top level; `$` is the store in which top-level names live (store.ts), `$c` this object.
 * Lines are the cell's own unless there is a source map. Imports are made before the first statement.
 * Variables of hot loops live in locals; the last line's `finally{…}` holds the statements that write them back, which
 * a debugger may evaluate in the cell's frame before it terminates it.
 * The function returns the value of the cell's last expression statement (undefined when there is none).
 */
export interface CellContext {
  /** Both static and dynamic imports. */
  import(specifier: string): Promise<Record<string, unknown>>;
  /** A static import of a file that is being required. */
  load(specifier: string): Record<string, unknown>;
  readonly require: NodeJS.Require;
  readonly meta: {
    readonly url: string;
    readonly filename: string;
    readonly dirname: string;
    /** The URL that a specifier means; whether a file is there is not asked. */
    resolve(specifier: string): string;
  };
  /** `flag[0]` is non-zero while an interrupt is pending; also the global `INTERRUPT_FLAG`, at which every turn of a loop looks. */
  readonly flag: Int32Array;
  /** Throws KeyboardInterrupt. */
  interrupt(): never;
  /** Every `await x` of a cell is `await $c.wait(x)`: rejects with KeyboardInterrupt when an interrupt comes first. */
  wait<T>(value: T): T | Promise<Awaited<T>>;
  /** Every `throw x` of a cell is `throw $c.thrown(x)`, which gives it back: a value that is no error knows no place. */
  thrown<T>(value: T): T;
  /** Keeps a cell's value from being awaited when it is a promise: as a notebook written for tslab expects. */
  asIs(value: unknown): unknown;
  /** Every `catch (e)` of a cell begins with this: V8's message may speak of the store, `(0 , $5.f) is not a function`. */
  caught(error: unknown): void;
  /** Makes a cell the file at `path`, for others to import: what it holds runs when they do. */
  define(path: string, source: string): void;
  /** Lets a name of the store follow an export that its module may assign to, until a cell declares the name anew. */
  live(store: object, name: string, get: () => unknown): void;
  /** A local file says what it exports, each export as a function that reads it. A cell never calls these two. */
  export(getters: Readonly<Record<string, () => unknown>>): void;
  exportAll(module: Readonly<Record<string, unknown>>): void;
}

// ---- Kernel thread → main, through the inspector: answered while main is paused, too --------------------

/** The global by which a debugger reaches what main answers it; loaded when it is first read. */
export const DEBUG_TARGET = "$jacobiDebug";

/** Lines and columns of scripts count from 0, as V8's do; those of what the user wrote from 1. */
export type ScriptPosition = readonly [line: number, column: number];
export type UserPosition = { readonly line: number; readonly column: number };

/** What the inspector asks main by value. A script is given by its URL. */
export interface DebugCalls {
  /** Patterns of the URLs of scripts that are Node's or the kernel's own. */
  foreign: { request: null; reply: readonly string[] };
  /** What the user wrote in a cell or local file; null for any other script. */
  source: { request: string; reply: { readonly file: string; readonly text: string } | null };
  /** The scripts of the cells with this text, or of the local file at a path. */
  scripts: { request: { text: string } | { file: string }; reply: readonly string[] };
  /** Null where emission has put in what its author did not write; all null for scripts of neither kind. */
  places: {
    request: { script: string; positions: readonly ScriptPosition[] };
    reply: readonly (UserPosition | null)[];
  };
  /** The indices of the scripts of a stack, innermost first, that are the user's. */
  users: { request: readonly string[]; reply: readonly number[] };
}

/** What main tells of one child of a value. */
export interface DebugRow {
  readonly name: string;
  readonly value: string;
  readonly type: string;
  readonly isPrimitive: boolean;
  /** How many children it has; none when it cannot be opened. */
  readonly named: number;
  readonly indexed: number;
  readonly kind: "property" | "method" | "class" | "data";
}
