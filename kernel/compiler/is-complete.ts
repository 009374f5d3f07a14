/** Whether a text can be run as it is, or the user is still typing. */
import type { Completeness } from "../threads.ts";
import { bound, type SourceFile, ts } from "./typescript.ts";

const unterminatedTemplate = 1160;
const unterminatedComment = 1010;
const unterminatedString = 1002;

/** Incomplete means: what is wrong is wrong at the very end, and more text could mend it. */
export function isComplete(source: string): Completeness {
  const plain = parse(source, ts.ScriptKind.TS);
  const file = errorsOf(plain).length > 0 && source.includes("<") ? parse(source, ts.ScriptKind.TSX) : plain;
  const errors = errorsOf(errorsOf(file).length === 0 ? file : plain);
  if (errors.length === 0) return { status: "complete", indent: "" };
  const end = source.trimEnd().length;
  const isOpen = errors.every(
    ({ code, start }) =>
      (start >= end && code !== unterminatedString) ||
      code === unterminatedTemplate ||
      code === unterminatedComment,
  );
  return isOpen ? { status: "incomplete", indent: nextIndent(source) } : { status: "invalid", indent: "" };
}

function parse(source: string, kind: number): SourceFile {
  return ts.createSourceFile("cell.tsx", source, { languageVersion: ts.ScriptTarget.ESNext }, false, kind);
}

const errorsOf = (file: SourceFile) => bound(file).parseDiagnostics;

/** The last line's indent, and two more when it opens a bracket that it does not close. */
function nextIndent(source: string): string {
  const line = source.trimEnd().split("\n").at(-1) ?? "";
  const indent = /^\s*/.exec(line)![0];
  const scanner = ts.createScanner(ts.ScriptTarget.ESNext, true, ts.LanguageVariant.Standard, line);
  let depth = 0;
  for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) {
    if (opening.has(token)) depth++;
    else if (closing.has(token)) depth = Math.max(0, depth - 1);
  }
  return depth > 0 ? `${indent}  ` : indent;
}

const opening = new Set<number>([
  ts.SyntaxKind.OpenBraceToken,
  ts.SyntaxKind.OpenBracketToken,
  ts.SyntaxKind.OpenParenToken,
]);
const closing = new Set<number>([
  ts.SyntaxKind.CloseBraceToken,
  ts.SyntaxKind.CloseBracketToken,
  ts.SyntaxKind.CloseParenToken,
]);
