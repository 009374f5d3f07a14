/** A stack's text as frames, without those of Node and of the kernel itself. */
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface Frame {
  /** The function's name, "" when it has none. */
  readonly name: string;
  /** A cell's name or a path. */
  readonly file: string;
  /** From 1, in the code that ran. */
  readonly line: number;
  readonly column: number;
}

/** `dist/`, or the sources when they run as they are. */
const ownFolder = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const isOwn = (file: string): boolean =>
  file.startsWith(join(ownFolder, "kernel")) || file.startsWith(join(ownFolder, "tensor"));

/** The user's frames, innermost first; where there are none, the error is our own, and our frames tell of it. */
export function framesOf(stack: string): Frame[] {
  const frames: Frame[] = [];
  for (const line of [...syntaxErrorPlace(stack), ...stack.split("\n")]) {
    const frame = frameOf(line);
    if (frame !== null && !frame.file.startsWith("node:")) frames.push(frame);
  }
  const users = frames.filter(({ file }) => !isOwn(file));
  return users.length > 0 || stack.startsWith("KeyboardInterrupt") ? users : frames.slice(0, mostOwn);
}

const mostOwn = 3;

/** `at NAME (FILE:LINE:COLUMN)` and `at FILE:LINE:COLUMN`. */
const named = /^ {4}at (.+?) \((.+):(\d+):(\d+)\)$/;
const bare = /^ {4}at (?:async )?()(.+):(\d+):(\d+)$/;

function frameOf(line: string): Frame | null {
  const found = named.exec(line) ?? bare.exec(line);
  if (!found || found[2]!.startsWith("eval at ")) return null;
  const [, name = "", file = "", at, column] = found;
  return { name: nameOf(name), file: pathOf(file), line: Number(at), column: Number(column) };
}

/** `async f`, `Object.f [as g]`, `new C`: what the user would call it. */
function nameOf(text: string): string {
  return text
    .replace(/^async /, "")
    .replace(/^Object\./, "")
    .replace(/ \[as .*\]$/, "")
    .replace("<anonymous>", "");
}

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
  const found = /^(.+):(\d+)\n(.*)\n( *)\^+\s*\nSyntaxError/.exec(stack);
  return found ? [`    at ${found[1]}:${found[2]}:${found[4]!.length + 1}`] : [];
}
