/** The course's notebooks are made from one source, and the files in `notebooks/` are what it gives. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { notebookOf } from "./course.ts";
import { notebooks } from "./make-course.ts";
import { root } from "./sources.ts";

interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
}
const cells = (text: string): [string, string][] =>
  (JSON.parse(text) as Notebook).cells.map(({ cell_type, source }) => [cell_type, source.join("")]);

const source = `// %% [markdown]
// # Title
//
// Text with \\(x\\).

// %%
function f(x: number) {
  /// BEGIN SOLUTION
  const y = 2 * x;
  return y;
  /// END SOLUTION
}
`;

test("the solved version holds the answers, without the marks", () => {
  assert.deepEqual(cells(notebookOf(source, "solved")), [
    ["markdown", "# Title\n\nText with \\(x\\)."],
    ["code", "function f(x: number) {\n  const y = 2 * x;\n  return y;\n}"],
  ]);
});

test("the student's version says where code goes, and holds no answer", () => {
  const [, code] = cells(notebookOf(source, "student"));
  assert.deepEqual(code, ["code", "function f(x: number) {\n  // your code goes here\n}"]);
});

test("a malformed source is refused", () => {
  assert.throws(() => notebookOf("1 + 1\n// %%\n", "solved"), /text before the first cell/);
  assert.throws(() => notebookOf("// %% [markdown]\nno comment\n", "solved"), /expected a comment/);
  assert.throws(() => notebookOf("// %%\n/// BEGIN SOLUTION\n1\n", "student"), /without its other half/);
});

for (const [path, text] of notebooks())
  test(`${path} is what its source gives (else: npm run course)`, () => {
    assert.deepEqual(cells(readFileSync(join(root, path), "utf8")), cells(text));
  });
