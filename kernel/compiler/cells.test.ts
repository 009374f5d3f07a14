/** Sequences of cells, and what the last one gives: a value, or the diagnostics that stop it. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CellError, Cells } from "./run-cells.ts";

const cells = (): Cells => new Cells(mkdtempSync(join(tmpdir(), "cells-")));

/** What it shows, the cells, and the last one's value. */
const values: readonly [shows: string, sources: readonly string[], value: unknown][] = [
  ["the last expression is the value", ["const a = 1; a + 1"], 2],
  ["a declaration has no value", ["const a = 1"], undefined],
  ["functions below the last expression do not hide it", ["f()\nfunction f() { return 4 }"], 4],
  [
    "statements without semicolons stay two",
    ["const g = () => 3; let r = 0", "if (g()) r = g()\ng(); if (r) {} else g()\ng(); r"],
    3,
  ],
  [
    "a loop's body without braces or semicolon",
    ["let s = 0; for (const x of [1, 2, 3]) if (x === 2) continue\nelse s += x\ns"],
    4,
  ],
  ["names persist", ["const a = 1", "let b = a + 1", "a + b"], 3],
  ["const becomes function", ["const f = 1", "function f() { return 2 }", "f()"], 2],
  ["let becomes class", ["let A = 1", "class A { x = 3 }", "new A().x"], 3],
  ["closures see reassignment", ["let n = 1; const get = () => n", "n = 2", "get()"], 2],
  ["closures see redeclaration", ["let n = 1; const get = () => n", "const n = 5", "get()"], 5],
  ["a type does not remove a value", ["const T = 7", "type T = string", "const t: T = 'a'; t + T"], "a7"],
  ["a value does not remove a type", ["type T = string", "const T = 7", "const t: T = 'a'; t + T"], "a7"],
  ["a value keeps a class's type", ["class T { a = 1 }", "const T = 7", "const t: T = { a: 2 }; t.a + T"], 9],
  [
    "a type leaves a class's value",
    ["class T { a = 1 }", "type T = string", "const t: T = 'x'; t + new T().a"],
    "x1",
  ],
  ["calls have no this", ["function self(this: unknown) { return this === undefined }", "self()"], true],
  ["shorthand properties", ["const a = 1, b = 2", "const o = { a, b }; o.a + o.b"], 3],
  [
    "destructuring",
    ["let { a, b: [c = 5], ...d } = { a: 1, b: [undefined], e: 4 } as any", "[a, c, d.e]"],
    [1, 5, 4],
  ],
  [
    "destructuring assignment",
    ["let a = 1, b = 2", "[a, b] = [b, a]; ({ a = 9 } = {} as { a?: number }); [a, b]"],
    [9, 1],
  ],
  ["functions are hoisted", ["const r = f(2); function f(x: number) { return x * 2 }", "r"], 4],
  ["functions keep their names", ["const f = () => 1, g = class {}", "[f.name, g.name]"], ["f", "g"]],
  ["await and for await", ["let s = 0; for await (const x of [1, Promise.resolve(2)]) s += x; await s"], 3],
  [
    "imports",
    [
      "import fs, { existsSync as e } from 'node:fs'; import * as p from 'path'",
      "[typeof fs.readFileSync, e('/'), p.basename('/a/b')]",
    ],
    ["function", true, "b"],
  ],
  [
    "type-only imports vanish",
    ["import type { Stats } from 'fs'; import { type Dirent } from 'node:fs'; 1"],
    1,
  ],
  ["a promise's resolve as a timer's callback", ["await new Promise((r) => setTimeout(r, 1)); 1"], 1],
  ["dynamic import", ["(await import('node:path')).basename('/a/b')"], "b"],
  [
    "export is ignored",
    ["export const a = 1; export default class B { c = 2 }\nexport { a }", "a + new B().c"],
    3,
  ],
  ["enum", ["enum E { A, B = A + 4, C = E.B + 1 }", "E.C + E[0]"], "5A"],
  [
    "namespace",
    ["const k = 2; namespace N { export const v = k; export type T = number }", "const t: N.T = N.v; t"],
    2,
  ],
  [
    "parameter properties",
    [
      "class P { constructor(readonly x: number, private y = 2) {} sum() { return this.x + this.y } }",
      "new P(1).sum()",
    ],
    3,
  ],
  [
    "decorators",
    [
      "function twice(m: () => number, _: unknown) { return function (this: unknown) { return 2 * m.call(this) } }",
      "class D { @twice f() { return 4 } }\nnew D().f()",
    ],
    8,
  ],
  [
    "using is disposed at the end",
    [
      "const log: string[] = []; using r = { [Symbol.dispose]() { log.push('end') } }; log.push('in')",
      "log.join()",
    ],
    "in,end",
  ],
  ["import = require", ["import path = require('node:path')", "path.basename('/a/b')"], "b"],
  [
    "JSX",
    [
      "/** @jsx h */\nfunction h(tag: string, props: any, ...kids: unknown[]) { return tag + kids }\nconst a = 1; <p>{a}</p>",
    ],
    "p1",
  ],
  ["lines may end without semicolons", ["const a = 1 as number\n;[1, 2].map(x => x + a)"], [2, 3]],
  ["a blanked type does not join lines", ["let a = 1\nlet b = a as any\n(a)"], 1],
  [
    "multi-line arrow types",
    ["const f = <\n T\n>(\n  a: T,\n): Promise<\n  T\n> => Promise.resolve(a)\nawait f(4)"],
    4,
  ],
  [
    "a hot loop's variables reach the store",
    ["let t = 0; for (let i = 0; i < 3000; i++) t += i", "t"],
    4498500,
  ],
  ["evolving arrays", ["const xs = []; xs.push(1); xs[0] + 1"], 2],
  ["implicit any is allowed", ["function f(a) { return a }", "f(3)"], 3],
  ["@ts-nocheck runs unchecked", ["// @ts-nocheck\nconst a: string = 5; a * 2"], 10],
  ["globals may be redeclared", ["const fetch = 5, torch = 2", "fetch + torch"], 7],
  [
    "names $ and $c are the user's",
    ["const $ = 2; function f($c: number) { const $ = 1; return $ + $c + q }\nvar q = 1", "$ + f(1)"],
    5,
  ],
  ["var is hoisted", ["var a = typeof a", "a"], "undefined"],
  [
    "labels and switch",
    [
      "let o = ''; out: for (const a of [1, 2]) for (;;) { switch (a) { case 1: o += a; continue out; default: break out } }\no",
    ],
    "1",
  ],
  [
    "declare const speaks of a global",
    ["(globalThis as any).outside = 3; declare const outside: number", "outside + 1"],
    4,
  ],
  [
    "declare global reaches later cells",
    [
      "declare global { interface Array<T> { second(): T } }\nArray.prototype.second = function () { return this[1] }",
      "[1, 2].second() + 1",
    ],
    3,
  ],
  ["@ts-expect-error silences", ["// @ts-expect-error\nconst a: string = 1; a"], 1],
];

