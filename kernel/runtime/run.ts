/** Runs cells and what comm messages call: their value, their error, their interrupt, and exactly one end. */

import { join } from "node:path";
import { types } from "node:util";
import type { Report } from "../display/bundle.ts";
import { cellHooks } from "../display/cell-hooks.ts";
import { bundleOf } from "../display/mime.ts";
import { keysOf, setImmediate } from "../originals.ts";
import { createStore, type Store } from "../store.ts";
import {
  type CellContext,
  type CommMessage,
  type ErrorContent,
  type OutputRecord,
  Signal,
  type ToMain,
} from "../threads.ts";
import { AsIs } from "./as-is.ts";
import { type CellRun, enter, newRun } from "./cells.ts";
import { toErrorContent, toErrorText } from "./errors.ts";
import { interruptHere, interruptRun, isThenable, KeyboardInterrupt } from "./interrupt.ts";
import type * as Magics from "./magics/index.ts";
import { mendBroken, mending } from "./mend.ts";
import { calmAsyncHooks, suspendPromiseHooks } from "./process.ts";
import { compileWithSource, rememberSource, writeBackOf } from "./sources.ts";

type RunMessage = Extract<ToMain, { kind: "run" }>;
type Message = Extract<ToMain, { kind: "run" | "comm" }>;
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
  /** Hands a comm message to whom it is for. */
  receive(message: CommMessage): unknown;
}

export interface Runner {
  /** Runs the cell, or what the comm message calls, beside all that still waits for something. */
  run(message: Message): void;
  /** The flag is up for `cells`: ends what they wait for, and those themselves that cannot end any more. */
  interrupt(cells: readonly number[]): void;
  /** The same for one run, with `error` as its cell's; false when that has ended. */
  stop(run: CellRun, error: Error): boolean;
  /**
   * The code that runs now is about to be terminated. Gives the statements that keep the variables of these scripts, and
   * null when none of the cells (empty: any) runs any more: then nothing is to be terminated.
   */
  halt(cells: readonly number[], scripts: readonly string[]): readonly string[] | null;
  isRunning(): boolean;
  /** The notebook's top-level names. */
  readonly store: Store;
}

/** Loaded by the first cell that begins with a magic. */
const runMagics: typeof Magics.runMagics = async (calls, parts) =>
  (await import("./magics/index.ts")).runMagics(calls, parts);

/** The interrupt that a cell has caught and made nothing of: the person wanted neither what came after nor the queued cells. */
const swallowed = (run: CellRun): ErrorContent | undefined =>
  run.state === "alive" ? undefined : toErrorContent(run.halted ?? new KeyboardInterrupt());

