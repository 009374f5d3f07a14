/** Numbers as Python writes them: f"{x:.4f}", f"{x:.4e}" and repr(x), ties rounded to even. */

/**
 * The shorter of two candidates for `digits` places: `rounded` came from JavaScript, which rounds ties up; `longer`
 * has one digit more and `exact` enough digits to tell a tie from a near one.
 */
function halfEven(rounded: string, longer: string, exact: string): string {
  if (!longer.endsWith("5") || !/^[^e]*$/.test(longer)) return rounded;
  if (/[1-9]/.test(exact.slice(longer.length))) return rounded;
  const truncated = longer.slice(0, -1).replace(/\.$/, "");
  return Number(truncated.at(-1)) % 2 === 0 ? truncated : rounded;
}

function nonFinite(x: number): string | undefined {
  if (Number.isNaN(x)) return "nan";
  if (x === Number.POSITIVE_INFINITY) return "inf";
  return x === Number.NEGATIVE_INFINITY ? "-inf" : undefined;
}

/** `f"{x:.{digits}f}"`. */
export function fixed(x: number, digits: number): string {
  const special = nonFinite(x);
  if (special !== undefined) return special;
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const a = Math.abs(x);
  if (a >= 1e21) return `${sign}${BigInt(a)}${digits > 0 ? `.${"0".repeat(digits)}` : ""}`;
  const rounded = a.toFixed(digits);
  const longer = a.toFixed(digits + 1);
  return sign + (longer.endsWith("5") ? halfEven(rounded, longer, a.toFixed(100)) : rounded);
}

/** `f"{x:.{digits}e}"`: at least two digits of exponent. */
export function scientific(x: number, digits: number): string {
  const special = nonFinite(x);
  if (special !== undefined) return special;
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  const a = Math.abs(x);
  const [mantissa = "", exponent = "+0"] = a.toExponential(digits).split("e");
  const [longer = "", power = ""] = a.toExponential(digits + 1).split("e");
  const [exact = ""] = a.toExponential(100).split("e");
  const shown = power === exponent ? halfEven(mantissa, longer, exact) : mantissa;
  return `${sign}${shown}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}

/** `repr(x)` of a Python float: shortest digits, always with a point or an exponent. */
export function pythonFloat(x: number): string {
  const special = nonFinite(x);
  if (special !== undefined) return special;
  if (x === 0) return Object.is(x, -0) ? "-0.0" : "0.0";
  const a = Math.abs(x);
  if (a < 1e16 && a >= 1e-4) {
    const text = String(x);
    return text.includes(".") ? text : `${text}.0`;
  }
  const [mantissa, exponent = "+0"] = x.toExponential().split("e");
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`;
}
