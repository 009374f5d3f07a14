/** `jacobi run` on a kernel of its own, as a person types it. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { newMessage } from "./connection.ts";
import { decodeBinary, decodeText, encodeBinary, encodeText } from "./frames.ts";
import { lines, type Notebook } from "./notebook.ts";

const cli = fileURLToPath(new URL("../cli.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "jacobi-run-test-"));
/** What ends the kernel that runs it: a signal of its own to itself only ends the cell. */
const dying = `import { execSync } from "node:child_process"; execSync("kill -9 $PPID")`;
after(() => rmSync(folder, { recursive: true }));

/** A notebook file of code cells. */
function notebook(
  name: string,
  sources: readonly string[],
  kernelspec = { name: "jacobi", language: "typescript" },
): string {
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    id: `c${i}`,
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  }));
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
  return file;
}

function jacobi(...words: string[]): { status: number | null; stderr: string } {
  return spawnSync(process.execPath, [cli, "run", ...words], { encoding: "utf8", timeout: 60_000 });
}

const read = (file: string): Notebook => JSON.parse(readFileSync(file, "utf8"));
const outputsOf = (file: string): unknown[] =>
  read(file).cells.map(({ outputs }) => outputs?.map(({ output_type }) => output_type));

test("a notebook runs in its own folder, and its outputs go beside it", () => {
  writeFileSync(join(folder, "lib.ts"), "export const seven: number = 7;");
  const file = notebook("good.ipynb", ["import { seven } from './lib.ts'; console.log('hi'); seven * 6"]);
  const { status, stderr } = jacobi(file);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /^\S*good\.ipynb: ran in [\d.]+ s → \S*good\.executed\.ipynb\n$/);
  const [cell] = read(join(folder, "good.executed.ipynb")).cells;
  assert.equal(cell?.execution_count, 1);
  assert.deepEqual(cell?.outputs, [
    { name: "stdout", output_type: "stream", text: ["hi\n"] },
    { data: { "text/plain": ["42"] }, execution_count: 1, metadata: {}, output_type: "execute_result" },
  ]);
});

test("a failing cell ends the run with exit code 1, or not with --allow-errors", () => {
  const file = notebook("bad.ipynb", ["1", "throw new Error('no luck')", "3"]);
  const stopped = jacobi(file, "--output", join(folder, "stopped.ipynb"));
  assert.equal(stopped.status, 1);
  assert.match(stopped.stderr, /bad\.ipynb: cell 2 failed: Error: no luck in/);
  assert.deepEqual(outputsOf(join(folder, "stopped.ipynb")), [["execute_result"], ["error"], []]);
  assert.equal(jacobi(file, "--inplace", "--allow-errors").status, 1);
  assert.deepEqual(outputsOf(file), [["execute_result"], ["error"], ["execute_result"]]);
});

test("tagged cells are skipped, or may fail", () => {
  const file = notebook("tagged.ipynb", ["throw new Error('skipped')", "throw new Error('shown')", "3"]);
  const tagged = read(file);
  tagged.cells[0]!.metadata = { tags: ["skip-execution"] };
  tagged.cells[1]!.metadata = { tags: ["raises-exception"] };
  writeFileSync(file, JSON.stringify(tagged));
  assert.equal(jacobi(file, "--inplace").status, 0);
  assert.deepEqual(outputsOf(file), [[], ["error"], ["execute_result"]]);
});

test("a cell that takes too long is interrupted, and what ran is kept", () => {
  const file = notebook("slow.ipynb", ["1", "console.log('begun'); for (;;) {}", "3"]);
  const { status, stderr } = jacobi(file, "--inplace", "--timeout", "3");
  assert.equal(status, 1);
  assert.match(stderr, /slow\.ipynb: cell 2: took longer than 3 s and was interrupted → /);
  assert.deepEqual(outputsOf(file), [["execute_result"], ["stream", "error"], []]);
});

