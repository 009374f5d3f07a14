/** History as clients ask for it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { createHistory } from "./history.ts";

const history = createHistory(null);
for (const [i, input] of ["let a = 1", "a + 1", "print(a)", "a + 1"].entries()) history.add(i + 1, input);
history.setOutput(2, "2");
const raw = { raw: true, output: false };

test("tail gives the last n, oldest first", async () => {
  const request = { ...raw, hist_access_type: "tail", n: 2 } as const;
  assert.deepEqual(await history.read(request), [
    [1, 3, "print(a)"],
    [1, 4, "a + 1"],
  ]);
  assert.deepEqual(await history.read({ ...request, n: 0 }), []);
});

test("range takes lines from start up to, not with, stop; session 0 is this one", async () => {
  const request = { ...raw, hist_access_type: "range", session: 0, start: 2, stop: 4 } as const;
  assert.deepEqual(
    (await history.read(request)).map(([, line]) => line),
    [2, 3],
  );
  assert.deepEqual(
    (await history.read({ ...request, stop: null })).map(([, line]) => line),
    [2, 3, 4],
  );
  assert.deepEqual(await history.read({ ...request, session: -1 }), []);
});

test("outputs come with the inputs when they are asked for", async () => {
  const request = {
    raw: true,
    output: true,
    hist_access_type: "range",
    session: 1,
    start: 1,
    stop: 3,
  } as const;
  assert.deepEqual(await history.read(request), [
    [1, 1, ["let a = 1", null]],
    [1, 2, ["a + 1", "2"]],
  ]);
});

test("search matches whole inputs by a glob; unique keeps the latest", async () => {
  const request = { ...raw, hist_access_type: "search", pattern: "a + ?", n: null, unique: false } as const;
  const lines = async (changes: object): Promise<number[]> =>
    (await history.read({ ...request, ...changes })).map(([, line]) => line);
  assert.deepEqual(await lines({}), [2, 4]);
  assert.deepEqual(await lines({ unique: true }), [4]);
  assert.deepEqual(await lines({ pattern: "*(a)" }), [3]);
  assert.deepEqual(await lines({ pattern: "*", n: 1 }), [4]);
  assert.deepEqual(await lines({ pattern: "+" }), []);
});
