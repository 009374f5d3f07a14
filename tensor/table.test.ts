/** Over the whole op table: gradients of both orders, method = function, strided inputs, both backends, refusals. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { gradcheck, gradgradcheck } from "./autograd/gradcheck.ts";
import type { Sample } from "./core/op.ts";
import type { Tensor } from "./core/tensor.ts";
import torch from "./index.ts";
import { allResults, argumentsOf, entries, plainOf, tensorsOf, toJson } from "./table.test-data.ts";

/** The same values in memory that is not row-major. */
function strided(x: Tensor): Tensor {
  if (x.ndim === 0) return x;
  const wide = torch.stack([x, x], x.ndim);
  return wide.select(x.ndim, 0);
}

/** A sample's call as a function of its float tensors, and those tensors as leaves. */
function checkable(f: (...args: unknown[]) => unknown, sample: Sample) {
  const tensors = tensorsOf(sample);
  const floats = tensors.filter((x) => x.dtype.kind === "float");
  for (const x of floats) x.requires_grad_();
  const call = (...given: Tensor[]): unknown => {
    let next = 0;
    const filled = tensors.map((x) => (x.dtype.kind === "float" ? given[next++]! : x));
    return f(...argumentsOf(sample, filled));
  };
  return { call, floats };
}

for (const [name, entry] of entries) {
  describe(name, () => {
    test("has samples", () =>
      assert.ok(entry.samples.length > 0, "an op without samples is an op without tests"));
    entry.samples.forEach((sample, i) => {
      const what = `sample ${i}`;
      test(`${what}: strided inputs give the same`, () => {
        const tensors = tensorsOf(sample);
        const expected = plainOf(entry(...argumentsOf(sample, tensors)));
        compare(plainOf(entry(...argumentsOf(sample, tensors.map(strided)))), expected, name);
      });
      const method = (torch.Tensor.prototype as unknown as Record<string, unknown>)[name];
      if (typeof method === "function" && sample.list !== true && name !== "where") {
        test(`${what}: the method is the function`, () => {
          const [x, ...rest] = argumentsOf(sample, tensorsOf(sample)) as [Tensor, ...unknown[]];
          assert.deepEqual(plainOf(method.apply(x, rest)), plainOf(entry(x, ...rest)));
        });
      }
      if (entry.rule === null) return;
      test(`${what}: gradcheck`, () => {
        const { call, floats } = checkable(entry, sample);
        assert.ok(gradcheck(call, floats));
      });
      test(`${what}: gradgradcheck`, { skip: sample.firstOrderOnly ?? false }, () => {
        const { call, floats } = checkable(entry, sample);
        assert.ok(gradgradcheck(call, floats));
      });
    });
    test("refuses keyword arguments it does not have", () => {
      const sample = entry.samples[0]!;
      const given = argumentsOf(sample, tensorsOf(sample));
      const message = /\(\) got an unexpected keyword argument 'no_such_option'$/;
      if (name !== "at")
        assert.throws(() => entry(...given, { no_such_option: 1 }), { name: "TypeError", message });
    });
    entry.refusals.forEach((refusal, i) => {
      test(`refusal ${i}: ${refusal.message}`, () => {
        assert.throws(() => entry(...argumentsOf(refusal, tensorsOf(refusal))), { message: refusal.message });
      });
    });
    const { inPlace } = entry as unknown as { inPlace?: (x: Tensor, ...rest: unknown[]) => Tensor };
    if (inPlace !== undefined) {
      test("the in-place form gives the function's values and gradients", () => {
        const sample = entry.samples[0]!;
        const { call, floats } = checkable(entry, sample);
        const there = checkable((x, ...rest) => inPlace((x as Tensor).clone(), ...rest), sample);
        assert.deepEqual(plainOf(there.call(...there.floats)), plainOf(call(...floats)));
        if (entry.rule !== null) assert.ok(gradcheck(there.call, there.floats));
      });
    }
  });
}

test("the addon and the reference give the same results for every sample", () => {
  const program = fileURLToPath(new URL("./table.test-data.js", import.meta.url));
  const env = { ...process.env, JACOBI_BACKEND: "reference" };
  const theirs = JSON.parse(
    execFileSync(process.execPath, [program], { env, encoding: "utf8", maxBuffer: 1 << 26 }),
  );
  const ours = JSON.parse(toJson(allResults()));
  assert.deepEqual(Object.keys(ours), Object.keys(theirs));
  for (const key of Object.keys(ours)) compare(ours[key], theirs[key], key);
});

/** Equal, numbers within a few units in the last place of float64. */
function compare(a: unknown, b: unknown, where: string): void {
  if (typeof a === "number" && typeof b === "number") {
    assert.ok(Math.abs(a - b) <= 1e-13 * Math.max(1, Math.abs(b)), `${where}: ${a} and ${b}`);
  } else if (typeof a === "object" && a !== null && typeof b === "object" && b !== null) {
    assert.deepEqual(Object.keys(a), Object.keys(b), where);
    for (const k of Object.keys(a))
      compare((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k], `${where}.${k}`);
  } else assert.deepEqual(a, b, where);
}
