/** Random programs give the same values as one file and as cells, and no emitted line moves. */
import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import vm from "node:vm";
import fc from "fast-check";
import { Cells } from "./run-cells.ts";

const names = ["a", "b", "c", "d"] as const;
const name = fc.constantFrom(...names);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3 },
    fc.integer({ min: -9, max: 9 }).map((n) => `(${n})`),
    name,
    fc
      .tuple(tie("expression"), fc.constantFrom("+", "-", "*", "<", "&"), tie("expression"))
      .map(([x, operator, y]) => `Number(Number(${x}) ${operator} Number(${y}))`),
    fc.tuple(name, tie("expression")).map(([n, x]) => `((${n}: number) => ${n} + ${x})(1)`),
    fc
      .tuple(name, tie("expression"))
      .map(([n, x]) => `{ ${n}, k: ${x} }.k`)
      .map((text) => `(${text})`),
    tie("expression").map((x) => `[${x}, 2].map((v: number) => v as number)[0]!`),
    tie("expression").map((x) => `call(\n  ${x}\n)`),
    name.map((n) => `get${n}()`),
  ),
}));

/** Statements that a cell may end with: each is a whole statement of a module, and needs no order. */
const statement = fc.oneof(
  fc.tuple(name, expression).map(([n, x]) => `${n} = ${x}`),
  fc.tuple(name, expression).map(([n, x]) => `${n} += ${x};`),
  fc.tuple(name, name).map(([m, n]) => `[${m}, ${n}] = [${n}, ${m}]`),
  fc
    .tuple(name, expression)
    .map(([n, x]) => `({ x: ${n}, y: ${n} = 1 } = { x: ${x} } as { x: number; y?: number })`),
  fc
    .tuple(name, fc.integer({ min: 1, max: 5 }), expression)
    .map(
      ([n, turns, x]) =>
        `for (let i = 0; i < ${turns}; i++) {\n  ${n} = (${n} + i) % 97\n  if (${n} > 90) continue\n  ${n} += ${x}\n}`,
    ),
  fc.tuple(name, expression).map(([n, x]) => `for (const v of [1, ${x}] as number[]) ${n} = v`),
  fc
    .tuple(name, expression)
    .map(([n, x]) => `try {\n  if (${n} > ${x}) throw ${n}\n} catch (e: unknown) { ${n} = Number(e) + 1 }`),
  fc.tuple(name, expression).map(([n, x]) => `if (${n} < ${x}) ${n}++\nelse ${n}--`),
  fc
    .tuple(name, expression)
    .map(([n, x]) => `switch (${n}) { case ${x}: ${n} = 1; break; default: { ${n} = 2 } }`),
  fc.constant("interface I {\n  a: number\n}"),
  name.map((n) => `{ type T = number; ${n} = ${n} as T }`),
  fc.tuple(name, name).map(([m, n]) => `{ let ${m} = 1; ${n === m ? m : n} = ${m} }`),
);

const prelude = [
  "function call(x: unknown): number { return Number(x) }",
  ...names.map((n, i) => `let ${n}: number = ${i + 1}; const get${n} = (): number => ${n}`),
];
// Names that no function captures may live in real locals.
const uncaptured = prelude.map((line) =>
  line.replace(/const get(\w) = \(\): number => \w/, "const get$1 = (): number => 3"),
);

const session = new Cells(tmpdir());

async function inCells(sources: readonly string[]): Promise<unknown> {
  let value: unknown;
  for (const source of sources) {
    const code = session.compile(source);
    // Two lines more: what closes the function, and the newline before it.
    assert.equal(code.split("\n").length, source.split("\n").length + 1, code);
    value = await vm.runInThisContext(code)(session.store, session.context);
  }
  return value;
}

function inOneFile(sources: readonly string[]): unknown {
  const text = `(() => { "use strict";\n${sources.slice(0, -1).join("\n;")}\n;return ${sources.at(-1)} })()`;
  return vm.runInThisContext(stripTypes(text));
}

// An independent way to JavaScript: TypeScript's own.
const stripTypes = (text: string): string =>
  typescript.transpile(text, { target: typescript.ScriptTarget.ESNext });
const { default: typescript } = await import("typescript");

for (const [shows, start] of [
  ["with closures over all names", prelude],
  ["without", uncaptured],
] as const) {
  test(`cells and one file agree, ${shows}`, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(statement, { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
        async (cells) => {
          const sources = [start.join("\n"), ...cells.map((lines) => lines.join("\n;")), "[a, b, c, d]"];
          assert.deepEqual(await inCells(sources), inOneFile(sources));
        },
      ),
      { numRuns: 60, seed: 7 },
    );
  });
}