test("values", async (t) => {
  for (const [shows, sources, value] of values) {
    await t.test(shows, async () => {
      const session = cells();
      let last: unknown;
      for (const source of sources) last = await session.run(source);
      assert.deepEqual(last, value);
    });
  }
});

const errors: readonly [shows: string, sources: readonly string[], ...lines: RegExp[]][] = [
  [
    "a type error",
    ["const a: string = 1"],
    /^1:7 TS2322 Type 'number' is not assignable to type 'string'\.$/,
  ],
  ["several at once", ["const a: string = 1\nconst b: number = ''"], /^1:7 TS2322/, /^2:7 TS2322/],
  ["assignment to a const of an earlier cell", ["const a = 1", "a = 2"], /^1:1 TS2588/],
  ["an unknown name", ["nope"], /^1:1 TS2304 Cannot find name 'nope'\.$/],
  ["brackets on a tensor", ["torch.ones(3)[0]"], /^1:1 TS7053 [\s\S]*x\.at\(0\)/],
  ["an element of a tensor written", ["const x = torch.ones(3); x[0] = 5"], /^1:26 TS7053 [\s\S]*x\.setAt/],
  ["an operator on tensors", ["torch.ones(2) + torch.ones(2)"], /^1:1 TS2365 [\s\S]*a\.add\(b\)/],
  ["an operator on a tensor and a number", ["2 * torch.ones(2)"], /^1:5 TS2363 [\s\S]*a\.mul\(2\)/],
  ["an operator on a string", ["'a' * 2"], /^1:1 TS2362 [^\n]*$/],
  [
    "a misspelt option",
    ["torch.randn(3, { require_grad: true })"],
    /Did you mean to write 'requires_grad'\?$/,
  ],
  ["a name that a module lacks", ["torch.rnadn"], /type 'typeof import\("jacobi"\)'\. Did you mean 'randn'/],
  ["a syntax error", ["const = 1"], /^1:7 TS1134/, /^1:9 TS1134/],
  ["literal types keep their quotes", ['let a: "x" = "y"'], /^1:5 TS2322 Type '"y"' is not/],
  ["modules have one pair", ["import { nope } from 'node:fs'"], /^1:10 TS2305 Module 'node:fs' has no/],
  ["a module that is not there", ["import x from './nope.ts'"], /^1:15 TS2307/],
];

test("diagnostics", async (t) => {
  for (const [shows, sources, ...lines] of errors) {
    await t.test(shows, async () => {
      const session = cells();
      for (const source of sources.slice(0, -1)) await session.run(source);
      await assert.rejects(session.run(sources.at(-1)!), (error) => {
        assert.ok(error instanceof CellError);
        assert.equal(error.lines.length, lines.length, error.message);
        lines.forEach((line, i) => void assert.match(error.lines[i]!, line));
        return true;
      });
    });
  }
});

test("names of a cell that does not check are not kept", async () => {
  const session = cells();
  await assert.rejects(session.run("const kept = 1; const bad: string = kept"));
  await assert.rejects(session.run("kept"), /TS2304/);
});

test("declarations before a throw are kept", async () => {
  const session = cells();
  await assert.rejects(
    session.run("const a = 1; let n = 0; while (n < 5) n++; throw new Error('stop')"),
    /stop/,
  );
  assert.equal(await session.run("a + n"), 6);
});
