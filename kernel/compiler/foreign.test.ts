/** What a cell says to someone who writes Python in it. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createCompiler } from "./compiler.ts";

const compiler = createCompiler(mkdtempSync(join(tmpdir(), "foreign-")));
compiler.compile({ source: "let known = 1, xs = [1]", name: "In [1]" });

/** The advice in the message of a cell's first error. */
function advice(source: string): string | undefined {
  const compiled = compiler.compile({ source, name: "In [2]" });
  assert.ok(!compiled.ok, "it compiles");
  return compiled.diagnostics[0]?.message.split("\n").slice(1).join("\n");
}

for (const [source, expected] of [
  ["known\n%matplotlib inline", /first line/],
  ["!npm install lodash", /%%bash/],
  ["!ls", /%%bash/],
  ["import numpy as np", /import \* as NAME/],
  ["from math import sqrt", /import \* as NAME/],
  ["def f(x): return x", /function f/],
  ["for x in xs: console.log(x)", /for \(const x of xs\)/],
  ["if known > 1:\n  known", /braces/],
  ['import torch from "torch"', /"jacobi"/],
  ['import * as plt from "matplotlib/pyplot"', /"jacobi\/plot"/],
  ["print(known)", /console\.log/],
  ["len(xs)", /x\.length/],
  ["for (const i of range(3)) console.log(i)", /Array\(n\)/],
  ["const yes = True", /True is true/],
  ["fresh = 5", /let fresh = /],
] as const)
  test(`${JSON.stringify(source)} is told what to write`, () => {
    assert.match(advice(source) ?? "", expected);
  });

for (const source of [
  "!knwon instanceof Map",
  "xs\n  % missing",
  "fresh == 5",
  "fresh => missing",
  "knwon",
  'const s: number = "print"',
])
  test(`${JSON.stringify(source)} is left as TypeScript says it`, () => {
    assert.doesNotMatch(advice(source) ?? "", /%%bash|first line|let fresh|console\.log/);
  });

test("a line of Python gives one error", () => {
  const compiled = compiler.compile({ source: "import numpy as np", name: "In [2]" });
  assert.equal(compiled.ok ? 0 : compiled.diagnostics.length, 1);
});
