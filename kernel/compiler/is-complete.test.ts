/** Whether a text can be run, as consoles ask. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isComplete } from "./is-complete.ts";

const complete = "complete";
const invalid = "invalid";

/** Cells with their status: `complete`, `invalid`, or incomplete with the next line's indent. */
const cells: readonly [source: string, status: string][] = [
  ["", complete],
  ["const a = 1", complete],
  ["function f() {", "  "],
  ["if (a) {\n  for (;;) {", "    "],
  ["f(", "  "],
  ["const a =", ""],
  ["`abc", ""],
  ["/* abc", ""],
  ["f(1,\n  2", "  "],
  ["const = 3", invalid],
  ["a b c", invalid],
  ["'abc", invalid],
  ["<p>text</p>", complete],
];
for (const [source, status] of cells) {
  test(`completeness of ${JSON.stringify(source)}`, () => {
    const isEnded = status === complete || status === invalid;
    const expected = isEnded ? { status, indent: "" } : { status: "incomplete", indent: status };
    assert.deepEqual(isComplete(source), expected);
  });
}
