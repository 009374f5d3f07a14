/** The console prints what stock Node prints. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { after, test } from "node:test";
import { startTestRuntime } from "./fixture.ts";

const runtime = startTestRuntime(tmpdir());
after(() => runtime.stop());

/** What it shows, and the calls. */
const calls: readonly [shows: string, code: string][] = [
  [
    "formats",
    "console.log('%s is %d, %i, %f, %j %o %O %% %c.', 'Bob', 42.5, 42.9, '1.5', { a: 1 }, [1], { b: 1 }, 'red', 'more', -0)",
  ],
  [
    "formats that are none",
    "console.log('%'); console.log('100%', 'sure'); console.log('%s', Symbol('q'), '%s', null)",
  ],
  [
    "values",
    "console.log(null, undefined, 1n, 'text', ['text'], new Map([[1, { a: 2 }]]), class A { static x = 1 }, [Promise.resolve(1)])",
  ],
  ["limits", "console.log({ a: { b: { c: { d: 1 } } } }, Array.from({ length: 120 }, (_, i) => i))"],
  [
    "groups",
    "console.group('G'); console.log('in\\nside'); console.group(); console.info('deep'); console.groupEnd(); console.groupEnd(); console.log('out')",
  ],
  ["dir", "console.dir({ a: { b: { c: {} } } }, { depth: 0 }); console.dirxml([1], { a: 1 })"],
  ["counts", "console.count(); console.count('k'); console.count(); console.countReset(); console.count()"],
  ["asserts", "console.assert(true, 'no'); console.assert(false, 'yes %s', 'x'); console.assert(false)"],
  [
    "tables",
    "console.table([{ a: 1, b: 'x' }, { a: 2, c: [1] }]); console.table(new Map([['a', 1]])); console.table(5); console.table([{ a: 1, b: 2 }], ['b'])",
  ],
  ["errors' stream", "console.warn('warn', { a: 1 }); console.error('err %s', 'x'); console.error()"],
  ["its methods", "console.log(Object.keys(console).sort().join())"],
];

/** What stock Node prints for each, in one process. */
const end = "=====";
const script = calls.map(([, code]) => `${code}; console.log("${end}"); console.error("${end}");`).join("\n");
const stock = spawnSync(process.execPath, ["-e", script], { encoding: "utf8" });
const [stdout, stderr] = [stock.stdout, stock.stderr].map((text) => text.split(`${end}\n`));

for (const [index, [shows, code]] of calls.entries())
  test(shows, async () => {
    const shown = { stdout: "", stderr: "" };
    for (const record of await runtime.run(`() => { ${code} }`))
      if (record.kind === "stream") shown[record.name] += record.text;
    assert.deepEqual(shown, { stdout: stdout?.[index], stderr: stderr?.[index] });
  });
