import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fixed, pythonFloat, scientific } from "./number.ts";

test("fixed rounds exact ties to even, as Python does", () => {
  assert.equal(fixed(0.03125, 4), "0.0312");
  assert.equal(fixed(0.09375, 4), "0.0938");
  assert.equal(fixed(2.5, 0), "2");
  assert.equal(fixed(3.5, 0), "4");
  assert.equal(fixed(-2.5, 0), "-2");
});

test("fixed rounds what is only near a tie to the nearest", () => {
  assert.equal(fixed(1.00005, 4), "1.0001");
  assert.equal(fixed(1.00015, 4), "1.0002");
  assert.equal(fixed(2.00025000001, 4), "2.0003");
});

test("fixed keeps the sign of zero and writes large numbers out", () => {
  assert.equal(fixed(-0, 4), "-0.0000");
  assert.equal(fixed(-0.00001, 4), "-0.0000");
  assert.equal(fixed(1e22, 1), "10000000000000000000000.0");
});

test("scientific has two digits of exponent and ties to even", () => {
  assert.equal(scientific(100000, 4), "1.0000e+05");
  assert.equal(scientific(0.5, 0), "5e-01");
  assert.equal(scientific(2.5, 0), "2e+00");
  assert.equal(scientific(-1.5e-200, 2), "-1.50e-200");
  assert.equal(scientific(9.5, 0), "1e+01");
});

test("numbers that are not finite have Python's names", () => {
  assert.deepEqual(
    [fixed(Number.NaN, 4), fixed(Infinity, 4), scientific(-Infinity, 4)],
    ["nan", "inf", "-inf"],
  );
});

test("pythonFloat reads back as the same number and looks like a float", () => {
  assert.deepEqual([1, 0.1, 1e16, 1e-5, 1.2345678901234568e17, -0].map(pythonFloat), [
    "1.0",
    "0.1",
    "1e+16",
    "1e-05",
    "1.2345678901234568e+17",
    "-0.0",
  ]);
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (x) => {
      const text = pythonFloat(x);
      assert.ok(Object.is(Number(text), x) && /[.e]/.test(text));
    }),
  );
});
