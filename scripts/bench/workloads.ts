/** User code whose speed in cells is measured: what is declared, what is timed, and the value that must come out. */

export interface Workload {
  readonly name: string;
  /** Declarations; a cell of their own in the split form. */
  readonly declare: string;
  /** What is timed. */
  readonly run: string;
  /** An expression whose value all forms share. */
  readonly result: string;
  /** How often the inner part of `run` runs, for times in nanoseconds. */
  readonly turns: number;
}

const turns = 10_000_000;
const some = 1_000_000;

/** A loop of `count` turns over `i`. */
const loop = (body: string, count: number = turns): string =>
  `for (let i = 0; i < ${count}; i++) { ${body} }`;

export const workloads: readonly Workload[] = [
  {
    name: "loop of 2e7 turns",
    declare: "let total = 0;",
    run: loop("total += i & 7", 2e7),
    result: "total",
    turns: 2e7,
  },
  {
    name: "loop, float sum",
    declare: "let total = 0.5;",
    run: loop("total += i * 0.5"),
    result: "total",
    turns,
  },
  {
    name: "while",
    declare: "let n = 0; let total = 0;",
    run: `while (n < ${turns}) { total ^= n; n++ }`,
    result: "total",
    turns,
  },
  {
    name: "do while",
    declare: "let n = 0; let total = 0;",
    run: `do { total ^= n } while (++n < ${turns})`,
    result: "total",
    turns,
  },
  {
    name: "for of an array",
    declare: `const xs = Array.from({ length: ${some} }, (_, i) => i & 7); let total = 0;`,
    run: "for (let k = 0; k < 5; k++) for (const x of xs) total += x",
    result: "total",
    turns: 5 * some,
  },
  {
    name: "nested loops",
    declare: "let total = 0;",
    run: "for (let j = 0; j < 3000; j++) for (let i = 0; i < 3000; i++) total += i ^ j",
    result: "total",
    turns: 9e6,
  },
  {
    name: "loop with Math calls",
    declare: "let total = 0;",
    run: loop("total += Math.abs(i & 7)"),
    result: "total",
    turns,
  },
  {
    name: "array of numbers, read and written",
    declare: "const xs = new Array<number>(1000).fill(1); let total = 0;",
    run: loop("const k = i % 1000; total += xs[k]!; xs[k] = i & 15"),
    result: "total",
    turns,
  },
  {
    name: "Float64Array",
    declare: "const xs = new Float64Array(1000).fill(0.5); let total = 0;",
    run: loop("const k = i % 1000; total += xs[k]!; xs[k] = k * 0.5"),
    result: "total",
    turns,
  },
  {
    name: "object's fields",
    declare: "const point = { x: 0, y: 1 };",
    run: loop("point.x += point.y; point.y = i & 3"),
    result: "point.x + point.y",
    turns,
  },
  {
    name: "push",
    declare: "const xs: number[] = [];",
    run: loop("xs.push(i)", some),
    result: "xs.length",
    turns: some,
  },
  {
    name: "variable that a closure sees",
    declare: "let total = 0; const seen = () => total;",
    run: loop("total += i & 7"),
    result: "seen()",
    turns,
  },
  {
    name: "variable written by a callback",
    declare: `const xs = Array.from({ length: ${some} }, (_, i) => i & 7); let total = 0;`,
    run: "for (let k = 0; k < 5; k++) xs.forEach((x) => { total += x })",
    result: "total",
    turns: 5 * some,
  },
  {
    name: "function called in a loop",
    declare: "function step(n: number) { return (n * 3 + 1) & 1023 } let total = 0;",
    run: loop("total += step(i)"),
    result: "total",
    turns,
  },
  {
    name: "const arrow called in a loop",
    declare: "const step = (n: number) => (n * 3 + 1) & 1023; let total = 0;",
    run: loop("total += step(i)"),
    result: "total",
    turns,
  },
  {
    name: "function with a loop that reads a const",
    declare: `const scale = 3; function sum(n: number) { let t = 0; for (let i = 0; i < n; i++) t += (i * scale) & 7; return t }`,
    run: `const total = sum(${turns})`,
    result: "total",
    turns,
  },
  {
    name: "function with a loop that writes a let",
    declare: `let total = 0; function sum(n: number) { for (let i = 0; i < n; i++) total += i & 7 }`,
    run: `sum(${turns})`,
    result: "total",
    turns,
  },
  {
    name: "recursion",
    declare: "function fib(n: number): number { return n < 2 ? n : fib(n - 1) + fib(n - 2) }",
    run: "const got = fib(29)",
    result: "got",
    turns: 832_040,
  },
  {
    name: "recursion of a const",
    declare: "const fib = (n: number): number => (n < 2 ? n : fib(n - 1) + fib(n - 2));",
    run: "const got = fib(29)",
    result: "got",
    turns: 832_040,
  },
  {
    name: "class with private fields",
    declare:
      "class Counter { #n = 0; add(k: number) { this.#n += k } get n() { return this.#n } } const counter = new Counter();",
    run: loop("counter.add(i & 3)"),
    result: "counter.n",
    turns,
  },
  {
    name: "new objects of a class",
    declare:
      "class Vec { constructor(readonly x: number, readonly y: number) {} plus(o: Vec) { return new Vec(this.x + o.x, this.y + o.y) } } let sum = new Vec(0, 0);",
    run: loop("sum = sum.plus(new Vec(i & 1, 1))", some),
    result: "sum.x + sum.y",
    turns: some,
  },
  {
    name: "Map",
    declare: "const counts = new Map<number, number>();",
    run: loop("const k = i & 255; counts.set(k, (counts.get(k) ?? 0) + 1)", some),
    result: "[...counts.values()].join()",
    turns: some,
  },
  {
    name: "Set",
    declare: "const found = new Set<number>();",
    run: loop("if (!found.has(i & 4095)) found.add(i & 4095)", some),
    result: "found.size",
    turns: some,
  },
  {
    name: "string concatenation",
    declare: `let text = "";`,
    run: loop("text += i & 7", some),
    result: "text.length",
    turns: some,
  },
  {
    name: "templates",
    declare: "let length = 0;",
    run: loop(`length += \`turn \${i}: \${i & 7}\`.length`, some),
    result: "length",
    turns: some,
  },
  {
    name: "sort with a callback",
    declare: "const xs = Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 100_003);",
    run: "xs.sort((a, b) => a - b)",
    result: "xs[500]! + xs[99_000]!",
    turns: 100_000,
  },
  {
    name: "map, filter and reduce",
    declare: `const xs = Array.from({ length: ${some} }, (_, i) => i); let total = 0;`,
    run: "total = xs.map((x) => x * 2).filter((x) => x % 3 === 0).reduce((a, b) => a + b, 0)",
    result: "total",
    turns: some,
  },
  {
    name: "matrix multiplication",
    declare:
      "const n = 160; const make = (f: number) => Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => i * f + j)); const A = make(1); const B = make(0.5); const C = make(0);",
    run: "for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) { let s = 0; for (let k = 0; k < n; k++) s += A[i]![k]! * B[k]![j]!; C[i]![j] = s }",
    result: "C[7]![9]",
    turns: 160 ** 3,
  },
  {
    name: "sieve",
    declare: "const size = 2_000_000; const composite = new Uint8Array(size); let primes = 0;",
    run: "for (let i = 2; i < size; i++) { if (composite[i]) continue; primes++; for (let j = i * 2; j < size; j += i) composite[j] = 1 }",
    result: "primes",
    turns: 4.8e6,
  },
  {
    name: "generator",
    declare: "function* upTo(n: number) { for (let i = 0; i < n; i++) yield i } let total = 0;",
    run: `for (const x of upTo(${some})) total += x & 7`,
    result: "total",
    turns: some,
  },
  {
    name: "destructuring",
    declare: "let a = 0; let b = 1;",
    run: loop("[a, b] = [b, (a + b) & 1023]", some),
    result: "a + b",
    turns: some,
  },
  {
    name: "try in a loop",
    declare: "let total = 0;",
    run: loop("try { if (i < 0) throw i; total += i & 7 } catch { total = 0 }"),
    result: "total",
    turns,
  },
  {
    name: "await in a loop",
    declare: "const later = async (n: number) => n & 7; let total = 0;",
    run: `for (let i = 0; i < 100_000; i++) total += await later(i)`,
    result: "total",
    turns: 100_000,
  },
  {
    name: "await of a number in a loop",
    declare: "let total = 0;",
    run: `for (let i = 0; i < 100_000; i++) total += await (i & 7)`,
    result: "total",
    turns: 100_000,
  },
  {
    name: "await in an async function",
    declare:
      "async function sum(n: number) { let t = 0; for (let i = 0; i < n; i++) t += await Promise.resolve(i & 7); return t }",
    run: `const total = await sum(100_000)`,
    result: "total",
    turns: 100_000,
  },
];
