/** The debugger over a real kernel: what a client like JupyterLab asks, while cells run, are paused and end. */
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import type { Message } from "./protocol/messages.ts";
import { startClient, type TestClient } from "./test-client.ts";
import { type DebugClient, debugClient } from "./test-debugger.ts";

let kernel: TestClient;
let debug: DebugClient;
before(async () => {
  kernel = await startClient({
    files: {
      "helper.ts":
        "export function double(x: number): number {\n  const twice = x * 2;\n  return twice;\n}\n",
    },
  });
  debug = debugClient(kernel);
});
// A test that failed must not leave main paused.
afterEach(() => debug.ask("disconnect"));
after(async () => {
  assert.equal(await kernel?.shutdown(), 0);
});

const loop = `const offset = 10;
function add(a: number, b: number) {
  const c = a + b;
  return c + offset;
}

let total = 0;
for (let i = 0; i < 3; i++) {
  total += add(i, 2);
}
total`;

test("a breakpoint stops a cell, which shows its stack, scopes and variables and then goes on", async () => {
  await debug.attach();
  const path = await debug.breakpoints(loop, [3]);
  const { id, ended } = debug.start(loop);
  const stopped = await debug.eventMessage("stopped");
  assert.equal(stopped.parent_header.msg_id, id);
  assert.deepEqual(stopped.content.body, {
    reason: "breakpoint",
    hitBreakpointIds: [1],
    threadId: 1,
    allThreadsStopped: true,
  });
  const frames = await debug.frames();
  assert.deepEqual(
    frames.map(({ name, line, source }) => [name, line, source]),
    [
      ["add", 3, { name: "In [1]", path }],
      ["In [1]", 9, { name: "In [1]", path }],
    ],
  );
  const [inner, outer] = frames;
  // On Node 20 V8 tells of `c`, too, which has no value yet.
  const { a, b, $c } = await debug.scope(inner!, "Locals");
  assert.deepEqual([a, b, $c], ["0", "2", undefined]);
  assert.deepEqual(await debug.scope(inner!, "Globals"), { offset: "10", add: "[Function: add]" });
  const { i, total, offset } = await debug.scope(outer!, "Locals");
  assert.deepEqual([i, total, offset], ["0", "0", "10"]);
  await debug.breakpoints(loop, []);
  await debug.body("continue", { threadId: 1 });
  assert.equal((await ended).reply.content.status, "ok");
  await debug.disconnect();
});

test("steps go from line to line of what the user wrote, into functions and local files and out again", async () => {
  const code = `import { double } from "./helper";
let sum = 0;
for (const x of [1, 2]) {
  sum += double(x);
}
await Promise.resolve();
const last = sum + 1;
last`;
  await debug.attach();
  await debug.breakpoints(code, [2]);
  const { ended } = debug.start(code);
  await debug.event("stopped");
  const passed = [...(await debug.places())];
  const steps = [
    "next",
    "next",
    "stepIn",
    "next",
    "stepOut",
    "next",
    "next",
    "next",
    "next",
    "next",
  ] as const;
  for (const step of steps) passed.push(await debug.step(step));
  assert.deepEqual(
    passed.join(" ").replaceAll(/In \[\d+\]/g, "cell"),
    ["cell:2 cell:3 cell:4 double:2 double:3 cell:3 cell:4 cell:3 cell:6 cell:7 cell:8"].join(" "),
  );
  await debug.body("continue", { threadId: 1 });
  assert.equal((await ended).reply.content.status, "ok");
  await debug.disconnect();
});

