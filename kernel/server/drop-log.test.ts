/** Dropped messages on the log: each of a few, a summary of many. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createDropLog } from "./drop-log.ts";

test("100,000 drops write some twenty lines, the last of which tells how many there were", () => {
  const lines: string[] = [];
  const dropped = createDropLog(
    (line) => lines.push(line),
    () => 0,
  );
  for (let i = 0; i < 100_000; i++) dropped("shell: a message");
  assert.equal(lines[0], "shell: a message");
  assert.ok(lines.length < 25, `${lines.length} lines`);
  assert.match(lines.at(-1)!, /^shell: a message \(65536 in this burst/);
});

test("after a minute's silence lines are whole again", () => {
  const lines: string[] = [];
  let time = 0;
  const dropped = createDropLog(
    (line) => lines.push(line),
    () => time,
  );
  for (let i = 0; i < 15; i++) dropped("flood");
  time = 60_001;
  dropped("later");
  assert.equal(lines.at(-1), "later");
});
