/** Interrupts of what runs: a flag first, then what runs on the main thread is stopped from outside. */
import type { MessagePort } from "node:worker_threads";
import { Signal, type ToMain } from "../threads.ts";
import { signal, youngest } from "./children.ts";
import type { Stopper } from "./stopper.ts";

/** Milliseconds that the cell's own checks of the flag have, when stopping it is prepared, and how often it is tried again. */
const GRACE = 100;
const PREPARE = 50;
const AGAIN = 100;
/** Milliseconds after which the person is told that some code cannot be stopped. */
const STUCK = 4000;
/** Milliseconds after which an interrupt message is sent again that main has not taken. */
const LOST = 500;
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

export function createInterrupter(signals: Int32Array, main: MessagePort, stopper: Stopper): Interrupter {
  let isPursuing = false;

  let last = { cells: "", turn: -1, at: 0 };

  /**
   * Sends an interrupt message, unless the same is under way; says later whether main's event loop has taken it. One that takes
   * long may have been lost: in code of ours that was terminated.
   */
  const knock = (cells: readonly number[]): (() => boolean) => {
    const now = { cells: cells.join(), turn: Atomics.load(signals, Signal.turn), at: Date.now() };
    if (now.cells !== last.cells || now.turn !== last.turn || now.at - last.at > LOST) {
      main.postMessage({ kind: "interrupt", cells } satisfies ToMain);
      last = now;
    }
    return () => Atomics.load(signals, Signal.turn) !== now.turn;
  };

  /** A child that main waits for keeps it from all else. `firmly`: it has not obeyed. */
  const stopChild = (firmly: boolean): void => {
    const since = Atomics.load(signals, Signal.child);
    if (since !== 0) signal(youngest(process.pid, since), firmly ? "SIGKILL" : "SIGINT");
  };

  const pursue = async (target: Interruptible): Promise<void> => {
    const start = Date.now();
    let told = false;
    let taken = 0;
    const ended = (): boolean => target.cells().length === 0;
    for (let wait = GRACE; !ended(); wait = AGAIN) {
      Atomics.store(signals, Signal.interrupt, 1);
      stopChild(Date.now() - start >= GRACE);
      const answered = knock(target.cells());
      await sleepUntil(ended, PREPARE);
      if (!ended() && !answered()) stopper.prepare();
      await sleepUntil(ended, wait - PREPARE);
      if (ended()) return;
      if (!answered()) stopper.stop(target.cells());
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
        stopper.rest();
      });
    },
    async stopMain(patience, grace = GRACE) {
      const end = Date.now() + patience;
      try {
        for (let wait = grace; Date.now() < end; wait = AGAIN) {
          const answered = knock([]);
          await sleepUntil(answered, wait);
          if (answered()) return true;
          Atomics.store(signals, Signal.interrupt, 1);
          stopChild(true);
          stopper.stop([]);
        }
        return false;
      } finally {
        if (!isPursuing) stopper.rest();
      }
    },
  };
}

/** Waits until `done()` or for `most` milliseconds; looks often, for an interrupt should feel immediate. */
async function sleepUntil(done: () => boolean, most: number): Promise<void> {
  const end = Date.now() + most;
  while (!done() && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 5));
}
