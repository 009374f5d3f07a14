/** The whole language in cells: what each construct gives, as one file of a module would. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the cells are strings.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Cells } from "./run-cells.ts";

/** What it shows, the cells, and the last one's value; an error of the last is shown by its name and message. */
type Case = readonly [shows: string, sources: readonly string[], value: unknown];

const legacy = { experimentalDecorators: true, emitDecoratorMetadata: true };

async function last(sources: readonly string[], options?: object): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), "cells-"));
  if (options) writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions: options }));
  const session = new Cells(folder);
  for (const source of sources.slice(0, -1)) {
    await session.run(source).catch((error) => {
      if (!source.includes("throw")) throw error;
    });
  }
  return session.run(sources.at(-1)!).catch((error) => String(error));
}

function suite(name: string, cases: readonly Case[], options?: object): void {
  test(name, async (t) => {
    for (const [shows, sources, value] of cases) {
      await t.test(shows, async () => assert.deepEqual(await last(sources, options), value));
    }
  });
}

suite("names", [
  [
    "old callers see an import's newest binding",
    [
      "import { basename as b } from 'node:path'; const f = () => (b as (x: string) => string)('/x/y')",
      "const b = (x: string) => x + '!'",
      "f()",
    ],
    "/x/y!",
  ],
  [
    "old callers see a function made a constant",
    ["function g() { return 1 } const f = () => g()", "const g = () => 2", "f()"],
    2,
  ],
  [
    "old callers see a class's successor",
    ["class A { v = 1 } const make = () => new A().v", "class A { v = 2 }", "make()"],
    2,
  ],
  [
    "old callers see an enum's successor",
    ["enum E { A = 1 } const f = () => E.A", "enum E { A = 5 }", "f()"],
    5,
  ],
  [
    "old callers see a namespace's successor",
    ["namespace N { export const x = 1 } const f = () => N.x", "namespace N { export const x = 2 }", "f()"],
    2,
  ],
  [
    "a name is redeclared by every kind",
    [
      "let x = 1",
      "const x = 2",
      "class x {}",
      "function x() {}",
      "enum x { A }",
      "namespace x { export const a = 1 }",
      "import * as x from 'node:path'",
      "import x = require('node:path')",
      "var x = 'end'",
      "x",
    ],
    "end",
  ],
  [
    "what was declared before a throw is kept",
    [
      "let a = 1; const { b } = { b: 2 }; class C { v = 3 }; function f() { return 4 } a++; throw new Error('stop'); let z = 5",
      "[a, b, new C().v, f()]",
    ],
    [2, 2, 3, 4],
  ],
  [
    "loop variables before a throw are kept",
    ["let n = 0; for (const x of [1, 2, 3]) { n += x; if (x === 2) throw new Error('stop') }", "n"],
    3,
  ],
  [
    "imports are there before the first statement",
    ["const a = basename('/a/b')\nimport { basename } from 'node:path'\na"],
    "b",
  ],
  [
    "names like those of the store and its context",
    [
      "const $ = 1, $c = 2, $1 = 3, $c1 = 4, $cm = 5, $c1f = 6; let s = 0; for (let i = 0; i < 2; i++) s += $ + $c + $1 + $c1 + $cm + $c1f",
      "import { sep as $2 } from 'node:path'; $2 + s + $1",
    ],
    "/423",
  ],
  [
    "names that objects inherit",
    [
      "let __proto__: any = 1, toString: any = 2, constructor: any = 3, hasOwnProperty: any = 4, valueOf = 5; const __defineGetter__ = 6",
      "const o = { __proto__, toString }; [__proto__, toString, constructor, hasOwnProperty, valueOf, __defineGetter__, Object.keys(o).join()]",
    ],
    [1, 2, 3, 4, 5, 6, "__proto__,toString"],
  ],
  [
    "names with underscores",
    ["const __a = 1, ___b = 2, _ = 3; function __f() { return __a }", "__f() + ___b + _"],
    6,
  ],
  ["escaped names", ["const \\u0061b = 1; let \\u{63} = 2", "c = ab + \\u0063; c"], 3],
  ["astral names", ["const 𠮷 = 1, ünï = 2", "𠮷 + ünï"], 3],
  [
    "this and arguments are a module's",
    ["// @ts-ignore\n[this, typeof arguments, (() => this)()]"],
    [undefined, "undefined", undefined],
  ],
  [
    "this in functions and classes is theirs",
    [
      "const o = { f() { return (() => this)() } }; class A { x = this; static y = this; static z = 0; static { this.z = 1 } }\n[o.f() === o, new A().x instanceof A, A.y === A, A.z]",
    ],
    [true, true, true, 1],
  ],
  [
    "a variable is not read before its declaration",
    [
      "let x = 1",
      "const early = () => x; const r = (() => { try { return early() } catch (e) { return String(e) } })(); let x = 2; [r, early()]",
    ],
    ["ReferenceError: Cannot access 'x' before initialization", 2],
  ],
  [
    "a hoisted function does not read a variable early",
    [
      "const r = (() => { try { return f() } catch (e) { return (e as Error).name } })()\nconst k = 5\nfunction f() { return k }\n[r, f()]",
    ],
    ["ReferenceError", 5],
  ],
  [
    "a hoisted function may be called between declarations",
    ["const a = 1, b = f()\nfunction f() { return a + 1 }\nb"],
    2,
  ],
  [
    "a class is not used before its declaration",
    [
      "const r = (() => { try { return make() } catch (e) { return (e as Error).name } })()\nfunction make() { return new A() }\nclass A {}\n[r, make() instanceof A]",
    ],
    ["ReferenceError", true],
  ],
  [
    "an early name is assigned, captured and destructured later",
    [
      "const set = () => { n = 5; [m] = [6]; ({ k } = { k: 7 }) }\nlet n = 1, { m, k } = { m: 2, k: 3 }; set()",
      "[n, m, k]",
    ],
    [5, 6, 7],
  ],
  [
    "functions take their names",
    [
      "let a = () => 1, { b = () => 2, c: [d = function () {}] = [] } = {} as any, e, f, g, h: any\ne = class {}; f = (() => 3) as () => number; [g = () => 4] = [] as any; h ??= function () {}",
      "[a, b, d, e, f, g, h].map(x => x.name).join()",
    ],
    "a,b,d,e,f,g,h",
  ],
  [
    "assigning to a constant throws where it is not checked",
    [
      "const a = 1",
      "// @ts-nocheck\nconst b = 2; const r = []; for (const f of [() => { a = 3 }, () => { b = 3 }, () => { [b] = [4] }, () => a++]) try { f() } catch (e) { r.push(e.name) }\n[...r, a, b]",
    ],
    ["TypeError", "TypeError", "TypeError", "TypeError", 1, 2],
  ],
  [
    "a local of a loop's cell and its shadow",
    ["let n = 0; for (const x of [1, 2]) { n += x; { let n = 9; await n } }", "n"],
    3,
  ],
  [
    "direct eval finds the names of cells",
    [
      "let a = 1; const b = 2",
      "const c = 3; let d = 0; for (let i = 0; i < 2; i++) d += i; eval('a = a + b + c + d'); [a, eval('typeof a')]",
    ],
    [7, "number"],
  ],
  [
    "direct eval declares nothing outside",
    ["eval('var inner = 1'); typeof (globalThis as any).inner"],
    "undefined",
  ],
  [
    "indirect eval and Function are global",
    ["const a = 1; [(0, eval)('typeof a'), new Function('return typeof a')()]"],
    ["undefined", "undefined"],
  ],
  [
    "unchecked functions find names declared later",
    ["// @ts-nocheck\nfunction f() { return later() + 1 }", "function later() { return 1 }", "f()"],
    2,
  ],
  ["a hashbang", ["#!/usr/bin/env node\nlet a = 1\na"], 1],
]);

