/** gpu.js sources of elementwise ops, made from the op table's scalar functions. */

/** Ops whose scalar function means on the GPU what it means here, NaN and infinities too. */
const translatable = new Set([
  ...[
    "add",
    "sub",
    "rsub",
    "mul",
    "div",
    "neg",
    "abs",
    "sign",
    "sqrt",
    "rsqrt",
    "relu",
    "square",
    "reciprocal",
  ],
  ...["floor", "ceil", "lt", "le", "gt", "ge", "eq"],
]);
/** Those that do but for NaN, of which a driver's exp may make infinity: it is passed through. */
const passingNaN = new Set(["exp", "sigmoid", "sin", "cos"]);

const integral = "b === Math.floor(b)";
const even = "b - 2 * Math.floor(b / 2) === 0";
const negativeBase = `${integral} ? ${even} ? Math.pow(-a, b) : -Math.pow(-a, b) : Math.sqrt(a)`;

/**
 * Ops that gpu.js or WGSL would get wrong: Math.max(NaN, 0) is 0 there, NaN !== NaN false, tanh(100) and pow(−2, 2) NaN,
 * log(−1) a number.
 */
const own: { readonly [name: string]: string } = {
  ne: "!(a === b)",
  logical_and: "!(a === 0) && !(b === 0)",
  logical_or: "!(a === 0) || !(b === 0)",
  maximum: "a > b ? a : b >= a ? b : a + b",
  minimum: "a < b ? a : b <= a ? b : a + b",
  tanh: "x > 10 ? 1 : x < -10 ? -1 : Math.tanh(x)",
  log: "x > 0 ? Math.log(x) : x === 0 ? -1 / Math.abs(x) : Math.sqrt(x)",
  pow: `b === 0 || a === 1 ? 1 : !(a === a) ? a : !(b === b) ? b : a < 0 ? ${negativeBase} : Math.pow(a, b)`,
  where: "c === 0 ? b : a",
};

/** Which operands repeat their first element. */
export type Repeats = readonly boolean[];

/** A kernel over flat arrays, or null where the op has no form; `test` gives 0 and 1. */
export function sourceOf(
  name: string,
  f: (...numbers: never[]) => unknown,
  parameters: readonly string[],
  repeats: Repeats,
  test: boolean,
): string | null {
  const known = translatable.has(name) || passingNaN.has(name);
  const translated = own[name] ?? (known ? expressionOf(f, parameters) : null);
  if (translated === null) return null;
  const expression = passingNaN.has(name) ? `x === x ? ${translated} : x` : translated;
  const arrays = parameters.map((p) => `${p}s`);
  const reads = parameters.map((p, i) => `const ${p} = ${p}s[${repeats[i] ? "0" : "this.thread.x"}];`);
  const value = test ? `(${expression}) ? 1 : 0` : expression;
  return `function (${arrays.join(", ")}) { ${reads.join(" ")} return ${value}; }`;
}

/** The function's one expression in terms of `parameters`: `(x) => -x` says `-x`, `Math.exp` says `Math.exp(x)`. */
function expressionOf(f: (...numbers: never[]) => unknown, parameters: readonly string[]): string | null {
  const text = f.toString();
  if (text.includes("[native code]")) return `Math.${f.name}(${parameters.join(", ")})`;
  const arrow = /^\(?([\w\s,]*)\)?\s*=>\s*([^{][\s\S]*)$/.exec(text);
  if (arrow === null) return null;
  const given = arrow[1]!.split(",").map((word) => word.trim());
  return given.reduce(
    (body, word, i) => body.replaceAll(new RegExp(`\\b${word}\\b`, "g"), parameters[i]!),
    arrow[2]!,
  );
}
