/** Contents from outside: defaults filled in, wrong fields named. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { ContentError, readContent } from "./requests.ts";

test("execute has the protocol's defaults, and silent cells are not stored", () => {
  assert.deepEqual(readContent.execute({ code: "1" }), {
    code: "1",
    silent: false,
    store_history: true,
    user_expressions: {},
    allow_stdin: true,
    stop_on_error: true,
  });
  assert.equal(readContent.execute({ code: "1", silent: true, store_history: true }).store_history, false);
});

test("what is wrong is named", () => {
  assert.throws(
    () => readContent.execute({}),
    /^ContentError: code: nothing was given: a string was expected$/,
  );
  assert.throws(() => readContent.execute({ code: "1", user_expressions: { a: 1 } }), /a: 1 was given/);
  assert.throws(() => readContent.history({ hist_access_type: "all" }), /hist_access_type: "all" was given/);
});

test("any content is read or refused with a ContentError", () => {
  const names = ["code", "cursor_pos", "hist_access_type", "n", "session", "user_expressions", "silent"];
  const content = fc.dictionary(fc.constantFrom(...names), fc.jsonValue());
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(readContent)), content, (read, value) => {
      try {
        read(value);
      } catch (error) {
        assert.ok(error instanceof ContentError);
      }
    }),
  );
});
