/** Cells that overflow TypeScript's stack: they get an error, and those after them are compiled as before. */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { createCompiler } from "./compiler.ts";

const depth = 20_000;
const forms: readonly (readonly [string, string])[] = [
  ["brackets", `${"[".repeat(depth)}${"]".repeat(depth)}`],
  ["parentheses", `const deep = ${"(".repeat(depth)}1${")".repeat(depth)}`],
  ["blocks", `${"{".repeat(depth)}${"}".repeat(depth)}`],
  ["types", `let deep: ${"Array<".repeat(depth)}1${">".repeat(depth)}`],
];

test("what is nested too deeply is refused in a line, and harms nothing else", async (t) => {
  const compiler = createCompiler(tmpdir());
  const compile = (source: string) => compiler.compile({ source, name: "In [1]" });
  assert.ok(compile("const kept = { a: 1 }").ok);
  for (const [shows, source] of forms) {
    await t.test(shows, () => {
      const compiled = compile(source);
      assert.ok(!compiled.ok);
      assert.equal(compiled.diagnostics.length, 1);
      const [one] = compiled.diagnostics;
      assert.match(one!.message, /^Nested too deeply for TypeScript: [^\n]+$/);
      assert.equal(`${one!.file}:${one!.line}:${one!.column}`, "In [1]:1:1");
      assert.ok(one!.excerpt.length < 100);
      assert.ok(compile("kept.a.toFixed()").ok);
      assert.ok(!compile("kept.b").ok);
    });
  }
  await t.test("questions about it have an answer", () => {
    const source = forms[0]![1];
    assert.deepEqual(compiler.complete({ source, offset: depth }).matches, []);
    assert.equal(compiler.inspect({ source, offset: depth, detail: 0 }), null);
    assert.equal(compiler.isComplete({ source }).status, "invalid");
  });
});
