/** A text with a cursor in it, joined to the scope for one question. */
import { join } from "node:path";
import type { Checker } from "./checker.ts";
import { bound, type Node, type SourceFile, ts } from "./typescript.ts";

/** The answer to a question about the file of `source`, which is bound, and whose names nobody keeps. */
export function ask<T>(checker: Checker, source: string, answer: (file: SourceFile) => T): T {
  for (;;) {
    const found = answer(openQuestion(checker, source));
    // What was loaded on the way may add to what is known.
    if (!checker.program.takeLateGlobals()) return found;
    checker.renew();
  }
}

function openQuestion(checker: Checker, source: string): SourceFile {
  const file = parse(checker, source);
  checker.program.bind(file);
  checker.scope.adopt(bound(file));
  return file;
}

/** Loads what the file imports. */
export function loadImports(checker: Checker, file: SourceFile): void {
  const locals = bound(file).locals ?? ts.createSymbolTable();
  checker.loadImports({ name: "", source: file.text, file, locals });
}

// Half-typed JSX has errors in either language: the one with fewer is meant.
function parse({ program }: Checker, source: string): SourceFile {
  // The line after the text's end keeps the cursor inside the file.
  const parseAs = (extension: string, kind: number) =>
    program.parse(join(program.folder, `.question.${extension}`), `${source}\n`, kind);
  const plain = parseAs("ts", ts.ScriptKind.TS);
  const count = bound(plain).parseDiagnostics.length;
  if (count === 0 || !/<[\p{ID_Start}$_>/]/u.test(source)) return plain;
  const jsx = parseAs("tsx", ts.ScriptKind.TSX);
  return bound(jsx).parseDiagnostics.length <= count ? jsx : plain;
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
