/** History on disk: shared by kernels, kept across them, and never in a cell's way. */
import assert from "node:assert/strict";
import { appendFileSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { matchesGlob } from "./glob.ts";
import { createHistory, type History } from "./history.ts";
import { historyFolder, openHistory } from "./history-file.ts";

const root = mkdtempSync(join(tmpdir(), "jacobi-history-"));
after(() => rmSync(root, { recursive: true }));
const logged: string[] = [];
const folder = (name: string): string => join(root, name);
const open = (name: string): History =>
  createHistory(openHistory(folder(name), (text) => void logged.push(text)));
const everything = { hist_access_type: "tail", n: 1000, raw: true, output: true } as const;
const session = (number: number) =>
  ({ hist_access_type: "range", session: number, start: 0, stop: null, raw: true, output: true }) as const;

test("a later session sees what an earlier one ran, by numbers relative to its own too", async () => {
  const first = open("kept");
  first.add(1, "1 + 1");
  first.setOutput(1, "2");
  first.add(2, "const \ud800 = 'é🙂\0'");
  await first.close();
  const second = open("kept");
  second.add(1, "now");
  const run = [
    [1, 1, ["1 + 1", "2"]],
    [1, 2, ["const \ud800 = 'é🙂\0'", null]],
  ];
  assert.deepEqual(await second.read(session(-1)), run);
  assert.deepEqual(await second.read(session(1)), run);
  assert.deepEqual(await second.read(session(0)), [[2, 1, ["now", null]]]);
  assert.deepEqual(await second.read(everything), [...run, [2, 1, ["now", null]]]);
});

test("sessions that run at once have numbers of their own and see each other", async () => {
  const all = Array.from({ length: 8 }, () => open("shared"));
  for (const [i, history] of all.entries()) history.add(1, `cell of ${i}`);
  await Promise.all(all.map((history) => history.close()));
  const found = await all[3]!.read(everything);
  assert.deepEqual(found.map(([number]) => number).sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(found.at(-1)?.[2], ["cell of 3", null]);
});

test("only the person may read it", async () => {
  assert.equal(statSync(join(folder("kept"), "history.jsonl")).mode & 0o777, 0o600);
  assert.equal(statSync(folder("kept")).mode & 0o777, 0o700);
});

test("lines that are none, and one that was cut, are passed over", async () => {
  const first = open("broken");
  first.add(1, "before");
  await first.close();
  appendFileSync(
    join(folder("broken"), "history.jsonl"),
    '\0\xff\n[]\n{"a":1}\n[1,2,3,4]\n["1",1,"x",null]\n[9,1,"cu',
  );
  const second = open("broken");
  second.add(1, "after");
  await second.close();
  const inputs = (await open("broken").read(everything)).map(([, , [input]]) => input);
  assert.deepEqual(inputs, ["before", "after"]);
});

test("where nothing can be written it is kept in memory, and the log says so once", async () => {
  writeFileSync(folder("file"), "");
  const history = open("file/history");
  for (let line = 1; line <= 3; line++) history.add(line, `cell ${line}`);
  await history.close();
  history.add(4, "cell 4");
  await history.close();
  assert.equal((await history.read(everything)).length, 4);
  assert.equal(logged.length, 1);
  assert.match(logged[0]!, /^history: .*ENOTDIR.*: it is kept in memory until the kernel ends$/);
});

test("it does not grow without end", async () => {
  const history = open("large");
  for (let line = 1; line <= 100; line++) history.add(line, `${line} ${"x".repeat(100_000)}`);
  await history.close();
  history.add(101, "last");
  await history.close();
  assert.ok(existsSync(join(folder("large"), "history.1.jsonl")));
  assert.ok(statSync(join(folder("large"), "history.jsonl")).size < 1000);
  assert.deepEqual((await open("large").read({ ...everything, n: 1 }))[0]?.[2], ["last", null]);
});

test("its folder is what JACOBI_HISTORY says, or XDG's place for state, or none", () => {
  const name = join(root, "given");
  assert.equal(historyFolder({ JACOBI_HISTORY: name, XDG_STATE_HOME: root }), name);
  assert.equal(historyFolder({ JACOBI_HISTORY: "off", XDG_STATE_HOME: root }), null);
  assert.equal(historyFolder({ XDG_STATE_HOME: root }), join(root, "jacobi"));
  assert.notEqual(historyFolder({ XDG_STATE_HOME: "not/absolute" }), join("not/absolute", "jacobi"));
});

test("a glob that would take a regular expression for ever takes no time", () => {
  assert.equal(matchesGlob("a".repeat(100_000), `${"*a".repeat(20)}*b`), false);
  for (const [text, glob, fits] of [
    ["", "", true],
    ["", "*", true],
    ["", "?", false],
    ["a.c", "a.c", true],
    ["abc", "a.c", false],
    ["a🙂c", "a?c", true],
    ["line\nline", "l*e", true],
    ["[x]", "[x]", true],
    ["abcabd", "*ab?", true],
    ["abcabd", "*ab", false],
  ] as const)
    assert.equal(matchesGlob(text, glob), fits, `${text} ${glob}`);
});
