/** The comment above a declaration, also where the loaded declarations have lost theirs. */
import type { Checker } from "./checker.ts";
import { declarationFile, nodeGlobalFiles } from "./declarations.ts";
import { markdown, tagText } from "./jsdoc.ts";
import { partsOf, titleOf } from "./library.ts";
import { findDocumented } from "./node-documentation.ts";
import { declarationsOf, ownerOf } from "./source.ts";
import { type Node, type SourceFile, type TsSymbol, ts } from "./typescript.ts";

/** The library's texts with their comments, and those of them that are parsed. */
let texts: ReadonlyMap<string, string> | undefined;
const documented = new Map<string, SourceFile>();

/** The documentation of a declaration, or else of the symbol, as Markdown; empty when there is none. */
export function documentationOf(
  checker: Checker,
  declaration: Node | undefined,
  symbol: TsSymbol | undefined,
): string {
  const all = symbol ? declarationsOf(checker, symbol) : [];
  for (const one of declaration ? [declaration, ...all] : all) {
    const comment = commentOf(one) || inheritedComment(checker, one);
    if (comment) return markdown(comment);
  }
  return "";
}

/** What the function that `declaration` is says about its parameter `name`, as Markdown. */
export const parameterText = (declaration: Node, name: string): string =>
  tagText(commentOf(declaration), "param", name);

function commentOf(declaration: Node): string {
  const file = declaration.getSourceFile();
  const owner = ownerOf(functionOwner(declaration));
  if (ts.isSourceFile(owner)) return "";
  if (ts.isParameter(owner)) return parameterComment(owner.parent, owner.name.getText());
  if (nodeGlobalFiles().includes(file.fileName)) return nodeComment(owner);
  const title = titleOf(file);
  if (title === undefined || file.fileName !== declarationFile("lib")) return commentAbove(owner, file);
  // Only comments were taken out of the library, so the same path leads to the same declaration.
  const whole = parseDocumented(title);
  let node: Node = whole;
  for (const index of pathTo(owner)) {
    const next = childrenOf(node)[index];
    if (!next) return "";
    node = next;
  }
  return commentAbove(node, whole);
}

const nodeComments = new WeakMap<Node, string>();

function nodeComment(declaration: Node): string {
  const known = nodeComments.get(declaration);
  if (known !== undefined) return known;
  const found = findDocumented(declaration, (node) => commentOf(node) !== "");
  const comment = found ? commentOf(found) : "";
  nodeComments.set(declaration, comment);
  return comment;
}

// `const f = () => …` and `f: () => …` are documented above the name.
function functionOwner(node: Node): Node {
  if (!ts.isArrowFunction(node) && !ts.isFunctionExpression(node) && !ts.isFunctionTypeNode(node))
    return node;
  const { parent } = node;
  const isNamed = ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent);
  return isNamed || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent) ? parent : node;
}

function parameterComment(owner: Node, name: string): string {
  const text = parameterText(owner, name);
  return text && `/** ${text} */`;
}

/** The comment of the member that this one overrides or implements. */
function inheritedComment({ types }: Checker, member: Node): string {
  const { parent } = member;
  if (!parent || !(ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent))) return "";
  const name = (member as { name?: Node }).name?.getText();
  if (!name) return "";
  for (const { types: bases } of parent.heritageClauses ?? []) {
    for (const base of bases) {
      const declarations = types.getTypeAtLocation(base).getProperty(name)?.declarations ?? [];
      for (const declaration of declarations) {
        const comment = commentOf(declaration);
        if (comment) return comment;
      }
    }
  }
  return "";
}

function parseDocumented(title: string): SourceFile {
  const known = documented.get(title);
  if (known) return known;
  const path = declarationFile("lib.documented");
  texts ??= partsOf(path);
  const file = ts.createSourceFile(
    path,
    texts.get(title) ?? "",
    { languageVersion: ts.ScriptTarget.ESNext, jsDocParsingMode: ts.JSDocParsingMode.ParseNone },
    false,
  );
  documented.set(title, file);
  return file;
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
  const { text } = file;
  const above = ts.getLeadingCommentRanges(text, node.pos) ?? [];
  const beside = (ts.getTrailingCommentRanges(text, node.pos) ?? []).filter(
    ({ end }) => !text.slice(end, node.getStart(file)).includes("\n"),
  );
  const texts = [...beside, ...above].map(({ pos, end }) => text.slice(pos, end));
  return texts.filter((one) => one.startsWith("/**")).at(-1) ?? "";
}
