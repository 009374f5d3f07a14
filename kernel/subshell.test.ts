/** Subshells as a real client uses them: queues of their own, replies and outputs under their headers, errors, input, interrupts. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Fields, Message } from "./protocol/messages.ts";
import { type Exchange, startClient, type TestClient } from "./test-client.ts";

let client: TestClient;
before(async () => {
  client = await startClient();
});
after(() => client.shutdown());

async function create(): Promise<string> {
  const { reply } = await client.request("control", "create_subshell_request");
  assert.equal(reply.content.status, "ok");
  return String(reply.content.subshell_id);
}
const list = async (): Promise<unknown> =>
  (await client.request("control", "list_subshell_request")).reply.content.subshell_id;
const remove = async (subshell_id: unknown): Promise<Fields> =>
  (await client.request("control", "delete_subshell_request", { subshell_id })).reply.content;
const execute = (code: string, subshell_id: unknown, content: Fields = {}): Promise<Exchange> =>
  client.execute(code, content, { subshell_id });
const result = ({ published }: Exchange): unknown => {
  const found = published.find((m) => m.header.msg_type === "execute_result");
  return (found?.content.data as Fields | undefined)?.["text/plain"];
};
const printed = (line: string): Promise<Message> =>
  client.find("iopub", (m) => m.header.msg_type === "stream" && String(m.content.text).includes(line));

/** A cell of the main shell that awaits until `end()`. */
async function waiting(name: string): Promise<{ running: Promise<Exchange>; end(): Promise<unknown> }> {
  const running = client.execute(`console.log("${name} waits"); let go${name}!: () => void;
    await new Promise<void>((resolve) => { go${name} = resolve; }); "${name} ended"`);
  await printed(`${name} waits`);
  const shell = await create();
  return {
    running,
    async end() {
      await execute(`go${name}()`, shell);
      await remove(shell);
      return result(await running);
    },
  };
}

test("the kernel says that it has subshells, creates, lists and deletes them", async () => {
  const { reply } = await client.request("shell", "kernel_info_request");
  assert.ok((reply.content.supported_features as string[]).includes("kernel subshells"));
  assert.deepEqual(await list(), []);
  const [one, two] = [await create(), await create()];
  assert.notEqual(one, two);
  assert.deepEqual(await list(), [one, two]);
  assert.deepEqual(await remove(one), { status: "ok" });
  assert.deepEqual(await list(), [two]);
  const again = await remove(one);
  assert.equal(again.status, "error");
  assert.equal(again.ename, "UnknownSubshellError");
  assert.match(String((await remove(5)).evalue), /subshell_id: 5 was given: a string was expected/);
  await remove(two);
});

test("a subshell's cell runs while a cell of the main shell awaits, under headers of its own", async () => {
  const main = await waiting("A");
  const shell = await create();
  const cell = await execute(`console.log("from the subshell"); 6 * 7`, shell);
  assert.equal(result(cell), "42");
  assert.equal(cell.reply.parent_header.subshell_id, shell);
  assert.deepEqual(
    cell.published.map(({ header, content }) => content.execution_state ?? header.msg_type),
    ["busy", "execute_input", "stream", "execute_result", "idle"],
  );
  assert.ok(cell.published.every(({ parent_header }) => parent_header.subshell_id === shell));
  assert.equal(await main.end(), "'A ended'");
  // Clients show the last status they saw, and the main shell was busy still after the subshell's idle.
  const busy = (await main.running).published.filter((m) => m.content.execution_state === "busy");
  assert.ok(busy.length > 1);
  await remove(shell);
});

test("shells share names, and each cell has a count of its own", async () => {
  const shell = await create();
  const one = await client.execute("let shared = 1");
  const two = await execute("shared += 1; let theirs: number[] = [shared]", shell);
  assert.equal(result(await client.execute("theirs[0]! + shared")), "4");
  const counts = [one, two].map(({ reply }) => Number(reply.content.execution_count));
  assert.equal(counts[1], counts[0]! + 1);
  await remove(shell);
});

