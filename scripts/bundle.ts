/** Joins the modules of a thread into one script: to find, read and link sixty files takes longer than to run them. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";
import vm from "node:vm";
import ts from "typescript";
import { type Thread, threads } from "../kernel/bundles.ts";
import { root } from "./sources.ts";

const dist = join(root, "dist");

/** Writes the script of each thread. */
export function bundleThreads(): void {
  for (const [name, { script, module }] of Object.entries(threads) as [string, Thread][]) {
    const path = join(dist, script);
    const text = bundle(module);
    new vm.Script(text, { filename: path }); // A syntax error shows here, not in the kernel.
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(`${path}.${process.pid}`, text);
    renameSync(`${path}.${process.pid}`, path);
    if (text.length === 0) throw new Error(`bundle: ${name}: nothing to join`);
  }
}

/** The modules that `entry` reaches, as functions that run when they are first required; paths are those under dist. */
function bundle(entry: string): string {
  const modules = new Map<string, string>();
  const add = (path: string): void => {
    if (modules.has(path)) return;
    modules.set(path, "");
    const text = readFileSync(join(dist, path), "utf8");
    modules.set(path, asFunction(text, path));
    for (const { fileName } of ts.preProcessFile(text, true, true).importedFiles) {
      if (fileName.startsWith(".")) add(posix.join(posix.dirname(path), fileName));
    }
  };
  add(entry);
  const table = [...modules].map(([path, text]) => `${JSON.stringify(path)}: ${text}`).join(",\n");
  return `${loader}const $modules = {\n${table}\n};\n$load(${JSON.stringify(entry)});\n`;
}

// A module knows itself by its own place, wherever this package lies.
const loader = `"use strict";
const $base = require("node:url").pathToFileURL(require("node:path").join(__dirname, "..", "/")).href;
const $loaded = {};
function $load(path) {
  if ($loaded[path]) return $loaded[path].exports;
  const module = ($loaded[path] = { exports: {} });
  const url = $base + path;
  const $require = (name) => (name.startsWith(".") ? $load(new URL(name, url).href.slice($base.length)) : require(name));
  $modules[path](module.exports, $require, module, { url });
  return module.exports;
}
`;

function asFunction(text: string, path: string): string {
  const { outputText } = ts.transpileModule(text, {
    fileName: path,
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ESNext,
      esModuleInterop: true,
      removeComments: true,
    },
    transformers: { before: [namesItself] },
  });
  return `(exports, require, module, $meta) => {${outputText}\n}`;
}

/** `import.meta` becomes a parameter. */
const namesItself: ts.TransformerFactory<ts.SourceFile> = (context) => (file) => {
  const visit = (node: ts.Node): ts.Node =>
    ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword
      ? ts.factory.createIdentifier("$meta")
      : ts.visitEachChild(node, visit, context);
  return ts.visitEachChild(file, visit, context);
};
