/** A child process in a group of its own: what it prints comes at once, an interrupt ends all of the group. */

import { type ChildProcess, spawn } from "node:child_process";
import { StringDecoder } from "node:string_decoder";
import { type Buffer, performance, process, setImmediate, setTimeout } from "../../originals.ts";
import type { MagicCell } from "./magic.ts";

export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** What it reads; nothing when undefined. */
  readonly input?: string;
  print(stream: "stdout" | "stderr", text: string): void;
}

/** How a program ended: by itself or by a signal. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Runs a program to its end; rejects when it cannot be started, or with KeyboardInterrupt. */
export async function runProgram(program: Program, wait: MagicCell["wait"]): Promise<ProgramEnd> {
  const { command, args, input } = program;
  const child = spawn(command, args, {
    detached: true,
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
  });
  // A program need not read what it is given.
  child.stdin?.on("error", () => {});
  child.stdin?.end(input);
  const output = follow(child, program);
  remember(child);
  try {
    return await wait(endOf(child, output));
  } catch (error) {
    output.isWanted = false;
    stop(child);
    throw error;
  }
}

interface Output {
  /** Chunks so far. */
  chunks: number;
  isWanted: boolean;
}

function follow(child: ChildProcess, { print }: Program): Output {
  const output = { chunks: 0, isWanted: true };
  for (const name of ["stdout", "stderr"] as const) {
    const decoder = new StringDecoder("utf8");
    const show = (text: string): void => {
      output.chunks++;
      if (output.isWanted && text !== "") print(name, text);
    };
    child[name]?.on("data", (chunk: Buffer) => show(decoder.write(chunk)));
    child[name]?.on("end", () => show(decoder.end()));
  }
  return output;
}

/** Milliseconds without output after which a program that has ended is done, though others hold its pipes. */
const quiet = 100;
const longest = 2000;

/** The program's end, once its output is read. What it leaves running in the background is not waited for. */
function endOf(child: ChildProcess, output: Output): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal }));
    child.once("exit", (code, signal) => {
      const since = performance.now();
      const look = (seen: number): void => {
        const isQuiet = output.chunks === seen || performance.now() - since > longest;
        if (isQuiet) resolve({ code, signal });
        else later();
      };
      // The turn after the timer reads what came while this thread was busy.
      const later = (): void =>
        void setTimeout((seen: number) => setImmediate(look, seen), quiet, output.chunks);
      later();
    });
  });
}

/** Milliseconds that a group has to obey one signal before the next. */
const patience = 300;

/** As Ctrl-C does, then more firmly: what runs in the background of a script ignores the first. */
function stop(child: ChildProcess): void {
  const signals = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
  signals.forEach((signal, i) => {
    if (i === 0) kill(child, signal);
    else setTimeout(kill, i * patience, child, signal).unref();
  });
}

function kill({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // The group has ended.
  }
}

/** Programs whose group may still run, in the background too: the kernel takes them with it. */
const started = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of started) kill(child, "SIGTERM");
});

function remember(child: ChildProcess): void {
  started.add(child);
  child.once("close", () => started.delete(child));
}
