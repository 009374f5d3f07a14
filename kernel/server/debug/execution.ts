/** Main as a debugger sees it: running, or paused at frames of the user's, and stepped line by line. */
import type { Debugger, Runtime } from "node:inspector";
import vm from "node:vm";
import { DEBUG_TARGET, type UserPosition } from "../../threads.ts";
import type { Breakpoints, Wanted } from "./breakpoints.ts";
import { DapError } from "./dap.ts";
import type { Inspector } from "./inspector.ts";
import type { Script, Scripts } from "./scripts.ts";
import { type Handle, type Target, unlessThrown } from "./target.ts";

/** A frame of the user's. */
export interface Frame extends UserPosition {
  readonly id: number;
  readonly name: string;
  readonly script: Script;
  /** Whether it is a cell's or a local file's own, of no function in it. */
  readonly isTop: boolean;
  readonly call: Debugger.CallFrame;
}

export type Step = "stepInto" | "stepOver" | "stepOut";

/** Why main is paused, in the protocol's words. */
export interface StopReason {
  readonly reason: "breakpoint" | "step" | "pause" | "exception";
  readonly description?: string;
  readonly text?: string;
  readonly hitBreakpointIds?: readonly number[];
}

export interface Execution {
  isPaused(): boolean;
  /** The user's frames, innermost first; none while main runs. */
  frames(): readonly Frame[];
  /** What was thrown where main is paused. */
  thrown(): Runtime.RemoteObject | undefined;
  pause(): Promise<void>;
  resume(): Promise<void>;
  step(how: Step): Promise<void>;
  /** Lets main run, and past all breakpoints, until `hold`. */
  letGo(): void;
  hold(): void;
  /** Whether to pause where something is thrown that user code catches, or does not. */
  pauseOnExceptions(wanted: { readonly caught: boolean; readonly uncaught: boolean }): Promise<void>;
  /** Evaluates in a frame, where the notebook's names are known as well. */
  evaluate(frame: Frame, expression: string, group: string): Promise<Runtime.RemoteObject>;
}

interface Parts {
  readonly inspector: Inspector;
  readonly target: Target;
  readonly scripts: Scripts;
  readonly breakpoints: Breakpoints;
  /** Whether what is thrown at a place of a text is caught there. */
  isGuarded(text: string, line: number, column: number): Promise<boolean>;
  stopped(why: StopReason): void;
  continued(): void;
  log(text: string): void;
}

/** Values that live as long as one pause. */
export const PAUSE = "pause";

/** Milliseconds between tries to pause code of the user's, while the kernel's is met. */
const AGAIN = 50;

interface Pause {
  readonly frames: readonly Frame[];
  readonly event: Debugger.PausedEventDataType;
  /** Whether the client knows of it. */
  isTold: boolean;
}