test("a frame's expressions see its variables and the notebook's, and can set both", async () => {
  await kernel.execute("let shared = { n: 1 }; let name = 'outer'");
  const code = `function inner(name: string, list: number[]) {
  const local = list.length;
  return local + name.length;
}
inner("abc", [1, 2, 3])`;
  await debug.attach();
  await debug.breakpoints(code, [3]);
  const { ended } = debug.start(code);
  await debug.event("stopped");
  const [top] = await debug.frames();
  const evaluate = async (expression: string): Promise<unknown> =>
    (await debug.body("evaluate", { expression, frameId: top!.id, context: "repl" })).result;
  assert.deepEqual(
    await Promise.all(["name", "local + shared.n", "list", "{ a: local }", "typeof nothing"].map(evaluate)),
    ["'abc'", "4", "[ 1, 2, 3 ]", "{ a: 3 }", "'undefined'"],
  );
  await evaluate("shared.n = 41; name = 'abcd'");
  const failed = await debug.ask("evaluate", { expression: "nothing", frameId: top!.id });
  assert.deepEqual([failed.success, failed.message], [false, "ReferenceError: nothing is not defined"]);
  const { scopes } = await debug.body<{ scopes: { name: string; variablesReference: number }[] }>("scopes", {
    frameId: top!.id,
  });
  const locals = scopes[0]!.variablesReference;
  const set = { variablesReference: locals, name: "list", value: "[7, shared.n]" };
  assert.equal((await debug.body("setVariable", set)).value, "[ 7, 41 ]");
  const list = (await debug.variables(locals)).find(({ name }) => name === "list");
  assert.deepEqual(
    (await debug.variables(list!.variablesReference, { filter: "indexed", start: 1, count: 1 })).map(
      ({ name, value, evaluateName }) => [name, value, evaluateName],
    ),
    [["1", "41", "list[1]"]],
  );
  const rich = await debug.body("richInspectVariables", { variableName: "name", frameId: top!.id });
  assert.deepEqual(rich.data, { "text/plain": "'abcd'" });
  await debug.body("copyToGlobals", {
    srcVariableName: "local",
    dstVariableName: "copied",
    srcFrameId: top!.id,
  });
  await debug.body("continue", { threadId: 1 });
  const { published } = await ended;
  assert.equal(text(published), "7");
  await debug.disconnect();
  assert.equal(text((await kernel.execute("copied + shared.n")).published), "44");
});

test("while main is paused all else is answered; an interrupt ends the cell and keeps its state", async () => {
  const code = "let steps = 0;\nwhile (true) {\n  steps++;\n}";
  await debug.attach();
  await debug.breakpoints(code, [3]);
  const { ended } = debug.start(code);
  await debug.event("stopped");
  await debug.step("continue");
  assert.equal(
    (await kernel.request("shell", "complete_request", { code: "Mat", cursor_pos: 3 })).reply.content.status,
    "ok",
  );
  assert.equal((await kernel.request("control", "kernel_info_request")).reply.content.status, "ok");
  assert.deepEqual((await debug.body("debugInfo")).stoppedThreads, [1]);
  await kernel.request("control", "interrupt_request");
  const { reply } = await ended;
  assert.deepEqual([reply.content.status, reply.content.ename], ["error", "KeyboardInterrupt"]);
  assert.deepEqual((await debug.body("debugInfo")).stoppedThreads, []);
  assert.match(text((await kernel.execute("steps > 0")).published), /true/);
  const again = debug.start(code);
  await debug.event("stopped");
  await kernel.request("control", "interrupt_request");
  await again.ended;
  await debug.disconnect();
});

test("a debugger statement and a pause stop a debugged cell alone", async () => {
  const code = "const before = 1;\ndebugger;\nbefore";
  assert.equal((await kernel.execute(code)).reply.content.status, "ok");
  await debug.attach();
  const { ended } = debug.start(code);
  await debug.event("stopped");
  assert.match((await debug.places())[0] ?? "", /:2$/);
  await debug.body("continue", { threadId: 1 });
  await ended;
  const spin = "let turns = 0;\nwhile (turns >= 0) {\n  turns++;\n}";
  const spinning = debug.start(spin);
  await kernel.find(
    "iopub",
    ({ header, parent_header }) =>
      header.msg_type === "execute_input" && parent_header.msg_id === spinning.id,
  );
  await debug.body("pause", { threadId: 1 });
  assert.equal((await debug.event("stopped")).reason, "pause");
  await debug.step("next");
  await debug.step("next");
  const [top] = await debug.frames();
  await debug.body("evaluate", { expression: "turns = -10", frameId: top!.id });
  await debug.body("continue", { threadId: 1 });
  assert.equal((await spinning.ended).reply.content.status, "ok");
  await debug.disconnect();
});

test("exceptions stop a cell where they are thrown, by whether the user's code catches them", async () => {
  const code = `function fails(): never {
  throw new RangeError("too far");
}
try {
  fails();
} catch {}
await null;
fails();`;
  await debug.attach();
  await debug.body("setExceptionBreakpoints", { filters: ["uncaught"] });
  const { ended } = debug.start(code);
  const stopped = await debug.event("stopped");
  assert.deepEqual([stopped.reason, stopped.text], ["exception", "RangeError: too far"]);
  assert.deepEqual(
    (await debug.places()).map((place) => place.replace(/In \[\d+\]/, "cell")),
    ["fails:2", "cell:8"],
  );
  assert.equal((await debug.body("exceptionInfo", { threadId: 1 })).exceptionId, "RangeError");
  await debug.body("continue", { threadId: 1 });
  assert.equal((await ended).reply.content.ename, "RangeError");
  await debug.body("setExceptionBreakpoints", { filters: ["caught"] });
  const again = debug.start(code);
  await debug.event("stopped");
  assert.deepEqual(
    (await debug.places()).map((place) => place.replace(/In \[\d+\]/, "cell")),
    ["fails:2", "cell:5"],
  );
  await debug.body("continue", { threadId: 1 });
  await again.ended;
  await debug.body("setExceptionBreakpoints", { filters: [] });
  await debug.disconnect();
});

