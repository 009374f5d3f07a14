/** Cells that are modules for other cells to import: those that begin with a comment `@module name`, as in tslab. */
import { join } from "node:path";
import type { Compiled } from "../threads.ts";
import type { Checker } from "./checker.ts";
import { cellErrors } from "./diagnostics.ts";
import { bound, ts } from "./typescript.ts";

/** What the comments before a cell's first statement say of it. */
export interface CellTags {
  /** Its name as a module. */
  readonly module?: string;
  /** Whether the module holds JSX. */
  readonly jsx: boolean;
  /** Whether it is meant for a browser, and so not for running here. */
  readonly browser: boolean;
}

/** The tags of a cell; undefined for most. */
export function tagsOf(source: string): CellTags | undefined {
  if (!/^\s*\/[/*]/.test(source) || !/@(?:module|browser)\b/.test(source)) return undefined;
  const tags = (ts.getLeadingCommentRanges(source, 0) ?? [])
    .map(({ pos, end }) => source.slice(pos, end))
    .filter((comment) => comment.startsWith("/**"))
    .flatMap((comment) => ts.parseIsolatedJSDocComment(comment)?.jsDoc.tags ?? [])
    .map((tag) => ({ name: tag.tagName.text, text: ts.getTextOfJSDocComment(tag.comment)?.trim() ?? "" }));
  const has = (name: string): boolean => tags.some((tag) => tag.name === name);
  const module = tags.find(({ name, text }) => name === "module" && /^[\w-]+$/.test(text))?.text;
  if (module === undefined && !has("browser")) return undefined;
  return { ...(module !== undefined && { module }), jsx: has("jsx"), browser: has("browser") };
}

/** Checks a module and makes it known; its code hands it over to main, which runs it when it is imported. */
export function compileModuleCell(checker: Checker, request: ModuleSource, tags: CellTags): Compiled {
  // Nothing here is a browser: as in tslab, such a cell shows and does nothing.
  if (tags.module === undefined) return { ok: true, code: "() => {}" };
  const { name, source, shown } = request;
  const { program } = checker;
  const path = join(program.folder, `${tags.module}.${tags.jsx ? "tsx" : "ts"}`);
  const before = program.moduleCell(path);
  program.setModuleCell(path, { name, text: source });
  const file = program.local(path);
  const cell = { name, source: shown, file, locals: ts.createSymbolTable() };
  const found = tags.browser ? bound(file).parseDiagnostics : checker.check(cell);
  const diagnostics = cellErrors(checker, cell, found);
  if (diagnostics.length === 0)
    return { ok: true, code: `($, $c) => $c.define(${JSON.stringify(path)}, ${JSON.stringify(source)})` };
  program.setModuleCell(path, before);
  checker.drop();
  return { ok: false, diagnostics };
}

/** What is compiled, and what excerpts are taken from. */
interface ModuleSource {
  readonly source: string;
  readonly shown: string;
  readonly name: string;
}
