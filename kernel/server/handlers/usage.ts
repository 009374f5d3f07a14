/** What the kernel and its machine are using, as ipykernel tells it: https://github.com/ipython/ipykernel/pull/646. */
import { readdirSync, readFileSync } from "node:fs";
import { cpus, freemem, hostname, totalmem } from "node:os";
import type { UsageReply } from "../../protocol/messages.ts";
import type { Handler } from "./handler.ts";

/** Times used by processors up to a moment, in milliseconds; a percentage is the difference of two. */
interface Times {
  readonly at: number;
  readonly kernel: number;
  readonly busy: number;
  readonly all: number;
  readonly processors: number;
}

/** What was found last; before the first time, the process' and the machine's start. */
let last: Times = { at: Date.now() - process.uptime() * 1000, kernel: 0, busy: 0, all: 0, processors: 0 };

export const usage: Handler<"usage"> = async () => {
  const children = childrenOf(process.pid);
  const before = last;
  const now = timesNow(children);
  last = now;
  return {
    status: "ok",
    hostname: hostname(),
    pid: process.pid,
    kernel_cpu: percent(now.kernel - before.kernel, now.at - before.at),
    kernel_memory: children.reduce((sum, { memory }) => sum + memory, process.memoryUsage.rss()),
    cpu_count: now.processors,
    host_cpu_percent: percent(now.busy - before.busy, now.all - before.all),
    host_virtual_memory: virtualMemory(),
  };
};

/** Per cent with one decimal, as psutil rounds. */
function percent(part: number, whole: number): number {
  return whole > 0 ? Math.max(0, Math.round((1000 * part) / whole) / 10) : 0;
}

function timesNow(children: readonly Child[]): Times {
  const { user, system } = process.cpuUsage();
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, time) => sum + time.idle, 0);
  const all = times.reduce((sum, time) => sum + time.user + time.nice + time.sys + time.idle + time.irq, 0);
  const kernel = children.reduce((sum, { time }) => sum + time, (user + system) / 1000);
  return { at: Date.now(), kernel, busy: all - idle, all, processors: times.length };
}

interface Child {
  /** Milliseconds of processors' time. */
  readonly time: number;
  readonly memory: number;
}

/** Linux counts processors' time in hundredths of a second, and memory here in pages. */
const TICK = 10;
const PAGE = 4096;

/** All processes below `pid`, where Linux tells them; each thread has its own. */
function childrenOf(pid: number | string): Child[] {
  return childIds(pid).flatMap((id) => [...processOf(id), ...childrenOf(id)]);
}

function childIds(pid: number | string): readonly string[] {
  const threads = `/proc/${pid}/task`;
  return orNone(() => readdirSync(threads)).flatMap((id) =>
    orNone(() => readFileSync(`${threads}/${id}/children`, "latin1").match(/\d+/g) ?? []),
  );
}

/** What a process or a thread that ends meanwhile tells: nothing. */
function orNone<T>(read: () => readonly T[]): readonly T[] {
  try {
    return read();
  } catch {
    return [];
  }
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function processOf(id: string): readonly Child[] {
  return orNone(() => {
    const text = readFileSync(`/proc/${id}/stat`, "latin1");
    // After the name, which may hold anything.
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [user = 0, system = 0, pages = 0] = [fields[11], fields[12], fields[21]];
    return [{ time: (user + system) * TICK, memory: pages * PAGE }];
  });
}

/** psutil's name → that of Linux. */
const MEMORY = {
  active: "Active",
  inactive: "Inactive",
  buffers: "Buffers",
  cached: "Cached",
  shared: "Shmem",
  slab: "Slab",
} as const;

function virtualMemory(): UsageReply["host_virtual_memory"] {
  const lines = new Map(
    [...readMemory().matchAll(/^(\w+(?:\(\w+\))?): +(\d+)/gm)].map(([, name, kib]) => [
      name,
      Number(kib) * 1024,
    ]),
  );
  const total = lines.get("MemTotal") ?? totalmem();
  const free = lines.get("MemFree") ?? freemem();
  const available = lines.get("MemAvailable") ?? free;
  const used = total - available;
  const more = Object.entries(MEMORY).flatMap(([name, linux]) => {
    const bytes = lines.get(linux);
    return bytes === undefined ? [] : [[name, bytes] as const];
  });
  return { total, available, percent: percent(used, total), used, free, ...Object.fromEntries(more) };
}

function readMemory(): string {
  try {
    return readFileSync("/proc/meminfo", "latin1");
  } catch {
    return "";
  }
}
