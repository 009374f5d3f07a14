/** What imports mean in a cell: own modules, Node's, packages of every form, local files edited while running. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import type { Compiled, OutputRecord } from "../threads.ts";
import { startTestRuntime } from "./fixture.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "jacobi-modules-")));

/** The compiler's part by hand: a test's `.ts` file holds the emitted form, or `syntax error`. */
function transpile(path: string): Compiled {
  const code = readFileSync(path, "utf8");
  if (code !== "syntax error") return { ok: true, code };
  const diagnostic = {
    code: 1005,
    message: "';' expected.",
    file: path,
    line: 1,
    column: 8,
    excerpt: code,
    length: 5,
  };
  return { ok: false, diagnostics: [diagnostic] };
}

const runtime = startTestRuntime(folder, transpile);
after(() => runtime.stop());

function write(name: string, text: string): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** The text of an expression's value. */
async function textOf(expression: string): Promise<string> {
  const records = await runtime.run(`async ($, $c) => (${expression})`);
  assert.deepEqual(
    records.filter(({ kind }) => kind === "stream"),
    [],
  );
  const result = records.find((record) => record.kind === "result");
  assert.ok(result?.kind === "result", JSON.stringify(records));
  return String(result.data["text/plain"]);
}

async function errorOf(code: string): Promise<string> {
  const done: OutputRecord | undefined = (await runtime.run(`async ($, $c) => (${code})`)).at(-1);
  assert.ok(done?.kind === "done" && done.error);
  return `${done.error.ename}: ${done.error.evalue}`;
}

test("Node's modules, with and without their prefix", async () => {
  assert.equal(await textOf("(await $c.import('node:path')).posix.join('a', 'b')"), "'a/b'");
  assert.equal(await textOf("(await $c.import('path')).posix.join('a', 'b')"), "'a/b'");
});

test("import.meta.resolve gives URLs", async () => {
  assert.equal(await textOf("$c.meta.resolve('fs')"), "'node:fs'");
  assert.equal(
    await textOf("$c.meta.resolve('./not-there.js') === new URL('not-there.js', $c.meta.url).href"),
    "true",
  );
  assert.match(await textOf("$c.meta.resolve('jacobi')"), /^'file:\/\/.*\.js'$/);
  assert.match(await errorOf("$c.meta.resolve('not-installed')"), /not-installed: not installed/);
});

test("jacobi/display is the instance behind the global", async () => {
  assert.equal(await textOf("(await $c.import('jacobi/display')).display === display"), "true");
  assert.equal(await textOf("require('jacobi/display').display === display"), "true");
});

test("a part that jacobi does not have", async () => {
  assert.match(
    await errorOf("await $c.import('jacobi/nothing')"),
    /^Error: import: jacobi\/nothing: there is no such part/,
  );
});

test("what is not JSON is named", async () => {
  write("bad.json", "{ a: 1 }");
  assert.match(
    await errorOf("await $c.import('./bad.json')"),
    /^SyntaxError: import: \/.*\/bad\.json: it is not JSON: /,
  );
  write("node_modules/broken/package.json", "{ name }");
  assert.match(
    await errorOf("await $c.import('broken')"),
    /^SyntaxError: import: \/.*\/broken\/package\.json: it is not/,
  );
});