suite("exports and imports", [
  [
    "every form of export is ignored",
    [
      "export const a = 1; export let [b, { c }] = [2, { c: 3 }]\nexport function f() { return 4 }\nexport async function g() {}\nexport class K {}\nexport abstract class L {}\nexport enum E { A = 5 }\nexport namespace N { export const x = 6 }\nexport type T = number\nexport interface I {}\nexport { a as z, type T as U }\nexport * from 'node:path'\nexport * as p from 'node:path'\nexport { sep } from 'node:path'\nexport {}",
      "[a, b, c, f(), E.A, N.x]",
    ],
    [1, 2, 3, 4, 5, 6],
  ],
  ["export default of an expression", ["export default 1 + 1"], 2],
  ["export default of a function", ["export default function f() { return 3 }", "f()"], 3],
  [
    "export default of what has no name",
    ["export default function () {}\nexport type { T }; type T = 1; 1"],
    1,
  ],
  ["export default of an abstract class", ["export default abstract class A { static x = 4 }", "A.x"], 4],
  ["export default of a class without a name", ["export default class {}\n1"], 1],
  [
    "export = and export import",
    ["namespace N { export const y = 3 }\nexport import X = N.y; export = X"],
    3,
  ],
  ["export declare", ["export declare const q: number; export default interface Foo {}\n1"], 1],
  [
    "type imports leave nothing",
    [
      "import type { Stats } from 'node:fs'; import { type Dirent, sep } from 'node:path'".replace(
        "type Dirent, ",
        "",
      ),
      "sep",
    ],
    "/",
  ],
  ["import = require", ["import fs = require('node:fs'); typeof fs.readFileSync"], "function"],
  [
    "import of a namespace's member",
    [
      "namespace N { export namespace M { export const y = 7; export type T = number } }",
      "import Y = N.M.y; import M = N.M; const t: M.T = Y; t + M.y",
    ],
    14,
  ],
  ["dynamic import", ["const { basename } = await import('node:path'); basename('/a/b')"], "b"],
  [
    "import in a loop",
    ["let o = ''; for (const m of ['node:path', 'node:os'] as const) o += typeof (await import(m)); o"],
    "objectobject",
  ],
  ["string names", ["import { 'sep' as s } from 'node:path'; s"], "/"],
  [
    "require, __filename and __dirname",
    ["[typeof require('node:fs').readFileSync, typeof __filename, typeof __dirname]"],
    ["function", "string", "string"],
  ],
  [
    "import.meta",
    ["[typeof import.meta.url, typeof import.meta.filename, typeof import.meta.dirname]"],
    ["string", "string", "string"],
  ],
]);

