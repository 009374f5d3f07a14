/** Completion from the persistent checker; what is typed so far joins the scope for the question only. */
import { readdirSync } from "node:fs";
import { builtinModules } from "node:module";
import { dirname, join } from "node:path";
import type { ImportDeclaration, StringLiteralLike } from "typescript";
import type { Completion } from "../threads.ts";
import type { Checker } from "./checker.ts";
import { openCursor } from "./cursor.ts";
import { readable } from "./diagnostics.ts";
import { literalAround, optionsOf, textsOf } from "./expected.ts";
import { ownModules } from "./packages.ts";
import { type Node, type SourceFile, type TsSymbol, ts } from "./typescript.ts";

type Match = Completion["matches"][number];

// A signature costs a type; past this many, a list is not read but typed on.
const describedMatches = 200;
const { Value, Type, Namespace, Alias } = ts.SymbolFlags;

/** What may stand at `offset`, the nearest first. */
export function complete(checker: Checker, source: string, offset: number): Completion {
  const start = wordStart(source, offset);
  const typed = source.slice(start, offset);
  // What follows the cursor is not part of the question, but closes the brackets around it.
  const { cell, node } = openCursor(checker, source, offset);
  const path = stringAround(node, offset, cell.file.text);
  if (path !== undefined) return completeString(checker, node as StringLiteralLike, path, offset);
  if (isInComment(source, offset)) return { matches: [], start: offset, end: offset };
  const own = ownNames(checker, cell.file, node, start);
  const symbols = own ?? checker.types.getSymbolsInScope(node, Value | Type | Namespace | Alias);
  const isMember = own !== undefined;
  const fitting = rank(symbols, typed, checker, isMember);
  const matches = fitting.map((symbol, i) => describe(checker, symbol, node, i < describedMatches));
  if (!isMember) matches.push(...keywords(typed, matches));
  return { matches, start, end: offset };
}

/** The names of the thing the word belongs to, where it belongs to one: an object, a module, the options of a call. */
function ownNames(
  checker: Checker,
  file: SourceFile,
  node: Node,
  start: number,
): readonly TsSymbol[] | undefined {
  const receiver = receiverOf(node, start);
  if (receiver) return members(checker, receiver);
  const imported = importedModule(node);
  if (imported) return exportsOf(checker, imported);
  const literal = literalAround(file, start);
  const options = literal && optionsOf(checker, literal, start);
  return options?.length ? options : undefined;
}

const identifierPart = /[\p{ID_Continue}$\u200c\u200d]/u;

function wordStart(source: string, offset: number): number {
  let at = offset;
  while (at > 0) {
    const wide = at > 1 && /[\udc00-\udfff]/.test(source[at - 1]!) ? 2 : 1;
    if (!identifierPart.test(source.slice(at - wide, at))) break;
    at -= wide;
  }
  return at;
}

/** The expression before the dot that the cursor's word follows. */
function receiverOf(node: Node, start: number): Node | undefined {
  for (let at: Node | undefined = node; at; at = at.parent) {
    if (ts.isPropertyAccessExpression(at) && at.expression.end < start + 1 && at.name.end >= start) {
      return at.expression;
    }
    if (ts.isQualifiedName(at) && at.left.end < start + 1 && at.right.end >= start) return at.left;
    if (ts.isSourceFile(at) || ts.isStatement(at)) return undefined;
  }
  return undefined;
}

/** The specifier of the import whose braces the cursor is in. */
function importedModule(node: Node): Node | undefined {
  const list = ts.findAncestor(node, ts.isNamedImports);
  return list && list.parent.parent.kind === ts.SyntaxKind.ImportDeclaration
    ? (list.parent.parent as ImportDeclaration).moduleSpecifier
    : undefined;
}

function exportsOf(checker: Checker, specifier: Node): readonly TsSymbol[] {
  const module = checker.types.getSymbolAtLocation(specifier);
  if (!module) return [];
  // Internal; unlike `getExportsOfModule` it looks into `export =`, which most Node modules are.
  const { types } = checker as { types: { getExportsAndPropertiesOfModule?(module: TsSymbol): TsSymbol[] } };
  return types.getExportsAndPropertiesOfModule?.(module) ?? [];
}

function members(checker: Checker, receiver: Node): readonly TsSymbol[] {
  const { types } = checker;
  if (ts.isQualifiedName(receiver.parent)) {
    const symbol = types.getSymbolAtLocation(receiver);
    return symbol ? types.getExportsOfModule(resolved(checker, symbol)) : [];
  }
  const type = types.getTypeAtLocation(receiver);
  const found = types.getNonNullableType(type);
  return types.getPropertiesOfType(types.getApparentType(found)).filter((symbol) => !isInternal(symbol));
}

/** Whether a member's comment says `@internal`: a library's own parts need it, its users do not. */
function isInternal({ valueDeclaration: at }: TsSymbol): boolean {
  return at?.getSourceFile().text.slice(at.pos, at.getStart()).includes("@internal") ?? false;
}

const resolved = (checker: Checker, symbol: TsSymbol): TsSymbol =>
  symbol.flags & Alias ? checker.types.getAliasedSymbol(symbol) : symbol;

