/** The language's library is the one that this Node has, no less and no more. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createCompiler } from "./compiler.ts";

const compiler = createCompiler(mkdtempSync(join(tmpdir(), "library-")));

/** A use, and whether this Node has what is used. */
const uses: readonly (readonly [source: string, exists: boolean])[] = [
  ['"a".isWellFormed()', "isWellFormed" in String.prototype],
  ["new ArrayBuffer(1).resizable", "resizable" in ArrayBuffer.prototype],
  ["Object.groupBy([1], (n) => n)", "groupBy" in Object],
  ["Map.groupBy([1], (n) => n)", "groupBy" in Map],
  ["Promise.withResolvers<number>()", "withResolvers" in Promise],
  ["new Set([1]).union(new Set([2]))", "union" in Set.prototype],
  ["[1].values().map((n) => n + 1).toArray()", "Iterator" in globalThis],
  ["(function* () { yield 1 })().take(1)", "Iterator" in globalThis],
  ["await Array.fromAsync([1])", "fromAsync" in Array],
  ["Math.f16round(1)", "f16round" in Math],
  ["Promise.try(() => 1)", "try" in Promise],
  ['RegExp.escape("a")', "escape" in RegExp],
  ["Error.isError(1)", "isError" in Error],
  ["Atomics.pause()", "pause" in Atomics],
  ["navigator.hardwareConcurrency", "navigator" in globalThis],
  ['new WebSocket("ws://nowhere")', "WebSocket" in globalThis],
  ['new CloseEvent("close")', "CloseEvent" in globalThis],
];

for (const [source, exists] of uses)
  test(`${source} ${exists ? "checks" : "does not check"} on Node ${process.version}`, () => {
    assert.equal(compiler.compile({ source, name: "In [1]" }).ok, exists);
  });

test("a later part of the library has its documentation", () => {
  const source = "[1].at";
  assert.match(compiler.inspect({ source, offset: 5, detail: 0 })?.documentation ?? "", /item/);
  if (!("groupBy" in Object)) return;
  const grouped = compiler.inspect({ source: "Object.groupBy", offset: 10, detail: 0 });
  assert.match(grouped?.documentation ?? "", /Groups members/);
});
