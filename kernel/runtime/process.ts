/** Main's side of the process: its output in one pipe, descriptors 1 and 2, signals. Loads the addon. */

import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { Buffer, process } from "../originals.ts";
import { encodeRecord, MARK_BYTES } from "../records.ts";
import { type OutputRecord, Signal, type StreamName } from "../threads.ts";

/** The addon's process functions; `native/process.cc` and `native/output.cc` say what each does. */
interface ProcessFunctions {
  pipe(bytes: number): [read: number, write: number];
  duplicate(fd: number): number;
  redirect(from: number, to: number): void;
  writeAll(fd: number, bytes: Uint8Array): void;
  openOutput(fd: number, mark: Uint8Array): void;
  listen(fd: number, name: StreamName, cell: number): void;
  say(record: Uint8Array, cell: number): void;
  print(text: string, cell: number, name: StreamName): void;
  collect(cell: number): void;
  watchSignals(fd: number): void;
  bindInterruptFlag(signals: Int32Array): void;
  watchHeap(exhausted: Int32Array): boolean;
}

/** What the process's outside looks like once its descriptors are ours. */
export interface ProcessPipes {
  /** Read ends, for the kernel thread. */
  readonly output: number;
  readonly sigint: number;
  /** What was descriptor 2. */
  readonly log: number;
  /** Writes a line there. */
  say(text: string): void;
  /** The mark that begins each record. */
  readonly mark: Uint8Array;
  /** Writes one record, whole, in the order of the calls; waits while the kernel thread is behind. */
  write(record: OutputRecord): void;
  /** What was written to descriptors 1 and 2 until now is text of `cell`. */
  collect(cell: number): void;
  /** The write end of a pipe by which text of `cell` comes, for a child process; whoever is given it closes it. */
  openText(name: StreamName, cell: number): number;
}

const PIPE_BYTES = 1 << 20;

/** Puts pipes at descriptors 1 and 2, sends what signals say to another, and lets native loops see the interrupt flag. */
export function takeProcess(signals: Int32Array): ProcessPipes {
  const native = loadProcessFunctions();
  const [output, write] = native.pipe(PIPE_BYTES);
  const [sigint, sigintWrite] = native.pipe(0);
  const log = native.duplicate(2);
  const mark = randomBytes(MARK_BYTES);
  native.openOutput(write, mark);
  takeDescriptor(native, 1, "stdout");
  takeDescriptor(native, 2, "stderr");
  watchSignals(() => native.watchSignals(sigintWrite));
  native.bindInterruptFlag(signals.subarray(Signal.interrupt, Signal.interrupt + 1));
  native.watchHeap(signals.subarray(Signal.heap, Signal.heap + 1));
  return {
    output,
    sigint,
    log,
    mark,
    say: (text) => native.writeAll(log, Buffer.from(`[jacobi] ${text}\n`)),
    write(record) {
      if (record.kind === "stream") native.print(record.text, record.cell, record.name);
      else native.say(encodeRecord(mark, record), record.cell);
    },
    collect: native.collect,
    openText(name, cell) {
      const [read, end] = native.pipe(0);
      native.listen(read, name, cell);
      return end;
    },
  };
}

const signalNames = new Set<unknown>(["SIGINT", "SIGTERM", "SIGHUP"]);

/** User code may listen to signals, too: Node's handler, put in or taken away for it, leaves ours out. */
function watchSignals(watch: () => void): void {
  watch();
  for (const event of ["newListener", "removeListener"])
    process.on(event, (name: unknown) => {
      if (signalNames.has(name)) watch();
    });
}

/** Puts the write end of a pipe at `fd`. */
function takeDescriptor(native: ProcessFunctions, fd: number, name: StreamName): void {
  const [read, write] = native.pipe(PIPE_BYTES);
  native.redirect(write, fd);
  native.listen(read, name, 0);
}

function loadProcessFunctions(): ProcessFunctions {
  const root = packageRoot();
  const path = join(root, "build", "Release", "jacobi.node");
  try {
    return createRequire(import.meta.url)(path) as ProcessFunctions;
  } catch (error) {
    const why = existsSync(path) ? (error as Error).message.split("\n", 1)[0] : "it has not been built";
    throw new Error(
      `addon: ${path}: ${why}: build it with \`npm run setup\` (or \`npx node-gyp rebuild\`) in ${root}`,
    );
  }
}

/** The nearest folder above this file that holds a package.json. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "package.json")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/**
 * Keeps Node 20 and 22 from aborting when code is terminated inside an async callback: their checks of the async id
 * stack do not survive it. Called at the start of each cell and at each interrupt; on 24 argv has
 * `--no-force-async-hooks-checks` instead.
 */
export function calmAsyncHooks(): void {
  const wrap = asyncWrap();
  if (wrap === undefined) return;
  wrap.async_hook_fields[wrap.constants.kTotals] = 0;
  wrap.async_hook_fields[wrap.constants.kCheck] = 0;
  if (promiseHooks !== undefined) wrap.setPromiseHooks(...promiseHooks);
  promiseHooks = undefined;
}

type PromiseHooks = [init: unknown, before: unknown, after: unknown, settled: unknown];
let promiseHooks: PromiseHooks | undefined;

/**
 * Takes the promise hooks of Node 20 and 22 away until `calmAsyncHooks`: they swallow a termination, and V8 then refuses every
 * other one until the event loop turns, which a flood of promises never lets it do.
 */
export function suspendPromiseHooks(): void {
  const wrap = asyncWrap();
  if (wrap === undefined || promiseHooks !== undefined) return;
  promiseHooks = wrap.getPromiseHooks();
  wrap.setPromiseHooks(undefined, undefined, undefined, undefined);
}

interface AsyncWrap {
  readonly async_hook_fields: Uint32Array;
  readonly constants: { readonly kTotals: number; readonly kCheck: number };
  getPromiseHooks(): PromiseHooks;
  setPromiseHooks(...hooks: PromiseHooks): void;
}

let wrapFound: AsyncWrap | undefined;
function asyncWrap(): AsyncWrap | undefined {
  if (Number(process.versions.node.split(".", 1)[0]) >= 24) return undefined;
  wrapFound ??= silently(() =>
    // Undocumented, so untyped; Node 24 needs it no more.
    (process as unknown as { binding(name: string): AsyncWrap }).binding("async_wrap"),
  );
  return wrapFound;
}

/** For bindings without a successor: their deprecation warning would help nobody. */
export function silently<T>(body: () => T): T {
  const { noDeprecation } = process as { noDeprecation?: boolean };
  Object.assign(process, { noDeprecation: true });
  try {
    return body();
  } finally {
    Object.assign(process, { noDeprecation });
  }
}
