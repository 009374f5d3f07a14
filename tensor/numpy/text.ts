/** How ndarrays print: as NumPy's str() does, wherever a value is shown; in JSON as nested lists. */
import { fixed, pythonFloat, scientific } from "../print/number.ts";
import { layOut } from "./lay-out.ts";

/** What is needed of an ndarray to print it. */
interface Shown {
  readonly ndim: number;
  readonly size: number;
  readonly dtype: string;
  readonly shape: readonly number[];
  item(...index: number[]): unknown;
  tolist(): unknown;
}

/** Makes `console.log`, `util.inspect`, `String` and Jupyter show ndarrays as NumPy's `[3. 1. 4.]`. */
export function setNdarrayText(prototype: object): void {
  const own = prototype as Shown & { toString(): string };
  const arrayText = own.toString;
  function text(this: Shown): string {
    if (this.size === 0) return "[]";
    if (this.ndim === 0) return scalarText(this.item(), this.dtype);
    const format = formats[this.dtype];
    if (format === undefined) return arrayText.call(this);
    return layOut(this.shape, (...index) => this.item(...index), format);
  }
  const define = (key: PropertyKey, value: unknown) =>
    Object.defineProperty(prototype, key, { value, configurable: true, writable: true, enumerable: false });
  define("toString", text);
  define(Symbol.for("nodejs.util.inspect.custom"), text);
  define(Symbol.for("Jupyter.display"), function (this: Shown) {
    return { "text/plain": text.call(this) };
  });
  define("toJSON", function (this: Shown) {
    return numbersOf(this.tolist());
  });
}

/** Nested lists as JSON can hold them: int64 as numbers where they are safe. */
function numbersOf(list: unknown): unknown {
  if (Array.isArray(list)) return list.map(numbersOf);
  return typeof list === "bigint" && Number.isSafeInteger(Number(list)) ? Number(list) : list;
}

function scalarText(x: unknown, dtype: string): string {
  if (dtype === "bool") return x ? "True" : "False";
  if (typeof x !== "number" || !dtype.startsWith("float")) return String(x);
  return pythonFloat(dtype === "float32" ? shortestSingle(x) : x);
}

/** Given the elements that are shown, the text of one: all have the same width. */
type Format = (shown: readonly unknown[]) => (x: unknown) => string;

/** How each dtype's elements print in an array; the others print as numpy-ts has them. */
const formats: Readonly<Record<string, Format>> = {
  float64: (shown) => floats(shown as number[], (x) => x),
  float32: (shown) => floats(shown as number[], shortestSingle),
  ...Object.fromEntries(
    ["int64", "int32", "int16", "int8", "uint64", "uint32", "uint16", "uint8"].map((name) => [
      name,
      integers,
    ]),
  ),
  bool: () => (x) => (x ? " True" : "False"),
};

function integers(shown: readonly unknown[]): (x: unknown) => string {
  const width = Math.max(...shown.map((x) => String(x).length));
  return (x) => String(x).padStart(width);
}

/** The float64 of fewest digits that rounds to the float32 `x`: what is printed of it. */
function shortestSingle(x: number): number {
  for (let digits = 1; x !== 0 && digits < 9; digits++) {
    const short = Number(x.toPrecision(digits));
    if (Math.fround(short) === x) return short;
  }
  return x;
}

/** Digits after the point, at most (NumPy's print option `precision`). */
const precision = 8;

/** NumPy's FloatingFormat: shortest digits, cut to eight places, aligned at the point. */
function floats(shown: readonly number[], shortest: (x: number) => number): (x: unknown) => string {
  const finite = shown.filter(Number.isFinite);
  const sizes = finite.filter((x) => x !== 0).map(Math.abs);
  const [most, least] = [Math.max(...sizes), Math.min(...sizes)];
  const exponents = sizes.length > 0 && (most >= 1e8 || least < 1e-4 || most / least > 1000);
  const digits = exponents ? scientificDigits : positionalDigits;
  const parts = finite.map((x) => digits(x, shortest(x)));
  const fraction = Math.max(0, ...parts.map((part) => part.fraction.length));
  let left = Math.max(0, ...parts.map((part) => part.whole.length));
  const exponent = Math.max(0, ...parts.map((part) => part.exponent.length));
  const right = fraction + exponent;
  // The point of a column without finite numbers is counted too.
  for (const x of shown) if (!Number.isFinite(x)) left = Math.max(left, special(x).length - right - 1);
  return (value) => {
    const x = value as number;
    if (!Number.isFinite(x)) return special(x).padStart(left + right + 1);
    // With an exponent all have the same digits, further ones of the exact value; else blanks stand for them.
    const part = exponents ? split(scientific(x, fraction)) : positionalDigits(x, shortest(x));
    const filled = part.fraction.padEnd(fraction, exponents ? "0" : " ");
    return `${part.whole.padStart(left)}.${filled}${exponentOf(part.exponent, exponent)}`;
  };
}

function exponentOf(text: string, width: number): string {
  return text === "" ? "" : text.slice(0, 2) + text.slice(2).padStart(width - 2, "0");
}

function special(x: number): string {
  return Number.isNaN(x) ? "nan" : x > 0 ? "inf" : "-inf";
}

interface Digits {
  readonly whole: string;
  /** Without trailing zeros. */
  readonly fraction: string;
  /** `e-10`, or nothing. */
  readonly exponent: string;
}

/** `short` where it has few enough digits, else `x` rounded. */
function positionalDigits(x: number, short: number): Digits {
  const exact = plain(short);
  const text = (exact.split(".")[1] ?? "").length <= precision ? exact : fixed(x, precision);
  return split(text);
}

function scientificDigits(x: number, short: number): Digits {
  const [mantissa = ""] = short.toExponential().split("e");
  const count = Math.min(precision, (mantissa.split(".")[1] ?? "").length);
  return split(scientific(count < precision ? short : x, count));
}

/** The digits of a number below 1e8 and not below 1e-4, without exponent. */
function plain(x: number): string {
  const text = String(x);
  return text.includes("e") ? fixed(x, 20) : Object.is(x, -0) ? "-0" : text;
}

function split(text: string): Digits {
  const [, whole = "", fraction = "", exponent = ""] = /^(-?\d+)(?:\.(\d*))?(e.*)?$/.exec(text) ?? [];
  return { whole, fraction: fraction.replace(/0+$/, ""), exponent };
}
