/** Arrays of flat records as an HTML table, cut at sizes a page can bear. */
import { escapeHtml, formatText } from "./format.ts";

const mostRows = 60;
const mostColumns = 20;
const longestCell = 200;

/** `{ "text/html" }` for an array of plain objects whose values are primitive; null for anything else. */
export function tableOf(value: object): Record<string, string> | null {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isFlat)) return null;
  const columns = columnsOf(value);
  return columns.length === 0 ? null : { "text/html": html(value, columns) };
}

type FlatRecord = Readonly<Record<string, unknown>>;

function isFlat(row: unknown): row is FlatRecord {
  if (typeof row !== "object" || row === null) return false;
  const prototype: unknown = Object.getPrototypeOf(row);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) return false;
  return Object.values(row).every(isPrimitive);
}

function isPrimitive(cell: unknown): boolean {
  return cell === null || (typeof cell !== "object" && typeof cell !== "function") || cell instanceof Date;
}

/** Every key of any row, in the order first met. */
function columnsOf(rows: readonly FlatRecord[]): string[] {
  const columns = new Set<string>();
  for (const row of rows) for (const name of Object.keys(row)) columns.add(name);
  return [...columns];
}

function html(rows: readonly FlatRecord[], columns: readonly string[]): string {
  const shown = columns.slice(0, mostColumns);
  const more = columns.length > shown.length ? "<th>…</th>" : "";
  const head = `<tr><th></th>${shown.map((name) => `<th>${cellText(name)}</th>`).join("")}${more}</tr>`;
  const line = (row: FlatRecord, index: number): string => {
    const cells = shown.map((name) => `<td>${cellText(row[name])}</td>`).join("");
    return `<tr><th>${index}</th>${cells}${more && "<td>…</td>"}</tr>`;
  };
  const gap = `<tr><th>⋮</th>${shown.map(() => "<td>⋮</td>").join("")}${more && "<td>…</td>"}</tr>`;
  const isCut = rows.length > mostRows || more !== "";
  const size = isCut ? `<p>${rows.length} rows × ${columns.length} columns</p>` : "";
  return `<table class="dataframe"><thead>${head}</thead><tbody>${body(rows, line, gap)}</tbody></table>${size}`;
}

/** All rows, or the first and the last ones around a gap. */
function body(
  rows: readonly FlatRecord[],
  line: (row: FlatRecord, index: number) => string,
  gap: string,
): string {
  if (rows.length <= mostRows) return rows.map(line).join("");
  const half = mostRows / 2;
  const last = rows.length - half;
  const first = rows.slice(0, half).map(line);
  return [...first, gap, ...rows.slice(last).map((row, at) => line(row, last + at))].join("");
}

function cellText(cell: unknown): string {
  const text = typeof cell === "string" ? cell : cell === undefined ? "" : formatText(cell);
  return escapeHtml(text.length > longestCell ? `${text.slice(0, longestCell)}…` : text);
}
