/** assert.gradient: derivatives against finite differences, with the entry that is furthest off. */
import { findMismatch, type GradcheckOptions, type Mismatch } from "../autograd/gradcheck.ts";
import { withGrad } from "../core/mode.ts";
import { setRequiresGrad, Tensor } from "../core/tensor.ts";
import { fail, listing, textOf } from "./error.ts";

// biome-ignore lint/suspicious/noExplicitAny: a function of any parameters
type Differentiable = (...inputs: any[]) => unknown;

export interface GradientOptions extends Omit<GradcheckOptions, "raise_exception"> {
  /** What the error says first. */
  readonly message?: string;
}

/**
 * Compares the gradients of `fn` at `inputs` (float64) with finite differences; an AssertionError names the entry
 * that is furthest off. When no input requires a gradient, all float64 ones do.
 */
export function gradient(
  fn: Differentiable,
  inputs: Tensor | readonly unknown[],
  options: GradientOptions = {},
): void {
  const { message } = options;
  const list = prepared(inputs instanceof Tensor ? [inputs] : inputs, message);
  const result = withGrad(true, () => fn(...list));
  const outputs = Array.isArray(result) ? result : [result];
  for (const y of outputs) {
    if (!(y instanceof Tensor))
      fail(message, `assert.gradient: the function gave ${textOf(y)}: expected a tensor`);
    if (!y.requires_grad)
      fail(
        message,
        "assert.gradient: the result has no grad_fn: it must be computed from the inputs by tensor operations",
      );
  }
  const found = findMismatch(fn, list, options);
  if (found !== null) report(found, message);
}

/** The inputs, with at least one that requires a gradient, and those of them in float64. */
function prepared(inputs: readonly unknown[], message: string | undefined): readonly unknown[] {
  const isGiven = inputs.some((x) => x instanceof Tensor && x.requires_grad);
  const list = inputs.map((x) => {
    if (isGiven || !(x instanceof Tensor) || x.dtype.kind !== "float") return x;
    const copy = x.clone();
    setRequiresGrad(copy, true);
    return copy;
  });
  const live = list.filter((x): x is Tensor => x instanceof Tensor && x.requires_grad);
  if (live.length === 0) fail(message, "assert.gradient: no input is a tensor of floating-point numbers");
  const narrow = live.find((x) => x.dtype.name !== "float64");
  if (narrow)
    fail(
      message,
      `assert.gradient: input ${list.indexOf(narrow)} is ${narrow.dtype.name}: finite differences need float64: ` +
        "torch.tensor(…, { dtype: torch.float64 })",
    );
  return list;
}

function report({ x, y, output, input, ...found }: Mismatch, message: string | undefined): never {
  let worst = { row: 0, column: 0, size: -1 };
  let [wrong, count] = [0, 0];
  for (const [row, numbers] of found.numerical.entries())
    for (const [column, number] of numbers.entries()) {
      count++;
      if (found.isClose(row, column)) continue;
      wrong++;
      const difference = Math.abs(found.analytical[row]![column]! - number);
      const size = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
      if (size > worst.size) worst = { row, column, size };
    }
  const of = `output ${output}${placeOf(y, worst.column)}`;
  const by = `input ${input}${placeOf(x, worst.row)}`;
  fail(
    message,
    `assert.gradient: the derivative of ${of} with respect to ${by} is off (${wrong} of ${count} entries are)`,
    listing([
      ["by backward:", rounded(found.analytical[worst.row]![worst.column]!)],
      ["by finite differences:", rounded(found.numerical[worst.row]![worst.column]!)],
    ]),
  );
}

/** ` at [1, 2]`, of the element with this number in row-major order. */
function placeOf(x: Tensor, index: number): string {
  if (x.ndim === 0) return "";
  let rest = index;
  const at = [...x.shape].reverse().map((length) => {
    const here = rest % length;
    rest = Math.floor(rest / length);
    return here;
  });
  return ` at [${at.reverse().join(", ")}]`;
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(6)));
}
