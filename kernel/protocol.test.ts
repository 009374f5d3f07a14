/** The protocol beyond single cells, as a client sees it. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Subscriber } from "zeromq";
import { decode } from "./protocol/wire.ts";
import { startClient, type TestClient } from "./test-client.ts";

let client: TestClient;
before(async () => {
  client = await startClient();
});
after(() => client.shutdown());

const payloadOf = async (code: string): Promise<unknown> =>
  (await client.execute(code)).reply.content.payload;

test("set_next_input, page, exit and quit go into the reply's payload, the last of each source", async () => {
  const source = "set_next_input";
  assert.deepEqual(await payloadOf("1"), []);
  assert.deepEqual(await payloadOf('set_next_input("a"); set_next_input("b"); 2'), [
    { source, text: "b", replace: false },
  ]);
  assert.deepEqual(await payloadOf('set_next_input("c", { replace: true })'), [
    { source, text: "c", replace: true },
  ]);
  assert.deepEqual(await payloadOf('import { page } from "jacobi/display"; page("text"); page(1)'), [
    { source: "page", data: { "text/plain": "1" }, start: 0 },
  ]);
  const left = [{ source: "ask_exit", keepkernel: false }];
  assert.deepEqual(await payloadOf("exit"), left);
  assert.deepEqual(await payloadOf("quit()"), left);
  assert.deepEqual(await payloadOf("exit({ keep_kernel: true })"), [
    { source: "ask_exit", keepkernel: true },
  ]);
});

test("each subscription to iopub is welcomed under its own topic, with no parent", async () => {
  const subscriber = new Subscriber({ linger: 0 });
  subscriber.connect(client.endpoints.iopub);
  for (const topic of ["", "execute_result", ""]) {
    subscriber.subscribe(topic);
    const frames = await subscriber.receive();
    const { identities, header, parent_header, content } = decode(frames, client.signing);
    assert.equal(header.msg_type, "iopub_welcome");
    assert.deepEqual(content, { subscription: topic });
    assert.deepEqual(identities.map(String), [topic]);
    assert.deepEqual(parent_header, {});
    subscriber.unsubscribe(topic);
  }
  subscriber.close();
});

test("usage is told with ipykernel's names, and a child process counts as the kernel's", async () => {
  const ask = async (): Promise<Readonly<Record<string, number>>> =>
    (await client.request("control", "usage_request")).reply.content as Record<string, number>;
  const before = await ask();
  assert.equal(before.pid, client.process.pid);
  assert.ok(before.kernel_memory! > 30e6 && before.cpu_count! >= 1 && before.host_cpu_percent! >= 0);
  const { total = 0, available = 0 } = before.host_virtual_memory as unknown as Record<string, number>;
  assert.ok(total > available && available > 0);
  await client.execute(`import { spawn } from "node:child_process";
    const code = "const kept = Buffer.alloc(2e8, 1); console.log('here'); process.stdin.on('end', () => kept.at(0)).resume()";
    const child = spawn(process.execPath, ["-e", code], { stdio: ["pipe", "inherit", "inherit"] });`);
  await client.find("iopub", (m) => m.content.text === "here\n");
  assert.ok((await ask()).kernel_memory! > before.kernel_memory! + 150e6);
  await client.execute("child.stdin.end()");
});

test("connect tells the ports", async () => {
  const { reply } = await client.request("shell", "connect_request");
  const port = client.endpoints.iopub.split(":").at(-1);
  assert.equal(reply.content.iopub_port, Number(port));
});

test("what waits behind an error is aborted in the order it came; a silent error aborts nothing", async () => {
  const cells = ['await new Promise((r) => setTimeout(r, 300)); throw new Error("first")', "1", "2"].map(
    (code) => client.execute(code),
  );
  const statuses = (await Promise.all(cells)).map(({ reply }) => reply.content.status);
  assert.deepEqual(statuses, ["error", "aborted", "aborted"]);
  const silent = client.execute("await new Promise((r) => setTimeout(r, 300)); throw 1", { silent: true });
  const next = client.execute("1");
  assert.equal((await silent).reply.content.status, "error");
  assert.equal((await next).reply.content.status, "ok");
});

test("history outlives its kernel, which writes the last of it when it is shut down", async () => {
  const folder = mkdtempSync(join(tmpdir(), "jacobi-history-"));
  const first = await startClient({ env: { JACOBI_HISTORY: folder } });
  await first.execute("6 * 7");
  await first.shutdown();
  const second = await startClient({ env: { JACOBI_HISTORY: folder } });
  const { reply } = await second.request("shell", "history_request", {
    hist_access_type: "range",
    session: -1,
    output: true,
    raw: true,
  });
  assert.deepEqual(reply.content.history, [[1, 1, ["6 * 7", "42"]]]);
  await second.shutdown();
  rmSync(folder, { recursive: true });
});
