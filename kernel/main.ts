/** The kernel process: starts the threads and the runtime; the only file that exits the process. */
import { MessageChannel, Worker } from "node:worker_threads";
import { threadFile, threads } from "./bundles.ts";
import { calmAsyncHooks, takeProcess } from "./runtime/process.ts";
import { type KernelThreadData, Signal, type ToMain } from "./threads.ts";

const connectionFile = process.argv[2];
if (connectionFile === undefined) {
  process.stderr.write(
    "jacobi: no connection file was given: usage: node dist/kernel/main.js CONNECTION_FILE\n",
  );
  process.exit(2);
}

const signals = new Int32Array(new SharedArrayBuffer(4 * Signal.size));
const pipes = takeProcess(signals);
const kernelAndMain = new MessageChannel();
const compilerAndMain = new MessageChannel();
const folder = process.cwd();

startKernel({
  connectionFile,
  signals: signals.buffer as SharedArrayBuffer,
  main: kernelAndMain.port1,
  compiler: compilerAndMain.port1,
  folder,
  output: pipes.output,
  mark: pipes.mark,
  log: pipes.log,
  sigint: pipes.sigint,
});

const port = kernelAndMain.port2;
calmAsyncHooks();
// Before the runtime's own listener, so that the kernel thread knows that main listens whatever that one does.
port.on("message", (message: ToMain) => {
  if (message.kind !== "input") calmAsyncHooks();
  if (message.kind === "interrupt") Atomics.add(signals, Signal.turn, 1);
});
const { startRuntime } = await import("./runtime/start.ts");
await startRuntime({
  kernel: port,
  compiler: compilerAndMain.port2,
  signals,
  write: pipes.write,
  descriptors: pipes,
  folder,
});

/** Starts the kernel thread, which starts the compiler thread. When it ends, so does the process. */
function startKernel(data: KernelThreadData): void {
  const worker = new Worker(threadFile(threads.kernel), {
    workerData: data,
    transferList: [data.main, data.compiler],
    // Otherwise Node would open descriptors 1 and 2 as streams and make the pipes there non-blocking, for children too.
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.on("data", (chunk) => pipes.say(`kernel thread: ${String(chunk).trimEnd()}`));
  }
  worker.on("error", (error) => pipes.say(`kernel thread: ${error.stack ?? error}`));
  worker.on("exit", (code) => process.exit(code));
}