suite("await", [
  [
    "throw without a space",
    ["let r = ''; try { throw'x' } catch (e) { r += e } try { throw[1] } catch (e) { r += e }\nr"],
    "x1",
  ],
  ["without a space", ["let r = await(1) + await[2][0]! + await\n3; r"], 6],
  [
    "in blocks, patterns, conditions and templates",
    [
      "let r: unknown[] = []; { const [a, b = await 2] = [await 1]; r.push(a, b) } if (await true) r.push(`${await 3}`); for (const x of await [4]) r.push(x); try { await Promise.reject(5) } catch (e) { r.push(e) } switch (await 6) { case await 6: r.push(6) }\nr",
    ],
    [1, 2, "3", 4, 5, 6],
  ],
  [
    "in a class's computed name, heritage and field key",
    [
      "// @ts-nocheck\nclass A extends (await Object) { [await 'f']() { return 1 } static [await 'g'] = 2 }\n[(new A() as any).f(), (A as any).g]",
    ],
    [1, 2],
  ],
  [
    "in declarations",
    [
      "const { a: { b } } = await Promise.resolve({ a: { b: 1 } }), c = b + await 1; var d = await c",
      "[b, c, d]",
    ],
    [1, 2, 2],
  ],
  [
    "for await",
    [
      "async function* g() { yield 1; yield 2 }\nlet s = 0; for await (const x of g()) s += x; for await (s of [Promise.resolve(s + 1)]); s",
    ],
    4,
  ],
  [
    "generators",
    [
      "function* g(): Generator<number, string, number> { const x = yield 1; yield x * 2; return 'end' }\nconst i = g(); [i.next().value, i.next(4).value, i.next().value, [...(g() as Iterable<number>)].length]",
    ],
    [1, 8, "end", 2],
  ],
  [
    "await in default parameters of inner functions",
    ["const f = async (x = 1, y = async () => await x) => await y(); await f()"],
    1,
  ],
]);

