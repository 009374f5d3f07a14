/** Node's globals are the same whichever cells ran before. */
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Checker } from "./checker.ts";
import { createCompiler } from "./compiler.ts";
import { asksForNode } from "./node-globals.ts";

const folder = mkdtempSync(join(tmpdir(), "globals-"));

/** Cells that are the first of their kernel. */
const firsts: readonly string[] = [
  "process.getuid?.()",
  "const { geteuid } = process",
  "process.stdin.pause()",
  "require.main",
  "let error: NodeJS.ErrnoException | undefined",
  'let text: Buffer<ArrayBuffer> = Buffer.from("a")',
  "let names: NodeJS.Dict<string> = {}",
  "const exposed = globalThis.gc",
  'fetch("data:,", { dispatcher: undefined })',
];

for (const source of firsts)
  test(`as a first cell, ${source} checks`, () => {
    const compiled = createCompiler(folder).compile({ source, name: "In [1]" });
    assert.deepEqual(compiled.ok ? [] : compiled.diagnostics, []);
  });

test("after an import from Node, there is what its declarations lack", () => {
  const { compile } = createCompiler(folder);
  const check = (source: string) => {
    const compiled = compile({ source, name: "In [1]" });
    assert.deepEqual(compiled.ok ? [] : compiled.diagnostics, [], source);
  };
  check('import fs from "fs"');
  check("WebAssembly.compile(new Uint8Array(8))");
  check("let headers: HeadersInit = {}, key: CryptoKey | undefined");
  if ("navigator" in globalThis) check("navigator.hardwareConcurrency");
});

/** Mistakes that have nothing to do with Node. */
const mistakes: readonly string[] = [
  "pritn(1)",
  "({ a: 1 }).b",
  '[1].map("a")',
  "console.log({ a: 1 }.b)",
  'setTimeout(() => Math.max("a"), 1)',
  'const n: number = "a"',
];

test("a mistake that has nothing to do with Node loads nothing", () => {
  const checker = new Checker(folder);
  for (const source of mistakes) {
    const found = checker.check(checker.open(source, "In [1]"));
    assert.equal(found.length, 1, source);
    assert.equal(asksForNode(checker.types, found, folder), false, source);
  }
});
