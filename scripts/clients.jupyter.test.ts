/** The kernel under Jupyter's own command-line clients. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { jupyter, venvCommand, venvEnvironment } from "./jupyter.ts";
import { root } from "./sources.ts";

const folder = mkdtempSync(join(tmpdir(), "jacobi-clients-"));
after(() => rmSync(folder, { recursive: true }));

test("jupyter kernelspec list names the kernel", () => {
  const { kernelspecs } = JSON.parse(jupyter("kernelspec", "list", "--json").stdout);
  assert.equal(kernelspecs.jacobi.spec.display_name, "TypeScript (Jacobi)");
});

test("jupyter run prints what a file prints", () => {
  const file = join(folder, "hello.ts");
  writeFileSync(file, "const x: number[] = [1, 2, 3];\nconsole.log(torch.tensor(x).mul(2));\n");
  const { stdout, stderr } = jupyter("run", "--kernel", "jacobi", file);
  assert.equal(stdout.trim(), "tensor([2., 4., 6.])", stderr);
});

test("jupyter console shows values and keeps names from cell to cell", () => {
  const args = ["console", "--kernel", "jacobi", "--simple-prompt"];
  const env = { ...venvEnvironment(), TERM: "dumb" };
  const input = "const a = 6\na * 7\n";
  const { stdout, stderr } = spawnSync(venvCommand("jupyter"), args, {
    input,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  assert.match(stdout, /Out\[2\]: 42\n/, stderr);
});

test("Jupyter's own test suite for kernels", async (t) => {
  const script = join(root, "scripts/kernel_test.py");
  const { stderr } = spawnSync(venvCommand("python"), [script], { env: venvEnvironment(), encoding: "utf8" });
  const begun = new Set([...stderr.matchAll(/^(test_\w+) \(__main__/gm)].map(([, name]) => name ?? ""));
  const failed = new Set([...stderr.matchAll(/^(?:FAIL|ERROR): (\w+)/gm)].map(([, name]) => name ?? ""));
  assert.equal(begun.size, 13, stderr);
  for (const name of begun) await t.test(name, () => assert.ok(!failed.has(name), stderr));
  assert.doesNotMatch(stderr, /skipped/);
  assert.match(stderr, /^(OK|FAILED \(failures=)/m);
});
