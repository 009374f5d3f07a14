/** What a failed cell shows: names, messages, places in the user's lines, causes; for anything that can be thrown. */
import assert from "node:assert/strict";
import { test } from "node:test";
import vm from "node:vm";
import { toErrorContent, toErrorText } from "./errors.ts";
import { framesOfText } from "./frames.ts";
import { rememberSource } from "./sources.ts";
import { installStacks } from "./stacks.ts";

installStacks();

/** What running `code` as the cell `name` throws. */
function thrownBy(name: string, code: string, source = code): unknown {
  const filename = rememberSource(name, source, { code });
  try {
    new vm.Script(code, { filename }).runInThisContext();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

test("a place in each cell that the error passed, the innermost with its surroundings", () => {
  thrownByDefinition(
    "In [1]",
    "globalThis.half = function half(x) {\n  if (x % 2) throw new RangeError('odd');\n};",
  );
  const error = thrownBy("In [2]", "const n = 3;\nhalf(n);");
  assert.equal(
    toErrorText(error),
    `RangeError: odd
at half (In [1]:2:20)
  1 │ globalThis.half = function half(x) {
→ 2 │   if (x % 2) throw new RangeError('odd');
    │                    ^
  3 │ };
at In [2]:2:1
→ 2 │ half(n);
    │ ^`,
  );
});

function thrownByDefinition(name: string, code: string): void {
  const filename = rememberSource(name, code, { code });
  new vm.Script(code, { filename }).runInThisContext();
}

test("code that does not parse shows its line", () => {
  const text = toErrorText(thrownBy("In [5]", "let a = 1;\nlet 2b = 3;"));
  assert.match(text, /^SyntaxError: Invalid or unexpected token\nat In \[5\]:2:/);
});

test("causes, aggregated errors and what else an error carries", () => {
  const cause = new TypeError("inner", { cause: "deepest" });
  const error = Object.assign(new AggregateError([new Error("one"), new Error("two")], "both", { cause }), {
    code: "E",
  });
  const text = toErrorText(error).replace(/^at .*\n?/gm, "");
  assert.match(text, /^AggregateError: both\n[^{]*\{ code: 'E' \}\n/);
  assert.match(text, /Caused by: TypeError: inner/);
  assert.match(text, /Caused by: 'deepest'/);
  assert.match(text, /Error 1 of 2: Error: one[\s\S]*Error 2 of 2: Error: two/);
});

test("a cause that is its own cause ends", () => {
  const error = new Error("round");
  error.cause = error;
  assert.match(
    toErrorText(error).replace(/^at .*\n/gm, ""),
    /^Error: round\n\nCaused by: Error \(see above\)$/,
  );
});

test("a class of one's own is named", () => {
  class NotConverged extends Error {}
  assert.equal(toErrorContent(new NotConverged("after 10 steps")).ename, "NotConverged");
});

test("anything can be thrown", () => {
  const hostile = new Error("x");
  Object.defineProperty(hostile, "stack", { get: () => assert.fail("read") });
  Object.defineProperty(hostile, "message", { get: () => assert.fail("read") });
  assert.equal(toErrorContent(hostile).ename, "Error");
  assert.equal(toErrorContent(undefined).evalue, "undefined was thrown, which is no Error");
  assert.equal(toErrorContent(42).evalue, "42 was thrown, which is no Error");
  assert.equal(toErrorContent(Object.create(null)).ename, "Error");
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.equal(toErrorContent(proxy).ename, "Error");
});

test("an error without a frame of the user's shows the kernel's", () => {
  assert.match(toErrorText(new Error("ours")), /^Error: ours\nat .*errors\.test\.js:\d+:\d+/);
});

test("an error that Node throws while only the kernel waits shows none of the kernel's frames", async () => {
  const error: unknown = await fetch("http://localhost:1/").catch((reason: unknown) => reason);
  const [first = "", second = ""] = toErrorText(error).split("\n");
  assert.equal(first, "TypeError: fetch failed");
  assert.doesNotMatch(second, /^at /);
});

test("frames: names, paths with spaces and parentheses, eval, Node's own", () => {
  const stack = `Error: x
    at new Net (In [7]:1:2)
    at async Promise.all (index 0)
    at Object.<anonymous> (file:///tmp/a%20(b)/x.ts?v=3:4:5)
    at eval (eval at run (In [7]:1:1), <anonymous>:1:1)
    at node:internal/main:1:1
    at readFileSync (node:fs:1:1)
    at async In [9]:10:11`;
  assert.deepEqual(framesOfText(stack), [
    { name: "new Net", file: "In [7]", line: 1, column: 2 },
    { name: "", file: "/tmp/a (b)/x.ts", line: 4, column: 5 },
    { name: "", file: "In [9]", line: 10, column: 11 },
  ]);
});
