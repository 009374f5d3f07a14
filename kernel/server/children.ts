/** The processes that cells have started: found, and signalled with all that they have started themselves. */
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";

/** One process. */
export interface Child {
  readonly pid: number;
  readonly parent: number;
  /** When it began, in tenths of a second since the system did; unknown: infinite. */
  readonly started: number;
}

/** All that `of` has started, and what those have, the youngest first. */
export function descendants(of: number): Child[] {
  const all = [...processes()].sort((a, b) => b.started - a.started || b.pid - a.pid);
  const found = new Set([of]);
  for (let before = 0; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of all) if (found.has(parent)) found.add(pid);
  }
  return all.filter(({ pid }) => pid !== of && found.has(pid));
}

/** The youngest child of `of` that began at `since` or later, and all that it has started. */
export function youngest(of: number, since: number): Child[] {
  const first = descendants(of).find(({ parent, started }) => parent === of && started >= since);
  return first === undefined ? [] : [first, ...descendants(first.pid)];
}

/** Sends a signal to each that still is. */
export function signal(children: readonly Child[], name: NodeJS.Signals): void {
  for (const { pid } of children) {
    try {
      process.kill(pid, name);
    } catch {
      // It has ended.
    }
  }
}

/** Milliseconds that processes have to end by themselves when the kernel does. */
const PATIENCE = 500;

/** What cells have started ends with the kernel. */
export async function endDescendants(): Promise<void> {
  const all = descendants(process.pid);
  signal(all, "SIGTERM");
  for (let left = PATIENCE; left > 0 && all.some(isAlive); left -= 20) await setTimeout(20);
  signal(all.filter(isAlive), "SIGKILL");
}

/** Whether it still runs: a zombie that nobody has waited for does not. */
const isAlive = ({ pid, started }: Child): boolean =>
  processes([String(pid)]).some((one) => one.started === started);

function processes(pids?: readonly string[]): Child[] {
  if (!existsSync("/proc/self/stat")) return processesOfPs(pids);
  return (pids ?? readdirSync("/proc")).flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return childOf(name, readFileSync(`/proc/${name}/stat`, "latin1")) ?? [];
    } catch {
      return []; // It has ended meanwhile.
    }
  });
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html; the second field, a name, may hold anything. */
function childOf(pid: string, stat: string): Child | null {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, parent] = fields;
  const isOver = state === "Z" || state === "X";
  return isOver
    ? null
    : { pid: Number(pid), parent: Number(parent), started: Math.floor(Number(fields[19]) / 10) };
}

function processesOfPs(pids?: readonly string[]): Child[] {
  const which = pids === undefined ? ["-A"] : ["-p", pids.join(",")];
  try {
    const text = execFileSync("ps", [...which, "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
    return text.split("\n").flatMap((line) => {
      const [pid, parent, state] = line.trim().split(/\s+/);
      if (!pid || state?.startsWith("Z")) return [];
      return { pid: Number(pid), parent: Number(parent), started: Number.POSITIVE_INFINITY };
    });
  } catch {
    return []; // Neither way: they are left alone.
  }
}
