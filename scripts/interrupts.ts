/** `npm run interrupts -- [--count N] [--only TEXT] [--by signal] [--node PATH…]`: interrupts of every kind of code, as a table. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startClient, type TestClient } from "../kernel/test-client.ts";
import {
  type By,
  interruptFiles,
  interruptKind,
  interruptPrelude,
  kinds,
} from "../kernel/test-interrupts.ts";

const { values } = parseArgs({
  options: {
    count: { type: "string", default: "1" },
    only: { type: "string", default: "" },
    by: { type: "string", default: "message" },
    node: { type: "string", multiple: true, default: [] },
  },
});
const { node, ...own } = values;
if (node.length === 0) await sweep();
// The kernel runs under the Node that its client runs under.
for (const path of node) {
  const options = Object.entries(own).flatMap(([name, value]) => [`--${name}`, value]);
  spawnSync(path, [fileURLToPath(import.meta.url), ...options], { stdio: "inherit" });
}

async function sweep(): Promise<void> {
  let client = await start();
  const chosen = Object.entries(kinds).filter(([name]) => name.includes(values.only));
  const times = new Map<string, number[]>(chosen.map(([name]) => [name, []]));
  const faults = new Map<string, number>();
  const count = Number(values.count);
  const before = await state(client);
  for (let i = 0; i < Math.max(count, chosen.length); i++) {
    const [name, kind] = chosen[i % chosen.length]!;
    const outcome = await within(
      20_000,
      interruptKind(client, kind, { by: values.by as By, delay: (Math.floor(i / chosen.length) * 7) % 40 }),
    );
    if (outcome === undefined) {
      console.log(`${name}: never ended; log: ${client.log() || "empty"}`);
      faults.set(name, (faults.get(name) ?? 0) + 1);
      client.process.kill("SIGKILL");
      client = await start();
      continue;
    }
    times.get(name)?.push(outcome.ms);
    for (const fault of outcome.faults) console.log(`${name}: ${fault}`);
    if (outcome.faults.length > 0) faults.set(name, (faults.get(name) ?? 0) + 1);
  }
  console.log(`Node ${process.versions.node}, interrupted by ${values.by}`);
  for (const [name, list] of times) if (list.length > 0) console.log(row(name, list, faults.get(name) ?? 0));
  console.log(
    row(
      "all",
      [...times.values()].flat(),
      [...faults.values()].reduce((a, b) => a + b, 0),
    ),
  );
  const after = await state(client);
  console.log(
    `memory ${before.memory} → ${after.memory} MB, next cell ${before.ms} → ${after.ms} ms, log: ${client.log() || "empty"}`,
  );
  if (faults.size > 0) process.exitCode = 1;
  await client.shutdown();
}

async function start(): Promise<TestClient> {
  const client = await startClient({ files: interruptFiles });
  for (const code of interruptPrelude) {
    const { reply } = await client.execute(code);
    if (reply.content.status !== "ok") throw new Error(String(reply.content.evalue));
  }
  return client;
}

function row(name: string, list: readonly number[], failed: number): string {
  const sorted = list.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
  return `${name.padEnd(48)} n ${String(list.length).padStart(4)}  median ${at(0.5).padStart(4)}  p95 ${at(0.95).padStart(4)}  max ${at(1).padStart(5)} ms  ${failed === 0 ? "" : `${failed} failed`}`;
}

/** What the kernel's process takes, and how long a trivial cell does. */
async function state(client: TestClient): Promise<{ memory: number; ms: string }> {
  const times: number[] = [];
  for (let i = 0; i < 50; i++) {
    const start = performance.now();
    await client.execute("1");
    times.push(performance.now() - start);
  }
  const { published } = await client.execute("process.memoryUsage().rss");
  const shown = published.find(({ header }) => header.msg_type === "execute_result");
  const bytes = Number(
    (shown?.content.data as Record<string, string> | undefined)?.["text/plain"]?.replaceAll("_", ""),
  );
  return { memory: Math.round(bytes / 1e6), ms: times.toSorted((a, b) => a - b)[25]!.toFixed(1) };
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const end = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined);
  });
  return Promise.race([promise, end]).finally(() => clearTimeout(timer));
}