test("the notebook's variables are told without a debugger, of a busy notebook too", async () => {
  await kernel.execute("const point = { x: 1, y: [2, 3] }; const words = new Map([['a', 1]])");
  const { variables } = await debug.body<{
    variables: { name: string; value: string; variablesReference: number }[];
  }>("inspectVariables");
  const point = variables.find(({ name }) => name === "point");
  assert.equal(point?.value, "{ x: 1, y: [ 2, 3 ] }");
  const children = await debug.variables(point?.variablesReference ?? 0);
  assert.deepEqual(
    children.map(({ name, value, evaluateName }) => [name, value, evaluateName]),
    [
      ["x", "1", "point.x"],
      ["y", "[ 2, 3 ]", "point.y"],
    ],
  );
  const { ended } = debug.start("for (;;) {}");
  const rich = await debug.body("richInspectVariables", { variableName: "words" });
  assert.deepEqual(rich.data, { "text/plain": "Map(1) { 'a' => 1 }" });
  await kernel.request("control", "interrupt_request");
  await ended;
});

test("breakpoints move to the next code, lie in transformed cells, and may have conditions", async () => {
  const code = `enum Color { Red, Green }

// nothing here
const color: Color = Color.Green;
for (let i = 0; i < 5; i++) {
  console.log(i, color);
}`;
  await debug.attach();
  const { sourcePath: path } = await debug.body("dumpCell", { code });
  const breakpoints = [{ line: 2 }, { line: 6, condition: "i === 3" }];
  const set = await debug.body<{ breakpoints: { line: number; verified: boolean }[] }>("setBreakpoints", {
    source: { path },
    breakpoints,
  });
  assert.deepEqual(
    set.breakpoints.map(({ line, verified }) => [line, verified]),
    [
      [4, true],
      [6, true],
    ],
  );
  assert.deepEqual((await debug.body("debugInfo")).breakpoints, [
    { source: path, breakpoints: [{ line: 4 }, { line: 6, condition: "i === 3" }] },
  ]);
  const { ended } = debug.start(code);
  await debug.event("stopped");
  assert.match((await debug.places())[0] ?? "", /:4$/);
  assert.match(await debug.step("continue"), /:6$/);
  const [top] = await debug.frames();
  assert.equal((await debug.scope(top!, "Locals")).i, "3");
  await debug.body("continue", { threadId: 1 });
  await ended;
  await debug.disconnect();
});

const refusals: readonly [command: string, given: object, message: RegExp][] = [
  ["fly", {}, /^fly: there is no such request/],
  ["constructor", {}, /there is no such request/],
  ["setBreakpoints", {}, /^setBreakpoints: the debugger is not started/],
  ["variables", { variablesReference: 99_999 }, /^variablesReference: 99999 was given/],
  ["variables", {}, /^variablesReference: nothing was given: a whole number was expected/],
  ["dumpCell", { code: 5 }, /^code: 5 was given: a string was expected/],
  ["richInspectVariables", { variableName: "a b" }, /^variableName: "a b" was given: a name was expected/],
  ["evaluate", { expression: "1 +" }, /SyntaxError/],
];
for (const [command, given, message] of refusals) {
  test(`a debug request is refused with a reason: ${command} ${JSON.stringify(given)}`, async () => {
    const response = await debug.ask(command, { ...given });
    assert.equal(response.success, false);
    assert.match(String(response.message), message);
    assert.equal(response.command, command);
  });
}

test("a kernel that is paused shuts down", async () => {
  const other = await startClient();
  const client = debugClient(other);
  await client.attach();
  client.start("debugger;");
  await client.event("stopped");
  assert.equal(await other.shutdown(), 0);
});

/** The text of a cell's result. */
function text(published: readonly Message[]): string {
  const result = published.find(({ header }) => header.msg_type === "execute_result");
  return String((result?.content.data as Record<string, unknown> | undefined)?.["text/plain"]);
}
