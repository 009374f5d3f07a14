/** Arrays of records as an HTML table, cut at sizes a page can bear. */

import { types } from "node:util";
import { toJson } from "../originals.ts";
import { escapeHtml, formatLine } from "./format.ts";

const mostRows = 60;
const half = mostRows / 2;
const mostRead = 10_000;
const mostColumns = 20;
const longestCell = 80;

/** `{ "text/html" }` for an array of plain objects that hold more than nested values; null for anything else. */
export function tableOf(value: object): Record<string, string> | null {
  if (!isTabular(value)) return null;
  const columns = columnsOf(value);
  if (columns.length === 0) return null;
  const shown = columns.slice(0, mostColumns);
  const rows = rowsOf(value, shown);
  if (!rows.some(({ cells }) => cells.some(({ kind }) => kind === "number" || kind === "text"))) return null;
  const left = { rows: value.length - rows.length, columns: columns.length - shown.length };
  const size = `${value.length} rows × ${columns.length} columns`;
  return { "text/html": html(shown, rows, left, size) };
}

type Fields = Readonly<Record<string, unknown>>;

function isTabular(value: unknown): value is readonly Fields[] {
  if (!Array.isArray(value) || value.length === 0) return false;
  return readAt(value).every((index) => isRecord(value[index]));
}

/** Every key of any row, in the order first met. */
function columnsOf(rows: readonly Fields[]): string[] {
  const columns = new Set<string>();
  for (const index of readAt(rows)) for (const name in rows[index]) columns.add(name);
  return [...columns];
}

/** Where a table is read for its columns: all the rows, or the first of them and the last that are shown. */
function readAt({ length }: readonly unknown[]): number[] {
  const read = Math.min(length, mostRead);
  return Array.from({ length: read }, (_, at) => (at < read - half ? at : length - read + at));
}

/** A plain object, of another realm too; a class's instance says more by its text. */
function isRecord(row: unknown): row is Fields {
  if (typeof row !== "object" || row === null || types.isProxy(row)) return false;
  const prototype = Object.getPrototypeOf(row) as object | null;
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, "isPrototypeOf");
}

interface Cell {
  readonly text: string;
  readonly kind: "number" | "text" | "nested" | "missing";
}

interface Row {
  readonly index: number;
  readonly cells: readonly Cell[];
}

/** The rows that are shown: all, or the first and the last. */
function rowsOf(records: readonly Fields[], columns: readonly string[]): Row[] {
  const skipped = Math.max(0, records.length - mostRows);
  return [...records.slice(0, mostRows).keys()].map((at) => {
    const index = at < half ? at : at + skipped;
    return { index, cells: columns.map((name) => cellOf(records[index]!, name)) };
  });
}

/** Getters are not called, as `util.inspect` does not call them. */
function cellOf(record: Fields, name: string): Cell {
  const property = Object.getOwnPropertyDescriptor(record, name);
  if (property === undefined) return { text: "", kind: "missing" };
  if (!("value" in property)) return { text: "[Getter]", kind: "nested" };
  const { value } = property;
  if (value === undefined) return { text: "", kind: "missing" };
  return { text: cellText(value), kind: kindOf(value) };
}

function kindOf(value: unknown): Cell["kind"] {
  if (typeof value === "number" || typeof value === "bigint") return "number";
  const isNested = typeof value === "function" || (typeof value === "object" && value !== null);
  return isNested && !types.isDate(value) ? "nested" : "text";
}

function cellText(value: unknown): string {
  const text = typeof value === "string" ? value : formatLine(value, longestCell);
  const short = text.length > longestCell ? `${text.slice(0, longestCell)}…` : text;
  return short.replace(/\p{Cc}/gu, (control) => toJson(control).slice(1, -1));
}

/** Without colours, for dark pages too. */
function html(
  columns: readonly string[],
  rows: readonly Row[],
  left: { readonly rows: number; readonly columns: number },
  size: string,
): string {
  const sides = columns.map((_, at) => sideOf(rows, at)).join("");
  const more = left.columns > 0 ? ["…"] : [];
  const head = line("th", "", [...columns.map(cellText), ...more]);
  const gap = line("td", "⋮", [...columns.map(() => "⋮"), ...more]);
  const body = rows.map(({ index, cells }) =>
    line("td", String(index), [...cells.map(({ text }) => text), ...more]),
  );
  if (left.rows > 0) body.splice(half, 0, gap);
  const table = `${caption(left, size)}<thead>${head}</thead><tbody>${body.join("")}</tbody>`;
  return `${styleOf(sides)}<table class="dataframe jacobi-${sides}">${table}</table>`;
}

function line(tag: "th" | "td", index: string, texts: readonly string[]): string {
  const cells = texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`);
  return `<tr><th>${index}</th>${cells.join("")}</tr>`;
}

function caption(left: { readonly rows: number; readonly columns: number }, size: string): string {
  const parts = [left.rows > 0 && `${left.rows} rows`, left.columns > 0 && `${left.columns} columns`];
  const out = parts.filter((part) => part !== false).join(" and ");
  return out && `<caption style="caption-side:bottom;text-align:left">${size}, ${out} left out</caption>`;
}

/** A column stands as its first value does. */
function sideOf(rows: readonly Row[], at: number): "l" | "r" {
  const first = rows.find(({ cells }) => cells[at]?.kind !== "missing");
  return first?.cells[at]?.kind === "number" ? "r" : "l";
}

/** Clients differ in how cells stand by default. The class says how these do, so tables that share it agree. */
function styleOf(sides: string): string {
  const right = [...`r${sides}`].flatMap((side, at) => (side === "r" ? `:nth-child(${at + 1})` : []));
  // As specific as it must be to outdo the rules of JupyterLab.
  const cells = `table.dataframe.jacobi-${sides} :is(th,td)`;
  return `<style>${cells}{text-align:left}${cells}:is(${right.join()}){text-align:right}</style>`;
}
