/** The store: every name is where its part is, and the whole reads as one object. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createStore, partOf } from "./store.ts";

test("a name written through its part is read through the whole, and the other way round", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (one, other) => {
      const store = createStore();
      store[partOf(one)]![one] = 1;
      store.names[other] = 2;
      assert.equal(store.names[one], one === other ? 2 : 1);
      assert.equal(store[partOf(other)]![other], 2);
      assert.deepEqual(Object.keys(store.names).sort(), [...new Set([one, other])].sort());
    }),
  );
});

test("names are none that an object inherits", () => {
  const { names } = createStore();
  for (const name of ["__proto__", "constructor", "toString"]) {
    assert.equal(name in names, false);
    names[name] = 3;
    assert.equal(names[name], 3);
  }
});

test("2,200 names fill no part to where V8 makes a hash table of it", () => {
  const parts = Array.from({ length: 2200 }, (_, i) => partOf(`name${i}`));
  const most = Math.max(...parts.map((part) => parts.filter((other) => other === part).length));
  assert.ok(most < 500, `${most} in one part`);
});
