/** Makes and finds the declaration files of what a cell sees without an import. */
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { cellGlobals, laterNodeGlobals, nodeGlobals } from "./globals.ts";
import { madeFolder } from "./load.ts";
import { type Node, ts } from "./typescript.ts";

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
const laterParts = {
  22: ["es2024.collection", "es2024.object", "es2024.promise", "es2025.collection", "esnext.array"],
  24: [
    "es2025.float16",
    "es2025.intl",
    "es2025.promise",
    "es2025.regexp",
    "esnext.error",
    "esnext.sharedmemory",
  ],
} as const;

/** Parts that are modules, with `declare global`. */
const laterModules: Readonly<Record<number, string>> = { 22: "es2025.iterator" };

type Later<Of extends string, By extends string | number | symbol> = Of | `${Of}.${Extract<By, number>}`;
type Library = Later<"lib", keyof typeof laterParts>;
type NodeGlobals = Later<"node", keyof typeof laterNodeGlobals>;

/** The declarations by name: with and without comments the library, then globals of Node and of the kernel. */
export type DeclarationFile = Library | "lib.documented" | NodeGlobals | "cell";

/** In a file in parts, each begins with this and its names, up to the line's end. */
export const PART = "\n//// ";

const major = Number(process.versions.node.split(".", 1)[0]);

const found = new Map<DeclarationFile, string>();

/** Where the file `name` lies; it is made when it is not there yet. */
export function declarationFile(name: DeclarationFile): string {
  const known = found.get(name);
  if (known !== undefined) return known;
  const path = join(madeFolder, `${name}.d.ts`);
  const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (sources.some((one) => made < statSync(one).mtimeMs)) buildDeclarations();
  found.set(name, path);
  return path;
}

/** The files with the library of the language as this Node has it, in parts. */
export const libraryFiles = (): string[] => filesOf("lib", laterParts);

/** Files that belong to it and are modules. */
export function libraryModules(): string[] {
  const since = Object.entries(laterModules).filter(([from]) => Number(from) <= major);
  return since.map(([, name]) => join(libFolder, `lib.${name}.d.ts`));
}

/** Whether a file is one of these. */
export const isLibrary = (path: string): boolean => [...libraryFiles(), ...libraryModules()].includes(path);

/** The files with the trimmed globals of this Node, in parts. */
export const nodeGlobalFiles = (): string[] => filesOf("node", laterNodeGlobals);

function filesOf(name: "lib" | "node", later: Readonly<Record<number, unknown>>): string[] {
  const since = Object.keys(later).filter((from) => Number(from) <= major);
  return [name, ...since.map((from) => `${name}.${from}`)].map((one) =>
    declarationFile(one as DeclarationFile),
  );
}

/** Writes all declaration files; `dist/declarations` is theirs alone. */
export function buildDeclarations(): void {
  mkdirSync(madeFolder, { recursive: true });
  const library = concatenated(roots);
  write("lib.documented", inParts(library));
  write("lib", inParts(withoutComments(library)));
  for (const [from, parts] of Object.entries(laterParts))
    write(`lib.${from}` as Library, inParts(concatenated(parts.map((part) => `lib.${part}.d.ts`))));
  write("node", inParts(nodeGlobals));
  for (const [from, text] of Object.entries(laterNodeGlobals))
    write(`node.${from}` as NodeGlobals, inParts(text));
  write("cell", cellGlobals);
}

/** The statements of a declaration file, those of one name together. */
function inParts(text: string): string {
  const file = ts.createSourceFile("all.d.ts", text, ts.ScriptTarget.ESNext);
  const parts = new Map<string, string>();
  for (const statement of file.statements) {
    const names = declaredNames(statement).join(" ");
    if (names === "") throw new Error(`internal: a declaration without a name: ${statement.getText(file)}`);
    parts.set(names, (parts.get(names) ?? "") + statement.getFullText(file));
  }
  return [...parts].map(([names, part]) => `${PART}${names}\n${part}`).join("");
}

/** The names that a statement of a declaration file declares. */
export function declaredNames(node: Node): string[] {
  if (ts.isVariableStatement(node))
    return node.declarationList.declarations.map(({ name }) => (ts.isIdentifier(name) ? name.text : ""));
  const { name } = node as Node & { readonly name?: Node };
  return name && ts.isIdentifier(name) ? [name.text] : [];
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
