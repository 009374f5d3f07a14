/** How a refused cell reads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { diagnosticsError } from "./diagnostics.ts";

const diagnostic = {
  code: 2322,
  message: "Type 'string' is not assignable to type 'number'.",
  file: "In [3]",
  line: 2,
  column: 8,
  excerpt: "\tconst x: number = 'a'",
  length: 1,
};
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours
const plain = (lines: readonly string[]): string => lines.join("\n").replace(/\x1b\[[\d;]+m/g, "");

test("a type error shows message, place, line and a caret under the fault, tabs kept", () => {
  const error = diagnosticsError([diagnostic]);
  assert.equal(error.ename, "TypeScriptError");
  assert.equal(error.evalue, diagnostic.message);
  assert.equal(
    plain(error.traceback),
    [
      "TypeScriptError: Type 'string' is not assignable to type 'number'. (TS2322)",
      "at In [3]:2:8",
      "→ 2 │ \tconst x: number = 'a'",
      "    │ \t      ^",
    ].join("\n"),
  );
});

test("a syntax error is one, and each diagnostic is shown", () => {
  const error = diagnosticsError([{ ...diagnostic, code: 1005, message: "';' expected." }, diagnostic]);
  assert.equal(error.ename, "SyntaxError");
  assert.equal(error.evalue, "';' expected.");
  assert.equal(plain(error.traceback).split("\n").length, 8);
});

test("carets stay within the line", () => {
  const marks = plain(diagnosticsError([{ ...diagnostic, length: 500 }]).traceback)
    .split("\n")
    .at(-1)!;
  assert.equal(marks.replace(/[^^]/g, "").length, diagnostic.excerpt.length - diagnostic.column + 1);
});
