/** Every kind of declaration followed by every other of the same name: which value and which type it has then. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CellError, Cells } from "./run-cells.ts";

const cells = (): Cells => new Cells(mkdtempSync(join(tmpdir(), "redeclared-")));

/** How a name is declared, with `N` for a number of its own; what its value shows, and whether it is a type. */
interface Kind {
  readonly source: string;
  /** An expression over the value `X` that gives N. */
  readonly value?: string;
  /** A declaration that compiles only when `X` is this type. */
  readonly type?: string;
}

const kinds: Readonly<Record<string, Kind>> = {
  const: { source: "const X = { n: N } as const", value: "X.n" },
  let: { source: "let X = { n: N as const }", value: "X.n" },
  var: { source: "var X = { n: N as const }", value: "X.n" },
  function: { source: "function X() { return N as const }", value: "X()" },
  class: { source: "class X { readonly n = N }", value: "new X().n", type: "const t: X['n'] = N" },
  enum: { source: "enum X { A = N }", value: "({ N: N } as const)[X.A]", type: "let t: X | number = N" },
  namespace: { source: "namespace X { export const n = N; export type T = N }", value: "X.n" },
  import: { source: "import { value as X } from './values-N.ts'", value: "X.n" },
  "type alias": { source: "type X = { n: N }", type: "const t: X['n'] = N" },
  interface: { source: "interface X { n: N }", type: "const t: X['n'] = N" },
  "type import": { source: "import type { Type as X } from './types-N.ts'", type: "const t: X['n'] = N" },
};

test("what a name is after two declarations", async (t) => {
  const folder = mkdtempSync(join(tmpdir(), "redeclared-"));
  for (const n of [1, 2]) {
    writeFileSync(join(folder, `values-${n}.ts`), `export const value = { n: ${n} } as const;`);
    writeFileSync(join(folder, `types-${n}.ts`), `export interface Type { n: ${n} }`);
  }
  const session = new Cells(folder);
  let count = 0;
  for (const [first, a] of Object.entries(kinds)) {
    for (const [second, b] of Object.entries(kinds)) {
      await t.test(`${first}, then ${second}`, () => {
        const name = `X${++count}`;
        const compile = (text: string, n: number) =>
          session.compile(text.replaceAll("N", String(n)).replaceAll("X", name));
        compile(a.source, 1);
        compile(b.source, 2);
        if (b.value) compile(`const v: N = ${b.value}`, 2);
        else if (a.value) compile(`const v: N = ${a.value}`, 1);
        else assert.throws(() => compile("X", 0), CellError);
        if (b.type) compile(b.type, 2);
        else if (a.type) compile(a.type, 1);
        else assert.throws(() => compile("let t: X", 0), CellError);
      });
    }
  }
});

/** What it shows, the cells; the last one compiles, or has the errors given. */
const sequences: readonly [shows: string, sources: readonly string[], ...errors: RegExp[]][] = [
  [
    "interfaces merge within a cell",
    ["interface A { x: 1 } interface A { y: 2 }", "const a: A = { x: 1, y: 2 }"],
  ],
  [
    "an interface of a later cell replaces that of an earlier one",
    ["interface A { x: 1 }", "interface A { y: 2 }", "const a: A = { y: 2 }; a.x"],
    /^1:26 TS2339/,
  ],
  [
    "a function keeps the types it was declared with",
    [
      "type A = number",
      "function f(a: A) { return a }",
      "type A = string",
      "import 'node:fs'",
      "f(1).toFixed()",
    ],
  ],
  [
    "a variable keeps the type it was given",
    ["let x = 1", "const y = x", "let x = 'a'", "import 'node:fs'", "y.toFixed(); x.length"],
  ],
  ["assignment to a const of an earlier cell", ["const a = 1", "a = 2"], /^1:1 TS2588/],
  ["a const that replaced a let", ["let a = 1", "const a = 1", "a++"], /^1:1 TS2588/],
  ["a let that replaced a const", ["const a = 1", "let a = 1", "a++"]],
  ["assignment to a function of an earlier cell", ["function f() {}", "f = () => {}"], /^1:1 TS2630/],
  ["assignment to a class of an earlier cell", ["class A {}", "A = class {}"], /^1:1 TS2629/],
  ["assignment to an import", ["import { sep } from 'node:path'", "sep = ''"], /^1:1 TS2632/],
  ["a variable that a later cell assigns", ["let m: string", "function f() { m = 'a' }", "f(); m.length"]],
  [
    "a variable of an earlier cell may change while a function waits",
    ["let x = 1 as number | undefined", "if (x) { x.toFixed(); [1].map(() => x.toFixed()) }"],
    /^1:37 TS18048/,
  ],
  ["a variable of the cell itself that is not assigned", ["let m: string; m.length"], /^1:16 TS2454/],
  ["a type that became a value is no type", ["const T = 1", "let t: T"], /^1:8 TS2749/],
  [
    "a class imported as a type leaves a value",
    [
      "const A = 1",
      "import type { Stats as A } from 'node:fs'",
      "const a: (a: A) => boolean = (a) => a.isFile(); A.toFixed()",
    ],
  ],
  ["twice in one cell is an error", ["let a = 1; let a = 2"], /^1:5 TS2451/, /^1:16 TS2451/],
  ["a class and its interface", ["class A { x = 1 } interface A { y: 2 }", "new A().x + new A().y"]],
  [
    "a namespace extends its class within a cell",
    ["class A {} namespace A { export const b = 1 }", "new A(), A.b"],
  ],
  ["a global's name is the user's", ["interface Array<T> { mine: T }", "const a: Array<1> = { mine: 1 }"]],
];

