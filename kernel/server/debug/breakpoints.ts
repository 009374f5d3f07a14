/** Breakpoints by path and line, put into each script of that path when it is there, before it runs. */
import type { UserPosition } from "../../threads.ts";
import type { CellFiles } from "./cell-files.ts";
import type { Inspector } from "./inspector.ts";
import type { Script, Scripts } from "./scripts.ts";
import type { Target } from "./target.ts";

/** https://microsoft.github.io/debug-adapter-protocol/specification#Types_SourceBreakpoint */
export interface SourceBreakpoint {
  readonly line: number;
  readonly column?: number;
  readonly condition?: string;
  readonly hitCondition?: string;
  readonly logMessage?: string;
}

/** https://microsoft.github.io/debug-adapter-protocol/specification#Types_Breakpoint */
export interface Breakpoint {
  readonly id: number;
  readonly verified: boolean;
  readonly line: number;
  readonly column?: number;
  readonly message?: string;
  readonly source: { readonly path: string };
}

/** One breakpoint of a client. */
export interface Wanted extends SourceBreakpoint {
  readonly id: number;
  readonly path: string;
  /** How often it was reached. */
  hits: number;
}

export interface Breakpoints {
  /** Replaces all breakpoints of a path. */
  set(path: string, wanted: readonly SourceBreakpoint[]): Promise<readonly Breakpoint[]>;
  /** Puts the breakpoints of its path into a script that is about to run. */
  arm(script: Script): Promise<void>;
  /** Stops at a script's first statement; gives the inspector's id. */
  armStart(script: Script): Promise<string | undefined>;
  /** The breakpoints behind the inspector's ids. */
  at(ids: readonly string[]): readonly Wanted[];
  /** All, as `debugInfo` tells them. */
  all(): readonly { readonly source: string; readonly breakpoints: readonly SourceBreakpoint[] }[];
  clear(): void;
}

interface Parts {
  readonly inspector: Inspector;
  readonly target: Target;
  readonly scripts: Scripts;
  readonly cells: CellFiles;
  /** A breakpoint turned out to lie elsewhere than was said. */
  changed(breakpoint: Breakpoint): void;
}

interface Entry {
  readonly wanted: readonly Wanted[];
  readonly told: Map<number, Breakpoint>;
}

/** A place where V8 can stop, and where that is in what the user wrote. */
interface Stop extends UserPosition {
  readonly lineNumber: number;
  readonly columnNumber: number;
}

export function createBreakpoints({ inspector, target, scripts, cells, changed }: Parts): Breakpoints {
  const entries = new Map<string, Entry>();
  const armed = new Map<string, Wanted[]>();
  let last = 0;

  const stopsIn = async ({ id, url, text }: Script): Promise<readonly Stop[]> => {
    const start = { scriptId: id, lineNumber: 0, columnNumber: 0 };
    const { locations } = await inspector.post("Debugger.getPossibleBreakpoints", { start });
    const positions = locations.map(
      ({ lineNumber, columnNumber = 0 }) => [lineNumber, columnNumber] as const,
    );
    const own = ([line, column]: readonly [number, number]) => ({ line: line + 1, column: column + 1 });
    const places =
      text === null ? positions.map(own) : await target.call("places", { script: url, positions });
    const stops = positions.flatMap(([lineNumber, columnNumber], index) => {
      const place = places[index];
      return place ? [{ ...place, lineNumber, columnNumber }] : [];
    });
    return stops.sort((a, b) => a.line - b.line || a.column - b.column);
  };

  /** Gives where it lies now; undefined when nothing there can be stopped at. */
  const armOne = async (
    script: Script,
    wanted: Wanted,
    stops: readonly Stop[],
  ): Promise<Stop | undefined> => {
    const { line, column = 0 } = wanted;
    const stop = stops.find((one) => one.line > line || (one.line === line && one.column >= column));
    if (stop === undefined) return undefined;
    const { lineNumber, columnNumber } = stop;
    const id = `4:${lineNumber}:${columnNumber}:${script.id}`;
    const there = armed.get(id);
    if (there !== undefined) there.push(wanted);
    else {
      const location = { scriptId: script.id, lineNumber, columnNumber };
      const { breakpointId } = await inspector.post("Debugger.setBreakpoint", { location });
      armed.set(breakpointId, [...(armed.get(breakpointId) ?? []), wanted]);
    }
    return stop;
  };

  const armAll = async (script: Script, { wanted, told }: Entry, tell: boolean): Promise<void> => {
    if (wanted.length === 0) return;
    const stops = await stopsIn(script);
    for (const one of wanted) {
      const stop = await armOne(script, one, stops);
      const { id, path } = one;
      const before = told.get(id);
      const now: Breakpoint =
        stop === undefined
          ? { id, verified: false, line: one.line, message: "no code here", source: { path } }
          : { id, verified: true, line: stop.line, column: stop.column, source: { path } };
      told.set(id, now);
      if (tell && (before?.line !== now.line || !now.verified)) changed(now);
    }
  };

  const disarm = async (path: string): Promise<void> => {
    const gone = new Set(entries.get(path)?.wanted);
    for (const [id, list] of armed) {
      const left = list.filter((one) => !gone.has(one));
      if (left.length === list.length) continue;
      armed.set(id, left);
      if (left.length > 0) continue;
      armed.delete(id);
      await inspector.post("Debugger.removeBreakpoint", { breakpointId: id });
    }
  };

  return {
    async set(path, requested) {
      await disarm(path);
      const wanted = requested.map((one) => ({ ...one, id: ++last, path, hits: 0 }));
      const text = cells.read(path);
      const guess = (one: Wanted): Breakpoint => ({
        id: one.id,
        verified: true,
        line: text === undefined ? one.line : nextCodeLine(text, one.line),
        source: { path },
      });
      const entry: Entry = { wanted, told: new Map(wanted.map((one) => [one.id, guess(one)])) };
      if (wanted.length === 0) entries.delete(path);
      else entries.set(path, entry);
      for (const script of await scripts.at(path)) await armAll(script, entry, false);
      return [...entry.told.values()];
    },
    async arm(script) {
      const entry = entries.get(script.path);
      if (entry !== undefined) await armAll(script, entry, true);
    },
    async armStart(script) {
      const [first] = await stopsIn(script);
      if (first === undefined) return undefined;
      const { lineNumber, columnNumber } = first;
      const location = { scriptId: script.id, lineNumber, columnNumber };
      return (await inspector.post("Debugger.setBreakpoint", { location })).breakpointId;
    },
    at: (ids) => ids.flatMap((id) => armed.get(id) ?? []),
    all: () =>
      [...entries].map(([source, { wanted, told }]) => ({
        source,
        breakpoints: wanted.map(({ id, path: _, hits: __, ...one }) => ({
          ...one,
          line: told.get(id)?.line ?? one.line,
        })),
      })),
    clear() {
      entries.clear();
      armed.clear();
    },
  };
}

/** The first line from `line` on that is neither empty nor a comment; `line` when there is none. */
function nextCodeLine(text: string, line: number): number {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/);
  const rest = lines.slice(line - 1).findIndex((one) => !/^\s*(?:\/\/.*)?$/.test(one));
  return rest < 0 ? line : line + rest;
}