suite("using", [
  [
    "is disposed at the cell's end, last first",
    [
      "const log: string[] = []; const d = (n: string) => ({ [Symbol.dispose]() { log.push(n) } }); using a = d('a'), b = d('b'); log.push('in')",
      "log.join()",
    ],
    "in,b,a",
  ],
  [
    "await using",
    [
      "const log: string[] = []; await using a = { async [Symbol.asyncDispose]() { await 0; log.push('a') } }; using b = null; log.push('in')",
      "log.join()",
    ],
    "in,a",
  ],
  [
    "is disposed when the cell throws",
    [
      "const log: string[] = []",
      "using a = { [Symbol.dispose]() { log.push('end') } }; throw new Error('stop')",
      "log.join()",
    ],
    "end",
  ],
  [
    "in blocks and loops",
    [
      "const log: string[] = []; for (using x of [1, 2].map(n => ({ [Symbol.dispose]() { log.push('x' + n) } }))) log.push('in'); { using y = { [Symbol.dispose]() { log.push('y') } } }\nlog.join()",
    ],
    "in,x1,in,x2,y",
  ],
]);

suite("types with values", [
  [
    "enums across cells",
    ["enum E { A, B = 'b' as any, C = 4, D }", "const e: E = E.D; [e, E[0], E.D]"],
    [5, "A", 5],
  ],
  ["const enums across cells", ["const enum K { A = 1 << 2, B = A | 1 }", "const k: K = K.B; k"], 5],
  [
    "an enum of constants elsewhere",
    ["const s = 'up', n = 3", "enum E { S = s, N = n, M, T = `${s}!` }", "JSON.stringify(E)"],
    '{"3":"N","4":"M","S":"up","N":3,"M":4,"T":"up!"}',
  ],
  [
    "enums merge",
    ["enum E { A } enum E { B = 1 } namespace E { export const all = () => [E.A, E.B] }", "E.all()"],
    [0, 1],
  ],
  [
    "namespaces nest, merge and export variables",
    [
      "namespace N { export let n = 1; export namespace M { export const inc = () => ++n } export function get() { return n } }\nnamespace N { export const twice = () => 2 * n }\nN.M.inc()",
      "N.M.inc(); [N.n, N.get(), N.twice()]",
    ],
    [3, 3, 6],
  ],
  [
    "namespaces use the names of cells",
    [
      "let base = 1",
      "namespace A.B.C { import Z = A.B; export const v = () => base + 1; export const self = () => Z.C.v() }",
      "base = 5",
      "A.B.C.self()",
    ],
    6,
  ],
  [
    "a function and a namespace merge",
    ["function f() { return f.n } namespace f { export let n = 4 }", "f()"],
    4,
  ],
  [
    "a class and a namespace merge",
    ["class C { v = C.n } namespace C { export const n = 4; export interface I {} }", "new C().v"],
    4,
  ],
  [
    "abstract classes, parameter properties, accessors",
    [
      "abstract class S { constructor(protected readonly k: number) {} abstract area(): number; get twice() { return 2 * this.area() } set side(v: number) {} }\nclass Q extends S { constructor(public w = 3) { super(w) } override area() { return this.w * this.k } }",
      "new Q().twice",
    ],
    18,
  ],
  [
    "private names, static blocks, fields",
    [
      "class P { #a = 1; static #n = 0; static { P.#n = 5 } get a() { return this.#a } #m() { return P.#n } m() { return #a in this && this.#m() } static async *[Symbol.asyncIterator]() { yield 1 } 'quoted' = 2; 3 = 4; declare z: number; accessor acc = 9 }",
      "const p = new P(); [p.a, p.m(), p.quoted, p[3], p.acc, 'z' in p]",
    ],
    [1, 5, 2, 4, 9, false],
  ],
  [
    "overloads and generics",
    [
      "function f(x: string): string\nfunction f<T extends number>(x: T): T\nfunction f(x: any) { return x }\nclass G<const T> { constructor(readonly v: T) {} }",
      "[f('a'), f(1), new G([1]).v, f<2>(2)]",
    ],
    ["a", 1, [1], 2],
  ],
  [
    "satisfies, as const, non-null, type arguments",
    [
      "const o = { a: [1, 2] } as const satisfies { a: readonly number[] }; const id = <T,>(x: T) => x; const n = id<number>; let u: number | undefined = n(3); [o.a[1]!, u!, (<number>u)]",
    ],
    [2, 3, 3],
  ],
  [
    "a type assertion before a brace or a line break",
    [
      "const f = () => <{ a: number }>{ a: 1 }\nfunction g() { return <number>\n2 }\nfunction h() { return <\nnumber>3 }\n[f().a, g(), h()]",
    ],
    [1, 2, 3],
  ],
  [
    "this types and assertions",
    [
      "function isS(x: unknown): asserts x is string { if (typeof x !== 'string') throw 0 }\nfunction g(this: { a: number }, b: number) { return this.a + b }\nconst s: unknown = 'q'; isS(s); [s.length, g.call({ a: 1 }, 2)]",
    ],
    [1, 3],
  ],
]);

