/** The text of values: Node's own, within bounds, whatever the value does. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { formatText } from "./format.ts";

class A {
  x = 1;
  #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}
class B extends A {}

const cyclic: Record<string, unknown> = { a: [1, { b: 2 }] };
cyclic.self = cyclic;

/** What it shows, the value, and its text. */
const values: readonly [shows: string, value: unknown, text: string][] = [
  ["strings are quoted", "it's", `"it's"`],
  ["minus zero", -0, "-0"],
  ["bigint", 12n, "12n"],
  ["symbols", Symbol("s"), "Symbol(s)"],
  ["functions", function f() {}, "[Function: f]"],
  ["async generators", async function* g() {}, "[AsyncGeneratorFunction: g]"],
  [
    "classes",
    [A, B, class extends A {}],
    "[ [class A], [class B extends A], [class (anonymous) extends A] ]",
  ],
  ["instances", [new A(), new B()], "[ A { x: 1 }, B { x: 1 } ]"],
  ["dates", [new Date(0), new Date(Number.NaN)], "[ 1970-01-01T00:00:00.000Z, Invalid Date ]"],
  ["regular expressions", /a+/gi, "/a+/gi"],
  [
    "boxed primitives",
    [Object(1), Object("a"), Object(true), Object(2n)],
    "[ [Number: 1], [String: 'a'], [Boolean: true], [BigInt: 2n] ]",
  ],
  // biome-ignore lint/suspicious/noSparseArray: this is about holes
  ["sparse arrays", [1, , 3], "[ 1, <1 empty item>, 3 ]"],
  ["Map and Set", new Map([[{ a: 1 }, new Set([1])]]), "Map(1) { { a: 1 } => Set(1) { 1 } }"],
  ["WeakMap", new WeakMap(), "WeakMap { <items unknown> }"],
  ["typed arrays", new Uint8Array([1, 2]), "Uint8Array(2) [ 1, 2 ]"],
  ["buffers", Buffer.from("hi"), "<Buffer 68 69>"],
  ["ArrayBuffer, as this Node prints it", new ArrayBuffer(2), inspect(new ArrayBuffer(2))],
  ["null prototypes", Object.assign(Object.create(null), { a: 1 }), "[Object: null prototype] { a: 1 }"],
  ["promises", [new Promise(() => {}), Promise.resolve(1)], "[ Promise { <pending> }, Promise { 1 } ]"],
  ["cycles", cyclic, "<ref *1> { a: [ 1, { b: 2 } ], self: [Circular *1] }"],
  [
    "getters are not called",
    {
      get a(): never {
        throw new Error("called");
      },
    },
    "{ a: [Getter] }",
  ],
  ["own text", { [inspect.custom]: () => "mine" }, "mine"],
  ["own text loses its colours", { [inspect.custom]: () => "\u001b[31mmine\u001b[39m" }, "mine"],
  ["depth 4", { a: { b: { c: { d: { e: {} } } } } }, "{\n  a: {\n    b: { c: { d: { e: {} } } }\n  }\n}"],
];

for (const [shows, value, text] of values)
  test(shows, () => {
    assert.equal(formatText(value), text);
  });

test("what fits is Node's own text, letter for letter", () => {
  const options = { depth: 4, breakLength: 80 };
  fc.assert(
    fc.property(fc.anything({ withDate: true, withMap: true, withSet: true, maxDepth: 3 }), (value) => {
      assert.equal(formatText(value), inspect(value, options));
    }),
  );
});

test("a cell may set the limits by util.inspect.defaultOptions", () => {
  const { depth, maxArrayLength } = inspect.defaultOptions;
  const value = [{ a: { b: { c: { d: { e: { f: 1 } } } } } }, ...Array(5_000).fill(1)];
  Object.assign(inspect.defaultOptions, { depth: null, maxArrayLength: null });
  try {
    assert.equal(formatText(value), inspect(value));
  } finally {
    Object.assign(inspect.defaultOptions, { depth, maxArrayLength });
  }
  assert.match(formatText(value), /\[Object\][\s\S]*4901 more items/);
});

test("no trap of a proxy runs", () => {
  const trap = (): never => {
    throw new Error("trapped");
  };
  const handler = {
    get: trap,
    has: trap,
    ownKeys: trap,
    getOwnPropertyDescriptor: trap,
    getPrototypeOf: trap,
  };
  assert.equal(formatText(new Proxy({ a: 1 }, handler)), "{ a: 1 }");
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.equal(formatText([proxy]), "[ <Revoked Proxy> ]");
});

test("a value whose own text fails is shown as Node shows it, beside the reason", () => {
  const failing = { b: 2 };
  Object.defineProperty(failing, inspect.custom, {
    value: () => {
      throw new RangeError("no text");
    },
  });
  assert.equal(formatText([failing]), "[ { b: 2 } ]\n(inspecting it failed: RangeError: no text)");
});

test("an interrupt is not taken for a failure", () => {
  const interrupt = Object.assign(new Error("interrupted"), { name: "KeyboardInterrupt" });
  const value = {
    [inspect.custom]: () => {
      throw interrupt;
    },
  };
  assert.throws(() => formatText(value), interrupt);
});

const nested = (depth: number, breadth: number): unknown =>
  depth === 0
    ? 1
    : Object.fromEntries(Array.from({ length: breadth }, (_, i) => [`k${i}`, nested(depth - 1, breadth)]));

/** Values too large to show, and how their text begins or ends. */
const large: readonly [shows: string, value: () => unknown, text: RegExp][] = [
  [
    "an array",
    () => Array.from({ length: 1e6 }, (_, i) => i),
    /^\[\n +0, +1,[\s\S]*\.\.\. 999900 more items\n\]$/,
  ],
  ["a string", () => "x".repeat(5e7), /^'x{20000}'\.\.\. 49980000 more characters$/],
  [
    "a string in an array of strings",
    () => Array(50).fill("x".repeat(1e5)),
    /\.\.\. 99800 more characters,\n/,
  ],
  ["a Map", () => new Map(Array.from({ length: 1e5 }, (_, i) => [i, i])), /\.\.\. 99900 more items\n\}$/],
  [
    "an object of many keys",
    () => nested(1, 20_000),
    /^\{\n {2}k0: 1,\n[\s\S]*\n {2}\.\.\. 19900 more keys\n\}$/,
  ],
  ["a matrix", () => Array(1000).fill(Array(1000).fill(0)), /^\[\n {2}\[\n[\s\S]*\.\.\. 970 more items\n\]$/],
  ["a tree", () => nested(5, 15), /^\{\n {2}k0: \{[\s\S]*\}$/],
  [
    "a long own text",
    () => ({ [inspect.custom]: () => "z".repeat(1e6) }),
    /^z{100000}\n… 900000 more characters$/,
  ],
];

for (const [shows, value, text] of large)
  test(`${shows} is cut`, () => {
    const shown = formatText(value());
    assert.ok(shown.length < 110_000, `${shown.length} characters`);
    assert.match(shown, text);
  });
