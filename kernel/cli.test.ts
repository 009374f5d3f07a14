/** The `jacobi` command as a person types it: what it prints, writes and returns. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, isAbsolute, join } from "node:path";
import { after, test } from "node:test";

const cli = join(dirname(import.meta.filename), "cli.js");
const folder = mkdtempSync(join(tmpdir(), "jacobi-cli-"));
after(() => rmSync(folder, { recursive: true }));

function jacobi(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { ...process.env, JUPYTER_DATA_DIR: join(folder, "user") };
  return spawnSync(process.execPath, [cli, ...words], { encoding: "utf8", env });
}

test("install writes a kernelspec that any client can start", () => {
  assert.equal(jacobi("install", "--prefix", folder).status, 0);
  const kernels = join(folder, "share/jupyter/kernels");
  const spec = JSON.parse(readFileSync(join(kernels, "jacobi/kernel.json"), "utf8"));
  assert.equal(spec.display_name, "TypeScript (Jacobi)");
  assert.equal(spec.language, "typescript");
  assert.equal(spec.interrupt_mode, "message");
  assert.ok(isAbsolute(spec.argv[0]));
  assert.deepEqual(spec.argv.slice(-2), [join(dirname(cli), "main.js"), "{connection_file}"]);
  assert.deepEqual(readdirSync(kernels), ["jacobi"]); // nothing half-made beside it
});

test("install and uninstall for the user, under another name", () => {
  const kernels = join(folder, "user/kernels/ts-2");
  assert.equal(jacobi("install", "--name", "ts-2").status, 0);
  assert.ok(existsSync(join(kernels, "logo-svg.svg")));
  assert.equal(jacobi("uninstall", "--user", "--name", "ts-2").status, 0);
  assert.ok(!existsSync(kernels));
});

test("uninstall leaves another kernel alone", () => {
  jacobi("install", "--name", "other");
  const file = join(folder, "user/kernels/other/kernel.json");
  writeFileSync(file, '{ "display_name": "Python 3", "language": "python", "argv": [] }');
  const { status, stderr } = jacobi("uninstall", "--name", "other");
  assert.equal(status, 2);
  assert.match(stderr, /^jacobi: uninstall: .*other holds Python 3: remove it by hand if you mean it\n$/);
  assert.ok(existsSync(file));
});

test("a wrong command line says in one line what was expected", () => {
  assert.match(jacobi("instal").stderr, /^jacobi: unknown command: instal: expected one of install, .*\n$/);
  assert.match(jacobi("toString").stderr, /^jacobi: unknown command: toString: /);
  assert.match(
    jacobi("install", "--user", "--sys-prefix").stderr,
    /more than one given: expected at most one\n$/,
  );
  assert.match(jacobi("install", "--name", "../x").stderr, /name "..\/x": expected letters/);
  assert.equal(jacobi("install", "--unknown").status, 2);
});

test("help, version and doctor", () => {
  assert.match(jacobi().stdout, /jacobi install \[--user/);
  assert.match(jacobi("--version").stdout, /^\d+\.\d+\.\d+\n$/);
  const { stdout } = jacobi("doctor");
  for (const what of ["Node.js", "native addon", "Jupyter", "kernelspec"])
    assert.match(stdout, new RegExp(`^[✓✗] ${what}: .`, "m"));
});
