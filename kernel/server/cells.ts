/** Cells from source to end: compiled by one thread, run by another, what they show published under their request. */
import type { MessagePort } from "node:worker_threads";
import type { Message } from "../protocol/messages.ts";
import type { CommMessage, ErrorContent, MimeBundle, OutputRecord, Payload, ToMain } from "../threads.ts";
import { Signal } from "../threads.ts";
import type { Comms } from "./comms.ts";
import { CompilerStopped, type CompilerThread } from "./compiler.ts";
import { diagnosticsError, diagnosticsText, stoppedError } from "./diagnostics.ts";
import { createForeign } from "./foreign.ts";
import type { Input } from "./input.ts";
import type { Interrupter, Interruptible } from "./interrupt.ts";
import { outOfMemory } from "./memory.ts";
import { createOutput } from "./output.ts";
import type { Session } from "./session.ts";

/** What is to be run, and for whom. */
export interface CellRequest {
  readonly source: string;
  /** What tracebacks call it: `In [7]`. */
  readonly name: string;
  readonly parent: Message;
  readonly executionCount: number;
  /** Nothing it shows is published. */
  readonly quiet: boolean;
  readonly allowStdin: boolean;
}

/** How a cell ended; the result is that of its last expression statement. */
export interface CellEnd {
  readonly error?: ErrorContent;
  readonly result?: { readonly data: MimeBundle; readonly metadata: MimeBundle };
  /** What the client is asked to do: one of each source. */
  readonly payload: readonly Payload[];
}

export interface Cells {
  /** Runs one cell, beside those that run already. */
  run(request: CellRequest): Promise<CellEnd>;
  /** Lets main handle a comm message, whenever it awaits or is idle; resolves once what it called has ended. */
  hear(parent: Message, comm: CommMessage): Promise<ErrorContent | undefined>;
  /** The request of a cell that runs now, or null. */
  running(): Message | null;
  /** Interrupts all that runs: one thread runs it, so what loops holds the rest. */
  interrupt(): void;
  /** What main says, and what others say on descriptors 1 and 2. */
  record(record: OutputRecord): void;
  /** Sends text that still waits for more. */
  flush(): void;
}

/** What cells need of the rest of the kernel thread. */
export interface CellParts {
  readonly compiler: CompilerThread;
  readonly main: MessagePort;
  readonly signals: Int32Array;
  readonly session: Session;
  readonly input: Input;
  readonly comms: Comms;
  readonly interrupter: Interrupter;
  /** Takes what main says though its readers are behind: main cannot be interrupted while it waits for them. */
  readOn(): void;
}

interface Cell {
  readonly id: number;
  /** What runs is a comm message's handler. */
  readonly isComm: boolean;
  readonly request: Pick<CellRequest, "parent" | "executionCount" | "quiet" | "allowStdin">;
  result?: NonNullable<CellEnd["result"]>;
  readonly payload: Map<string, Payload>;
  /** Set while it is being compiled. */
  compiling: Promise<unknown> | null;
  interrupted: boolean;
  /** Nothing is left of it that could say anything. */
  isForgotten: boolean;
  /** Set once main has been told to run it, and until its end. */
  end: ((error?: ErrorContent) => void) | null;
  /** Which of all that main was told to run it is, from 1; 0 before. */
  order: number;
}

/** Milliseconds that code outside cells may keep main, when interrupted, and how long it is tried to stop it. */
const LATE_GRACE = 1000;
const LATE_PATIENCE = 5000;

const interruption: ErrorContent = {
  ename: "KeyboardInterrupt",
  evalue: "interrupted",
  traceback: ["\x1b[0;31mKeyboardInterrupt\x1b[0m: interrupted"],
};

/** A bug of ours is shown in the cell that met it. */
const internalError = ({ message }: Error): ErrorContent => ({
  ename: "InternalError",
  evalue: message,
  traceback: [`\x1b[0;31mInternalError\x1b[0m: ${message}`],
});

