/** Random programs do the same as cells and as one file: values, output, errors with their lines, over redeclarations. */
import assert from "node:assert/strict";
import { SourceMap, type SourceMapPayload } from "node:module";
import { tmpdir } from "node:os";
import { test } from "node:test";
import vm from "node:vm";
import fc from "fast-check";
import ts from "typescript";
import { Cells } from "./run-cells.ts";
import { cellOf, observed, prelude } from "./test-programs.ts";

/** What one cell left behind. */
interface After {
  readonly error: string | undefined;
  readonly values: string;
}

const turn = () => new Promise((resolve) => setImmediate(resolve));
const session = new Cells(tmpdir());
let number = 0;

async function inCells(cells: readonly string[]): Promise<After[]> {
  const after: After[] = [];
  const texts = new Map<string, { source: string; map: SourceMap | undefined }>();
  for (const source of [prelude, ...cells]) {
    const name = `In [${++number}]`;
    const compiled = session.compiler.compile({ source, name });
    if (!compiled.ok) throw new Error(`${JSON.stringify(compiled.diagnostics[0])} in\n${source}`);
    const map = compiled.sourceMap
      ? new SourceMap(JSON.parse(compiled.sourceMap) as SourceMapPayload)
      : undefined;
    texts.set(name, { source, map });
    let error: unknown;
    try {
      const cell = vm.runInThisContext(compiled.code, { filename: name });
      await cell(session.store, session.context);
    } catch (thrown) {
      error = thrown;
    }
    await turn();
    const values = JSON.stringify(observed.map((key) => session.store.names[key]));
    after.push({ error: error === undefined ? undefined : String(error), values });
    if (error !== undefined) assertLine(error as Error, texts);
  }
  return after;
}

/** The innermost line of the stack is the one that says the error's mark. */
function assertLine(
  { stack, message }: Error,
  texts: Map<string, { source: string; map: SourceMap | undefined }>,
): void {
  const [, name, line, column] = /(In \[\d+\]):(\d+):(\d+)/.exec(stack ?? "") ?? [];
  const text = texts.get(name ?? "");
  assert.ok(text, stack);
  const entry = text.map?.findEntry(Number(line) - 1, Number(column) - 1);
  const written = entry && "originalLine" in entry ? entry.originalLine : Number(line) - 1;
  if (message.startsWith("#"))
    assert.ok(text.source.split("\n")[written]?.includes(message), `${stack}\n${text.source}`);
}

async function inOneFile(cells: readonly string[]): Promise<After[]> {
  const classes = prelude.replace(/^class K (.*)$/m, "let K = class K $1");
  const start = classes
    .replace(/^enum E (.*)$/m, "let E = (() => { enum E $1; return E })()")
    .replace(/^namespace N (.*)$/m, "let N = (() => { namespace N $1; return N })()");
  const body = ["", ...cells].map(
    (cell) => `try {\n${cell}\n;await turn(); after() } catch (e) { await turn(); after(e) }`,
  );
  const file = `"use strict";(async (turn, report) => {${start}
    const after = (e) => report({ error: e === undefined ? undefined : String(e), values: JSON.stringify([${observed.join()}]) });
    ${body.join("\n")} })`;
  const { outputText } = ts.transpileModule(file, { compilerOptions: { target: ts.ScriptTarget.ESNext } });
  const after: After[] = [];
  await vm.runInThisContext(outputText)(turn, (one: After) => after.push(one));
  return after;
}

const seeds = fc.array(fc.nat(), { minLength: 1, maxLength: 5 });

test("cells and one file agree, whatever is declared, captured, awaited or thrown", async () => {
  const runs = Number(process.env.JACOBI_PROGRAMS ?? 20);
  await fc.assert(
    fc.asyncProperty(fc.array(seeds, { minLength: 1, maxLength: 5 }), async (program) => {
      const cells = program.map(cellOf);
      const expected = await inOneFile(cells.map((one) => one.file));
      const got = await inCells(cells.map((one) => one.cell));
      assert.deepEqual(got, expected, cells.map((one) => one.cell).join("\n// ----\n"));
    }),
    { numRuns: runs, includeErrorInReport: true, seed: Number(process.env.JACOBI_SEED ?? 7) },
  );
});
