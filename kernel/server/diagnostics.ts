/** Diagnostics of a cell that must not run, as the error a client shows. */
import type { CellDiagnostic, ErrorContent } from "../threads.ts";
import type { StopReason } from "./compiler.ts";

const red = (text: string): string => `\x1b[0;31m${text}\x1b[0m`;
const green = (text: string): string => `\x1b[0;32m${text}\x1b[0m`;

/** The error of a cell with these diagnostics; TypeScript numbers its syntax errors from 1000 to 1999. */
export function diagnosticsError(diagnostics: readonly CellDiagnostic[]): ErrorContent {
  const syntax = diagnostics.some(({ code }) => code >= 1000 && code < 2000);
  const ename = syntax ? "SyntaxError" : "TypeScriptError";
  const evalue = diagnostics[0]?.message ?? "internal: a cell was refused without a reason";
  return { ename, evalue, traceback: diagnostics.flatMap((diagnostic) => report(ename, diagnostic)) };
}

/** Diagnostics that stop nothing, as text. */
export const diagnosticsText = (diagnostics: readonly CellDiagnostic[]): string =>
  `${diagnostics.flatMap((one) => report("TypeScriptError", one)).join("\n")}\n`;

/** The error of a cell that could not be checked to the end. */
export function stoppedError(reason: StopReason, name: string): ErrorContent {
  const ename = "TypeScriptError";
  const evalue = `checking this cell was stopped: ${stops[reason]}: a type in it may go on for ever: simplify it, or begin the cell with // @ts-nocheck`;
  return { ename, evalue, traceback: [`${red(ename)}: ${evalue}`, `at ${green(name)}`] };
}

const stops: Readonly<Record<StopReason, string>> = {
  interrupted: "it was interrupted",
  "too long": "it took more than 10 s",
  "out of memory": "it needed too much memory",
};

/** Message, place, line and caret of one diagnostic, as the runtime shows errors. */
function report(
  ename: string,
  { code, message, file, line, column, excerpt, length }: CellDiagnostic,
): string[] {
  const number = `→ ${line} `;
  const before = excerpt.slice(0, column - 1).replace(/[^\t]/g, " ");
  const marks = "^".repeat(Math.max(1, Math.min(length, excerpt.length - column + 1)));
  return [
    `${red(ename)}: ${message} (TS${code})`,
    `at ${green(file)}:${line}:${column}`,
    `${red("→")} ${line} │ ${excerpt}`,
    `${" ".repeat(number.length)}│ ${before}${red(marks)}`,
  ];
}
