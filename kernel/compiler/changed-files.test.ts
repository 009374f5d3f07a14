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

test("a package that is updated has its new types at the next import, also those it brings as globals", () => {
  const at = "node_modules/p";
  const folder = new Folder({
    [`${at}/package.json`]: '{"name":"p","version":"1.0.0","types":"index.d.ts"}',
    [`${at}/index.d.ts`]: 'export { n } from "./inner";\ndeclare global { var g: number }',
    [`${at}/inner.d.ts`]: "export declare const n: number;",
    "node_modules/.package-lock.json": "1",
  });
  const use = 'import { n } from "p"; const s: string = n;';
  const mismatch = (type: string) =>
    `1:30 TS2322 Type '${type}' is not assignable to type 'string'. [${use}]`;
  assert.deepEqual(folder.errors(use), [mismatch("number")]);
  folder.write(`${at}/inner.d.ts`, "export declare const n: string;");
  assert.deepEqual(folder.errors("const x = 1"), []);
  assert.deepEqual(folder.errors(use), []);
  assert.deepEqual(folder.errors("g.toFixed()"), []);
  folder.write(`${at}/other.d.ts`, "export declare const n: boolean;");
  folder.write(`${at}/package.json`, '{"name":"p","version":"2.0.0","types":"other.d.ts"}');
  folder.write("node_modules/.package-lock.json", "2 2");
  assert.deepEqual(folder.errors(use), [mismatch("boolean")]);
});

test("globals of a referenced file stay when another file changes, and follow when it does", () => {
  const folder = new Folder({ "g.d.ts": "declare var g: number;", "m.ts": good(1) });
  assert.deepEqual(folder.errors('/// <reference path="./g.d.ts" />\nimport { n } from "./m"; n + g'), []);
  folder.write("m.ts", "export const n = 12345;");
  assert.deepEqual(folder.errors("g.toFixed()"), []);
  folder.write("g.d.ts", "declare var g: string;");
  assert.deepEqual(folder.errors("g.trim()"), []);
});
