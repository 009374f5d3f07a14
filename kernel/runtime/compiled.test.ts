/** Cells as the compiler emits them, in a real runtime: what only both together can show. */
import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import ts from "typescript";
import { createCompiler } from "../compiler/compiler.ts";
import type { Emitted, OutputRecord } from "../threads.ts";
import { startTestRuntime } from "./fixture.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "jacobi-compiled-")));
const compiler = createCompiler(folder);
const runtime = startTestRuntime(folder, (path) => compiler.transpile({ path }));
after(() => runtime.stop());

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);

let compiled = 0;
function compile(source: string): Emitted {
  const result = compiler.compile({ source, name: `In [${++compiled}]` });
  if (!result.ok) return assert.fail(JSON.stringify(result.diagnostics));
  return result;
}

/** The cell's result, or its error's text. */
async function run(source: string): Promise<string> {
  return shownBy(await runtime.run(compile(source), source));
}

function shownBy(records: readonly OutputRecord[]): string {
  const done = records.at(-1);
  if (done?.kind === "done" && done.error) return stripVTControlCharacters(done.error.traceback.join("\n"));
  const result = records.find((record) => record.kind === "result");
  return result?.kind === "result" ? String(result.data["text/plain"]) : "";
}

/** Interrupts the cell once it has printed; gives what it showed. */
async function interrupted(source: string): Promise<string> {
  const cell = runtime.start(compile(source), source);
  await runtime.until((record) => record.cell === cell && record.kind === "stream");
  runtime.interrupt(cell);
  await runtime.until((record) => record.cell === cell && record.kind === "done");
  return shownBy(runtime.records.filter((record) => record.cell === cell));
}

test("a local file's exports, live and edited", async () => {
  write("shapes.ts", "export const sides: number = 4;\nexport default class Square {}\n");
  assert.equal(
    await run(`import Square, { sides } from "./shapes"; [sides, new Square()]`),
    "[ 4, Square {} ]",
  );
  write("shapes.ts", "export const sides = 'none';\nexport default class Circle {}\n");
  assert.equal(
    await run(`import Circle, { sides } from "./shapes"; [sides, new Circle()]`),
    "[ 'none', Circle {} ]",
  );
});

test("local files that import each other and re-export", async () => {
  write(
    "even.ts",
    `import { odd } from "./odd";\nexport const even = (n: number): boolean => n === 0 || odd(n - 1);\n`,
  );
  write(
    "odd.ts",
    `import { even } from "./even";\nexport const odd = (n: number): boolean => n !== 0 && even(n - 1);\n`,
  );
  write("both.ts", `export * from "./even";\nexport { odd as uneven } from "./odd";\n`);
  assert.equal(await run(`import { even, uneven } from "./both"; [even(10), uneven(10)]`), "[ true, false ]");
});

test("an error in a local file shows the file's line and the cell's", async () => {
  write("fails.ts", "export function fail(x: number): never {\n  throw new RangeError('no ' + x);\n}\n");
  const text = await run(`import { fail } from "./fails";\n\nfail(1);`);
  assert.match(text, /^RangeError: no 1\nat fail \(.*fails\.ts:2:9\)\n {2}1 │ export function/);
  assert.match(text, /at In \[\d+\]:3.*\n→ 3 │ fail\(1\);/);
});

test("a loop in a local file is interrupted", async () => {
  write("spin.ts", "export function spin(): void {\n  console.log('spinning');\n  for (;;) {}\n}\n");
  assert.match(
    await interrupted(`import { spin } from "./spin"; spin();`),
    /^KeyboardInterrupt: interrupted\nat spin /,
  );
});

test("what a cell has assigned before its interrupt is kept", async () => {
  assert.match(
    await interrupted("let turns = 0;\nfor (;;) if (++turns === 5) console.log('five');"),
    /^KeyboardInterrupt/,
  );
  assert.equal(await run("turns >= 5"), "true");
});

test("a function of an interrupted cell works in the next ones", async () => {
  assert.match(
    await interrupted(
      "async function one() { return await Promise.resolve(1); }\nconsole.log(1);\nfor (;;) {}",
    ),
    /^KeyboardInterrupt/,
  );
  assert.equal(await run("await one()"), "1");
});

test("an enum's cell, which is transformed, still shows the lines written", async () => {
  const text = await run(
    "enum Colour { Red }\n\nconst f = (c: Colour): never => {\n  throw new Error(String(c));\n};\nf(Colour.Red);",
  );
  assert.match(text, /^Error: 0\nat f \(In \[\d+\]:4:9\)[\s\S]*→ 6 │ f\(Colour\.Red\);/);
});

// What each says, in the order of microtasks that JavaScript gives it.
const orders: readonly [shows: string, body: string][] = [
  [
    "async functions beside promises",
    `async function inner() { say("inner") }
    async function outer() { say("outer"); await inner(); say("after") }
    const done = outer();
    for (const x of ["a", "b", "c"]) void Promise.resolve().then(() => say(x)).then(() => say(x + x));
    await done; say("done");`,
  ],
  [
    "settled promises, numbers and null",
    `(async () => { await Promise.resolve(); say(1); await Promise.resolve(2); say(2); await null; say(3); await 4; say(4) })();
    let later = Promise.resolve(); for (const x of ["a", "b", "c", "d", "e"]) later = later.then(() => say(x));
    await null; say("top");`,
  ],
  [
    "methods, arrows and overloads",
    `function over(x: number): Promise<number>; async function over(x: unknown) { say(x); return x }
    class K { async m() { say("m") } static s = async () => { say("s") } }
    (async () => { await new K().m(); say("A"); await K.s(); say("B"); await over(3); say("C") })();
    let later = Promise.resolve(); for (const x of ["a", "b", "c", "d", "e"]) later = later.then(() => say(x));`,
  ],
];
for (const [shows, body] of orders)
  test(`microtasks come in JavaScript's order: ${shows}`, async () => {
    const program = `const said: unknown[] = []; const say = (x: unknown) => void said.push(x);
    ${body}
    await new Promise((resolve) => setTimeout(resolve, 1));`;
    const { outputText } = ts.transpileModule(`return (async () => {${program} return said.join() })()`, {
      compilerOptions: { target: ts.ScriptTarget.ESNext },
    });
    const expected: unknown = await new Function(outputText)();
    assert.equal(await run(`{${program}\nvar order = said.join() }\norder`), `'${expected}'`);
  });

test("an interrupt ends awaits of async functions from the innermost, and finally runs in each", async () => {
  const shown = await interrupted(
    `var left: string[] = [];
    async function sleep() { try { await new Promise(() => {}) } finally { left.push("sleep") } }
    async function middle() { try { await sleep() } finally { left.push("middle") } }
    console.log("begun");
    try { await middle() } finally { left.push("top") }`,
  );
  assert.match(shown, /^KeyboardInterrupt/);
  assert.equal(await run("left"), "[ 'sleep', 'middle', 'top' ]");
});
