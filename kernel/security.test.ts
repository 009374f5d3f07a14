/** What reaches the kernel's sockets and is no request: nothing of it runs, and requests are answered as before. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { curveKeyPair, Dealer, Request, Subscriber } from "zeromq";
import type { Message } from "./protocol/messages.ts";
import { encode } from "./protocol/wire.ts";
import { HARM, openJunk, sendForgeries } from "./test-attack.ts";
import { keysOf, startClient, type TestClient } from "./test-client.ts";

let client: TestClient;
before(async () => {
  client = await startClient();
});
after(() => client.shutdown());

/** What the last value of a cell shows as. */
async function shown(code: string, by = client): Promise<unknown> {
  const { published } = await by.execute(code);
  const result = published.find((m) => m.header.msg_type === "execute_result");
  return (result?.content.data as Record<string, unknown> | undefined)?.["text/plain"];
}

/** A second client. */
function stranger(
  channel: "shell" | "control" | "stdin" = "shell",
  routingId: string = randomUUID(),
): Dealer {
  const dealer = new Dealer({ linger: 0, routingId });
  dealer.connect(client.endpoints[channel]);
  return dealer;
}

function request(type: string, content: Message["content"]): Message {
  const msg_id = randomUUID();
  const header = { msg_id, session: "stranger", username: "u", date: "", msg_type: type, version: "5.4" };
  return { identities: [], header, parent_header: {}, metadata: {}, content, buffers: [] };
}

/** Resolves once a request of its own has been answered, and so all before it has been looked at. */
async function answered(dealer: Dealer): Promise<void> {
  await dealer.send(encode(request("kernel_info_request", {}), client.signing) as Buffer[]);
  for (;;) if (String((await dealer.receive())[2]).includes("kernel_info_reply")) return;
}

test("2,000 forged and malformed messages run nothing, stop nothing and fill no log", async () => {
  await sendForgeries(client, 2000);
  assert.equal(await shown(`"harmed" in globalThis`), "false");
  assert.ok(client.log().split("\n").length < 60, client.log());
  assert.ok(!client.log().includes(client.signing.key));
});

test("connections of junk, half of them open, hold up no client", async () => {
  const close = await openJunk(client, 50);
  assert.equal(await shown("6 * 7"), "42");
  close();
  assert.equal(await shown("6 * 8"), "48");
});

test("a message runs once, by whichever socket and from whichever client it comes again", async () => {
  const code = "globalThis.runs = (globalThis.runs ?? 0) + 1";
  const frames = encode(request("execute_request", { code }), client.signing) as Buffer[];
  for (const channel of ["shell", "control", "shell"] as const) {
    const dealer = stranger(channel);
    await dealer.send(frames);
    await answered(dealer);
    dealer.close();
  }
  assert.equal(await shown("globalThis.runs"), "1");
});

test("unsigned interrupts and shutdowns are ignored", async () => {
  const control = stranger("control");
  for (const type of ["interrupt_request", "shutdown_request", "debug_request"])
    await control.send(encode(request(type, {}), { ...client.signing, key: "" }) as Buffer[]);
  await answered(control);
  control.close();
});

test("topics of a thousand bytes cut the connection that asks for them, and no other", async () => {
  const long = new Subscriber({ linger: 0 });
  long.connect(client.endpoints.iopub);
  long.subscribe("x".repeat(1000));
  assert.equal(await shown("1"), "1");
  long.close();
});

test("under CURVE a client with the key is served, and one without is not heard", async () => {
  const { publicKey, secretKey } = curveKeyPair();
  const fields = { curve_publickey: publicKey, curve_secretkey: secretKey };
  const encrypted = await startClient({ fields });
  const plain = new Dealer({ linger: 0 });
  plain.connect(encrypted.endpoints.shell);
  void plain.send(encode(request("execute_request", { code: HARM }), encrypted.signing) as Buffer[]);
  const heart = new Request({ linger: 0, ...keysOf({ publicKey, secretKey }) });
  heart.connect(encrypted.endpoints.hb);
  await heart.send("beat");
  assert.equal(String(await heart.receive()), "beat");
  assert.equal(await shown(`"harmed" in globalThis`, encrypted), "false");
  for (const socket of [plain, heart]) socket.close();
  assert.equal(await encrypted.shutdown(), 0);
});

test("sockets of ipc are their owner's alone, and go with the kernel", async () => {
  const ipc = await startClient({ transport: "ipc" });
  const files = Object.values(ipc.endpoints).map((endpoint) => endpoint.slice("ipc://".length));
  for (const file of files) assert.equal(statSync(file).mode & 0o777, 0o600);
  await ipc.shutdown();
  for (const file of files) assert.ok(!existsSync(file), file);
});

test("what cannot be bound safely is said in one line", () => {
  const folder = mkdtempSync(join(tmpdir(), "jacobi-"));
  const run = (fields: object): string => {
    const file = join(folder, "kernel.json");
    const ports = { shell_port: 1, control_port: 2, iopub_port: 3, stdin_port: 4, hb_port: 5 };
    writeFileSync(file, JSON.stringify({ ...ports, key: "k", ...fields }), { mode: 0o600 });
    const main = fileURLToPath(new URL("./main.js", import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, [main, file], { encoding: "utf8" });
    assert.equal(status, 1, stderr);
    assert.equal(stderr.trim().split("\n").length, 1, stderr);
    return stderr;
  };
  try {
    assert.match(run({ ip: "0.0.0.0" }), /ip: "0\.0\.0\.0" was given.*JACOBI_ALLOW_PLAINTEXT=1/);
    assert.match(run({ transport: "ipc", ip: join(folder, "x".repeat(100)) }), /its path has \d+ bytes/);
    writeFileSync(join(folder, "s-1"), "precious");
    assert.match(run({ transport: "ipc", ip: join(folder, "s") }), /a file that is no socket stands there/);
    assert.equal(statSync(join(folder, "s-1")).size, 8);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