test("cells of one subshell wait for each other, those of two do not", async () => {
  const [one, two] = [await create(), await create()];
  const first = execute(
    `let free!: () => void; console.log("held"); await new Promise<void>((r) => { free = r; }); "first"`,
    one,
  );
  await printed("held");
  const second = execute(`"second"`, one);
  assert.equal(result(await execute(`free(); "other"`, two)), "'other'");
  assert.equal(result(await first), "'first'");
  assert.equal(result(await second), "'second'");
  await remove(one);
  await remove(two);
});

for (const id of ["nobody", 5, "", {}]) {
  test(`requests for the subshell ${JSON.stringify(id)}, which is not there, get errors`, async () => {
    for (const [type, content] of Object.entries({
      execute_request: { code: "globalThis.lost = 1" },
      kernel_info_request: {},
      complete_request: { code: "a", cursor_pos: 1 },
      comm_info_request: {},
    })) {
      const { reply, published } = await client.request("shell", type, content, { subshell_id: id });
      assert.equal(reply.header.msg_type, type.replace("request", "reply"));
      assert.equal(reply.content.status, "error");
      assert.equal(reply.content.ename, "UnknownSubshellError");
      assert.deepEqual(
        published.map((m) => m.content.execution_state),
        ["busy", "idle"],
      );
    }
    assert.equal(result(await client.execute("typeof (globalThis as { lost?: 1 }).lost")), "'undefined'");
  });
}

test("null is the main shell, and on control a subshell's id means nothing", async () => {
  assert.equal(result(await execute("1 + 1", null)), "2");
  const { reply } = await client.request("control", "kernel_info_request", {}, { subshell_id: "nobody" });
  assert.equal(reply.content.status, "ok");
});

test("an error aborts the cells that wait in its own shell only", async () => {
  const [one, two] = [await create(), await create()];
  const held = (name: string, then: string): string =>
    `let ${name}!: () => void; console.log("${name} waits");
    await new Promise<void>((resolve) => { ${name} = resolve; }); ${then}`;
  const failing = execute(held("fail", `throw new Error("stop")`), one);
  const busy = execute(held("leave", "2"), two);
  await Promise.all([printed("fail waits"), printed("leave waits")]);
  const [aborted, kept] = [execute("1", one), execute("3", two)];
  await client.execute("fail()");
  assert.equal((await failing).reply.content.status, "error");
  assert.equal((await aborted).reply.content.status, "aborted");
  await client.execute("leave()");
  assert.equal(result(await busy), "2");
  assert.equal(result(await kept), "3");
  assert.equal(result(await execute("4", one)), "4");
  await remove(one);
  await remove(two);
});

test("a cell of a subshell asks while one of the main shell asks, and each gets its answer", async () => {
  const shell = await create();
  const main = client.execute(`await input("main? ")`);
  const mainAsks = await client.find("stdin", (m) => m.content.prompt === "main? ");
  const cell = execute(`await input("subshell? ")`, shell);
  const asks = await client.find("stdin", (m) => m.content.prompt === "subshell? ");
  assert.equal(asks.parent_header.subshell_id, shell);
  client.send("stdin", "input_reply", { value: "to the subshell" }, { parent: asks, subshell_id: shell });
  assert.equal(result(await cell), "'to the subshell'");
  client.send("stdin", "input_reply", { value: "to main" }, { parent: mainAsks });
  assert.equal(result(await main), "'to main'");
  await remove(shell);
});