export function createRunner({
  folder,
  signals,
  write,
  report,
  contextOf,
  flushRejections,
  receive,
}: RunnerParts): Runner {
  const store = createStore();
  const running = new Map<number, CellRun>();
  const isRunning = (run: CellRun): boolean => running.get(run.cell) === run;
  /** What came while others were being interrupted: the flag that ends them would end it, too. */
  const waiting: Message[] = [];

  const showResult = async (run: CellRun, value: unknown): Promise<void> => {
    if (value === undefined) return;
    const bundle = bundleOf(value, report);
    const { data, metadata } = types.isPromise(bundle) ? await bundle : bundle;
    if (keysOf(data).length === 0 || !isRunning(run)) return;
    write({ cell: run.cell, kind: "result", data, metadata });
  };

  const execute = async (run: CellRun, { name, source, magics, ...emitted }: RunMessage): Promise<void> => {
    const filename = rememberSource(name, source, emitted);
    const body = compileWithSource(filename, emitted.code) as CellBody;
    const context = contextOf(join(folder, name));
    const call = (meta?: object): unknown =>
      body(store, meta ? { ...context, meta: { ...context.meta, ...meta } } : context);
    const { wait } = context;
    const value = magics ? runMagics(magics, { run: call, wait, names: store.names }) : call();
    const result = isThenable(value) ? await value : value;
    mendBroken();
    // A proxy may throw when asked for its class.
    const isAsIs = !types.isProxy(result) && result instanceof AsIs;
    await showResult(run, isAsIs ? result.value : result);
  };

  const errorOf = async (
    run: CellRun,
    message: Message,
    tell: (error: ErrorContent) => void,
  ): Promise<void> => {
    try {
      mending(() => {
        if (beginsAlone(run)) for (const hook of cellHooks.start) hook();
      });
      await (message.kind === "run" ? execute(run, message) : receive(message));
      while (run.displays.size > 0) await Promise.all(run.displays);
    } catch (error) {
      mendBroken();
      tell(toErrorContent(error));
    }
  };

  /** What others have half done must stay: a cell ignores comm messages there, for one may never come to its end. */
  const beginsAlone = (run: CellRun): boolean =>
    [...running.values()].every((other) => other === run || (other.isComm && !run.isComm));

  const runEndHooks = (cell: number): void => {
    for (const hook of cellHooks.end) {
      try {
        hook();
      } catch (error) {
        write({ cell, kind: "stream", name: "stderr", text: `${toErrorText(error)}\n` });
      }
    }
  };

  /** The record comes before `running` knows: a termination in between must not leave a cell without an end. */
  const finish = (run: CellRun, error: ErrorContent | undefined): void => {
    if (!isRunning(run)) return;
    if (run.state === "alive") enter(run, () => runEndHooks(run.cell));
    flushRejections(run);
    lowerFlag(run);
    const shown = run.stopped === undefined ? error : toErrorContent(run.stopped);
    write({ cell: run.cell, kind: "done", ...(shown && { error: shown }) });
    running.delete(run.cell);
  };

  /** Unless others than `run` are still being interrupted; then what has waited for that begins. */
  const lowerFlag = (run?: CellRun): void => {
    if ([...running.values()].some((other) => other !== run && other.state !== "alive")) return;
    Atomics.store(signals, Signal.interrupt, 0);
    if (waiting.length > 0) setImmediate(beginWaiting);
  };

  const isStopping = (): boolean => running.size > 0 && Atomics.load(signals, Signal.interrupt) !== 0;

  const beginWaiting = (): void => {
    while (waiting.length > 0 && !isStopping()) begin(waiting.shift() as Message);
  };

  const begin = (message: Message): void => {
    Atomics.add(signals, Signal.begun, 1);
    if (running.size === 0) Atomics.store(signals, Signal.interrupt, 0);
    const run = newRun(message.cell, message.kind === "comm");
    running.set(run.cell, run);
    enter(run, () => {
      // One turn later, so that rejections which the cell left behind are known before it ends.
      void settle(run, message);
    });
  };

  /** Ends a cell that has not begun. */
  const refuse = (cell: number): void => {
    waiting.splice(
      waiting.findIndex((message) => message.cell === cell),
      1,
    );
    Atomics.add(signals, Signal.begun, 1);
    write({ cell, kind: "done", error: toErrorContent(new KeyboardInterrupt()) });
  };

  /** The error goes by a variable: a promise would ask an object for a `then` that user code may have given to all. */
  const settle = async (run: CellRun, message: Message): Promise<void> => {
    let error: ErrorContent | undefined;
    await errorOf(run, message, (found) => {
      error = found;
    });
    mendBroken();
    error ??= swallowed(run);
    setImmediate(() => mending(() => finish(run, error)));
  };

  const stop = (runs: readonly CellRun[]): void => {
    Atomics.store(signals, Signal.interrupt, 1);
    for (const run of runs) interruptRun(run);
    const giveUp = (): void => {
      for (const run of runs) finish(run, toErrorContent(run.halted ?? new KeyboardInterrupt()));
    };
    // By then all awaits have been ended, in two turns, and the cells with them if they can end.
    setImmediate(() => setImmediate(() => setImmediate(giveUp)));
  };

  return {
    run(message) {
      mendBroken();
      mending(() => {
        if (waiting.length > 0 || isStopping()) waiting.push(message);
        else begin(message);
      });
    },
    interrupt(cells) {
      // One that was terminated within its very end is known to nobody else.
      for (const { cell, state } of running.values())
        if (state !== "alive" && !cells.includes(cell)) running.delete(cell);
      for (const { cell } of waiting.filter((message) => cells.includes(message.cell))) refuse(cell);
      const runs = cells.flatMap((cell) => running.get(cell) ?? []);
      if (runs.length === 0) return lowerFlag();
      stop(runs);
    },
    stop(run, error) {
      if (!isRunning(run)) return false;
      run.stopped ??= error;
      stop([run]);
      return true;
    },
    halt(cells, scripts) {
      calmAsyncHooks();
      const runs = cells.flatMap((cell) => running.get(cell) ?? []);
      if (cells.length > 0 && runs.length === 0) return null;
      for (const run of runs) run.halted ??= interruptHere();
      suspendPromiseHooks();
      return scripts.map(writeBackOf);
    },
    isRunning: () => running.size > 0,
    store,
  };
}
