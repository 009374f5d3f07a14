/** The layer check finds imports in the wrong direction and circles, and says so in one line. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { checkLayers } from "./layers.ts";

const check = (sources: Record<string, string>): string[] => checkLayers(new Map(Object.entries(sources)));

test("an import in an allowed direction is fine", () => {
  const sources = {
    "tensor/ops/reduce.ts": 'import { Tensor } from "../core/tensor.ts";',
    "tensor/core/tensor.ts": "export class Tensor {}",
  };
  assert.deepEqual(check(sources), []);
});

test("core may import nothing outside it, not even a type", () => {
  const sources = { "tensor/core/tensor.ts": 'import type { add } from "../ops/elementwise.ts";' };
  assert.deepEqual(check(sources), [
    "tensor/core/tensor.ts imports tensor/ops/elementwise.ts: tensor/core/ may import nothing outside it",
  ]);
});

test("the server may not import the compiler, by any form of import", () => {
  const lines = (text: string): number => check({ "kernel/server/serve.ts": text }).length;
  assert.equal(lines('import { check } from "../compiler/checker.ts";'), 1);
  assert.equal(lines('export * from "../compiler/checker.ts";'), 1);
  assert.equal(lines('const c = await import("../compiler/checker.ts");'), 1);
  assert.equal(lines('type C = import("../compiler/checker.ts").C;'), 1);
  assert.equal(lines('import ts from "typescript";'), 1);
});

test("a test of the tensor library may not import the kernel", () => {
  assert.equal(check({ "tensor/print.test.ts": 'import { x } from "../kernel/threads.ts";' }).length, 1);
  assert.equal(
    check({ "kernel/compiler/emit.test.ts": 'import { run } from "../runtime/run.ts";' }).length,
    0,
  );
});

test("a circle is named file by file", () => {
  const sources = {
    "tensor/core/a.ts": 'import "./b.ts";',
    "tensor/core/b.ts": 'import { c } from "./c.ts";',
    "tensor/core/c.ts": 'export { a } from "./a.ts";',
  };
  const circle = "import circle: tensor/core/a.ts → tensor/core/b.ts → tensor/core/c.ts → tensor/core/a.ts";
  assert.deepEqual(check(sources), [circle]);
});

test("types alone close no circle", () => {
  const sources = {
    "tensor/core/a.ts": 'import "./b.ts";',
    "tensor/core/b.ts": 'import type { a } from "./a.ts";',
  };
  assert.deepEqual(check(sources), []);
});