export function createExecution(parts: Parts): Execution {
  const { inspector, target, scripts, breakpoints } = parts;
  let paused: Pause | null = null;
  /** The step being made, and where it began. */
  let stepping: { readonly how: Step; readonly from: Frame | undefined; readonly depth: number } | null =
    null;
  let isLetGo = false;
  /** A pause was asked for, while no code of the user's ran or may have run. */
  let wantsPause = false;
  /** The breakpoint at the start of the script that is to be paused. */
  let start: string | undefined;
  let lastFrame = 0;
  let filters = { caught: false, uncaught: false };

  const framesOf = async (calls: readonly Debugger.CallFrame[]): Promise<readonly Frame[]> => {
    const urls = calls.map(({ location }) => scripts.urlOf(location.scriptId));
    const users = await target.call("users", urls);
    const frames = await Promise.all(users.map((index) => frameOf(calls[index]!)));
    return frames.filter((frame) => frame !== null);
  };
  /** Null for what emission has put around a cell. */
  const frameOf = async (call: Debugger.CallFrame): Promise<Frame | null> => {
    const script = await scripts.of(call.location.scriptId);
    if (script === undefined) return null;
    const { lineNumber, columnNumber = 0 } = call.location;
    const { functionLocation: begin } = call;
    const frame = { id: ++lastFrame, script, call };
    if (script.text === null) {
      const place = { line: lineNumber + 1, column: columnNumber + 1 };
      return { ...frame, ...place, name: call.functionName || script.name, isTop: false };
    }
    const asked = [
      [lineNumber, columnNumber] as const,
      [begin?.lineNumber ?? 0, begin?.columnNumber ?? 0] as const,
    ];
    const [place, start] = await target.call("places", { script: script.url, positions: asked });
    if (!place) return null;
    return {
      ...frame,
      ...place,
      name: call.functionName || script.name,
      isTop: !start && call.functionName === "",
    };
  };

  const carryOn = (how: Step): Promise<void> => inspector.post(`Debugger.${how}`);

  /** What remains to be done before the client is told; null when main runs on. */
  const consider = async (event: Debugger.PausedEventDataType): Promise<StopReason | null> => {
    const frames = await framesOf(event.callFrames);
    const top = frames[0];
    const hit = breakpoints.at(event.hitBreakpoints ?? []);
    const isShown = top !== undefined && top.call.callFrameId === event.callFrames[0]?.callFrameId;
    paused = { frames, event, isTold: false };
    const foreign = event.callFrames.map(({ location }) => scripts.isForeign(location.scriptId));
    // The kernel's own work: on to the user's.
    if (!foreign.includes(false)) return run(undefined).then(askAgain);
    if (foreign[0]) return run("stepOut").then(() => null);
    if (isException(event) && !(await isWanted(frames))) return run(stepping?.how).then(() => null);
    const due = await dueOf(hit, top);
    const why = reasonOf(event, due, stepping !== null ? "step" : wantsPause ? "pause" : "statement");
    if (
      hit.length > 0 &&
      due.length === 0 &&
      hit.length === event.hitBreakpoints?.length &&
      why.reason === "breakpoint"
    ) {
      await run(stepping?.how);
      return null;
    }
    if (why.reason !== "step" && why.reason !== "pause" && isShown) return why;
    const isOver = stepping === null || !isShown || !top || isElsewhere(top, frames.length);
    if (isShown && isOver) return why;
    // From what emission has put in, the next line is the one that a step out meant.
    await run(stepping?.how === "stepInto" ? "stepInto" : "stepOver");
    return null;
  };
  /** Whether the client wants to know of what is thrown here. */
  const isWanted = async (frames: readonly Frame[]): Promise<boolean> => {
    if (filters.caught === filters.uncaught) return filters.caught;
    const guards = frames.map(({ script, line, column }) =>
      script.text === null ? false : parts.isGuarded(script.text, line, column),
    );
    return (await Promise.all(guards)).includes(true) === filters.caught;
  };
  const askAgain = (): null => {
    if (wantsPause)
      setTimeout(() => {
        if (wantsPause && paused === null) void inspector.post("Debugger.pause").catch(() => {});
      }, AGAIN);
    return null;
  };
  const isElsewhere = ({ script, line }: Frame, depth: number): boolean => {
    if (stepping?.from === undefined) return true;
    return depth !== stepping.depth || line !== stepping.from.line || script.id !== stepping.from.script.id;
  };
  const run = async (how: Step | undefined): Promise<void> => {
    paused = null;
    await (how === undefined ? inspector.post("Debugger.resume") : carryOn(how));
  };

  /** The breakpoints whose conditions hold. */
  const dueOf = async (hit: readonly Wanted[], top: Frame | undefined): Promise<readonly Wanted[]> => {
    const due: Wanted[] = [];
    for (const one of hit) {
      one.hits += 1;
      if (top === undefined || (await isDue(one, top))) due.push(one);
    }
    return due;
  };
  const isDue = async ({ condition, hitCondition, hits }: Wanted, top: Frame): Promise<boolean> => {
    if (hitCondition && hits < Number(hitCondition)) return false;
    if (!condition) return true;
    const value = await evaluate(top, `!!(${condition}\n)`, PAUSE).catch(() => undefined);
    return value === undefined || value.value === true;
  };

  const onPaused = async (event: Debugger.PausedEventDataType): Promise<void> => {
    if (isLetGo) return inspector.post("Debugger.resume");
    if (event.reason === "instrumentation") {
      const script = await scripts.of((event.data as { scriptId: string }).scriptId);
      if (script !== undefined) await breakpoints.arm(script);
      if (script !== undefined && wantsPause)
        start = await breakpoints.armStart(script).catch(() => undefined);
      return inspector.post("Debugger.resume");
    }
    const why = await consider(event);
    // It may have been terminated meanwhile.
    if (why === null || paused?.event !== event) return;
    paused.isTold = true;
    stepping = null;
    wantsPause = false;
    if (start !== undefined) {
      void inspector.post("Debugger.removeBreakpoint", { breakpointId: start }).catch(() => {});
      start = undefined;
    }
    parts.stopped(why);
  };
  inspector.on("Debugger.paused", (event) => {
    onPaused(event).catch((error: Error) => {
      parts.log(`debugger: ${error.message}`);
      paused = null;
      void inspector.post("Debugger.resume").catch(() => {});
    });
  });
  inspector.on("Debugger.resumed", () => {
    // Not by us: it was terminated.
    const wasTold = paused?.isTold === true;
    paused = null;
    if (wasTold) parts.continued();
  });

  const needPause = (): Pause => {
    if (paused?.isTold !== true) throw new DapError("main runs: it must be paused for this");
    return paused;
  };
  const leave = async (how: Step | undefined): Promise<void> => {
    const { frames } = needPause();
    stepping = how === undefined ? null : { how, from: frames[0], depth: frames.length };
    paused = null;
    parts.continued();
    target.release(PAUSE);
    await (how === undefined ? inspector.post("Debugger.resume") : carryOn(how));
  };

  const evaluate = async (
    frame: Frame,
    expression: string,
    objectGroup: string,
  ): Promise<Runtime.RemoteObject> => {
    const hidden = await namesIn(frame);
    const answer = await inspector.post("Debugger.evaluateOnCallFrame", {
      callFrameId: frame.call.callFrameId,
      expression: withNames(expression, hidden),
      objectGroup,
      silent: true,
    });
    return unlessThrown(answer);
  };
  const namesIn = async ({ call }: Frame): Promise<readonly string[]> => {
    const own = localScopes(call).map(({ object }) => object.objectId ?? "");
    const found = await Promise.all(
      own.map((objectId) => inspector.post("Runtime.getProperties", { objectId, ownProperties: true })),
    );
    return [...new Set(found.flatMap(({ result }) => result.map(({ name }) => name)))];
  };

  return {
    isPaused: () => paused?.isTold === true,
    frames: () => (paused?.isTold === true ? paused.frames : []),
    thrown: () =>
      paused !== null && isException(paused.event) ? (paused.event.data as Runtime.RemoteObject) : undefined,
    async pause() {
      if (paused !== null) return;
      wantsPause = true;
      await inspector.post("Debugger.pause");
    },
    resume: () => leave(undefined),
    step: (how) => leave(how),
    letGo() {
      isLetGo = true;
      stepping = null;
      void inspector.post("Debugger.setSkipAllPauses", { skip: true }).catch(() => {});
      if (paused?.isTold === true) void leave(undefined).catch(() => {});
    },
    hold() {
      if (!isLetGo) return;
      isLetGo = false;
      void inspector.post("Debugger.setSkipAllPauses", { skip: false }).catch(() => {});
    },
    evaluate,
    async pauseOnExceptions(wanted) {
      filters = wanted;
      const state = wanted.caught || wanted.uncaught ? "all" : "none";
      await inspector.post("Debugger.setPauseOnExceptions", { state });
    },
  };
}

