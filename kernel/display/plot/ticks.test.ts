/** Ticks and their labels against what matplotlib 3.11 chooses. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { linearLabels, linearTicks, logLabels, logMinorTicks, logTicks } from "./ticks.ts";

/** From, to, room for so many labels: the labels in sight, and the offset. */
const linear: readonly (readonly [number, number, number, string, string])[] = [
  [0, 1, 9, "0.0 0.2 0.4 0.6 0.8 1.0", ""],
  [0, 1, 5, "0.0 0.2 0.4 0.6 0.8 1.0", ""],
  [0, 1, 2, "0.0 0.5 1.0", ""],
  [-0.05, 1.05, 9, "0.0 0.2 0.4 0.6 0.8 1.0", ""],
  [-49.95, 1048.95, 9, "0 200 400 600 800 1000", ""],
  [0, 100, 11, "0 20 40 60 80 100", ""],
  [0, 99, 9, "0 20 40 60 80", ""],
  [-1, 1, 9, "−1.00 −0.75 −0.50 −0.25 0.00 0.25 0.50 0.75 1.00", ""],
  [-1.1, 1.1, 13, "−1.00 −0.75 −0.50 −0.25 0.00 0.25 0.50 0.75 1.00", ""],
  [-3.3, 7.7, 9, "−2 0 2 4 6", ""],
  [0, 10, 9, "0 2 4 6 8 10", ""],
  [0.95, 4.15, 9, "1.0 1.5 2.0 2.5 3.0 3.5 4.0", ""],
  [0, 6.5, 9, "0 1 2 3 4 5 6", ""],
  [2.85, 3.15, 11, "2.85 2.90 2.95 3.00 3.05 3.10", ""],
  [1000000, 1000005, 9, "0 1 2 3 4 5", "+1e6"],
  [123456, 123460, 9, "56.0 56.5 57.0 57.5 58.0 58.5 59.0 59.5 60.0", "+1.234e5"],
  [-123460, -123456, 9, "−60.0 −59.5 −59.0 −58.5 −58.0 −57.5 −57.0 −56.5 −56.0", "−1.234e5"],
  [0, 1000000, 9, "0.0 0.2 0.4 0.6 0.8 1.0", "1e6"],
  [0, 99999, 9, "0 20000 40000 60000 80000", ""],
  [0, 250000, 5, "0 50000 100000 150000 200000 250000", ""],
  [-1000000000.0, 3000000000.0, 9, "−1.0 −0.5 0.0 0.5 1.0 1.5 2.0 2.5 3.0", "1e9"],
  [0, 2e-7, 9, "0.00 0.25 0.50 0.75 1.00 1.25 1.50 1.75 2.00", "1e−7"],
  [0, 0.00012, 9, "0.00000 0.00002 0.00004 0.00006 0.00008 0.00010", ""],
  [0, 9e-5, 9, "0 1 2 3 4 5 6 7 8 9", "1e−5"],
  [1e-12, 5e-12, 9, "1.0 1.5 2.0 2.5 3.0 3.5 4.0 4.5 5.0", "1e−12"],
  [10000000000.0, 10000000001.0, 9, "0.0 0.2 0.4 0.6 0.8 1.0", "+1e10"],
  [0.1, 0.1001, 9, "0 2 4 6 8", "1e−5+1e−1"],
  [99.99, 100.01, 9, "−0.0100 −0.0075 −0.0050 −0.0025 0.0000 0.0025 0.0050 0.0075 0.0100", "+1e2"],
  [2000, 2024, 9, "2000 2005 2010 2015 2020", ""],
  [-0.055, 0.055, 9, "−0.04 −0.02 0.00 0.02 0.04", ""],
  [4.725, 5.275, 9, "4.8 4.9 5.0 5.1 5.2", ""],
  [1e300, 2e300, 9, "1.0 1.2 1.4 1.6 1.8 2.0", "1e300"],
  [
    -244.061,
    -244.0594,
    8,
    "−0.0610 −0.0608 −0.0606 −0.0604 −0.0602 −0.0600 −0.0598 −0.0596 −0.0594",
    "−2.44e2",
  ],
];

