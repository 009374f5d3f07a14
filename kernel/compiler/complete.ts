/** Completion: what TypeScript's services offer for a cell that is being typed, the nearest first. */
import type { Signature, StringLiteralLike } from "typescript";
import type { Completion } from "../threads.ts";
import type { Checker } from "./checker.ts";
import { ask, loadImports, nodeAt } from "./cursor.ts";
import { readable } from "./diagnostics.ts";
import { filePaths, isPath, isSpecifier, moduleNames } from "./paths.ts";
import { signatureText, typeText } from "./printing.ts";
import { completionsAt, type Entry, isNamespaceImport } from "./services.ts";
import { type Node, type SourceFile, type TsSymbol, type TypeChecker, ts } from "./typescript.ts";

type Match = Completion["matches"][number];

// The first time that a type is printed, it may take a while; what is printed once is known.
const printingTime = 30;

/** What may stand at `offset`. Nothing is evaluated: of a value whose type is `any`, nothing is known. */
export function complete(checker: Checker, source: string, offset: number): Completion {
  return ask(checker, source, (file) => completeFile(checker, file, source, offset));
}

function completeFile(checker: Checker, file: SourceFile, source: string, offset: number): Completion {
  const literal = stringAround(file, offset);
  // A specifier that is being typed names nothing yet.
  if (literal && isSpecifier(literal)) return completeSpecifier(checker, file, literal, offset);
  loadImports(checker, file);
  if (literal) return completeString(checker, file, literal, offset);
  const start = wordStart(source, offset);
  const typed = source.slice(start, offset);
  const found = completionsAt(checker, file, offset, {
    isWanted: (name) => startsWith(name, typed),
    distance: (symbol) => distance(checker, file, symbol),
  });
  const fitting = (found?.entries ?? []).filter((entry) => startsWith(entry.name, typed) && isOffered(entry));
  const late = performance.now() + printingTime;
  const matches = ranked(checker, file, fitting, typed).map((entry) => described(checker, entry, late));
  return { matches, start, end: offset };
}

// In a string no name of the scope may stand.
const noNames = { isWanted: () => false, distance: () => 0 };

const startsWith = (name: string, typed: string): boolean =>
  name.length >= typed.length && name.slice(0, typed.length).toLowerCase() === typed.toLowerCase();

/** Whether an entry can be typed as it is named, and is meant for users. */
function isOffered({ name, insertText = name, symbol }: Entry): boolean {
  return insertText.replace(/^\?\./, "") === name && !(symbol && isInternal(symbol));
}

/** Whether a member's comment says `@internal`: a library's own parts need it, its users do not. */
const isInternal = ({ valueDeclaration: at }: TsSymbol): boolean =>
  at !== undefined && commentOf(at).includes("@internal");

const commentOf = (at: Node): string => at.getSourceFile().text.slice(at.pos, at.getStart());

