/** Keeps the process going and its output clean whatever user code does: exits, uncaught errors, warnings. */
import { process, setTimeout } from "../originals.ts";
import { type CellRun, currentRun, latestRun } from "./cells.ts";
import { toErrorText } from "./errors.ts";
import { isInterrupt } from "./interrupt.ts";

interface GuardParts {
  /** Shows text as stderr of the cell. */
  show(cell: number, text: string): void;
  /** An interrupt was thrown where no cell could catch it, in a timer for example. */
  onLateInterrupt(): void;
}

export interface Guards {
  /** Shows the rejections of the cell that nobody has handled so far. */
  flushRejections(run: CellRun): void;
}

/** How long a rejected promise may wait for its handler before it is shown, in ms. */
const patience = 500;

export function installGuards({ show, onLateInterrupt }: GuardParts): Guards {
  refuseExit();
  filterWarnings(show);

  const report = (run: CellRun | undefined, title: string, error: unknown): void => {
    if (isInterrupt(error)) {
      onLateInterrupt();
      if (run?.state !== "alive") return;
    }
    show(run?.cell ?? 0, `${title}${toErrorText(error)}\n`);
  };
  process.on("uncaughtException", (error, origin) => {
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

/** A cell's `process.exit` would end the kernel and every variable with it; the kernel's own still works. */
function refuseExit(): void {
  const exit = process.exit.bind(process);
  process.exit = (code) => {
    if (currentRun() === undefined) return exit(code);
    const what = `process.exit: ${String(code ?? 0)}: a cell cannot end the kernel`;
    throw new Error(`${what}: restart it or shut it down from the notebook's menu`);
  };
}

/** Node's notes about its own features are not the notebook's business (nbgrader scores any stderr 0). */
function filterWarnings(show: GuardParts["show"]): void {
  process.removeAllListeners("warning");
  process.on("warning", (warning) => {
    const isNodes = warning.name === "ExperimentalWarning" || warning.name === "DeprecationWarning";
    if (!isNodes) show(currentRun()?.cell ?? 0, `${warning.name}: ${warning.message}\n`);
  });
}
