/** Completion, inspection and completeness of cells that begin with magics. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createCompiler } from "./compiler.ts";

const compiler = createCompiler(mkdtempSync(join(tmpdir(), "magics-")));
compiler.compile({ source: "const known = [1, 2]", name: "In [1]" });

/** What is offered at the `|`, and the text that it replaces. */
function offered(marked: string): { texts: string[]; replaces: string } {
  const offset = marked.indexOf("|");
  const source = marked.replace("|", "");
  const { matches, start, end } = compiler.complete({ source, offset });
  return { texts: matches.map(({ text }) => text), replaces: source.slice(start, end) };
}

const completions: readonly [marked: string, texts: readonly string[], replaces: string][] = [
  ["%ls|", ["%lsmagic"], "%ls"],
  ["%ti|", ["%time", "%timeit", "%%time", "%%timeit"], "%ti"],
  ["%%wr|\n", ["%%writefile"], "%%wr"],
  ["\n %%ba|", ["%%bash"], "%%ba"],
  ["%%bash --o|", ["--out"], "--o"],
  ["%timeit -|", ["-n", "-r", "-p"], "-"],
  ["%%bash\nkno|", [], ""],
  ["%%html\n<b>|", [], ""],
  ["%%time\nkno|", ["known"], "kno"],
  ["%%time\nknown.flatM|", ["flatMap"], "flatM"],
  ["%timeit -n 3 kno|", ["known"], "kno"],
  ["%%timeit const own = 1\now|", ["own"], "ow"],
  ["%matplotlib inline\nkno|", ["known"], "kno"],
  ["%%time\n%%ba|", ["%%bash"], "%%ba"],
];
for (const [marked, texts, replaces] of completions)
  test(`completion of ${JSON.stringify(marked)}`, () => {
    assert.deepEqual(offered(marked), { texts, replaces });
  });

const completeness: readonly [source: string, status: string][] = [
  ["%lsmagic", "complete"],
  ["%time f()", "complete"],
  ["%time f(", "incomplete"],
  ["%%time", "incomplete"],
  ["%%time\n", "incomplete"],
  ["%%time\nf()", "incomplete"],
  ["%%time\nf()\n", "complete"],
  ["%%time\nf(\n", "incomplete"],
  ["%%bash\nls (", "incomplete"],
  ["%%bash\nls (\n", "complete"],
  ["%matplotlib inline", "complete"],
  ["%nosuch", "complete"],
];
for (const [source, status] of completeness)
  test(`${JSON.stringify(source)} is ${status}`, () => {
    assert.equal(compiler.isComplete({ source }).status, status);
  });

test("inspection shows a magic's usage, and what stands in a body", () => {
  const magic = compiler.inspect({ source: "%%writefile a.ts\nx", offset: 4, detail: 0 });
  assert.equal(magic?.signature, "%%writefile [-a|--append] PATH");
  assert.match(magic.documentation, /^Writes the cell to a file/);
  const body = compiler.inspect({ source: "%%time\nknown", offset: 9, detail: 0 });
  assert.match(String(body?.signature), /known: number\[\]/);
  assert.equal(compiler.inspect({ source: "%%bash\nknown", offset: 9, detail: 0 }), null);
});
