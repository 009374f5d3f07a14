/** Runs the code cells of a notebook on a kernel, one after the other, as nbclient does. */
import type { Fields, Message } from "../protocol/messages.ts";
import { type Channel, type KernelConnection, RunError } from "./connection.ts";
import { later } from "./later.ts";
import type { Cell, Notebook } from "./notebook.ts";
import { Outputs } from "./outputs.ts";

/** How long an interrupted cell may take to end, and how long its last output may follow its reply. */
const END_WITHIN = 10_000;

export interface ExecuteOptions {
  /** Go on after a cell that fails. */
  readonly allowErrors: boolean;
  /** Seconds that one cell may take; none when undefined. */
  readonly timeout: number | undefined;
  /** Ends the run: the cell is interrupted, and what ran is kept. */
  readonly signal: AbortSignal;
  /** Cell `done` of `count` begins. */
  progress(done: number, count: number): void;
  note(text: string): void;
}

/** A cell that failed. */
export interface Failure {
  /** Counts cells of the notebook from 1. */
  readonly cell: number;
  readonly ename: string;
  readonly evalue: string;
}

/** A request under way, and what has come of it. */
interface Running {
  readonly id: string;
  readonly index: number;
  readonly ended: ReturnType<typeof later<Message>>;
  reply?: Message;
  idle: boolean;
  /** Why it was stopped. */
  why?: RunError;
}

/** Fills in the outputs of `notebook`; gives the cells that failed. A RunError when the run cannot go on. */
export async function executeNotebook(
  kernel: KernelConnection,
  notebook: Notebook,
  options: ExecuteOptions,
): Promise<Failure[]> {
  const run = new Run(kernel, notebook, options);
  await run.askForLanguage();
  const failures: Failure[] = [];
  const code = notebook.cells.flatMap((cell, index) => (runs(cell) ? [index] : []));
  for (const [done, index] of code.entries()) {
    options.progress(done, code.length);
    const failure = await run.cell(index);
    if (!failure || mayRaise(notebook.cells[index]!)) continue;
    failures.push(failure);
    if (!options.allowErrors) break;
  }
  return failures;
}

function tagsOf(cell: Cell): readonly unknown[] {
  return Array.isArray(cell.metadata.tags) ? cell.metadata.tags : [];
}

function runs(cell: Cell): boolean {
  return cell.cell_type === "code" && cell.source.trim() !== "" && !tagsOf(cell).includes("skip-execution");
}

/** An error of this cell is what its author wants to show. */
function mayRaise(cell: Cell): boolean {
  return tagsOf(cell).includes("raises-exception");
}

class Run {
  readonly #kernel: KernelConnection;
  readonly #notebook: Notebook;
  readonly #options: ExecuteOptions;
  readonly #outputs: Outputs;
  #running: Running | undefined;

  constructor(kernel: KernelConnection, notebook: Notebook, options: ExecuteOptions) {
    this.#kernel = kernel;
    this.#notebook = notebook;
    this.#options = options;
    this.#outputs = new Outputs(notebook);
    kernel.listen({
      message: (channel, message) => this.#take(channel, message),
      failed: (error) => this.#running?.ended.reject(error),
      note: options.note,
    });
  }

  /** The kernel's language goes into the notebook, as nbclient puts it there. */
  async askForLanguage(): Promise<void> {
    const { content } = await this.#request(-1, "kernel_info_request", {});
    this.#notebook.metadata.language_info = content.language_info;
  }

  async cell(index: number): Promise<Failure | undefined> {
    const { source } = this.#notebook.cells[index]!;
    this.#outputs.begin(index);
    const { content } = await this.#request(index, "execute_request", {
      code: source,
      silent: false,
      store_history: true,
      user_expressions: {},
      allow_stdin: false,
      stop_on_error: !this.#options.allowErrors && !mayRaise(this.#notebook.cells[index]!),
    });
    if (content.status !== "error") return undefined;
    return { cell: index + 1, ename: String(content.ename), evalue: String(content.evalue) };
  }

  /** Sends a request; resolves to its reply once all it published has come. */
  async #request(index: number, type: string, content: Fields): Promise<Message> {
    this.#options.signal.throwIfAborted();
    const ended = later<Message>();
    // What fails between two requests is told by the next one.
    ended.promise.catch(() => {});
    this.#running = { id: this.#kernel.send("shell", type, content), index, ended, idle: false };
    const { timeout, signal } = this.#options;
    const stop = (why: RunError): void => this.#stop(why);
    const aborted = (): void => stop(signal.reason as RunError);
    signal.addEventListener("abort", aborted);
    const late = new RunError(`cell ${index + 1}: took longer than ${timeout} s and was interrupted`);
    const timer = timeout === undefined || index < 0 ? undefined : setTimeout(stop, timeout * 1000, late);
    try {
      return await ended.promise;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", aborted);
      this.#running = undefined;
    }
  }

  /** Interrupts the cell; the run ends with `why` when the cell has, its outputs kept. */
  #stop(why: RunError): void {
    const running = this.#running;
    if (!running) return;
    running.why = why;
    void this.#kernel.interrupt().catch(() => {});
    this.#expectEnd(running, why);
  }

  /** Fails the request if it has not ended soon. */
  #expectEnd({ ended }: Running, why: RunError): void {
    const limit = setTimeout(() => ended.reject(why), END_WITHIN);
    void ended.promise.catch(() => {}).finally(() => clearTimeout(limit));
  }

  #take(channel: Channel, message: Message): void {
    const running = this.#running;
    if (!running || message.parent_header.msg_id !== running.id) return;
    if (channel === "iopub") this.#published(running, message);
    else if (channel === "shell") this.#replied(running, message);
    if (!running.reply || !running.idle) return;
    if (running.why) running.ended.reject(running.why);
    else running.ended.resolve(running.reply);
  }

  #published({ index }: Running, message: Message): void {
    const type = message.header.msg_type;
    const state = type === "status" ? message.content.execution_state : undefined;
    if (state === "idle") this.#running!.idle = true;
    if (index < 0) return;
    if (type === "execute_input") this.#outputs.time(index, "iopub.execute_input", message);
    if (state === "idle" || state === "busy") this.#outputs.time(index, `iopub.status.${state}`, message);
    this.#outputs.take(index, message);
  }

  #replied(running: Running, message: Message): void {
    running.reply = message;
    if (running.index >= 0) this.#outputs.time(running.index, "shell.execute_reply", message);
    this.#expectEnd(
      running,
      new RunError(`cell ${running.index + 1}: replied, but its last output did not come`),
    );
  }
}
