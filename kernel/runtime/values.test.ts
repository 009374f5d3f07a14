/** What a cell's last value does: awaited, asked to show itself, told when that fails, interrupted while it does. */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { after, test } from "node:test";
import type { OutputRecord } from "../threads.ts";
import { startTestRuntime } from "./fixture.ts";

const runtime = startTestRuntime(tmpdir());
after(() => runtime.stop());

/** Everything that a cell shows, a line each. */
async function shownBy(code: string): Promise<string[]> {
  return (await runtime.run(code)).map(lineOf);
}

function lineOf(record: OutputRecord): string {
  if (record.kind === "stream") return `${record.name}: ${record.text.trimEnd()}`;
  if (record.kind === "done") return record.error ? `error: ${record.error.evalue}` : "done";
  if (!("data" in record)) return record.kind;
  return `${record.kind}: ${Object.entries(record.data).map(([type, data]) => `${type} ${data}`)}`;
}

const display = (body: string): string => `[Symbol.for("Jupyter.display")]${body}`;

/** What it shows, the cell, and the lines. */
const cells: readonly [shows: string, code: string, lines: readonly string[]][] = [
  ["null is shown", "() => null", ["result: text/plain null", "done"]],
  ["undefined is not", "() => undefined", ["done"]],
  ["a promise of undefined is not", "() => Promise.resolve(undefined)", ["done"]],
  ["promises of promises", "() => Promise.resolve(Promise.resolve(3))", ["result: text/plain 3", "done"]],
  ["thenables are awaited", "() => ({ then: (f) => f(9) })", ["result: text/plain 9", "done"]],
  ["a rejection is the cell's error", "() => Promise.reject(new RangeError('no'))", ["error: no"]],
  [
    "a proxy is looked at from outside, and not awaited",
    "() => new Proxy({ a: 1 }, { get: (_, name) => console.log(name) })",
    ["result: text/plain { a: 1 }", "done"],
  ],
  [
    "promises and timers print without the cell's context",
    "() => { const timer = setTimeout(() => {}); console.log(/kResource|kAsync|waits/.test(require('util').inspect(timer))); return [Promise.resolve(1)]; }",
    ["stdout: false", "result: text/plain [ Promise { 1 } ]", "done"],
  ],
  [
    "a display that takes time is waited for",
    `() => ({ async ${display('() { await 1; return { "text/html": "b", "text/plain": "t" } }')} })`,
    ["result: text/html b,text/plain t", "done"],
  ],
  [
    "so is one that display() shows, in the place it was shown",
    `() => { display({ async ${display('() { await 1; return { "text/plain": "rich" } }')}, toString: 1, [require("util").inspect.custom]: () => "text" }); console.log("after"); }`,
    ["display: text/plain text", "stdout: after", "update_display: text/plain rich", "done"],
  ],
  [
    "a display that fails is told, with its place, and the text is shown",
    `() => ({ ${display('() { throw new Error("no picture") }')}, [require("util").inspect.custom]: () => "text" })`,
    [`stderr: Symbol(Jupyter.display) failed: Error: no picture`, "result: text/plain text", "done"],
  ],
  [
    "a bundle that is none is told without frames of ours",
    `() => ({ ${display("() { return 5 }")}, [require("util").inspect.custom]: () => "text" })`,
    [
      'stderr: Symbol(Jupyter.display) failed: TypeError: 5: expected an object of MIME types and their data, { "text/html": "…" }',
      "result: text/plain text",
      "done",
    ],
  ],
];

for (const [shows, code, lines] of cells)
  test(shows, async () => {
    const shown = await shownBy(code);
    assert.deepEqual(
      shown.map((line) => line.split("\n", 1)[0]),
      lines,
    );
  });

/** Values of all kinds. */
const values = [
  "[1, { a: 'x' }]",
  "[{ a: 1 }, { b: '<b>' }]",
  "Markdown('*a*')",
  "({ _toHtml: () => '<b>' })",
  "new Proxy({ a: 1 }, {})",
  "Buffer.from('GIF89a')",
  "({ async [Symbol.for('Jupyter.display')]() { return { 'text/html': '<i>' } } })",
];

test("a value is shown by display() as it is as a result", async () => {
  for (const value of values) {
    const records = [
      ...(await runtime.run(`() => (${value})`)),
      ...(await runtime.run(`() => { display(${value}) }`)),
    ];
    const bundles = records.flatMap((record) => ("data" in record ? [record.data] : []));
    assert.deepEqual(bundles.at(-1), bundles[0]);
  }
});

test("an interrupt ends a display that never comes", async () => {
  const cell = runtime.start(`() => ({ ${display("() { console.log(1); return new Promise(() => {}) }")} })`);
  await runtime.until((record) => record.kind === "stream" && record.cell === cell);
  runtime.interrupt(cell);
  const done = await runtime.until((record) => record.kind === "done" && record.cell === cell);
  assert.equal(lineOf(done), "error: interrupted");
  assert.deepEqual(await shownBy("() => 1"), ["result: text/plain 1", "done"]);
});
