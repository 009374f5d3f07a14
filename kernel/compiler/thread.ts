/** The compiler thread: answers the calls that arrive on its two ports, each as it comes. */
import type { MessagePort } from "node:worker_threads";
import { workerData } from "node:worker_threads";
import type { Answer, Call, CompilerCalls, CompilerThreadData } from "../threads.ts";
import { type Compiler, createCompiler } from "./compiler.ts";
import { saveTypeScript } from "./load.ts";

const { folder, kernel, main } = workerData as CompilerThreadData;
const compiler = createCompiler(folder);

for (const port of [kernel, main]) {
  port.on("message", (call: Call<CompilerCalls>) => answer(port, call));
}

function answer(port: MessagePort, call: Call<CompilerCalls>): void {
  let reply: Answer;
  try {
    reply = { id: call.id, reply: run(compiler, call.call, call.request) };
  } catch (error) {
    reply = { id: call.id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
  port.postMessage(reply);
  if (call.call === "compile") saveLater();
}

// In a pause after the first cell, when what a cell needs is compiled and nobody waits.
let saving: NodeJS.Timeout | undefined;
let isSaved = false;
function saveLater(): void {
  if (isSaved) return;
  clearTimeout(saving);
  saving = setTimeout(() => {
    isSaved = true;
    saveTypeScript();
  }, 1000).unref();
}

function run<K extends keyof CompilerCalls>(
  on: Compiler,
  name: K,
  request: unknown,
): CompilerCalls[K]["reply"] {
  if (!Object.hasOwn(on, name)) throw new Error(`internal: the compiler has no call ${String(name)}`);
  return on[name](request as CompilerCalls[K]["request"]);
}