const identifierPart = /[\p{ID_Continue}$#\u200c-\u200d]/u;

function wordStart(source: string, offset: number): number {
  let at = offset;
  while (at > 0) {
    const wide = at > 1 && /[\udc00-\udfff]/.test(source[at - 1]!) ? 2 : 1;
    if (!identifierPart.test(source.slice(at - wide, at))) break;
    at -= wide;
  }
  return at;
}

/** The order of a list: what is recommended, then by distance, each in TypeScript's order; what is deprecated last. */
function ranked(checker: Checker, file: SourceFile, entries: readonly Entry[], typed: string): Entry[] {
  const at = new Map(entries.map((entry) => [entry, rank(checker, file, entry, typed)]));
  return [...entries].sort((a, b) => at.get(a)! - at.get(b)!);
}

const globalSortText = "15";

function rank(checker: Checker, file: SourceFile, entry: Entry, typed: string): number {
  if (entry.isRecommended) return -1;
  const casing = entry.name.startsWith(typed) ? 0 : 0.5;
  if (entry.sortText.startsWith("z") || isDeprecated(entry)) return 90 + casing;
  if (entry.sortText !== globalSortText) return (entry.name.startsWith("_") ? 80 : 0) + casing;
  const far = entry.symbol ? distance(checker, file, entry.symbol) : entry.kind === "keyword" ? 6 : 5;
  return far + casing;
}

/** How far away a name is declared: 0 is this cell, 1 to 2 are others by age, then the kernel, then JavaScript. */
function distance(checker: Checker, file: SourceFile, symbol: TsSymbol): number {
  if (checker.scope.isGlobal(symbol)) return 3;
  const home = symbol.declarations?.[0]?.getSourceFile();
  if (!home || home === file) return home ? 0 : 4;
  const cell = /\.cell-(\d+)\.tsx?$/.exec(home.fileName)?.[1];
  return cell ? 1 + 1 / (Number(cell) + 1) : 4;
}

const isDeprecated = ({ symbol }: Entry): boolean =>
  symbol?.declarations?.every((at) => commentOf(at).includes("@deprecated")) ?? false;

/** With its signature, if that is known or there is still time. */
function described(checker: Checker, entry: Entry, late: number): Match {
  const { name: text, symbol: named } = entry;
  if (named && isNamespaceImport(named)) return { text, type: "module" };
  const symbol = named && targetOf(checker, named);
  const type = kindOf(entry, symbol);
  if (!symbol || !(symbol.flags & ts.SymbolFlags.Value)) return { text, type };
  const { types } = checker;
  const [call] = types.getNonNullableType(types.getTypeOfSymbol(symbol)).getCallSignatures();
  const signature = printed(types, symbol, call, late);
  return { text, type: (call && kindsOfFunctions[type]) || type, ...(signature && { signature }) };
}

function targetOf({ types }: Checker, symbol: TsSymbol): TsSymbol {
  const target = symbol.flags & ts.SymbolFlags.Alias ? types.getAliasedSymbol(symbol) : symbol;
  return types.getExportSymbolOfSymbol(target);
}

const known = new WeakMap<TypeChecker, WeakMap<TsSymbol, string>>();

/** A symbol's type as text; it is the same until there is another checker. */
function printed(
  types: TypeChecker,
  symbol: TsSymbol,
  call: Signature | undefined,
  late: number,
): string | undefined {
  const texts = known.get(types) ?? new WeakMap<TsSymbol, string>();
  known.set(types, texts);
  const text = texts.get(symbol);
  if (text !== undefined || performance.now() > late) return text;
  const made = readable(call ? signatureText(types, call) : typeText(types, types.getTypeOfSymbol(symbol)));
  texts.set(symbol, made);
  return made;
}

/** What is called is shown as a function, however it is declared. */
const kindsOfFunctions: Readonly<Record<string, string>> = { property: "method", variable: "function" };

/** The kinds that VS Code has icons for, which JupyterLab shows too, by TypeScript's; all others are variables. */
const kinds: Readonly<Record<string, string>> = {
  method: "method",
  property: "property",
  getter: "property",
  setter: "property",
  accessor: "property",
  "JSX attribute": "property",
  function: "function",
  "local function": "function",
  class: "class",
  "local class": "class",
  interface: "interface",
  type: "interface",
  "type parameter": "typeParameter",
  enum: "enum",
  "enum member": "enumMember",
  module: "module",
  keyword: "keyword",
  "primitive type": "keyword",
  string: "value",
  alias: "module",
};

function kindOf({ kind }: Entry, symbol: TsSymbol | undefined): string {
  const S = ts.SymbolFlags;
  const flags = symbol?.flags ?? 0;
  if (kind !== "alias") return kinds[kind] ?? "variable";
  if (flags & (S.Function | S.Method)) return "function";
  if (flags & S.Class) return "class";
  if (flags & S.Enum) return "enum";
  if (flags & (S.Variable | S.Property)) return "variable";
  return flags & S.Type ? "interface" : "module";
}

/** The string that holds the cursor between its quotes. */
function stringAround(file: SourceFile, offset: number): StringLiteralLike | undefined {
  const node = nodeAt(file, offset);
  if (!ts.isStringLiteralLike(node)) return undefined;
  const start = node.getStart() + 1;
  return offset < start || (offset === node.end && isClosed(node)) ? undefined : node;
}

const isClosed = (node: StringLiteralLike): boolean => {
  const text = node.getText();
  return text.length > 1 && text.at(-1) === text[0] && !/[^\\](?:\\\\)*\\.$/s.test(text);
};

function completeString(
  checker: Checker,
  file: SourceFile,
  literal: StringLiteralLike,
  offset: number,
): Completion {
  const start = literal.getStart() + 1;
  const typed = file.text.slice(start, offset);
  const found = completionsAt(checker, file, offset, noNames)?.entries ?? [];
  const texts = found.filter(({ name }) => startsWith(name, typed));
  if (texts.length > 0 || !isPath(typed)) {
    const end = isClosed(literal) ? literal.end - 1 : literal.end;
    return { matches: texts.map((entry) => described(checker, entry, Number.POSITIVE_INFINITY)), start, end };
  }
  const paths = filePaths(checker.program.folder, typed).filter((path) => startsWith(path, typed));
  return { matches: paths.map((text) => ({ text, type: typeOfPath(text) })), start, end: offset };
}

const typeOfPath = (path: string): string => (path.endsWith("/") ? "folder" : "file");

/** Folders that are not the notebook's own, unless a dot was typed. */
const isAside = (name: string, typed: string): boolean =>
  name === "node_modules" || (name.startsWith(".") && !/\/\.[^/]*$/.test(typed));

/** TypeScript names the last part of a specifier only; of packages it knows those in the manifest. */
function completeSpecifier(
  checker: Checker,
  file: SourceFile,
  literal: StringLiteralLike,
  offset: number,
): Completion {
  const start = literal.getStart() + 1;
  const typed = file.text.slice(start, offset);
  const head = typed.slice(0, typed.lastIndexOf("/") + 1);
  const types = new Map<string, string>();
  if (!isPath(typed)) for (const name of moduleNames(checker.program.folder)) types.set(name, "module");
  for (const { name, kind } of completionsAt(checker, file, offset, noNames)?.entries ?? []) {
    // Packages are known by now.
    if ((head === "" && kind === "directory") || (isPath(typed) && isAside(name, typed))) continue;
    const text = head + name + (kind === "directory" ? "/" : "");
    if (!types.has(text)) types.set(text, isPath(typed) ? typeOfPath(text) : "module");
  }
  const matches = [...types].filter(([text]) => startsWith(text, typed));
  return { matches: matches.map(([text, type]) => ({ text, type })), start, end: offset };
}
