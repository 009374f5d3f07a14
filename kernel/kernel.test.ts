/** The whole kernel as a client sees it: the real process, real sockets, the order of messages. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Request } from "zeromq";
import type { Message } from "./protocol/messages.ts";
import { type Exchange, startClient, type TestClient } from "./test-client.ts";

let client: TestClient;
before(async () => {
  client = await startClient();
});
after(() => client.shutdown());

const types = ({ published }: Exchange): string[] => published.map((m) => m.header.msg_type);
const contents = ({ published }: Exchange, type: string): Message["content"][] =>
  published.filter((m) => m.header.msg_type === type).map((m) => m.content);
const text = (exchange: Exchange, name = "stdout"): string =>
  contents(exchange, "stream")
    .filter((content) => content.name === name)
    .map((content) => content.text)
    .join("");
const result = (exchange: Exchange): unknown => {
  const [content] = contents(exchange, "execute_result");
  return (content?.data as Record<string, unknown> | undefined)?.["text/plain"];
};
/** Sends a beat; gives what comes back. */
async function heartbeat(beat: string): Promise<string> {
  const heart = new Request({ linger: 0 });
  heart.connect(client.endpoints.hb);
  await heart.send(beat);
  const [answer] = await heart.receive();
  heart.close();
  return String(answer);
}

test("kernel_info is answered on shell and on control, and is complete", async () => {
  for (const channel of ["shell", "control"] as const) {
    const { reply, published } = await client.request(channel, "kernel_info_request");
    assert.equal(reply.header.msg_type, "kernel_info_reply");
    assert.equal(reply.content.status, "ok");
    assert.equal(reply.content.implementation, "jacobi");
    assert.match(String(reply.content.protocol_version), /^5\.\d$/);
    const { version, ...info } = reply.content.language_info as Record<string, unknown>;
    assert.match(String(version), /^6\./);
    assert.deepEqual(info, {
      name: "typescript",
      mimetype: "text/typescript",
      file_extension: ".ts",
      pygments_lexer: "typescript",
      codemirror_mode: { name: "javascript", typescript: true },
      nbconvert_exporter: "script",
    });
    assert.deepEqual(
      published.map((m) => m.content.execution_state),
      ["busy", "idle"],
    );
  }
});

test("a cell's value is published between busy and idle, under its request", async () => {
  const exchange = await client.execute("1 + 1");
  assert.equal(exchange.reply.content.status, "ok");
  assert.deepEqual(types(exchange), ["status", "execute_input", "execute_result", "status"]);
  assert.equal(result(exchange), "2");
  const [input] = contents(exchange, "execute_input");
  assert.equal(input?.execution_count, exchange.reply.content.execution_count);
});

test("stdout, stderr, display and the result keep their order; idle is last", async () => {
  const exchange = await client.execute(
    `console.log("a"); console.error("b"); display(HTML("<b>c</b>")); console.log("d"); 5`,
  );
  assert.deepEqual(types(exchange), [
    "status",
    "execute_input",
    "stream",
    "stream",
    "display_data",
    "stream",
    "execute_result",
    "status",
  ]);
  assert.deepEqual(
    contents(exchange, "stream").map((c) => [c.name, c.text]),
    [
      ["stdout", "a\n"],
      ["stderr", "b\n"],
      ["stdout", "d\n"],
    ],
  );
});

test("what a child process prints belongs to the cell, before its idle", async () => {
  const exchange = await client.execute(
    `import { execSync } from "node:child_process"; execSync("echo from a child", { stdio: "inherit" }); 0`,
  );
  assert.equal(exchange.reply.content.status, "ok");
  assert.equal(text(exchange), "from a child\n");
  assert.equal(types(exchange).at(-1), "status");
});

test("what a timer prints later belongs to the cell that started it", async () => {
  const { reply } = await client.execute(`setTimeout(() => console.log("late"), 20)`);
  await client.execute("1");
  const late = await client.find("iopub", (m) => m.content.text === "late\n");
  assert.equal(late.parent_header.msg_id, reply.parent_header.msg_id);
});

