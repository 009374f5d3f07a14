/** Inspection as a front end asks for it: `|` is the cursor. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { Cells } from "./run-cells.ts";

const folder = mkdtempSync(join(tmpdir(), "inspect-"));
writeFileSync(join(folder, "helper.ts"), "\n/** Helps. */\nexport function help(): void {}\n");
const session = new Cells(folder);
session.compile(
  `/**
 * Greets.
 * @param who - whom to greet
 * @param times how often, see {@link person}
 * @returns the greeting
 * @example
 * greet("Ada", 2)
 * @deprecated use {@link https://example.org hello}
 */
export function greet(who: string, times = 1): string {
  return who.repeat(times)
}
const person = { first: "Ada", age: 36 };
/** A point. */
class Point { /** How far right. */ x = 1; norm() { return this.x } get size() { return 1 } }
abstract class Base { /** Runs it. */ run(n: number): void {} }
class Kid extends Base { override run(n: number) {} }
enum Suit { Clubs, Hearts = "h" }
type Color = "red" | "rose";
interface Options { color?: Color; /** How wide. */ width: number }
function draw(x: number, o?: Options, c?: Color): void {}
function over(a: string): string;
/** By number. */
function over(a: number, b: number): number;
function over(a: any, b?: any): any {}
let untyped: any;`,
);

function inspect(marked: string, detail: 0 | 1 = 0) {
  const offset = marked.indexOf("|");
  return session.compiler.inspect({ source: marked.replace("|", ""), offset, detail });
}

const signatures: readonly [cell: string, signature: string | null][] = [
  ["gre|et('a')", "function greet(who: string, times?: number): string"],
  ["greet|", "function greet(who: string, times?: number): string"],
  ["greet |", "function greet(who: string, times?: number): string"],
  ["greet('a')|", "function greet(who: string, times?: number): string"],
  ["person|", "const person: {\n    first: string;\n    age: number;\n}"],
  ["person.a|ge", "(property) age: number"],
  ["const { fir|st } = person", "const first: string"],
  ["Poi|nt", "class Point"],
  ["new Poi|nt()", "constructor Point(): Point"],
  ["new Point().no|rm()", "(method) Point.norm(): number"],
  ["new Point().si|ze", "(property) Point.size: number"],
  ["Suit.Hea|rts", '(enum member) Suit.Hearts = "h"'],
  ["Suit|", "enum Suit"],
  ["Color|", 'type Color = "red" | "rose"'],
  ["let c: Col|or", 'type Color = "red" | "rose"'],
  ["function f<T ext|ends object>(a: T) {}", null],
  ["function f<T>(a: T|) {}", "(type parameter) T in f<T>(a: T): void"],
  ["class A { f() { th|is } }", "this: this"],
  ["untyped|", "let untyped: any"],
  ["import { he|lp } from './helper'", "function help(): void"],
  ["import * as h from './hel|per'", 'module "./helper"'],
  ["tor|ch", 'module "jacobi"'],
  ["const 名前 = 1; 名|前", "const 名前: 1"],
  ["'😀'; gree|t", "function greet(who: string, times?: number): string"],
  // Calls
  ["greet(|", "greet(who: string, times?: number): string"],
  ["greet('a', |)", "greet(who: string, times?: number): string"],
  ["greet('a|')", "greet(who: string, times?: number): string"],
  ["over(1, |", "over(a: number, b: number): number (+1 overload)"],
  ["over('a', |", "over(a: number, b: number): number (+1 overload)"],
  ["over('a'|", "over(a: string): string (+1 overload)"],
  [
    "class Pair<K, V> { constructor(k: K, v?: V) {} } new Pair<string, |",
    "Pair<K, V>(k: K, v?: V): Pair<K, V>",
  ],
  ["Math.max(1, |", "Math.max(...values: number[]): number"],
  // Nothing
  ["   |", null],
  ["", null],
  ["const x = |", null],
  ["// gre|et", null],
  ["'gre|et'", null],
  ["1|2", null],
  ["awa|it 1", null],
  ["unknown_|name", null],
];
for (const [cell, signature] of signatures) {
  test(`inspection of ${JSON.stringify(cell)}`, () =>
    assert.equal(inspect(cell)?.signature ?? null, signature));
}

test("documentation is Markdown with tags, links and examples", () => {
  const example = '*@example*\n```typescript\ngreet("Ada", 2)\n```';
  assert.equal(
    inspect("gre|et")!.documentation,
    [
      "Greets.",
      "*@param* `who` — whom to greet",
      "*@param* `times` — how often, see `person`",
      "*@returns* the greeting",
      example,
      "*@deprecated* use [hello](https://example.org)",
    ].join("\n\n"),
  );
});

const documentation: readonly [cell: string, documentation: RegExp][] = [
  ["new Point().x|", /^How far right\.$/],
  ["new Poi|nt()", /^A point\.$/],
  ["new Kid().ru|n(1)", /^Runs it\.$/],
  ["over|(1, 2)", /^By number\.$/],
  ["draw(1, { wid|th: 2 })", /^How wide\.\n\nIn `draw\(.*\): void`, parameter `o\?: Options`$/],
  ["greet(|", /^Parameter `who: string`: whom to greet\n\nGreets\./],
  ["greet('a', |)", /^Parameter `times\?: number`: how often, see `person`\n\nGreets\./],
  ["greet(per|son.first)", /^In `greet\(.*\): string`, parameter `who: string`: whom to greet$/],
  ["torch.zeros(|", /^Parameter `shape: readonly number\[\]`\n\nZeros of a shape/],
  ["torch.zeros([2]).su|m()", /^Sum of all elements/],
  // The library is documented although it is loaded without comments.
  ["[1].ma|p(x => x)", /Calls a defined callback function on each element/],
  ["Mat|h", /basic mathematics/],
  // So are Node's globals, which are declared in a few lines of ours.
  ["console.lo|g(1)", /Prints to `stdout` with newline/],
  ["setTimeout(() => {}, |", /^Parameter `delay\?: number`: The number of milliseconds to wait/],
];
for (const [cell, pattern] of documentation) {
  test(`documentation of ${JSON.stringify(cell)}`, () => assert.match(inspect(cell)!.documentation, pattern));
}

test("detail 1 shows the source, with its place", () => {
  const { source } = inspect("gre|et", 1)!;
  assert.match(
    source!,
    /^\/\/ In \[1\], line 10\nfunction greet\(who: string, times = 1\): string \{\n {2}return/,
  );
  assert.equal(inspect("gre|et")!.source, undefined);
  assert.match(inspect("greet(|", 1)!.source!, /function greet/);
  assert.match(
    inspect("import { he|lp } from './helper'", 1)!.source!,
    /^\/\/ helper\.ts:3\nexport function help/,
  );
  assert.match(inspect("torch.zer|os", 1)!.source!, /^\/\/ .*\.d\.ts:\d+\n/);
  assert.match(inspect("[1].ma|p(x => x)", 1)!.source!, /^\/\/ TypeScript's library\nmap<U>\(/);
});
