/** Completion compared with TypeScript's language service for the same text in a file, at places in real code. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import type { LanguageServiceHost } from "typescript";
import { Checker } from "./checker.ts";
import { complete } from "./complete.ts";
import { inspect } from "./inspect.ts";
import { packageRoot } from "./load.ts";
import { ts } from "./typescript.ts";

const folder = join(packageRoot, "kernel/compiler");
const path = join(folder, "complete-as-editor.cell.ts");
const places = 16;

/** TypeScript's language service over one file, whose text changes. */
function editor(checker: Checker) {
  let text = "";
  let version = 0;
  const lib = ["lib.es2023.d.ts", "lib.esnext.disposable.d.ts"];
  const host: LanguageServiceHost = {
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    readDirectory: ts.sys.readDirectory,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    getCompilationSettings: () => ({ ...checker.program.options, lib, types: [] }),
    getScriptFileNames: () => [path],
    getScriptVersion: (name) => (name === path ? String(version) : "1"),
    getScriptSnapshot: (name) => {
      const found = name === path ? text : ts.sys.readFile(name);
      return found === undefined ? undefined : ts.ScriptSnapshot.fromString(found);
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: (options) => ts.getDefaultLibFilePath(options),
  };
  const service = ts.createLanguageService(host);
  return (source: string, offset: number) => {
    text = source;
    version++;
    const preferences = { includeCompletionsWithInsertText: true };
    return service.getCompletionsAtPosition(path, offset, preferences)?.entries ?? [];
  };
}

/** Random numbers below one, the same each time. */
function* randoms(): Generator<number, never> {
  for (let seed = 7; ; ) {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    yield seed / 0x7fffffff;
  }
}

test("at random places in real code we offer what an editor does, and inspection stands", () => {
  const checker = new Checker(folder);
  const ask = editor(checker);
  const random = randoms();
  const lost: string[] = [];
  for (let i = 0; i < places; i++) {
    const code = readFileSync(join(folder, "jsdoc.ts"), "utf8");
    const at = Math.floor(random.next().value * code.length);
    // Half of the texts end at the cursor, as what is being typed does.
    const source = i % 4 < 2 ? `${code.slice(0, at)}\n` : code;
    const { matches, start } = complete(checker, source, at);
    inspect(checker, source, at, 1);
    const typed = source.slice(start, at).toLowerCase();
    const ours = new Set(matches.map(({ text }) => text.replace(/^.*\/(?=.)/, "").replace(/\/$/, "")));
    for (const { name, insertText = name } of ask(source, at)) {
      const isPlain = insertText.replace(/^\?\./, "") === name && name.toLowerCase().startsWith(typed);
      if (isPlain && !ours.has(name)) lost.push(`${name} after ${source.slice(Math.max(0, at - 30), at)}`);
    }
  }
  assert.deepEqual(lost, []);
});
