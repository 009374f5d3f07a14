/** Limits that axes choose by themselves, against matplotlib 3.11. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Axes } from "./axes.ts";

const fresh = () =>
  new Axes({ left: 0, bottom: 0, width: 1, height: 1 }, { row: 0, column: 0, rows: 1, columns: 1 });

const cases: readonly (readonly [
  string,
  (ax: Axes) => unknown,
  readonly [number, number],
  readonly [number, number],
])[] = [
  ["nothing", () => 0, [0, 1], [0, 1]],
  ["an empty line", (ax) => ax.plot([]), [-0.055, 0.055], [-0.055, 0.055]],
  ["a constant line", (ax) => ax.plot([5, 5, 5]), [-0.1, 2.1], [4.725, 5.275]],
  ["zeros", (ax) => ax.plot([0, 0]), [-0.05, 1.05], [-0.055, 0.055]],
  ["one point", (ax) => ax.plot([3], [-5]), [2.835, 3.165], [-5.275, -4.725]],
  ["gaps", (ax) => ax.plot([1, Number.NaN, 3, Infinity, 2]), [-0.2, 4.2], [0.9, 3.1]],
  ["only gaps", (ax) => ax.plot([Number.NaN, Number.NaN]), [-0.055, 0.055], [-0.055, 0.055]],
  ["subnormal numbers", (ax) => ax.plot([1e-320, 2e-320]), [-0.05, 1.05], [-0.055, 0.055]],
  [
    "a zero on a logarithmic axis",
    (ax) => ax.semilogy([1, 10, 0, 100]),
    [-0.15, 3.15],
    [0.7943282347242815, 125.89254117941677],
  ],
  [
    "one power of ten",
    (ax) => ax.semilogy([10, 10]),
    [-0.05, 1.05],
    [0.7943282347242815, 125.89254117941677],
  ],
  [
    "only negative numbers on a logarithmic axis",
    (ax) => ax.semilogy([-1, -2]),
    [-0.05, 1.05],
    [0.8912509381337456, 11.220184543019636],
  ],
  [
    "an empty logarithmic axis",
    (ax) => ax.set_yscale("log"),
    [0, 1],
    [0.8912509381337456, 11.220184543019636],
  ],
  ["bars stand on their foot", (ax) => ax.bar([1, 2], [3, 4]), [0.51, 2.49], [0, 4.2]],
  ["bars up and down", (ax) => ax.bar([1, 2], [-3, 4]), [0.51, 2.49], [-3.35, 4.35]],
  ["bars hang from their foot", (ax) => ax.bar([1, 2], [-3, -4]), [0.51, 2.49], [-4.2, 0]],
  ["a histogram", (ax) => ax.hist([1, 2, 2, 3]), [0.9, 3.1], [0, 2.1]],
  ["a level line moves y only", (ax) => [ax.plot([1, 2]), ax.axhline(10)], [-0.05, 1.05], [0.55, 10.45]],
  ["a level line alone", (ax) => ax.axhline(5), [0, 1], [4.725, 5.275]],
  ["an area", (ax) => ax.fill_between([0, 1], [1, 2]), [-0.05, 1.05], [-0.1, 2.1]],
  [
    "one limit set, the other kept",
    (ax) => [ax.plot([0, 10]), ax.set_ylim({ bottom: 2 })],
    [-0.05, 1.05],
    [2, 10.5],
  ],
];

for (const [name, draw, x, y] of cases) {
  test(`limits of ${name}`, () => {
    const ax = fresh();
    draw(ax);
    for (const [found, wanted] of [
      [ax.get_xlim(), x],
      [ax.get_ylim(), y],
    ] as const) {
      for (const i of [0, 1] as const)
        assert.ok(Math.abs(found[i] - wanted[i]) < 1e-9, `${found} against ${wanted}`);
    }
  });
}
