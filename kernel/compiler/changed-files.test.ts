/** Files and module cells that change between cells: each cell is checked against what they hold when it runs. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { Cells } from "./run-cells.ts";

const good = (n: number): string => `export const n: number = ${n};`;
const bad = (text: string): string => `export const n: number = ${JSON.stringify(text)};`;
const oops = (text: string): string =>
  `1:14 TS2322 Type 'string' is not assignable to type 'number'. [${bad(text)}]`;

class Folder {
  readonly path = mkdtempSync(join(tmpdir(), "changed-"));
  readonly #cells: Cells;

  constructor(files: Record<string, string> = {}) {
    for (const [name, text] of Object.entries(files)) this.write(name, text);
    this.#cells = new Cells(this.path);
  }

  write(name: string, text: string): void {
    const path = join(this.path, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }

  /** What is wrong with a cell, each with the line that it is said to stand on. */
  errors(source: string): string[] {
    const compiled = this.#cells.compiler.compile({ source, name: "In [1]" });
    if (compiled.ok) return [];
    return compiled.diagnostics.map(
      ({ line, column, code, message, excerpt }) => `${line}:${column} TS${code} ${message} [${excerpt}]`,
    );
  }
}

/** Good, bad, good … : each text of a file with the errors that it makes. */
const versions: readonly (readonly [string, readonly string[]])[] = [
  [good(1), []],
  [bad("oops"), [oops("oops")]],
  [good(2), []],
  [bad("no"), [oops("no")]],
  [bad("not yet"), [oops("not yet")]],
  [good(3), []],
];

test("a local file's errors go when they are mended", () => {
  const folder = new Folder();
  for (const [text, expected] of versions) {
    folder.write("m.ts", text);
    assert.deepEqual(folder.errors("import { n } from './m'; n"), expected, text);
  }
});

test("so do those of a file that it imports", () => {
  const folder = new Folder({ "m.ts": "import { n } from './d';\nexport const twice = n * 2;" });
  for (const [text, expected] of versions) {
    folder.write("d.ts", text);
    assert.deepEqual(folder.errors("import { twice } from './m'; twice"), expected, text);
  }
});

test("errors that a file's import makes in another file come and go", () => {
  const folder = new Folder({ "m.ts": "import { n } from './d';\nexport const twice = n * 2;" });
  const wrong = [
    "2:22 TS2362 The left-hand side of an arithmetic operation must be of type 'any', 'number', 'bigint' or an enum type. [export const twice = n * 2;]",
  ];
  for (const [value, expected] of [
    ["1", []],
    ["'a'", wrong],
    ["2", []],
  ] as const) {
    folder.write("d.ts", `export const n = ${value};`);
    assert.deepEqual(folder.errors("import { twice } from './m'; twice"), expected, value);
  }
});

test("so do those of a file that tsconfig.json has another name for", () => {
  const folder = new Folder({
    "tsconfig.json": '{"compilerOptions":{"paths":{"@lib/*":["./lib/*"]}}}',
  });
  for (const [text, expected] of versions) {
    folder.write("lib/m.ts", text);
    assert.deepEqual(folder.errors("import { n } from '@lib/m'; n"), expected, text);
  }
});

test("so do those of a cell that is a module, which stays as it was", () => {
  const folder = new Folder();
  for (const [text, expected] of versions) {
    const shown = expected.map((line) => line.replace("1:14", "2:14"));
    assert.deepEqual(folder.errors(`/** @module mz */\n${text}`), shown, text);
    assert.deepEqual(folder.errors("import { n } from './mz'; n"), [], text);
  }
});
