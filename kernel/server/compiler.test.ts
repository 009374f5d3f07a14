/** The compiler thread's keeper: what is left of names, types and questions when the thread is stopped or dies. */
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { Compiled } from "../threads.ts";
import { CompilerStopped, CompilerThread } from "./compiler.ts";

// The set of all substrings, many times over: minutes of work, in bounded memory.
const runaway = `type Parts<A extends string> = A extends \`\${infer H}\${infer T}\` ? Parts<T> | \`\${H}\${Parts<T>}\` : "";
${Array.from({ length: 300 }, (_, i) => `let p${i}: Parts<"abcdefghijklm${i}">; p${i} = "a";`).join("\n")}`;

function start(t: TestContext, limit?: number) {
  const folder = mkdtempSync(join(tmpdir(), "watched-"));
  writeFileSync(join(folder, "own.ts"), "export const basename = (path: string) => path;");
  const thread = new CompilerThread(folder, () => {}, limit);
  t.after(() => thread.close());
  let count = 0;
  const compile = (source: string): Promise<Compiled> =>
    thread.call("compile", { source, name: `In [${++count}]` });
  return { thread, compile };
}

const messages = (compiled: Compiled): readonly string[] =>
  compiled.ok ? [] : compiled.diagnostics.map(({ message }) => message);

const isStopped = (reason: string) => (error: unknown) =>
  error instanceof CompilerStopped && error.reason === reason;

test("a check that runs away is stopped, and names, types and the order of questions are kept", async (t) => {
  const { thread, compile } = start(t, 3000);
  await compile("import { basename } from './own.ts'; interface Row { id: number }; let total = 1");
  await compile("declare global { interface Array<T> { second: T } }");
  const stopped = compile(runaway);
  const queued = compile("const row: Row = { id: total + [1].second }; basename('a')");
  const completion = thread.call("complete", { source: "row.", offset: 4 });
  await assert.rejects(stopped, isStopped("too long"));
  const compiled = await queued;
  assert.deepEqual(messages(compiled), []);
  assert.match(compiled.ok ? compiled.code : "", /\(0, \$\d+\.basename\)\('a'\)/);
  assert.deepEqual(
    (await completion).matches.map(({ text }) => text),
    ["id"],
  );
  assert.deepEqual(messages(await compile("const text: string = total")), [
    "Type 'number' is not assignable to type 'string'.",
  ]);
});

test("an interrupt stops a check", async (t) => {
  const { thread, compile } = start(t);
  await compile("const kept = 1");
  const stopped = compile(runaway);
  thread.interrupt();
  await assert.rejects(stopped, isStopped("interrupted"));
  assert.deepEqual(messages(await compile("kept + 1")), []);
});

test("an interrupt lets a quick check end", async (t) => {
  const { thread, compile } = start(t);
  await compile("1");
  const quick = compile("const kept = 1");
  thread.interrupt();
  assert.deepEqual(messages(await quick), []);
});

test("a cell that is refused is not brought back", async (t) => {
  const { thread, compile } = start(t);
  await compile("const kept = 1");
  await compile("const refused: string = 1");
  const stopped = compile(runaway);
  thread.interrupt();
  await assert.rejects(stopped);
  assert.deepEqual(messages(await compile("kept; refused")), ["Cannot find name 'refused'."]);
});
