/** Syntax errors that TypeScript leaves to its checker, found by V8 where a cell says `@ts-nocheck`. */
import vm from "node:vm";
import type { ImportDeclaration } from "typescript";
import type { CellDiagnostic } from "../threads.ts";
import type { Cell } from "./checker.ts";
import type { NameTexts } from "./name-texts.ts";
import { isUnchecked } from "./names.ts";
import { type Dialect, Rewriter } from "./rewrite.ts";
import { transform } from "./transform.ts";
import { type CompilerOptions, type Node, type SourceFile, ts } from "./typescript.ts";

/** TypeScript's number for a declaration or statement expected: the plainest of its syntax errors. */
const code = 1128;

/** The error for which a JavaScript file of an unchecked cell's text would not be run, if there is one. */
export function earlyErrors(cell: Cell, options: CompilerOptions): CellDiagnostic[] {
  if (!isUnchecked(cell.file)) return [];
  try {
    for (const text of plainTexts(cell.file, options)) new vm.Script(text, { filename: place });
    return [];
  } catch (error) {
    return error instanceof SyntaxError ? [diagnosticOf(error, cell)] : [];
  }
}

const place = "cell";

/** The cell as JavaScript in which all names are local. */
function plainTexts(file: SourceFile, options: CompilerOptions): string[] {
  const plain = walk(file, false);
  if (!plain.transform) return wrapped(plain.writer.finish(), plain.awaits);
  const typed = walk(file, true);
  const script = { ...options, jsx: ts.JsxEmit.React, jsxImportSource: "" };
  const texts = wrapped(typed.writer.finish(), typed.awaits);
  return texts.map((text) => transform(text, file.fileName, script).code);
}

function walk(file: SourceFile, keepTypes: boolean): Rewriter {
  const rewriter = new Rewriter(file, asWritten, keepTypes, dialect);
  rewriter.statements(file.statements);
  return rewriter;
}

// A module's functions are declared as a block's are, twice never. It may await, which is no name in an async function;
// outside a function `return` is an error.
function wrapped(text: string, awaits: boolean): string[] {
  const body = `"use strict";{${text}\n}`;
  return awaits ? [`async()=>{${body}}`] : [body, `async()=>{${body}}`];
}

const asWritten: NameTexts = {
  context: undefined,
  flag: "",
  import: "import",
  // Like it, `this` may stand everywhere but where something is assigned to.
  meta: "this",
  reference: () => undefined,
  target: () => undefined,
  published: () => undefined,
  typeName: () => undefined,
  constant: () => undefined,
};

const dialect = ({ writer, file }: Rewriter): Dialect => ({
  await: () => ["", ""],
  statement(node) {
    if (!ts.isImportDeclaration(node) && !ts.isImportEqualsDeclaration(node)) return false;
    if (node.parent !== file) return false;
    writer.copy(node.getStart(file));
    writer.replace(node.end, `let ${namesOf(node).join(",")};`);
    return true;
  },
});

function namesOf(node: Node): string[] {
  if (ts.isImportEqualsDeclaration(node)) return [node.name.text];
  const { importClause } = node as ImportDeclaration;
  const bindings = importClause?.namedBindings;
  const named = !bindings ? [] : ts.isNamespaceImport(bindings) ? [bindings] : bindings.elements;
  const names = [importClause, ...named].flatMap((one) => one?.name?.text ?? []);
  return names.length > 0 ? names : ["{}=0"];
}

function diagnosticOf(error: SyntaxError, { name, source }: Cell): CellDiagnostic {
  const [, line = "1", , spaces = "", marks = "^"] =
    /^cell:(\d+)\n(.*)\n( *)(\^+)/.exec(error.stack ?? "") ?? [];
  const excerpt = source.split(/\r\n|[\n\r\u2028\u2029]/)[Number(line) - 1] ?? "";
  const column = Math.min(spaces.length + 1, excerpt.length + 1);
  return {
    code,
    message: error.message,
    file: name,
    line: Number(line),
    column,
    excerpt,
    length: marks.length,
  };
}
