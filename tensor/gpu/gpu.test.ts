/** The GPU against the CPU, on a software adapter in a process of its own; and what is said where there is no adapter. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Result } from "./test-suite.ts";

const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";
const software = { VK_ICD_FILENAMES: process.env.VK_ICD_FILENAMES ?? swiftShader, JACOBI_GPU: "software" };

/** Runs a file of this folder's neighbourhood, or a text; the process must end by itself. */
function child(
  args: readonly string[],
  env: Record<string, string>,
): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { ...process.env, ...env },
    timeout: 240_000,
  });
  return { status, out: stdout, err: stderr };
}

test("the GPU", async (t) => {
  const { status, out, err } = child([fileURLToPath(new URL("test-suite.js", import.meta.url))], software);
  const results = out
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): Result => JSON.parse(line));
  const problem = results.find((result) => result.problem !== undefined)?.problem;
  if (problem !== undefined) {
    t.skip(`no adapter: ${problem}`);
    return;
  }
  for (const { name, error } of results) {
    await t.test(name!, () => {
      if (error !== null) assert.fail(error!);
    });
  }
  await t.test("leaves nothing that keeps the process alive", () => {
    assert.equal(status, 0, err);
    assert.ok(results.length > 30, out);
  });
});

const torch = fileURLToPath(new URL("../index.js", import.meta.url));
/** What asking for the GPU says in an environment. */
function said(env: Record<string, string>): string {
  const text = `import torch from ${JSON.stringify(torch)};
    console.log(torch.gpu.is_available());
    try { torch.tensor([1], { device: "gpu" }); console.log("made"); } catch (e) { console.log(e.name + ": " + e.message); }`;
  return child(["--input-type=module", "--eval", text], env).out;
}

test("without a driver the error says which package brings one", () => {
  const text = said({ VK_ICD_FILENAMES: "/nonexistent", VK_DRIVER_FILES: "/nonexistent" });
  assert.match(text, /^false\nDeviceError: gpu: .*(apt-get install|glibc|npm install).*\n$/);
});

test("switched off the error says what switched it off", () => {
  assert.equal(
    said({ JACOBI_GPU: "off" }),
    "false\nDeviceError: gpu: JACOBI_GPU=off was given: unset it to use a GPU\n",
  );
});

test("a software adapter is used only when asked for", (t) => {
  if (!said(software).includes("made")) return t.skip("no software adapter");
  assert.match(
    said({ ...software, JACOBI_GPU: "" }),
    /^false\nDeviceError: gpu: only a software adapter was found .* JACOBI_GPU=software/,
  );
});
