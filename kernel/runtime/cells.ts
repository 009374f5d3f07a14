/** Which cell the running code belongs to, however late it runs: the async context that every cell is entered through. */
import { AsyncLocalStorage } from "node:async_hooks";

/** One run of one cell, shared by all the code it starts. */
export interface CellRun {
  /** The cell's number, in every record. */
  readonly cell: number;
  /** What runs is a comm message's handler, not a cell. */
  readonly isComm: boolean;
  /** What its awaits wait for now. */
  readonly waits: Set<Wait>;
  /** Displays that take time: the cell's end waits for them. */
  readonly displays: Set<Promise<void>>;
  /** After an interrupt: its next await throws (`throws`), the later ones never settle (`silent`). */
  state: "alive" | "throws" | "silent";
  /** Why it was interrupted, when nobody asked for it: this is the cell's error. */
  stopped?: Error;
  /** Its code was terminated, here. */
  halted?: Error;
}

/** The two functions of a promise that something waits for; V8 follows the stack of awaits only through these themselves. */
export interface Wait {
  readonly resolve: (value: never) => void;
  readonly reject: (error: Error) => void;
}

const context = new AsyncLocalStorage<CellRun>();

let latest: CellRun | undefined;

let forget: (cell: number) => void = () => {};
const collected = new FinalizationRegistry<number>((cell) => forget(cell));

/** Lets `act` know of each cell of which nothing is left that could say anything: no timer, no promise, no listener. */
export function whenForgotten(act: (cell: number) => void): void {
  forget = act;
}

/** A run of a cell, the latest from now on, or of what a comm message calls. */
export const newRun = (cell: number, isComm = false): CellRun => {
  const run: CellRun = { cell, isComm, waits: new Set(), displays: new Set(), state: "alive" };
  if (!isComm) latest = run;
  collected.register(run, cell);
  return run;
};

/** The run of the cell that began last: the best guess where the async context is lost. */
export const latestRun = (): CellRun | undefined => latest;

/** Runs `body` so that it and all it starts (timers, promises, listeners) belong to `run`. */
export const enter = <T>(run: CellRun, body: () => T): T => context.run(run, body);

/** The run that the code running now belongs to; undefined in the kernel's own code. */
export const currentRun = (): CellRun | undefined => context.getStore();

/** The number to put into a record now; 0 is none. */
export const currentCell = (): number => context.getStore()?.cell ?? 0;
