/** Each check of scripts/protocol_probe.py, which asks by jupyter_client, as a test. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const python = join(root, ".venv", process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
const specs = mkdtempSync(join(tmpdir(), "jacobi-specs-"));
after(() => rmSync(specs, { recursive: true }));

/** The kernel that stands beside this file, whichever one is installed. */
function writeSpec(): void {
  const folder = join(specs, "kernels", "jacobi");
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  const argv = [process.execPath, "--no-force-async-hooks-checks", main, "{connection_file}"];
  const spec = { argv, display_name: "Jacobi", language: "typescript", interrupt_mode: "message" };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "kernel.json"), JSON.stringify(spec));
}

test("the messaging protocol over jupyter_client", async (t) => {
  writeSpec();
  const env = { ...process.env, JUPYTER_PATH: specs, JACOBI_HISTORY: "off" };
  const probe = spawn(python, [join(root, "scripts/protocol_probe.py")], {
    env,
    stdio: ["ignore", "pipe", "ignore"],
  });
  const ended = new Promise((resolve) => probe.once("close", resolve));
  let count = 0;
  for await (const line of createInterface(probe.stdout)) {
    const { what, error } = JSON.parse(line) as { what: string; error: string | null };
    count++;
    await t.test(what, () => assert.equal(error, null));
  }
  assert.equal(await ended, 0);
  assert.ok(count >= 246, `${count} checks ran`);
});
