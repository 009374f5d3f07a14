/** Diagnostics of a cell that must not run, as the error a client shows. */
import type { CellDiagnostic, ErrorContent } from "../threads.ts";

const RED = "\x1b[31m";
const BOLD = "\x1b[1m";
const PLAIN = "\x1b[0m";

/** The error of a cell with these diagnostics; TypeScript numbers its syntax errors from 1000 to 1999. */
export function diagnosticsError(diagnostics: readonly CellDiagnostic[]): ErrorContent {
  const syntax = diagnostics.some(({ code }) => code >= 1000 && code < 2000);
  const ename = syntax ? "SyntaxError" : "TypeScriptError";
  const evalue = diagnostics[0]?.message ?? "internal: a cell was refused without a reason";
  return { ename, evalue, traceback: diagnostics.flatMap((diagnostic) => report(ename, diagnostic)) };
}

/** Message, place, line and caret of one diagnostic. */
function report(
  ename: string,
  { code, message, file, line, column, excerpt, length }: CellDiagnostic,
): string[] {
  const gutter = `${line} | `;
  const before = excerpt.slice(0, column - 1).replace(/[^\t]/g, " ");
  const marked = "^".repeat(Math.max(1, Math.min(length, excerpt.length - column + 1)));
  return [
    `${RED}${BOLD}${ename}${PLAIN}: ${message} (TS${code})`,
    `    at ${file}:${line}:${column}`,
    `${gutter}${excerpt}`,
    `${" ".repeat(gutter.length)}${before}${RED}${marked}${PLAIN}`,
  ];
}
