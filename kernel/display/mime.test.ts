/** Values as MIME bundles: each kind of value, hostile ones too. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { displaySymbol } from "./bundle.ts";
import { HTML, Image, Json, Latex, Markdown, Mermaid, SVG } from "./index.ts";
import { bundleOf, rawBundle, toMimeBundle } from "./mime.ts";

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

/** The bundle, and what was reported on the way. */
async function shown(value: unknown): Promise<[data: Record<string, unknown>, reports: string[]]> {
  const reports: string[] = [];
  const { data } = await bundleOf(value, (what, error) => void reports.push(`${what}: ${error}`));
  return [data, reports];
}

test("a display method or getter that throws is reported, and the text is shown", async () => {
  const failing = {
    a: 1,
    [displaySymbol]: () => {
      throw new RangeError("no picture");
    },
  };
  const [data, reports] = await shown(failing);
  assert.deepEqual(Object.keys(data), ["text/plain"]);
  assert.deepEqual(reports, ["Symbol(Jupyter.display): RangeError: no picture"]);
  const getter = {
    get outerHTML(): string {
      throw new Error("getter");
    },
  };
  assert.deepEqual(await shown(getter), [
    { "text/plain": "{ outerHTML: [Getter] }" },
    ["outerHTML: Error: getter"],
  ]);
});

test("a display that takes time", async () => {
  const value = (bundle: unknown) => ({ [displaySymbol]: () => Promise.resolve(bundle) });
  assert.equal((await shown(value({ "text/html": "<b>" })))[0]["text/html"], "<b>");
  assert.equal((await shown({ _toPng: async () => Buffer.from([255]) }))[0]["image/png"], "/w==");
  assert.deepEqual(Object.keys(dataOf(value({ "text/html": "<b>" }))), ["text/plain"]);
  const [data, reports] = await shown({ [displaySymbol]: () => Promise.reject(new Error("late")) });
  assert.deepEqual([Object.keys(data), reports], [["text/plain"], ["Symbol(Jupyter.display): Error: late"]]);
});

/** What a display method may give by mistake, and what is reported. */
const mistakes: readonly [bundle: unknown, report: string][] = [
  [5, '5: expected an object of MIME types and their data, { "text/html": "…" }'],
  [{ html: "<b>" }, `'html': expected an object of MIME types and their data, { "text/html": "…" }`],
  [{ "text/html": { a: 1 } }, "text/html: { a: 1 }: expected a string or bytes"],
  [{ "image/png": "no base64!" }, "image/png: 'no base64!': expected base64 or bytes"],
  [{ "application/json": 1n }, "application/json: 1n: TypeError: Do not know how to serialize a BigInt"],
];

test("a bundle that is none is told", async () => {
  for (const [bundle, report] of mistakes) {
    const [data, reports] = await shown({ [displaySymbol]: () => bundle });
    assert.deepEqual(Object.keys(data), ["text/plain"]);
    assert.deepEqual(reports, [`Symbol(Jupyter.display): TypeError: ${report}`]);
  }
});

test("what is right in a bundle is shown without what is wrong", async () => {
  const [data, reports] = await shown({
    _toHtml: () => "<b>",
    _toPng: () => {
      throw new Error("no png");
    },
    _toJson: () => 1n,
  });
  assert.deepEqual(Object.keys(data), ["text/html", "text/plain"]);
  assert.equal(reports.length, 2);
});

test("_toMime goes before the other methods", () => {
  const value = { _toHtml: () => "<b>", _toMime: () => ({ "text/html": "<i>" }) };
  assert.equal(dataOf(value)["text/html"], "<i>");
});

test("a proxy's display is its target's, and no trap runs", () => {
  const target = { name: "df", [displaySymbol]: (): object => ({ "text/html": "<b>" }) };
  const trapped = new Proxy(target, { get: () => assert.fail("trapped"), has: () => assert.fail("trapped") });
  assert.equal(dataOf(trapped)["text/html"], "<b>");
  assert.equal(dataOf(new Proxy({ a: 1 }, { get: () => assert.fail("trapped") }))["text/plain"], "{ a: 1 }");
});

test("an SVG element comes with a picture", () => {
  const svg = '<svg width="4" height="4"><rect width="2" height="2"/></svg>';
  const { data, metadata } = toMimeBundle({ outerHTML: svg });
  assert.deepEqual(metadata, { "image/png": { width: 4, height: 4 } });
  assert.equal(data["text/html"], svg);
  assert.match(String(data["image/png"]), /^iVBORw0KGgo/);
  for (const plain of ["<svg>&nbsp;</svg>", '<svg width="100000" height="100000"></svg>'])
    assert.deepEqual(Object.keys(dataOf({ outerHTML: plain })), ["text/html", "text/plain"]);
});

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=",
  "base64",
);

test("image files in memory are images", async () => {
  assert.equal(dataOf(png)["image/png"], png.toString("base64"));
  assert.equal((await shown(new Blob([png], { type: "image/png" })))[0]["image/png"], png.toString("base64"));
  assert.deepEqual(Object.keys(dataOf(Buffer.from("text"))), ["text/plain"]);
});

test("canvases by their data URL", async () => {
  const url = `data:image/png;base64,${png.toString("base64")}`;
  assert.equal(dataOf({ toDataURL: () => url })["image/png"], png.toString("base64"));
  assert.equal((await shown({ toDataURL: async () => url }))[0]["image/png"], png.toString("base64"));
});

test("builders of Vega-Lite specs", () => {
  const spec = { $schema: "https://vega.github.io/schema/vega-lite/v5.json", mark: "bar" };
  assert.deepEqual(dataOf({ toSpec: () => spec })["application/vnd.vegalite.v5+json"], spec);
  assert.deepEqual(Object.keys(dataOf({ toSpec: () => "other" })), ["text/plain"]);
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

test("markup prints by its public name", () => {
  assert.equal(dataOf([Markdown("*a*")])["text/plain"], "[ Markdown { data: '*a*' } ]");
});

test("JSON that is none is refused where it is made", () => {
  assert.throws(() => Json({ a: 1n }), /^TypeError: Json: \{ a: 1n \}: TypeError: Do not know how/);
  assert.throws(() => Json(undefined), /^TypeError: Json: undefined: expected what JSON can hold$/);
});

test("images by their bytes, with a size, and by URL, escaped", () => {
  const png = Buffer.from("\x89PNG\r\n", "latin1");
  assert.deepEqual(toMimeBundle(Image(png, { width: 20 })), {
    data: { "image/png": png.toString("base64"), "text/plain": "<Image>" },
    metadata: { "image/png": { width: 20 } },
  });
  const html = dataOf(Image('https://x/"><script>', { alt: "<a>" }))["text/html"];
  assert.equal(html, '<img src="https://x/&#34;&#62;&#60;script&#62;" alt="&#60;a&#62;">');
  assert.throws(
    () => Image("/none.png"),
    /^TypeError: Image: \/none\.png: ENOENT: no such file or directory: expected a file, a URL or bytes$/,
  );
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
