/** Answers on stdin: taken from the client that was asked, once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { MessageChannel } from "node:worker_threads";
import type { Message } from "../protocol/messages.ts";
import { Signal } from "../threads.ts";
import { createInput } from "./input.ts";
import type { Session } from "./session.ts";

const message = (client: string, content: object, parent_header: object = {}): Message =>
  ({
    identities: [Buffer.from(client)],
    header: {},
    parent_header,
    metadata: {},
    content,
    buffers: [],
  }) as unknown as Message;

test("only the client that was asked answers, and nobody answers what was not asked", () => {
  const { port1, port2 } = new MessageChannel();
  const signals = new Int32Array(new SharedArrayBuffer(4 * Signal.size));
  const session = { ask: () => "question" } as unknown as Session;
  const input = createInput(session, port1, signals);
  const answers = (): number => Atomics.load(signals, Signal.input);
  input.answer(message("asked", { value: "too early" }));
  assert.equal(answers(), 0);
  input.ask({
    cell: 1,
    question: 1,
    parent: message("asked", {}),
    content: { prompt: "who?", password: false },
  });
  input.answer(message("another", { value: "mine" }));
  input.answer(message("another", { value: "mine" }, { msg_id: "question" }));
  assert.equal(answers(), 0);
  input.answer(message("asked", { value: "me" }));
  input.answer(message("asked", { value: "again" }));
  assert.equal(answers(), 1);
  port1.close();
  port2.close();
});
