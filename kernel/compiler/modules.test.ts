/** Local files as the runtime gets them: exports live, types gone, lines kept. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import vm from "node:vm";
import { Cells } from "./run-cells.ts";

type Exports = Record<string, () => unknown>;

const folder = mkdtempSync(join(tmpdir(), "files-"));
const session = new Cells(folder);

/** Transpiles `text` as a file and runs it with its imports taken from `modules`. */
async function load(text: string, modules: Record<string, object> = {}) {
  const path = join(folder, "file.ts");
  writeFileSync(path, text);
  const compiled = session.compiler.transpile({ path });
  if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
  let exported: Exports = {};
  const all: object[] = [];
  await vm.runInThisContext(compiled.code)(
    {},
    {
      ...session.context,
      import: async (specifier: string) => modules[specifier] ?? session.context.import(specifier),
      export: (getters: Exports) => {
        exported = getters;
      },
      exportAll: (module: object) => all.push(module),
    },
  );
  const values = Object.fromEntries(Object.entries(exported).map(([name, get]) => [name, get()]));
  return { values, exported, all, code: compiled.code };
}

test("every form of export", async () => {
  const { values } = await load(`
    export const a: number = 1, { b, c: [d] } = { b: 2, c: [3] };
    export function f(): number { return a }
    export class K<T> { x = 4 }
    export enum E { One = 1 }
    export interface I { a: 1 }
    export type T = string;
    const h = 5; type U = number;
    export { h as i, type U, h as default };
  `);
  const { f, K, E, ...rest } = values as Record<string, unknown>;
  assert.deepEqual(rest, { a: 1, b: 2, d: 3, i: 5, default: 5 });
  assert.equal((f as () => number)(), 1);
  assert.equal(new (K as new () => { x: number })().x, 4);
  assert.equal((E as { One: number }).One, 1);
});

test("default exports", async () => {
  assert.equal((await load("export default 1 + 1")).values.default, 2);
  assert.equal(((await load("export default function () { return 3 }")).values.default as () => number)(), 3);
  assert.equal(
    ((await load("export default function f() { return 4 }")).values.default as () => number)(),
    4,
  );
});

test("exports are live", async () => {
  const { exported } = await load("export let n = 1; export function up() { n++ }");
  (exported.up!() as () => void)();
  assert.equal(exported.n!(), 2);
});

test("imports are live, and types among them are not asked for", async () => {
  writeFileSync(join(folder, "types.ts"), "export interface T { a: 1 } export let v = 1;");
  const source = { v: 1 };
  const { exported, code } = await load(
    "import { T, v } from './types.ts';\nimport type { U } from './nowhere.ts';\nexport const get = (): number => v; export { v as w, T };",
    { "./types.ts": source },
  );
  source.v = 2;
  assert.equal((exported.get!() as () => number)(), 2);
  assert.equal(exported.w!(), 2);
  assert.ok(!("T" in exported));
  assert.ok(!code.includes("nowhere"));
});

test("re-exports", async () => {
  const m = { x: 1, y: 2 };
  const { values, all } = await load(
    "// @ts-nocheck\nexport * from 'm'; export * as ns from 'm'; export { x as z } from 'm'",
    { m },
  );
  assert.deepEqual(all, [m]);
  assert.deepEqual(values, { ns: m, z: 1 });
});

test("lines stay, and loops look at the flag", async () => {
  const { code } = await load(
    "type A = {\n  a: 1\n}\nfor (let i = 0; i < 1; i++) {\n}\nthrowHere()\nfunction throwHere() {}",
  );
  assert.equal(
    code.split("\n").findIndex((line) => line.startsWith("throwHere()")),
    5,
  );
  session.flag[0] = 1;
  await assert.rejects(load("for (;;) {}"), /KeyboardInterrupt/);
  session.flag[0] = 0;
});

test("a syntax error names file and line", () => {
  const path = join(folder, "bad.ts");
  writeFileSync(path, "const a = 1\nconst = 2");
  const compiled = session.compiler.transpile({ path });
  assert.ok(!compiled.ok);
  assert.equal(compiled.diagnostics[0]!.file, path);
  assert.equal(compiled.diagnostics[0]!.line, 2);
});
