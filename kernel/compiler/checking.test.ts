/** What stops a cell and where it is said to stand: comments, local files, tsconfig.json. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { CellDiagnostic } from "../threads.ts";
import { type Compiler, createCompiler } from "./compiler.ts";

/** A folder that holds these files. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), "checked-"));
  write(folder, files);
  return folder;
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

/** A cell's errors as `FILE:LINE:COLUMN TSCODE`. */
function errorsOf(compiler: Compiler, source: string): string[] {
  const compiled = compiler.compile({ source, name: "In [1]" });
  return compiled.ok ? [] : compiled.diagnostics.map(placed);
}

const placed = ({ file, line, column, code }: CellDiagnostic): string =>
  `${file.replace(/^.*\/checked-\w+\//, "")}:${line}:${column} TS${code}`;

const plain: readonly [shows: string, source: string, ...errors: string[]][] = [
  [
    "several errors, in the order of the text",
    "const a: string = 1\nlet b: number = ''\nc",
    "1:7 TS2322",
    "2:5 TS2322",
    "3:1 TS2304",
  ],
  ["several syntax errors, and only these", "const a: string = 1; let = ;\n)", "1:28 TS1109", "2:1 TS1128"],
  ["the same error twice in a line", "x; x", "1:1 TS2304", "1:4 TS2304"],
  [
    "unused names are no errors",
    "function f(unused: number) { const never = 1 } import * as fs from 'node:fs'",
  ],
  ["unreachable code is no error", "function g() { return 1; console.log() }"],
  ["deprecated names are no errors", "escape('a'); 'a'.substr(1)"],
  ["implicit any is no error", "function f(a, ...b) { return a[b[0]] }"],
  ["@ts-nocheck, behind other comments", "// a cell\n// @ts-nocheck\nconst a: string = 1"],
  ["@ts-nocheck does not hide what does not parse", "// @ts-nocheck\nconst = 1", "2:7 TS1134", "2:9 TS1134"],
  ["@ts-nocheck below the first statement", "const a: string = 1\n// @ts-nocheck", "1:7 TS2322"],
  [
    "@ts-ignore counts for the next line",
    "// @ts-ignore\nconst a: string = 1\nconst b: string = 1",
    "3:7 TS2322",
  ],
  ["@ts-ignore with nothing to ignore", "// @ts-ignore\nconst a = 1"],
  ["@ts-ignore over comments and empty lines", "// @ts-ignore: why\n\n// more\nconst a: string = 1"],
  ["@ts-ignore does not hide what does not parse", "// @ts-ignore\nconst = 1", "2:7 TS1134", "2:9 TS1134"],
  ["@ts-expect-error", "// @ts-expect-error\nconst a: string = 1"],
  ["@ts-expect-error that nothing meets", "// @ts-expect-error\nconst a = 1", "1:1 TS2578"],
  ["@ts-expect-error meets an implicit any, too", "// @ts-expect-error\nfunction f(a) {}"],
  ["@ts-expect-error in a block comment", "/* @ts-expect-error */\nconst a: string = 1"],
  [
    "CommonJS's names, though Node's types have them",
    "import { pid } from 'node:process'; module.exports = pid; typeof exports",
    "1:37 TS2591",
    "1:66 TS2304",
  ],
  ["CommonJS's names, declared", "import { pid } from 'node:process'; const module = pid; module.toFixed()"],
  ["a reference to types that are not there", "/// <reference types='nope' />\n1", "1:23 TS2688"],
  ["a reference to Node's types", "/// <reference types='node' />\nprocess.pid"],
  ["a reference to a file that is not there", "/// <reference path='nope.d.ts' />\n1", "1:22 TS6053"],
  [
    "a name of TypeScript's own runtime types",
    "const p: Promise<number> = Promise.resolve('a')",
    "1:7 TS2322",
  ],
  ["JSX that does not parse", "const a = <div>{</div>", "1:17 TS1109"],
  ["JSX that could be a comparison", "const A = 1; <A>{}</A>; // end", "1:15 TS2604", "1:15 TS2874"],
  ["a type assertion beside a closing tag in a text", "const a = <string>'</p>'; a.nope", "1:29 TS2339"],
];

