/** Random programs for tests: cells of valid TypeScript, each made from numbers that fast-check can shrink. */

/** A statement of a program, as a cell says it and as one file would: what a cell declares anew, a file assigns. */
export interface Piece {
  readonly cell: string;
  readonly file: string;
  /** A declaration stands at its cell's start, a function's before everything else in the file. */
  readonly declares?: string;
  readonly hoisted?: boolean;
}

/** The names that all programs share; what `hot` lists no function reads or writes. */
export const pool = {
  captured: ["a", "b"],
  hot: ["c", "d"],
  constants: ["k0", "k1"],
  functions: ["f0", "f1"],
  vars: ["v0", "v1"],
} as const;

/** The first cell: everything a program may name. */
export const prelude = `
const out: string[] = [];
const print = (x: unknown): void => { if (out.length < 400) out.push(String(x)) };
const m = (x: unknown): number => Math.trunc(Number(x)) % 1009 || 0;
const call = (f: () => number): number => f();
const later = async (x: number): Promise<number> => x;
function* upTo(n: number): Generator<number> { for (let i = 0; i < n; i++) { try { yield i } finally { print("y" + i) } } }
async function* slowly(n: number): AsyncGenerator<number> { for (let i = 0; i < n; i++) yield await later(i) }
const tag = (parts: TemplateStringsArray, ...values: number[]): number => parts.length + m(values.reduce((x, y) => x + y, 0));
let a: number = 1, b: number = 2;
let c: number = 3;
let d: number = 4;
let k0: number = 5, k1: number = 6;
var v0: number = 7, v1: number = 8;
let f0 = (x: number): number => x + 1;
let f1 = (x: number): number => x - 1;
let xs: number[] = [1, 2, 3, 4];
let fs: (() => number)[] = [];
let o = { k: 1, get twice() { return this.k * 2 }, set twice(v: number) { this.k = v % 97 }, maybe: undefined as ((x: number) => number) | undefined };
class K { static made = 0; #v: number; constructor(v: number) { this.#v = v; K.made++ } get(): number { return this.#v } }
enum E { A = 1, B }
namespace N { export let v = 1; export const bump = (x: number): number => (v = (v + x) % 89) }
`;

/** What is compared after each cell. */
export const observed = [
  ...pool.captured,
  ...pool.hot,
  ...pool.constants,
  ...pool.vars,
  "xs",
  "out",
] as const;

/** A fixed row of choices from one number. */
class Choices {
  #state: number;
  /** Distinguishes the errors thrown; the cell's line that says it is where the error must be located. */
  readonly id: number;
  #throws = 0;

  constructor(seed: number) {
    this.#state = seed | 0;
    this.id = seed;
  }

  /** A whole number from 0 to below `n`. */
  to(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }

  of<T>(values: readonly T[]): T {
    return values[this.to(values.length)]!;
  }

  /** A mark that no other throw has. */
  mark(): string {
    return `#${this.id}.${++this.#throws}`;
  }
}

interface Around {
  readonly depth: number;
  /** Names of enclosing blocks and functions that may be read. */
  readonly locals: readonly string[];
  readonly inFunction: boolean;
  readonly awaits: boolean;
  /** Whether `break` and `continue` mean a loop, and labels of loops around. */
  readonly inLoop: boolean;
  readonly labels: readonly string[];
  /** What may be called: nothing calls itself, for where a stack overflows is not the program's. */
  readonly callable: readonly string[];
}

const top: Around = {
  depth: 0,
  locals: [],
  inFunction: false,
  awaits: true,
  inLoop: false,
  labels: [],
  callable: ["f0", "f1", "o.maybe", "fs"],
};
const deeper = (around: Around, more: Partial<Around> = {}): Around => ({
  ...around,
  depth: around.depth + 1,
  ...more,
});
const inFunction = (around: Around, more: Partial<Around> = {}): Around =>
  deeper(around, {
    inFunction: true,
    awaits: false,
    inLoop: false,
    labels: [],
    callable: around.callable.filter((name) => name === "f0" || name === "f1"),
    locals: around.locals.filter((name) => !isTop(name)),
    ...more,
  });
const isTop = (name: string): boolean => (pool.hot as readonly string[]).includes(name);

type Maker = (of: Choices, around: Around) => string;

/** Names that may be assigned where the code stands. */
const variables = ({ inFunction: inner, locals }: Around): readonly string[] =>
  [...pool.captured, ...(inner ? [] : pool.hot)].filter((name) => !locals.includes(`const ${name}`));

const readable = (around: Around): readonly string[] => [
  ...variables(around),
  ...pool.constants,
  ...around.locals.filter((name) => !name.startsWith("const ")),
];

