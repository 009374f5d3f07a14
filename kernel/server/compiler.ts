/** The compiler thread as the kernel thread keeps it: watched, and started anew when it dies or runs away. */
import { type MessagePort, Worker } from "node:worker_threads";
import { threadFile, threads } from "../bundles.ts";
import type { Answer, Call, Compiled, CompilerCalls, CompilerThreadData } from "../threads.ts";
import type { Caller } from "./calls.ts";
import type { Log } from "./log.ts";

/** Milliseconds one call may take: a type can compute anything, and so checking one may go on for ever. */
const LIMIT = 10_000;
/** Milliseconds a call may go on after an interrupt: a new thread costs more than most checks. */
const GRACE = 150;
/** Times that the thread may die before it has answered anything. */
const DEATHS = 3;

/** Why a call has no answer though nothing of ours is broken. */
export type StopReason = "interrupted" | "too long" | "out of memory";

/** The thread was stopped while it worked on this call. */
export class CompilerStopped extends Error {
  readonly reason: StopReason;

  constructor(reason: StopReason) {
    super(`the compiler was stopped: ${reason}`);
    this.reason = reason;
  }
}

interface Pending {
  readonly call: Call<CompilerCalls>;
  resolve(reply: unknown): void;
  reject(error: Error): void;
}

type Cell = CompilerCalls["compile"]["request"];

export class CompilerThread {
  readonly #folder: string;
  readonly #log: Log;
  readonly #limit: number;
  #worker: Worker | undefined;
  #isReady = false;
  #deaths = 0;
  #last = 0;
  /** Calls without an answer, oldest first: the thread works on the first one. */
  #pending: Pending[] = [];
  /** The cells it must be told of again for names and types to be as they were. */
  #cells: Cell[] = [];
  #timer: NodeJS.Timeout | undefined;

  /** Starts the thread for the notebooks of `folder`. */
  constructor(folder: string, log: Log, limit = LIMIT) {
    this.#folder = folder;
    this.#log = log;
    this.#limit = limit;
    this.#start();
  }

  /** Asks the thread; rejects with `CompilerStopped`, or with a bug of ours. */
  readonly call = ((call: keyof CompilerCalls, request: unknown) =>
    new Promise((resolve, reject) => {
      if (this.#worker === undefined) this.#start();
      this.#send({ call: { id: ++this.#last, call, request } as Call<CompilerCalls>, resolve, reject });
    })) as Caller<CompilerCalls>;

  /** Passes on the calls that arrive at a port. */
  serve(port: MessagePort): void {
    port.on("message", ({ id, call, request }: Call<CompilerCalls>) => {
      this.call(call, request as never).then(
        (reply) => port.postMessage({ id, reply } satisfies Answer),
        (error: Error) => port.postMessage({ id, failure: error.message } satisfies Answer),
      );
    });
  }

  /** Stops the call it works on, unless that soon ends by itself. */
  interrupt(): void {
    const [first] = this.#pending;
    if (first === undefined) return;
    setTimeout(() => {
      if (this.#pending[0] === first) this.#restart(new CompilerStopped("interrupted"));
    }, GRACE);
  }

  /** Ends the thread. */
  async close(): Promise<void> {
    clearTimeout(this.#timer);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
  }

  #start(): void {
    const worker = launch(this.#folder, this.#log);
    this.#worker = worker;
    this.#isReady = false;
    const ifCurrent =
      <T>(act: (value: T) => void) =>
      (value: T) => {
        if (worker === this.#worker) act(value);
      };
    worker.on(
      "message",
      ifCurrent((message: Answer | "ready") => this.#take(message)),
    );
    worker.on(
      "error",
      ifCurrent((error: NodeJS.ErrnoException) => this.#failed(error)),
    );
    worker.on(
      "exit",
      ifCurrent(() => this.#restart(new Error("internal: the compiler thread ended"))),
    );
  }

  #send(pending: Pending): void {
    this.#pending.push(pending);
    this.#worker?.postMessage(pending.call);
    if (this.#pending.length === 1) this.#watch();
  }

  // A thread that is being started is given all the time it needs.
  #watch(): void {
    clearTimeout(this.#timer);
    if (!this.#isReady || this.#pending.length === 0) return;
    this.#timer = setTimeout(() => this.#restart(new CompilerStopped("too long")), this.#limit);
  }

  #take(message: Answer | "ready"): void {
    if (message === "ready") this.#isReady = true;
    else this.#settle(message);
    this.#watch();
  }

  #settle(answer: Answer): void {
    this.#deaths = 0;
    const [done] = this.#pending.splice(0, 1);
    if (done?.call.id !== answer.id) throw new Error("internal: the compiler thread answered out of turn");
    if ("failure" in answer) return done.reject(new Error(`internal: ${answer.failure}`));
    const isKept = done.call.call === "compile" && isToKeep(answer.reply as Compiled);
    if (isKept) this.#cells.push(done.call.request as Cell);
    done.resolve(answer.reply);
  }

  #failed(error: NodeJS.ErrnoException): void {
    this.#log(`compiler thread: ${error.stack ?? error}`);
    const isMemory = error.code === "ERR_WORKER_OUT_OF_MEMORY";
    this.#restart(isMemory ? new CompilerStopped("out of memory") : new Error(`internal: ${error.message}`));
  }

  /** Rejects what the thread works on, and lets a new one, which is told of all kept cells, do the rest. */
  #restart(why: Error): void {
    const [stopped, ...rest] = this.#pending;
    this.#pending = [];
    // Cells cannot be brought back if that is what runs away.
    if (stopped?.call.call === "restore") this.#cells = [];
    void this.close();
    if (++this.#deaths > DEATHS) for (const { reject } of rest) reject(why);
    else {
      this.#start();
      if (this.#cells.length > 0) void this.call("restore", { cells: this.#cells }).catch(() => {});
      for (const one of rest) if (one.call.call !== "restore") this.#send(one);
    }
    stopped?.reject(why);
  }
}

const isToKeep = (compiled: Compiled): boolean => compiled.ok && compiled.isFleeting !== true;

function launch(folder: string, log: Log): Worker {
  const worker = new Worker(threadFile(threads.compiler), {
    workerData: { folder } satisfies CompilerThreadData,
    // Otherwise Node would open descriptors 1 and 2 as streams and make the pipes there non-blocking, for children too.
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr])
    stream.on("data", (chunk) => log(`compiler thread: ${String(chunk).trimEnd()}`));
  return worker;
}