test("a package installed while the kernel runs, after it was missed", async () => {
  const missing = await errorOf("await $c.import('late-package')");
  assert.match(missing, /import: late-package: not installed: run npm install late-package in \//);
  write("node_modules/late-package/package.json", '{ "exports": "./index.js", "type": "module" }');
  write("node_modules/late-package/index.js", "export const here = true;");
  assert.equal(await textOf("(await $c.import('late-package')).here"), "true");
});

test("a package that is only an ES module, by conditions and patterns", async () => {
  write(
    "node_modules/@scope/esm/package.json",
    '{ "type": "module", "exports": { ".": { "import": "./main.js" }, "./parts/*": "./src/*.js", "./hidden": null } }',
  );
  write("node_modules/@scope/esm/main.js", "export default 'main';");
  write("node_modules/@scope/esm/src/one.js", "export default 'one';");
  assert.equal(await textOf("(await $c.import('@scope/esm')).default"), "'main'");
  assert.equal(await textOf("(await $c.import('@scope/esm/parts/one')).default"), "'one'");
  assert.match(await errorOf("await $c.import('@scope/esm/hidden')"), /exports no "\.\/hidden"/);
});

test("a CommonJS package, by main and by file", async () => {
  write("node_modules/cjs/package.json", '{ "main": "lib/main" }');
  write("node_modules/cjs/lib/main.js", "exports.name = 'cjs';");
  assert.equal(await textOf("(await $c.import('cjs')).name"), "'cjs'");
  assert.equal(await textOf("(await $c.import('cjs/lib/main.js')).default.name"), "'cjs'");
  assert.equal(await textOf("require('cjs').name"), "'cjs'");
  write("node_modules/computed/package.json", "{}");
  write("node_modules/computed/index.js", "for (const name of ['a', 'b']) exports[name] = name;");
  assert.equal(await textOf("(await $c.import('computed')).b"), "'b'");
});

test("a failed package is tried again", async () => {
  write("node_modules/flaky/package.json", '{ "type": "module", "exports": "./index.js" }');
  write(
    "node_modules/flaky/index.js",
    "if (!globalThis.flakyReady) throw new Error('not yet'); export const ok = 1;",
  );
  assert.match(await errorOf("await $c.import('flaky')"), /not yet/);
  assert.equal(await textOf("(globalThis.flakyReady = true, (await $c.import('flaky')).ok)"), "1");
});

test("a local TypeScript file, with and without its ending, is one instance", async () => {
  write(
    "one.ts",
    "async ($, $c) => { $c.export({ value: () => value, default: () => value }); const value = {}; }",
  );
  assert.equal(
    await textOf("(await $c.import('./one')).value === (await $c.import('./one.ts')).default"),
    "true",
  );
  assert.equal(
    await textOf("(await $c.import('./one.js')).value === (await $c.import('./one.ts')).default"),
    "true",
  );
});

test("an edited file is imported anew, and what imports it too", async () => {
  write("base.ts", "async ($, $c) => { $c.export({ n: () => 1 }); }");
  write("middle.ts", "async ($, $c) => { $c.exportAll(await $c.import('./base.ts')); }");
  assert.equal(await textOf("(await $c.import('./middle.ts')).n"), "1");
  write("base.ts", "async ($, $c) => { $c.export({ n: () => 200 }); }");
  assert.equal(await textOf("(await $c.import('./middle.ts')).n"), "200");
});

test("files that import each other see live bindings", async () => {
  write(
    "even.ts",
    "async ($, $c) => { $c.export({ even: () => even }); const { odd } = { odd: (n) => m.odd(n) }; const even = (n) => n === 0 || odd(n - 1); const m = await $c.import('./odd.ts'); }",
  );
  write(
    "odd.ts",
    "async ($, $c) => { $c.export({ odd: () => odd }); const odd = (n) => n !== 0 && m.even(n - 1); const m = await $c.import('./even.ts'); }",
  );
  assert.equal(await textOf("(await $c.import('./even.ts')).even(10)"), "true");
});

test("a failed local file runs anew", async () => {
  write("broken.ts", "async ($, $c) => { throw new Error('once'); }");
  assert.match(await errorOf("await $c.import('./broken.ts')"), /once/);
  assert.match(await errorOf("await $c.import('./broken.ts')"), /once/);
});

test("a local file that does not parse", async () => {
  write("wrong.ts", "syntax error");
  assert.match(
    await errorOf("await $c.import('./wrong.ts')"),
    /^SyntaxError: ';' expected\.\n.*wrong\.ts:1:8\nsyntax error\n {7}\^$/s,
  );
});

test("an edited JavaScript file, as ES module and as CommonJS, is imported anew", async () => {
  write("script.mjs", "async ($, $c) => { $c.export({ n: () => 1 }); }");
  write("script.cjs", "exports.n = 1;");
  assert.equal(
    await textOf("[(await $c.import('./script.mjs')).n, (await $c.import('./script.cjs')).default.n]"),
    "[ 1, 1 ]",
  );
  write("script.mjs", "async ($, $c) => { $c.export({ n: () => 200 }); }");
  write("script.cjs", "exports.n = 200;");
  assert.equal(
    await textOf("[(await $c.import('./script.mjs')).n, (await $c.import('./script.cjs')).default.n]"),
    "[ 200, 200 ]",
  );
});

test("JSON", async () => {
  write("data.json", '{ "a": [1] }');
  assert.equal(await textOf("(await $c.import('./data.json')).default.a"), "[ 1 ]");
});

test("a file that is not there", async () => {
  assert.match(
    await errorOf("await $c.import('./absent')"),
    /^Error: import: \.\/absent: there is no such file/,
  );
});

test("a cell knows where it is", async () => {
  assert.equal(await textOf("$c.meta.dirname === __dirname && __dirname"), `'${folder}'`);
});
