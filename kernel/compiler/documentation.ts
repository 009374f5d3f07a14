/** The comment above a declaration, also where the loaded declarations have lost theirs. */
import { readFileSync } from "node:fs";
import { declarationFile } from "./declarations.ts";
import { type Node, type SourceFile, ts } from "./typescript.ts";

let documented: SourceFile | undefined;

/** The documentation of a declaration as Markdown; empty when there is none. */
export function documentationOf(declaration: Node): string {
  const file = declaration.getSourceFile();
  // A variable's comment stands above its statement.
  let owner = declaration;
  while (ts.isVariableDeclaration(owner) || ts.isVariableDeclarationList(owner)) owner = owner.parent;
  if (file.fileName !== declarationFile("lib")) return commentAbove(owner, file);
  // Only comments were taken out of the library, so the same path leads to the same declaration.
  documented ??= parseDocumented();
  let node: Node = documented;
  for (const index of pathTo(owner)) {
    const next = childrenOf(node)[index];
    if (!next) return "";
    node = next;
  }
  return commentAbove(node, documented);
}

function parseDocumented(): SourceFile {
  const path = declarationFile("lib.documented");
  return ts.createSourceFile(
    path,
    readFileSync(path, "utf8"),
    { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone },
    false,
  );
}

function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  return children;
}

function pathTo(node: Node): number[] {
  const path: number[] = [];
  for (let at = node; !ts.isSourceFile(at); at = at.parent) path.unshift(childrenOf(at.parent).indexOf(at));
  return path;
}

function commentAbove(node: Node, file: SourceFile): string {
  const ranges = ts.getLeadingCommentRanges(file.text, node.pos) ?? [];
  const texts = ranges.map(({ pos, end }) => file.text.slice(pos, end));
  const comment = texts.filter((text) => text.startsWith("/**")).at(-1);
  return comment ? markdown(comment) : "";
}

/** A documentation comment's text: stars gone, tags in bold. */
export function markdown(comment: string): string {
  return comment
    .slice(3, -2)
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, "").trimEnd())
    .join("\n")
    .replace(
      /\{@link(?:code|plain)?\s+([^}|\s]+)(?:[|\s]+([^}]+))?\}/g,
      (_, to: string, text?: string) => `\`${text ?? to}\``,
    )
    .replace(/^@(\w+)\s*/gm, "**@$1** ")
    .trim();
}
