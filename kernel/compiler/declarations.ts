/** Makes and finds the declaration files of what a cell sees without an import. */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cellGlobals, laterNodeGlobals, nodeGlobals } from "./globals.ts";
import { madeFolder } from "./load.ts";
import { ts } from "./typescript.ts";

const libFolder = dirname(createRequire(import.meta.url).resolve("typescript"));
const source = fileURLToPath(import.meta.url);
// An incremental build writes only what has changed.
const sources = [source, join(dirname(source), `globals${extname(source)}`)];
/** What every Node that we run on has. */
const roots = [
  "lib.es2023.d.ts",
  "lib.es2024.arraybuffer.d.ts",
  "lib.es2024.regexp.d.ts",
  "lib.es2024.sharedmemory.d.ts",
  "lib.es2024.string.d.ts",
  "lib.esnext.disposable.d.ts",
];

/** What the library has beyond that, by the version of Node that brings it. */
const laterParts: Readonly<Record<number, readonly string[]>> = {
  22: [
    "es2024.collection",
    "es2024.object",
    "es2024.promise",
    "es2025.collection",
    "es2025.iterator",
    "esnext.array",
  ],
  24: [
    "es2025.float16",
    "es2025.intl",
    "es2025.promise",
    "es2025.regexp",
    "esnext.error",
    "esnext.sharedmemory",
  ],
};

type NodeGlobals = "node" | `node.${keyof typeof laterNodeGlobals}`;

/** The declarations by name: with and without comments the library, then globals of Node and of the kernel. */
export type DeclarationFile = "lib" | "lib.documented" | NodeGlobals | "cell";

const major = Number(process.versions.node.split(".", 1)[0]);

/** Where the file `name` lies; it is made when it is not there yet. */
export function declarationFile(name: DeclarationFile): string {
  const path = join(madeFolder, `${name}.d.ts`);
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (sources.some((one) => made < statSync(one).mtimeMs)) buildDeclarations();
  return path;
}

/** The files with the library of the language as this Node has it. */
export function libraryFiles(): string[] {
  const parts = Object.entries(laterParts).flatMap(([from, names]) => (Number(from) <= major ? names : []));
  return [declarationFile("lib"), ...parts.map((part) => join(libFolder, `lib.${part}.d.ts`))];
}

/** The files with the trimmed globals of this Node. */
export function nodeGlobalFiles(): string[] {
  const later = Object.keys(laterNodeGlobals).filter((from) => Number(from) <= major);
  return ["node", ...later.map((from) => `node.${from}`)].map((name) => declarationFile(name as NodeGlobals));
}

/** Writes all declaration files; `dist/declarations` is theirs alone. */
export function buildDeclarations(): void {
  mkdirSync(madeFolder, { recursive: true });
  const library = concatenated(roots);
  write("lib.documented", library);
  write("lib", withoutComments(library));
  write("node", nodeGlobals);
  for (const [from, text] of Object.entries(laterNodeGlobals)) write(`node.${from}` as NodeGlobals, text);
  write("cell", cellGlobals);
}

// Whole or not at all: a second kernel may be starting meanwhile.
function write(name: DeclarationFile, text: string): void {
  const path = join(madeFolder, `${name}.d.ts`);
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}

function concatenated(names: readonly string[], seen = new Set<string>()): string {
  let text = "";
  for (const name of names) {
    if (seen.has(name)) continue;
    seen.add(name);
    const own = readFileSync(join(libFolder, name), "utf8");
    const references = [...own.matchAll(/^\/\/\/ <reference lib="(.+?)" \/>/gm)].map(
      (m) => `lib.${m[1]}.d.ts`,
    );
    text += concatenated(references, seen) + own.replace(/^\/\/\/.*$/gm, "");
  }
  return text;
}

/** A declaration file's text without blank lines and comments, but for marks of what is deprecated. */
export function withoutComments(text: string): string {
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
  let out = "";
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (token === ts.SyntaxKind.WhitespaceTrivia) out += " ";
    else if (token === ts.SyntaxKind.MultiLineCommentTrivia) {
      // Completion lists what is deprecated last.
      if (scanner.getTokenText().includes("@deprecated")) out += "/** @deprecated */";
    } else if (token !== ts.SyntaxKind.SingleLineCommentTrivia) out += scanner.getTokenText();
  }
  return out.replace(/\s*\n\s*/g, "\n");
}
