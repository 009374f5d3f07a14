/** Starts the main thread's side: from here on it runs the cells that the kernel thread sends. */
import { createRequire } from "node:module";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { receive } from "../comm/comm.ts";
import { setLink } from "../comm/link.ts";
import type { Report } from "../display/bundle.ts";
import { setPublisher } from "../display/publish.ts";
import type { Store } from "../store.ts";
import {
  type Answer,
  type Call,
  type CompilerCalls,
  DEBUG_TARGET,
  type OutputRecord,
  Signal,
  type ToMain,
  type Transpiled,
} from "../threads.ts";
import { hideAsyncMarks } from "./async-marks.ts";
import { currentCell, currentRun, enter, latestRun, newRun, whenForgotten } from "./cells.ts";
import type * as Debug from "./debug.ts";
import { type Descriptors, followDescriptors } from "./descriptors.ts";
import { toErrorText } from "./errors.ts";
import { installGuards } from "./guards.ts";
import { createInput } from "./input.ts";
import { interruptChecks } from "./interrupt.ts";
import type { Transpile } from "./local-files.ts";
import { createModules, shareOwnModules } from "./modules.ts";
import { installPrelude, loadTensors } from "./prelude.ts";
import { calmAsyncHooks } from "./process.ts";
import { createRunner } from "./run.ts";
import { installStacks } from "./stacks.ts";
import { replaceStreams } from "./streams.ts";
import { watchSyncChildren } from "./sync-children.ts";
import { replaceTimers } from "./timers.ts";

export interface RuntimeParts {
  readonly kernel: MessagePort;
  readonly compiler: MessagePort;
  readonly signals: Int32Array;
  /** Puts a record into the ordered output; everything written before it is out before it. */
  write(record: OutputRecord): void;
  /** The process's own descriptors, where this runs in a process that has given them away. */
  readonly descriptors?: Descriptors;
  /** The notebook's folder: where imports are looked for. */
  readonly folder: string;
}

/** Never ends: the kernel's port keeps the process alive. */
export function startRuntime({ kernel, compiler, signals, write, folder, descriptors }: RuntimeParts): void {
  replaceStreams(write);
  if (descriptors) followDescriptors(descriptors);
  whenForgotten((cell) => write({ cell, kind: "forgotten" }));
  installStacks();
  // The frames of a library, ours too, must not crowd out the cell's own.
  Error.stackTraceLimit = 40;
  // The first entry switches async hooks on; only then can their checks be switched off.
  enter(newRun(0), () => {});
  calmAsyncHooks();
  hideAsyncMarks();
  replaceTimers();

  const guards = installGuards({
    show: (cell, text) => write({ cell, kind: "stream", name: "stderr", text }),
    onLateInterrupt: () => {
      if (!runner.isRunning()) Atomics.store(signals, Signal.interrupt, 0);
    },
    onExit: (run, error) => {
      if (!runner.stop(run, error)) return;
      write({ cell: run.cell, kind: "payload", payload: { source: "ask_exit", keepkernel: false } });
    },
  });
  const report: Report = (what, error) =>
    write({
      cell: currentCell(),
      kind: "stream",
      name: "stderr",
      text: `${what} failed: ${toErrorText(error)}\n`,
    });
  setPublisher({
    report,
    wait: (output) => {
      const displays = currentRun()?.displays;
      const tracked = output.finally(() => displays?.delete(tracked));
      displays?.add(tracked);
    },
    publish: (kind, { data, metadata }, display_id) =>
      write({ cell: currentCell(), kind, data, metadata, display_id }),
    owner: () => currentRun() ?? latestRun() ?? checks,
    ask: (payload) => write({ cell: currentCell(), kind: "payload", payload }),
    clear: (wait) => write({ cell: currentCell(), kind: "clear_output", wait }),
  });
  const checks = interruptChecks(signals);
  watchSyncChildren(signals, checks.interrupt);
  shareOwnModules();
  const modules = createModules({ checks, transpile: transpiler(compiler) });
  const runner = createRunner({
    folder,
    signals,
    write,
    report,
    contextOf: modules.context,
    flushRejections: guards.flushRejections,
    receive,
  });
  setLink((message) => write({ cell: currentCell(), kind: "comm", ...message }));

  // For the kernel thread's inspector session, which knows names only.
  Object.defineProperty(globalThis, Symbol.for("jacobi.halt"), { value: runner.halt });

  const handle = (message: ToMain): void => {
    if (message.kind === "interrupt") runner.interrupt(message.cells);
    else if (message.kind === "input") input.answer(message.question, message.value);
    else runner.run(message);
  };
  const input = createInput({ kernel, signals, write, handle });
  installPrelude(input, folder, modules.require);
  loadTensors(checks.flag);
  shareDebugTarget(runner.store);
  kernel.on("message", handle);
}

/** Lets the inspector reach what main answers a debugger; most kernels never load it. */
function shareDebugTarget(store: Store): void {
  let target: Debug.DebugTarget | undefined;
  const get = (): Debug.DebugTarget => {
    target ??= (createRequire(import.meta.url)("./debug.js") as typeof Debug).createDebugTarget(store);
    return target;
  };
  Object.defineProperty(globalThis, DEBUG_TARGET, { get });
}

/** Asks the compiler thread for local files. */
function transpiler(compiler: MessagePort): Transpile {
  const asked = new Map<number, (answer: Answer) => void>();
  let last = 0;
  const ask = (request: CompilerCalls["transpile"]["request"], take: (answer: Answer) => void): number => {
    const id = ++last;
    asked.set(id, take);
    compiler.postMessage({ id, call: "transpile", request } satisfies Call<CompilerCalls, "transpile">);
    return id;
  };
  const hear = (answer: Answer): void => {
    asked.get(answer.id)?.(answer);
    asked.delete(answer.id);
  };
  compiler.on("message", hear);
  type Request = CompilerCalls["transpile"]["request"];
  const later = (request: Request): Promise<Transpiled> =>
    new Promise((resolve, reject) => {
      ask(request, (answer) => {
        try {
          resolve(transpiled(answer));
        } catch (error) {
          reject(error);
        }
      });
    });
  const tick = new Int32Array(new SharedArrayBuffer(4));
  const sync: Transpile["sync"] = (request) => {
    let answer: Answer | undefined;
    ask(request, (came) => {
      answer = came;
    });
    while (answer === undefined) {
      const received = receiveMessageOnPort(compiler) as { message: Answer } | undefined;
      if (received) hear(received.message);
      else Atomics.wait(tick, 0, 0, 1);
    }
    return transpiled(answer);
  };
  return Object.assign(later, { sync });
}

function transpiled(answer: Answer): Transpiled {
  if ("failure" in answer) throw new Error(answer.failure);
  return answer.reply as Transpiled;
}
