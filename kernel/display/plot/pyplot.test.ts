/** `plt` as a notebook uses it: what is shown when, what calls give, and what wrong calls say. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { inspect } from "node:util";
import type { Bundle } from "../bundle.ts";
import { cellHooks } from "../cell-hooks.ts";
import { toMimeBundle } from "../mime.ts";
import { setPublisher } from "../publish.ts";
import * as plt from "./index.ts";
import { type MarkName, marks } from "./marks.ts";

// Each mark is exported by pyplot: a forgotten one does not compile.
({}) satisfies { [K in Exclude<MarkName, keyof typeof plt>]: never };

let published: Bundle[] = [];
beforeEach(() => {
  published = [];
  const owner = {};
  setPublisher({
    owner: () => owner,
    ask: () => {},
    publish: (_kind, bundle) => void published.push(bundle),
    clear: () => {},
    report: () => {},
    wait: () => {},
  });
});
afterEach(() => {
  plt.close("all");
  plt.flush();
  setPublisher(null);
});
const texts = () => published.filter((b) => Object.keys(b.data).length > 0).map((b) => b.data["text/plain"]);
const one = "<Figure size 640x480 with 1 Axes>";

test("every mark is a function of plt and a method of axes", () => {
  const [, ax] = plt.subplots();
  for (const name of Object.keys(marks) as MarkName[]) {
    assert.equal(typeof { ...plt }[name], "function", name);
    assert.equal(typeof ax[name], "function", name);
  }
});

test("show publishes a PNG with its size, inline SVG and text, and never image/svg+xml", () => {
  plt.plot([1, 2, 3]);
  plt.show();
  const { data, metadata } = published[0]!;
  assert.deepEqual(Object.keys(data).sort(), ["image/png", "text/html", "text/plain"]);
  const png = Buffer.from(data["image/png"] as string, "base64");
  const { width, height } = metadata["image/png"] as { width: number; height: number };
  assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [2 * width, 2 * height]);
  assert.match(String(data["text/html"]), /^<svg .*<\/svg>$/s);
  assert.equal(data["text/plain"], one);
});

test("a shown figure is not shown again: not by the cell's end, not as its last value", () => {
  const [fig, ax] = plt.subplots();
  ax.plot([1, 2]);
  plt.show();
  assert.deepEqual(toMimeBundle(fig).data, {});
  plt.flush();
  assert.deepEqual(texts(), [one]);
});

test("a figure is shown at the cell's end without show", () => {
  plt.plot([1, 2]);
  plt.flush();
  plt.flush();
  assert.deepEqual(texts(), [one]);
});

test("a figure that was the last value is not shown once more", () => {
  const [fig, ax] = plt.subplots();
  ax.plot([1, 2]);
  assert.equal(toMimeBundle(fig).data["text/plain"], one);
  plt.flush();
  assert.deepEqual(texts(), []);
});

test("a later cell can show an old figure", () => {
  const [fig, ax] = plt.subplots();
  ax.plot([1, 2]);
  plt.show();
  plt.flush();
  assert.equal(toMimeBundle(fig).data["text/plain"], one);
});

test("after show, drawing begins a new figure; close drops one", () => {
  plt.plot([1]);
  plt.show();
  plt.plot([2]);
  plt.close();
  plt.flush();
  assert.equal(texts().length, 1);
});

test("a cell does not draw on what an interrupted one left", () => {
  plt.plot([1]);
  for (const hook of cellHooks.start) hook();
  plt.flush();
  assert.deepEqual(texts(), []);
});

test("what calls return shows nothing as a last value, and prints shortly", () => {
  const lines = plt.plot([1, 2], { label: "loss" });
  const values = [
    lines,
    plt.title("t"),
    plt.xlabel("x"),
    plt.hist([1]),
    plt.bar([1], [2]),
    plt.subplots(),
    plt.xlim(),
  ];
  for (const value of values) assert.deepEqual(toMimeBundle(value).data, {});
  assert.equal(inspect(lines), "[ Line2D(loss) ]");
  assert.equal(inspect(plt.title("Loss")), 'Text("Loss")');
});

test("subplots gives axes, a row or a grid of them", () => {
  const [, ax] = plt.subplots({ figsize: [4, 3] });
  const [, row] = plt.subplots(1, 3);
  const [, column] = plt.subplots(2);
  const [, grid] = plt.subplots(2, 2, { sharex: true });
  ax.plot([1]);
  row[2]!.plot([1]);
  column[1]!.plot([1]);
  grid[0]![0]!.plot([5, 9]);
  assert.equal(row.length, 3);
  assert.deepEqual(grid[1]![1]!.get_xlim(), grid[0]![0]!.get_xlim());
});

test("anything iterable or with tolist is data", () => {
  const tensor = (values: unknown) => ({ tolist: () => values });
  const data = [
    [1, 2],
    new Float32Array([1, 2]),
    new BigInt64Array([1n, 2n]),
    new Set([1, 2]),
    tensor([1, 2]),
    [tensor(1), tensor([2])],
    [1n, 2],
  ];
  for (const y of data) assert.deepEqual(plt.plot(y as number[])[0]!.get_ydata(), [1, 2]);
  assert.deepEqual(plt.plot([true, null, 3])[0]!.get_ydata(), [1, Number.NaN, 3]);
  assert.deepEqual(plt.plot(tensor(4) as never)[0]!.get_ydata(), [4]);
});

test("each column of a matrix is a line, and one call draws several groups", () => {
  assert.deepEqual(
    plt
      .plot([
        [1, 2],
        [3, 4],
      ])
      .map((l) => l.get_ydata()),
    [
      [1, 3],
      [2, 4],
    ],
  );
  assert.deepEqual(
    plt.plot([0, 1], [5, 6], "r--", [0, 1], [7, 8], "g.").map((l) => l.get_color()),
    ["#ff0000", "#008000"],
  );
});

test("colours follow the cycle, lines and points apart", () => {
  const [, ax] = plt.subplots();
  assert.equal(ax.plot([1])[0]!.get_color(), "#1f77b4");
  ax.scatter([1], [1]);
  assert.equal(ax.plot([1])[0]!.get_color(), "#ff7f0e");
});

test("counts of a histogram are NumPy's", () => {
  const [counts, edges] = plt.hist([1, 2, 2, 3, 4, 4, 4], { bins: 3 });
  assert.deepEqual(
    [counts, edges],
    [
      [1, 2, 4],
      [1, 2, 3, 4],
    ],
  );
});

const wrong: readonly (readonly [name: string, call: () => unknown, message: string])[] = [
  [
    "lengths",
    () => plt.plot([1, 2, 3], [1, 2, 3, 4]),
    "plt.plot: x has 3 values and y has 4: they must be equal",
  ],
  ["one value", () => plt.scatter([1], [1, 2]), "plt.scatter: x has 1 value and y has 2: they must be equal"],
  [
    "methods name themselves",
    () => plt.subplots()[1].semilogy([1], [1, 2]),
    "ax.semilogy: x has 1 value and y has 2: they must be equal",
  ],
  ["text as a number", () => plt.plot([1, "a"] as never), 'plt.plot: y[1] is "a": it must be a number'],
  ["no data", () => plt.plot(), "plt.plot: no data was given: write plt.plot(y) or plt.plot(x, y)"],
  [
    "an object",
    () => plt.scatter({} as never, [1]),
    "plt.scatter: x is a Object: it must be an array, tensor or other iterable of numbers",
  ],
  [
    "format",
    () => plt.plot([1], "r--q"),
    'plt.plot: format is "r--q": "q" is no colour, line style or marker; a format looks like "r--o"',
  ],
  [
    "colour",
    () => plt.plot([1], { color: "blurple" }),
    'plt.plot: color is "blurple": it must be a name ("red", "tab:blue", "C0"), "#rrggbb", a grey "0.5" or [r, g, b] from 0 to 1',
  ],
  [
    "marker",
    () => plt.plot([1], { marker: "q" as never }),
    'plt.plot: marker is "q": it must be one of . , o v ^ < > s p P * h H 8 + x X D d | _',
  ],
  [
    "line style",
    () => plt.plot([1], { linestyle: "~" as never }),
    'plt.plot: linestyle is "~": it must be "-", "--", "-.", ":" or "none"',
  ],
  [
    "option",
    () => plt.axhline(0, { colour: "r" } as never),
    /^plt\.axhline: option "colour" is unknown: it must be one of label, color,/ as never,
  ],
  ["alpha", () => plt.plot([1], { alpha: 2 }), "plt.plot: alpha is 2: it must be a number from 0 to 1"],
  [
    "legend place",
    () => plt.legend({ loc: "here" as never }),
    /^ax\.legend: loc is "here": it must be one of best, upper right,/ as never,
  ],
  [
    "scale",
    () => plt.yscale("symlog" as never),
    'ax.set_yscale: scale is "symlog": it must be "linear" or "log"',
  ],
  [
    "limits",
    () => plt.ylim(0, Infinity),
    "ax.set_ylim: the limits are 0 and Infinity: they must be finite numbers",
  ],
  [
    "size",
    () => plt.figure({ figsize: [0, 1] }),
    "plt.figure: figsize is [0, 1] at 100 dpi: it must be [width, height] in inches, above 0 and below 20000 pixels",
  ],
  [
    "file type",
    () => plt.savefig("a.pdf"),
    'fig.savefig: "a.pdf" was given: the name must end with .svg or .png',
  ],
  [
    "bins",
    () => plt.hist([1], { bins: 0 }),
    "plt.hist: bins is 0: it must be a positive integer or an array of edges",
  ],
];

for (const [name, call, message] of wrong)
  test(`error: ${name}`, () => assert.throws(call, { name: "TypeError", message }));