suite("decorators", [
  [
    "of classes, methods, fields and accessors",
    [
      "const log: string[] = []; const d = (n: string) => (v: any, c: any) => { log.push(n + c.kind + String(c.name)) }",
      "@d('1') class A { @d('2') m() {} @d('3') f = 1; @d('4') accessor a = 2; @d('5') get g() { return 3 } @d('6') static s() {} }\nlog.join()",
    ],
    "6methods,2methodm,4accessora,5getterg,3fieldf,1classA",
  ],
  [
    "a class decorator replaces the class",
    [
      "const sub = <T extends new (...a: any[]) => object>(C: T, _: unknown) => class extends C { extra = 1 }; @sub class A { }\nexport @sub class B { me() { return new B() } }",
      "['extra' in new A(), 'extra' in new B().me()]",
    ],
    [true, true],
  ],
]);

suite(
  "legacy decorators, from a tsconfig",
  [
    [
      "of classes, members and parameters",
      [
        "const log: string[] = []; const d = (n: string) => (...a: any[]) => { log.push(n + a.length) }",
        "@d('c') class A { @d('m') m(@d('p') x: number) {} @d('f') f = 1 }\nlog.join()",
      ],
      "p3,m3,f3,c1",
    ],
    [
      "metadata names classes of other cells",
      [
        "class Dep {} interface I {}\nconst seen: any[] = []; (Reflect as any).metadata = (k: string, v: any) => () => { seen.push(k, v) }",
        "const inject = (C: any) => {}; class Other {}\n@inject class A { constructor(a: Dep, b: string, c: I, d: Other) {} }\nconst types = seen[1]; [types[0] === Dep, types[1] === String, types[2] === Object, types[3] === Other]",
      ],
      [true, true, true, true],
    ],
  ],
  legacy,
);

const h =
  "function h(tag: any, props: any, ...kids: any[]): string { return `<${typeof tag === 'string' ? tag : tag.name}${JSON.stringify(props)}>${kids.flat().join('')}` }\nconst Frag = 'frag'";

