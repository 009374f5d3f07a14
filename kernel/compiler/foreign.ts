/** What to write in place of Python and of its notebooks' ways, added to the errors that they give. */
import type { CellDiagnostic, Compiled } from "../threads.ts";

/** By what the line looks like. */
const lines: readonly (readonly [line: RegExp, advice: string])[] = [
  [
    /^\s*%%?[a-z]\w*(?:\s|$)/i,
    "A magic stands on a cell's first line, and %lsmagic lists them: begin a new cell with it.",
  ],
  [
    /^\s*!\s*(?:(?:ls|pwd)\s*$|(?!\w+ (?:in|instanceof|as|satisfies) )[\w./-]+ +[\w./~$"'-])/,
    "For a shell command, begin a cell with %%bash and write the command below it.",
  ],
  [
    /^\s*(?:import\s+[\w.]+\s+as\s+\w+|from\s+[\w.]+\s+import\s.*|import\s+\w+)\s*;?\s*$/,
    'An import is import * as NAME from "MODULE"; torch, np and plt are there without one.',
  ],
  [/^\s*(?:async\s+)?def\s+\w+\s*\(/, "A function is function f(x) { return x; }."],
  [/^\s*for\s+[\w, ]+\s+in\s/, "A loop is for (const x of xs) { … } or for (let i = 0; i < n; i++) { … }."],
  [
    /^\s*(?:if|elif|while|else|try|except|finally|with)\b[^{}]*:\s*$/,
    "A condition stands in parentheses, what depends on it in braces: if (x > 0) { … } else { … }.",
  ],
];

/** By the name that is not known. */
const names: Readonly<Record<string, string>> = {
  print: "print(x) is console.log(x).",
  len: "len(x) is x.length, or x.size of a Map or a Set.",
  range: "range(n) is [...Array(n).keys()], or a loop: for (let i = 0; i < n; i++) { … }.",
  True: "True is true.",
  False: "False is false.",
  None: "None is null.",
  str: "str(x) is String(x).",
  int: "int(x) is Math.trunc(Number(x)).",
  float: "float(x) is Number(x).",
  self: "self is this.",
};

const unknownName = new Set([2304, 2552, 2584, 2663]);

function adviceFor({ code, excerpt, column, length }: CellDiagnostic): string | undefined {
  const advice = lines.find(([line]) => line.test(excerpt))?.[1];
  if (advice || !unknownName.has(code)) return advice;
  const name = excerpt.slice(column - 1, column - 1 + length);
  if (Object.hasOwn(names, name)) return names[name];
  const isAssigned = /^\s*=(?![=>])/.test(excerpt.slice(column - 1 + length));
  const isFirst = excerpt.slice(0, column - 1).trim() === "";
  return isAssigned && isFirst ? `A new variable is declared: let ${name} = …` : undefined;
}

/** The errors of a cell with advice; of those in a line that is no TypeScript at all, the first. */
export function withAdvice(compiled: Compiled): Compiled {
  if (compiled.ok) return compiled;
  const advised = new Set<number>();
  const diagnostics = compiled.diagnostics.flatMap((one) => {
    if (advised.has(one.line)) return [];
    const advice = adviceFor(one);
    if (advice === undefined) return [one];
    if (lines.some(([line]) => line.test(one.excerpt))) advised.add(one.line);
    return [{ ...one, message: `${one.message}\n${advice}` }];
  });
  return { ok: false, diagnostics };
}
