/** What a cell stores of the messages that its run publishes, by the rules of nbclient 0.11's `process_message`. */
import type { Message } from "../protocol/messages.ts";
import type { Cell, Fields, Notebook } from "./notebook.ts";

/** Takes the published messages of a notebook's cells. */
export class Outputs {
  readonly #notebook: Notebook;
  /** display_id → cell → places among its outputs. */
  readonly #displays = new Map<string, Map<number, number[]>>();
  #clearBeforeNext = false;

  constructor(notebook: Notebook) {
    this.#notebook = notebook;
  }

  /** A cell begins: its earlier outputs go. */
  begin(index: number): void {
    const cell = this.#cell(index);
    cell.outputs = [];
    cell.metadata = { ...cell.metadata, execution: {} };
    this.#clearBeforeNext = false;
  }

  /** Stores one message of cell `index`. */
  take(index: number, { header, content }: Message): void {
    const cell = this.#cell(index);
    const type = header.msg_type;
    const id = (content.transient as Fields | null | undefined)?.display_id;
    const shown = ["execute_result", "display_data", "update_display_data"].includes(type);
    if (typeof id === "string" && id !== "" && shown) this.#update(id, content);
    if ("execution_count" in content) cell.execution_count = content.execution_count as number;
    if (type === "clear_output") {
      if (content.wait) this.#clearBeforeNext = true;
      else this.#clear(index);
      return;
    }
    const output = outputOf(type, content);
    if (!output) return;
    if (this.#clearBeforeNext) this.#clear(index);
    this.#clearBeforeNext = false;
    const outputs = this.#outputs(index);
    if (typeof id === "string" && id !== "") this.#places(id, index).push(outputs.length);
    outputs.push(output);
  }

  /** Notes when something of the run happened, as nbclient's `record_timing` does. */
  time(index: number, what: string, { header }: Message): void {
    const execution = this.#cell(index).metadata.execution as Fields;
    execution[what] = timestamp(header.date);
  }

  #cell(index: number): Cell {
    return this.#notebook.cells[index] as Cell;
  }

  #outputs(index: number): Fields[] {
    const cell = this.#cell(index);
    cell.outputs ??= [];
    return cell.outputs;
  }

  #places(id: string, index: number): number[] {
    const cells = this.#displays.get(id) ?? new Map<number, number[]>();
    this.#displays.set(id, cells);
    const places = cells.get(index) ?? [];
    cells.set(index, places);
    return places;
  }

  #update(id: string, content: Message["content"]): void {
    for (const [index, places] of this.#displays.get(id) ?? []) {
      for (const place of places) {
        const output = this.#outputs(index)[place];
        if (output) Object.assign(output, { data: content.data, metadata: content.metadata });
      }
    }
  }

  #clear(index: number): void {
    this.#cell(index).outputs = [];
    for (const cells of this.#displays.values()) cells.delete(index);
  }
}

/** The output that a message is, or nothing. */
function outputOf(output_type: string, content: Message["content"]): Fields | undefined {
  const { data, metadata, execution_count, name, text, ename, evalue, traceback } = content;
  if (output_type === "stream") return { output_type, name, text };
  if (output_type === "display_data") return { output_type, data, metadata };
  if (output_type === "execute_result") return { output_type, data, metadata, execution_count };
  if (output_type === "error") return { output_type, ename, evalue, traceback };
  return undefined;
}

/** The date as Python's `isoformat` has it: six digits of a second, or none for a whole one. */
function timestamp(date: string): string {
  const parts = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,6})\d*)?(?:Z|\+00:00)$/.exec(date);
  if (!parts) return date;
  const digits = (parts[2] ?? "").padEnd(6, "0");
  return `${parts[1]}${digits === "000000" ? "" : `.${digits}`}Z`;
}
