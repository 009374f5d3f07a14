/** A few lines of what the user wrote, with the place of a frame marked. */
import { readFileSync, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { cut } from "../display/format.ts";
import { type Frame, isOwn } from "./frames.ts";
import { linesOf } from "./sources.ts";

const red = (text: string): string => `\u001b[0;31m${text}\u001b[0m`;

const longestLine = 300;
const largestFile = 1 << 20;

/** The frame's line marked, with `around` lines on each side; nothing when the text is not the user's own. */
export function excerptOf(frame: Frame, around: number): readonly string[] {
  const lines = textLines(frame);
  if (lines === undefined || frame.line > lines.length) return [];
  const first = Math.max(1, frame.line - around);
  const last = Math.min(lines.length, frame.line + around);
  const width = String(last).length;
  return Array.from({ length: last - first + 1 }, (_, index) => first + index).flatMap((line) => {
    const text = lines[line - 1] ?? "";
    const number = String(line).padStart(width);
    if (line !== frame.line) return [`  ${number} │ ${cut(text, longestLine)}`];
    return markedLine(`${red("→")} ${number} │ `, `  ${" ".repeat(width)} │ `, text, frame.column);
  });
}

/** The line and a caret under its column; of a long line, what stands around the column. */
function markedLine(lead: string, below: string, text: string, column: number | undefined): string[] {
  if (column === undefined) return [lead + cut(text, longestLine)];
  const start = column > longestLine ? column - 1 - longestLine / 2 : 0;
  const shown = text.slice(start, start + longestLine);
  const [before, after] = [start > 0 ? "… " : "", start + longestLine < text.length ? " …" : ""];
  // Tabs stay, so that the caret stands where the eye expects it.
  const space = (before + text.slice(start, column - 1)).replace(/[^\t]/g, " ");
  return [`${lead}${before}${shown}${after}`, `${below}${space}${red("^")}`];
}

/** Of a cell or local file the version that ran; of a JavaScript file of the user's what it says now. */
function textLines({ source, file }: Frame): readonly string[] | undefined {
  if (source !== undefined) return linesOf(source.text);
  if (isOwn(file) || !isAbsolute(file) || file.includes("/node_modules/") || !/\.[cm]?jsx?$/.test(file))
    return undefined;
  const found = statSync(file, { throwIfNoEntry: false });
  return found?.isFile() && found.size <= largestFile ? linesOf(readFileSync(file, "utf8")) : undefined;
}