test("100,000 lines arrive whole in a few dozen messages", async () => {
  const exchange = await client.execute(`for (let i = 0; i < 100_000; i++) console.log("line", i)`);
  const lines = text(exchange).split("\n");
  assert.equal(lines.length, 100_001);
  assert.equal(lines[99_999], "line 99999");
  assert.ok(exchange.published.length < 100, `${exchange.published.length} messages`);
});

test("an error is published and replied with name, value and traceback; the next cell runs", async () => {
  const exchange = await client.execute(`throw new RangeError("too far")`);
  const { reply } = exchange;
  assert.equal(reply.content.status, "error");
  assert.equal(reply.content.ename, "RangeError");
  assert.equal(reply.content.evalue, "too far");
  assert.ok((reply.content.traceback as string[]).length > 0);
  const [{ ename, evalue, traceback } = {}] = contents(exchange, "error");
  assert.deepEqual(
    [ename, evalue, traceback],
    [reply.content.ename, reply.content.evalue, reply.content.traceback],
  );
  assert.equal(result(await client.execute("2")), "2");
});

test("a type error stops the cell before it runs", async () => {
  const exchange = await client.execute(`console.log("ran"); const n: number = "text";`);
  assert.equal(exchange.reply.content.status, "error");
  assert.equal(exchange.reply.content.ename, "TypeScriptError");
  assert.match(String(exchange.reply.content.evalue), /not assignable to type 'number'/);
  assert.equal(text(exchange), "");
});

test("silent cells publish nothing and do not count; user expressions are evaluated", async () => {
  const before = (await client.execute("0")).reply.content.execution_count;
  const silent = await client.execute(`const hidden = 5; console.log("x"); hidden`, {
    silent: true,
    user_expressions: { twice: "hidden * 2", wrong: "missing" },
  });
  assert.deepEqual(types(silent), ["status", "status"]);
  const expressions = silent.reply.content.user_expressions as Record<string, Record<string, unknown>>;
  assert.deepEqual(expressions.twice, { status: "ok", data: { "text/plain": "10" }, metadata: {} });
  assert.equal(expressions.wrong?.status, "error");
  assert.equal((await client.execute("0")).reply.content.execution_count, Number(before) + 1);
});

test("an error aborts the cells queued before it, and none that come after it", async () => {
  const failing = client.execute(`await new Promise((r) => setTimeout(r, 50)); throw new Error("stop")`);
  const queued = client.execute("1");
  const kept = client.execute("2", { stop_on_error: true });
  assert.equal((await failing).reply.content.status, "error");
  const later = client.execute("3");
  assert.equal((await queued).reply.content.status, "aborted");
  assert.equal((await kept).reply.content.status, "aborted");
  assert.equal((await later).reply.content.status, "ok");
});

test("without stop_on_error the queue goes on", async () => {
  const failing = client.execute(`throw new Error("go on")`, { stop_on_error: false });
  const queued = client.execute("1");
  assert.equal((await failing).reply.content.status, "error");
  assert.equal((await queued).reply.content.status, "ok");
});

test("heartbeat, control, completion and inspection answer while a cell spins; its interrupt keeps the state", async () => {
  await client.execute("let kept = 41");
  const running = client.execute(`console.log("spinning"); kept++; for (;;) {}`);
  await client.find("iopub", (m) => m.content.text === "spinning\n");
  const beat = await heartbeat("beat");
  const info = await client.request("control", "kernel_info_request");
  const completion = await client.request("shell", "complete_request", { code: "kep", cursor_pos: 3 });
  const inspection = await client.request("shell", "inspect_request", { code: "kept", cursor_pos: 2 });
  await client.request("control", "interrupt_request");
  const stopped = await running;
  assert.equal(beat, "beat");
  assert.equal(info.reply.content.status, "ok");
  assert.deepEqual(completion.reply.content.matches, ["kept"]);
  assert.match(JSON.stringify(inspection.reply.content.data), /number/);
  assert.equal(stopped.reply.content.status, "error");
  assert.equal(stopped.reply.content.ename, "KeyboardInterrupt");
  assert.equal(types(stopped).at(-1), "status");
  assert.equal(result(await client.execute("kept")), "42");
});

