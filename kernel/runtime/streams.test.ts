/** The console after something in the process has used it already. */
import assert from "node:assert/strict";
import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from "node:child_process";
import { test } from "node:test";

test("a console that has been used before writes records too", () => {
  const program = `
    console.error("before");
    const { replaceStreams } = await import(${JSON.stringify(new URL("./streams.js", import.meta.url).href)});
    const records = [];
    replaceStreams((record) => records.push(record));
    console.error("after");
    process.stderr.write(Buffer.from("x"));
    require("node:fs").writeSync(1, JSON.stringify(records));
  `;
  const options: ExecFileSyncOptionsWithStringEncoding = { encoding: "utf8", stdio: "pipe" };
  const code = `import { createRequire } from "node:module"; const require = createRequire("/");${program}`;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", code], options);
  assert.deepEqual(JSON.parse(output), [
    { cell: 0, kind: "stream", name: "stderr", text: "after\n" },
    { cell: 0, kind: "stream", name: "stderr", text: "x" },
  ]);
});
