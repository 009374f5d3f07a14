/** How a kernel ends: by request, busy or not, and with the process that started it. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startClient } from "./test-client.ts";
import { isAlive, orphan } from "./test-orphans.ts";

test("shutdown is answered with its restart flag and ends the process with code 0", async () => {
  const client = await startClient();
  const reply = client.find("control", (m) => m.header.msg_type === "shutdown_reply");
  assert.equal(await client.shutdown(true), 0);
  assert.equal((await reply).content.restart, true);
});

test("shutdown ends a kernel whose cell spins", async () => {
  const client = await startClient();
  void client.execute(`console.log("spinning"); for (;;) {}`);
  await client.find("iopub", (m) => m.content.text === "spinning\n");
  assert.equal(await client.shutdown(), 0);
});

for (const signal of ["SIGTERM", "SIGHUP"] as const)
  test(`${signal} ends a kernel whose cell spins as a shutdown does`, async () => {
    const client = await startClient({ transport: "ipc" });
    const code = `const child = (await import("node:child_process")).spawn("sleep", ["600"]);
process.on("${signal}", () => {});
console.log(String(child.pid)); for (;;) {}`;
    void client.execute(code);
    const said = await client.find("iopub", (m) => /^\d+\n$/.test(String(m.content.text)));
    const files = Object.values(client.endpoints).map((endpoint) => endpoint.slice("ipc://".length));
    const there = files.filter((file) => existsSync(file));
    assert.equal(there.length, 5);
    // At once: the client then deletes the folder.
    const gone = new Promise((resolve) =>
      client.process.prependOnceListener("exit", (status) =>
        resolve([status, files.filter((file) => existsSync(file)), isAlive(Number(said.content.text))]),
      ),
    );
    client.process.kill(signal);
    assert.deepEqual(await gone, [0, [], false]);
  });

test("a cell's own signals go to its own listeners, and the kernel stays", async () => {
  const client = await startClient();
  const { published } = await client.execute(
    `process.once("SIGTERM", () => console.log("heard"));
process.kill(process.pid, "SIGTERM");
await new Promise((resolve) => setTimeout(resolve, 50));`,
  );
  assert.ok(published.some((m) => m.content.text === "heard\n"));
  assert.equal((await client.execute("1")).reply.content.status, "ok");
  client.process.kill("SIGTERM");
  assert.deepEqual(await once(client.process, "exit"), [0, null]);
});

test("a kernel over ipc runs cells too", async () => {
  const client = await startClient({ transport: "ipc" });
  assert.equal((await client.execute("1")).reply.content.status, "ok");
  assert.equal(await client.shutdown(), 0);
});

test("the kernel ends when the process that started it has died", async () => {
  const parent = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await once(parent, "spawn");
  const client = await startClient({ env: { JPY_PARENT_PID: String(parent.pid) } });
  void client.execute(`console.log("busy"); for (;;) {}`);
  await client.find("iopub", (m) => m.content.text === "busy\n");
  parent.kill("SIGKILL");
  const died = Date.now();
  await once(client.process, "exit");
  assert.ok(Date.now() - died < 2000, `${Date.now() - died} ms`);
});

test("no kernel outlives a parent that is killed while it starts", async () => {
  for (const delay of [0, 60, 120, 250, 500]) assert.notEqual(await orphan(delay, 6000), null, `${delay} ms`);
});

test("without a usable connection file the kernel says why and ends", () => {
  const main = fileURLToPath(new URL("./main.js", import.meta.url));
  const run = (...args: string[]): [code: number | null, log: string] => {
    const { status, stderr } = spawnSync(process.execPath, [main, ...args], { encoding: "utf8" });
    return [status, stderr];
  };
  assert.deepEqual(run(), [
    2,
    "jacobi: no connection file was given: usage: node dist/kernel/main.js CONNECTION_FILE\n",
  ]);
  const [code, log] = run("/nowhere/connection.json");
  assert.equal(code, 1);
  assert.match(log, /^\[jacobi\] \/nowhere\/connection\.json: ENOENT/);
});

test("a kernel that has died or does not start leaves no client waiting", async () => {
  const client = await startClient();
  const cell = client.execute("for (;;) {}");
  client.process.kill("SIGKILL");
  await assert.rejects(cell, /^Error: the kernel exited with SIGKILL: it logged: /);
  await assert.rejects(
    startClient({ env: { NODE_OPTIONS: "--no-such-option" } }),
    /^Error: the kernel exited with 9: it logged: .*--no-such-option/s,
  );
});
