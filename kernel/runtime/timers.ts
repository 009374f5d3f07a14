/** Timers of an interrupted cell: what it has set up begins no more, for it could loop with nobody to see it. */
import { clearInterval } from "../originals.ts";
import { type CellRun, currentRun } from "./cells.ts";

type Callback = (this: unknown, ...args: unknown[]) => unknown;

/** Lets each global that takes a callback for later know of the cell; by proxies, which keep names and `promisify`. */
export function replaceTimers(): void {
  for (const name of ["setTimeout", "setInterval", "setImmediate"] as const) {
    const value = new Proxy(globalThis[name] as Callback, { apply: setUp });
    Object.defineProperty(globalThis, name, { value });
  }
}

function setUp(original: Callback, self: unknown, [callback, ...rest]: unknown[]): unknown {
  const run = currentRun();
  const isGuarded = run !== undefined && typeof callback === "function";
  return Reflect.apply(original, self, [isGuarded ? guarded(run, callback as Callback) : callback, ...rest]);
}

const guarded = (run: CellRun, callback: Callback): Callback =>
  function (...args) {
    if (run.state === "alive") return Reflect.apply(callback, this, args);
    clearInterval(this as NodeJS.Timeout);
  };
