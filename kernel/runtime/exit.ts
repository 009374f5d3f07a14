/** What would end the process ends the cell that calls it: the kernel and its variables stay. */
import { syncBuiltinESMExports } from "node:module";
import { process } from "../originals.ts";
import { type CellRun, currentRun } from "./cells.ts";

/** Thrown where a cell's code asked for the process's end; the client is asked for the kernel's. */
export class ProcessExit extends Error {
  override readonly name = "ProcessExit";
  constructor(call: string) {
    super(
      `${call} was called: the cell ends here, and the kernel goes on with its variables: ` +
        "to end it, restart it or shut it down from the client's menu",
    );
  }
}

/** Signals that end no process, or none of Node's. */
const harmless = new Set<string | number>(["SIGINT", "SIGCONT", "SIGWINCH", "SIGCHLD", "SIGURG", "SIGPIPE"]);

/** `stop` is told of the run whose code asked; the kernel's own calls still work. */
export function refuseExit(stop: (run: CellRun, error: ProcessExit) => void): void {
  /** Puts a function in the place of `process[name]`; what it says is why the cell ends, null lets the call through. */
  const guard = (name: string, callOf: (args: readonly unknown[]) => string | null): void => {
    const methods = process as unknown as Record<string, ((...args: unknown[]) => unknown) | undefined>;
    const original = methods[name];
    if (original === undefined) return;
    const guarded = function (this: unknown, ...args: unknown[]): unknown {
      const run = currentRun();
      const call = run === undefined ? null : callOf(args);
      if (run === undefined || call === null) return Reflect.apply(original, process, args);
      const error = new ProcessExit(call);
      stop(run, error);
      throw error;
    };
    methods[name] = Object.defineProperty(guarded, "name", { value: name });
  };
  guard("exit", ([code]) => `process.exit(${code === undefined ? "" : String(code)})`);
  guard("reallyExit", ([code]) => `process.reallyExit(${code === undefined ? "" : String(code)})`);
  guard("abort", () => "process.abort()");
  guard("execve", () => "process.execve()");
  guard("kill", ([pid, signal = "SIGTERM"]) => (isDeadly(pid, signal) ? `process.kill(${signal})` : null));
  // So that `import { exit } from "node:process"` gives these too.
  syncBuiltinESMExports();
}

/** Whether the signal would end this process, or hold it: one to the whole group does as well. */
function isDeadly(pid: unknown, signal: unknown): boolean {
  if (pid !== process.pid && pid !== 0) return false;
  if (signal === 0 || signal === "0" || signal === 2) return false;
  if (harmless.has(signal as string)) return false;
  return process.listenerCount(signal as "SIGTERM") === 0;
}
