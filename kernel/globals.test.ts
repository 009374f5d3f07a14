/** Cells that replace globals, as shims and fake timers do: the kernel goes on with the ones it started with. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { startClient, type TestClient } from "./test-client.ts";

const clients: TestClient[] = [];
after(() => Promise.all(clients.map((client) => client.shutdown())));

/** Of kinds that do not meet, several in one kernel: the later ones run under all before them. */
const notebooks: readonly (readonly string[])[] = [
  ["import { mock } from 'node:test'; mock.timers.enable();"],
  [
    "globalThis.setImmediate = (() => 0) as any;",
    "globalThis.setTimeout = globalThis.clearTimeout = globalThis.queueMicrotask = 1 as any;",
    "globalThis.process = { env: {} } as any;",
    "globalThis.Buffer = globalThis.performance = 1 as any;",
    "JSON.stringify = JSON.parse = (() => 'x') as any;",
    "Object.keys = Object.entries = (() => []) as any;",
    "globalThis.console = { ...console, error: () => {} } as any;",
    "globalThis.Promise = class Other {} as any;",
  ],
];

for (const cells of notebooks)
  test(`the kernel goes on after ${cells.join(" ")}`, { timeout: 20_000 }, async () => {
    const client = await startClient();
    clients.push(client);
    for (const cell of cells) {
      const first = await client.execute(cell);
      assert.equal(first.reply.content.status, "ok", cell);
      const { published } = await client.execute("console.log('said'); display({ a: 1 }); [{ b: 2 }]");
      const texts = published.flatMap(({ content }) => {
        const { "text/plain": plain } = (content.data ?? {}) as Record<string, unknown>;
        return content.text ?? plain ?? [];
      });
      assert.deepEqual(texts, ["said\n", "{ a: 1 }", "[ { b: 2 } ]"], cell);
      const failed = await client.execute("throw new Error('e')");
      assert.match(String(failed.reply.content.traceback), /In \[\d+\].*throw new Error\('e'\)/s, cell);
    }
  });

const sources = fileURLToPath(new URL("../../kernel/", import.meta.url));
const bare =
  /(?<![\w.$"'`])(?:set(?:Immediate|Timeout|Interval)|clear(?:Immediate|Timeout|Interval)|queueMicrotask|process|performance|Buffer|JSON)(?=\.\w|\(|\[)/g;

test("what runs beside the cells takes timers, process, Buffer and JSON from originals.ts", () => {
  const files = ["runtime", "display"]
    .flatMap((folder) =>
      readdirSync(join(sources, folder), { recursive: true }).map((name) => `${folder}/${String(name)}`),
    )
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
  const wrong = [...files, "records.ts"].flatMap((file) => {
    const text = readFileSync(join(sources, file), "utf8");
    const [imported = ""] = /import \{[^}]*\} from "[./]+originals\.ts"/.exec(text) ?? [];
    const code = text.replace(/\/\*.*?\*\/|\/\/.*|"[^"\n]*"/gs, "");
    return [...code.matchAll(bare)]
      .filter(([name]) => !new RegExp(`\\b${name}\\b`).test(imported))
      .map(([name]) => `${file}: ${name}`);
  });
  assert.deepEqual(wrong, []);
});
