/** What the user wrote in each cell and local file, and the way back to it from the code that ran. */
import { SourceMap, type SourceMapPayload } from "node:module";
import type { Frame } from "./frames.ts";

/** Kept as it came: most cells fail never. */
interface Source {
  readonly source: string;
  readonly code: string;
  readonly sourceMap: string | undefined;
}

const sources = new Map<string, Source>();

/** A place in what the user wrote, counted from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Whether the column is the user's: emission keeps lines, but may move what stands in them. */
  readonly isExact: boolean;
}

/** Remembers a cell (by its name) or a local file (by its path) under the name that stacks give it. */
export function rememberSource(file: string, source: string, code: string, sourceMap?: string): void {
  sources.set(file, { source, code, sourceMap });
}

const linesOf = (text: string): string[] => text.split(/\r?\n/);

/** The lines of a cell or a local file; undefined for other code. */
export function sourceOf(file: string): readonly string[] | undefined {
  const found = sources.get(file);
  return found && linesOf(found.source);
}

/** The frame's place in what the user wrote. */
export function toSource(frame: Frame): Place {
  const { file, line, column } = frame;
  const source = sources.get(file);
  if (source === undefined) return { file, line, column, isExact: true };
  const emitted = linesOf(source.code)[line - 1] ?? "";
  const found = mapped(source, line, column);
  const written = linesOf(source.source)[found.line - 1] ?? "";
  const isSameLine = found.line === line && written.slice(0, column) === emitted.slice(0, column);
  if (isSameLine) return { file, line, column, isExact: true };
  const only = onlyPlace(written, wordAt(emitted, column));
  return { file, line: found.line, column: only ?? 1, isExact: only !== null };
}

/** What the source map says: the line is right, the column only near. */
function mapped({ sourceMap }: Source, line: number, column: number): { line: number } {
  const map = sourceMap === undefined ? null : new SourceMap(JSON.parse(sourceMap) as SourceMapPayload);
  const entry = map?.findEntry(line - 1, column - 1);
  return { line: entry && "originalLine" in entry ? entry.originalLine + 1 : line };
}

const wordAt = (text: string, column: number): string =>
  /^[\p{ID_Continue}$]+/u.exec(text.slice(column - 1))?.[0] ?? "";

/** Emission moves what stands in a line; a word that the line has only once is found again all the same. */
function onlyPlace(line: string, word: string): number | null {
  if (word === "") return null;
  const places = [...line.matchAll(/[\p{ID_Continue}$]+/gu)].filter(([found]) => found === word);
  return places.length === 1 ? places[0]!.index + 1 : null;
}
