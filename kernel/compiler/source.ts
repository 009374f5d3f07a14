/** Where a name is declared, with the text of its declarations. */
import { relative } from "node:path";
import type { Checker } from "./checker.ts";
import { isLibrary, nodeGlobalFiles } from "./declarations.ts";
import { type Node, type TsSymbol, ts } from "./typescript.ts";

// An interface of the library has many declarations, and a class may be long.
const shownDeclarations = 8;
const shownLines = 200;

/** The declarations of `symbol`, each below a comment that says where it stands; empty when it has none. */
export function sourceOf(checker: Checker, symbol: TsSymbol): string {
  const owners = new Set(declarationsOf(checker, symbol).map(ownerOf));
  const texts: string[] = [];
  let place = "";
  for (const node of [...owners].slice(0, shownDeclarations)) {
    const here = placeOf(checker, node);
    if (here !== place) texts.push(`// ${here}`);
    texts.push(cut(textOf(node)));
    place = here;
  }
  return texts.join("\n");
}

/** The declarations of a symbol; those of its target where it only passes a name on (`export { x } from "y"`). */
export function declarationsOf({ types }: Checker, symbol: TsSymbol): readonly Node[] {
  const all: readonly Node[] = symbol.declarations ?? [];
  return all.flatMap((node) => {
    if (!ts.isExportSpecifier(node) && !ts.isImportSpecifier(node)) return [node];
    const named = types.getSymbolAtLocation(node.name);
    const target = named && named.flags & ts.SymbolFlags.Alias ? types.getAliasedSymbol(named) : named;
    return target?.declarations ?? [];
  });
}

/** The statement that a variable is declared in; every other declaration is its own. */
export function ownerOf(declaration: Node): Node {
  let owner = declaration;
  while (ts.isVariableDeclaration(owner) || ts.isVariableDeclarationList(owner)) owner = owner.parent;
  return owner;
}

function textOf(node: Node): string {
  if (ts.isSourceFile(node)) return "";
  const text = node.getText();
  // The lines after the first keep the indent that they have in the file.
  const { character } = node.getSourceFile().getLineAndCharacterOfPosition(node.getStart());
  return character === 0 ? text : text.replaceAll(`\n${" ".repeat(character)}`, "\n");
}

function placeOf(checker: Checker, node: Node): string {
  const file = node.getSourceFile();
  if (isLibrary(file.fileName)) return "TypeScript's library";
  if (nodeGlobalFiles().includes(file.fileName)) return "Node's globals";
  const line = ts.isSourceFile(node) ? 0 : file.getLineAndCharacterOfPosition(node.getStart()).line;
  if (checker.isCell(file)) return `${checker.nameOf(file)}, line ${line + 1}`;
  const inside = relative(checker.program.folder, file.fileName);
  const inModules = file.fileName.slice(file.fileName.lastIndexOf("/node_modules/") + 1);
  const path = inside.startsWith("..") ? inModules : inside;
  return `${path}:${line + 1}`;
}

function cut(text: string): string {
  const lines = text.split("\n");
  return lines.length > shownLines ? [...lines.slice(0, shownLines), "// …"].join("\n") : text;
}
