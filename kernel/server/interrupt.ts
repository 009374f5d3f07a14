/** Interrupts of what runs: a flag first, then termination by an inspector session on the main thread. */

import { Session } from "node:inspector";
import type { MessagePort } from "node:worker_threads";
import { Signal, type ToMain } from "../threads.ts";
import type { Log } from "./log.ts";

/** Milliseconds that the cell's own checks of the flag have, and how often it is tried again after that. */
const GRACE = 100;
const AGAIN = 100;
/** Milliseconds after which the person is told that some code cannot be stopped. */
const STUCK = 4000;
/** Tries that main's event loop took, without ending the cell, before the kernel thread gives the cell up. */
const TAKEN = 10;

export interface Interruptible {
  /** The cells that have not ended; none: all is done. */
  cells(): readonly number[];
  /** Main listens, yet cannot end them: ends them in main's place. */
  abandon(): void;
  /** Some built-in does not return: tell the person. */
  stuck(): void;
}

export interface Interrupter {
  /** Interrupts cells until none is left; a second call while the first is at work changes nothing. */
  interrupt(target: Interruptible): void;
  /**
   * Resolves to whether main's event loop takes messages within `patience` milliseconds; code that keeps it for `grace`
   * milliseconds is stopped.
   */
  stopMain(patience: number, grace?: number): Promise<boolean>;
}

export function createInterrupter(signals: Int32Array, main: MessagePort, log: Log): Interrupter {
  let session: Session | null = null;
  let isPursuing = false;

  const terminate = (): void => {
    try {
      if (session === null) {
        session = new Session();
        session.connectToMainThread();
      }
      // Each cell starts with this done, but any code since may have started an async hook.
      session.post("Runtime.evaluate", { expression: CALM, silent: true });
      session.post("Runtime.terminateExecution");
    } catch (error) {
      log(`interrupt: ${(error as Error).message}`);
    }
  };

  /** Sends one interrupt message; says later whether main's event loop has taken it. */
  const knock = (cells: readonly number[]): (() => boolean) => {
    const before = Atomics.load(signals, Signal.turn);
    main.postMessage({ kind: "interrupt", cells } satisfies ToMain);
    return () => Atomics.load(signals, Signal.turn) !== before;
  };

  const pursue = async (target: Interruptible): Promise<void> => {
    const start = Date.now();
    let told = false;
    let taken = 0;
    const ended = (): boolean => target.cells().length === 0;
    for (let wait = GRACE; !ended(); wait = AGAIN) {
      Atomics.store(signals, Signal.interrupt, 1);
      const answered = knock(target.cells());
      await sleepUntil(ended, wait);
      if (ended()) return;
      if (!answered()) terminate();
      else if (++taken >= TAKEN) target.abandon();
      if (!told && Date.now() - start > STUCK) {
        told = true;
        target.stuck();
      }
    }
  };

  return {
    interrupt(target) {
      if (isPursuing) return;
      isPursuing = true;
      void pursue(target).finally(() => {
        isPursuing = false;
      });
    },
    async stopMain(patience, grace = GRACE) {
      const end = Date.now() + patience;
      for (let wait = grace; Date.now() < end; wait = AGAIN) {
        const answered = knock([]);
        await sleepUntil(answered, wait);
        if (answered()) return true;
        Atomics.store(signals, Signal.interrupt, 1);
        terminate();
      }
      return false;
    },
  };
}

/** What `runtime/process.ts` puts on main's global object for this purpose. */
const CALM = 'globalThis[Symbol.for("jacobi.calmAsyncHooks")]?.()';

/** Waits until `done()` or for `most` milliseconds; looks often, for an interrupt should feel immediate. */
async function sleepUntil(done: () => boolean, most: number): Promise<void> {
  const end = Date.now() + most;
  while (!done() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
}
