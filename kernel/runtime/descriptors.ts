/** Descriptors 1 and 2 in the hands of a cell: what children that inherit them print, however late, is that cell's. */
import { ChildProcess } from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import type { StreamName } from "../threads.ts";
import { currentRun } from "./cells.ts";

/** What the process's output offers; `process.ts` says what each does. */
export interface Descriptors {
  collect(cell: number): void;
  openText(name: StreamName, cell: number): number;
}

const names: Readonly<Record<number, StreamName>> = { 1: "stdout", 2: "stderr" };

/** Lets all that is started or written by a cell's code be known for that cell's. */
export function followDescriptors(descriptors: Descriptors): void {
  giveChildrenPipes(descriptors);
  const { writeSync } = fs;
  // Loggers write so; in a timer, while another cell runs, nobody else could tell whose it is.
  fs.writeSync = ((fd: number, ...rest: unknown[]) => {
    const count = Reflect.apply(writeSync, fs, [fd, ...rest]) as number;
    if (fd === 1 || fd === 2) descriptors.collect(currentRun()?.cell ?? 0);
    return count;
  }) as typeof writeSync;
  syncBuiltinESMExports();
}

interface SpawnOptions {
  readonly stdio?: unknown;
}
/** Whatever starts a child asynchronously comes by this method, of which the types know nothing. */
type Spawning = { spawn(options: SpawnOptions): unknown };

function giveChildrenPipes({ openText }: Descriptors): void {
  const prototype = ChildProcess.prototype as unknown as Spawning;
  const { spawn } = prototype;
  prototype.spawn = function (options) {
    const run = currentRun();
    if (run === undefined) return Reflect.apply(spawn, this, [options]);
    const opened = new Map<number, number>();
    const pipeFor = (entry: unknown, index: number): unknown => {
      const fd = descriptorOf(entry, index);
      const name = fd === undefined ? undefined : names[fd];
      if (fd === undefined || name === undefined) return entry;
      const pipe = opened.get(fd) ?? openText(name, run.cell);
      opened.set(fd, pipe);
      return pipe;
    };
    try {
      return Reflect.apply(spawn, this, [{ ...options, stdio: entriesOf(options.stdio).map(pipeFor) }]);
    } finally {
      // The child has its own by now, and the pipe ends with the last of those who hold it.
      for (const pipe of opened.values()) fs.closeSync(pipe);
    }
  };
}

const entriesOf = (stdio: unknown): readonly unknown[] =>
  Array.isArray(stdio) ? stdio : Array.from({ length: 3 }, () => stdio);

/** The descriptor of ours that an entry of `stdio` means. */
function descriptorOf(entry: unknown, index: number): number | undefined {
  if (entry === "inherit") return index;
  if (typeof entry === "number") return entry;
  return entry === process.stdout || entry === process.stderr ? (entry as { fd: number }).fd : undefined;
}
