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
  /** The value of the last cell, or what its text fits. */
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
  {
    shows: "require of a typed module is typed",
    files: pack("twice", { types: "index.d.ts" }, { "index.js": cjs, "index.d.ts": cjsTypes }),
    cells: [
      'const twice = require("twice"); const { join } = require("path");',
      typed("twice(1)", "number"),
      typed('join("a")', "string"),
      "twice(4)",
    ],
    gives: 8,
  },
  {
    shows: "require of what is not there is an error of the run, which can be caught",
    files: {},
    cells: ['let text = ""; try { require("absent") } catch (error) { text = String(error) }', "text"],
    gives: /^Error: import: absent: not installed: run npm install absent in \//,
  },
  {
    shows: "a CommonJS package compiled from an ES module has the default it says",
    files: pack(
      "compiled",
      { types: "index.d.ts" },
      {
        "index.js":
          "Object.defineProperty(exports, '__esModule', { value: true }); exports.default = () => 1; exports.two = 2;",
        "index.d.ts":
          "declare const one: () => number; export default one; export declare const two: number;",
      },
    ),
    cells: [
      'import one, { two } from "compiled"; import * as all from "compiled";',
      "[one(), two, all.two, all.default()]",
    ],
    gives: [1, 2, 2, 1],
  },
  {
    shows: "a CommonJS package's names that are made as it runs",
    files: pack("computed", {}, { "index.js": 'for (const name of ["a", "b"]) exports[name] = name;' }),
    cells: ['import { b } from "computed"; import all from "computed";', "[b, all.a]"],
    gives: ["b", "a"],
  },
  {
    shows: "a package without types is any",
    files: pack("bare", { main: "main.js" }, { "main.js": "module.exports = { a: 1 };" }),
    cells: [
      'import bare, { a } from "bare"; import * as all from "bare"; import required = require("bare");',
      "[bare.a, a, all.a, required.a, bare.nothing]",
    ],
    gives: [1, 1, 1, 1, undefined],
  },
  {
    shows: "a package of nothing but types",
    files: pack(
      "shapes",
      { types: "index.d.ts" },
      { "index.d.ts": "export interface Square { side: number }" },
    ),
    cells: [
      'import type { Square } from "shapes"; import { Square as S, type Square as T } from "shapes";',
      "const square: Square & S & T = { side: 2 }; square.side",
    ],
    gives: 2,
  },
  {
    shows: "subpaths, conditions and a package's own name and #imports",
    files: {
      ...pack(
        "parts",
        {
          type: "module",
          exports: {
            ".": { types: "./main.d.ts", default: "./main.js" },
            "./*": { types: "./lib/*.d.ts", default: "./lib/*.js" },
          },
          imports: { "#inner": "./lib/one.js" },
        },
        {
          "main.js": 'export { one } from "#inner"; export { two } from "parts/two";',
          "main.d.ts": 'export { one } from "#inner"; export { two } from "parts/two";',
          "lib/one.js": "export const one = 1;",
          "lib/one.d.ts": "export declare const one: 1;",
          "lib/two.js": "export const two = 2;",
          "lib/two.d.ts": "export declare const two: 2;",
        },
      ),
      "package.json": JSON.stringify({
        name: "here",
        exports: "./self.ts",
        imports: { "#own": "./self.ts" },
      }),
      "self.ts": "export const self: number = 3;",
    },
    cells: [
      'import { one, two } from "parts"; import { two as second } from "parts/two"; import { self } from "here"; import { self as own } from "#own";',
      typed("two", "2"),
      typed("self + own", "number"),
      "[one, two, second, self, own]",
    ],
    gives: [1, 2, 2, 3, 3],
  },
  {
    shows: "typesVersions",
    files: pack(
      "old",
      { types: "index.d.ts", typesVersions: { "*": { "*": ["new/*"] } } },
      {
        "index.js": "exports.a = 1;",
        "index.d.ts": "export {};",
        "new/index.d.ts": "export declare const a: number;",
      },
    ),
    cells: ['import { a } from "old";', typed("a", "number"), "a"],
    gives: 1,
  },
  {
    shows: "a package installed while the kernel runs, where a local file missed it",
    files: { "uses.ts": 'import { late } from "late";\nexport const twice = 2 * late;' },
    cells: [
      'let failed = false; try { await import("./uses") } catch { failed = true }',
      pack(
        "late",
        { types: "index.d.ts" },
        { "index.js": "exports.late = 4;", "index.d.ts": "export declare const late: number;" },
      ),
      'import { twice } from "./uses"; import { late } from "late";',
      typed("twice + late", "number"),
      "[failed, twice, late]",
    ],
    gives: [true, 8, 4],
  },
  {
    shows: "a package that a package missed, installed while the kernel runs",
    files: pack("needs", {}, { "index.js": 'exports.x = require("inner").x;' }),
    cells: [
      'let failed = 0; try { await import("needs") } catch { failed++ } try { require("needs") } catch { failed++ }',
      pack("inner", { main: "main.js" }, { "main.js": "exports.x = 6;" }),
      'import { x } from "needs"; [failed, x, require("needs").x]',
    ],
    gives: [2, 6, 6],
  },
  {
    shows: "an ES module that missed a package says what to do",
    files: pack("late-esm", { type: "module", exports: "./a.js" }, { "a.js": 'export { x } from "inner";' }),
    cells: ['await import("late-esm")'],
    fails: /Cannot find package 'inner' imported from .*: run npm install inner and restart the kernel$/,
  },
  {
    shows: "local files of every ending, with it and without",
    files: {
      "a.ts": "export const a: number = 1;",
      "b.tsx": "export const b = <T,>(x: T) => x;",
      "c.js": "export const c = 3;",
      "d.mjs": "export const d = 4;",
      "e.cjs": "exports.e = 5;",
      "f.mts": "export const f: number = 6;",
      "g.cts": "const g: number = 7; export = { g };",
      "h.json": '{ "h": 8 }',
      "folder/index.ts": "export const i = 9;",
      "main/package.json": '{ "main": "./there.js" }',
      "main/there.js": "exports.j = 10;",
    },
    cells: [
      'import { a } from "./a"; import { b } from "./b"; import { c } from "./c"; import { d } from "./d"; import { e } from "./e";',
      'import { f } from "./f"; import g from "./g"; import { h } from "./h"; import { i } from "./folder"; import { j } from "./main";',
      typed("[a, b(2), c, d, e, f, g.g, h, i, j]", "number[]"),
      `import { a as a1 } from "./a.ts"; import { a as a2 } from "./a.js"; import { b as b1 } from "./b.tsx"; import { c as c1 } from "./c.js";
import { d as d1 } from "./d.mjs"; import { e as e1 } from "./e.cjs"; import { f as f1 } from "./f.mts"; import { f as f2 } from "./f.mjs";
import g1 from "./g.cts"; import h1 from "./h.json"; import { i as i1 } from "./folder/index";`,
      "[[a, b(2), c, d, e, f, g.g, h, i, j], [a1, a2, b1(2), c1, d1, e1, f1, f2, g1.g, h1.h, i1]]",
    ],
    gives: [
      [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      [1, 1, 2, 3, 4, 5, 6, 6, 7, 8, 9],
    ],
  },
  {
    shows: "an edit two files away is followed by types and values",
    files: {
      "top.ts": 'export { value } from "./middle";',
      "middle.js": 'export * from "./base";',
      "base.ts": "export const value = 1;",
    },
    cells: [
      'import { value } from "./top"; const before: number = value;',
      { "base.ts": 'export const value = "text";' },
      'import { value } from "./top"; const after: string = value;',
      "[before, after]",
    ],
    gives: [1, "text"],
  },
  {
    shows: "an edited CommonJS file and JSON that a file requires",
    files: {
      "top.cjs": 'exports.n = require("./base.cjs").n + require("./data.json").n;',
      "base.cjs": "exports.n = 1;",
      "data.json": '{ "n": 1 }',
    },
    cells: [
      'import { n as before } from "./top.cjs";',
      { "base.cjs": "exports.n = 10 + 0;", "data.json": '{ "n": 100 }' },
      'import { n as after } from "./top.cjs"; [before, after]',
    ],
    gives: [2, 110],
  },
  {
    shows: "a local file awaits at its top level",
    files: { "slow.ts": "export const n = await Promise.resolve(5);" },
    cells: ['import { n } from "./slow"; n'],
    gives: 5,
  },
  {
    shows: "a file that awaits at its top level cannot be required",
    files: { "slow.ts": "export const n = await Promise.resolve(5);" },
    cells: ['require("./slow")'],
    fails: /^Error: require: .*slow\.ts: it awaits at its top level: import it instead$/,
  },
  {
    shows: "require of TypeScript files, which require and import others",
    files: {
      "one.ts":
        'import { two } from "./two"; const three = require("./three"); export const sum: number = 1 + two + three.n;',
      "two.ts": "export const two = 2;",
      "three.js": "exports.n = 3;",
    },
    cells: ['const { sum } = require("./one");', typed("sum", "number"), "sum"],
    gives: 6,
  },
  {
    shows: "files that import each other",
    files: {
      "even.ts":
        'import { odd } from "./odd"; export function even(n: number): boolean { return n === 0 || odd(n - 1) }',
      "odd.ts":
        'import { even } from "./even"; export function odd(n: number): boolean { return n !== 0 && even(n - 1) }',
    },
    cells: ['import { even } from "./even"; even(10)'],
    gives: true,
  },
  {
    shows: "imports below other statements come first, and know their own folder",
    files: {
      "deep/late.ts": 'export const x = later(__dirname);\nimport { later } from "./later";',
      "deep/later.ts":
        "export const later = (folder: string) => folder.slice(-4) + import.meta.dirname.slice(-4);",
    },
    cells: ['import { x } from "./deep/late"; x'],
    gives: "deepdeep",
  },
  {
    shows: "a path that is not there",
    files: {},
    cells: ['await import("./absent" as string)'],
    fails:
      /^Error: import: \.\/absent: there is no such file: looked for \/.*\/absent, absent\.ts, absent\.tsx, absent\.js …$/,
  },
  {
    shows: "a namespace prints as Node's do, live",
    files: { "a.ts": "export let n = 1; export const up = () => void n++;" },
    cells: ['import * as a from "./a"; a.up();', 'import { inspect } from "util"; inspect(a)'],
    gives: "[Module: null prototype] { n: 2, up: [Function: up] }",
  },
  {
    shows: "paths and baseUrl of a tsconfig.json, in every form of import and from file to file",
    files: {
      "tsconfig.json": '{ "extends": "./base.json", "compilerOptions": { "baseUrl": "." } }',
      "base.json": '{ "compilerOptions": { "paths": { "@app/*": ["./src/*"], "@one": ["./src/one.ts"] } } }',
      "src/one.ts": 'export const one: number = 1; export { deep } from "@app/lib/deep";',
      "src/lib/deep.ts": "export const deep = 2;",
    },
    cells: [
      'import { one, deep } from "@one"; import { deep as same } from "src/lib/deep"; import all = require("@app/one");',
      'const { deep: dynamic } = await import("@app/lib/deep"); const { one: required } = require("@app/one");',
      typed("one + deep + same + dynamic + required + all.one", "number"),
      "const { one: inTemplate } = await import(`@one`); const { one: requiredSo } = require(`@app/one`);",
      '[one, deep, same, dynamic, required, all.one, inTemplate, requiredSo, "@one", `@one`]',
    ],
    gives: [1, 2, 2, 2, 1, 1, 1, 1, "@one", "@one"],
  },
  {
    shows: "a package that is not there: what to do",
    files: {},
    cells: ['import { absent } from "@some/absent/part";'],
    fails:
      /TS2307 Cannot find module '@some\/absent\/part'.*\nRun npm install @some\/absent in \/.*, then this cell again\.$/,
  },
  {
    shows: "a file that is not there: what was looked for",
    files: {},
    cells: ['import "./absent";'],
    fails: /TS2882 .*'\.\/absent'\.\nLooked for \/.*\/absent, absent\.ts, absent\.tsx, absent\.js …$/,
  },
  {
    shows: "a part of the kernel that is not there: which there are",
    files: {},
    cells: ['import "jacobi/absent";'],
    fails: /\nThere are jacobi, .*jacobi\/nn/,
  },
  {
    shows: "JSX by the automatic runtime, from a tsconfig.json and from a comment, in cells and files",
    files: {
      "tsconfig.json": '{ "compilerOptions": { "jsx": "react-jsx", "jsxImportSource": "tiny" } }',
      ...pack(
        "tiny",
        { types: "index.d.ts" },
        {
          "jsx-runtime.js":
            "exports.Fragment = 'all'; exports.jsx = exports.jsxs = (tag, props) => [tag, props.children];",
          "jsx-runtime.d.ts":
            "export declare function jsx(...all: unknown[]): unknown; export namespace JSX { type Element = unknown; interface IntrinsicElements { [tag: string]: unknown } interface ElementChildrenAttribute { children: {} } }",
        },
      ),
      "view.tsx": "export const view = <b>file</b>;",
    },
    cells: [
      'import { view } from "./view"; const cell = <><i>cell</i></>;',
      "/** @jsxImportSource tiny */\nconst own = <u>{1}{2}</u>;",
      "[view, cell, own]",
    ],
    gives: [
      ["b", "file"],
      ["all", ["i", "cell"]],
      ["u", [1, 2]],
    ],
  },
  {
    shows: "importing tslab makes the checks its own",
    files: {},
    cells: [
      // It is strict before.
      "// @ts-expect-error\nconst none: number = null;",
      'import * as tslab from "tslab"; let empty = { x: null }; const x = empty.x?.y;',
      "class Point { x: number } let n; n = 1; n = String(n); function add(a, b) { return a + b }",
      "function named(target: any, key: string) { target.made = key } class Decorated { @named method() {} }",
      "[new Point().x, n, add(1, 2), (Decorated.prototype as any).made, x]",
    ],
    gives: [undefined, "1", 3, "method", undefined],
  },
  {
    shows: "a tsconfig.json counts for more than importing tslab",
    files: { "tsconfig.json": '{ "compilerOptions": { "strict": true } }' },
    cells: ['import * as tslab from "tslab"; const none: number = null;'],
    fails: /TS2322 Type 'null' is not assignable to type 'number'/,
  },
  {
    shows: "tslab is there in every kind of file, one instance",
    files: {
      "a.ts": 'import * as tslab from "tslab"; export { tslab };',
      "b.cjs": 'exports.tslab = require("tslab");',
      "c.mjs": 'export * as tslab from "tslab";',
    },
    cells: [
      '/** @module d */\nimport * as tslab from "tslab"; export { tslab };',
      'import { tslab as a } from "./a"; import { tslab as b } from "./b.cjs"; import { tslab as c } from "./c"; import { tslab as d } from "./d";',
      'import { newDisplay } from "tslab"; const required = require("tslab");',
      typed("required.versions.tslab", "string"),
      "[a, b, c, d, required].map((one) => one.newDisplay === newDisplay)",
    ],
    gives: [true, true, true, true, true],
  },
  {
    shows: "a cell that is a module keeps its names, and gives types and values",
    files: { "b.ts": "export const b = 2;" },
    cells: [
      '/**\n * Some words.\n * @module mylib\n */\nimport { b } from "./b"; const hidden = 1;\nexport interface Two { b: 2 }\nexport const sum = hidden + b;',
      'import { sum, Two } from "./mylib"; const two: Two = { b: 2 };',
      typed("sum", "number"),
      '[sum, typeof hidden, require("./mylib").sum] // @ts-ignore',
    ],
    fails: /TS2304 Cannot find name 'hidden'/,
  },
  {
    shows: "a module cell that is defined anew is imported anew; one with errors is not taken",
    files: {},
    cells: [
      "/** @module mylib */\nexport const a = 1; export const times = Math.random();",
      'import { a as first, times as before } from "./mylib"; import { times as same } from "./mylib";',
      '/** @module mylib */\nexport const a = "text";',
      'import { a } from "./mylib";',
      typed("a", "string"),
      "const refused = false;",
      "[first, a, before === same]",
    ],
    gives: [1, "text", true],
  },
  {
    shows: "an error in a module cell stands in that cell",
    files: {},
    cells: ["/** @module mylib */\nexport const a: number = 'text';"],
    fails: /^Error: In \[1\]:2:14 TS2322 Type 'string' is not assignable to type 'number'\.$/,
  },
  {
    shows: "modules with JSX, and modules for a browser, which nothing here runs",
    files: {},
    cells: [
      "/** @jsx h */\nimport { h } from './jsx'; export const view = <b>bold</b>;".replace(
        "@jsx h",
        "@jsx h @module view @jsx h",
      ),
    ],
    fails: /Cannot find module '\.\/jsx'/,
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
    if (gives instanceof RegExp) assert.match(String(last), gives);
    else if (!fails) assert.deepEqual(last, gives);
  });
}
