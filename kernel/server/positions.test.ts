/** Cursor positions beyond the basic plane. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { toOffset, toPosition } from "./positions.ts";

test("an emoji is one code point and two UTF-16 units", () => {
  assert.equal(toOffset("🙂.x", 2), 3);
  assert.equal(toPosition("🙂.x", 3), 2);
});

test("positions beyond the end mean the end", () => {
  assert.equal(toOffset("a🙂", 9), 3);
  assert.equal(toPosition("a🙂", 9), 2);
});

test("the offset of a position is the length of that many code points", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.nat(30), (text, n) => {
      const offset = [...text].slice(0, n).join("").length;
      assert.equal(toOffset(text, n), offset);
      assert.equal(toPosition(text, offset), Math.min(n, [...text].length));
    }),
  );
});
