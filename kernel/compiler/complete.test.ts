/** Completion as a front end asks for it: `|` is the cursor. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { Cells } from "./run-cells.ts";

const folder = mkdtempSync(join(tmpdir(), "complete-"));
const files: Readonly<Record<string, string>> = {
  "helper.ts": "export const help = 1; export const hint = 2;",
  "plain.js": "exports.x = 1;",
  "data.json": "{}",
  "data.csv": "",
  "sub/inner.tsx": "export const inner = 1;",
  "node_modules/fruit/package.json": JSON.stringify({
    name: "fruit",
    exports: { ".": "./index.js", "./apple": "./apple.js", "./more/*": "./more/*.js", "./inner/*": null },
  }),
  "node_modules/fruit/index.js": "exports.pear = 1;",
  "node_modules/fruit/index.d.ts": "export const pear: number;",
  "node_modules/fruit/apple.js": "",
  "node_modules/fruit/more/plum.js": "",
  "node_modules/@garden/tool/package.json": '{ "name": "@garden/tool" }',
};
for (const [path, text] of Object.entries(files)) {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const session = new Cells(folder);
session.compile("const zebra1 = 1; const zone = 1; let untyped: any;");
session.compile(
  `function greet(who: string, times = 1): string { return who.repeat(times) }
  const person = { first: "Ada", age: 36, "not-a-name": 1 };
  let maybe: { inner: number } | undefined;
  enum Suit { Clubs, Hearts = "h" }
  type Color = "red" | "rose";
  interface Options { color?: Color; width: number }
  function draw(x: number, o?: number[] | Options | null, c?: Color) {}
  declare function pick<T, K extends keyof T>(of: T, key: K): T[K];
  let paint: Color = "red";
  class Point { constructor(public x: number) {} norm() { return this.x } private hidden = 1; static origin = 0;
    /** @deprecated */ size() {} _inside = 1 }
  abstract class Shape { area(): number { return 0 } abstract name(): string }
  declare global { namespace JSX { interface IntrinsicElements { box: { title?: "big" | "small" } } } }`,
);
session.compile("const zebra2 = 1;");

function complete(marked: string) {
  const offset = marked.indexOf("|");
  return session.compiler.complete({ source: marked.replace("|", ""), offset });
}
const texts = (marked: string) => complete(marked).matches.map(({ text }) => text);

/** Cells with exactly what is offered, in its order. */
const exact: readonly [cell: string, offered: string][] = [
  // Members
  ["person.|", "age first"],
  ["person.a|", "age"],
  ["person?.fi|", "first"],
  ["maybe.|", "inner"],
  ["maybe?.|", "inner"],
  ["untyped.|", ""],
  ["new Point(1).|", "norm x _inside size"],
  ["class Q extends Shape { f() { this.| } name() { return '' } }", "area f name"],
  ["class Q { #own = 1; f() { this.#| } }", "#own"],
  ["greet('a').toUp|", "toUpperCase"],
  ["[person].map((one) => one.|", "age first"],
  ["for (const one of [person]) one.|", "age first"],
  ["person.|\ngreet('a')", "age first"],
  ["person\n  .fi|", "first"],
  ["Suit.|", "Clubs Hearts"],
  ["let s: Suit.|", "Clubs Hearts"],
  // Strings that are members, options or one of a few texts
  ['person["|"]', "age first not-a-name"],
  ["person['a|", "age"],
  ["draw(1, { |", "width color"],
  ["draw(1, { color: 'red', w|", "width"],
  ["draw(1, { |, width: 2 })", "color"],
  ["draw(1, { color: 'r|", "red rose"],
  ["draw(1, { color: 'ro|' })", "rose"],
  ["draw(1, {}, '|')", "red rose"],
  ["paint === '|'", "red rose"],
  ["switch (paint) { case 'red': break; case '|' }", "rose"],
  ["const o: { color: 'rose' } = { color: '|'", "rose"],
  ["const o = { wi| } satisfies Options", "width"],
  ["pick(person, '|')", "first age not-a-name"],
  ['<box title="|" />', "big small"],
  ["<box ti| />", "title"],
  ["<bo|", "box Boolean"],
  // Patterns, classes, labels
  ["const { | } = person", '"not-a-name" age first'],
  ["const { first, a| } = person", "age"],
  ["function f({ | }: Options) {}", "width color"],
  ["class Q extends Shape { na| }", "name"],
  ["outer: for (;;) { break | }", "outer"],
  ["outer: for (;;) { continue ou| }", "outer"],
  // Names of the cell itself
  ["function f(alpha: number) { return alph|", "alpha"],
  ["const alphabet = 1;\r\nalphab|", "alphabet"],
  ["const 名前 = 1; 名|", "名前"],
  ["const o = { 値: 1 }; o.|", "値"],
  ["const e\u0301te = 1; e\u0301|", "e\u0301te"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a cell with a template
  ["`${greet('😀')} ${pers|}`", "person"],
  ["awai|", "await"],
  // Modules
  ["import { | } from 'fruit'", "pear type"],
  ["import { he| } from './helper'", "help"],
  ["import { hint, | } from './helper.ts'", "help type"],
  ["import x from './hel|'", "./helper.ts"],
  ["import x from './|'", "./data.json ./helper.ts ./plain.js ./sub/"],
  ["import x from './sub/|", "./sub/inner.tsx"],
  ["await import('./d|')", "./data.json"],
  ["require('./d|')", "./data.json"],
  ["export * from './p|'", "./plain.js"],
  ["import x from 'node:fs/pr|", "node:fs/promises"],
  ["import x from 'jacobi/nn|'", "jacobi/nn jacobi/nn/functional"],
  ["import x from 'frui|'", "fruit"],
  ["import x from 'fruit/|'", "fruit/apple fruit/more/"],
  ["import x from 'fruit/more/|'", "fruit/more/plum"],
  ["import x from '@gard|'", "@garden/tool"],
  ["open('./da|')", "./data.csv ./data.json"],
  // Nothing silly
  ["const pe|", ""],
  ["let x = 1|", ""],
  ["1.|", ""],
  ["// pers|", ""],
  ["/* pers| */", ""],
  ["'pers|'", ""],
  ["`pers|`", ""],
  ["/pers|/", ""],
  ["person.nothing|", ""],
  ["x.y.z.|", ""],
];
for (const [cell, offered] of exact) {
  test(`completion of ${JSON.stringify(cell)}`, () => assert.equal(texts(cell).join(" "), offered));
}

test("matches have kinds and signatures, and say what they replace", () => {
  assert.deepEqual(complete("new Point(1).n|"), {
    matches: [{ text: "norm", type: "method", signature: "(): number" }],
    start: 13,
    end: 14,
  });
  const kinds = (marked: string) => complete(marked).matches.map(({ type }) => type);
  assert.deepEqual(
    ["gree|", "Poin|", "paint|", "Sui|", "Suit.H|", "let q: Colo|", "plt|", "awai|"].map(
      (one) => kinds(one)[0],
    ),
    ["function", "class", "variable", "enum", "enumMember", "interface", "module", "keyword"],
  );
});

test("a cursor after an emoji, at the start, and in the middle of a word", () => {
  assert.deepEqual(texts("const q = '😀'; person.a|\nconst r = 3"), ["age"]);
  const { start, end } = complete("'😀'; person.a|");
  assert.deepEqual([start, end], [13, 14]);
  assert.ok(texts("|person").includes("greet"));
  assert.ok(texts("|").includes("person"));
  assert.deepEqual(
    texts("per|son").filter((text) => text.startsWith("per")),
    ["person", "performance"],
  );
});

test("the nearest names come first: of the cell, of the latest cells, the kernel's, JavaScript's, keywords", () => {
  const found = texts("const zebra3 = 1\nz|");
  assert.deepEqual(found, ["zebra3", "zebra2", "zebra1", "zone"]);
  assert.deepEqual(
    texts("n|").filter((text) => ["nn", "name", "new", "NaN", "Number"].includes(text)),
    ["nn", "NaN", "Number", "new"],
  );
  assert.deepEqual(texts("awa|"), ["await"]);
});

test("a text that is expected comes before all names", () => {
  assert.deepEqual(texts("paint = |").slice(0, 2), ['"red"', '"rose"']);
});

test("what is deprecated comes last, in the library too", () => {
  const found = texts("'a'.|");
  assert.ok(
    found.indexOf("trim") < found.indexOf("anchor") && found.indexOf("trim") < found.indexOf("substr"),
  );
});

test("types where types stand, values where values stand", () => {
  const found = texts("let c: Array<Col|");
  assert.ok(found.includes("Color") && !texts("Col|").includes("Color"));
  assert.ok(texts("class Q extends Poi|").includes("Point"));
  assert.ok(texts("person satisfies Op|").includes("Options"));
});

test("members marked internal are not offered, nor in a library", () => {
  session.compile("class Safe { open() {} /** @internal The wheels. */ wheels = 3 }");
  assert.deepEqual(texts("new Safe().|"), ["open"]);
  const axes = texts("plt.gca().|");
  assert.ok(axes.includes("set_xlim"));
  for (const name of ["artists", "place", "target", "limitsOf"]) assert.ok(!axes.includes(name), name);
});

test("redeclared names are what they are now, as value and as type", () => {
  session.compile("type Both = 1; class Turned { old = 1 }");
  session.compile("const Both = { a: 5 }; const Turned = { young: 1 }");
  assert.deepEqual([texts("Bot|"), texts("Both.|"), texts("let x: Bot|")], [["Both"], ["a"], ["Both"]]);
  assert.deepEqual([texts("Turned.|"), texts("let x!: Turned; x.|")], [["young"], ["old"]]);
});

test("tensors, their options and their modules", () => {
  assert.ok(texts("torch.randn(4, { re|").includes("requires_grad"));
  assert.deepEqual(texts("torch.norm(torch.ones(2), { p: 'f|"), ["fro"]);
  assert.ok(texts("torch.zeros([2]).su|").includes("sum"));
  assert.ok(texts("import { Lin| } from 'jacobi/nn'").includes("Linear"));
});

test("a question leaves no names behind", () => {
  texts("const leftover = 1; leftov|");
  assert.deepEqual(texts("leftov|"), []);
});
