/** What was run, in this session and in those before it, as clients ask for it. */
import type { HistoryItem, HistoryRequest } from "../protocol/messages.ts";
import { matchesGlob } from "./glob.ts";
import type { HistoryFile } from "./history-file.ts";

export interface History {
  /** Remembers an input; its output comes later, if it has one. */
  add(line: number, input: string): void;
  setOutput(line: number, output: string): void;
  read(request: HistoryRequest): Promise<HistoryItem[]>;
  /** Resolves once the file has all that there is. */
  close(): Promise<void>;
}

export interface Entry {
  readonly session: number;
  readonly line: number;
  readonly input: string;
  output: string | null;
}

/** Entries of this session that stay in memory, and characters kept of one output. */
const KEPT = 10_000;
const LONGEST_OUTPUT = 10_000;

/** A history that other sessions share by `file`; without one it is this session's, which then has the number 1. */
export function createHistory(file: HistoryFile | null): History {
  let own: Omit<Entry, "session">[] = [];
  return {
    add(line, input) {
      own.push({ line, input, output: null });
      if (own.length > 2 * KEPT) own = own.slice(-KEPT);
      file?.append(line, input, null);
    },
    setOutput(line, output) {
      const entry = own.findLast((e) => e.line === line);
      if (entry === undefined) return;
      entry.output = output.slice(0, LONGEST_OUTPUT);
      file?.append(line, null, entry.output);
    },
    async read(request) {
      const session = (await file?.session()) ?? 1;
      const others = (await file?.others()) ?? [];
      // A person goes back through this session first, whatever others run at the same time.
      const all = [...others, ...own.map((entry) => ({ session, ...entry }))];
      return select(all, session, request).map((e) => [
        e.session,
        e.line,
        request.output ? [e.input, e.output] : e.input,
      ]);
    },
    close: async () => file?.close(),
  };
}

/** The entries a request asks for, oldest first. `current` is the session that 0 and negative numbers count from. */
function select(entries: readonly Entry[], current: number, request: HistoryRequest): readonly Entry[] {
  switch (request.hist_access_type) {
    case "tail":
      return last(entries, request.n);
    case "range": {
      const wanted = request.session > 0 ? request.session : current + request.session;
      return between(
        entries.filter((e) => e.session === wanted),
        request.start,
        request.stop,
      );
    }
    case "search": {
      const found = entries.filter((e) => matchesGlob(e.input, request.pattern));
      const kept = request.unique ? latestOfEach(found) : found;
      return request.n === null ? kept : last(kept, request.n);
    }
    default:
      return request satisfies never;
  }
}

const last = (entries: readonly Entry[], n: number): readonly Entry[] => (n >= 1 ? entries.slice(-n) : []);

/** Each input where it was last, in the order of those places. */
const latestOfEach = (entries: readonly Entry[]): Entry[] => {
  const latest = new Map(entries.map((e) => [e.input, e]));
  return entries.filter((e) => latest.get(e.input) === e);
};

/** Lines from `start` up to, not with, `stop`; as in IPython, negative ones count from the end and 0 is no stop. */
function between(entries: readonly Entry[], start: number, stop: number | null): readonly Entry[] {
  const end = (entries.at(-1)?.line ?? 0) + 1;
  const from = start < 0 ? start + end : start;
  const to = stop === null || stop === 0 ? end : stop < 0 ? stop + end : stop;
  return entries.filter(({ line }) => line >= from && line < to);
}
