/** An error as Jupyter shows it: name, message, and a traceback in the lines the user wrote. */
import { inspect, stripVTControlCharacters } from "node:util";
import { cut, isError } from "../display/format.ts";
import type { ErrorContent } from "../threads.ts";
import { type Frame, framesOf } from "./frames.ts";
import { type Place, sourceOf, toSource } from "./sources.ts";

const red = (text: string): string => `\u001b[0;31m${text}\u001b[0m`;
const green = (text: string): string => `\u001b[0;32m${text}\u001b[0m`;
const cyan = (text: string): string => `\u001b[0;36m${text}\u001b[0m`;

const mostFrames = 12;
const mostCauses = 8;
const longestMessage = 20_000;

/** Never throws, whatever was thrown. */
export function toErrorContent(error: unknown): ErrorContent {
  const { ename, evalue } = headOf(error);
  return { ename, evalue, traceback: tracebackOf(error, new Set()) };
}

/** The error as plain text, for stderr. */
export function toErrorText(error: unknown): string {
  return stripVTControlCharacters(toErrorContent(error).traceback.join("\n"));
}

function headOf(error: unknown): { ename: string; evalue: string } {
  if (!isError(error))
    return { ename: "Error", evalue: `${cut(textOf(error), longestMessage)} was thrown, which is no Error` };
  const name = read(error, "name");
  const className = read(read(error, "constructor"), "name");
  const isOwn = typeof name === "string" && name !== "" && name !== "Error";
  const ename = isOwn ? name : typeof className === "string" && className !== "" ? className : "Error";
  return { ename, evalue: cut(String(read(error, "message") ?? ""), longestMessage) };
}

function tracebackOf(error: unknown, seen: Set<unknown>): string[] {
  seen.add(error);
  const { ename, evalue } = headOf(error);
  const head = evalue === "" ? red(ename) : `${red(ename)}: ${evalue}`;
  if (!isError(error)) return [head];
  return [head, ...detailsOf(error), ...placesOf(error), ...causesOf(error, seen)];
}

/** What else the error carries, such as Node's `code` and `path`. */
function detailsOf(error: Error): string[] {
  const shown = ["name", "message", "stack", "cause", "errors"];
  const own = Object.keys(error).filter((key) => !shown.includes(key));
  if (own.length === 0) return [];
  const details = Object.fromEntries(own.map((key) => [key, read(error, key)]));
  return [cut(textOf(details), 2_000)];
}

function causesOf(error: Error, seen: Set<unknown>): string[] {
  const lines: string[] = [];
  const add = (title: string, inner: unknown): void => {
    if (seen.has(inner) || seen.size >= mostCauses) return;
    const [first, ...rest] = tracebackOf(inner, seen);
    lines.push("", `${title}: ${first}`, ...rest);
  };
  const cause = read(error, "cause");
  if (cause !== undefined) add("Caused by", cause);
  const errors = read(error, "errors");
  if (Array.isArray(errors)) errors.forEach((inner, index) => void add(`Error ${index + 1}`, inner));
  return lines;
}

function placesOf(error: Error): string[] {
  const frames = framesOf(String(read(error, "stack") ?? ""));
  const lines: string[] = [];
  let isFirst = true;
  for (const frame of frames.slice(0, mostFrames)) {
    const excerpt = excerptOf(frame, isFirst ? 2 : 0);
    lines.push(titleOf(frame), ...excerpt);
    if (excerpt.length > 0) isFirst = false;
  }
  if (frames.length > mostFrames) lines.push(`… ${frames.length - mostFrames} more`);
  return lines;
}

function titleOf(frame: Frame): string {
  const { file, line, column, isExact } = toSource(frame);
  const where = `${green(file)}:${line}${isExact ? `:${column}` : ""}`;
  return frame.name === "" ? `at ${where}` : `at ${cyan(frame.name)} (${where})`;
}

/** The frame's line marked, with `around` lines on each side; nothing when the text is not the user's own. */
function excerptOf(frame: Frame, around: number): string[] {
  const lines = sourceOf(frame.file);
  const place = toSource(frame);
  if (lines === undefined || place.line > lines.length) return [];
  const first = Math.max(1, place.line - around);
  const last = Math.min(lines.length, place.line + around);
  const width = String(last).length;
  const excerpt: string[] = [];
  for (let line = first; line <= last; line++) {
    const text = cut(lines[line - 1] ?? "", 300);
    const number = String(line).padStart(width);
    excerpt.push(line === place.line ? `${red("→")} ${number} │ ${text}` : `  ${number} │ ${text}`);
    if (line === place.line && place.isExact) excerpt.push(caretUnder(text, place, width));
  }
  return excerpt;
}

/** A caret under the column, keeping the line's tabs so that it stands where the eye expects it. */
function caretUnder(text: string, place: Place, width: number): string {
  const lead = text.slice(0, place.column - 1).replace(/[^\t]/g, " ");
  return `  ${" ".repeat(width)} │ ${lead}${red("^")}`;
}

function read(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  try {
    return inspect(value, { depth: 1, breakLength: 100 });
  } catch {
    return "a value";
  }
}
