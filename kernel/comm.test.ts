/** Comms between a real client and cells: both directions, binary buffers, errors, interrupts, while cells run. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { after, before, test } from "node:test";
import type { Fields, Message } from "./protocol/messages.ts";
import { type SendOptions, startClient, type TestClient } from "./test-client.ts";

let client: TestClient;
before(async () => {
  client = await startClient();
  await run(`import { createComm, registerTarget, type Comm } from "jacobi/comm";
    registerTarget("echo", (comm, open) => {
      console.log("open", open.data.a, open.metadata.m, open.buffers.length);
      comm.onMsg((data, { buffers, metadata }) => comm.send({ echo: data }, { buffers, metadata }));
      comm.onClose((data) => console.log("closed", data.why));
    });`);
});
after(() => client.shutdown());

let made = 0;
/** A comm opened by the client, with all that came of it. */
async function open(
  target_name: string,
  data: Fields = {},
  options: SendOptions = {},
): Promise<{ id: string; published: readonly Message[] }> {
  const id = `comm ${++made}`;
  const published = await client.published(
    client.send("shell", "comm_open", { comm_id: id, target_name, data }, options),
  );
  return { id, published };
}
const message = (comm_id: string, data: unknown, options: SendOptions = {}): string =>
  client.send("shell", "comm_msg", { comm_id, data }, options);
const types = (published: readonly Message[]): string[] =>
  published.map(({ header, content }) => String(content.execution_state ?? header.msg_type));
const ofType = (published: readonly Message[], type: string): Message | undefined =>
  published.find(({ header }) => header.msg_type === type);
const stream = (published: readonly Message[]): string =>
  published.flatMap(({ content }) => (typeof content.text === "string" ? [content.text] : [])).join("");
async function run(code: string): Promise<readonly Message[]> {
  const { reply, published } = await client.execute(code);
  assert.equal(reply.content.status, "ok", String(reply.content.evalue));
  return published;
}
const text = (published: readonly Message[]): unknown =>
  (ofType(published, "execute_result")?.content.data as Fields | undefined)?.["text/plain"];
/** Waits for a line of the kernel's log, which comes by another way than the messages. */
async function logged(line: string): Promise<void> {
  while (!client.log().includes(line)) await once(client.process.stderr as Readable, "data");
}
const openComms = async (content: Fields = {}): Promise<Fields> =>
  (await client.request("shell", "comm_info_request", content)).reply.content.comms as Fields;

test("a client's comm reaches its target, and messages, metadata and buffers go both ways", async () => {
  const buffers = [new Uint8Array([1, 2, 3]), new Uint8Array(0)];
  const options = { buffers, metadata: { m: "meta" } };
  const { id, published } = await open("echo", { a: 1 }, options);
  assert.deepEqual(types(published), ["busy", "stream", "idle"]);
  assert.equal(stream(published), "open 1 meta 2\n");
  assert.deepEqual(await openComms(), { [id]: { target_name: "echo" } });
  const answer = await client.published(message(id, { b: [1, null, "ü"] }, options));
  assert.deepEqual(types(answer), ["busy", "comm_msg", "idle"]);
  assert.deepEqual(answer[1]?.content, { comm_id: id, data: { echo: { b: [1, null, "ü"] } } });
  assert.deepEqual(answer[1]?.metadata, { m: "meta" });
  assert.deepEqual(
    answer[1]?.buffers.map((b) => [...b]),
    [[1, 2, 3], []],
  );
  const closed = await client.published(
    client.send("shell", "comm_close", { comm_id: id, data: { why: "done" } }),
  );
  assert.equal(stream(closed), "closed done\n");
  assert.deepEqual(await openComms(), {});
});

test("comm_info lists the comms of one target", async () => {
  await run(`const one = createComm({ target_name: "one", data: { x: 1 } });
    const two = createComm({ target_name: "two" });`);
  assert.deepEqual(Object.values(await openComms({ target_name: "two" })), [{ target_name: "two" }]);
  assert.equal(Object.keys(await openComms()).length, 2);
  await run("one.close(); two.close(); two.close();");
  assert.deepEqual(await openComms(), {});
});