suite("JSX", [
  [
    "the tags @jsx and @jsxFrag",
    [
      h,
      '/** @jsx h */\n/** @jsxFrag Frag */\nconst o = { a: 1 }; const x = <p id="q" {...o}>{[1].map(n => <b key={n}/>)}t</p>; const y = <>z</>; x + y',
    ],
    '<p{"id":"q","a":1}><b{"key":1}>t<fragnull>z',
  ],
  [
    "React is the default",
    [
      "const React = { createElement: (tag: any, props: any, ...kids: any[]) => [typeof tag === 'string' ? tag : tag.name, props, ...kids], Fragment: 'F' }",
      'const C = (p: { n: number }) => null; [<div a="1"/>, <C n={2}/>, <>{3}</>]',
    ],
    [
      ["div", { a: "1" }],
      ["C", { n: 2 }],
      ["F", null, 3],
    ],
  ],
  ["generic arrows beside tags", [h, "/** @jsx h */ const id = <T,>(x: T) => x; id(<p></p>)"], "<pnull>"],
]);

suite("jsxFactory from a tsconfig", [["is used", [h, "<p>1</p>"], "<pnull>1"]], {
  jsx: "react",
  jsxFactory: "h",
});

const kit = "data:text/javascript,export%20const%20jsx=(t,p)=>[t,p],jsxs=jsx,Fragment='F'//";

suite("the JSX of a module", [
  [
    "the tag @jsxImportSource",
    [
      `// @ts-nocheck\n/** @jsxImportSource ${kit} */\nconst a = 1; const f = () => <p id="x">{a}</p>`,
      "[f(), f.name]",
    ],
    [["p", { id: "x", children: 1 }], "f"],
  ],
]);

suite(
  "the JSX of a module, from a tsconfig",
  [
    [
      "has its own fragment",
      ["// @ts-nocheck\nconst x = <><b/>{2}</>\nx"],
      ["F", { children: [["b", {}], 2] }],
    ],
    ["may be classic", [h, "// @ts-nocheck\n/** @jsxRuntime classic @jsx h */\n<p/>"], "<pnull>"],
  ],
  { jsx: "react-jsx", jsxImportSource: kit },
);

suite("syntax", [
  [
    "labels",
    [
      "let o = ''; a: for (;;) { b: for (const x of [1, 2, 3]) { if (x === 2) continue b; if (x === 3) break a; o += x } }\nc: { o += 'c'; break c }\nd: if (o) { break d }\no",
    ],
    "1c",
  ],
  [
    "loops of every kind",
    [
      "var o: any[] = []; for (var i = 0, { j } = { j: 5 }; i < j; i += 2) o.push(i); for (var k in { a: 1 }) o.push(k); do o.push(i--); while (i > 5); for (const [x, y] of [[1, 2]]) o.push(x! + y!); while (o.length > 99) ; for (var [q] of ['z']) ;\n[...o, i, j, k!, q!]",
    ],
    [0, 2, 4, "a", 6, 3, 5, 5, "a", "z"],
  ],
  [
    "tagged templates keep their strings",
    [
      "const tag = (s: TemplateStringsArray, ...v: any[]) => s.raw.join('|') + v; const f = () => tag`a${1}\\n${2}`; f()",
    ],
    "a|\\n|1,2",
  ],
  [
    "the v flag, named groups, sticky",
    ["[/[\\p{L}--[a-z]]/v.test('a'), /(?<y>\\d+)/.exec('x12')!.groups!.y, /a/y.test('ba')]"],
    [false, "12", false],
  ],
  [
    "BigInt, separators, exponents",
    ["[2n ** 64n, 1_000, 2 ** 3 ** 0, -(2 ** 2), 0b11, 0o17]"],
    [2n ** 64n, 1000, 2, -4, 3, 15],
  ],
  [
    "optional chaining and nullish assignment",
    [
      "let o: any = null; const r = [o?.a.b(), o?.[0], o?.()]; o ??= { f() { return this === o } }; [...r, o.f?.(), o?.f()]",
    ],
    [undefined, undefined, undefined, true, true],
  ],
  [
    "delete, void, in, instanceof, comma",
    ["const o: any = { a: 1 }; delete o.a; [void 0, 'a' in o, [] instanceof Array, (1, 2)]"],
    [undefined, false, true, 2],
  ],
  ["debugger and directives", ["'use strict'; debugger; let a = 1\na"], 1],
  [
    "getters, setters, computed and spread",
    [
      "const k = 'q'; const o = { get a() { return 1 }, set a(v) {}, [k + 1]: 2, ...{ z: 3 }, async *g() {}, 'x-y': 4, 5: 6 }; [o.a, (o as any).q1, o.z, o['x-y'], o[5]]".replace(
        "o.q1",
        "(o as any).q1",
      ),
    ],
    [1, 2, 3, 4, 6],
  ],
  [
    "closures of loops",
    ["const fs: (() => number)[] = []; for (let i = 0; i < 3; i++) fs.push(() => i); fs.map(f => f())"],
    [0, 1, 2],
  ],
  [
    "switch has one scope",
    [
      "switch (2 as number) { case 1: let a = 1; break; case 2: let c = 5; var b = c; default: function f() { return b } }\nb!",
    ],
    5,
  ],
  [
    "a semicolon is put where its author left it out",
    [
      "let a = 1\nlet b = a\n++b\nconst f = function () { return 1 }\n;(() => 2)()\nvar c\nvar d = 1\n;[a, b, c, d]",
    ],
    [1, 2, undefined, 1],
  ],
  ["strict mode", ["(function (this: unknown) { return this === undefined })()"], true],
  [
    "new.target and super",
    [
      "function F(this: any) { return new.target === F }; class A { static f() { return 1 } } class B extends A { static override f() { return super.f() + 1 } }\n[new (F as any)() instanceof F, B.f()]",
    ],
    [true, 2],
  ],
]);

