/** Tables of flat records. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { toMimeBundle } from "./mime.ts";
import { tableOf } from "./table.ts";

test("flat records become a table beside their text, everything escaped", () => {
  const { data } = toMimeBundle([
    { a: 1, "<b>": "x & y" },
    { a: null, c: 2n },
  ]);
  assert.equal(
    data["text/html"],
    '<table class="dataframe"><thead><tr><th></th><th>a</th><th>&#60;b&#62;</th><th>c</th></tr></thead>' +
      "<tbody><tr><th>0</th><td>1</td><td>x &#38; y</td><td></td></tr>" +
      "<tr><th>1</th><td>null</td><td></td><td>2n</td></tr></tbody></table>",
  );
  assert.match(String(data["text/plain"]), /^\[ \{ a: 1/);
});

test("long and wide tables are cut", () => {
  const wide = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`c${i}`, i]));
  const html = tableOf(Array.from({ length: 1000 }, () => wide))?.["text/html"] ?? "";
  assert.equal(html.match(/<tr>/g)?.length, 1 + 60 + 1);
  assert.match(html, /<th>29<\/th>.*<th>⋮<\/th>.*<th>970<\/th>/s);
  assert.match(html, /<p>1000 rows × 30 columns<\/p>$/);
  assert.doesNotMatch(html, /c20/);
});

test("what is not flat stays text", () => {
  assert.equal(tableOf([]), null);
  assert.equal(tableOf([{}]), null);
  assert.equal(tableOf([1, 2]), null);
  assert.equal(tableOf([{ a: [1] }]), null);
  assert.equal(
    tableOf([
      new (class Point {
        x = 1;
      })(),
    ]),
    null,
  );
});
