/** Failure, as a client sees it: whatever a cell does, it ends with an error that is shown, and the next one runs. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { type Exchange, startClient, type TestClient } from "./test-client.ts";

let client: TestClient;
before(async () => {
  client = await startClient();
  await client.execute("let kept = 'kept'");
});
after(() => client.shutdown());

const textOf = ({ published }: Exchange, name: "stdout" | "stderr"): string =>
  published.map(({ content }) => (content.name === name ? content.text : "")).join("");
const resultOf = ({ published }: Exchange): unknown =>
  (published.find((m) => m.header.msg_type === "execute_result")?.content.data as Record<string, unknown>)?.[
    "text/plain"
  ];
const errorOf = ({ reply }: Exchange): string =>
  stripVTControlCharacters(`${reply.content.ename}: ${reply.content.evalue}`);
/** Runs a cell that is not checked. */
const run = (code: string): Promise<Exchange> => client.execute(`// @ts-nocheck\n${code}`);
const isAlive = async (): Promise<void> => assert.equal(resultOf(await client.execute("kept")), "'kept'");

const PAUSE = "await new Promise((resolve) => setTimeout(resolve, 20));";

for (const [where, code] of Object.entries({
  "a timer": `setTimeout(() => { throw new Error("lost") }, 1);`,
  "an immediate": `setImmediate(() => { throw new Error("lost") });`,
  nextTick: `process.nextTick(() => { throw new Error("lost") });`,
  "an event handler": `import { EventEmitter } from "node:events"; const emitter = new EventEmitter();
    emitter.on("x", () => { throw new Error("lost") }); setTimeout(() => emitter.emit("x"));`,
  "an error event that nobody hears": `import { EventEmitter } from "node:events";
    setTimeout(() => new EventEmitter().emit("error", new Error("lost")));`,
  "a stream": `import { Readable } from "node:stream"; new Readable({ read() { throw new Error("lost") } }).resume();`,
  "an input callback": `import { readFile } from "node:fs"; readFile("/dev/null", () => { throw new Error("lost") });`,
  "a promise": `Promise.reject(new Error("lost"));`,
  "a worker": `import { Worker } from "node:worker_threads";
    await new Promise((done) => new Worker("throw new Error('lost')", { eval: true }).on("exit", done));`,
})) {
  test(`an error in ${where} is shown, and the cell ends as it would`, async () => {
    const exchange = await run(`${code} ${PAUSE} 1`);
    assert.match(textOf(exchange, "stderr"), /^(?:Uncaught|Unhandled rejection:) Error: lost/);
    assert.equal(resultOf(exchange), "1");
  });
}

for (const [when, code] of Object.entries({
  "late throw": `setTimeout(() => { throw new Error("late throw") }, 20); 1`,
  "late rejection": `setTimeout(() => { Promise.reject(new Error("late rejection")) }, 20); 1`,
})) {
  test(`a ${when} after its cell's end is shown under that cell`, async () => {
    const { reply } = await run(code);
    const late = await client.find("iopub", (m) => String(m.content.text).includes(`Error: ${when}`));
    assert.equal(late.parent_header.msg_id, reply.parent_header.msg_id);
  });
}

for (const [what, code] of Object.entries({
  "removes all listeners": `process.removeAllListeners("uncaughtException");`,
  "adds a listener that throws": `process.once("uncaughtException", () => { throw new Error("in the listener") });`,
  "takes uncaught errors and throws": `process.setUncaughtExceptionCaptureCallback((error) => { throw error });`,
})) {
  test(`an uncaught error is shown when a cell ${what}`, async () => {
    const exchange = await run(`${code} setTimeout(() => { throw new Error("lost") }); ${PAUSE} 1`);
    assert.match(textOf(exchange, "stderr"), /Uncaught Error: lost/);
    await isAlive();
  });
}

for (const [call, code] of Object.entries({
  "process.exit(3)": "process.exit(3)",
  "process.exit()": `import { exit } from "node:process"; exit()`,
  "process.exit(4)": `setTimeout(() => process.exit(4)); await new Promise(() => {})`,
  "process.exit(5)": "try { process.exit(5) } catch {} await null; console.log('not reached'); await null",
  "process.abort()": "process.abort()",
  "process.kill(SIGKILL)": `process.kill(process.pid, "SIGKILL")`,
})) {
  test(`${code} ends the cell and asks the client for the kernel's end`, async () => {
    const exchange = await run(code);
    assert.ok(errorOf(exchange).startsWith(`ProcessExit: ${call} was called`), errorOf(exchange));
    assert.deepEqual(exchange.reply.content.payload, [{ source: "ask_exit", keepkernel: false }]);
    assert.equal(textOf(exchange, "stdout"), "");
    await isAlive();
  });
}