test("what V8 refuses is refused where TypeScript does not check", async (t) => {
  const refused: readonly [source: string, message: RegExp][] = [
    ["let a; var a", /^2:12 .*'a' has already been declared/],
    ["const c", /^2:7 .*Missing initializer/],
    ["let x = 1; delete x", /Delete of an unqualified identifier/],
    ["function f() {} function f() {}", /'f' has already been declared/],
    ["return 1", /Illegal return/],
    ["class aw\\u0061it {}", /reserved word/],
    ["while (false) let y", /./],
    ["import.meta = 1", /Invalid left-hand side/],
    ["import q from 'node:fs'; let q", /'q' has already been declared/],
  ];
  const session = new Cells(tmpdir());
  for (const [source, message] of refused) {
    await t.test(source, () =>
      assert.throws(() => session.compile(`// @ts-nocheck\n${source}`), { message }),
    );
  }
});

suite("globals", [
  [
    "of the web are typed and there",
    [
      "const ac = new AbortController(); ac.abort(); const et = new EventTarget(); let n = 0; et.addEventListener('x', () => n++); et.dispatchEvent(new Event('x'));\n[new URL('http://a/b?c=1').searchParams.get('c'), structuredClone({ a: 1 }).a, typeof crypto.randomUUID(), new TextDecoder().decode(new TextEncoder().encode('é')), ac.signal.aborted, n, await new Blob(['ab']).text(), typeof performance.now(), typeof fetch, new Headers({ a: 'b' }).get('a'), await new Response('x').text(), atob(btoa('q')), typeof queueMicrotask, typeof WebAssembly]",
    ],
    ["1", 1, "string", "é", true, 1, "ab", "number", "function", "b", "x", "q", "function", "object"],
  ],
  [
    "of Node are typed and there",
    [
      "[typeof process.version, Buffer.from('a').toString('hex'), typeof setImmediate, typeof global, typeof globalThis]",
    ],
    ["string", "61", "function", "object", "object"],
  ],
  [
    "a worker runs",
    [
      "import { Worker } from 'node:worker_threads'\nconst w = new Worker('require(\"worker_threads\").parentPort.postMessage(require(\"worker_threads\").workerData * 2)', { eval: true, workerData: 4 }); const v = await new Promise(r => w.once('message', r)); await w.terminate(); v",
    ],
    8,
  ],
]);
