/** Stops whatever runs on the main thread, from outside: by an inspector session that pauses it, then terminates. */
import { type Debugger, type InspectorNotification, type Runtime, Session } from "node:inspector";
import type { Log } from "./log.ts";

export interface Stopper {
  /** Something may have to be stopped soon: does now what takes longest. */
  prepare(): void;
  /**
   * Terminates the code that runs on main, as soon as V8 takes notice: at the next call, turn of a loop or step of a regular
   * expression. `cells`: only while main still runs one of these; empty: whatever it is.
   */
  stop(cells: readonly number[]): void;
  /** Nothing is to be stopped any more: what has not been stopped so far goes on. */
  rest(): void;
}

/** What the runtime puts on main's global object: prepares the end of a cell's code, see `Runner.halt`. */
const HALT = 'globalThis[Symbol.for("jacobi.halt")]';

/** Tries to pause it before it is terminated wherever it is. */
const GENTLE = 3;

/** A stopper of this process's main thread. */
export function createStopper(log: Log): Stopper {
  let session: Session | null = null;
  let target: readonly number[] | null = null;
  let enabled = false;
  /** A pause that has been asked for and has not come: main is in some native code that looks up seldom. */
  let pausing = false;
  /** It stood still outside the user's code, and went on: once, for a flood of callbacks may only be met between two of them. */
  let spared = false;
  /** It was terminated once: what is kept is kept. */
  let terminated = false;
  /** It stood still in the last promise hook that runs, and has left it. */
  let left = false;
  /** How often it was tried since the last rest. */
  let tries = 0;
  const scripts = new Map<string, string>();

  const connect = (): Session => {
    const made = new Session();
    made.connectToMainThread();
    // A paused frame tells only the number of its script.
    made.on("Debugger.scriptParsed", ({ params }) => void scripts.set(params.scriptId, params.url));
    made.on("Debugger.paused", paused);
    return made;
  };

  const paused = ({ params }: InspectorNotification<Debugger.PausedEventDataType>): void => {
    pausing = false;
    const on = session;
    if (on === null) return;
    const { callFrames: frames } = params;
    if (target !== null && !left && isInHook(frames, scripts)) {
      pausing = true;
      left = frames.length === 1;
      post("Runtime.evaluate", { expression: `${HALT}?.([${target}], [])`, silent: true }); // No hook begins any more.
      post(left ? "Debugger.resume" : "Debugger.stepOut");
      return left ? post("Debugger.pause") : undefined;
    }
    const isSpared = target?.length !== 0 && !spared && !frames.some((frame) => isUsers(frame, scripts));
    spared ||= isSpared;
    const isMeant = target !== null && !isSpared;
    terminated ||= isMeant;
    const stopped = isMeant && target !== null ? terminate(on, { frames, scripts }, target) : null;
    void Promise.resolve(stopped)
      .catch((error: Error) => log(`interrupt: ${error.message}`))
      .finally(() => on.post("Debugger.resume"));
  };

  const post = (method: string, parameters?: object): void => {
    try {
      session ??= connect();
      session.post(method, parameters);
    } catch (error) {
      log(`interrupt: ${(error as Error).message}`);
    }
  };

  const prepare = (): void => {
    if (!enabled) post("Debugger.enable");
    enabled = true;
  };

  // V8 is slower with it.
  const disable = (): void => {
    if (enabled) post("Debugger.disable");
    enabled = false;
    scripts.clear();
  };

  return {
    prepare,
    stop(cells) {
      target = cells;
      if (terminated || ++tries > GENTLE) {
        disable();
        pausing = false;
        post("Runtime.evaluate", { expression: `${HALT}?.([${cells}], [])`, silent: true });
        return post("Runtime.terminateExecution");
      }
      if (pausing) return;
      pausing = true;
      prepare();
      // Not terminated at once: while it stands still, its variables can be read and its stack is known.
      post("Debugger.pause");
    },
    rest() {
      target = null;
      pausing = false;
      spared = false;
      terminated = false;
      tries = 0;
      left = false;
      disable();
    },
  };
}

/** Main stands still: keeps what the cell's variables hold, then ends its code. */
async function terminate(
  session: Session,
  { frames, scripts }: { frames: readonly Debugger.CallFrame[]; scripts: ReadonlyMap<string, string> },
  cells: readonly number[],
): Promise<void> {
  const ask = (method: string, parameters: object): Promise<unknown> =>
    new Promise((resolve) =>
      session.post(method, { ...parameters, silent: true, returnByValue: true }, (_error, reply) =>
        resolve((reply as Runtime.EvaluateReturnType | undefined)?.result.value),
      ),
    );
  const names = frames.map(
    (frame) => (isBody(frame) ? scripts.get(frame.location.scriptId) : undefined) ?? "",
  );
  // In no frame: Node's own have names of their own for Symbol and the like.
  const expression = `${HALT}?.([${cells}], ${JSON.stringify(names)})`;
  const writes = await ask("Runtime.evaluate", { expression });
  if (writes === null) return;
  for (const [i, { callFrameId }] of frames.entries()) {
    const write = Array.isArray(writes) ? writes[i] : "";
    if (write) await ask("Debugger.evaluateOnCallFrame", { callFrameId, expression: write });
  }
  session.post("Runtime.terminateExecution");
}

/** Whether it is the function that is all of a script, as a cell's is: the one on its first line. */
const isBody = ({ functionLocation }: Debugger.CallFrame): boolean =>
  functionLocation !== undefined &&
  functionLocation.lineNumber === 0 &&
  (functionLocation.columnNumber ?? 0) <= 8;

/**
 * Promise hooks, which Node 20 and 22 have, swallow a termination; V8 then refuses every other one until main's event loop turns,
 * which a flood of promises never lets it do.
 */
function isInHook([top]: readonly Debugger.CallFrame[], scripts: ReadonlyMap<string, string>): boolean {
  return /^node:(internal\/)?async_hooks$/.test(scripts.get(top?.location.scriptId ?? "") ?? "");
}

const OWN = new URL("..", import.meta.url).href;

/** Whether it may be for the user's code that main is busy: ours and Node's own is about to come to an end. */
function isUsers({ location }: Debugger.CallFrame, scripts: ReadonlyMap<string, string>): boolean {
  const script = scripts.get(location.scriptId) ?? "";
  return !script.startsWith("node:") && !script.startsWith(OWN);
}