/** From, to, room: the major labels in sight, how many minor ticks, and the labels those have. */
const log: readonly (readonly [number, number, number, string, number, string])[] = [
  [1, 10, 9, "$10^{0}$ $10^{1}$", 8, ""],
  [1, 100, 9, "$10^{0}$ $10^{1}$ $10^{2}$", 16, ""],
  [0.5, 20, 9, "$10^{0}$ $10^{1}$", 14, ""],
  [1e-9, 30, 9, "$10^{-9}$ $10^{-7}$ $10^{-5}$ $10^{-3}$ $10^{-1}$ $10^{1}$", 0, ""],
  [0.001, 1000, 9, "$10^{-3}$ $10^{-2}$ $10^{-1}$ $10^{0}$ $10^{1}$ $10^{2}$ $10^{3}$", 48, ""],
  [
    1e-12,
    1000000000000.0,
    9,
    "$10^{-12}$ $10^{-9}$ $10^{-6}$ $10^{-3}$ $10^{0}$ $10^{3}$ $10^{6}$ $10^{9}$ $10^{12}$",
    0,
    "",
  ],
  [
    1e-20,
    1e20,
    9,
    "$10^{-20}$ $10^{-15}$ $10^{-10}$ $10^{-5}$ $10^{0}$ $10^{5}$ $10^{10}$ $10^{15}$ $10^{20}$",
    0,
    "",
  ],
  [2, 4, 9, "", 3, "$2\\times10^{0}$ $3\\times10^{0}$ $4\\times10^{0}$"],
  [1.9, 4.1, 9, "", 3, "$2\\times10^{0}$ $3\\times10^{0}$ $4\\times10^{0}$"],
  [3, 8, 9, "", 6, "$3\\times10^{0}$ $4\\times10^{0}$ $6\\times10^{0}$"],
  [
    1320000,
    1670000,
    6,
    "",
    7,
    "$1.35\\times10^{6}$ $1.4\\times10^{6}$ $1.45\\times10^{6}$ $1.5\\times10^{6}$ $1.55\\times10^{6}$ $1.6\\times10^{6}$ $1.65\\times10^{6}$",
  ],
  [1e-8, 3.1e-8, 9, "$10^{-8}$", 2, "$2\\times10^{-8}$ $3\\times10^{-8}$"],
  [0.2, 0.9, 9, "", 8, "$2\\times10^{-1}$ $3\\times10^{-1}$ $4\\times10^{-1}$ $6\\times10^{-1}$"],
  [
    6.98e-8,
    10.7,
    9,
    "$10^{-7}$ $10^{-6}$ $10^{-5}$ $10^{-4}$ $10^{-3}$ $10^{-2}$ $10^{-1}$ $10^{0}$ $10^{1}$",
    67,
    "",
  ],
  [1e-5, 100000, 3, "$10^{-5}$ $10^{0}$ $10^{5}$", 0, ""],
  [0.0009, 0.011, 9, "$10^{-3}$ $10^{-2}$", 9, ""],
];

const seen = (ticks: readonly number[], labels: readonly string[], low: number, high: number): string =>
  labels.filter((label, i) => label !== "" && ticks[i]! >= low && ticks[i]! <= high).join(" ");

for (const [low, high, room, labels, offset] of linear) {
  test(`linear from ${low} to ${high} with room for ${room}`, () => {
    const ticks = linearTicks(low, high, room);
    const found = linearLabels(ticks, low, high);
    assert.equal(seen(ticks, found.labels, low, high), labels);
    assert.equal(found.offset, offset);
  });
}

for (const [low, high, room, labels, minor, minorLabels] of log) {
  test(`logarithmic from ${low} to ${high} with room for ${room}`, () => {
    const ticks = logTicks(low, high, room);
    assert.equal(seen(ticks, logLabels(ticks, low, high), low, high), labels);
    const small = logMinorTicks(low, high, room);
    assert.equal(small.filter((t) => t >= low && t <= high).length, minor);
    assert.equal(seen(small, logLabels(small, low, high), low, high), minorLabels);
  });
}

test("linear ticks rise evenly, enclose the view, and have labels that tell them apart", () => {
  const ends = fc.tuple(
    fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    fc.double({ min: 1e-6, max: 1e9, noNaN: true }),
  );
  fc.assert(
    fc.property(ends, fc.integer({ min: 1, max: 20 }), ([low, width], room) => {
      fc.pre(width > 1e-6 * Math.abs(low));
      const high = low + width;
      const ticks = linearTicks(low, high, room);
      const step = ticks[1]! - ticks[0]!;
      assert.ok(ticks.every((t, i) => i === 0 || Math.abs(t - ticks[i - 1]! - step) < 1e-3 * step));
      assert.ok(ticks[0]! <= low + 1e-6 * step && ticks.at(-1)! >= high - 1e-6 * step);
      assert.ok(ticks.filter((t) => t >= low && t <= high).length <= Math.max(room, 2) + 2);
      const { labels } = linearLabels(ticks, low, high);
      assert.equal(new Set(labels).size, ticks.length);
    }),
    { seed: 1 },
  );
});