test("cells by themselves", async (t) => {
  const compiler = createCompiler(folderOf({}));
  for (const [shows, source, ...errors] of plain) {
    await t.test(shows, () =>
      assert.deepEqual(
        errorsOf(compiler, `${source}\nexport {}`).map((one) => one.replace("In [1]:", "")),
        errors,
      ),
    );
  }
});

test("a diagnostic holds its line, its place and its length", () => {
  const compiler = createCompiler(folderOf({}));
  const compiled = compiler.compile({ source: "let ok = 1\n\tlet wrong: string = ok", name: "In [7]" });
  assert.deepEqual(compiled.ok ? [] : compiled.diagnostics, [
    {
      code: 2322,
      message: "Type 'number' is not assignable to type 'string'.",
      file: "In [7]",
      line: 2,
      column: 6,
      excerpt: "\tlet wrong: string = ok",
      length: 5,
    },
  ]);
});

const files = {
  "good.ts": "export const good: number = 1;",
  "bad.ts": "export const a = 1;\nexport const b: string = a;",
  "broken.ts": "export const c = ;",
  "deep.ts": "export { b } from './bad.ts'; export const d = 1;",
  "unchecked.ts": "// @ts-nocheck\nexport const e: string = 1;",
  "silenced.ts": "// @ts-ignore\nexport const f: string = 1;",
  "loose.ts": "export function g(a) { return a }",
  "script.js": "export const h = nothing.at.all;",
  "globals.d.ts": "declare var referenced: number;",
  "node_modules/pack/index.ts": "export const i: string = 1;",
  "node_modules/pack/package.json": '{ "name": "pack", "version": "1.0.0", "types": "index.ts" }',
};

const local: readonly [shows: string, source: string, ...errors: string[]][] = [
  ["a file without errors", "import { good } from './good.ts'; good.toFixed()"],
  ["a type error", "import { a } from './bad.ts'", "bad.ts:2:14 TS2322"],
  ["a type error in what a file imports", "import { d } from './deep'", "bad.ts:2:14 TS2322"],
  ["a syntax error", "import { c } from './broken.ts'", "broken.ts:1:18 TS1109"],
  ["a file imported while the cell runs", "const { a } = await import('./bad.ts')"],
  ["a file by require", "import bad = require('./bad.ts')", "bad.ts:2:14 TS2322"],
  [
    "an error of the cell as well",
    "import { a } from './bad.ts'\na.x",
    "In [1]:2:3 TS2339",
    "bad.ts:2:14 TS2322",
  ],
  ["a file with @ts-nocheck", "import { e } from './unchecked.ts'"],
  ["a line with @ts-ignore", "import { f } from './silenced.ts'"],
  ["an implicit any", "import { g } from './loose.ts'"],
  ["JavaScript", "import { h } from './script.js'"],
  ["a package's own source", "import { i } from 'pack'"],
  ["an unchecked cell", "// @ts-nocheck\nimport { a } from './bad.ts'"],
  ["a file of global declarations", "/// <reference path='globals.d.ts' />\nreferenced.toFixed()"],
  ["a cell that imports none of them", "1"],
];

test("errors in local files", async (t) => {
  const folder = folderOf(files);
  const compiler = createCompiler(folder);
  for (const [shows, source, ...errors] of local) {
    await t.test(shows, () => assert.deepEqual(errorsOf(compiler, source), errors));
  }
  await t.test("a file that was mended", () => {
    const path = join(folder, "bad.ts");
    writeFileSync(path, "export const a = 'text', b: string = a;");
    assert.deepEqual(errorsOf(compiler, "import { a } from './bad.ts'; a.length"), []);
  });
});

