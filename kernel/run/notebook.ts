/** Notebook files: read and checked, written byte for byte as nbformat 5 writes them. */
import { readFileSync, writeFileSync } from "node:fs";
import { isObject } from "../protocol/requests.ts";
import { RunError } from "./connection.ts";

export type Fields = Record<string, unknown>;

/** https://nbformat.readthedocs.io/en/latest/format_description.html */
export interface Cell extends Fields {
  cell_type: string;
  /** Whole, though files hold it in lines. */
  source: string;
  metadata: Fields;
  outputs?: Fields[];
  execution_count?: number | null;
}
export interface Notebook extends Fields {
  cells: Cell[];
  metadata: Fields;
  nbformat: number;
  nbformat_minor: number;
}

/** The notebook in `file`; throws a RunError when there is none or when it is no notebook. */
export function readNotebook(file: string): Notebook {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new RunError(reason(error));
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RunError("not a notebook: it is not JSON");
  }
  return checkNotebook(value);
}

/** Writes the notebook; throws a RunError when the file cannot be written. */
export function writeNotebook(file: string, notebook: Notebook): void {
  try {
    writeFileSync(file, formatNotebook(notebook));
  } catch (error) {
    throw new RunError(`${file}: cannot be written: ${reason(error)}`);
  }
}

/** As nbformat writes: keys sorted, one space a level, texts in lines, a newline at the end. */
export function formatNotebook(notebook: Notebook): string {
  const { orig_nbformat, orig_nbformat_minor, signature, ...metadata } = notebook.metadata;
  const cells = notebook.cells.map(splitCell);
  return `${JSON.stringify(sortKeys({ ...notebook, metadata, cells }), null, 1)}\n`;
}

function checkNotebook(value: unknown): Notebook {
  if (!isObject(value)) throw new RunError("not a notebook: it is not a JSON object");
  const { nbformat, nbformat_minor = 0, metadata, cells } = value as Fields;
  if (nbformat !== 4) {
    const given = nbformat === undefined ? "no nbformat" : `nbformat ${nbformat}`;
    throw new RunError(`not a notebook that runs here: ${given}: nbformat 4 was expected`);
  }
  if (!isObject(metadata) || !Array.isArray(cells))
    throw new RunError("not a notebook: it has no metadata or no cells");
  const read = cells.map((cell, i) => checkCell(cell, `cell ${i + 1}`));
  return { ...(value as Fields), nbformat, nbformat_minor, metadata, cells: read } as Notebook;
}

function checkCell(value: unknown, what: string): Cell {
  if (!isObject(value)) throw new RunError(`${what}: not a JSON object`);
  const cell = value as Fields;
  if (typeof cell.cell_type !== "string") throw new RunError(`${what}: no cell_type`);
  const source = joined(cell.source);
  if (typeof source !== "string") throw new RunError(`${what}: its source is no text`);
  const { trusted, ...metadata } = isObject(cell.metadata) ? (cell.metadata as Fields) : {};
  return { ...cell, cell_type: cell.cell_type, source, metadata } as Cell;
}

function joined(text: unknown): unknown {
  return Array.isArray(text) && text.every((line) => typeof line === "string") ? text.join("") : text;
}

function splitCell(cell: Cell): Fields {
  const out: Fields = { ...cell, source: lines(cell.source) };
  if (isObject(cell.attachments)) out.attachments = mapValues(cell.attachments as Fields, splitBundle);
  if (cell.cell_type === "code") out.outputs = (cell.outputs ?? []).map(splitOutput);
  return out;
}

function splitOutput(output: Fields): Fields {
  if (output.output_type === "stream") return { ...output, text: lines(output.text) };
  return isObject(output.data) ? { ...output, data: splitBundle(output.data) } : output;
}

function splitBundle(bundle: unknown): unknown {
  if (!isObject(bundle)) return bundle;
  return mapValues(bundle as Fields, (value, mime) =>
    mime.startsWith("text/") || mime === "application/javascript" || mime === "image/svg+xml"
      ? lines(value)
      : value,
  );
}

/** Python ends lines at these too, besides `\r\n`. */
const ends = "\\n\\r\\v\\f\\x1c-\\x1e\\x85\\u2028\\u2029";
const line = new RegExp(`[^${ends}]*(?:\\r\\n|[${ends}])|.+$`, "gsu");

/** The lines of a text with their ends, where Python's `str.splitlines` ends them; anything else as it is. */
export function lines(text: unknown): unknown {
  return typeof text === "string" ? (text.match(line) ?? []) : text;
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isObject(value)) return value;
  const sorted: Fields = Object.create(null);
  for (const key of Object.keys(value).sort(byCodePoint)) sorted[key] = sortKeys((value as Fields)[key]);
  return sorted;
}

function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function mapValues(value: Fields, map: (value: unknown, key: string) => unknown): Fields {
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, map(each, key)]));
}

/** A file error in words. */
function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code;
  const words: Record<string, string> = {
    ENOENT: "no such file or folder",
    EACCES: "permission denied",
    EISDIR: "it is a folder",
    EROFS: "read-only file system",
    ENOSPC: "no space left",
  };
  return words[code ?? ""] ?? String(error);
}