/** A number. */
const expression: Maker = (of, around) => {
  const e = (more: Partial<Around> = {}): string => expression(of, deeper(around, more));
  const inner = (): string => expression(of, inFunction(around, { depth: around.depth + 1 }));
  const name = of.of(readable(around));
  if (around.depth > 3) return of.of([name, String(of.to(10)), name]);
  const makers: readonly (() => string)[] = [
    () => name,
    () => name,
    () => String(of.to(20) - 5).replace(/^-.*/, "($&)"),
    () => `m(${e()} ${of.of(["+", "-", "*", "&", "|", "^"])} ${e()})`,
    () => `m(${e()} + ${e()})`,
    () => `(${e()} < ${e()} ? ${e()} : ${e()})`,
    () => {
      const [name] = around.callable.slice(of.to(2));
      return name?.startsWith("f") && name !== "fs" ? `${name}(${e()})` : e();
    },
    () => `new K(${e()}).get()`,
    () => "K.made",
    () => `(E.${of.of(["A", "B"])} as number)`,
    () => `N.${of.of(["v", `bump(${e()})`])}`,
    () => `(xs[${e()} & 3] ?? 0)`,
    () => `xs.length`,
    () => `o.${of.of(["k", "twice"])}`,
    () => (around.callable.includes("o.maybe") ? `(o.maybe?.(${e()}) ?? ${of.to(9)})` : name),
    () => `((x: number) => m(x + ${inner()}))(${e()})`,
    () => `call(() => ${inner()})`,
    () => `call(function () { return ${inner()} })`,
    () => `[${e()}, ${e()}].map((x) => m(x + ${inner()})).reduce((p, q) => p + q, 0)`,
    () => `(${of.of(variables(around))} = m(${e()}))`,
    () => `${of.of(variables(around))}${of.of(["++", "--"])}`,
    () => `({ ${name}, z: ${e()} }).${of.of([name, "z"])}`,
    () => `\`\${${e()}}\`.length`,
    () => `tag\`<\${${e()}}\${${e()}}>\``,
    () => `[...upTo(${e()} & 3)].length`,
    () => `call(\n  () => ${inner()}\n)`,
    () => (around.awaits ? `(await later(${e()}))` : e()),
    () => `(${e()} satisfies number)`,
  ];
  return of.of(makers)();
};

const block = (of: Choices, around: Around, most = 3): string =>
  `{\n${Array.from({ length: 1 + of.to(most) }, () => indent(statement(of, deeper(around)))).join("\n")}\n}`;

const indent = (text: string): string => text.replace(/^/gm, "  ");

const inLoop = (around: Around, locals: readonly string[], label?: string): Around => ({
  ...around,
  depth: around.depth + 1,
  locals: [...around.locals, ...locals],
  inLoop: true,
  labels: label === undefined ? around.labels : [...around.labels, label],
});

/** The parts of a loop: its head, and the names that its body sees. */
const loopHeads: readonly ((of: Choices, around: Around, i: string) => [head: string, names: string[]])[] = [
  (of, _, i) => [`for (let ${i} = 0; ${i} < ${1 + of.to(4)}; ${i}++)`, [i]],
  (_, around, i) => [
    `for (let ${i} = 0, ${i}n = 3; ${i} < ${i}n; ${i}++)`,
    around.inFunction ? [i] : [i, `${i}n`],
  ],
  (of, around, i) => [`for (const ${i} of [${expression(of, deeper(around))}, 2])`, [i]],
  (of, _, i) => [`for (const ${i} of upTo(${1 + of.to(3)}))`, [i]],
  (_, __, i) => [`for (const [${i}, ${i}v] of [[1, 2], [3, 4]] as const)`, [i, `${i}v`]],
  (_, __, i) => [
    `for (const { x: ${i}, y: ${i}y = 5 } of [{ x: 1 }, { x: 2, y: 3 }] as { x: number; y?: number }[])`,
    [i, `${i}y`],
  ],
  (of, around) => [`for (${of.of(variables(around))} of [3, 1])`, []],
  (of, around, i) => [`for (let ${i} = 0; ${of.of(variables(around))}++ < 50 && ${i} < 4; ${i}++)`, [i]],
  (_, around, i) => [
    around.inFunction || around.depth > 0
      ? `for (const ${i} of xs.slice(0, 2))`
      : "for (var v0 = 0; v0 < 3; v0++)",
    around.inFunction || around.depth > 0 ? [i] : ["v0"],
  ],
  (_, around, i) => [
    around.awaits ? `for await (const ${i} of slowly(2))` : `for (const ${i} of new Set([4, 5]))`,
    [i],
  ],
  (_, __, i) => [`for (const ${i}k in { p: 1, q: 2 })`, [`${i}k.length`]],
];

