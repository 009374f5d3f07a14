/** A text with a cursor in it, joined to the scope for one question. */
import type { Cell, Checker } from "./checker.ts";
import { type Node, type SourceFile, ts } from "./typescript.ts";

/** What stands at a cursor: the cell, and the innermost node that holds the cursor or ends at it. */
export interface Cursor {
  readonly cell: Cell;
  readonly node: Node;
}

/** Opens `source` as a cell whose names nobody keeps. */
export function openCursor(checker: Checker, source: string, offset: number): Cursor {
  const cell = checker.open(source, "cursor");
  checker.loadImports(cell);
  return { cell, node: nodeAt(cell.file, offset) };
}

/** The innermost node around `offset`, or that ends there. */
export function nodeAt(file: SourceFile, offset: number): Node {
  let found: Node = file;
  const look = (node: Node): void => {
    if (node.getStart(file) > offset || node.end < offset) return;
    if (node.kind === ts.SyntaxKind.EndOfFileToken && found !== file) return;
    // Of two that meet at the cursor, the name before it is meant rather than what follows.
    if (found.end === offset && (ts.isIdentifier(found) || ts.isStringLiteralLike(found))) return;
    found = node;
    ts.forEachChild(node, look);
  };
  ts.forEachChild(file, look);
  return found;
}
