/** Whether a text can be run as it is, or the user is still typing. */
import type { Completeness } from "../threads.ts";
import { findPrecedingToken } from "./services.ts";
import { bound, type Node, type SourceFile, ts } from "./typescript.ts";

/** Incomplete means: what is wrong is wrong at the very end, and another line could mend it. */
export function isComplete(source: string): Completeness {
  const plain = judged(source, ts.ScriptKind.TS);
  if (plain.status === "complete" || !source.includes("<")) return plain;
  const jsx = judged(source, ts.ScriptKind.TSX);
  if (jsx.status === "complete" || plain.status === "invalid") return jsx;
  return jsx.status === "incomplete" && jsx.indent > plain.indent ? jsx : plain;
}

// What is open at the end, though the error stands at its beginning: comments, templates, JSX elements and fragments.
const open = new Set([1010, 1160, 17008, 17014, 17015]);
// What may yet become an import, an export, or an arrow function, and until then is an error.
const beginning = /(?:\b(?:import|export)|\(\s*\))$/;
// What the end of a line ends for good: strings, regular expressions, numbers, escapes.
const ended = new Set([1002, 1124, 1125, 1126, 1127, 1161, 1177, 1178, 1198, 1199]);

function judged(source: string, kind: number): Completeness {
  const file = parse(source, kind);
  const text = source.trimEnd();
  const end = beginning.exec(text)?.index ?? text.length;
  const errors = bound(file).parseDiagnostics;
  const isOpen = errors.every(({ code, start }) =>
    ended.has(code) ? stringGoesOn.test(source) : start >= end || open.has(code),
  );
  if (!isOpen) return { status: "invalid", indent: "" };
  if (errors.length === 0 && !isHeadOnly(file)) return { status: "complete", indent: "" };
  const isText = errors.some(({ code }) => ended.has(code) || code === 1010 || code === 1160);
  return { status: "incomplete", indent: isText ? "" : nextIndent(source, kind) };
}

/** A backslash at the very end, not escaped: the string that is open goes on in the next line. */
const stringGoesOn = /(?<!\\)(?:\\\\)*\\$/;

function parse(source: string, kind: number): SourceFile {
  const options = {
    languageVersion: ts.ScriptTarget.ESNext,
    // As in a cell, `await` is a keyword.
    setExternalModuleIndicator: (file: SourceFile) => {
      bound(file).externalModuleIndicator ??= true;
    },
  };
  return ts.createSourceFile("cell.tsx", source, options, true, kind);
}

/** Whether the last statement parses only because TypeScript is lenient: `const`, `const x`, `function f()`, `let`. */
function isHeadOnly({ statements, text }: SourceFile): boolean {
  const last = statements.at(-1);
  if (!last || text.slice(0, last.end).endsWith(";")) return false;
  const { modifiers } = last as Node & { modifiers?: readonly Node[] };
  if (modifiers?.some(({ kind }) => kind === ts.SyntaxKind.DeclareKeyword)) return false;
  if (ts.isFunctionDeclaration(last)) return last.body === undefined;
  if (ts.isExpressionStatement(last)) return last.getText() === "let";
  if (!ts.isVariableStatement(last)) return false;
  const { declarations, flags } = last.declarationList;
  const isConst = (flags & ts.NodeFlags.Const) !== 0;
  return declarations.length === 0 || (isConst && declarations.at(-1)!.initializer === undefined);
}

const format = {
  indentSize: 2,
  tabSize: 2,
  convertTabsToSpaces: true,
  newLineCharacter: "\n",
  indentStyle: ts.IndentStyle.Smart,
};
const { SmartIndenter } = ts.formatting;

/** The indent that an editor gives the next line. */
function nextIndent(source: string, kind: number): string {
  const file = parse(`${source}\n`, kind);
  const end = source.trimEnd().length;
  const smart = SmartIndenter.getIndentation(source.length + 1, file, format);
  const line = source.slice(source.lastIndexOf("\n", end - 1) + 1, end);
  const own = /^\s*/.exec(line)![0].length;
  const token = findPrecedingToken(end, file);
  if (!token) return "";
  if (ts.findAncestor(token, (node) => ts.isJsxElement(node) || ts.isJsxFragment(node))) {
    return " ".repeat(Math.max(smart, opensTag.test(line) ? own + 2 : own));
  }
  if (!goesOn.test(line)) return " ".repeat(smart);
  // What goes on after an operator is indented once, from the line that its statement begins in.
  const begin = ts.findAncestor(token, ts.isStatement)?.getStart() ?? end;
  return " ".repeat(Math.max(smart, begin >= end - line.length ? own + 2 : own));
}

const goesOn =
  /(?:[-=.|&+*/%<>?!^~]|\b(?:as|await|extends|from|in|infer|instanceof|is|keyof|new|of|satisfies|throw|typeof|yield))$/;
const opensTag = /<[\p{ID_Continue}$.]*(?:\s[^<>]*[^/<>])?>$/u;
