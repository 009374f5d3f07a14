/** Interrupts as exceptions: the error, the check of the flag, and awaits that an interrupt ends. */

import { types } from "node:util";
import { isInterrupt } from "../display/format.ts";
import { queueMicrotask, setImmediate } from "../originals.ts";
import { INTERRUPT_FLAG, Signal } from "../threads.ts";
import { type CellRun, currentRun, type Wait } from "./cells.ts";
import { framesOf } from "./stacks.ts";
import { rejected } from "./thrown.ts";

/** What an interrupted cell throws. Known by its name, since the tensor library throws its own. */
export class KeyboardInterrupt extends Error {
  override readonly name = "KeyboardInterrupt";
  constructor() {
    super("interrupted");
  }
}

export { isInterrupt };

/** An interrupt that knows the whole way to where it is made, however deep. */
export function interruptHere(): KeyboardInterrupt {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 1000;
  try {
    return new KeyboardInterrupt();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** What emitted code calls: the last three members of `CellContext` that have to do with interrupts. */
export interface InterruptChecks {
  readonly flag: Int32Array;
  interrupt(): never;
  wait<T>(value: T): T | Promise<Awaited<T>>;
}

/** The checks on one shared flag. */
export function interruptChecks(signals: Int32Array): InterruptChecks {
  const flag = signals.subarray(Signal.interrupt, Signal.interrupt + 1);
  Object.defineProperty(globalThis, INTERRUPT_FLAG, { value: flag });
  const interrupt = (): never => {
    markInterrupted(currentRun());
    throw new KeyboardInterrupt();
  };
  const wait = <T>(value: T): T | Promise<Awaited<T>> => {
    const run = currentRun();
    if (run !== undefined && run.state !== "alive") return afterInterrupt(run);
    if (flag[0] !== 0) interrupt();
    if (!isThenable(value)) return value;
    return run === undefined ? Promise.resolve(value) : waitFor(run, value);
  };
  return { flag, interrupt, wait };
}

/**
 * Ends what `run` waits for; its later awaits throw once, then never settle, so that `catch {}` cannot swallow it. Each await
 * has an error of its own, made where V8 sees who waits for it. Those that most others wait for come first, so that the
 * error that ends the cell is the one that knows the whole way.
 */
export function interruptRun(run: CellRun): void {
  markInterrupted(run);
  const stops: { readonly depth: number; stop(): void }[] = [];
  for (const { resolve, reject } of run.waits) {
    const stopped = Promise.resolve().then(() => {
      const error = new KeyboardInterrupt();
      const { length: depth } = framesOf(error);
      return new Promise<never>((_, stop) => void stops.push({ depth, stop: () => stop(error) }));
    });
    void stopped.then(resolve, reject);
  }
  run.waits.clear();
  queueMicrotask(() => {
    const deepest = Math.max(...stops.map(({ depth }) => depth));
    for (const { depth, stop } of stops) if (depth === deepest) stop();
    setImmediate(() => {
      for (const { stop } of stops) stop();
    });
  });
}

function markInterrupted(run: CellRun | undefined): void {
  if (run?.state === "alive") run.state = "throws";
}

function afterInterrupt(run: CellRun): Promise<never> {
  if (run.state === "silent") return new Promise(() => {});
  run.state = "silent";
  throw new KeyboardInterrupt();
}

function waitFor<T>(run: CellRun, value: T & PromiseLike<unknown>): Promise<Awaited<T>> {
  let wait: Wait | undefined;
  const gate = new Promise<unknown>((resolve, reject) => {
    wait = { resolve, reject };
    run.waits.add(wait);
    value.then(resolve, reject);
  });
  const settled = (): void => void run.waits.delete(wait as Wait);
  return gate.then(
    (result) => {
      settled();
      return result as Awaited<T>;
    },
    (error: unknown) => {
      settled();
      rejected(error);
      throw error;
    },
  );
}

/** Whether an await would wait for it. A proxy, which may answer to any name, is none. */
export function isThenable<T>(value: T): value is T & PromiseLike<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  if (types.isPromise(value)) return true;
  return !types.isProxy(value) && typeof (value as { then?: unknown }).then === "function";
}
