/** What no name holds any more is collected: old values of redeclared names, results, closures of earlier cells. */
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createCompiler } from "../compiler/compiler.ts";
import { startTestRuntime } from "./fixture.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "jacobi-garbage-")));
const compiler = createCompiler(folder);
const runtime = startTestRuntime(folder);
after(() => runtime.stop());

let count = 0;
async function run(source: string): Promise<unknown> {
  const compiled = compiler.compile({ source, name: `In [${++count}]` });
  if (!compiled.ok) return assert.fail(JSON.stringify(compiled.diagnostics));
  const records = await runtime.run(compiled.code, source);
  const result = records.find((record) => record.kind === "result");
  return result?.kind === "result" ? result.data["text/plain"] : undefined;
}

const prelude = `
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;
let seen: WeakRef<object>;
const large = (): Float64Array => {
  const made = new Float64Array(12_500_000);
  seen = new WeakRef(made);
  return made;
};`;

/** What it shows, and cells after which the value that \`large\` made is gone. */
const cases: readonly (readonly [shows: string, ...cells: string[]])[] = [
  ["a let declared anew", "let x = large()", "let x = 1"],
  ["a let assigned", "let y = large()", "y = new Float64Array(1)"],
  ["a const that becomes a function", "const z = large()", "function z() {}"],
  [
    "a variable of a loop",
    "let w = large(); for (let i = 0; i < 3; i++) w[i] = i",
    "w = large().subarray(0, 0); w = new Float64Array(1)",
  ],
  ["the value of a last expression", "large()", "1"],
  ["the awaited value of a last expression", "Promise.resolve(large())", "1"],
  [
    "what an old function closes over",
    "let f = (() => { const held = large(); return () => held.length })()",
    "f = () => 0",
  ],
  ["what an old class holds", "class C { static held = large() }", "class C { static held = 0 }"],
  ["a variable of a cell that threw", "let t = large(); throw new Error('after')", "let t = 0"],
  [
    "a local of a cell that threw",
    "{ const local = large(); if (local.length > 1) throw new Error('inside') }",
    "1",
  ],
  [
    "a variable of a cell that awaited",
    "let u = large(); await new Promise((done) => setTimeout(done, 1)); u.length",
    "u = new Float64Array(1)",
  ],
  ["what a let of a block held", "{ let b = large(); for (let i = 0; i < 9; i++) b[i] = i }", "1"],
  ["what was displayed", "display(large().subarray(0, 2))", "1"],
];

test("what no name holds is collected", async (t) => {
  await run(prelude);
  for (const [shows, ...cells] of cases) {
    await t.test(shows, async () => {
      for (const cell of cells) await run(cell);
      assert.equal(await run("collect(); seen!.deref() === undefined"), "true");
    });
  }
});

test("what a name still holds is not", async () => {
  await run("let kept = large()");
  assert.equal(await run("collect(); seen!.deref() === kept"), "true");
});
