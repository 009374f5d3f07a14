/** Memory that runs out, as a client sees it: an error in the cell, and the kernel goes on with its state. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Exchange, startClient, type TestClient } from "./test-client.ts";

let client: TestClient;
before(async () => {
  client = await startClient({ env: { NODE_OPTIONS: "--max-old-space-size=150" } });
  await client.execute("let kept = 'kept'; const held: number[][] = []");
});
after(() => client.shutdown());

const resultOf = ({ published }: Exchange): unknown =>
  (published.find((m) => m.header.msg_type === "execute_result")?.content.data as Record<string, unknown>)?.[
    "text/plain"
  ];

for (const [where, code] of Object.entries({
  "a cell's loop": "for (;;) held.push(new Array(50_000).fill(1));",
  "code that looks at no flag": "new Function('held', 'for (;;) held.push(new Array(50_000).fill(1))')(held)",
  "a loop that swallows errors":
    "for (;;) { try { for (;;) held.push(new Array(50_000).fill(1)); } catch {} }",
  "a timer that the cell awaits": `await new Promise(() => setInterval(() => {
    for (let i = 0; i < 100; i++) held.push(new Array(50_000).fill(1)) }));`,
})) {
  test(`${where} that fills the heap ends with a RangeError, and what it made is kept`, async () => {
    const { reply } = await client.execute(code);
    assert.equal(reply.content.ename, "RangeError");
    assert.match(String(reply.content.evalue), /^out of memory: the heap is limited to 15\d MB/);
    assert.equal(resultOf(await client.execute("kept + (held.length > 50)")), "'kepttrue'");
    await client.execute("held.length = 0");
  });
}
