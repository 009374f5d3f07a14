/** The little of Python that recorded programs use: its numbers, operators, indexing and built-in functions. */
import { Size } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";
import { reprOf, tuple } from "../core/tuple.ts";
import { fixed, pythonFloat, scientific } from "../print/number.ts";
import { ellipsis, Missing, PyFloat, Slice } from "./values.ts";

type Callable = (...args: unknown[]) => unknown;
export type Numeric = number | bigint | InstanceType<typeof PyFloat>;

/** Python's `float(x)`. */
export function toFloat(x: unknown): InstanceType<typeof PyFloat> {
  if (x instanceof Tensor) return new PyFloat(Number((x as unknown as { item(): number }).item()));
  return new PyFloat(Number(x instanceof PyFloat ? x.value : x));
}

/** Python's `repr(x)`. */
export function repr(x: unknown): string {
  if (x instanceof PyFloat) return pythonFloat(x.value);
  if (typeof x === "number") return Number.isInteger(x) && !Object.is(x, -0) ? String(x) : pythonFloat(x);
  if (Array.isArray(x) && x.constructor === Array) return `[${x.map(repr).join(", ")}]`;
  if (x !== null && typeof x === "object" && x.constructor === Object) {
    return `{${Object.entries(x)
      .map(([key, value]) => `'${key}': ${repr(value)}`)
      .join(", ")}}`;
  }
  return reprOf(x);
}

/** Python's `format(x, spec)` for the specs that are recorded. */
function format(x: unknown, spec = ""): string {
  if (spec === "") return typeof x === "string" ? x : repr(x);
  const match = /^\.(\d+)([fe])$/.exec(spec);
  if (match === null || (x instanceof Tensor && x.ndim > 0)) throw new Missing(`format ${spec}`);
  const { value } = toFloat(x);
  return match[2] === "f" ? fixed(value, Number(match[1])) : scientific(value, Number(match[1]));
}

function items(x: unknown): unknown[] {
  if (x !== null && typeof x === "object" && x.constructor === Object) return Object.keys(x);
  return [...(x as Iterable<unknown>)];
}

function truthy(x: unknown): boolean {
  if (x instanceof Tensor) return Boolean((x as unknown as { item(): unknown }).item());
  if (x instanceof PyFloat) return x.value !== 0;
  return Array.isArray(x) ? x.length > 0 : Boolean(x);
}

function typeName(x: unknown): string {
  if (x instanceof PyFloat) return "float";
  if (x == null) return "NoneType";
  if (typeof x === "number" || typeof x === "bigint") return "int";
  if (typeof x === "boolean") return "bool";
  if (typeof x === "string") return "str";
  if (x instanceof Size) return "Size";
  if (Array.isArray(x)) return x.constructor === Array ? "list" : "tuple";
  const named = x as { name?: unknown };
  return typeof named.name === "function"
    ? (named.name as () => string).call(x).split("::").at(-1)!
    : x.constructor.name;
}

function extreme(better: "<" | ">"): Callable {
  return (...args) => {
    const all = args.length === 1 ? items(args[0]) : args;
    return all.reduce((best, x) => (truthy(binary(better, x, best)) ? x : best));
  };
}

/** Python's built-in functions by name. */
export const builtins: Record<string, unknown> = {
  repr,
  str: (x: unknown) => (typeof x === "string" ? x : repr(x)),
  len: (x: unknown) => (x instanceof Tensor ? x.shape[0] : items(x).length),
  float: toFloat,
  int: (x: unknown) => Math.trunc(toFloat(x).value),
  bool: truthy,
  list: (x: unknown) => items(x),
  tuple: (x: unknown) => tuple(items(x)),
  range: (a: number, b?: number, step = 1) => {
    const [start, stop] = b === undefined ? [0, a] : [a, b];
    return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, i) => start + i * step);
  },
  type: typeName,
  format,
  isinstance: (x: unknown, type: unknown) => typeof type === "function" && x instanceof type,
  sum: (x: unknown) => items(x).reduce((total, item) => binary("+", total, item), 0),
  min: extreme("<"),
  max: extreme(">"),
  abs: (x: unknown) => (x instanceof Tensor ? method(x, "abs")() : keepKind(x, Math.abs(toFloat(x).value))),
  dict: (x: Record<string, unknown> = {}) => ({ ...x }),
  round: (x: unknown, digits?: number) => {
    const { value } = toFloat(x);
    return digits === undefined ? Number(fixed(value, 0)) : new PyFloat(Number(fixed(value, digits)));
  },
  hasattr: (x: unknown, name: string) => name in Object(x),
  sorted: (x: unknown) => items(x).sort((a, b) => (truthy(binary("<", a, b)) ? -1 : 1)),
  inf: new PyFloat(Number.POSITIVE_INFINITY),
  nan: new PyFloat(Number.NaN),
};

function keepKind(like: unknown, value: number): unknown {
  return like instanceof PyFloat ? new PyFloat(value) : value;
}

function method(x: unknown, name: string): Callable {
  const found = Object(x)[name];
  if (typeof found !== "function") throw new Missing(name);
  return (...args) => found.apply(x, args);
}

