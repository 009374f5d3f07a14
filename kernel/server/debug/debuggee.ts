/** The main thread under a debugger: the parts that requests work with, joined. */
import type { Runtime } from "node:inspector";
import { type Breakpoint, type Breakpoints, createBreakpoints } from "./breakpoints.ts";
import type { CellFiles } from "./cell-files.ts";
import { createExecution, type Execution, type StopReason } from "./execution.ts";
import { connectInspector, type Inspector } from "./inspector.ts";
import { createScripts, type Scripts } from "./scripts.ts";
import { createTarget, type Target } from "./target.ts";
import { createVariables, type Variables } from "./variables.ts";

export interface Debuggee {
  readonly inspector: Inspector;
  readonly target: Target;
  readonly cells: CellFiles;
  readonly scripts: Scripts;
  readonly breakpoints: Breakpoints;
  readonly execution: Execution;
  readonly variables: Variables;
  /** Gives the notebook a variable. */
  copyToGlobals(name: string, value: Runtime.CallArgument): Promise<void>;
  /** Switches V8's debugger on; before that, values can be looked at. */
  enable(): Promise<void>;
  close(): void;
}

export interface DebuggeeParts {
  readonly cells: CellFiles;
  isTypeShown(): boolean;
  /** Whether what is thrown at a place of a text is caught there. */
  isGuarded(text: string, line: number, column: number): Promise<boolean>;
  /** Makes a name known to the compiler, unless it is. */
  declare(name: string): Promise<void>;
  stopped(why: StopReason): void;
  continued(): void;
  breakpointChanged(breakpoint: Breakpoint): void;
  log(text: string): void;
}

export async function createDebuggee(parts: DebuggeeParts): Promise<Debuggee> {
  const { cells, isTypeShown, declare, log } = parts;
  const inspector = connectInspector();
  const target = await createTarget(inspector);
  const foreign = await target.call("foreign", null);
  const scripts = createScripts(target, cells, foreign);
  const breakpoints = createBreakpoints({
    inspector,
    target,
    scripts,
    cells,
    changed: parts.breakpointChanged,
  });
  const variables = createVariables(target, isTypeShown);
  const execution = createExecution({
    inspector,
    target,
    scripts,
    breakpoints,
    log,
    isGuarded: parts.isGuarded,
    stopped: parts.stopped,
    continued() {
      variables.forget();
      parts.continued();
    },
  });
  inspector.on("Debugger.scriptParsed", ({ scriptId, url }) => scripts.note(scriptId, url));
  return {
    inspector,
    target,
    cells,
    scripts,
    breakpoints,
    execution,
    variables,
    async copyToGlobals(name, value) {
      if (await target.setGlobal(name, value)) await declare(name);
    },
    async enable() {
      await inspector.post("Debugger.enable");
      await inspector.post("Debugger.setBlackboxPatterns", { patterns: [...foreign, "/node_modules/"] });
      await inspector.post("Debugger.setInstrumentationBreakpoint", {
        instrumentation: "beforeScriptExecution",
      });
    },
    close: () => inspector.close(),
  };
}
