/** What cells print, by whatever way and however late: under their request, in order, whole. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Message } from "./protocol/messages.ts";
import { type Exchange, startClient, type TestClient } from "./test-client.ts";

let client: TestClient;
before(async () => {
  client = await startClient();
  await client.execute(`import fs from "node:fs"; import cp from "node:child_process";
    import util from "node:util"; import { Worker } from "node:worker_threads";`);
});
after(() => client.shutdown());

const streams = ({ published }: Exchange): [name: unknown, text: unknown][] =>
  published.filter((m) => m.header.msg_type === "stream").map(({ content }) => [content.name, content.text]);
const stdout = (exchange: Exchange): string =>
  streams(exchange)
    .filter(([name]) => name === "stdout")
    .map(([, text]) => text)
    .join("");
const plainTexts = ({ published }: Exchange): unknown[] =>
  published
    .filter((m) => /^(execute_result|display_data)$/.test(m.header.msg_type))
    .map(({ content }) => (content.data as Record<string, unknown>)["text/plain"]);

test("descriptors, children and the console keep their order", async () => {
  const exchange = await client.execute(`console.log("a"); fs.writeSync(1, "b\\n");
    cp.execSync("echo c", { stdio: "inherit" }); console.log("d"); fs.writeSync(2, "e\\n"); console.error("f");
    fs.writeFileSync("/dev/stdout", "g\\n"); console.log("h")`);
  const joined = streams(exchange).reduce<[unknown, string][]>((all, [name, text]) => {
    const last = all.at(-1);
    if (last !== undefined && last[0] === name) last[1] += text;
    else all.push([name, String(text)]);
    return all;
  }, []);
  assert.deepEqual(joined, [
    ["stdout", "a\nb\nc\nd\n"],
    ["stderr", "e\nf\n"],
    ["stdout", "g\nh\n"],
  ]);
});

test("what a child printed before its end comes before what the cell says then", async () => {
  const exchange =
    await client.execute(`const child = cp.spawn("sh", ["-c", "echo out"], { stdio: "inherit" });
    await new Promise((r) => child.on("exit", r)); console.log("after")`);
  assert.equal(stdout(exchange), "out\nafter\n");
});

test("ending stdout ends nothing", async () => {
  await client.execute(`process.stdout.end("bye\\n"); process.stdout.destroy()`);
  assert.equal(stdout(await client.execute(`console.log("still here")`)), "still here\n");
});

for (const [what, code] of Object.entries({
  "a timer": `setTimeout(() => console.log("MARK"), 100)`,
  "an unawaited promise": `void (async () => { await new Promise((r) => setTimeout(r, 100)); console.log("MARK"); })()`,
  "a listener": `process.once("SIGUSR2", () => console.log("MARK")); setTimeout(() => process.kill(process.pid, "SIGUSR2"), 100)`,
  "a child that inherits": `cp.spawn("sh", ["-c", "sleep 0.1; echo MARK"], { stdio: "inherit" })`,
  "a child with pipes": `cp.spawn("sh", ["-c", "sleep 0.1; echo MARK"]).stdout.on("data", (d) => process.stdout.write(d))`,
  "a worker": `new Worker("setTimeout(() => console.log('MARK'), 100)", { eval: true })`,
})) {
  test(`what ${what} prints late is its cell's, though another one runs`, async () => {
    const mark = `late ${what}`;
    const { reply } = await client.execute(`${code.replace("MARK", mark)}; 0`);
    const other = client.execute(`await new Promise((r) => setTimeout(r, 300))`);
    const late = await client.find("iopub", (m) => isStream(m) && String(m.content.text).includes(mark));
    assert.equal(late.parent_header.msg_id, reply.parent_header.msg_id);
    await other;
  });
}
const isStream = (m: Message): boolean => m.header.msg_type === "stream";

test("characters are whole, wherever writes cut them", async () => {
  const exchange = await client.execute(`process.stdout.write("\\ud83d"); process.stdout.write("\\ude42");
    process.stdout.write(Buffer.from([0xf0, 0x9f])); process.stdout.write(Buffer.from([0x99, 0x82]));
    process.stdout.write("x" + "🙂".repeat(100_000));
    cp.execSync("printf '\\\\360\\\\237'; sleep 0.05; printf '\\\\231\\\\202'", { stdio: "inherit" })`);
  assert.equal(stdout(exchange), `🙂🙂x${"🙂".repeat(100_001)}`);
});

test("bytes that are no text, NUL, \\r and \\b are kept as far as text can", async () => {
  const exchange = await client.execute(
    `cp.execSync("printf 'a\\\\377b\\\\000'", { stdio: "inherit" }); process.stdout.write("\\r\\b|")`,
  );
  assert.equal(stdout(exchange), "a\ufffdb\u0000\r\b|");
});

test("a text of millions of characters and a million of one character arrive whole", async () => {
  assert.equal(stdout(await client.execute(`process.stdout.write("é".repeat(2e6))`)).length, 2e6);
  const many = `for (let i = 0; i < 100_000; i++) process.stdout.write(".")`;
  assert.equal(stdout(await client.execute(many)).length, 100_000);
});

test("text/plain has no codes for terminals, whoever made it", async () => {
  const exchange = await client.execute(`util.inspect.defaultOptions.colors = true;
    display({ a: 1 }); display({ "text/plain": "\\x1b[31mred\\x1b[0m" }, { raw: true });
    display({ [Symbol.for("Jupyter.display")]: () => ({ "text/plain": "\\x1b[31mown\\x1b[0m" }) });
    util.inspect.defaultOptions.colors = false;
    ({ [util.inspect.custom]: () => "\\x1b[1mbold\\x1b[22m" })`);
  assert.deepEqual(plainTexts(exchange), ["{ a: 1 }", "red", "own", "bold"]);
});

test("output from 1,000 cells ago still finds its request", async () => {
  const { reply } =
    await client.execute(`const speak = util.promisify(setTimeout)(0).then(() => new Promise<void>((r) => {
    process.once("SIGUSR1" as never, () => { console.log("long ago"); r(); }); })); 0`);
  for (let i = 0; i < 1001; i++) client.send("shell", "execute_request", { code: "", silent: true });
  await client.execute(`process.kill(process.pid, "SIGUSR1"); await speak`);
  const late = await client.find("iopub", (m) => m.content.text === "long ago\n");
  assert.equal(late.parent_header.msg_id, reply.parent_header.msg_id);
});
