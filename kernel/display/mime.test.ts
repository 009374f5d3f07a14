/** Values as MIME bundles: each kind of value, hostile ones too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { HTML, Image, Json, Latex, Markdown, Mermaid, SVG } from "./index.ts";
import { displaySymbol, rawBundle, toMimeBundle } from "./mime.ts";

const dataOf = (value: unknown): Record<string, unknown> => toMimeBundle(value).data;

test("plain values are text without colours", () => {
  assert.deepEqual(dataOf(21), { "text/plain": "21" });
  assert.deepEqual(dataOf("a"), { "text/plain": "'a'" });
  assert.deepEqual(dataOf(null), { "text/plain": "null" });
  assert.deepEqual(dataOf([1, { a: 2 }]), { "text/plain": "[ 1, { a: 2 } ]" });
});

test("the display symbol comes first, and every bundle has text", () => {
  const value = { [displaySymbol]: () => ({ "text/html": "<b>" }), _toHtml: () => "no" };
  assert.deepEqual(Object.keys(dataOf(value)), ["text/html", "text/plain"]);
  assert.equal(dataOf(value)["text/html"], "<b>");
});

test("a display method may give metadata and bytes", () => {
  const png = new Uint8Array([1, 2, 3]);
  const value = {
    [displaySymbol]: () => ({
      data: { "image/png": png, "text/plain": "p" },
      metadata: { "image/png": { width: 2 } },
    }),
  };
  assert.deepEqual(toMimeBundle(value), {
    data: { "image/png": "AQID", "text/plain": "p" },
    metadata: { "image/png": { width: 2 } },
  });
});

test("methods of other libraries", () => {
  const value = {
    _toHtml: () => "<i>",
    _toPng: () => Buffer.from([255]),
    _toMime: () => ({ "text/latex": "$x$" }),
  };
  const { "text/plain": _, ...rest } = dataOf(value);
  assert.deepEqual(rest, { "text/html": "<i>", "image/png": "/w==", "text/latex": "$x$" });
});

test("elements by their outerHTML", () => {
  assert.equal(dataOf({ outerHTML: "<svg></svg>" })["text/html"], "<svg></svg>");
});

test("Vega-Lite specs go out as v5, whatever their version", () => {
  const spec = { $schema: "https://vega.github.io/schema/vega-lite/v6.json", mark: "bar" };
  assert.deepEqual(dataOf(spec)["application/vnd.vegalite.v5+json"], spec);
});

test("a display method or getter that throws falls back to text with a note", () => {
  const failing = {
    a: 1,
    [displaySymbol]: () => {
      throw new RangeError("no picture");
    },
  };
  assert.match(
    String(dataOf(failing)["text/plain"]),
    /a: 1[\s\S]*\n\(display failed: RangeError: no picture\)$/,
  );
  const getter = {
    get outerHTML(): string {
      throw new Error("getter");
    },
  };
  assert.match(String(dataOf(getter)["text/plain"]), /\(display failed: Error: getter\)/);
  const circular: { self?: unknown } = {};
  circular.self = circular;
  const json = { [displaySymbol]: () => ({ "application/json": circular }) };
  assert.match(String(dataOf(json)["text/plain"]), /display failed: TypeError: Converting circular/);
});

test("no value breaks it", () => {
  fc.assert(
    fc.property(
      fc.anything({
        withBigInt: true,
        withDate: true,
        withMap: true,
        withNullPrototype: true,
        withSparseArray: true,
      }),
      (value) => {
        assert.equal(typeof dataOf(value)["text/plain"], "string");
      },
    ),
  );
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.equal(typeof dataOf(proxy)["text/plain"], "string");
});

test("an empty bundle shows nothing", () => {
  assert.deepEqual(dataOf({ [displaySymbol]: () => ({}) }), {});
});

test("markup works with and without new", () => {
  assert.deepEqual(dataOf(Markdown("*a*")), { "text/markdown": "*a*", "text/plain": "*a*" });
  assert.deepEqual(dataOf(new Markdown("*a*")), { "text/markdown": "*a*", "text/plain": "*a*" });
  assert.ok(Markdown("a") instanceof Markdown);
  assert.equal(dataOf(Latex("$x$"))["text/latex"], "$x$");
  assert.equal(dataOf(HTML("<b>"))["text/html"], "<b>");
  assert.equal(dataOf(Mermaid("graph LR"))["text/vnd.mermaid"], "graph LR");
  assert.equal(dataOf(SVG('<?xml version="1.0"?>\n<svg/>'))["text/html"], "<svg/>");
  assert.deepEqual(toMimeBundle(Json({ a: 1 }, { expanded: true })).metadata, {
    "application/json": { expanded: true },
  });
});

test("images by their bytes, with a size, and by URL, escaped", () => {
  const png = Buffer.from("\x89PNG\r\n", "latin1");
  assert.deepEqual(toMimeBundle(Image(png, { width: 20 })), {
    data: { "image/png": png.toString("base64"), "text/plain": "<Image>" },
    metadata: { "image/png": { width: 20 } },
  });
  const html = dataOf(Image('https://x/"><script>', { alt: "<a>" }))["text/html"];
  assert.equal(html, '<img src="https://x/&#34;&#62;&#60;script&#62;" alt="&#60;a&#62;">');
  assert.throws(() => Image(Buffer.from("plain")), /^TypeError: Image: bytes: expected a known image/);
});

test("a raw bundle is taken as it is", () => {
  assert.deepEqual(rawBundle({ "text/x": 1, "image/png": Buffer.from([0]) }).data, {
    "text/x": "1",
    "image/png": "AA==",
  });
  assert.throws(
    () => rawBundle("text"),
    /^TypeError: display: raw: 'text': expected an object of MIME types/,
  );
});
