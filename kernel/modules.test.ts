/** Imports in cells, types and values together: a table of files, cells and what the last one gives. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { TestSession } from "./test-session.ts";

/** Files are written before the first cell; a step of the form `{ "a.ts": "…" }` between cells writes more. */
interface Case {
  readonly shows: string;
  readonly files: Readonly<Record<string, string>>;
  readonly cells: readonly (string | Readonly<Record<string, string>>)[];
  /** The value of the last cell. */
  readonly gives?: unknown;
  /** What the last cell's error says. */
  readonly fails?: RegExp;
}

/** A package on disk: its manifest and its files. */
const pack = (
  name: string,
  manifest: object,
  files: Readonly<Record<string, string>>,
): Record<string, string> => ({
  [`node_modules/${name}/package.json`]: JSON.stringify({ name, ...manifest }),
  ...Object.fromEntries(Object.entries(files).map(([path, text]) => [`node_modules/${name}/${path}`, text])),
});

/** A cell that is refused unless `value` has the type, and is not `any`. */
const typed = (value: string, type: string): string =>
  `{ const check: ${type} = ${value}; void check }
  // @ts-expect-error: it is no any
  void ((${value}) satisfies symbol);`;

const cjs = "module.exports = function twice(n) { return 2 * n }; module.exports.half = (n) => n / 2;";
const cjsTypes =
  "declare function twice(n: number): number; declare namespace twice { function half(n: number): number } export = twice;";

const cases: readonly Case[] = [
  {
    shows: "a package with export = has a default import",
    files: pack("twice", { types: "index.d.ts" }, { "index.js": cjs, "index.d.ts": cjsTypes }),
    cells: ['import twice from "twice";', typed("twice(1)", "number"), "twice(4)"],
    gives: 8,
  },
  {
    shows: "a package with export = by import = require()",
    files: pack("twice", { types: "index.d.ts" }, { "index.js": cjs, "index.d.ts": cjsTypes }),
    cells: ['import twice = require("twice");', typed("twice(1)", "number"), "twice.half(4)"],
    gives: 2,
  },
  {
    shows: "declarations in files that a declaration file references",
    files: {
      ...pack("many", {}, { "index.js": "exports.one = () => 1; exports.two = () => 2;" }),
      ...pack(
        "@types/many",
        {},
        {
          "index.d.ts":
            '/// <reference path="./two.d.ts" />\nexport = m; declare const m: m.Many; declare namespace m { interface Many { one(): 1 } }',
          "two.d.ts":
            'import m = require("./index"); declare module "./index" { interface Many { two(): 2 } }',
        },
      ),
    },
    cells: ['import { one, two } from "many";', typed("two()", "2"), "one() + two()"],
    gives: 3,
  },
];

for (const { shows, files, cells, gives, fails } of cases) {
  test(shows, async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "jacobi-imports-")));
    const write = (all: Readonly<Record<string, string>>): void => {
      for (const [path, text] of Object.entries(all)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    };
    write(files);
    const session = new TestSession(folder);
    let last: unknown;
    for (const [index, cell] of cells.entries()) {
      if (typeof cell !== "string") write(cell);
      else if (fails && index === cells.length - 1) await assert.rejects(session.run(cell), fails);
      else last = await session.run(cell);
    }
    if (!fails) assert.deepEqual(last, gives);
  });
}
