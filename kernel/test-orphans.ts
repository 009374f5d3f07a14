/** Kernels whose parent is killed while they start: how long each lives on. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

/** The parent: starts a kernel as clients do, says its pid, waits. */
const PARENT = `
const { spawn } = require("node:child_process");
const [main, file] = process.argv.slice(1);
const env = { ...process.env, JPY_PARENT_PID: String(process.pid), JACOBI_HISTORY: "off" };
console.log(spawn(process.execPath, [main, file], { env, stdio: "ignore" }).pid);
setInterval(() => {}, 1000);
`;

/**
 * Starts a kernel, kills its parent `delay` milliseconds later; gives the milliseconds until the kernel is gone, and null when
 * it still is after `most`: then it is killed.
 */
export async function orphan(delay: number, most: number): Promise<number | null> {
  const folder = mkdtempSync(join(tmpdir(), "jacobi-"));
  const file = join(folder, "connection.json");
  const ports = ["shell", "iopub", "stdin", "control", "hb"].map((name, i) => [`${name}_port`, i + 1]);
  const ip = join(folder, "socket");
  writeFileSync(
    file,
    JSON.stringify({ ...Object.fromEntries(ports), ip, transport: "ipc", key: "k".repeat(32) }),
    { mode: 0o600 },
  );
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  const parent = spawn(process.execPath, ["-e", PARENT, main, file], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const [line] = (await once(parent.stdout, "data")) as [Buffer];
    const pid = Number(line.toString());
    await setTimeout(delay);
    parent.kill("SIGKILL");
    const start = Date.now();
    while (Date.now() - start < most) {
      if (!isAlive(pid)) return Date.now() - start;
      await setTimeout(10);
    }
    process.kill(pid, "SIGKILL");
    return null;
  } finally {
    parent.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Whether it runs: one that nobody has waited for does not. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    if (process.platform !== "linux") return true;
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat[stat.lastIndexOf(")") + 2] !== "Z";
  } catch {
    return false;
  }
}
