/** The scripts into which a build joins the modules of a thread, so that it starts sooner. */
import { statSync } from "node:fs";

/** Paths under dist: the module a thread begins with, and the script of all that it needs. */
export interface Thread {
  readonly module: string;
  readonly script: string;
}

export const threads = {
  kernel: { module: "kernel/server/thread.js", script: "bundles/kernel.cjs" },
  compiler: { module: "kernel/compiler/thread.js", script: "bundles/compiler.cjs" },
} as const satisfies Readonly<Record<string, Thread>>;

const dist = new URL("../", import.meta.url);

/** The file that the worker of a thread runs: the script, unless TypeScript was compiled after it was made. */
export function threadFile({ module, script }: Thread): URL {
  const path = new URL(script, dist);
  const made = writtenAt(path);
  return new URL(made > 0 && made >= writtenAt(new URL(".tsbuildinfo", dist)) ? script : module, dist);
}

/** When a file was written; 0 where there is none. */
const writtenAt = (file: URL): number => statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
