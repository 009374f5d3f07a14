/** What the user wrote in each cell and local file, and the way back to it from the code that ran. */

import { SourceMap, type SourceMapPayload } from "node:module";
import vm from "node:vm";
import { parseJson } from "../originals.ts";
import type { Emitted } from "../threads.ts";

/** One version of a cell or a local file: an older one may still have functions that are called. */
export interface Source {
  /** A cell's name or a path. */
  readonly file: string;
  /** What the user wrote. */
  readonly text: string;
  readonly emitted: Emitted;
}

/** Counted from 1. */
export interface Place {
  readonly line: number;
  /** Undefined where only the line is known. */
  readonly column: number | undefined;
}

/**
 * By the names that the scripts of all versions have in stacks; kept as they came, for most cells never fail. A source is
 * held by the code that runs it (`compileWithSource`) and, for errors that are looked at late, while it is one of the newest.
 */
const sources = new Map<string, WeakRef<Source>>();
const versions = new Map<string, { newest: number; living: number }>();
const newestSources: (Source | undefined)[] = [];
const mostNewest = 500;
let remembered = 0;

const collected = new FinalizationRegistry<{ file: string; script: string }>(({ file, script }) => {
  sources.delete(script);
  const version = versions.get(file);
  if (version && --version.living === 0) versions.delete(file);
});

/** Remembers a cell (by its name) or a local file (by its path); gives the name under which its code must run. */
export function rememberSource(file: string, text: string, emitted: Emitted): string {
  const version = versions.get(file);
  const last = scriptName(file, version?.newest ?? 0);
  const known = sourceOf(last);
  if (known?.text === text && known.emitted.code === emitted.code) return last;
  const now = { newest: version ? version.newest + 1 : 0, living: (version?.living ?? 0) + 1 };
  const script = scriptName(file, now.newest);
  const source: Source = { file, text, emitted };
  versions.set(file, now);
  sources.set(script, new WeakRef(source));
  collected.register(source, { file, script });
  newestSources[remembered++ % mostNewest] = source;
  return script;
}

const scriptName = (file: string, version: number): string =>
  version === 0 ? file : `${file}?v=${version + 1}`;

/** The source of the script of that name. */
export const sourceOf = (script: string): Source | undefined => sources.get(script)?.deref();

/** The statements that write the locals of a script's hot loops back to the store; none for a script that has none. */
export function writeBackOf(script: string): string {
  const code = sourceOf(script)?.emitted.code ?? "";
  const last = code.slice(code.lastIndexOf("\n") + 1);
  const [before, after] = ["}finally{", "}})"];
  return last.startsWith(before) ? last.slice(before.length, -after.length) : "";
}

/** The newest source of a cell or local file. */
export const newestSource = (file: string): Source | undefined =>
  sourceOf(scriptName(file, versions.get(file)?.newest ?? 0));

/**
 * Compiles code whose functions, whichever of them live on, hold its source: they are made inside a function that has it
 * in its context. What this puts before the code takes no column.
 */
export function compileWithSource(script: string, code: string): unknown {
  const before = "($jacobiSource, $jacobiHolder = () => $jacobiSource) => ";
  const made = new vm.Script(before + code, { filename: script, columnOffset: -before.length });
  return (made.runInThisContext() as (source: Source | undefined) => unknown)(sourceOf(script));
}

/** The scripts whose source is wanted. */
export const scriptsWhere = (fits: (source: Source) => boolean): readonly string[] =>
  [...sources.keys()].filter((script) => {
    const source = sourceOf(script);
    return source !== undefined && fits(source);
  });

const lineBreak = /\r\n|[\n\r\u2028\u2029]/g;

/** The lines of a text, as JavaScript counts them. */
export const linesOf = (text: string): readonly string[] => text.split(lineBreak);

/** Places that were asked for: an error in a loop asks for the same ones again and again. */
const found = new WeakMap<Source, Map<string, Place | null>>();

/** The place in what the user wrote of a place in the code that ran; null in what emission has put around it. */
export function placeIn(source: Source, line: number, column: number): Place | null {
  const known = found.get(source) ?? new Map<string, Place | null>();
  found.set(source, known);
  const key = `${line}:${column}`;
  const place = known.get(key);
  if (place !== undefined) return place;
  const computed = compute(source, line, column);
  known.set(key, computed);
  return computed;
}

/** Whether a place in the code stands before all that the user wrote. */
export function isHead(source: Source, line: number, column: number): boolean {
  const from = beforeTransforms(source.emitted, line, column);
  const [first = 0] = source.emitted.places ?? [];
  return from !== undefined && startOf(from.text, from.line) + from.column - 1 < first;
}

const beforeTransforms = (
  { code, sourceMap }: Emitted,
  line: number,
  column: number,
): TextPlace | undefined =>
  sourceMap === undefined ? { text: code, line, column } : beforeTransform(sourceMap, line, column);

function compute(source: Source, line: number, column: number): Place | null {
  const { code, places } = source.emitted;
  if (code === source.text) return { line, column };
  const from = beforeTransforms(source.emitted, line, column);
  if (from === undefined) return null;
  if (places === undefined) return { line: from.line, column: undefined };
  const offset = originOf(places, startOf(from.text, from.line) + from.column - 1, from.text);
  return offset > source.text.length ? null : placeAt(source.text, offset);
}

interface TextPlace {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

/** Those that were read last. */
const maps = new Map<string, SourceMap>();

/** The place in what TypeScript's transforms were given. */
function beforeTransform(sourceMap: string, line: number, column: number): TextPlace | undefined {
  const map = maps.get(sourceMap) ?? new SourceMap(parseJson(sourceMap) as SourceMapPayload);
  if (maps.size > 8) maps.clear();
  maps.set(sourceMap, map);
  const entry = map.findEntry(line - 1, column - 1);
  if (!("originalLine" in entry)) return undefined;
  const text = (map.payload as { sourcesContent?: readonly string[] }).sourcesContent?.[0] ?? "";
  return { text, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

/** The offset in the source of an offset in the emitted text. */
function originOf(places: readonly number[], offset: number, emitted: string): number {
  let [low, high] = [0, places.length / 2];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (places[2 * middle]! <= offset) low = middle;
    else high = middle;
  }
  const [start = 0, origin = 0] = places.slice(2 * low, 2 * low + 2);
  if (origin < 0) return ~origin;
  // A call of `(0, $5.f)` stands, for V8, at its parenthesis; that of `f` stood at the name.
  const before = places[2 * low - 1] ?? 0;
  const isCall = before < 0 && emitted[offset] === "(" && emitted.slice(start, offset).trim() === "";
  return isCall ? ~before : origin + Math.max(0, offset - start);
}

function placeAt(text: string, offset: number): Place {
  const before = linesOf(text.slice(0, offset));
  return { line: before.length, column: before.at(-1)!.length + 1 };
}

/** The offset at which a line starts, counted from 1; the text's end when it has fewer. */
function startOf(text: string, line: number): number {
  if (line <= 1) return 0;
  let left = line - 1;
  for (const { index, 0: found } of text.matchAll(lineBreak)) if (--left === 0) return index + found.length;
  return text.length + 1;
}
