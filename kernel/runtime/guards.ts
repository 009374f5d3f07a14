/** Keeps the process going and its output clean whatever user code does: exits, uncaught errors, warnings. */
import { process, setTimeout } from "../originals.ts";
import { type CellRun, currentRun, latestRun } from "./cells.ts";
import { toErrorText } from "./errors.ts";
import { ProcessExit, refuseExit } from "./exit.ts";
import { isInterrupt } from "./interrupt.ts";

interface GuardParts {
  /** Shows text as stderr of the cell. */
  show(cell: number, text: string): void;
  /** An interrupt was thrown where no cell could catch it, in a timer for example. */
  onLateInterrupt(): void;
  /** The run's code has asked for the end of the process. */
  onExit(run: CellRun, error: ProcessExit): void;
}

export interface Guards {
  /** Shows the rejections of the cell that nobody has handled so far. */
  flushRejections(run: CellRun): void;
}

/** How long a rejected promise may wait for its handler before it is shown, in ms. */
const patience = 500;

export function installGuards({ show, onLateInterrupt, onExit }: GuardParts): Guards {
  refuseExit(onExit);
  filterWarnings(show);

  const report = (run: CellRun | undefined, title: string, error: unknown): void => {
    if (isInterrupt(error)) {
      onLateInterrupt();
      if (run?.state !== "alive") return;
    }
    if (error instanceof ProcessExit && error === run?.stopped) return;
    show(run?.cell ?? 0, `${title}${toErrorText(error)}\n`);
  };
  keepUncaught((error, origin) => {
    // An error in a microtask comes here without its context, or with that of an interrupted run, on Node 20 and 22.
    const run = currentRun();
    const isKnown = run && (run.state === "alive" || isInterrupt(error));
    report(isKnown ? run : latestRun(), origin === "unhandledRejection" ? rejected : "Uncaught ", error);
  });

  const waiting = new Map<Promise<unknown>, { run: CellRun | undefined; error: unknown }>();
  const flush = (promise: Promise<unknown>): void => {
    const found = waiting.get(promise);
    if (waiting.delete(promise) && found) report(found.run, rejected, found.error);
  };
  process.on("unhandledRejection", (error, promise) => {
    waiting.set(promise, { run: currentRun(), error });
    setTimeout(flush, patience, promise).unref();
  });
  process.on("rejectionHandled", (promise) => void waiting.delete(promise));

  return {
    flushRejections(run) {
      for (const [promise, entry] of [...waiting]) if (entry.run === run) flush(promise);
    },
  };
}

const rejected = "Unhandled rejection: ";

type Fatal = (error: unknown, fromPromise: boolean) => boolean;

/**
 * Node ends the process when an uncaught error finds no listener, or one that throws. So `listener` is put back when user
 * code has removed it, and what user code's own listeners throw is shown as well.
 */
function keepUncaught(listener: (error: Error, origin: NodeJS.UncaughtExceptionOrigin) => void): void {
  // What Node's native side calls: undocumented, and the same since its first versions.
  const node = process as unknown as { _fatalException: Fatal };
  const fatal = node._fatalException;
  let told: unknown;
  const tell: typeof listener = (error, origin) => {
    told = error;
    listener(error, origin);
  };
  node._fatalException = (error, fromPromise) => {
    told = undefined;
    try {
      if (!process.listeners("uncaughtException").includes(tell)) process.on("uncaughtException", tell);
      return fatal(error, fromPromise);
    } catch (thrown) {
      if (told !== error) listener(error as Error, fromPromise ? "unhandledRejection" : "uncaughtException");
      listener(thrown as Error, "uncaughtException");
      return cleanUp(fatal);
    }
  };
}

/** Lets Node put its async context in order after an error, with no listener called. */
function cleanUp(fatal: Fatal): true {
  const { emit } = process;
  try {
    Object.assign(process, { emit: () => true });
    process.setUncaughtExceptionCaptureCallback(null);
    fatal(null, false);
  } catch {
    // A domain's own callback cannot be taken away.
  } finally {
    process.emit = emit;
  }
  return true;
}

/** Node's notes about its own features are not the notebook's business (nbgrader scores any stderr 0). */
function filterWarnings(show: GuardParts["show"]): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    const isNodes = warning.name === "ExperimentalWarning" || warning.name === "DeprecationWarning";
    if (!isNodes) show(currentRun()?.cell ?? 0, `${warning.name}: ${warning.message}\n`);
  });
}
