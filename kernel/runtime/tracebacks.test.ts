/** Where errors are shown to have been thrown: cells with a `throw` at a known place in every construct. */
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { createCompiler } from "../compiler/compiler.ts";
import type { ErrorContent, OutputRecord } from "../threads.ts";
import { startTestRuntime } from "./fixture.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "jacobi-tracebacks-")));
const compiler = createCompiler(folder);
const runtime = startTestRuntime(folder, (path) => compiler.transpile({ path }));
after(() => runtime.stop());

let count = 0;

async function records(source: string): Promise<readonly OutputRecord[]> {
  const compiled = compiler.compile({ source, name: `In [${++count}]` });
  if (!compiled.ok) return assert.fail(JSON.stringify(compiled.diagnostics));
  return runtime.run(compiled, source);
}

async function errorOf(source: string): Promise<ErrorContent> {
  const done = (await records(source)).at(-1);
  return done?.kind === "done" && done.error ? done.error : assert.fail("nothing was thrown");
}

const textOf = (error: ErrorContent): string => stripVTControlCharacters(error.traceback.join("\n"));

/** A cell whose error is thrown where `«` stands; the mark is not part of it. */
const places: readonly [what: string, marked: string][] = [
  ["a plain statement", "const a = 1;\nconst b = 2; throw «new Error('x')"],
  ["behind an annotation", "const xs: readonly number[] = [1], none: any = null; none.«x;"],
  ["an argument behind `as`", "const o = {} as { f?: () => void }, n = (o as any).«f(1 as number);"],
  [
    "type arguments of the call",
    "function fail<T>(x: T): T { throw «new Error(String(x)); }\nfail<number>(1)",
  ],
  [
    "generics over several lines",
    "const go = <\n  T,\n>(\n  x: T,\n): T => {\n  throw «new Error(String(x));\n};\ngo(1)",
  ],
  [
    "an overloaded function",
    "function f(x: string): void;\nfunction f(x: number): void;\nfunction f(x: unknown) {\n  throw «new Error();\n}\nf(1)",
  ],
  ["a `this` parameter", "function f(this: void, x: number) { throw «new Error(String(x)) }\nf(1)"],
  [
    "an interface and a type before it",
    "interface A {\n  a: number\n}\ntype B = A & { b: string };\n(null as any as B).«a",
  ],
  ["after an await", "await Promise.resolve(1);\nconst r: number = await 2; (null as any).«x;"],
  [
    "an awaited call",
    "async function g(): Promise<void> {\n  await null;\n  throw «new Error('g');\n}\nawait g();",
  ],
  [
    "a loop's body",
    "let n = 0;\nfor (const x of [1, 2]) {\n  n += x;\n  if (n > 2) throw «new Error('loop');\n}",
  ],
  ["a loop without braces", "for (let i = 0; i < 3; i++) (null as any).«x;"],
  ["a destructured declaration", "const { a, b }: { a: number; b: any } = { a: 1, b: null }; b.«c"],
  ["a default in a pattern", "const { d = (null as any).«x } = {} as { d?: unknown }; d"],
  ["a shorthand property", "let nothing: any = null;\nconst o = { nothing, y: nothing.«y }; o"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the cell's own
  ["a template", "const t: any = null;\n`${1} ${t.«x}`"],
  ["optional calls", "const q: any = { z: null };\nq?.z«.w?.()"],
  ["non-null assertions", "const m = new Map<string, any>();\nm.get('a')!«.b"],
  ["satisfies", "const c = { f: null as any } satisfies { f: any }; c.f.«x"],
  ["a function of the cell that is none", "let fun: any = 1;\n  «fun(2)"],
  [
    "a class method",
    "class P {\n  private readonly x: number = 1;\n  m(): void { throw «new Error('m'); }\n}\nnew P().m()",
  ],
  [
    "a class constructor",
    "abstract class Q0 { abstract q(): void }\nclass Q extends Q0 {\n  q() {}\n  constructor() { super(); throw «new Error('c') }\n}\nnew Q()",
  ],
  ["a static block", "class S {\n  static x: number;\n  static { (null as any).«y }\n}"],
  ["a field initialiser", "class F {\n  declare z: number;\n  y: any = (null as any).«x;\n}\nnew F()"],
  ["a getter", "class G { get v(): number { throw «new Error('v') } }\nnew G().v"],
  [
    "a generator",
    "function* gen(): Generator<number> {\n  yield 1;\n  throw «new Error('g');\n}\n[...gen()]",
  ],
  [
    "an enum before it",
    "enum Hue { Red = 1, Blue }\nconst h: Hue = Hue.Red;\n\nthrow «new Error(String(h));",
  ],
  ["an enum's member", "const boom = (): number => { throw «new Error('e') };\nenum Bad {\n  A = boom(),\n}"],
  ["a const enum", "const enum K { A = 3 }\nconst k: number = K.A; (null as any).«x"],
  [
    "a parameter property",
    "class PP {\n  constructor(readonly a: number, private b = 2) {\n    throw «new Error(String(a + this.b));\n  }\n}\nnew PP(1)",
  ],
  [
    "a decorator",
    "function bad(_: unknown, context: ClassMethodDecoratorContext): void {\n  throw «new Error(String(context.name));\n}\nclass D {\n  @bad\n  m() {}\n}",
  ],
  [
    "a decorated method",
    "const keep = (f: any, _: unknown) => f;\nclass E {\n  @keep m(x: number): void {\n    throw «new Error(String(x));\n  }\n}\nnew E().m(1)",
  ],
  [
    "a namespace",
    "namespace N {\n  export const f = (): never => {\n    throw «new Error('n');\n  };\n}\nN.f()",
  ],
  [
    "JSX",
    "const React = { createElement: (f: any, p: any) => f(p) };\ndeclare namespace JSX { type Element = unknown; interface IntrinsicElements { [k: string]: unknown } }\nconst C = (p: { a: number }): JSX.Element => {\n  throw «new Error(String(p.a));\n};\nconst e = <C a={1} />;",
  ],
  ["using", "const r = { [Symbol.dispose]() {} };\n{\n  using u = r;\n  throw «new Error(typeof u);\n}"],
  [
    "an accessor",
    "class A1 { accessor x: number = 1 }\nconst a1 = new A1();\nthrow «new Error(String(a1.x))",
  ],
  ["an import", "import { readFileSync } from 'node:fs';\nconst z: any = null; z.«x; readFileSync"],
  ["a string", "function f(x: number): never {\n  throw «('text ' + x);\n}\nf(1)"],
  ["a plain object", "if (1 as number) {\n  throw «{ code: 3 };\n}"],
  ["null", "const nil = null;\nthrow «nil"],
  ["a string after an await", "await 1;\nthrow «'late'"],
  [
    "labels, switch and comma",
    "out: for (const a of [1]) {\n  switch (a as number) {\n    case 1: 0, (null as any).«x; break out;\n  }\n}",
  ],
  ["a comment with types", "/* a: number */ const w: any /* b */ = /* c */ null; w.«x // d"],
  ["CRLF", "const a: number = 1;\r\n\r\n(null as any).«x"],
  ["an emoji", "const s: string = '😀'; (null as any).«x"],
  ["a tab", "if (true) {\n\tconst s: any = null;\n\ts.«x;\n}"],
];
for (const [what, marked] of places)
  test(`the place of an error: ${what}`, async () => {
    const before = marked.slice(0, marked.indexOf("«")).split("\n");
    const text = textOf(await errorOf(marked.replace("«", "")));
    const first = /^at .*$/m.exec(text)?.[0] ?? text;
    assert.equal(/:(\d+:\d+)\)?$/.exec(first)?.[1], `${before.length}:${before.at(-1)!.length + 1}`, text);
  });

