/** A runtime in a worker for tests: real ports and a real `vm`; the test plays the kernel and compiler threads. */
import { isMainThread, MessageChannel, type MessagePort, Worker, workerData } from "node:worker_threads";
import {
  type Answer,
  type Call,
  type Compiled,
  type CompilerCalls,
  type Emitted,
  type OutputRecord,
  Signal,
  type ToMain,
} from "../threads.ts";
import { startRuntime } from "./start.ts";

interface FixtureData {
  readonly kernel: MessagePort;
  readonly compiler: MessagePort;
  readonly output: MessagePort;
  readonly signals: SharedArrayBuffer;
  readonly folder: string;
}

if (!isMainThread && workerData?.fixture === true) {
  const { kernel, compiler, output, signals, folder } = workerData as FixtureData;
  const write = (record: OutputRecord): void => output.postMessage(record);
  startRuntime({ kernel, compiler, signals: new Int32Array(signals), write, folder });
}

export interface TestRuntime {
  readonly records: OutputRecord[];
  readonly signals: Int32Array;
  send(message: ToMain): void;
  /** Runs a cell to its end and gives the records it wrote; `code` is the body of the emitted function. */
  run(code: string | Emitted, source?: string): Promise<OutputRecord[]>;
  /** Sends the cell without waiting; gives its number. */
  start(code: string | Emitted, source?: string): number;
  /** The first record, past or future, that fits. */
  until(fits: (record: OutputRecord) => boolean): Promise<OutputRecord>;
  /** What the kernel thread does at an interrupt request. */
  interrupt(cell: number): void;
  stop(): Promise<void>;
}

/** Starts a runtime in `folder`; `transpile` answers for the compiler. */
export function startTestRuntime(
  folder: string,
  transpile: (path: string) => Compiled = () => ({ ok: false, diagnostics: [] }),
): TestRuntime {
  const [kernel, compiler, output] = [new MessageChannel(), new MessageChannel(), new MessageChannel()];
  const signals = new Int32Array(new SharedArrayBuffer(4 * Signal.size));
  const worker = new Worker(new URL(import.meta.url), {
    stdout: true,
    workerData: {
      fixture: true,
      kernel: kernel.port2,
      compiler: compiler.port2,
      output: output.port2,
      signals: signals.buffer,
      folder,
    },
    transferList: [kernel.port2, compiler.port2, output.port2],
  });
  const records: OutputRecord[] = [];
  const waiters = new Set<() => void>();
  output.port1.on("message", (record: OutputRecord) => {
    records.push(record);
    for (const look of [...waiters]) look();
  });
  compiler.port1.on("message", ({ id, request }: Call<CompilerCalls, "transpile">) => {
    compiler.port1.postMessage({ id, reply: transpile(request.path) } satisfies Answer);
  });
  const send = (message: ToMain): void => kernel.port1.postMessage(message);
  const until: TestRuntime["until"] = (fits) =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = records.find(fits);
        if (!found) return;
        waiters.delete(look);
        resolve(found);
      };
      waiters.add(look);
      look();
    });
  let cell = 0;
  const start: TestRuntime["start"] = (code, source) => {
    cell += 1;
    const emitted = typeof code === "string" ? { code } : code;
    send({ kind: "run", cell, name: `In [${cell}]`, source: source ?? emitted.code, ...emitted });
    return cell;
  };
  return {
    records,
    signals,
    send,
    start,
    until,
    async run(code, source) {
      const number = start(code, source);
      await until((record) => record.kind === "done" && record.cell === number);
      return records.filter((record) => record.cell === number);
    },
    interrupt(number) {
      Atomics.store(signals, Signal.interrupt, 1);
      Atomics.notify(signals, Signal.input);
      send({ kind: "interrupt", cells: [number] });
    },
    async stop() {
      await worker.terminate();
      for (const { port1 } of [kernel, compiler, output]) port1.close();
    },
  };
}