test("a cell opens a comm, sends by it and closes it, in order with its output", async () => {
  const published = await run(`const comm = createComm({
      target_name: "page", data: { a: 1 }, metadata: { version: "2.1.0" }, buffers: [new Float32Array([1.5])],
    });
    console.log("opened");
    comm.send({ b: 2 }, { buffers: [new DataView(new ArrayBuffer(8), 2, 4), new ArrayBuffer(3), new BigInt64Array(2)] });
    comm.close({ c: 3 });
    comm.comm_id`);
  assert.deepEqual(types(published), [
    "busy",
    "execute_input",
    "comm_open",
    "stream",
    "comm_msg",
    "comm_close",
    "execute_result",
    "idle",
  ]);
  const [opened, sent, closed] = published.filter((m) => m.header.msg_type.startsWith("comm_"));
  const comm_id = String(text(published)).slice(1, -1);
  assert.deepEqual(opened?.content, { comm_id, target_name: "page", data: { a: 1 } });
  assert.deepEqual(opened?.metadata, { version: "2.1.0" });
  assert.deepEqual([...(opened?.buffers[0] ?? [])], [0, 0, 192, 63]);
  assert.deepEqual(
    sent?.buffers.map((b) => b.byteLength),
    [4, 3, 16],
  );
  assert.deepEqual(closed?.content, { comm_id, data: { c: 3 } });
});

test("a thousand buffers and one of 50 MB arrive as they are", async () => {
  const { id } = await open("echo", {}, { metadata: { m: 0 } });
  const many = Array.from({ length: 1000 }, (_, i) => new Uint8Array(i % 5).fill(i));
  const answer = ofType(await client.published(message(id, {}, { buffers: many })), "comm_msg");
  assert.deepEqual(
    answer?.buffers.map((b) => [...b]),
    many.map((b) => [...b]),
  );
  const large = new Uint8Array(50_000_000).map((_, i) => i % 251);
  const echo = ofType(await client.published(message(id, {}, { buffers: [large] })), "comm_msg");
  assert.ok(Buffer.from(large).equals(echo?.buffers[0] as Uint8Array));
});

test("each buffer begins its own memory, whatever stood beside it on the wire", async () => {
  await run(`registerTarget("sum", (comm) => {
    comm.onMsg((data, { buffers: [, floats] }) => comm.send({ sum: new Float64Array(floats!.buffer).reduce((a, b) => a + b) }));
  });`);
  const { id } = await open("sum");
  const floats = new Uint8Array(new Float64Array([1.5, 2.25]).buffer);
  const answer = await client.published(message(id, {}, { buffers: [new Uint8Array(3), floats] }));
  assert.deepEqual(ofType(answer, "comm_msg")?.content.data, { sum: 3.75 });
});

test("a comm of an unknown target is closed, and its later messages harm nothing", async () => {
  const { id, published } = await open("nobody");
  assert.deepEqual(types(published), ["busy", "comm_close", "idle"]);
  assert.deepEqual(published[1]?.content, { comm_id: id, data: {} });
  assert.deepEqual(types(await client.published(message(id, {}))), ["busy", "idle"]);
  await logged(`comm_msg: comm_id: "${id}": no such comm is open: the message was ignored`);
});

test("ids and names that are no strings are refused in the log, and each message has its idle", async () => {
  for (const content of [{}, { comm_id: 5 }, { comm_id: "x", target_name: 5 }, { comm_id: null }]) {
    const published = await client.published(client.send("shell", "comm_open", content));
    assert.deepEqual(types(published), ["busy", "idle"]);
  }
  await logged("comm_open: comm_id: 5 was given: a string was expected");
  await logged("comm_open: target_name: 5 was given: a string was expected");
});

test("what a handler throws is shown under its message, and the comm goes on", async () => {
  await run(`registerTarget("frail", (comm, { data }) => {
    if (data.fail) throw new TypeError("not today");
    comm.onMsg(async (data) => {
      await null;
      if (data.fail) throw new RangeError("too far");
      comm.send("fine");
    });
  });`);
  const { id: refused, published } = await open("frail", { fail: true });
  assert.deepEqual(types(published), ["busy", "comm_close", "error", "idle"]);
  assert.equal(published[2]?.content.ename, "TypeError");
  assert.match(String(published[2]?.content.traceback), /In \[\d+\]/);
  assert.ok(!(refused in (await openComms())));
  const { id } = await open("frail");
  const failed = await client.published(message(id, { fail: true }));
  assert.deepEqual(types(failed), ["busy", "error", "idle"]);
  assert.equal(failed[1]?.content.evalue, "too far");
  assert.deepEqual(types(await client.published(message(id, {}))), ["busy", "comm_msg", "idle"]);
});

