import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { dataFolder, hasCases } from "./conformance/cases.ts";
import { runFile } from "./conformance/run.ts";

/** Recorded PyTorch cases by file; names that we do not have yet are counted, not failed. */
const files = [
  "printing",
  "rng",
  "autograd",
  "views",
  "linalg",
  "func",
  "misc",
  "errors",
  "errors_ops",
  "e2e",
  "promo",
  "optim",
  "modules",
  "ops_float32",
  "ops_float64",
];

/** Cases known to give a wrong answer: `file<TAB>id`. Lines may only be taken away. */
const known = new Set(
  readFileSync(join(dataFolder, "known-failures.txt"), "utf8")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith("#")),
);

for (const file of files.filter((name) => hasCases(name))) {
  test(`${file}: values, gradients and refusals are PyTorch's`, (t) => {
    const { passed, failed, missing } = runFile(file);
    t.diagnostic(`${file}: ${passed.length} passed, ${failed.size} failed, ${missing.size} missing names`);
    const unexpected = [...failed].filter(([id]) => !known.has(`${file}\t${id}`));
    const mended = passed.filter((id) => known.has(`${file}\t${id}`));
    assert.deepEqual(unexpected, [], "wrong answers that known-failures.txt does not list");
    assert.deepEqual(mended, [], "these pass now: take their lines out of known-failures.txt");
    assert.ok(passed.length > 0, "nothing passed: the file was not run");
  });
}
