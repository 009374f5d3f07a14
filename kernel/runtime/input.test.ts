/** Asking the user, with the test as the client. */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { after, test } from "node:test";
import { Signal } from "../threads.ts";
import { startTestRuntime } from "./fixture.ts";

const runtime = startTestRuntime(tmpdir());
after(() => runtime.stop());

/** What the kernel thread does when the client has answered. */
let answered = 0;
function answer(value: string | null): void {
  runtime.send({ kind: "input", question: ++answered, value });
  Atomics.add(runtime.signals, Signal.input, 1);
  Atomics.notify(runtime.signals, Signal.input);
}

async function question(cell: number) {
  const record = await runtime.until((found) => found.cell === cell && found.kind === "input");
  assert.ok(record.kind === "input");
  return { prompt: record.prompt, password: record.password };
}

async function endOf(cell: number): Promise<string> {
  const done = await runtime.until((record) => record.cell === cell && record.kind === "done");
  const result = runtime.records.find((record) => record.cell === cell && record.kind === "result");
  if (done.kind === "done" && done.error) return `${done.error.ename}: ${done.error.evalue}`;
  return result?.kind === "result" ? String(result.data["text/plain"]) : "";
}

test("input asks and gives the answer", async () => {
  const cell = runtime.start("async ($, $c) => await $c.wait(input('name? '))");
  assert.deepEqual(await question(cell), { prompt: "name? ", password: false });
  answer("Ada");
  assert.equal(await endOf(cell), "'Ada'");
});

test("getpass hides what is typed", async () => {
  const cell = runtime.start("async ($, $c) => (await $c.wait(getpass())).length");
  assert.deepEqual(await question(cell), { prompt: "Password: ", password: true });
  answer("secret");
  assert.equal(await endOf(cell), "6");
});

test("prompt waits in place, and messages that come meanwhile are not lost", async () => {
  const cell = runtime.start("($, $c) => { const a = prompt('a'); return a + prompt('b'); }");
  await question(cell);
  const comm = {
    type: "comm_open",
    content: { comm_id: "7", target_name: "nobody" },
    metadata: {},
    buffers: [],
    cell: 99,
  } as const;
  runtime.send({ kind: "comm", ...comm });
  answer("1");
  await runtime.until((record) => record.cell === cell && record.kind === "input" && record.prompt === "b");
  answer("2");
  assert.equal(await endOf(cell), "'12'");
  const closed = await runtime.until((record) => record.kind === "comm");
  assert.deepEqual(closed.kind === "comm" && closed.content, { comm_id: "7", data: {} });
});

test("a client that cannot answer", async () => {
  const cell = runtime.start("async ($, $c) => await $c.wait(input())");
  await question(cell);
  answer(null);
  assert.match(await endOf(cell), /^Error: input: this client does not take input \(allow_stdin is false\)/);
});

test("an interrupt while prompt waits", async () => {
  const cell = runtime.start("($, $c) => prompt('forever')");
  await question(cell);
  runtime.interrupt(cell);
  assert.equal(await endOf(cell), "KeyboardInterrupt: interrupted");
  answer(null);
  const next = runtime.start("($, $c) => prompt('again')");
  await question(next);
  answer("yes");
  assert.equal(await endOf(next), "'yes'");
});

test("an interrupt while input waits", async () => {
  const cell = runtime.start("async ($, $c) => await $c.wait(input('forever'))");
  await question(cell);
  runtime.interrupt(cell);
  answer(null);
  assert.equal(await endOf(cell), "KeyboardInterrupt: interrupted");
});
