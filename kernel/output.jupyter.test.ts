/** What a notebook keeps of a cell that says a lot, executed by nbclient. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { jupyter, type Notebook, readNotebook } from "../scripts/jupyter.ts";

const folder = mkdtempSync(join(tmpdir(), "jacobi-output-"));
after(() => rmSync(folder, { recursive: true }));

/** After a reply nbclient reads for 4 s what was said before it; on a busy machine it takes longer for 500 messages. */
const patience = "--ExecutePreprocessor.iopub_timeout=120";

const cell = (source: string, i: number): object => ({
  cell_type: "code",
  id: `cell${i}`,
  metadata: {},
  execution_count: null,
  outputs: [],
  source,
});

test("nbclient keeps 100,000 printed lines, 100 of 100 results and 500 displays", () => {
  const results = Array.from({ length: 100 }, (_, i) => `${i} * 2`);
  const sources = [
    `for (let i = 0; i < 100_000; i++) console.log("line", i)`,
    `for (let i = 0; i < 500; i++) display(i)`,
    ...results,
  ];
  const path = join(folder, "much.ipynb");
  const kernelspec = { name: "jacobi", display_name: "TypeScript (Jacobi)", language: "typescript" };
  const metadata = { kernelspec, language_info: { name: "typescript" } };
  writeFileSync(path, JSON.stringify({ cells: sources.map(cell), metadata, nbformat: 4, nbformat_minor: 5 }));
  const options = ["--to", "notebook", "--execute", "--ExecutePreprocessor.timeout=600", patience];
  const { status, stderr } = jupyter("nbconvert", ...options, "--output-dir", join(folder, "out"), path);
  assert.equal(status, 0, stderr);
  const [printed, displayed, ...shown] = readNotebook(join(folder, "out", "much.ipynb")).cells;
  const lines = textOf(printed).split("\n");
  assert.equal(lines.length, 100_001);
  assert.equal(lines[99_999], "line 99999");
  const values = displayed?.outputs?.map(({ data }) => [data?.["text/plain"]].flat().join(""));
  assert.deepEqual(
    values,
    Array.from({ length: 500 }, (_, i) => String(i)),
  );
  const kept = shown.map(({ outputs }) => [outputs?.[0]?.data?.["text/plain"]].flat().join(""));
  assert.deepEqual(
    kept,
    results.map((_, i) => String(i * 2)),
  );
});

const textOf = (one: Notebook["cells"][number] | undefined): string =>
  (one?.outputs ?? []).map(({ text }) => [text ?? ""].flat().join("")).join("");
