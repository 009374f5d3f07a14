/** Whether a text can be run, as consoles ask. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { isComplete } from "./is-complete.ts";
import { ts } from "./typescript.ts";

const complete = "complete";
const invalid = "invalid";

/** Cells with their status: `complete`, `invalid`, or incomplete with the next line's indent. */
const cells: readonly [source: string, status: string][] = [
  ["", complete],
  ["const a = 1", complete],
  ["a\n  .b()", complete],
  ["let x", complete],
  ["if (a) b", complete],
  ["// abc", complete],
  ["@tag\nclass A {}", complete],
  ["await f()", complete],
  ["for await (const x of y) {}", complete],
  ["declare const x: number", complete],
  ["declare function f(): void", complete],
  ["import { a } from 'x'", complete],
  ["<p>text</p>", complete],
  ["a < b", complete],
  // Brackets
  ["function f() {", "  "],
  ["if (a) {\n  for (;;) {", "    "],
  ["function f() {\n  return 1\n", "  "],
  ["f(", "  "],
  ["f(1,\n  2", "  "],
  ["f(()", "  "],
  ["const x = {\n  a: 1,", "  "],
  ["[1,", "  "],
  ["foo(() => {\n  bar(", "    "],
  ["switch (x) {\n  case 1:", "    "],
  ["class A {\n  m() {", "    "],
  // Heads
  ["const", ""],
  ["let", ""],
  ["const x", ""],
  ["function f()", ""],
  ["if (a)", "  "],
  ["if (a) {} else", "  "],
  ["for (const x of y)", "  "],
  ["while (x)", "  "],
  ["do {}", ""],
  ["try {}", ""],
  ["class A", "  "],
  ["class A extends B", "  "],
  ["enum E", "  "],
  ["@tag", ""],
  ["label:", ""],
  ["export", ""],
  ["import", ""],
  ["import { a }", ""],
  // Operators
  ["const a =", "  "],
  ["if (a) {\n  const b =", "    "],
  ["a +", "  "],
  ["a +\n  b +", "  "],
  ["a.", "  "],
  ["a\n  .b\n  .", "  "],
  ["a ? b :", "  "],
  ["x =>", "  "],
  ["async () =>", "  "],
  ["<T>(x: T) =>", "  "],
  ["x as", "  "],
  ["type T =\n  | A\n  |", "  "],
  ["const x = await", "  "],
  // Texts: whitespace counts there
  ["`abc", ""],
  ["`a${b", "  "],
  ["/* abc", ""],
  ["'abc\\", ""],
  // JSX
  ["const a = <div>", "  "],
  ["const a = <div>\n  <b>hi</b>", "  "],
  ["<div a={", ""],
  ["<>", "  "],
  // Nothing can mend these
  ["const = 3", invalid],
  ["a b c", invalid],
  ["}", invalid],
  ["f)", invalid],
  ["'abc", invalid],
  ["'abc\\\\", invalid],
  ["/abc", invalid],
  ["1e", invalid],
  ["</div>", invalid],
];
for (const [source, status] of cells) {
  test(`completeness of ${JSON.stringify(source)}`, () => {
    const isEnded = status === complete || status === invalid;
    const expected = isEnded ? { status, indent: "" } : { status: "incomplete", indent: status };
    assert.deepEqual(isComplete(source), expected);
  });
}

test("no beginning of a program is invalid", () => {
  const text = readFileSync(new URL(import.meta.url), "utf8");
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, text);
  const wrong: string[] = [];
  for (let i = 0; scanner.scan() !== ts.SyntaxKind.EndOfFileToken && i < 240; i++) {
    const beginning = text.slice(0, scanner.getTokenEnd());
    if (i % 12 === 0 && isComplete(beginning).status === "invalid") wrong.push(beginning.slice(-40));
  }
  assert.deepEqual(wrong, []);
});
