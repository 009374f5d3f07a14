/** display, update_display and tqdm, with the test as the publisher. */
import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type Bundle, displaySymbol } from "./bundle.ts";
import { clear_output, display, tqdm, update_display } from "./index.ts";
import { setPublisher } from "./publish.ts";

let shown: { kind: string; text: unknown; bundle: Bundle; id: string }[] = [];
let cleared: boolean[] = [];
let reported: string[] = [];
let waited: Promise<void>[] = [];

beforeEach(() => {
  shown = [];
  cleared = [];
  reported = [];
  waited = [];
  const owner = {};
  setPublisher({
    owner: () => owner,
    ask: () => {},
    publish: (kind, bundle, id) => void shown.push({ kind, text: bundle.data["text/plain"], bundle, id }),
    clear: (wait) => void cleared.push(wait),
    report: (what, error) => void reported.push(`${what}: ${error}`),
    wait: (output) => void waited.push(output),
  });
});
afterEach(() => setPublisher(null));

test("each value is shown under a name of its own, and the handle replaces the last", () => {
  const handle = display(1, 2);
  handle.update(3);
  assert.deepEqual(
    shown.map(({ kind, text }) => [kind, text]),
    [
      ["display", "1"],
      ["display", "2"],
      ["update_display", "3"],
    ],
  );
  const [first, last, updated] = shown.map(({ id }) => id);
  assert.notEqual(first, last);
  assert.equal(updated, last);
});

test("a last object with only option names is options, any other is a value", () => {
  display("a", { display_id: "mine", metadata: { x: 1 } });
  assert.deepEqual([shown[0]?.id, shown[0]?.bundle.metadata], ["mine", { x: 1 }]);
  display({ "text/markdown": "*b*" }, { raw: true });
  assert.deepEqual(shown[1]?.bundle.data, { "text/markdown": "*b*" });
  display("a", { display_id: "mine", other: 1 });
  assert.equal(shown.length, 4);
});

test("a value that takes time is text until it has come", async () => {
  display({ [displaySymbol]: async () => ({ "text/html": "<b>" }) }, { metadata: { x: 1 } });
  assert.equal(shown.length, 1);
  await Promise.all(waited);
  const [first, last] = shown;
  assert.deepEqual([first?.kind, last?.kind, first?.id === last?.id], ["display", "update_display", true]);
  assert.equal(first?.bundle.data["text/html"], undefined);
  assert.deepEqual([last?.bundle.data["text/html"], last?.bundle.metadata], ["<b>", { x: 1 }]);
});

test("a display that fails is reported", () => {
  display({ _toHtml: () => assert.fail("no html") });
  assert.deepEqual(reported, ["_toHtml: AssertionError [ERR_ASSERTION]: no html"]);
  assert.equal(shown.length, 1);
});

test("update_display needs an id", () => {
  update_display("x", { display_id: "id" });
  assert.deepEqual([shown[0]?.kind, shown[0]?.id], ["update_display", "id"]);
  assert.throws(
    () => update_display("x", {} as never),
    /^TypeError: update_display: display_id: undefined: expected a string/,
  );
});

test("clear_output", () => {
  clear_output();
  clear_output({ wait: true });
  assert.deepEqual(cleared, [false, true]);
});

test("tqdm gives every item and shows one bar from beginning to end", () => {
  assert.deepEqual([...tqdm(["a", "b"], { desc: "<items>" })], ["a", "b"]);
  assert.equal(new Set(shown.map(({ id }) => id)).size, 1);
  assert.match(String(shown[0]?.text), /^<items>: {3}0%\| +\| 0\/2 \[00:00, \?it\/s\]$/);
  assert.match(String(shown.at(-1)?.text), /^<items>: 100%\|█+\| 2\/2 \[00:00<00:00, [\d.]+it\/s\]$/);
  assert.match(String(shown.at(-1)?.bundle.data["text/html"]), /&#60;items&#62;: 100%/);
});

test("tqdm over a number, an async iterable, and by hand", async () => {
  assert.deepEqual([...tqdm(3)], [0, 1, 2]);
  const items = [];
  async function* source() {
    yield 1;
    yield 2;
  }
  for await (const item of tqdm(source(), { total: 2 })) items.push(item);
  assert.deepEqual(items, [1, 2]);
  const bar = tqdm({ total: 4 });
  bar.update(3);
  bar.set_postfix({ loss: 0.123456 });
  bar.close();
  assert.match(String(shown.at(-1)?.text), /75%.*3\/4.*loss=0\.123\]$/);
});

test("a loop that breaks ends its bar where it was", () => {
  for (const item of tqdm([1, 2, 3])) if (item === 2) break;
  assert.match(String(shown.at(-1)?.text), /1\/3/);
});

test("updates are at least mininterval apart", () => {
  for (const _ of tqdm(10_000, { mininterval: 60 }));
  assert.equal(shown.length, 2);
});