/** What a cell has printed, and its result. */
async function shownBy(source: string): Promise<string> {
  const texts = (await records(source)).map((record) => {
    if (record.kind === "stream") return record.text;
    return record.kind === "result" ? String(record.data["text/plain"]) : "";
  });
  return texts.join("");
}

test("printed errors, error values and console.trace show the user's frames alone", async () => {
  const text = await shownBy(
    "const make = (n: number): Error => new RangeError('n ' + n);\nconsole.log(make(1)); console.trace('t');\nmake(2)",
  );
  const at = `In [${count}]`;
  assert.equal(
    text,
    `RangeError: n 1\n    at make (${at}:1:36)\n    at ${at}:2:13\n` +
      `Trace: t\n    at ${at}:2:31\n` +
      `RangeError: n 2\n    at make (${at}:1:36)\n    at ${at}:3:1`,
  );
});

test("each frame shows the version of the source that was compiled", async () => {
  writeFileSync(
    join(folder, "part.ts"),
    "export const f = (): never => {\n  throw new Error('first');\n};\n",
  );
  await records("import { f } from './part';\nconst kept = f;");
  writeFileSync(join(folder, "part.ts"), "// edited\n\nexport const f = () => 2;\n");
  await records("import { f } from './part';\nf()");
  const text = textOf(await errorOf("kept()"));
  assert.match(text, /^at f \(.*part\.ts:2:9\)\n.*\n→ 2 │ {3}throw new Error\('first'\);$/m);
});

