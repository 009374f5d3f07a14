/** Times what a user waits for: the first cell of a fresh thread, then trivial and long cells early and late. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import type { Answer, CompilerCalls } from "../threads.ts";

export interface CompilerTimes {
  /** Thread start to the reply for a first cell of plain TypeScript, in milliseconds. */
  readonly firstCell: number;
  /** The median of check and emit by itself. */
  readonly cells: readonly { readonly at: number; readonly trivial: number; readonly long: number }[];
  /** A first cell that names a tensor. */
  readonly firstTensorCell: number;
  /** `complete` at many places of a notebook with so many cells, and 2,200 names from the 200th on. */
  readonly completion: readonly {
    readonly cells: number;
    readonly first: number;
    readonly p50: number;
    readonly p95: number;
  }[];
}

/** A cell of `lines` lines such as people write. */
export const longCell = (name: string, lines = 100): string =>
  Array.from({ length: lines / 5 }, (_, i) =>
    [
      `interface Row${i} { id: number; label: string; values: number[] }`,
      `function ${name}${i}(row: Row${i}, scale = ${i}): number {`,
      "  const total = row.values.filter((v) => v > 0).map((v) => v * scale).reduce((a, b) => a + b, 0);",
      `  return total + row.label.length; }`,
      `const ${name}Value${i} = ${name}${i}({ id: ${i}, label: "r${i}", values: [1, 2, ${i}] });`,
    ].join("\n"),
  ).join("\n");

/** Runs the benchmark in a worker of its own, as the kernel does. */
export async function benchCompiler(): Promise<CompilerTimes> {
  const begun = performance.now();
  const { call, stop } = startThread();
  await call("compile", { source: "const one = 1;\none + 1", name: "In [1]" });
  const firstCell = performance.now() - begun;
  let count = 1;
  const timed = async (source: string) => {
    const start = performance.now();
    const reply = await call("compile", { source, name: `In [${++count}]` });
    if (!reply.ok) throw new Error(reply.diagnostics[0]?.message);
    return performance.now() - start;
  };
  const cells: CompilerTimes["cells"][number][] = [];
  for (const at of [10, 100, 300]) {
    while (count < at)
      await timed(`const v${count} = ${count}; function f${count}(x: number) { return x + v${count} }`);
    const trivial: number[] = [];
    const long: number[] = [];
    for (let i = 0; i < 9; i++) {
      trivial.push(await timed("one + 1"));
      long.push(await timed(longCell(`at${at}x${i}`)));
    }
    cells.push({ at, trivial: median(trivial), long: median(long) });
  }
  const firstTensorCell = await timed("const t = torch.zeros(3); t.shape");
  await stop();
  const completion = await benchCompletion();
  return { firstCell, cells, firstTensorCell, completion };
}

// `|` is the cursor.
const cursors = [
  ...[
    "torch.|",
    "torch.ze|",
    "x.|",
    "x.sum().|",
    "person.|",
    "Math.|",
    "console.lo|",
    "np.ze|",
    "[1].map((v) => v.|",
  ],
  ...["pers|", "v1|", "a|", "con|", "new Da|", "let q: Co|", "for (const r of [1]) { pers|", "`${pers|"],
  ...[
    "draw(1, { |",
    "draw(1, { color: '|'",
    "const { | } = person",
    "import { | } from 'jacobi/nn'",
    "import 'jac|'",
  ],
];

async function benchCompletion(): Promise<CompilerTimes["completion"]> {
  const { call, stop } = startThread();
  let count = 0;
  const keep = (source: string) => call("compile", { source, name: `In [${++count}]` });
  await keep("const x = torch.zeros([3]); const person = { first: 'Ada', age: 36 };");
  await keep("function draw(x: number, o?: { color?: 'red' | 'rose'; width?: number }) {}");
  const times: CompilerTimes["completion"][number][] = [];
  for (const cells of [10, 200, 1000]) {
    while (count < cells) {
      const names = count < 200 ? 11 : 1;
      await keep(Array.from({ length: names }, (_, i) => `const v${count}n${i} = ${i};`).join(" "));
    }
    const all: number[] = [];
    for (let round = 0; round < 9; round++) {
      for (const marked of cursors) {
        const start = performance.now();
        await call("complete", { source: marked.replace("|", ""), offset: marked.indexOf("|") });
        all.push(performance.now() - start);
      }
    }
    const [first = 0] = all;
    all.sort((a, b) => a - b);
    times.push({ cells, first, p50: all[all.length >> 1]!, p95: all[Math.floor(all.length * 0.95)]! });
  }
  await stop();
  return times;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

function startThread() {
  const worker = new Worker(new URL("./thread.js", import.meta.url), {
    workerData: { folder: mkdtempSync(join(tmpdir(), "bench-")) },
  });
  let id = 0;
  const call = <K extends keyof CompilerCalls>(
    name: K,
    request: CompilerCalls[K]["request"],
  ): Promise<CompilerCalls[K]["reply"]> =>
    new Promise((resolve, reject) => {
      const own = ++id;
      const listen = (answer: Answer | "ready") => {
        if (answer === "ready" || answer.id !== own) return;
        worker.off("message", listen);
        if ("failure" in answer) reject(new Error(answer.failure));
        else resolve(answer.reply as CompilerCalls[K]["reply"]);
      };
      worker.on("message", listen);
      worker.postMessage({ id: own, call: name, request });
    });
  const stop = () => worker.terminate();
  return { call, stop };
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1])) {
  console.log(
    JSON.stringify(await benchCompiler(), (_, v) => (typeof v === "number" ? +v.toFixed(2) : v), 2),
  );
}