const loop: Maker = (of, around) => {
  const i = `i${around.depth}`;
  const label = of.to(3) === 0 ? `l${around.depth}` : undefined;
  const shown = label === undefined ? "" : `${label}: `;
  const kind = of.to(loopHeads.length + 2);
  const body = (names: readonly string[]): string => {
    const inside = inLoop(around, names, label);
    const single = simple(of, inside);
    return of.to(4) === 0 && !/^;|; |\n/.test(single) ? single : block(of, inside);
  };
  if (kind < loopHeads.length) {
    const [head, names] = loopHeads[kind]!(of, around, i);
    return `${shown}${head} ${body(names)}`;
  }
  const start = `{ let ${i} = 0\n${shown}`;
  if (kind === loopHeads.length) return `${start}while (${i}++ < ${1 + of.to(4)}) ${body([i])} }`;
  return `${start}do ${block(of, inLoop(around, [i], label))} while (++${i} < ${1 + of.to(3)}) }`;
};

/** A statement that needs no block. */
const simple: Maker = (of, around) => {
  const e = (): string => expression(of, deeper(around));
  const v = (): string => of.of(variables(around));
  const makers: readonly (() => string)[] = [
    () => `${v()} = m(${e()})`,
    () => `${v()} = m(${e()});`,
    () => `${v()} ${of.of(["+=", "-=", "^="])} ${e()};`,
    () => `print(${e()})`,
    () => {
      const [x, y] = [v(), v()];
      return `;[${x}, ${y}] = [${y}, m(${x})]`;
    },
    () => `;({ x: ${v()}, y: ${v()} = ${e()} } = { x: ${e()} } as { x: number; y?: number });`,
    () => `;[${v()}, ...xs] = [${e()}, ${e()}, ${e()}, 1, 2].map(m)`,
    () => `xs[${of.to(4)}] = ${e()};`,
    () => `if (xs.length < 9) xs.push(${e()})\nelse xs.length = 2`,
    () => `o.${of.of(["k", "twice"])} = m(${e()})`,
    () => `o.maybe = (x) => m(x + ${expression(of, inFunction(around))})`,
    () => `if (fs.length > 5) fs = []; fs.push(() => ${expression(of, inFunction(around))})`,
    () =>
      `fs.push(() => { ${of.of(pool.captured)} = m(${expression(of, inFunction(around))}); return ${of.to(5)} }); if (fs.length > 5) fs.shift()`,
    () => (around.callable.includes("fs") ? "print(fs.map((f) => f()).join())" : `print(${e()})`),
    () => `later(${e()}).then((x) => { ${of.of(pool.captured)} = m(x) }, print)`,
    () => (of.to(6) === 0 ? `throw new Error("${of.mark()}")` : `print("no throw")`),
    () => (around.inLoop ? `if (${e()} > ${of.to(9)}) ${of.of(["break", "continue"])}` : `print(${e()})`),
    () =>
      around.labels.length > 0
        ? `if (${e()} > 3) ${of.of(["break", "continue"])} ${of.of(around.labels)}`
        : `b = m(${e()})`,
    () => (around.inFunction ? `if (${e()} > 7) return ${e()}` : `print("top")`),
  ];
  return of.of(makers)();
};

const statement: Maker = (of, around) => {
  if (around.depth > 3) return simple(of, around);
  const e = (): string => expression(of, deeper(around));
  const local = `z${around.depth}`;
  const withLocal = deeper(around, { locals: [...around.locals, local] });
  const makers: readonly (() => string)[] = [
    () => simple(of, around),
    () => simple(of, around),
    () => simple(of, around),
    () => loop(of, around),
    () => loop(of, around),
    () => `if (${e()} < ${e()}) ${block(of, around)} else ${block(of, around)}`,
    () => `try ${block(of, around)} catch (e: unknown) { print(e) }`,
    () =>
      `try ${block(of, around)} catch ${block(of, around)} finally ${block(of, { ...around, inLoop: false, labels: [], inFunction: around.inFunction }, 1)}`,
    () =>
      `switch (m(${e()}) & 3) {\n  case 0: ${simple(of, around)}\n  case 1: ${simple(of, around)}; break\n  default: { ${simple(of, around)} }\n}`,
    () =>
      `{ let ${local}: number = ${e()}; ${simple(of, withLocal)}; fs.push(() => ${local}++); if (fs.length > 5) fs.shift(); ${local} += 2; ${simple(of, withLocal)} }`,
    () => `{ const [${local}, ${local}b = 3] = [${e()}] as [number, number?]; print(${local} + ${local}b) }`,
    () =>
      `{ function inner${around.depth}(x: number): number ${functionBody(of, around)}\nprint(inner${around.depth}(${e()})) }`,
    () =>
      `{ class L extends K { override get(): number { return m(super.get() + ${expression(of, inFunction(around))}) } static { print("L") } }\nprint(new L(${e()}).get()) }`,
    () => `{ let a = ${of.to(9)}; a += ${of.to(9)}; const see = () => a; b = see() }`,
    () =>
      `out${around.depth}: { if (${e()} > 4) break out${around.depth}; ${simple(of, { ...around, inLoop: false, labels: [] })} }`,
    () =>
      around.awaits
        ? `print(await Promise.all([later(${e()}), (async () => { await 0; return ${expression(of, inFunction(around, { awaits: true }))} })()]))`
        : `print(${e()})`,
    () => `{ const it = upTo(3); print(it.next().value); print(it.return(${of.to(9)}).value) }`,
  ];
  return of.of(makers)();
};