test("V8's messages speak of names as they were written", async () => {
  const error = await errorOf("let noFunction: any = 3;\nnoFunction()");
  assert.equal(error.evalue, "noFunction is not a function");
  const caught = "let said = '';\ntry { noFunction() } catch (e) { said = (e as Error).message }\nsaid";
  assert.equal(await shownBy(caught), "'noFunction is not a function'");
});

test("recursion without end is a few lines, and the kernel goes on", async () => {
  const text = textOf(await errorOf("function rec(n: number): number { return rec(n + 1) + 1 }\nrec(0)"));
  assert.match(text, /^RangeError: Maximum call stack size exceeded\nat rec /);
  assert.match(text, /… \d+ more calls from the same places$/);
  assert.equal(await shownBy("1 + 1"), "2");
});

test("a rejection that is no error has the place of the await", async () => {
  assert.match(textOf(await errorOf("const a = 1;\nawait Promise.reject('plain')")), /^at In \[\d+\]:2:1$/m);
});

test("an interrupted await shows where every function on the way waits", async () => {
  const source =
    "async function train(): Promise<void> {\n  console.log('go');\n  await new Promise(() => {});\n}\n\nawait train();";
  const compiled = compiler.compile({ source, name: `In [${++count}]` });
  assert.ok(compiled.ok);
  const cell = runtime.start(compiled, source);
  await runtime.until((record) => record.cell === cell && record.kind === "stream");
  runtime.interrupt(cell);
  const done = await runtime.until((record) => record.cell === cell && record.kind === "done");
  assert.ok(done.kind === "done" && done.error);
  const lines = textOf(done.error).split("\n");
  assert.deepEqual(
    // V8 gives an await's own column or its operand's.
    lines.filter((line) => /^at|^→/.test(line)).map((line) => line.replace(/:\d+(\)?)$/, "$1")),
    [
      `at train (In [${cell}]:3)`,
      "→ 3 │   await new Promise(() => {});",
      `at In [${cell}]:6`,
      "→ 6 │ await train();",
    ],
  );
});

test("stacks that user code formats, and a limit of its own, leave the traceback whole", async () => {
  assert.match(
    textOf(await errorOf("Error.prepareStackTrace = (_, sites) => sites;\nthrow new Error('a')")),
    /:2:7$/m,
  );
  await records("Error.prepareStackTrace = undefined as any");
  assert.match(textOf(await errorOf("throw new Error('b')")), /:1:7$/m);
});