function rank(symbols: readonly TsSymbol[], typed: string, checker: Checker, isMember: boolean): TsSymbol[] {
  const wanted = typed.toLowerCase();
  const distance = (symbol: TsSymbol): number => {
    const exact = symbol.name.startsWith(typed) ? 0 : 1;
    if (isMember) return exact + (symbol.name.startsWith("_") ? 2 : 0);
    const file = symbol.declarations?.[0]?.getSourceFile();
    const far = !file ? 3 : checker.isCell(file) ? 0 : checker.scope.isGlobal(symbol) ? 1 : 2;
    return exact + far * 2;
  };
  return symbols
    .filter(({ name }) => name.toLowerCase().startsWith(wanted) && isName(name))
    .map((symbol) => ({ symbol, at: distance(symbol) }))
    .sort((a, b) => a.at - b.at || (isMember ? 0 : a.symbol.name < b.symbol.name ? -1 : 1))
    .map(({ symbol }) => symbol);
}

const isName = (name: string): boolean =>
  /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name) && !name.startsWith("__@");

function describe(checker: Checker, symbol: TsSymbol, node: Node, withSignature: boolean): Match {
  const type = kindOf(resolved(checker, symbol).flags);
  if (!withSignature || type === "interface" || type === "type") return { text: symbol.name, type };
  const own = checker.types.getTypeOfSymbolAtLocation(symbol, node);
  const [signature] = own.getCallSignatures();
  // Without a place to print for: with one, TypeScript loads every module in scope to look for names in it.
  const isMethod = signature && type === "property";
  const text = signature ? checker.types.signatureToString(signature) : checker.types.typeToString(own);
  return { text: symbol.name, type: isMethod ? "method" : type, signature: readable(text) };
}

/** The kinds that JupyterLab and VS Code have icons for. */
function kindOf(flags: number): string {
  const S = ts.SymbolFlags;
  if (flags & (S.Function | S.Method)) return flags & S.Method ? "method" : "function";
  if (flags & S.Class) return "class";
  if (flags & S.Enum) return "enum";
  if (flags & S.Module) return "module";
  if (flags & S.Interface && !(flags & S.Value)) return "interface";
  if (flags & S.Type && !(flags & S.Value)) return "type";
  return flags & (S.Property | S.Accessor) ? "property" : "variable";
}

const keywordTexts = (
  "abstract as async await break case catch class const continue default delete do else enum export extends false " +
  "finally for from function if implements import in instanceof interface let namespace new null of return satisfies " +
  "static super switch this throw true try type typeof undefined using var void while with yield"
).split(" ");

function keywords(typed: string, known: readonly Match[]): Match[] {
  if (typed === "") return [];
  const taken = new Set(known.map(({ text }) => text));
  return keywordTexts
    .filter((text) => text.startsWith(typed) && !taken.has(text))
    .map((text) => ({ text, type: "keyword" }));
}

/** The text between the quotes before the cursor, if the cursor is in a string. */
function stringAround(node: Node, offset: number, text: string): string | undefined {
  if (!ts.isStringLiteralLike(node)) return undefined;
  const start = node.getStart() + 1;
  const isClosed = node.end - 1 >= start && text[node.end - 1] === text[start - 1];
  if (offset < start || (isClosed && offset === node.end)) return undefined;
  return text.slice(start, offset);
}

function completeString(
  checker: Checker,
  node: StringLiteralLike,
  typed: string,
  offset: number,
): Completion {
  const { parent } = node;
  const isSpecifier =
    ts.isImportDeclaration(parent) ||
    ts.isExportDeclaration(parent) ||
    ts.isExternalModuleReference(parent) ||
    (ts.isCallExpression(parent) &&
      (parent.expression.kind === ts.SyntaxKind.ImportKeyword || parent.expression.getText() === "require"));
  const start = offset - typed.length;
  if (!isSpecifier) {
    const texts = textsOf(checker, node).filter((text) => text.startsWith(typed));
    return { matches: texts.map((text) => ({ text, type: "value" })), start, end: offset };
  }
  const names = /^\.{0,2}\//.test(typed)
    ? localPaths(checker.program.folder, typed)
    : packages(checker.program.folder);
  const matches = names.filter((name) => name.startsWith(typed)).map((text) => ({ text, type: "module" }));
  return { matches, start, end: offset };
}

function localPaths(folder: string, typed: string): string[] {
  const head = typed.slice(0, typed.lastIndexOf("/") + 1);
  return list(join(folder, head))
    .filter((name) => !name.startsWith(".") && (!name.includes(".") || /\.(?:[mc]?[jt]sx?|json)$/.test(name)))
    .map((name) => head + name);
}

function packages(folder: string): string[] {
  const found = new Set([
    ...ownModules,
    ...builtinModules.filter((name) => !name.startsWith("_")).map((n) => `node:${n}`),
  ]);
  for (let at = folder; ; at = dirname(at)) {
    for (const name of list(join(at, "node_modules"))) {
      if (name.startsWith(".")) continue;
      if (!name.startsWith("@")) found.add(name);
      else if (name !== "@types")
        for (const own of list(join(at, "node_modules", name))) found.add(`${name}/${own}`);
    }
    if (dirname(at) === at) return [...found];
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isInComment(source: string, offset: number): boolean {
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, false, ts.LanguageVariant.Standard, source);
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (scanner.getTokenStart() >= offset) return false;
    const isLine = token === ts.SyntaxKind.SingleLineCommentTrivia;
    if (!isLine && token !== ts.SyntaxKind.MultiLineCommentTrivia) continue;
    if (offset < scanner.getTokenEnd() || (isLine && offset === scanner.getTokenEnd())) return true;
  }
  return false;
}
