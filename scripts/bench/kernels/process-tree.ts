/** Processor time and memory of a process with all its children, as Linux counts them. */
import { readdirSync, readFileSync } from "node:fs";

/** Milliseconds that the living threads of the tree have run. https://docs.kernel.org/scheduler/sched-stats.html */
export function processorTime(root: number): number {
  let nanoseconds = 0;
  for (const pid of treeOf(root)) {
    for (const task of list(`/proc/${pid}/task`))
      nanoseconds += Number(read(`/proc/${pid}/task/${task}/schedstat`).split(" ", 1)[0]);
  }
  return nanoseconds / 1e6;
}

/** Megabytes (of 2 ** 20 bytes): `rss` counts shared pages whole, `pss` divides them among those who share. */
export function memoryOf(root: number): { readonly rss: number; readonly pss: number } {
  let [rss, pss] = [0, 0];
  for (const pid of treeOf(root)) {
    const text = read(`/proc/${pid}/smaps_rollup`);
    rss += Number(/^Rss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
    pss += Number(/^Pss:\s+(\d+)/m.exec(text)?.[1] ?? 0) / 1024;
  }
  return { rss, pss };
}

function treeOf(root: number): number[] {
  const children = list(`/proc/${root}/task`).flatMap((task) =>
    read(`/proc/${root}/task/${task}/children`).split(" ").filter(Boolean),
  );
  return [root, ...children.flatMap((child) => treeOf(Number(child)))];
}

// A process or a thread may end while we look.
function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