export function createCells(parts: CellParts): Cells {
  const { compiler, main, signals, session, input, comms, interrupter } = parts;
  /** The cells that may still say something, however long ago they ended. */
  const known = new Map<number, Cell>();
  /** Cells from their request to their end, and comm messages that main has been told of. */
  const running = new Set<Cell>();
  const heard = new Set<Cell>();
  let last = 0;
  let lastCell = 0;
  let sent = 0;

  const output = createOutput((id, name, text) => {
    const request = known.get(id)?.request;
    if (request?.quiet !== true) session.publish("stream", { name, text }, request?.parent ?? null);
  });

  const foreign = createForeign(output.text);

  const register = (request: Cell["request"], isComm: boolean): Cell => {
    const cell: Cell = {
      id: ++last,
      isComm,
      request,
      payload: new Map(),
      compiling: null,
      interrupted: false,
      isForgotten: false,
      end: null,
      order: 0,
    };
    if (!isComm) {
      if (known.get(lastCell)?.isForgotten) known.delete(lastCell);
      lastCell = cell.id;
    }
    known.set(cell.id, cell);
    return cell;
  };

  /** Nothing speaks for the cell any more; the last one keeps what C code says by itself. */
  const forget = (id: number): void => {
    const cell = known.get(id);
    if (cell) cell.isForgotten = true;
    if (id !== lastCell) known.delete(id);
  };

  /** Gives main something to run; resolves to its error, or to nothing, once it has ended. */
  const send = (
    cell: Cell,
    message: ToMain,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<ErrorContent | undefined> =>
    new Promise((resolve) => {
      cell.order = ++sent;
      cell.end = (error) => {
        cell.end = null;
        const limit = Atomics.exchange(signals, Signal.heap, 0);
        const isFull = limit > 0 && error?.ename === interruption.ename;
        resolve(isFull ? outOfMemory(limit, error.traceback) : error);
      };
      main.postMessage(message, transfer);
    });

  /** Compiles `cell`: what main is to run, or the error. */
  const compile = async (cell: Cell, { source, name }: CellRequest): Promise<ToMain | ErrorContent> => {
    const compiled = await compiler.call("compile", { source, name }).catch((error: Error) => error);
    if (cell.interrupted) return interruption;
    if (compiled instanceof CompilerStopped) return stoppedError(compiled.reason, name);
    if (compiled instanceof Error) return internalError(compiled);
    if (compiled.notes) output.text(cell.id, "stderr", diagnosticsText(compiled.notes));
    if (!compiled.ok) return diagnosticsError(compiled.diagnostics);
    const { ok: _, notes: __, isFleeting: ___, ...code } = compiled;
    return { kind: "run", cell: cell.id, name, source, ...code };
  };

  const execute = async (cell: Cell, request: CellRequest): Promise<ErrorContent | undefined> => {
    const compiling = compile(cell, request);
    cell.compiling = compiling;
    const compiled = await compiling;
    cell.compiling = null;
    return "kind" in compiled ? send(cell, compiled) : compiled;
  };

  /** Those who are being interrupted and have not ended. */
  const stopping = (): Cell[] =>
    [...running, ...heard].filter(({ interrupted, end }) => interrupted && end !== null);
  const pursuit: Interruptible = {
    cells: () => stopping().map(({ id }) => id),
    abandon() {
      for (const cell of stopping()) cell.end?.(interruption);
    },
    stuck() {
      const text = "KeyboardInterrupt: this code cannot be stopped: restart the kernel to end it\n";
      for (const { id } of stopping().slice(0, 1)) output.text(id, "stderr", text);
    },
  };

  return {
    async run(request) {
      const parent = { ...request.parent, content: {}, buffers: [] };
      const cell = register({ ...request, parent }, false);
      running.add(cell);
      try {
        const error = await execute(cell, request);
        const payload = [...cell.payload.values()];
        return { ...(error && { error }), ...(cell.result && { result: cell.result }), payload };
      } finally {
        running.delete(cell);
        input.cancel(cell.id);
        output.flush();
        // Main has not heard of it.
        if (cell.order === 0) forget(cell.id);
      }
    },
    async hear(parent, { buffers, ...comm }) {
      // It is remembered for what comes late; its content, which may be large, need not be.
      const request = { parent: { ...parent, content: {}, buffers: [] }, executionCount: 0 };
      const cell = register({ ...request, quiet: false, allowStdin: false }, true);
      // Each gets memory of its own: then it can be moved, and any typed array fits on it.
      const own = buffers.map((buffer) => new Uint8Array(buffer));
      // A cell that was sent before it begins before it: it may be the one that registers the comm's target.
      await Promise.all([...running].map(({ compiling }) => compiling));
      heard.add(cell);
      try {
        const message: ToMain = { kind: "comm", cell: cell.id, ...comm, buffers: own };
        return await send(
          cell,
          message,
          own.map(({ buffer }) => buffer),
        );
      } finally {
        heard.delete(cell);
        input.cancel(cell.id);
        output.flush();
      }
    },
    running: () => [...running][0]?.request.parent ?? null,
    interrupt() {
      parts.readOn();
      const begun = Atomics.load(signals, Signal.begun);
      // Comm messages that main has been kept from hearing are heard after the interrupt.
      const targets = [...running, ...[...heard].filter(({ order }) => order <= begun)];
      // An ended cell may have left a timer whose code loops; what main loads by itself has its time.
      if (targets.length === 0) {
        const limit = Atomics.exchange(signals, Signal.heap, 0);
        if (limit > 0) output.text(lastCell, "stderr", `Uncaught RangeError: ${outOfMemory(limit).evalue}\n`);
        return void interrupter.stopMain(LATE_PATIENCE, LATE_GRACE);
      }
      for (const cell of targets) cell.interrupted = true;
      // The flag goes up first: main asks it why there is no answer.
      if (stopping().length > 0) interrupter.interrupt(pursuit);
      if (targets.some(({ compiling }) => compiling !== null)) compiler.interrupt();
      input.cancel();
    },
    record(record) {
      const cell = known.get(record.cell);
      if (record.kind === "payload") return void cell?.payload.set(record.payload.source, record.payload);
      if (record.kind === "stream") return output.text(record.cell, record.name, record.text);
      if (record.kind === "foreign") return foreign(cell?.id ?? [...running].at(-1)?.id ?? lastCell, record);
      output.flush();
      if (record.kind === "done") return cell?.end?.(record.error);
      if (record.kind === "forgotten") return forget(record.cell);
      publish({ session, comms, input }, record, cell);
    },
    flush: output.flush,
  };
}

/** Publishes what is neither text nor an end. */
function publish(
  { session, comms, input }: Pick<CellParts, "session" | "comms" | "input">,
  record: Exclude<OutputRecord, { kind: "stream" | "foreign" | "payload" | "done" | "forgotten" }>,
  cell: Cell | undefined,
): void {
  const parent = cell?.request.parent ?? null;
  const quiet = cell?.request.quiet === true;
  if (record.kind === "input") {
    const { prompt, password } = record;
    const asked = cell?.request.allowStdin === true ? parent : null;
    input.ask({ cell: record.cell, question: record.question, parent: asked, content: { prompt, password } });
  } else if (record.kind === "comm") {
    comms.fromMain(record, parent);
  } else if (record.kind === "clear_output") {
    if (!quiet) session.publish("clear_output", { wait: record.wait }, parent);
  } else {
    const { kind, data, metadata, display_id } = record;
    if (kind === "result" && cell !== undefined) cell.result = { data, metadata };
    if (quiet) return;
    const shown = { data, metadata, transient: display_id === undefined ? {} : { display_id } };
    const execution_count = cell?.request.executionCount ?? 0;
    if (kind === "result") session.publish("execute_result", { execution_count, ...shown }, parent);
    else session.publish(kind === "display" ? "display_data" : "update_display_data", shown, parent);
  }
}
