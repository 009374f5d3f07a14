/** TypeScript that is to be timed: emitted as one loop over it, so that a turn costs what it costs in a cell. */
import type { ExpressionStatement } from "typescript";
import type { CellDiagnostic, Compiled } from "../threads.ts";
import type { Cell, Checker } from "./checker.ts";
import { cellErrors } from "./diagnostics.ts";
import { emitCell } from "./emit.ts";
import type { EmitMemory } from "./names.ts";
import { bound, ts } from "./typescript.ts";

interface Parts {
  readonly checker: Checker;
  readonly memory: EmitMemory;
}

/** What is to be timed: `source` up to `bodyAt` runs once before the loop, the rest in each of its turns. */
export interface Timed {
  readonly name: string;
  readonly source: string;
  readonly bodyAt: number;
  /** What excerpts are taken from. */
  readonly shown: string;
}

/**
 * Emits a cell that finds in `import.meta` how many `turns` to take, and calls `start` before the first and `stop`
 * after the last. Its names are kept nowhere.
 */
export function emitTimed(parts: Parts, { source, bodyAt, name, shown }: Timed): Compiled {
  const { checker, memory } = parts;
  const open = (text: string): Cell => ({ ...checker.open(text, name), source: shown });
  const errors = (cell: Cell) => cellErrors(checker, cell, checker.check(cell));
  const setup = open(source.slice(0, bodyAt));
  const plain = open(source);
  // A setup that goes on below its line is wrong, though the whole may be right.
  const wrong = bound(setup.file).parseDiagnostics.length > 0 ? errors(setup) : errors(plain);
  if (wrong.length > 0) return { ok: false, diagnostics: wrong };
  const setupEnd = setup.file.statements.at(-1)?.end ?? 0;
  const body = withResult(checker, plain, bodyAt, freeName("$result", source));
  const lines = source.slice(setupEnd, bodyAt).replace(/[^\r\n]/g, "");
  const [head, rest] = loopOver(source.slice(0, setupEnd), lines + body, source);
  const text = head + rest;
  let looped = open(text);
  const refused = errors(looped).map((one) => inLoop(one, head));
  if (refused.length > 0) return { ok: false, diagnostics: refused };
  // `var` would be a name of the cell: in a function it is none, though earlier cells' names are slower there.
  if (looped.locals.size > 0) looped = open(`await (async () => {${text}\n})()`);
  checker.check(looped);
  return { ok: true, ...emitCell(checker, looped, memory) };
}

/** What may stand in a cell but not in a loop, such as an import. */
const inLoop = (one: CellDiagnostic, head: string): CellDiagnostic => ({
  ...one,
  message: `${one.message}\nWhat is timed stands in a loop: write this in an earlier cell.`,
  column: one.line === 1 ? Math.max(1, one.column - head.length) : one.column,
});

/** The loop in two parts: what is put before the setup, and the rest. */
function loopOver(setup: string, body: string, taken: string): [head: string, rest: string] {
  const [result, meta, turn] = ["$result", "$meta", "$turn"].map((name) => freeName(name, taken));
  const head = `{let ${result}: any; const ${meta}: any = import.meta;`;
  const loop = `for (let ${turn} = ${meta}.turns as number; ${turn} > 0; ${turn}--) {`;
  return [head, `${setup};${meta}.start();${loop}${body}\n}${meta}.stop();}`];
}

/** The body with the value of its last expression put in a variable, awaited if it is a promise. */
function withResult(checker: Checker, { file }: Cell, bodyAt: number, name: string): string {
  const { text } = file;
  const last = file.statements.at(-1);
  if (!last || last.getStart(file) < bodyAt || !ts.isExpressionStatement(last)) return text.slice(bodyAt);
  const { expression } = last as ExpressionStatement;
  const start = expression.getStart(file);
  const type = checker.types.getTypeAtLocation(expression);
  const isPromise = checker.types.getAwaitedType(type) !== type;
  const before = `${name} = ${isPromise ? "await " : ""}(`;
  return `${text.slice(bodyAt, start)}${before}${text.slice(start, expression.end)})${text.slice(expression.end)}`;
}

const freeName = (wanted: string, text: string): string =>
  text.includes(wanted) ? freeName(`${wanted}$`, text) : wanted;
