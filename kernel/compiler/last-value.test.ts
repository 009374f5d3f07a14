/** Which statement's value is the cell's: the last one's, when it is an expression. */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { Cells } from "./run-cells.ts";

/** What it shows, the cell, and its value. */
const cells: readonly [shows: string, source: string, value: unknown][] = [
  ["an expression", "1; 2", 2],
  ["a semicolon takes nothing away", "3;", 3],
  ["nor do empty statements and comments", "4;; // four\n/* the end */", 4],
  ["an assignment", "let a = 1; a = 5", 5],
  ["a directive", '"use strict"', "use strict"],
  [
    "functions, types, imports and exports below do not hide it",
    "6\nfunction f() {}\ntype T = 1; interface I {}\nimport 'node:os'\nexport { f }",
    6,
  ],
  ["undefined", "void 7", undefined],
  ["null", "null", null],
  ["an awaited promise", "await Promise.resolve(8)", 8],
  ["a promise", "Promise.resolve(9)", 9],
  ["a declaration has none", "1; const b = 2", undefined],
  ["a block has none", "{ 1 }", undefined],
  ["nor have conditions and loops", "if (Math.random() < 2) 1; for (const x of [1]) x * 2", undefined],
  ["nor has try", "try { 1 } finally { 2 }", undefined],
];

const session = new Cells(tmpdir());
for (const [shows, source, value] of cells)
  test(shows, async () => {
    assert.deepEqual(await session.run(source), value);
  });
