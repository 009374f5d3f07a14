/** The debugger over a real kernel: what a client like JupyterLab asks, while cells run, are paused and end. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
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