test("an error in a microtask is shown by the cell that queued it", async () => {
  const exchange = await client.execute(
    `queueMicrotask(() => { throw new Error("micro"); }); await new Promise((r) => setTimeout(r, 20));`,
  );
  assert.match(text(exchange, "stderr"), /^Uncaught Error: micro\n/);
});

test("input asks the client on stdin and gets its answer", async () => {
  const running = client.execute(`const answer = await input("name? "); answer.length`);
  const question = await client.find("stdin", (m) => m.content.prompt === "name? ");
  assert.equal(question.header.msg_type, "input_request");
  assert.equal(question.content.password, false);
  client.send("stdin", "input_reply", { value: "Jacobi" }, { parent: question });
  assert.equal(result(await running), "6");
});

test("prompt waits for its answer without letting go", async () => {
  const running = client.execute(`prompt("number? ")`);
  const question = await client.find("stdin", (m) => m.content.prompt === "number? ");
  client.send("stdin", "input_reply", { value: "7" }, { parent: question });
  assert.equal(result(await running), "'7'");
});

test("input in a client that takes none fails and says so", async () => {
  const { reply } = await client.execute(`await input("who? ")`, { allow_stdin: false });
  assert.match(String(reply.content.evalue), /allow_stdin/);
});

test("completion counts code points: after an emoji the cursor is one further, not two", async () => {
  await client.execute("const values = [1, 2, 3]");
  const code = "'🙂'; values.ma";
  const { reply } = await client.request("shell", "complete_request", { code, cursor_pos: [...code].length });
  assert.deepEqual(reply.content.matches, ["map"]);
  assert.equal(reply.content.cursor_start, [...code].length - 2);
  assert.equal(reply.content.cursor_end, [...code].length);
  const [match] = (reply.content.metadata as { _jupyter_types_experimental: Record<string, unknown>[] })
    ._jupyter_types_experimental;
  assert.equal(match?.text, "map");
  assert.equal(match?.start, reply.content.cursor_start);
});

test("is_complete tells finished code from code that goes on", async () => {
  const status = async (code: string): Promise<unknown> =>
    (await client.request("shell", "is_complete_request", { code })).reply.content.status;
  assert.equal(await status("1 + 1"), "complete");
  assert.equal(await status("function f() {"), "incomplete");
});

test("history has what was run", async () => {
  await client.execute("'remember me'");
  const content = { hist_access_type: "tail", n: 1, output: true, raw: true };
  const { reply } = await client.request("shell", "history_request", content);
  const [[, , entry] = []] = reply.content.history as [unknown, unknown, unknown][];
  assert.deepEqual(entry, ["'remember me'", "'remember me'"]);
});

test("a comm of an unknown target is closed, and comm_info does not list it", async () => {
  client.send("shell", "comm_open", { comm_id: "c1", target_name: "nobody", data: {} });
  await client.find("iopub", (m) => m.header.msg_type === "comm_close" && m.content.comm_id === "c1");
  assert.deepEqual((await client.request("shell", "comm_info_request")).reply.content.comms, {});
});

test("a message signed with another key and messages of unknown types are ignored", async () => {
  const forged = client.send("shell", "execute_request", { code: "globalThis.forged = 1" }, { key: "guess" });
  client.send("shell", "constructor_request", {});
  client.send("shell", "nonsense", {});
  assert.equal(result(await client.execute("typeof (globalThis as any).forged")), "'undefined'");
  assert.ok(client.log().includes("signature does not fit"));
  assert.ok(!client.log().includes(client.signing.key));
  const { published } = await client.execute("0");
  assert.ok(!published.some((m) => m.parent_header.msg_id === forged));
});

test("a request with a wrong content gets an error reply", async () => {
  const { reply } = await client.request("shell", "execute_request", { code: 5 });
  assert.equal(reply.content.status, "error");
  assert.match(String(reply.content.evalue), /execute_request: code: 5 was given/);
});