const functionBody = (of: Choices, around: Around): string =>
  `{\n${indent(statement(of, inFunction(around, { locals: ["x"], depth: Math.max(2, around.depth) })))}\n  return m(x + ${expression(of, inFunction(around, { locals: ["x"], depth: 2 }))})\n}`;

/** What a function of that name may call. */
const below = (name: string): readonly string[] => (name === "f1" ? ["f0"] : []);

/** A declaration of a name that exists: any cell may declare it anew. */
function declaration(of: Choices): Piece {
  const value = String(of.to(30));
  const variable = (name: string, word: string): Piece => ({
    declares: name,
    cell: `${word} ${name}: number = ${value}`,
    file: `${name} = ${value}`,
  });
  const makers: readonly (() => Piece)[] = [
    () => variable(of.of([...pool.captured, ...pool.hot]), of.of(["let", "let", "var"])),
    () => variable(of.of(pool.constants), of.of(["const", "let"])),
    () => {
      const name = of.of(pool.functions);
      const body = functionBody(of, { ...top, depth: 1, callable: below(name) });
      return {
        declares: name,
        hoisted: true,
        cell: `function ${name}(x: number): number ${body}`,
        file: `${name} = function (x: number): number ${body}`,
      };
    },
    () => {
      const name = of.of(pool.functions);
      const value = `(x: number): number => m(x + ${expression(of, inFunction({ ...top, callable: below(name) }, { locals: ["x"], depth: 2 }))})`;
      return { declares: name, cell: `const ${name} = ${value}`, file: `${name} = ${value}` };
    },
    () => {
      const body = `{ static made = ${value}; #v: number; constructor(v: number) { this.#v = v + ${of.to(5)}; K.made++ } get(): number { return m(this.#v) } }`;
      return { declares: "K", cell: `class K ${body}`, file: `K = class K ${body}` };
    },
    () => {
      const body = `{ A = ${of.to(9)}, B = A * 2 + 1 }`;
      return { declares: "E", cell: `enum E ${body}`, file: `E = (() => { enum E ${body}; return E })()` };
    },
    () => {
      const body = `{ export let v = ${of.to(9)}; export const bump = (x: number): number => (v = (v * 2 + x) % 83) }`;
      return {
        declares: "N",
        cell: `namespace N ${body}`,
        file: `N = (() => { namespace N ${body}; return N })()`,
      };
    },
  ];
  return of.of(makers)();
}

/** The piece that a number stands for. */
export function pieceOf(seed: number): Piece {
  const of = new Choices(seed);
  if (of.to(5) === 0) return declaration(of);
  const text = statement(of, top);
  return { cell: text, file: text };
}

/** A cell's text and the same as part of a file; each name is declared once, declarations stand first. */
export function cellOf(seeds: readonly number[]): { cell: string; file: string } {
  const pieces = seeds.map(pieceOf);
  const declared = new Map(pieces.flatMap((one) => (one.declares ? [[one.declares, one] as const] : [])));
  const others = pieces.filter((one) => !one.declares);
  const declarations = [...declared.values()];
  const hoisted = declarations.filter((one) => one.hoisted);
  const rest = declarations.filter((one) => !one.hoisted);
  // `var` is there, undefined, from the start of its cell.
  const cell = [...rest, ...others, ...hoisted].map((one) => one.cell).join("\n");
  const vars = pool.vars
    .filter((name) => cell.includes(`var ${name}`))
    .map((name) => `${name} = undefined as never`);
  const file = [...vars, ...hoisted.map((one) => one.file), ...[...rest, ...others].map((one) => one.file)];
  return { cell, file: file.join("\n;") };
}
