/** How ndarrays print: as NumPy's str() does, wherever a value is shown. */
import { pythonFloat } from "../print/number.ts";

/** What is needed of an ndarray to print it. */
interface Shown {
  readonly ndim: number;
  readonly size: number;
  readonly dtype: string;
  item(): unknown;
}

/** Makes `console.log`, `util.inspect`, `String` and Jupyter show ndarrays as NumPy's `[3. 1. 4.]`. */
export function setNdarrayText(prototype: object): void {
  const own = prototype as Shown & { toString(): string };
  const arrayText = own.toString;
  function text(this: Shown): string {
    if (this.size === 0) return "[]";
    return this.ndim === 0 ? scalarText(this.item(), this.dtype) : arrayText.call(this);
  }
  const define = (key: PropertyKey, value: unknown) =>
    Object.defineProperty(prototype, key, { value, configurable: true, writable: true, enumerable: false });
  define("toString", text);
  define(Symbol.for("nodejs.util.inspect.custom"), text);
  define(Symbol.for("Jupyter.display"), function (this: Shown) {
    return { "text/plain": text.call(this) };
  });
}

function scalarText(x: unknown, dtype: string): string {
  if (dtype === "bool") return x ? "True" : "False";
  return typeof x === "number" && dtype.startsWith("float") ? pythonFloat(x) : String(x);
}