test("sequences", async (t) => {
  const session = cells();
  for (const [shows, sources, ...errors] of sequences) {
    await t.test(shows, () => checkLast(session, sources, errors));
  }
});

function checkLast(session: Cells, sources: readonly string[], errors: readonly RegExp[]): void {
  for (const source of sources.slice(0, -1)) session.compile(source);
  let lines: readonly string[] = [];
  try {
    session.compile(sources.at(-1)!);
  } catch (error) {
    assert.ok(error instanceof CellError, String(error));
    lines = error.lines;
  }
  assert.equal(lines.length, errors.length, lines.join("\n"));
  errors.forEach((error, i) => void assert.match(lines[i]!, error));
}

const refused = "const wrong: string = 1;";

/** Cells that are refused when `refused` is put before them; what may not be known afterwards. */
const traces: readonly [shows: string, source: string, later: string][] = [
  ["a name", "const kept = 1", "kept"],
  ["a type", "type Kept = 1", "let k: Kept"],
  ["a global variable", "declare global { var kept: number }", "kept"],
  ["a member of a global interface", "declare global { interface Array<T> { kept: T } }", "[1].kept"],
  ["a member of a module", "declare module 'jacobi' { export const kept: 1 }", "torch.kept"],
];

test("a refused cell leaves nothing behind", async (t) => {
  for (const [shows, source, later] of traces) {
    await t.test(shows, () => {
      const session = cells();
      assert.throws(() => session.compile(refused + source), CellError);
      assert.throws(() => session.compile(later), CellError);
      session.compile(source);
      session.compile(later);
    });
  }
  await t.test("the name of what it would have replaced", () => {
    const session = cells();
    session.compile("declare global { interface Array<T> { kept: 1 } }");
    assert.throws(
      () => session.compile(`${refused} declare global { interface Array<T> { kept: 2 } }`),
      CellError,
    );
    session.compile("const one: 1 = [].kept");
  });
  await t.test("control flow analysis that was given up", () => {
    const session = cells();
    const long = `let x: number | undefined; ${"if (x) x = 1;\n".repeat(2600)} x`;
    assert.throws(() => session.compile(long), /TS2563/);
    assert.throws(() => session.compile("let y: number; y"), /TS2454/);
  });
  await t.test("the count of suggestions", () => {
    const session = cells();
    for (let i = 0; i < 12; i++) assert.throws(() => session.compile("consol"), /Did you mean 'console'/);
  });
});

/** A cell, an edited form of it, and what holds after both ran. */
const reruns: readonly [shows: string, source: string, edited: string, later: string][] = [
  [
    "the same method",
    "interface Array<T> { m(): 1 }",
    "interface Array<T> { m(): 1 }",
    "const o: 1 = [].m()",
  ],
  [
    "another method",
    "interface Array<T> { m(): 1 }",
    "interface Array<T> { m(a: 1): 2 }",
    "const o: 2 = [].m(1)",
  ],
  ["another property", "interface Array<T> { p: 1 }", "interface Array<T> { p: 2 }", "const o: 2 = [].p"],
  ["another type of a variable", "var g: number", "var g: string", "g.length"],
  ["a type", "type G = 1", "type G = 2", "const o: G = 2"],
  [
    "a namespace",
    "namespace N { type G = 1; type H = 1 }",
    "namespace N { type G = 2 }",
    "let g: N.G = 2, h: N.H = 1",
  ],
  ["a function", "function f(): 1", "function f(): 2", "const o: 2 = f()"],
  [
    "an interface of its own",
    "interface G { a: 1 }",
    "interface G { a: 2; b: 1 }",
    "const g: G = { a: 2, b: 1 }",
  ],
];

test("declare global, edited and run again", async (t) => {
  const session = cells();
  for (const [shows, source, edited, later] of reruns) {
    await t.test(shows, () => {
      for (const text of [source, source, edited]) session.compile(`declare global { ${text} }`);
      session.compile(later);
    });
  }
});

test("a value made from a thousand others, one from the next, has a type after a new start", () => {
  const session = cells();
  const next = (_: unknown, i: number) => `const v${i + 1} = { n: v${i}.n + 1 };`;
  session.compile(`const v0 = { n: 0 };\n${Array.from({ length: 1500 }, next).join("\n")}`);
  session.compile("declare global { interface Array<T> { mine: T } }");
  session.compile("v1500.n.toFixed()");
  assert.throws(() => session.compile("v1500.nope"), /TS2339/);
});
