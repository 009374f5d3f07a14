/** Completion, inspection and completeness as a front end asks for them: `|` is the cursor. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { Cells } from "./run-cells.ts";

const folder = mkdtempSync(join(tmpdir(), "questions-"));
const session = new Cells(folder);
before(() => {
  session.compile(
    "/** Greets. */\nfunction greet(who: string, times = 1): string { return who.repeat(times) }\n" +
      "const person = { first: 'Ada', age: 36 }\nclass Point { constructor(public x: number) {} norm() { return this.x } }",
  );
});

function split(marked: string) {
  const offset = marked.indexOf("|");
  return { source: marked.replace("|", ""), offset };
}
function complete(marked: string) {
  const { source, offset } = split(marked);
  return session.compiler.complete({ source, offset });
}
const texts = (marked: string) => complete(marked).matches.map(({ text }) => text);
const inspect = (marked: string, detail: 0 | 1 = 0) => session.compiler.inspect({ ...split(marked), detail });

test("members complete with kinds and signatures", () => {
  const { matches, start, end } = complete("person.|");
  assert.deepEqual(
    matches.map(({ text }) => text),
    ["first", "age"],
  );
  assert.deepEqual([start, end], [7, 7]);
  assert.deepEqual(complete("new Point(1).n|").matches, [
    { text: "norm", type: "method", signature: "(): number" },
  ]);
});

test("the cursor may stand inside a cell, and after an emoji", () => {
  assert.deepEqual(texts("const q = '😀'; person.a|\nconst r = 3"), ["age"]);
  const { start, end } = complete("'😀'; person.a|");
  assert.deepEqual([start, end], [13, 14]);
});

test("the nearest names come first, keywords last", () => {
  const found = texts("const perfect = 1\nper|");
  assert.deepEqual(found.slice(0, 2), ["perfect", "person"]);
  assert.ok(found.includes("performance"));
  assert.equal(texts("awai|").at(-1), "await");
});

test("the options of a call complete, but for those given", () => {
  session.compile(
    "function draw(x: number, o?: number[] | { color?: 'red' | 'rose', width?: number } | null) {}",
  );
  assert.deepEqual(texts("draw(1, { |"), ["color", "width"]);
  assert.deepEqual(texts("draw(1, { color: 'red', w|"), ["width"]);
  assert.deepEqual(texts("draw(1, { |, width: 2 })"), ["color"]);
  assert.deepEqual(texts("draw(1, { width: perso|"), ["person"]);
  assert.deepEqual(texts("draw(1, { color: 'r|"), ["red", "rose"]);
  assert.deepEqual(texts("draw(1, { color: 'ro|' })"), ["rose"]);
  assert.deepEqual(texts("const o: { color: 'rose' } = { color: '|'"), ["rose"]);
  assert.ok(texts("torch.randn(4, { re|").includes("requires_grad"));
  assert.deepEqual(texts("torch.norm(torch.ones(2), { p: 'f|"), ["fro"]);
});

test("members marked internal are not offered, nor in a library", () => {
  session.compile("class Safe { open() {} /** @internal The wheels. */ wheels = 3 }");
  assert.deepEqual(texts("new Safe().|"), ["open"]);
  const axes = texts("plt.gca().|");
  assert.ok(axes.includes("set_xlim"));
  for (const name of ["artists", "place", "target", "limitsOf"]) assert.ok(!axes.includes(name), name);
});

test("locals of a function that is being typed", () => {
  assert.deepEqual(texts("function f(alpha: number) { return alph|"), ["alpha"]);
});

test("chains, calls and optional members", () => {
  assert.ok(texts("[1, 2].map(String).jo|").includes("join"));
  assert.ok(texts("person?.fi|").includes("first"));
  assert.ok(texts("greet('a').toUp|").includes("toUpperCase"));
});

test("no completion in comments and strings; paths in imports", () => {
  writeFileSync(join(folder, "helper.ts"), "export const help = 1");
  assert.deepEqual(texts("// per|"), []);
  assert.deepEqual(texts("const s = 'per|'"), []);
  assert.deepEqual(texts("import x from './hel|'"), ["./helper.ts"]);
  assert.deepEqual(texts("import x from 'node:fs/pr|"), ["node:fs/promises"]);
  assert.ok(texts("import x from 'jacobi/n|'").includes("jacobi/nn"));
});

test("names that a module exports complete between the braces of an import", () => {
  assert.deepEqual(texts("import { basen| } from 'node:path'"), ["basename"]);
});

test("inspection: signature, documentation, source", () => {
  const found = inspect("gre|et('a')", 1)!;
  assert.equal(found.signature, "function greet(who: string, times?: number): string");
  assert.equal(found.documentation, "Greets.");
  assert.match(found.source!, /^function greet/);
  assert.equal(inspect("person.a|ge")!.signature, "age: number");
  assert.equal(
    inspect("person|")!.signature,
    "const person: {\n    first: string;\n    age: number;\n}".replace(/\n\s*/g, " "),
  );
});

test("inspection of a call's arguments means its function", () => {
  assert.match(inspect("greet(|")!.signature, /^function greet/);
  assert.equal(inspect("   |"), null);
});

test("the library is documented although it is loaded without comments", () => {
  assert.match(
    inspect("[1].ma|p(x => x)")!.documentation,
    /Calls a defined callback function on each element/,
  );
  assert.match(inspect("Mat|h")!.documentation, /basic mathematics/);
});

const completeness: readonly [source: string, status: string, indent: string][] = [
  ["const a = 1", "complete", ""],
  ["", "complete", ""],
  ["function f() {", "incomplete", "  "],
  ["if (a) {\n  for (;;) {", "incomplete", "    "],
  ["f(", "incomplete", "  "],
  ["const a =", "incomplete", ""],
  ["`abc", "incomplete", ""],
  ["/* abc", "incomplete", ""],
  ["f(1,\n  2", "incomplete", "  "],
  ["const = 3", "invalid", ""],
  ["a b c", "invalid", ""],
  ["'abc", "invalid", ""],
  ["<p>text</p>", "complete", ""],
];
for (const [source, status, indent] of completeness) {
  test(`completeness of ${JSON.stringify(source)}`, () => {
    assert.deepEqual(session.compiler.isComplete({ source }), { status, indent });
  });
}
