/** Cells run in a real runtime: values, output, errors, late output, interrupts. */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { after, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import type { OutputRecord } from "../threads.ts";
import { startTestRuntime } from "./fixture.ts";

const runtime = startTestRuntime(tmpdir());
after(() => runtime.stop());

const kinds = (records: readonly OutputRecord[]): string[] => records.map(({ kind }) => kind);

function textOf(records: readonly OutputRecord[], name: "stdout" | "stderr"): string {
  return records
    .map((record) => (record.kind === "stream" && record.name === name ? record.text : ""))
    .join("");
}

function resultOf(records: readonly OutputRecord[]): unknown {
  const found = records.find((record) => record.kind === "result");
  return found?.kind === "result" ? found.data["text/plain"] : undefined;
}

function errorOf(records: readonly OutputRecord[]) {
  const done = records.at(-1);
  assert.equal(done?.kind, "done");
  return done?.kind === "done" ? done.error : undefined;
}

test("a value becomes a result before the end", async () => {
  const records = await runtime.run("($, $c) => { $.x = 20; return $.x + 1; }");
  assert.deepEqual(kinds(records), ["result", "done"]);
  assert.equal(resultOf(records), "21");
});

test("names outlive their cell", async () => {
  await runtime.run("($, $c) => { $.kept = [1, 2]; }");
  assert.equal(resultOf(await runtime.run("($, $c) => $.kept.length")), "2");
});

test("undefined is not shown and null is", async () => {
  assert.deepEqual(kinds(await runtime.run("($, $c) => undefined")), ["done"]);
  assert.equal(resultOf(await runtime.run("($, $c) => null")), "null");
});

test("a promise as last value is awaited", async () => {
  const records = await runtime.run("($, $c) => new Promise((resolve) => setTimeout(resolve, 5, 'late'))");
  assert.equal(resultOf(records), "'late'");
});

test("stdout, stderr and display keep their order", async () => {
  const records = await runtime.run(
    "($, $c) => { console.log('a'); console.error('b'); display(Markdown('*c*')); process.stdout.write('d'); }",
  );
  assert.deepEqual(kinds(records), ["stream", "stream", "display", "stream", "done"]);
  assert.equal(textOf(records, "stdout"), "a\nd");
  assert.equal(textOf(records, "stderr"), "b\n");
});

test("characters written in pieces of bytes arrive whole", async () => {
  const records = await runtime.run(
    "($, $c) => { for (const byte of Buffer.from('é😀')) process.stdout.write(Buffer.from([byte])); }",
  );
  assert.equal(textOf(records, "stdout"), "é😀");
});

test("a display handle as last value shows nothing more", async () => {
  assert.deepEqual(kinds(await runtime.run("($, $c) => display(1)")), ["display", "done"]);
});

test("an error ends the cell with its line", async () => {
  const source = "const a = 1;\nnull.x;\nconst b = 2;";
  const error = errorOf(await runtime.run({ code: `($, $c) => {${source} }`, places: [12, 0] }, source));
  assert.equal(error?.ename, "TypeError");
  assert.match(error?.evalue ?? "", /null/);
  const text = plain(error?.traceback);
  assert.match(text, /at In \[\d+\]:2:6\n {2}1 │ const a = 1;\n→ 2 │ null\.x;\n {4}│ {6}\^\n {2}3 │ const b/);
  assert.doesNotMatch(text, /run\.js|node:/);
});

test("output of a timer carries the number of the cell that started it", async () => {
  const [first] = await runtime.run("($, $c) => { setTimeout(() => console.log('from the timer'), 20); }");
  await runtime.run("($, $c) => new Promise((resolve) => setTimeout(resolve, 40))");
  const late = await runtime.until(
    (record) => record.kind === "stream" && record.text === "from the timer\n",
  );
  assert.equal(late.cell, first?.cell);
});

test("an error in a timer is shown by its cell and loses nothing", async () => {
  const cell = runtime.start(
    "($, $c) => { $.after = 7; setTimeout(() => { throw new Error('in a timer'); }, 1); }",
  );
  const shown = await runtime.until((record) => record.kind === "stream" && /in a timer/.test(record.text));
  assert.equal(shown.cell, cell);
  assert.equal(resultOf(await runtime.run("($, $c) => $.after")), "7");
});

test("a rejection nobody handles is shown before the cell ends", async () => {
  const records = await runtime.run("($, $c) => { Promise.reject(new RangeError('forgotten')); }");
  assert.deepEqual(kinds(records), ["stream", "done"]);
  assert.match(textOf(records, "stderr"), /Unhandled rejection: RangeError: forgotten/);
});

test("a rejection handled later in its cell is not shown", async () => {
  const records = await runtime.run(
    `async ($, $c) => { const p = Promise.reject(new Error("early"));
     await $c.wait(new Promise((resolve) => setTimeout(resolve, 10))); try { await $c.wait(p); } catch {} }`,
  );
  assert.deepEqual(kinds(records), ["done"]);
});

test("process.exit does not end the kernel", async () => {
  const error = errorOf(await runtime.run("($, $c) => { process.exit(3); }"));
  assert.match(error?.evalue ?? "", /^process\.exit\(3\) was called: the cell ends here/);
});

test("warnings of Node itself are not shown, the user's own are", async () => {
  const records = await runtime.run(
    `async ($, $c) => { process.emitWarning("node's", "ExperimentalWarning"); process.emitWarning("mine");
     await $c.wait(new Promise((resolve) => setTimeout(resolve, 1))); }`,
  );
  assert.equal(textOf(records, "stderr"), "Warning: mine\n");
});

test("a loop that looks at the flag is interrupted and keeps its values", async () => {
  const cell = runtime.start(
    "($, $c) => { $.turns = 0; for (;;) { $c.flag[0] && $c.interrupt(); if (++$.turns === 2) console.log('spinning'); } }",
  );
  await runtime.until((record) => record.cell === cell && record.kind === "stream");
  runtime.interrupt(cell);
  const done = await runtime.until((record) => record.cell === cell && record.kind === "done");
  assert.equal(done.kind === "done" && done.error?.ename, "KeyboardInterrupt");
  assert.equal(resultOf(await runtime.run("($, $c) => $.turns >= 2")), "true");
});

test("an await is interrupted and its finally blocks run", async () => {
  const cell = runtime.start(
    `async ($, $c) => { console.log("waiting");
     try { await $c.wait(new Promise(() => {})); } finally { console.log("cleaned"); } }`,
  );
  await runtime.until((record) => record.cell === cell && record.kind === "stream");
  runtime.interrupt(cell);
  const done = await runtime.until((record) => record.cell === cell && record.kind === "done");
  assert.equal(done.kind === "done" && done.error?.ename, "KeyboardInterrupt");
  assert.match(
    textOf(
      runtime.records.filter((record) => record.cell === cell),
      "stdout",
    ),
    /cleaned/,
  );
});

test("a catch in a loop of awaits cannot swallow an interrupt", async () => {
  const cell = runtime.start(
    `async ($, $c) => { console.log("looping"); for (;;) {
     try { await $c.wait(new Promise((resolve) => setTimeout(resolve, 1))); } catch {} } }`,
  );
  await runtime.until((record) => record.cell === cell && record.kind === "stream");
  runtime.interrupt(cell);
  const done = await runtime.until((record) => record.cell === cell && record.kind === "done");
  assert.equal(done.kind === "done" && done.error?.ename, "KeyboardInterrupt");
  assert.deepEqual(kinds(await runtime.run("($, $c) => 1")), ["result", "done"]);
});

test("a promise that never settles as last value is interrupted", async () => {
  const cell = runtime.start("($, $c) => { console.log('hanging'); return new Promise(() => {}); }");
  await runtime.until((record) => record.cell === cell && record.kind === "stream");
  runtime.interrupt(cell);
  const done = await runtime.until((record) => record.cell === cell && record.kind === "done");
  assert.equal(done.kind === "done" && done.error?.ename, "KeyboardInterrupt");
});

const plain = (lines: readonly string[] = []): string => stripVTControlCharacters(lines.join("\n"));
