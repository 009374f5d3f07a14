/** A kernel whose checking is interrupted, or told something wrong by a tsconfig.json. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { startClient } from "./test-client.ts";

// The set of all substrings, many times over: minutes of work, in bounded memory.
const runaway = `type Parts<A extends string> = A extends \`\${infer H}\${infer T}\` ? Parts<T> | \`\${H}\${Parts<T>}\` : "";
${Array.from({ length: 300 }, (_, i) => `let p${i}: Parts<"abcdefghijklm${i}">; p${i} = "a";`).join("\n")}`;

test("an interrupt ends a cell that is being checked; names and types are kept", async () => {
  const client = await startClient();
  await client.execute("const kept = 1");
  const busy = client.execute(runaway);
  await client.find("iopub", (m) => m.header.msg_type === "execute_input" && m.content.code === runaway);
  await client.request("control", "interrupt_request");
  assert.equal((await busy).reply.content.ename, "KeyboardInterrupt");
  const { reply } = await client.execute("const text: string = kept");
  assert.equal(reply.content.evalue, "Type 'number' is not assignable to type 'string'.");
  assert.equal((await client.execute("kept + 1")).reply.content.status, "ok");
  await client.shutdown();
});

test("what is wrong in a tsconfig.json is shown by the first cell, which runs", async () => {
  const client = await startClient({
    files: { "tsconfig.json": '{ "compilerOptions": { "strikt": true } }' },
  });
  const first = await client.execute("1");
  assert.equal(first.reply.content.status, "ok");
  const shown = first.published.filter((m) => m.content.name === "stderr").map((m) => String(m.content.text));
  assert.match(
    shown.join(""),
    /Unknown compiler option 'strikt'[\s\S]*tsconfig\.json[\s\S]*:1:24[\s\S]*\^{8}/,
  );
  const second = await client.execute("2");
  assert.ok(!second.published.some((m) => m.header.msg_type === "stream"));
  await client.shutdown();
});
