/** The protocol beyond single cells, as a client sees it. */
import assert from "node:assert/strict";
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
