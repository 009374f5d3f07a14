/** The protocol beyond single cells, as a client sees it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startClient, type TestClient } from "./test-client.ts";

let client: TestClient;
before(async () => {
  client = await startClient();
});
after(() => client.shutdown());

const payloadOf = async (code: string): Promise<unknown> =>
  (await client.execute(code)).reply.content.payload;

test("set_next_input, exit and quit go into the reply's payload, the last of each source", async () => {
  const source = "set_next_input";
  assert.deepEqual(await payloadOf("1"), []);
  assert.deepEqual(await payloadOf('set_next_input("a"); set_next_input("b"); 2'), [
    { source, text: "b", replace: false },
  ]);
  assert.deepEqual(await payloadOf('set_next_input("c", { replace: true })'), [
    { source, text: "c", replace: true },
  ]);
  const left = [{ source: "ask_exit", keepkernel: false }];
  assert.deepEqual(await payloadOf("exit"), left);
  assert.deepEqual(await payloadOf("quit()"), left);
  assert.deepEqual(await payloadOf("exit({ keep_kernel: true })"), [
    { source: "ask_exit", keepkernel: true },
  ]);
});
