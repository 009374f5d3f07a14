/** The user's frames of a stack, in the lines they wrote: those of Node and of the kernel itself are left out. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { newestSource, placeIn, type Source, sourceOf } from "./sources.ts";

/** One call on the way to an error. */
export interface Frame {
  /** The function's name, "" when it has none. */
  readonly name: string;
  /** A cell's name or a path. */
  readonly file: string;
  /** From 1, in what the user wrote. */
  readonly line: number;
  /** From 1; undefined where only the line is known. */
  readonly column: number | undefined;
  /** Of a cell or local file, the version that ran. */
  readonly source?: Source;
}

/** `dist/`, or the sources when they run as they are. */
const ownFolder = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const ownFolders = [join(ownFolder, "kernel"), join(ownFolder, "tensor")];

/** Whose code a file is; `nobody` for built-in functions, whose file has no name. */
type Owner = "user" | "own" | "node" | "nobody";

/** Whether a file is the kernel's or the tensor library's. */
export const isOwn = (file: string): boolean => ownerOf(file) === "own";

function ownerOf(file: string | null): Owner {
  if (file === null || file === "" || file === "<anonymous>") return "nobody";
  if (file.startsWith("node:")) return "node";
  const path = pathOf(file);
  return ownFolders.some((folder) => path.startsWith(folder)) ? "own" : "user";
}

/** How many of the kernel's own frames tell of an error that has no other. */
const mostOwn = 3;

/** What remains of the frames of a stack, innermost first; built-in functions stay where a user's frame called them. */
export function usersAmong<T>(frames: readonly T[], fileOf: (frame: T) => string | null): readonly T[] {
  const kept: T[] = [];
  let caller: Owner = "node";
  for (const frame of frames.toReversed()) {
    const owner = ownerOf(fileOf(frame));
    if (owner !== "nobody") caller = owner;
    if (caller === "user") kept.push(frame);
  }
  if (kept.length > 0) return kept.reverse();
  // What Node itself has thrown, as a failed fetch, came to us only because somebody awaited it.
  const thrower = frames.map((frame) => ownerOf(fileOf(frame))).find((owner) => owner !== "nobody");
  if (thrower !== "own") return [];
  return frames.filter((frame) => ownerOf(fileOf(frame)) === "own").slice(0, mostOwn);
}

/** The frame of a call; undefined for built-in functions and `eval`, null in what emission has put into a cell. */
export function frameOfSite(site: NodeJS.CallSite): Frame | undefined | null {
  const script = site.getFileName();
  const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
  if (typeof script !== "string" || line === null || column === null) return undefined;
  return frameAt(nameIn(String(site)), script, line, column);
}

function frameAt(name: string, script: string, line: number, column: number): Frame | null {
  const source = sourceOf(script);
  if (source === undefined) return { name, file: pathOf(script), line, column };
  const place = placeIn(source, line, column);
  return place && { name, file: source.file, source, ...place };
}

/** The frames that the text of a stack names, however it came to be. */
export function framesOfText(stack: string): readonly Frame[] {
  const lines = [...syntaxErrorPlace(stack), ...stack.split("\n")];
  const found = lines.map(partsOf).filter((parts) => parts !== null);
  // Only a stack that we have not seen has frames of ours, and the code's own positions.
  const isRaw = found.some(({ file }) => ownerOf(file) !== "user");
  return usersAmong(found, ({ file }) => file).flatMap(({ name, file, line, column }) => {
    if (isRaw && column !== undefined) return frameAt(name, file, line, column) ?? [];
    const source = sourceOf(file) ?? newestSource(file);
    return { name, file: source?.file ?? pathOf(file), line, column, ...(source && { source }) };
  });
}

/** `at NAME (FILE:LINE:COLUMN)` and `at FILE:LINE:COLUMN`; the column may be missing. */
const named = /^ {4}at (.+?) \((.+?):(\d+)(?::(\d+))?\)$/;
const bare = /^ {4}at (?:async )?()(.+?):(\d+)(?::(\d+))?$/;

function partsOf(text: string): Frame | null {
  const found = named.exec(text) ?? bare.exec(text);
  if (!found || found[2]!.startsWith("eval at ")) return null;
  const [, , file = "", line, column] = found;
  const at = { line: Number(line), column: column === undefined ? undefined : Number(column) };
  return { name: nameIn(text.trim().slice("at ".length)), file: pathOf(file), ...at };
}

/** `async f`, `Object.f [as g]`, `new C`: what the user would call the function of a frame's text. */
function nameIn(text: string): string {
  const name = /^(.+?) \(.*\)$/.exec(text)?.[1] ?? "";
  return name
    .replace(/^async /, "")
    .replace(/^(?:Object|Module)\.(?=.)/, "")
    .replace(/ \[as .*\]$/, "")
    .replace(/^(?:new |\S+\.)?<anonymous>/, "");
}

/** The path of what may be a URL, without the query that makes a module new. */
function pathOf(file: string): string {
  if (!file.startsWith("file://")) return file;
  try {
    return fileURLToPath(file.replace(/[?#].*$/, ""));
  } catch {
    return file;
  }
}

/** Code that does not parse names its place only in the first line: `In [3]:2`. */
function syntaxErrorPlace(stack: string): string[] {
  const found = /^(.+):(\d+)\n(.*)\n( *)\^+\s*\n+SyntaxError/.exec(stack);
  return found ? [`    at ${found[1]}:${found[2]}:${found[4]!.length + 1}`] : [];
}
