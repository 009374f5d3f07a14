/** ndarrays' texts against those that NumPy 2.4.6 gave (text.test-data.json: dtype, shape, elements, text). */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import np from "../numpy.ts";

type Recorded = readonly [
  dtype: string,
  shape: number[],
  elements: (number | boolean | string)[],
  text: string,
];
const folder = import.meta.dirname.replace(/([\\/])dist[\\/](?=tensor[\\/])/, "$1");
const recorded: Recorded[] = JSON.parse(readFileSync(join(folder, "text.test-data.json"), "utf8"));

test("arrays of every dtype print as NumPy prints them", () => {
  for (const [dtype, shape, elements, text] of recorded) {
    const numbers = elements.map((x) => (x === "inf" ? Infinity : x === "-inf" ? -Infinity : Number(x)));
    assert.equal(String(np.array(numbers, dtype as "float32").reshape(shape)), text, `${dtype} ${elements}`);
  }
  assert.ok(recorded.length > 100);
});

test("large arrays show their ends", () => {
  assert.equal(String(np.arange(1001).divide(8)), "[  0.      0.125   0.25  ... 124.75  124.875 125.   ]");
  const rows = String(np.arange(1600).reshape([40, 40])).split("\n");
  assert.deepEqual(
    [rows.length, rows[0], rows[3], rows[6]],
    [
      7,
      "[[0.000e+00 1.000e+00 2.000e+00 ... 3.700e+01 3.800e+01 3.900e+01]",
      " ...",
      " [1.560e+03 1.561e+03 1.562e+03 ... 1.597e+03 1.598e+03 1.599e+03]]",
    ],
  );
});

test("a single float32 has float32's digits", () => {
  assert.equal(String(np.array(0.1, "float32")), "0.1");
});