/** What it shows, the tsconfig.json (or more files), a cell, its errors. */
const configs: readonly [
  shows: string,
  config: string | Readonly<Record<string, string>>,
  source: string,
  ...errors: string[],
][] = [
  [
    "no strict null checks",
    '{ "compilerOptions": { "strict": false } }',
    "const a: string = null; let b = []; b.push(1)",
  ],
  [
    "strict with a single exception",
    '{ "compilerOptions": { "strictNullChecks": false } }',
    "const a: string = null",
  ],
  [
    "strict asks for implicit any",
    '{ "compilerOptions": { "strict": true } }',
    "function f(a) {}",
    "In [1]:1:12 TS7006",
  ],
  [
    "an option that is off by default",
    '{ "compilerOptions": { "noImplicitReturns": true } }',
    "function f(a: boolean) { if (a) return 1 }",
    "In [1]:1:10 TS7030",
  ],
  [
    "comments and a last comma",
    '{ // see\n "compilerOptions": { "strict": false, }, }',
    "const a: string = null",
  ],
  [
    "extends",
    {
      "tsconfig.json": '{ "extends": "./base/strictness.json" }',
      "base/strictness.json": '{ "compilerOptions": { "strict": false } }',
    },
    "const a: string = null",
  ],
  [
    "extends a package",
    {
      "tsconfig.json": '{ "extends": "shared-config/tsconfig.json" }',
      "node_modules/shared-config/tsconfig.json": '{ "compilerOptions": { "strict": false } }',
    },
    "const a: string = null",
  ],
  [
    "paths",
    {
      "tsconfig.json": '{ "compilerOptions": { "paths": { "@/*": ["./source/*"] } } }',
      "source/one.ts": "export const one = 1",
    },
    "import { one } from '@/one'; const a: string = one",
    "In [1]:1:36 TS2322",
  ],
  [
    "unused names do not stop a cell",
    '{ "compilerOptions": { "noUnusedLocals": true, "noUnusedParameters": true } }',
    "function f(a: number) { const b = 1 }",
  ],
  [
    "legacy decorators",
    '{ "compilerOptions": { "experimentalDecorators": true } }',
    "function d(a: object, k: string) {} class A { @d p = 1 }",
  ],
  [
    "a project without files",
    '{ "files": [] , "compilerOptions": { "strict": false } }',
    "const a: string = null",
  ],
];

test("tsconfig.json", async (t) => {
  for (const [shows, config, source, ...errors] of configs) {
    await t.test(shows, () => {
      const compiler = createCompiler(
        folderOf(typeof config === "string" ? { "tsconfig.json": config } : config),
      );
      const compiled = compiler.compile({ source, name: "In [1]" });
      assert.deepEqual(compiled.notes, undefined);
      assert.deepEqual(compiled.ok ? [] : compiled.diagnostics.map(placed), errors);
    });
  }
  await t.test("one above counts when its files are those of the folder", () => {
    const folder = folderOf({
      "tsconfig.json": '{ "compilerOptions": { "strict": false } }',
      "sub/a.txt": "",
    });
    assert.deepEqual(errorsOf(createCompiler(join(folder, "sub")), "const a: string = null"), []);
    write(folder, { "tsconfig.json": '{ "include": ["src"], "compilerOptions": { "strict": false } }' });
    assert.deepEqual(errorsOf(createCompiler(join(folder, "sub")), "const a: string = null"), [
      "In [1]:1:7 TS2322",
    ]);
  });
});

const faults: readonly [shows: string, config: string, ...notes: string[]][] = [
  ["what does not parse", '{ "compilerOptions": { "strict": false,, } }', "tsconfig.json:1:40 TS1136"],
  [
    "an option there is not",
    '{ "compilerOptions": { "strikt": true, "strict": false } }',
    "tsconfig.json:1:24 TS5025",
  ],
  [
    "a value of the wrong type",
    '{ "compilerOptions": { "strict": false, "noImplicitReturns": "yes" } }',
    "tsconfig.json:1:62 TS5024",
  ],
  [
    "a file to extend that is not there",
    '{ "extends": "./nope.json", "compilerOptions": { "strict": false } }',
    "tsconfig.json:1:1 TS5083",
  ],
];

test("faults of tsconfig.json are told once, and the rest of it counts", async (t) => {
  for (const [shows, config, ...notes] of faults) {
    await t.test(shows, () => {
      const compiler = createCompiler(folderOf({ "tsconfig.json": config }));
      const first = compiler.compile({ source: "const a: string = null", name: "In [1]" });
      assert.equal(first.ok, true);
      assert.deepEqual(first.notes?.map(placed), notes);
      assert.equal(compiler.compile({ source: "1", name: "In [2]" }).notes, undefined);
    });
  }
});