const METHODS: Record<string, readonly [forward: string, reflected: string]> = {
  "+": ["add", "__radd__"],
  "-": ["sub", "__rsub__"],
  "*": ["mul", "__rmul__"],
  "/": ["div", "__rtruediv__"],
  "//": ["floor_divide", "__rfloordiv__"],
  "%": ["remainder", "__rmod__"],
  "**": ["pow", "__rpow__"],
  "@": ["matmul", "__rmatmul__"],
  "&": ["bitwise_and", "__rand__"],
  "|": ["bitwise_or", "__ror__"],
  "^": ["bitwise_xor", "__rxor__"],
  "<<": ["bitwise_left_shift", "__rlshift__"],
  ">>": ["bitwise_right_shift", "__rrshift__"],
  "==": ["eq", "eq"],
  "!=": ["ne", "ne"],
  "<": ["lt", "gt"],
  "<=": ["le", "ge"],
  ">": ["gt", "lt"],
  ">=": ["ge", "le"],
};

/** `a op b` as Python does it, for tensors through their methods. */
export function binary(op: string, a: unknown, b: unknown): unknown {
  if (op === "is") return a === b || (a == null && b == null);
  if (op === "is not") return !(a === b || (a == null && b == null));
  if (op === "in") return items(b).some((x) => truthy(binary("==", x, a)));
  const names = METHODS[op];
  if (names === undefined) throw new Missing(`operator ${op}`);
  if (a instanceof Tensor) return method(a, names[0])(operand(b, a));
  if (b instanceof Tensor) return method(b, names[1])(operand(a, b));
  return plainBinary(op, a, b);
}

/** A float beside a float tensor is a plain number: the kind matters only where promotion does. */
export function operand(x: unknown, beside: Tensor): unknown {
  return x instanceof PyFloat && beside.dtype.is_floating_point ? x.value : x;
}

function plainBinary(op: string, a: unknown, b: unknown): unknown {
  if (op === "==" || op === "!=") return (repr(a) === repr(b) || sameNumber(a, b)) === (op === "==");
  if (op === "+" && typeof a === "string") return a + String(b);
  if (op === "+" && Array.isArray(a)) return [...a, ...(b as unknown[])];
  if (op === "*" && Array.isArray(a)) return Array.from({ length: b as number }, () => a).flat();
  const floats = a instanceof PyFloat || b instanceof PyFloat || op === "/";
  if (!floats) return intBinary(op, BigInt(a as number), BigInt(b as number));
  const value = floatBinary(op, toFloat(a).value, toFloat(b).value);
  return typeof value === "boolean" ? value : new PyFloat(value);
}

function sameNumber(a: unknown, b: unknown): boolean {
  const number = (x: unknown) => x instanceof PyFloat || typeof x === "number" || typeof x === "bigint";
  return number(a) && number(b) && toFloat(a).value === toFloat(b).value;
}

function floatBinary(op: string, a: number, b: number): number | boolean {
  switch (op) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return a / b;
    case "//":
      return Math.floor(a / b);
    case "%":
      return a - Math.floor(a / b) * b;
    case "**":
      return a ** b;
    default:
      return order(op, a, b);
  }
}

function order(op: string, a: number | bigint, b: number | bigint): boolean {
  switch (op) {
    case "<":
      return a < b;
    case "<=":
      return a <= b;
    case ">":
      return a > b;
    case ">=":
      return a >= b;
    default:
      throw new Missing(`operator ${op}`);
  }
}

function intBinary(op: string, a: bigint, b: bigint): unknown {
  const small = (x: bigint) => (Number.isSafeInteger(Number(x)) ? Number(x) : x);
  const floor = () => a / b - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n);
  switch (op) {
    case "+":
      return small(a + b);
    case "-":
      return small(a - b);
    case "*":
      return small(a * b);
    case "//":
      return small(floor());
    case "%":
      return small(a - floor() * b);
    case "**":
      return b < 0n ? new PyFloat(Number(a) ** Number(b)) : small(a ** b);
    case "&":
      return small(a & b);
    case "|":
      return small(a | b);
    default:
      return order(op, a, b);
  }
}

/** `op x`. */
export function unary(op: string, x: unknown): unknown {
  if (op === "not") return !truthy(x);
  if (op === "+") return x instanceof Tensor ? method(x, "positive")() : x;
  if (x instanceof Tensor) return method(x, op === "-" ? "neg" : "bitwise_not")();
  if (op === "-") return x instanceof PyFloat ? new PyFloat(-x.value) : binary("-", 0, x);
  throw new Missing(`operator ${op}`);
}

/** An index as `x.at` takes it. */
export function atItems(index: unknown): unknown[] {
  const one = (item: unknown): unknown => {
    if (item instanceof Slice) return String(item);
    if (item === ellipsis) return "...";
    return item;
  };
  return isTuple(index) ? index.map(one) : [one(index)];
}

const isTuple = (x: unknown): x is unknown[] => Array.isArray(x) && x.constructor !== Array;

/** `x[i]`. */
export function getItem(x: unknown, index: unknown): unknown {
  if (x instanceof Tensor) return method(x, "at")(...atItems(index));
  if (!Array.isArray(x) && typeof index === "string") {
    if (!(index in Object(x))) throw new Missing(`[${index}]`);
    return Object(x)[index];
  }
  const list = Array.isArray(x) ? x : null;
  if (list === null) {
    const own = Object(x) as { at?: unknown };
    if (typeof own.at === "function") return own.at(index);
    throw new Missing("index");
  }
  if (!(index instanceof Slice)) return list.at(Number(index));
  const [start, stop, step] = index.parts as [number | null, number | null, number | null];
  if (step !== null) throw new Missing("step");
  const part = Array.prototype.slice.call(list, start ?? 0, stop ?? list.length);
  return isTuple(x) ? tuple(part) : part;
}
