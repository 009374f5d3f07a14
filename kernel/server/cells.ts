/** Cells from source to end: compiled by one thread, run by another, what they show published under their request. */
import type { MessagePort } from "node:worker_threads";
import type { Message } from "../protocol/messages.ts";
import type { ErrorContent, MimeBundle, OutputRecord, Payload, ToMain } from "../threads.ts";
import { Signal } from "../threads.ts";
import type { Comms } from "./comms.ts";
import { CompilerStopped, type CompilerThread } from "./compiler.ts";
import { diagnosticsError, diagnosticsText, stoppedError } from "./diagnostics.ts";
import { createForeign } from "./foreign.ts";
import type { Input } from "./input.ts";
import type { Interrupter } from "./interrupt.ts";
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
  /** Runs one cell; the caller starts no other before this one has ended. */
  run(request: CellRequest): Promise<CellEnd>;
  /** The request whose cell runs now, or null. */
  running(): Message | null;
  interrupt(): void;
  /** A number under which what main does because of `parent` is published. */
  speaker(parent: Message): number;
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
}

interface Cell {
  readonly id: number;
  readonly request: Pick<CellRequest, "parent" | "executionCount" | "quiet" | "allowStdin">;
  result?: NonNullable<CellEnd["result"]>;
  readonly payload: Map<string, Payload>;
  interrupted: boolean;
  /** Set once main has been told to run it. */
  end: ((error?: ErrorContent) => void) | null;
}

/** Cells whose late output still finds its request. */
const REMEMBERED = 1000;

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
  const known = new Map<number, Cell>();
  let last = 0;
  let current: Cell | null = null;

  const output = createOutput((id, name, text) => {
    const request = known.get(id)?.request;
    if (request?.quiet !== true) session.publish("stream", { name, text }, request?.parent ?? null);
  });

  const foreign = createForeign(output.text);

  const register = (request: Cell["request"]): Cell => {
    const cell: Cell = { id: ++last, request, payload: new Map(), interrupted: false, end: null };
    known.set(cell.id, cell);
    for (const old of known.keys()) {
      if (known.size <= REMEMBERED) break;
      known.delete(old);
    }
    return cell;
  };

  /** Compiles and runs `cell`; resolves to its error, or to nothing. */
  const execute = async (cell: Cell, { source, name }: CellRequest): Promise<ErrorContent | undefined> => {
    const compiled = await compiler.call("compile", { source, name }).catch((error: Error) => error);
    if (cell.interrupted) return interruption;
    if (compiled instanceof CompilerStopped) return stoppedError(compiled.reason, name);
    if (compiled instanceof Error) return internalError(compiled);
    if (compiled.notes) output.text(cell.id, "stderr", diagnosticsText(compiled.notes));
    if (!compiled.ok) return diagnosticsError(compiled.diagnostics);
    Atomics.store(signals, Signal.interrupt, 0);
    return new Promise((resolve) => {
      cell.end = (error) => {
        cell.end = null;
        resolve(error);
      };
      const { ok: _, notes: __, ...code } = compiled;
      main.postMessage({ kind: "run", cell: cell.id, name, source, ...code } satisfies ToMain);
    });
  };

  const pursue = (cell: Cell): void =>
    interrupter.interrupt({
      cell: cell.id,
      ended: () => cell.end === null,
      abandon: () => cell.end?.(interruption),
      stuck: () =>
        output.text(
          cell.id,
          "stderr",
          "KeyboardInterrupt: this code cannot be stopped: restart the kernel to end it\n",
        ),
    });

  return {
    async run(request) {
      const cell = register(request);
      current = cell;
      try {
        const error = await execute(cell, request);
        const payload = [...cell.payload.values()];
        return { ...(error && { error }), ...(cell.result && { result: cell.result }), payload };
      } finally {
        current = null;
        input.cancel();
        output.flush();
      }
    },
    running: () => current?.request.parent ?? null,
    interrupt() {
      // An ended cell may have left a timer whose code loops; what main loads by itself has its time.
      if (current === null) return void interrupter.stopMain(LATE_PATIENCE, LATE_GRACE);
      current.interrupted = true;
      // The flag goes up first: main asks it why there is no answer.
      if (current.end !== null) pursue(current);
      else compiler.interrupt();
      input.cancel();
    },
    speaker: (parent) => register({ parent, executionCount: 0, quiet: false, allowStdin: false }).id,
    record(record) {
      const cell = known.get(record.cell);
      if (record.kind === "payload") return void cell?.payload.set(record.payload.source, record.payload);
      if (record.kind === "stream") return output.text(record.cell, record.name, record.text);
      if (record.kind === "foreign") return foreign(cell?.id ?? current?.id ?? last, record);
      output.flush();
      if (record.kind === "done") return cell?.end?.(record.error);
      publish({ session, comms, input }, record, cell);
    },
    flush: output.flush,
  };
}

/** Publishes what is neither text nor an end. */
function publish(
  { session, comms, input }: Pick<CellParts, "session" | "comms" | "input">,
  record: Exclude<OutputRecord, { kind: "stream" | "foreign" | "payload" | "done" }>,
  cell: Cell | undefined,
): void {
  const parent = cell?.request.parent ?? null;
  const quiet = cell?.request.quiet === true;
  if (record.kind === "input") {
    const { prompt, password } = record;
    input.ask(cell?.request.allowStdin === true ? parent : null, { prompt, password });
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
