/** Tables of records. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toMimeBundle } from "./mime.ts";
import { tableOf } from "./table.ts";

const htmlOf = (value: object): string => tableOf(value)?.["text/html"] ?? "none";

/** The text of every cell, row by row; fails on anything that is not a table of ours. */
function cellsOf(html: string): string[][] {
  const found = /^<style>[^<]*<\/style><table class="dataframe jacobi-[lr]+">(.*)<\/table>$/s.exec(html);
  assert.ok(found, html.slice(0, 300));
  const table = found[1]!.replace(/^<caption style="[a-z:;-]*">[^<>]*<\/caption>/, "");
  const bare = table.replace(/<\/?(?:thead|tbody|tr|th|td)>/g, "");
  assert.doesNotMatch(bare, /[<>"']|&(?!#\d+;)/);
  return [...table.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row]) =>
    [...row!.matchAll(/<(th|td)>(.*?)<\/\1>/gs)].map(([, , text]) =>
      text!.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code))),
    ),
  );
}

test("records become a table beside their text, everything escaped", () => {
  const { data } = toMimeBundle([
    { a: 1, "<b>": "x & y" },
    { a: null, c: 2n },
  ]);
  assert.equal(
    String(data["text/html"]).replace(/^<style>.*<\/style>/, ""),
    '<table class="dataframe jacobi-rlr"><thead><tr><th></th><th>a</th><th>&#60;b&#62;</th><th>c</th></tr></thead>' +
      "<tbody><tr><th>0</th><td>1</td><td>x &#38; y</td><td></td></tr>" +
      "<tr><th>1</th><td>null</td><td></td><td>2n</td></tr></tbody></table>",
  );
  assert.match(String(data["text/plain"]), /^\[ \{ a: 1/);
});

test("numbers stand on the right", () => {
  const [style] = /<style>.*<\/style>/.exec(htmlOf([{ name: "a", n: 1 }])) ?? [];
  assert.equal(
    style,
    "<style>table.dataframe.jacobi-lr :is(th,td){text-align:left}" +
      "table.dataframe.jacobi-lr :is(th,td):is(:nth-child(1),:nth-child(3)){text-align:right}</style>",
  );
});

/** What it shows, the records, and the cells of the first row. */
const cells: readonly [shows: string, records: readonly object[], row: readonly string[]][] = [
  ["missing and undefined values are empty", [{ a: undefined }, { b: 1 }], ["", ""]],
  ["null is not", [{ a: null }], ["null"]],
  ["minus zero, NaN and booleans", [{ a: -0, b: Number.NaN, c: true }], ["-0", "NaN", "true"]],
  ["dates", [{ a: new Date(0) }], ["1970-01-01T00:00:00.000Z"]],
  ["nested values on one line", [{ a: 1, b: { c: [1, { d: 2 }] } }], ["1", "{ c: [ 1, [Object] ] }"]],
  [
    "nested values too long for a line",
    [{ a: 1, b: Object.fromEntries(Array(999).entries()) }],
    ["1", "[Object]"],
  ],
  ["line breaks and controls", [{ a: "x\ny\u0000" }], ["x\\ny\\u0000"]],
  ["long text is cut", [{ a: "x".repeat(1000) }], [`${"x".repeat(80)}…`]],
  ["records without a prototype", [Object.assign(Object.create(null), { a: 1 })], ["1"]],
  [
    "getters are not called",
    [
      {
        a: 1,
        get b(): never {
          throw new Error();
        },
      },
    ],
    ["1", "[Getter]"],
  ],
];

for (const [shows, records, row] of cells)
  test(shows, () => {
    assert.deepEqual(cellsOf(htmlOf(records))[1]?.slice(1), row);
  });

test("long and wide tables are cut, and say by how much", () => {
  const wide = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`c${i}`, i]));
  const html = htmlOf(Array.from({ length: 1000 }, () => wide));
  const rows = cellsOf(html);
  assert.equal(rows.length, 1 + 60 + 1);
  assert.ok(rows.every(({ length }) => length === 1 + 20 + 1));
  assert.deepEqual([rows[30]?.[0], rows[31]?.[0], rows[32]?.[0]], ["29", "⋮", "970"]);
  assert.match(html, /<caption [^>]*>1000 rows × 30 columns, 940 rows and 10 columns left out<\/caption>/);
});

test("what is no array of records stays text", () => {
  const point = new (class Point {
    x = 1;
  })();
  const trapped = new Proxy({ a: 1 }, { ownKeys: () => assert.fail("trapped") });
  const holes = [{ a: 1 }];
  holes.length = 2;
  const others = [[], [{}], [1, 2], [{ a: 1 }, null], [{ a: [1] }], [point], [trapped], holes];
  for (const value of others) assert.equal(tableOf(value), null);
});

test("no text breaks out of its cell", () => {
  const hostile = fc.oneof(
    fc.string({
      unit: fc.constantFrom("<", ">", "&", '"', "'", "/", "=", "script", "td", "-->", "\n", "\0", "😀"),
    }),
    fc.string({ unit: "binary" }),
  );
  const value = fc.oneof(hostile, fc.double(), fc.bigInt(), fc.constantFrom(null, undefined, true));
  fc.assert(
    fc.property(fc.array(fc.dictionary(hostile, value), { minLength: 1 }), (records) => {
      const html = tableOf(records)?.["text/html"];
      if (html === undefined) return;
      const [head, ...rows] = cellsOf(html);
      const names = [...new Set(records.flatMap((record) => Object.keys(record)))];
      assert.equal(head?.length, 1 + Math.min(names.length, 20) + (names.length > 20 ? 1 : 0));
      assert.equal(rows.length, records.length);
    }),
  );
});
