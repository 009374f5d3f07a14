/** How fast user code runs in cells, beside the same code in plain Node, on each Node there is. */
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Form, Measured } from "./cells-here.ts";

const script = fileURLToPath(new URL("./cells-here.js", import.meta.url));
const head = ["ns, plain", "in a function", "top level", "of an earlier cell"];

/** Prints a table for each Node: nanoseconds a turn in plain Node, and how many times as long each form in cells takes. */
export async function cells({
  nodes,
  only,
}: {
  nodes: readonly string[];
  only: string | undefined;
}): Promise<void> {
  for (const node of nodes.length > 0 ? nodes : [process.execPath]) {
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
    console.log(`\n${`Node ${version}`.padEnd(42)}${head.map((text) => text.padStart(20)).join("")}`);
    const query = new URLSearchParams({ names: only ?? "" }).toString();
    const child = spawn(node, [script, query], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    for await (const line of createInterface({ input: child.stdout })) print(JSON.parse(line) as Measured);
    const [code] = await ended;
    if (code !== 0) process.exitCode = 1;
  }
}

function print({ name, turns, times, ratios }: Measured): void {
  const ratio = (form: Form): string => `${ratios[form].toFixed(2)} ×`;
  const columns = [((times.plain * 1e6) / turns).toFixed(2), ratio("function"), ratio("top"), ratio("split")];
  console.log(`${name.padEnd(42)}${columns.map((text) => text.padStart(20)).join("")}`);
}
