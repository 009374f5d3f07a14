/** The cells that every kernel is given, with what they must give. */

export interface Cell {
  readonly code: string;
  readonly gives: string;
}

/** The same cells in each language. */
export interface Texts {
  readonly first: Cell;
  readonly trivial: Cell;
  /** 100 lines of which no name has been there before; not in every language. */
  readonly long?: (number: number) => Cell;
  /** The `number`th cell of a notebook: it declares, and uses what the one before declared. */
  readonly step: (number: number) => Cell;
  readonly print: (lines: number) => string;
}

export const texts: Readonly<Record<"typescript" | "python", Texts>> = {
  typescript: {
    first: {
      code: "const squares: number[] = [1, 2, 3].map((x) => x * x);\nsquares.reduce((a, b) => a + b, 0)",
      gives: "14",
    },
    trivial: { code: "1 + 1", gives: "2" },
    long: (number) => ({ code: hundredLines(number), gives: "184" }),
    step: (number) => ({
      code: `const v${number} = ${number > 1 ? `v${number - 1} + 1` : "1"};
function f${number}(xs: number[]): number {
  return xs.map((x) => x * v${number}).reduce((a, b) => a + b, 0);
}
f${number}([1, 2])`,
      gives: String(3 * number),
    }),
    print: (lines) => `for (let i = 0; i < ${lines}; i++) console.log("this is line", i);`,
  },
  python: {
    first: { code: "squares = [x * x for x in [1, 2, 3]]\nsum(squares)", gives: "14" },
    trivial: { code: "1 + 1", gives: "2" },
    step: (number) => ({
      code: `v${number} = ${number > 1 ? `v${number - 1} + 1` : "1"}
def f${number}(xs):
    return sum(x * v${number} for x in xs)

f${number}([1, 2])`,
      gives: String(3 * number),
    }),
    print: (lines) => `for i in range(${lines}):\n    print("this is line", i)`,
  },
};

/** Interfaces, generic functions, classes, loops and closures, as a notebook has them; every name ends in `n`. */
function hundredLines(n: number): string {
  const parts = [1, 2, 3, 4].map((part) => twentyFourLines(`${n}_${part}`));
  return `${parts.join("\n")}
const all${n} = [total${n}_1, total${n}_2, total${n}_3, total${n}_4];
let sum${n} = 0;
for (const one of all${n}) sum${n} += one;
sum${n}`;
}

const twentyFourLines = (
  n: string,
): string => `interface Row${n} { id: number; label: string; values: number[] }
type Keyed${n}<T> = { readonly key: string; readonly value: T };
function group${n}<T, K extends string>(items: readonly T[], keyOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}
class Table${n} {
  readonly rows: Row${n}[] = [];
  constructor(private readonly scale = 2) {}
  add(label: string, ...values: number[]): this {
    this.rows.push({ id: this.rows.length, label, values });
    return this;
  }
  get total(): number { return this.rows.flatMap((row) => row.values).reduce((a, b) => a + b * this.scale, 0); }
}
const table${n} = new Table${n}().add("a", 1, 2, 3).add("b", 4, 5).add("a", 6);
const keyed${n}: Keyed${n}<number>[] = [...group${n}(table${n}.rows, (row) => row.label)].map(([key, rows]) => ({ key, value: rows.length }));
const total${n} = table${n}.total + keyed${n}.filter(({ value }) => value > 1).length + \`\${keyed${n}[0]?.key}\${keyed${n}.length}\`.length + 1;`;
