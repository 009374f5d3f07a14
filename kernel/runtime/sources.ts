/** What the user wrote in each cell and local file, and the way back to it from the code that ran. */
import { SourceMap, type SourceMapPayload } from "node:module";
import type { Frame } from "./frames.ts";

interface Source {
  readonly lines: readonly string[];
  readonly emitted: readonly string[];
  readonly map: SourceMap | null;
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
  const map = sourceMap === undefined ? null : new SourceMap(JSON.parse(sourceMap) as SourceMapPayload);
  sources.set(file, { lines: source.split(/\r?\n/), emitted: code.split("\n"), map });
}

/** The lines of a cell or a local file; undefined for other code. */
export const sourceOf = (file: string): readonly string[] | undefined => sources.get(file)?.lines;

/** The frame's place in what the user wrote. */
export function toSource(frame: Frame): Place {
  const { file, line, column } = frame;
  const source = sources.get(file);
  if (source?.map) {
    const entry = source.map.findEntry(line - 1, column - 1);
    if ("originalLine" in entry)
      return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1, isExact: true };
  }
  const isExact = source === undefined || isUnmoved(source, line, column);
  return { file, line, column, isExact };
}

/** Whether the line up to the column is what the user wrote. */
function isUnmoved(source: Source, line: number, column: number): boolean {
  const [written, emitted] = [source.lines[line - 1], source.emitted[line - 1]];
  return (
    written !== undefined && emitted !== undefined && written.slice(0, column) === emitted.slice(0, column)
  );
}