const isException = ({ reason }: Debugger.PausedEventDataType): boolean =>
  reason === "exception" || reason === "promiseRejection";

/** The scopes of a frame that are not those of all code, innermost first. */
export const localScopes = ({ scopeChain }: Debugger.CallFrame): readonly Debugger.Scope[] =>
  scopeChain.filter(({ type }) => type !== "global" && type !== "script");

/** The handles of scopes. */
export const handlesOf = (scopes: readonly Debugger.Scope[]): readonly Handle[] =>
  scopes.flatMap(({ object }) => object.objectId ?? []);

/** An expression or statements, for which the notebook's names but the hidden ones are variables. */
export function withNames(code: string, hidden: readonly string[]): string {
  return `with (${DEBUG_TARGET}.outside(${JSON.stringify(hidden)})) {${isExpression(code) ? `(${code}\n)` : code}\n}`;
}

/** `{ a: 1 }` is meant as an object. */
function isExpression(code: string): boolean {
  try {
    new vm.Script(`(${code}\n)`);
    return true;
  } catch {
    return false;
  }
}

function reasonOf(
  event: Debugger.PausedEventDataType,
  due: readonly Wanted[],
  otherwise: "step" | "pause" | "statement",
): StopReason {
  const { data, hitBreakpoints = [] } = event;
  if (isException(event)) {
    const { description = "", className = "Error" } = (data ?? {}) as Runtime.RemoteObject;
    const text = description.split("\n    at ", 1)[0] ?? "";
    return { reason: "exception", description: `Paused on ${className}`, text };
  }
  if (otherwise === "pause") return { reason: "pause" };
  if (due.length > 0 || hitBreakpoints.length > 0)
    return { reason: "breakpoint", hitBreakpointIds: due.map(({ id }) => id) };
  if (otherwise === "statement")
    return { reason: "breakpoint", description: "Paused on a debugger statement", hitBreakpointIds: [] };
  return { reason: otherwise };
}
