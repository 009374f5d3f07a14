/** `npm run soak -- [--cells 10000] [--kind mixed]`: memory and latency of a kernel over thousands of cells. */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { startClient, type TestClient } from "../kernel/test-client.ts";
import { heapsCell } from "./soak-heaps.ts";

/** Cells by what they do, each different from the one before. */
const kinds: Readonly<Record<string, (i: number) => string>> = {
  trivial: (i) => `${i} + 1`,
  print: (i) => `console.log("line", ${i}); console.log("again")`,
  redeclare: (i) =>
    `const same = { a: ${i}, f: (n: number) => n + ${i} }; function g(x: number) { return x + same.a; } class K { m() { return same; } }`,
  declare: (i) => `const name${i} = { a: ${i}, b: "x" };`,
  error: (i) => `throw new Error("number ${i}")`,
  refused: (i) => `const wrong: number = "${i}";`,
  display: (i) => `display(HTML("<b>${i}</b>"))`,
  tensor: (i) => `torch.ones(2, 3).mul(${i})`,
};
const mix = [
  "trivial",
  "print",
  "redeclare",
  "error",
  "display",
  "refused",
  "trivial",
  "tensor",
  "print",
  "redeclare",
];
const warmUp = 1000;
const threads = ["main", "kernel", "compiler"] as const;

const { values } = parseArgs({
  options: { cells: { type: "string", default: "10000" }, kind: { type: "string", default: "mixed" } },
});
await soak(Number(values.cells), values.kind);

/** Prints a line for each thousand cells, then what a cell keeps: of each thread's heap after a collection, and resident. */
async function soak(cells: number, kind: string): Promise<void> {
  const client = await startClient();
  const source = (i: number): string => {
    const name = kind === "mixed" ? mix[i % mix.length]! : kind;
    const make = kinds[name];
    if (make === undefined)
      throw new Error(`soak: ${kind}: expected mixed or ${Object.keys(kinds).join(", ")}`);
    return make(i);
  };
  const step = Math.max(1, Math.min(1000, Math.floor(cells / 5)));
  for (let i = 0; i < warmUp; i++) await run(client, source(i));
  const first = await heaps(client);
  const resident: [cell: number, kB: number][] = [[0, residentOf(client)]];
  let last = first;
  for (let at = 0; at < cells; at += step) {
    const times: number[] = [];
    for (let i = at; i < at + step; i++) times.push(await run(client, source(warmUp + i)));
    last = await heaps(client);
    resident.push([at + step, residentOf(client)]);
    const kept = threads.map((thread) => `${thread} ${Math.round(last[thread] / 1024)} kB`).join(", ");
    const median = times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
    console.log(
      `${at + step} cells: p50 ${median.toFixed(2)} ms, ${kept}, resident ${resident.at(-1)?.[1]} kB`,
    );
  }
  const perCell = (thread: (typeof threads)[number]): string =>
    `${thread} ${((last[thread] - first[thread]) / 1024 / cells).toFixed(3)}`;
  console.log(
    `kB a cell: ${threads.map(perCell).join(", ")}, resident (linear fit) ${slope(resident).toFixed(3)}`,
  );
  await client.shutdown();
}

/** Milliseconds from a request to its idle. */
async function run(client: TestClient, code: string): Promise<number> {
  const start = performance.now();
  await client.execute(code);
  client.forget();
  return performance.now() - start;
}

/** Bytes in use on each thread's heap after a collection. */
async function heaps(client: TestClient): Promise<Record<(typeof threads)[number], number>> {
  const { reply, published } = await client.execute(heapsCell);
  const found = published.find((m) => m.header.msg_type === "stream");
  if (found === undefined) throw new Error(`soak: ${JSON.stringify(reply.content)}`);
  client.forget();
  return JSON.parse(String(found.content.text));
}

function residentOf({ process }: TestClient): number {
  const status = readFileSync(`/proc/${process.pid}/status`, "utf8");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
}

/** Of the straight line nearest to the points. */
function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: 0 | 1): number => points.reduce((sum, point) => sum + point[of], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0);
  return over / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
}