test("completion and inspection in a subshell are answered while the main shell's cell spins; cells are held", async () => {
  const shell = await create();
  const spinning = client.execute(`let abcdef = 1; console.log("spins"); for (;;) {}`);
  await printed("spins");
  const held = execute("abcdef + 1", shell);
  const options = { subshell_id: shell };
  const completion = await client.request(
    "shell",
    "complete_request",
    { code: "abcd", cursor_pos: 4 },
    options,
  );
  assert.deepEqual(completion.reply.content.matches, ["abcdef"]);
  await client.request("control", "interrupt_request");
  assert.equal((await spinning).reply.content.ename, "KeyboardInterrupt");
  assert.equal((await held).reply.content.ename, "KeyboardInterrupt");
  assert.equal(result(await execute("abcdef + 1", shell)), "2");
  await remove(shell);
});

test("an interrupt ends the cells of all shells, for one thread runs them", async () => {
  const shell = await create();
  const cell = execute(`console.log("sub waits"); await new Promise(() => {});`, shell);
  await printed("sub waits");
  const spinning = client.execute(`console.log("main spins"); for (;;) {}`);
  await printed("main spins");
  await client.request("control", "interrupt_request");
  assert.equal((await spinning).reply.content.ename, "KeyboardInterrupt");
  assert.equal((await cell).reply.content.ename, "KeyboardInterrupt");
  assert.equal(result(await execute("'alive'", shell)), "'alive'");
  assert.equal(result(await client.execute("'alive'")), "'alive'");
  await remove(shell);
});

test("an interrupt ends a loop in a subshell's cell and what the main shell's cell awaits", async () => {
  const shell = await create();
  const main = client.execute(`console.log("main awaits"); await new Promise(() => {});`);
  await printed("main awaits");
  const cell = execute(`console.log("sub spins"); new Function("for (;;) {}")();`, shell);
  await printed("sub spins");
  await client.request("control", "interrupt_request");
  assert.equal((await cell).reply.content.ename, "KeyboardInterrupt");
  assert.equal((await main).reply.content.ename, "KeyboardInterrupt");
  assert.equal(result(await client.execute("'alive'")), "'alive'");
  await remove(shell);
});

test("a subshell that is deleted while its cell runs: the cell ends and those that waited are aborted", async () => {
  const shell = await create();
  const cell = execute(
    `let finish!: () => void; console.log("will go"); await new Promise<void>((r) => { finish = r; }); 5`,
    shell,
  );
  await printed("will go");
  const waits = execute("6", shell);
  assert.deepEqual(await remove(shell), { status: "ok" });
  await client.execute("finish()");
  assert.equal(result(await cell), "5");
  assert.equal((await waits).reply.content.status, "aborted");
  assert.equal((await execute("7", shell)).reply.content.ename, "UnknownSubshellError");
});

test("comm messages by a subshell, there or gone, are heard while the main shell's cell awaits", async () => {
  const shell = await create();
  const main = client.execute(`import { createComm } from "jacobi/comm";
    const told = createComm({ target_name: "told" });
    const heard: number[] = [];
    await new Promise<void>((resolve) => told.onMsg((n) => { if (heard.push(n) === 2) resolve(); }));
    heard`);
  const { content } = await client.find("iopub", (m) => m.content.target_name === "told");
  const { comm_id } = content;
  const one = client.send("shell", "comm_msg", { comm_id, data: 1 }, { subshell_id: shell });
  const states = (await client.published(one)).map((m) => m.content.execution_state);
  assert.deepEqual(states, ["busy", "idle"]);
  await remove(shell);
  client.send("shell", "comm_msg", { comm_id, data: 2 }, { subshell_id: shell });
  assert.equal(result(await main), "[ 1, 2 ]");
});

test("a shutdown ends a kernel whose subshells' cells spin and wait", async () => {
  const other = await startClient();
  const ids = [];
  for (let n = 0; n < 2; n++)
    ids.push((await other.request("control", "create_subshell_request")).reply.content.subshell_id);
  void other.execute("await new Promise(() => {})", {}, { subshell_id: ids[0] });
  void other.execute(`console.log("on"); for (;;) {}`, {}, { subshell_id: ids[1] });
  await other.find("iopub", (m) => m.content.text === "on\n");
  assert.equal(await other.shutdown(), 0);
});
