/** The history's place on disk, which any number of kernels share without waiting for each other. */
import { randomBytes } from "node:crypto";
import { promises as fs } from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";
import type { Entry } from "./history.ts";
import type { Log } from "./log.ts";

export interface HistoryFile {
  /** This session's number: no other has it. It is taken when it is first needed. */
  session(): Promise<number>;
  /** What other sessions have written, oldest first. */
  others(): Promise<readonly Entry[]>;
  /** Writes an input, or the output of a line whose input was written before; some time later. */
  append(line: number, input: string | null, output: string | null): void;
  /** Writes what waits. */
  close(): Promise<void>;
}

/** Milliseconds that entries wait for more: a cell must not wait for a disk. */
const PATIENCE = 50;
/** Bytes above which the file becomes the older one, in place of the one before. */
const MOST = 4 << 20;
/** Characters of an input that is too long to be kept. */
const LONGEST = 1 << 18;
/** Bytes that each session appends to the file that numbers them. */
const TOKEN = 16;

/**
 * The folder that `JACOBI_HISTORY` names, or where the XDG specification has such files; null when it is `off` or when
 * there is none. https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function historyFolder(env: NodeJS.ProcessEnv): string | null {
  const { JACOBI_HISTORY: given, XDG_STATE_HOME: state, LOCALAPPDATA: local } = env;
  if (given) return isAbsolute(given) ? given : null;
  const base = [state, process.platform === "win32" ? local : undefined].find(
    (path) => path && isAbsolute(path),
  );
  const home = homedir();
  if (base) return join(base, "jacobi");
  return isAbsolute(home) ? join(home, ".local", "state", "jacobi") : null;
}

/**
 * A history in `folder`: lines of JSON, `[session, line, input, output]`, appended whole. Whatever goes wrong there is
 * logged once, and then nothing is written any more.
 */
export function openHistory(folder: string, log: Log): HistoryFile {
  const path = join(folder, "history.jsonl");
  const older = join(folder, "history.1.jsonl");
  let number: Promise<number> | null = null;
  let waiting: (readonly [line: number, input: string | null, output: string | null])[] = [];
  let timer: NodeJS.Timeout | null = null;
  let done: Promise<void> = Promise.resolve();
  let failed = false;

  const fail = (error: unknown): void => {
    if (!failed) log(`history: ${(error as Error).message}: it is kept in memory until the kernel ends`);
    failed = true;
    waiting = [];
  };
  const session = (): Promise<number> => {
    number ??= takeNumber(folder).catch((error) => {
      fail(error);
      return 1;
    });
    return number;
  };
  const write = async (): Promise<void> => {
    const own = await session();
    const entries = waiting;
    waiting = [];
    if (failed || entries.length === 0) return;
    // The first line break ends what another kernel could not write to its end.
    const text = entries.map((entry) => `\n${JSON.stringify([own, ...entry])}`).join("");
    await fs.appendFile(path, `${text}\n`, { mode: 0o600 });
    const { size } = await fs.stat(path);
    if (size > MOST) await rotate(path, older);
  };
  const flush = (): Promise<void> => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    done = done.then(write).catch(fail);
    return done;
  };

  return {
    session,
    async others() {
      const own = await session();
      const texts = await Promise.all([older, path].map((file) => readEnd(file).catch(() => "")));
      return parse(texts.join("\n"), own);
    },
    append(line, input, output) {
      if (failed || (input !== null && input.length > LONGEST)) return;
      waiting.push([line, input, output]);
      timer ??= setTimeout(() => void flush(), PATIENCE);
    },
    close: flush,
  };
}

/** Appends a token of our own to the file that has one for each session: its place there is the number. */
async function takeNumber(folder: string): Promise<number> {
  await fs.mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, "sessions");
  const token = randomBytes(TOKEN);
  await fs.appendFile(path, token, { mode: 0o600 });
  const place = (await fs.readFile(path)).lastIndexOf(token);
  if (place < 0) throw new Error(`${path}: what was written cannot be read`);
  return Math.floor(place / TOKEN) + 1;
}

/** Only one kernel renames; the others may go on appending, and do so to the one that they have opened. */
async function rotate(path: string, older: string): Promise<void> {
  const lock = `${path}.lock`;
  const held = await fs.open(lock, "wx", 0o600).catch(() => null);
  if (held === null) {
    const { mtimeMs } = await fs.stat(lock);
    if (Date.now() - mtimeMs > 60_000) await fs.rm(lock, { force: true });
    return;
  }
  try {
    if ((await fs.stat(path)).size > MOST) await fs.rename(path, older);
  } finally {
    await held.close();
    await fs.rm(lock, { force: true });
  }
}

/** As much of a file's end as one of ours can have. */
async function readEnd(path: string): Promise<string> {
  if (!(await fs.stat(path)).isFile()) return "";
  const file = await fs.open(path);
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 2 * MOST);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer.toString("utf8", 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** The entries of other sessions than `own`, by session; lines that are none are passed over. */
function parse(text: string, own: number): Entry[] {
  const entries = new Map<string, Entry>();
  for (const line of text.split("\n")) {
    const found = line.startsWith("[") ? parseLine(line) : null;
    if (found === null || found[0] === own) continue;
    const [session, number, input, output] = found;
    const key = `${session} ${number}`;
    const entry = entries.get(key);
    if (input !== null) entries.set(key, { session, line: number, input, output });
    else if (entry !== undefined) entry.output = output;
  }
  return [...entries.values()].sort((a, b) => a.session - b.session || a.line - b.line);
}

function parseLine(
  line: string,
): [session: number, line: number, input: string | null, output: string | null] | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  if (!Array.isArray(value) || value.length !== 4) return null;
  const [session, number, input, output] = value as unknown[];
  const isText = (part: unknown): part is string | null => part === null || typeof part === "string";
  const isNumber = (part: unknown): part is number => Number.isSafeInteger(part);
  if (!isNumber(session) || !isNumber(number) || !isText(input) || !isText(output)) return null;
  return [session, number, input, output];
}
