/** Runs one cell: its value, its error, its interrupt, and exactly one end. */

import { join } from "node:path";
import { types } from "node:util";
import vm from "node:vm";
import type { Report } from "../display/bundle.ts";
import { cellHooks } from "../display/cell-hooks.ts";
import { bundleOf } from "../display/mime.ts";
import { keysOf, setImmediate } from "../originals.ts";
import { createStore, type Store } from "../store.ts";
import { type CellContext, type ErrorContent, type OutputRecord, Signal, type ToMain } from "../threads.ts";
import { AsIs } from "./as-is.ts";
import { type CellRun, enter, newRun } from "./cells.ts";
import { toErrorContent, toErrorText } from "./errors.ts";
import { interruptRun, isThenable, KeyboardInterrupt } from "./interrupt.ts";
import type * as Magics from "./magics/index.ts";
import { rememberSource } from "./sources.ts";

type RunMessage = Extract<ToMain, { kind: "run" }>;
type CellBody = (store: Store, context: CellContext) => unknown;

interface RunnerParts {
  readonly folder: string;
  readonly signals: Int32Array;
  write(record: OutputRecord): void;
  /** Tells the user that a value's own display failed. */
  readonly report: Report;
  contextOf(path: string): CellContext;
  /** Shows the rejections of the cell that nobody has handled. */
  flushRejections(run: CellRun): void;
}

export interface Runner {
  run(message: RunMessage): void;
  /** The flag is up for `cell`: ends what it waits for, and the cell itself when it cannot end any more. */
  interrupt(cell: number): void;
  isRunning(): boolean;
}

/** Loaded by the first cell that begins with a magic. */
const runMagics: typeof Magics.runMagics = async (calls, parts) =>
  (await import("./magics/index.ts")).runMagics(calls, parts);

export function createRunner({
  folder,
  signals,
  write,
  report,
  contextOf,
  flushRejections,
}: RunnerParts): Runner {
  const store = createStore();
  let running: CellRun | null = null;

  const showResult = async (run: CellRun, value: unknown): Promise<void> => {
    if (value === undefined) return;
    const bundle = bundleOf(value, report);
    const { data, metadata } = types.isPromise(bundle) ? await bundle : bundle;
    if (keysOf(data).length === 0 || running !== run) return;
    write({ cell: run.cell, kind: "result", data, metadata });
  };

  const execute = async (
    run: CellRun,
    { name, source, magics, ...emitted }: RunMessage,
  ): Promise<ErrorContent | undefined> => {
    try {
      for (const hook of cellHooks.start) hook();
      const filename = rememberSource(name, source, emitted);
      const body = new vm.Script(emitted.code, { filename }).runInThisContext() as CellBody;
      const context = contextOf(join(folder, name));
      const call = (meta?: object): unknown =>
        body(store, meta ? { ...context, meta: { ...context.meta, ...meta } } : context);
      const { wait } = context;
      const value = magics ? runMagics(magics, { run: call, wait, names: store.names }) : call();
      const result = isThenable(value) ? await value : value;
      await showResult(run, result instanceof AsIs ? result.value : result);
      while (run.displays.size > 0) await Promise.all(run.displays);
      return undefined;
    } catch (error) {
      return toErrorContent(error);
    }
  };

  const runEndHooks = (cell: number): void => {
    for (const hook of cellHooks.end) {
      try {
        hook();
      } catch (error) {
        write({ cell, kind: "stream", name: "stderr", text: `${toErrorText(error)}\n` });
      }
    }
  };

  /** The record comes before `running` is cleared: a termination in between must not leave a cell without an end. */
  const finish = (run: CellRun, error: ErrorContent | undefined): void => {
    if (running !== run) return;
    if (run.state === "alive") enter(run, () => runEndHooks(run.cell));
    flushRejections(run);
    Atomics.store(signals, Signal.interrupt, 0);
    Atomics.store(signals, Signal.running, 0);
    write({ cell: run.cell, kind: "done", ...(error && { error }) });
    running = null;
  };

  return {
    run(message) {
      const run = newRun(message.cell);
      running = run;
      Atomics.store(signals, Signal.interrupt, 0);
      Atomics.store(signals, Signal.running, 1);
      enter(run, () => {
        // One turn later, so that rejections which the cell left behind are known before it ends.
        void execute(run, message).then((error) => setImmediate(finish, run, error));
      });
    },
    interrupt(cell) {
      const run = running;
      if (run === null) Atomics.store(signals, Signal.interrupt, 0);
      if (run === null || run.cell !== cell) return;
      Atomics.store(signals, Signal.interrupt, 1);
      interruptRun(run);
      const giveUp = (): void => finish(run, toErrorContent(new KeyboardInterrupt()));
      // By then all awaits have been ended, in two turns, and the cell with them if it can end.
      setImmediate(() => setImmediate(() => setImmediate(giveUp)));
    },
    isRunning: () => running !== null,
  };
}