test("process.kill still signals others, and this process where a cell listens", async () => {
  const exchange = await run(`import { spawn } from "node:child_process";
    const child = spawn("sleep", ["100"]); process.kill(child.pid);
    const signal = await new Promise((done) => child.on("exit", (_, signal) => done(signal)));
    const heard = new Promise((done) => process.once("SIGTERM", done)); process.kill(process.pid, "SIGTERM");
    [signal, await heard]`);
  assert.match(String(resultOf(exchange)), /^\[ 'SIGTERM', 'SIGTERM' \]$/);
});

test("what ends or destroys process.stdout loses no later output", async () => {
  const exchange = await run(
    `process.stdout.end("a"); console.log("b"); process.stdout.destroy(); console.log("c")`,
  );
  assert.equal(textOf(exchange, "stdout"), "ab\nc\n");
});

for (const [what, code, name] of [
  [
    "whose members throw",
    `class Evil extends Error { get message() { throw 1 } get name() { throw 2 }
    get stack() { throw 3 } get cause() { throw 4 } } throw new Evil()`,
    "Evil",
  ],
  [
    "that is a revoked proxy",
    `const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); throw proxy`,
    "Error",
  ],
  ["that causes itself", `const error = new RangeError("x"); error.cause = error; throw error`, "RangeError"],
  ["of 100 MB", `throw new TypeError("x".repeat(1e8))`, "TypeError"],
] as const) {
  test(`an error ${what} is shown`, async () => {
    const { reply } = await run(code);
    assert.equal(reply.content.ename, name);
    assert.ok(JSON.stringify(reply.content).length < 1e5);
    await isAlive();
  });
}

for (const [what, code, text] of [
  [
    "a display that throws",
    `({ [Symbol.for("Jupyter.display")]() { throw new Error("shown") } })`,
    /Error: shown/,
  ],
  [
    "a display that rejects",
    `({ async [Symbol.for("Jupyter.display")]() { throw new Error("shown") } })`,
    /Error: shown/,
  ],
  [
    "a display that gives a number",
    `({ [Symbol.for("Jupyter.display")]() { return 5 } })`,
    /expected an object of MIME types/,
  ],
  [
    "a display of what JSON cannot hold",
    `({ [Symbol.for("Jupyter.display")]() { return { "application/json": 1n } } })`,
    /BigInt/,
  ],
  [
    "a display without end",
    `({ [Symbol.for("Jupyter.display")]() { return new Promise(() => {}) } })`,
    /within 5 s/,
  ],
] as const) {
  test(`${what} is told of, and the value's text shown`, async () => {
    const exchange = await run(code);
    assert.match(textOf(exchange, "stderr"), text);
    assert.match(String(resultOf(exchange)), /Jupyter\.display/);
  });
}

for (const [what, code, text] of [
  [
    "a proxy whose traps throw",
    `new Proxy({}, new Proxy({}, { get() { throw new Error("trap") } }))`,
    /^\{\}$/,
  ],
  [
    "a revoked proxy",
    `const revocable = Proxy.revocable([], {}); revocable.revoke(); revocable.proxy`,
    /Revoked/,
  ],
  ["its own prototype", `const loop = new Proxy({}, { getPrototypeOf: () => loop }); loop`, /^\{\}$/],
  ["a getter that throws", `({ get a() { throw new Error("getter") }, b: 1 })`, /a: \[Getter\], b: 1/],
  [
    "a text that throws",
    `import { inspect } from "node:util"; ({ [inspect.custom]() { throw new Error("mine") } })`,
    /mine/,
  ],
  ["a map of itself", `const map = new Map(); map.set(map, map); map`, /Circular/],
  ["an array 100,000 deep", `let deep = []; for (let i = 0; i < 1e5; i++) deep = [deep]; deep`, /\[Array\]/],
  ["ten million elements", "Array.from({ length: 1e7 }, (_, i) => i)", /9999900 more items/],
  ["a string of 100 MB", `"x".repeat(1e8)`, /more characters/],
  [
    "bytes that were given away",
    `const bytes = new Uint8Array(8);
    structuredClone(bytes.buffer, { transfer: [bytes.buffer] }); bytes`,
    /^Uint8Array\(0\) \[\]$/,
  ],
] as const) {
  test(`${what} is shown`, async () => {
    const exchange = await run(code);
    assert.equal(exchange.reply.content.status, "ok", errorOf(exchange));
    assert.match(String(resultOf(exchange)), text);
    assert.equal(textOf(exchange, "stderr"), "");
  });
}

for (const code of [
  "globalThis.Error = 1",
  "globalThis.Atomics = null",
  "Array.prototype[Symbol.iterator] = () => { throw new Error('mine') }",
  "Map.prototype.get = null",
  "Object.prototype.then = () => {}",
  "Object.prototype.toJSON = () => 1",
  "Function.prototype.apply = null",
  "Object.defineProperty(Array.prototype, 0, { set() { throw 1; }, configurable: true })",
  "Array.prototype.push = () => 0",
  "Promise.prototype.then = undefined",
]) {
  test(`a cell that says ${code} ends, and later ones run`, async () => {
    await run(`${code}; 1`);
    assert.equal(errorOf(await run("throw new RangeError('own')")), "RangeError: own");
    await isAlive();
  });
}
