/** Text is joined, never reordered, never lost. */
import assert from "node:assert/strict";
import { mock, test } from "node:test";
import fc from "fast-check";
import type { StreamName } from "../threads.ts";
import { createOutput } from "./output.ts";

type Sent = [cell: number, name: StreamName, text: string];

function collect(): { sent: Sent[]; output: ReturnType<typeof createOutput> } {
  const sent: Sent[] = [];
  return { sent, output: createOutput((...args) => void sent.push(args)) };
}

test("neighbouring texts of one stream become one message; another stream or cell begins a new one", () => {
  const { sent, output } = collect();
  output.text(1, "stdout", "a");
  output.text(1, "stdout", "b");
  output.text(1, "stderr", "c");
  output.text(2, "stderr", "d");
  output.flush();
  assert.deepEqual(sent, [
    [1, "stdout", "ab"],
    [1, "stderr", "c"],
    [2, "stderr", "d"],
  ]);
});

test("text does not wait long", () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const { sent, output } = collect();
    output.text(1, "stdout", "a");
    assert.equal(sent.length, 0);
    mock.timers.tick(20);
    assert.deepEqual(sent, [[1, "stdout", "a"]]);
  } finally {
    mock.timers.reset();
  }
});

test("100,000 lines become a few dozen messages that hold them all", () => {
  const { sent, output } = collect();
  for (let i = 0; i < 100_000; i++) output.text(1, "stdout", `line ${i}\n`);
  output.flush();
  assert.ok(sent.length < 50, `${sent.length} messages`);
  assert.equal(
    sent
      .map(([, , text]) => text)
      .join("")
      .split("\n").length,
    100_001,
  );
});

test("a surrogate pair that comes in halves is kept", () => {
  const { sent, output } = collect();
  output.text(1, "stdout", "\ud83d");
  output.text(1, "stdout", "\ude42!");
  output.flush();
  assert.deepEqual(sent, [[1, "stdout", "🙂!"]]);
});

test("whatever is said comes out in the same order", () => {
  const said = fc.tuple(fc.nat(2), fc.constantFrom<StreamName>("stdout", "stderr"), fc.string());
  fc.assert(
    fc.property(fc.array(said), (texts) => {
      const { sent, output } = collect();
      for (const text of texts) output.text(...text);
      output.flush();
      const letters = (list: Sent[]): string[] =>
        list.flatMap(([cell, name, text]) => [...text].map((c) => `${cell}${name}${c}`));
      assert.deepEqual(letters(sent), letters(texts));
    }),
  );
});
