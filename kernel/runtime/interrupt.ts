/** Interrupts as exceptions: the error, the check of the flag, and awaits that an interrupt ends. */
import { types } from "node:util";
import { isError } from "../display/format.ts";
import { INTERRUPT_FLAG, Signal } from "../threads.ts";
import { type CellRun, currentRun } from "./cells.ts";

/** What an interrupted cell throws. Known by its name, since the tensor library throws its own. */
export class KeyboardInterrupt extends Error {
  override readonly name = "KeyboardInterrupt";
  constructor() {
    super("interrupted");
  }
}

export const isInterrupt = (error: unknown): boolean => isError(error) && error.name === "KeyboardInterrupt";

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

/** Ends what `run` waits for; its later awaits throw once, then never settle, so that `catch {}` cannot swallow it. */
export function interruptRun(run: CellRun): void {
  markInterrupted(run);
  const waits = [...run.waits];
  run.waits.clear();
  for (const reject of waits) reject(new KeyboardInterrupt());
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
  return new Promise<Awaited<T>>((resolve, reject) => {
    run.waits.add(reject);
    const settle =
      <V>(then: (value: V) => void) =>
      (result: V): void => {
        run.waits.delete(reject);
        then(result);
      };
    value.then(settle(resolve as (value: unknown) => void), settle(reject));
  });
}

/** Whether an await would wait for it. A proxy, which may answer to any name, is none. */
export function isThenable<T>(value: T): value is T & PromiseLike<unknown> {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  if (types.isPromise(value)) return true;
  return !types.isProxy(value) && typeof (value as { then?: unknown }).then === "function";
}
