/** Interrupts of running code of every kind, and what is left when they have come: the state, and a kernel that works. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startClient, type TestClient } from "./test-client.ts";
import { interruptFiles, interruptKind, interruptPrelude, kinds } from "./test-interrupts.ts";

let client: TestClient;
before(async () => {
  client = await startClient({ files: interruptFiles });
  for (const code of interruptPrelude) assert.equal((await client.execute(code)).reply.content.status, "ok");
});
after(() => client.shutdown());

const isAlive = async (): Promise<void> =>
  assert.equal((await client.execute("1")).reply.content.status, "ok");

for (const [name, kind] of Object.entries(kinds)) {
  test(`an interrupt ends ${name}`, { timeout: 60_000 }, async () => {
    const { faults } = await interruptKind(client, kind);
    assert.deepEqual(faults, []);
  });
}

test("SIGINT interrupts as well", { timeout: 60_000 }, async () => {
  for (const name of ["a loop", "a regular expression", "an await that nobody settles"]) {
    const { faults } = await interruptKind(client, kinds[name] ?? { code: "" }, { by: "signal" });
    assert.deepEqual(faults, [], name);
  }
});

test("code that an ended cell left looping in a timer can be interrupted too", async () => {
  const { reply } = await client.execute("setTimeout(spin, 50); 1");
  const id = reply.parent_header.msg_id;
  await client.find("iopub", (m) => m.content.text === "go\n" && m.parent_header.msg_id === id);
  await client.request("control", "interrupt_request");
  await isAlive();
});

test("a question can be interrupted, and its late answer is not taken for the next one's", async () => {
  const running = client.execute(`await input("never? ")`);
  const stale = await client.find("stdin", (m) => m.content.prompt === "never? ");
  await client.request("control", "interrupt_request");
  assert.equal((await running).reply.content.ename, "KeyboardInterrupt");
  const next = client.execute(`await input("next? ")`);
  const question = await client.find("stdin", (m) => m.content.prompt === "next? ");
  client.send("stdin", "input_reply", { value: "late" }, { parent: stale });
  client.send("stdin", "input_reply", { value: "right" }, { parent: question });
  const { published } = await next;
  assert.match(JSON.stringify(published.map(({ content }) => content.data)), /'right'/);
});

test("an idle kernel ignores an interrupt, and the cell that comes at once does not meet it", async () => {
  for (let i = 0; i < 20; i++) {
    await client.request("control", "interrupt_request");
    const { reply } = await client.execute("for (let i = 0; i < 1e5; i++); await null; 1");
    assert.equal(reply.content.status, "ok");
  }
});

test("an interrupt aborts the cells that wait", async () => {
  const running = client.execute(`console.log("abort the rest"); for (;;) {}`);
  const queued = [client.execute("1"), client.execute("2")];
  await client.find("iopub", (m) => m.content.text === "abort the rest\n");
  await client.request("control", "interrupt_request");
  assert.equal((await running).reply.content.ename, "KeyboardInterrupt");
  for (const one of queued) assert.equal((await one).reply.content.status, "aborted");
});

test("several interrupts at once are one", async () => {
  const running = client.execute(`console.log("thrice"); for (;;) await null;`);
  await client.find("iopub", (m) => m.content.text === "thrice\n");
  for (let i = 0; i < 3; i++) client.send("control", "interrupt_request", {});
  client.process.kill("SIGINT");
  assert.equal((await running).reply.content.ename, "KeyboardInterrupt");
  for (let i = 0; i < 3; i++) await isAlive();
});
