/** Times and weighs one more cell of a long notebook: the tenth, the thousandth, one after thousands of names. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { type Compiler, createCompiler } from "./compiler.ts";

/** Medians in milliseconds, and kilobytes that each of the cells before has left on the heap. */
export interface Flatness {
  readonly shows: string;
  readonly trivial: number;
  readonly defining: number;
  readonly completion: number;
  readonly kilobytes: number;
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const heap = (): number => {
  collect();
  return process.memoryUsage().heapUsed / 1024;
};

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

const time = (act: () => unknown): number => {
  const start = performance.now();
  act();
  return performance.now() - start;
};

/** A cell as people write them: a type, a function, a value that uses an earlier one. */
const ordinary = (
  i: number,
  last = i > 0 ? `total${i - 1}` : "0",
): string => `interface Row${i} { id: number; label: string }
function make${i}(rows: Row${i}[], scale = ${i}): number {
  return rows.filter((row) => row.id > 0).map((row) => row.id * scale).reduce((a, b) => a + b, 0);
}
const total${i} = make${i}([{ id: ${i}, label: "r" }]) + ${last};
console.log(total${i});`;

class Notebook {
  readonly #compiler: Compiler = createCompiler(mkdtempSync(join(tmpdir(), "flat-")));
  #count = 0;

  compile(source: string): void {
    const compiled = this.#compiler.compile({ source, name: `In [${++this.#count}]` });
    if (!compiled.ok) throw new Error(compiled.diagnostics[0]?.message);
  }

  measure(shows: string, kilobytes: number): Flatness {
    const source = "const answer = 42;\nanswer.toF";
    return {
      shows,
      trivial: median(Array.from({ length: 15 }, () => time(() => this.compile("1 + 1")))),
      defining: median(
        Array.from({ length: 15 }, (_, i) => time(() => this.compile(ordinary(1e6 + i, "0")))),
      ),
      completion: median(
        Array.from({ length: 15 }, () =>
          time(() => this.#compiler.complete({ source, offset: source.length })),
        ),
      ),
      kilobytes,
    };
  }
}

/** Runs all of it in this process. */
export function benchFlatness(): Flatness[] {
  const results: Flatness[] = [];
  const notebook = new Notebook();
  let done = 0;
  let weight = heap();
  for (const at of [10, 100, 300, 1000]) {
    const from = done;
    while (done < at) notebook.compile(ordinary(done++));
    const now = heap();
    results.push(notebook.measure(`cell ${at}`, (now - weight) / (at - from)));
    weight = heap();
  }
  for (let i = 0; i < 1000; i++) notebook.compile(ordinary(999));
  results.push(notebook.measure("after the same cell 1,000 times", (heap() - weight) / 1000));
  const crowded = new Notebook();
  crowded.compile(Array.from({ length: 2200 }, (_, i) => `const name${i} = ${i};`).join("\n"));
  results.push(crowded.measure("among 2,200 names", 0));
  return results;
}

if (process.argv[1] && import.meta.url.endsWith(process.argv[1])) console.table(benchFlatness());
