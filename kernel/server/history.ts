/** What was run in this session, as clients ask for it. */
import type { HistoryItem, HistoryRequest } from "../protocol/messages.ts";

export interface History {
  /** Remembers an input; its output comes later, if it has one. */
  add(line: number, input: string): void;
  setOutput(line: number, output: string): void;
  read(request: HistoryRequest): HistoryItem[];
}

interface Entry {
  readonly session: number;
  readonly line: number;
  readonly input: string;
  output: string | null;
}

/** A history in memory, of one session, which has the number 1. */
export function createHistory(): History {
  const session = 1;
  const entries: Entry[] = [];
  return {
    add: (line, input) => void entries.push({ session, line, input, output: null }),
    setOutput(line, output) {
      const entry = entries.findLast((e) => e.line === line);
      if (entry !== undefined) entry.output = output;
    },
    read: (request) =>
      select(entries, session, request).map((e) => [
        e.session,
        e.line,
        request.output ? [e.input, e.output] : e.input,
      ]),
  };
}

/** The entries a request asks for, oldest first. `current` is the session that 0 and negative numbers count from. */
function select(entries: readonly Entry[], current: number, request: HistoryRequest): readonly Entry[] {
  switch (request.hist_access_type) {
    case "tail":
      return last(entries, request.n);
    case "range": {
      const { start, stop } = request;
      const session = request.session > 0 ? request.session : current + request.session;
      return entries.filter(
        (e) => e.session === session && e.line >= start && (stop === null || e.line < stop),
      );
    }
    case "search": {
      const pattern = globPattern(request.pattern);
      const found = entries.filter((e) => pattern.test(e.input));
      const kept = request.unique ? [...new Map(found.map((e) => [e.input, e])).values()] : found;
      return request.n === null ? kept : last(kept, request.n);
    }
    default:
      return request satisfies never;
  }
}

const last = (entries: readonly Entry[], n: number): readonly Entry[] => (n > 0 ? entries.slice(-n) : []);

/** A glob over a whole input: `*` any text, `?` any character; the rest stands for itself. */
function globPattern(glob: string): RegExp {
  const source = glob.replace(/[\\^$.*+?()[\]{}|]/g, (c) => (c === "*" ? ".*" : c === "?" ? "." : `\\${c}`));
  return new RegExp(`^${source.replace(/(\.\*)+/g, ".*")}$`, "su");
}