test("idle waits for a handler's promise, and what it shows comes before", async () => {
  await run(`registerTarget("slow", (comm) => comm.onMsg(async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    display(HTML("<b>late</b>"));
    console.log("late");
  }));`);
  const { id } = await open("slow");
  assert.deepEqual(types(await client.published(message(id, {}))), [
    "busy",
    "display_data",
    "stream",
    "idle",
  ]);
});

test("messages that come while a target's function still runs wait for its handler", async () => {
  await run(`registerTarget("late", async (comm) => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    comm.onMsg((data) => comm.send(data));
  });`);
  client.send("shell", "comm_open", { comm_id: "late", target_name: "late", data: {} });
  const [one, two] = [message("late", 1), message("late", 2)];
  assert.equal(ofType(await client.published(one), "comm_msg")?.content.data, 1);
  assert.equal(ofType(await client.published(two), "comm_msg")?.content.data, 2);
});

test("a cell that awaits a comm's message gets it, and what the handler prints is not the cell's", async () => {
  const running = client.execute(`const ask = createComm({ target_name: "ask" });
    const got = await new Promise<number>((resolve) => ask.onMsg((data) => {
      console.log("handled");
      resolve(data.value);
    }));
    console.log("awaited");
    got * 2`);
  const opened = await client.find("iopub", (m) => m.content.target_name === "ask");
  const published = await client.published(message(String(opened.content.comm_id), { value: 21 }));
  assert.equal(stream(published), "handled\n");
  assert.equal(text((await running).published), "42");
  assert.equal(stream((await running).published), "awaited\n");
});

test("a cell outlasts hundreds of comm messages, and its late output is still its own", async () => {
  const { id } = await open("echo", {}, { metadata: { m: 0 } });
  const running = client.execute(`console.log("outlasts"); let speak!: () => void;
    await new Promise<void>((resolve) => registerTarget("release", () => resolve()));
    registerTarget("speak", () => speak());
    void new Promise<void>((resolve) => { speak = resolve; }).then(() => console.log("spoke"));
    "ended"`);
  await client.find("iopub", (m) => m.content.text === "outlasts\n");
  const answered = async (): Promise<void> => {
    const sent = Array.from({ length: 300 }, (_, n) => message(id, n));
    const last = await client.published(sent.at(-1) as string);
    assert.deepEqual(ofType(last, "comm_msg")?.content.data, { echo: 299 });
  };
  await answered();
  await open("release");
  const { reply, published } = await running;
  assert.equal(text(published), "'ended'");
  await answered();
  await open("speak");
  const late = await client.find("iopub", (m) => m.content.text === "spoke\n");
  assert.equal(late.parent_header.msg_id, reply.parent_header.msg_id);
});

test("a figure that a handler draws is the message's, one that the awaiting cell draws the cell's", async () => {
  const running = client.execute(`plt.plot([1, 2]); plt.title("of the cell"); console.log("draws");
    await new Promise<void>((resolve) => registerTarget("draw", () => { plt.plot([2, 1]); plt.title("of the handler"); resolve(); }));
    plt.xlabel("still the cell's"); 0`);
  await client.find("iopub", (m) => m.content.text === "draws\n");
  const { published } = await open("draw");
  const htmls = [published, (await running).published].map((all) =>
    all.flatMap(({ content }) => (content.data as Fields | undefined)?.["text/html"] ?? []).join(),
  );
  assert.match(htmls[0] ?? "", /of the handler/);
  assert.doesNotMatch(htmls[0] ?? "", /of the cell/);
  assert.match(htmls[1] ?? "", /of the cell/);
  assert.match(htmls[1] ?? "", /still the cell/);
  assert.doesNotMatch(htmls[1] ?? "", /of the handler/);
});

test("an open that follows a cell at once meets the target which the cell registers", async () => {
  const cell = client.execute(
    `registerTarget("quick", (comm) => console.log("met")); [1, 2].map((x) => x + 1)`,
  );
  const { published } = await open("quick");
  await cell;
  assert.equal(stream(published), "met\n");
});

