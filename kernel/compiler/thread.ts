/** The compiler thread: answers the kernel thread's calls, each as it comes. */
import { parentPort, workerData } from "node:worker_threads";
import type { Answer, Call, CompilerCalls, CompilerThreadData } from "../threads.ts";
import { type Compiler, createCompiler } from "./compiler.ts";
import { saveTypeScript } from "./load.ts";

const { folder } = workerData as CompilerThreadData;
const compiler = createCompiler(folder);

parentPort?.on("message", answer);
parentPort?.postMessage("ready");

function answer(call: Call<CompilerCalls>): void {
  let reply: Answer;
  try {
    reply = { id: call.id, reply: run(compiler, call.call, call.request) };
  } catch (error) {
    reply = { id: call.id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  parentPort?.postMessage(reply);
  isUsed ||= call.call === "compile";
  pause();
}

// In pauses: load what later cells mention, then keep TypeScript's code for the next start, once a cell has used it.
let isUsed = false;
let isSaved = false;
let isWarm = false;
let next: NodeJS.Timeout | undefined;
function pause(): void {
  clearTimeout(next);
  if (isWarm && isSaved) return;
  next = setTimeout(() => {
    if (!isWarm) isWarm = !warmUp();
    else if (isUsed) {
      isSaved = true;
      saveTypeScript();
    } else return;
    pause();
  }, 150).unref();
}
pause();

function warmUp(): boolean {
  try {
    return compiler.warmUp();
  } catch {
    // What cannot be loaded says so when a cell needs it.
    return false;
  }
}

function run<K extends keyof CompilerCalls>(
  on: Compiler,
  name: K,
  request: unknown,
): CompilerCalls[K]["reply"] {
  if (!Object.hasOwn(on, name)) throw new Error(`internal: the compiler has no call ${String(name)}`);
  return on[name](request as CompilerCalls[K]["request"]);
}