test("Ctrl-C interrupts the cell and keeps what ran; no kernel stays", async () => {
  const mark = join(folder, "begun");
  const code = `import { writeFileSync } from "node:fs"; writeFileSync(${JSON.stringify(mark)}, String(process.pid)); for (;;) {}`;
  const file = notebook("interrupted.ipynb", ["1", code]);
  const running = spawn(process.execPath, [cli, "run", file, "--inplace"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let said = "";
  running.stderr.on("data", (chunk) => {
    said += chunk;
  });
  while (!existsSync(mark) || readFileSync(mark, "utf8") === "")
    await new Promise((resolve) => setTimeout(resolve, 20));
  running.kill("SIGINT");
  const status = await new Promise((resolve) => running.once("close", resolve));
  assert.equal(status, 1);
  assert.match(said, /interrupted\.ipynb: interrupted: what ran is kept → /);
  assert.deepEqual(outputsOf(file), [["execute_result"], ["error"]]);
  assert.throws(() => process.kill(Number(readFileSync(mark, "utf8")), 0), /ESRCH/);
});

test("input is refused in the cell, and the run goes on", () => {
  const file = notebook("input.ipynb", ["await input('name? ')", "2"]);
  jacobi(file, "--inplace", "--allow-errors");
  assert.deepEqual(outputsOf(file), [["error"], ["execute_result"]]);
});

test("a kernel that dies is one line", () => {
  const file = notebook("dies.ipynb", ["1", dying]);
  const { status, stderr } = jacobi(file, "--inplace");
  assert.equal(status, 1);
  assert.match(stderr, /^\S*dies\.ipynb: the kernel died by SIGKILL → \S+\n$/);
  assert.deepEqual(outputsOf(file), [["execute_result"], []]);
});

for (const [what, words, text] of [
  ["no notebook", [], /^jacobi: run: no notebook was given/],
  ["a file that is not there", [join(folder, "gone.ipynb")], /gone\.ipynb: no such file or folder\n$/],
  ["no notebook but something else", [join(folder, "lib.ts")], /lib\.ts: not a notebook: it is not JSON\n$/],
  [
    "a bad number",
    ["x.ipynb", "--timeout", "soon"],
    /^jacobi: run: --timeout soon: expected a number above 0/,
  ],
  ["an unknown option", ["x.ipynb", "--fast"], /^jacobi: Unknown option '--fast'/],
] as const) {
  test(`${what} is one clear line`, () => {
    writeFileSync(join(folder, "lib.ts"), "export const seven: number = 7;");
    const { status, stderr } = jacobi(...words);
    assert.notEqual(status, 0);
    assert.match(stderr, text);
  });
}

test("a notebook of another language, and an output that cannot be written, are one clear line", () => {
  const python = notebook("python.ipynb", ["1"], { name: "python3", language: "python" });
  assert.match(
    jacobi(python).stderr,
    /its kernel is python3 \(python\): only TypeScript runs here: give --server/,
  );
  const { stderr } = jacobi(notebook("one.ipynb", ["1"]), "--output", join(folder, "no/such/out.ipynb"));
  assert.match(stderr, /out\.ipynb: cannot be written: no such file or folder\n$/);
});

test("frames come back as they went, in both forms", () => {
  const json = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer(), fc.boolean()), {
    noNullPrototype: true,
  });
  const buffers = fc.array(fc.uint8Array({ maxLength: 20 }));
  fc.assert(
    fc.property(json, buffers, (content, bytes) => {
      const message = {
        ...newMessage("s", "comm_msg", content),
        buffers: bytes.map((one) => Buffer.from(one)),
      };
      const framed = { channel: "shell", message } as const;
      assert.deepEqual(decodeBinary(encodeBinary(framed)), framed);
      const plain = { channel: "shell", message: { ...message, buffers: [] } } as const;
      assert.deepEqual(decodeText(encodeText(plain)), plain);
    }),
  );
});

test("bytes that are no frame are refused, never anything worse", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      for (const decode of [decodeBinary, decodeText])
        assert.throws(() => decode(Buffer.from(bytes)), { name: "WireError" });
    }),
  );
});

test("texts are cut where Python cuts them", () => {
  assert.deepEqual(lines("a\r\nb\rc\u2028d\x85"), ["a\r\n", "b\r", "c\u2028", "d\x85"]);
  assert.deepEqual(lines(""), []);
});