test("while a cell spins, comm_info is answered and messages wait in their order", async () => {
  const { id } = await open("echo", {}, { metadata: { m: 0 } });
  const spinning = client.execute(`console.log("spin"); for (;;) {}`);
  await client.find("iopub", (m) => m.content.text === "spin\n");
  const sent = [1, 2, 3].map((n) => message(id, n));
  const comms = await openComms({ target_name: "echo" });
  assert.ok(id in comms);
  await client.request("control", "interrupt_request");
  assert.equal((await spinning).reply.content.ename, "KeyboardInterrupt");
  const answers = await Promise.all(sent.map((one) => client.published(one)));
  assert.deepEqual(
    answers.map((published) => ofType(published, "comm_msg")?.content.data),
    [{ echo: 1 }, { echo: 2 }, { echo: 3 }],
  );
});

for (const [what, body] of Object.entries({
  "a handler that loops": `console.log("looping"); for (;;) {}`,
  "a handler that loops unchecked": `console.log("looping"); new Function("for (;;) {}")();`,
  "a handler that awaits for ever": `console.log("looping"); await new Promise(() => {});`,
})) {
  test(`an interrupt ends ${what}`, async () => {
    await run(`registerTarget("loop", (comm) => comm.onMsg(async () => { ${body} }));`);
    const { id } = await open("loop");
    const sent = message(id, {});
    await client.find("iopub", (m) => m.content.text === "looping\n" && m.parent_header.msg_id === sent);
    await client.request("control", "interrupt_request");
    const published = await client.published(sent);
    assert.equal(ofType(published, "error")?.content.ename, "KeyboardInterrupt");
    assert.equal(text(await run("1 + 1")), "2");
    assert.ok(id in (await openComms()));
  });
}

for (const loop of ["for (;;) {}", `new Function("for (;;) {}")();`]) {
  test(`an interrupt ends a target's function that loops in ${loop}, and its comm is closed`, async () => {
    await run(`registerTarget("loops", () => { console.log("looping"); ${loop} });`);
    const id = `looping ${++made}`;
    const sent = client.send("shell", "comm_open", { comm_id: id, target_name: "loops", data: {} });
    await client.find("iopub", (m) => m.content.text === "looping\n" && m.parent_header.msg_id === sent);
    await client.request("control", "interrupt_request");
    const published = await client.published(sent);
    assert.deepEqual(types(published), ["busy", "stream", "comm_close", "error", "idle"]);
    assert.ok(!(id in (await openComms())));
  });
}

for (const [what, code, expected] of [
  [
    "a buffer that is none",
    `createComm({ target_name: "x" }).send({}, { buffers: ["no" as never] })`,
    /buffers\[0\]: string was given: an ArrayBuffer, a typed array or a DataView/,
  ],
  [
    "data that is no JSON",
    `createComm({ target_name: "x" }).send({ big: 1n })`,
    /comm\.send: data: .*BigInt.*values of JSON were expected/,
  ],
  [
    "a closed comm",
    `const shut = createComm({ target_name: "x" }); shut.close(); shut.send(1)`,
    /comm\.send: the comm ".*" is closed/,
  ],
  [
    "a target without a name",
    `createComm({ target_name: 5 as never })`,
    /createComm: target_name: number was given/,
  ],
  [
    "a target without a function",
    `registerTarget("x", 5 as never)`,
    /registerTarget: number was given: a function was expected/,
  ],
] as const) {
  test(`${what} is refused where it is given`, async () => {
    const { reply } = await client.execute(code);
    assert.match(String(reply.content.evalue), expected);
  });
}

test("comms are typed in cells", async () => {
  const { reply } = await client.execute("const typed: Comm = null!; typed.send(1, { buffer: [] })");
  assert.match(String(reply.content.evalue), /buffer/);
});

test("a program outside a kernel is told so", async () => {
  const { createComm, registerTarget } = await import("jacobi/comm");
  assert.throws(() => createComm({ target_name: "x" }), /createComm: this program runs outside a kernel/);
  assert.throws(() => registerTarget("x", () => {}), /registerTarget: this program runs outside a kernel/);
});
