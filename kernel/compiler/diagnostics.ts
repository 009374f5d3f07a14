/** TypeScript's diagnostics as a cell shows them: which count, and where they stand. */
import type { CellDiagnostic } from "../threads.ts";
import { adviceFor } from "./advice.ts";
import type { Cell, Checker } from "./checker.ts";
import { missingAdvice } from "./missing.ts";
import { moduleOf } from "./packages.ts";
import { bound, type CommentDirectives, type Diagnostic, type SourceFile, ts } from "./typescript.ts";

// `noImplicitAny` is on so that `const xs = []` evolves; what it has to say about implicit `any` is not wanted.
// Among its codes are those of other options: unreachable code, cases that fall through, missing returns.
const others = new Set([7027, 7028, 7029, 7030, 7036, 7038, 7042, 7054, 7056]);
const isImplicitAny = (code: number) => code >= 7005 && code <= 7057 && !others.has(code);
// `import x = require(…)` runs in cells although they are modules.
const importEquals = 1202;

const { createCommentDirectivesMap, sortAndDeduplicateDiagnostics } = ts;

/** The errors that stop a cell, in the order of its text. */
export function cellErrors(checker: Checker, cell: Cell, found: readonly Diagnostic[]): CellDiagnostic[] {
  const isSyntax = bound(cell.file).parseDiagnostics.length > 0;
  const isShown = ({ category, code }: Diagnostic) =>
    category === ts.DiagnosticCategory.Error && code !== importEquals;
  const isWanted = (one: Diagnostic) =>
    checker.config.reportsImplicitAny || !isImplicitAny(one.code) || adviceFor(checker, one) !== undefined;
  const all = isSyntax ? found : withoutSilenced(cell.file, found.filter(isShown));
  return sortAndDeduplicateDiagnostics(all)
    .filter(isWanted)
    .map((one) => describe(checker, cell.file, cell.source, one));
}

/** What comments (`@ts-ignore`, `@ts-expect-error`) leave; an expectation that nothing meets is an error itself. */
export function withoutSilenced(file: SourceFile, found: readonly Diagnostic[]): readonly Diagnostic[] {
  const { commentDirectives, checkJsDirective } = bound(file);
  if (!commentDirectives?.length || checkJsDirective?.enabled === false) return found;
  const directives = createCommentDirectivesMap(file, commentDirectives);
  const left = found.filter((one) => !isSilenced(file, one, directives));
  const unmet = directives.getUnusedExpectations().map(
    ({ range }): Diagnostic => ({
      file,
      start: range.pos,
      length: range.end - range.pos,
      category: ts.DiagnosticCategory.Error,
      code: 2578,
      messageText: "Unused '@ts-expect-error' directive.",
    }),
  );
  return [...left, ...unmet];
}

/** The syntax errors of a local file. */
export function fileErrors(
  checker: Checker,
  file: SourceFile,
  found: readonly Diagnostic[],
): CellDiagnostic[] {
  return found.map((one) => describe(checker, file, file.text, one));
}

// As TypeScript has it: the directive stands on the nearest line above that is neither blank nor a comment.
function isSilenced(home: SourceFile, one: Diagnostic, directives: CommentDirectives): boolean {
  const { file, start } = one;
  if (file !== home || start === undefined) return false;
  const starts = file.getLineStarts();
  for (let line = file.getLineAndCharacterOfPosition(start).line - 1; line >= 0; line--) {
    if (directives.markUsed(line)) return true;
    const text = file.text.slice(starts[line], starts[line + 1]).trim();
    if (text !== "" && !/^\s*\/\/.*$/.test(text)) return false;
  }
  return false;
}

function describe(checker: Checker, home: SourceFile, source: string, one: Diagnostic): CellDiagnostic {
  const file = one.file ?? home;
  const start = one.start ?? 0;
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  const text = file === home ? source : file.text;
  const excerpt = text.split(/\r\n|[\n\r\u2028\u2029]/)[line] ?? "";
  return {
    code: one.code,
    message: [readable(textOf(one)), adviceFor(checker, one), missingAdvice(one, checker.program.folder)]
      .filter((text) => text !== undefined)
      .join("\n"),
    file: checker.nameOf(file),
    line: line + 1,
    column: character + 1,
    excerpt,
    length: Math.max(1, Math.min(one.length ?? 1, excerpt.length - character)),
  };
}

/** Names that TypeScript takes for Node's: its types are there, so its advice to install them is left out. */
const namesOfNode = new Set([2580, 2591]);

/** Of a call that fits no overload (2769), why it does not fit the last: it is the fullest form, and one is enough. */
function textOf({ code, messageText }: Diagnostic): string {
  if (namesOfNode.has(code) && typeof messageText === "string") return messageText.replace(/(?<=\.) .*/, "");
  if (code !== 2769 || typeof messageText === "string")
    return ts.flattenDiagnosticMessageText(messageText, "\n");
  const next = messageText.next?.slice(-1) ?? [];
  return ts.flattenDiagnosticMessageText({ ...messageText, next }, "\n");
}

/** A message or signature without the made-up paths of cells, and with modules by the names that cells import. */
export function readable(text: string): string {
  return text
    .replace(/typeof import\("[^"]*\.cell-\d+"\)/g, "this cell")
    .replace(/(?<!typeof )import\("[^"]*"\)\./g, "")
    .replace(/"([^"]*\/dist\/[^"]*)"/g, (whole, path: string) =>
      moduleOf(path) ? `"${moduleOf(path)}"` : whole,
    )
    .replace(/\b([Mm]odule) '"([^"']*)"'/g, "$1 '$2'");
}
