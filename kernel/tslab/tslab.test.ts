/** Notebooks written for tslab, run as they are by a kernel of their own: what they show is what they say they show. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const source = join(root, "kernel", "tslab", "notebooks");
const folder = mkdtempSync(join(tmpdir(), "jacobi-tslab-"));
cpSync(source, folder, { recursive: true });
after(() => rmSync(folder, { recursive: true }));

const names = readdirSync(source).filter((name) => name.endsWith(".ipynb"));
const cli = join(root, "dist", "kernel", "cli.js");
const done = spawnSync(process.execPath, [cli, "run", "--inplace", "--jobs", "3", ...names], {
  cwd: folder,
  encoding: "utf8",
  timeout: 120_000,
});

interface Notebook {
  readonly cells: readonly { readonly source: unknown; readonly outputs?: readonly unknown[] }[];
}

const outputsOf = (path: string): unknown =>
  (JSON.parse(readFileSync(path, "utf8")) as Notebook).cells.map(({ source, outputs }) => ({
    source,
    outputs,
  }));

for (const name of names) {
  test(name, () => {
    assert.equal(done.status, 0, done.stderr);
    assert.deepEqual(outputsOf(join(folder, name)), outputsOf(join(source, name)));
  });
}
