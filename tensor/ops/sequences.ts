/** Evenly spaced numbers: arange and linspace. */
import { convert as convertElement, materialise } from "../core/allocate.ts";
import { float32, get_default_dtype, int64 } from "../core/dtype.ts";
import { RuntimeError } from "../core/errors.ts";
import { layoutOf } from "../core/shape.ts";
import { Tensor, uninitialised } from "../core/tensor.ts";
import { isOptions } from "./arguments.ts";
import { type CreationOptions, checkOptions as checkDtype, element, finish } from "./creation.ts";
import { settle } from "./loops.ts";
import { countsAsFloat, plain, type Scalar } from "./number.ts";

/** start, start + step, … below end; integral arguments give int64 (`torch.arange`). */
export function arange(
  ...given: [...numbers: Scalar[]] | [...numbers: Scalar[], options: CreationOptions]
): Tensor {
  const last = given.at(-1);
  const options = isOptions(last)
    ? (last as CreationOptions & { start?: Scalar; end?: Scalar; step?: Scalar })
    : undefined;
  const numbers = (options === undefined ? given : given.slice(0, -1)) as Scalar[];
  checkDtype("arange", options, ["start", "end", "step"]);
  const end = numbers.length === 1 ? numbers[0]! : (numbers[1] ?? options?.end ?? 0);
  const start = numbers.length === 1 ? (options?.start ?? 0) : (numbers[0] ?? options?.start ?? 0);
  const step = numbers[2] ?? options?.step ?? 1;
  const [from, to, by] = [Number(plain(start)), Number(plain(end)), Number(plain(step))];
  if (by === 0) throw new RuntimeError("step must be nonzero");
  if (!Number.isFinite(from) || !Number.isFinite(to)) {
    throw new RuntimeError(`unsupported range: ${pythonNumber(from)} -> ${pythonNumber(to)}`);
  }
  if ((by > 0 && to < from) || (by < 0 && to > from)) {
    throw new RuntimeError("upper bound and lower bound inconsistent with step sign");
  }
  const dtype = options?.dtype ?? ([start, end, step].some(countsAsFloat) ? get_default_dtype() : int64);
  const n = Math.ceil((to - from) / by);
  const y = uninitialised(dtype, layoutOf([n]));
  const data = materialise(y.storage);
  for (let i = 0; i < n; i++) data[i] = convertElement(dtype.name, from + i * by);
  settle(y);
  return finish(y, options);
}
function pythonNumber(x: number): string {
  return Number.isNaN(x) ? "nan" : x === Infinity ? "inf" : x === -Infinity ? "-inf" : String(x);
}

function checkEnds(start: unknown, end: unknown): void {
  const [a, b] = [start, end].map((x) => (x instanceof Tensor ? x.ndim : 0)) as [number, number];
  if (a === 0 && b === 0) return;
  const got = [
    ...(start instanceof Tensor ? [`start with ${a} dimension(s)`] : []),
    ...(end instanceof Tensor ? [`end with ${b} dimension(s)`] : []),
  ];
  throw new RuntimeError(
    `linspace only supports 0-dimensional start and end tensors, but got ${got.join(" and ")}.`,
  );
}

/** `steps` numbers evenly from start to end, both included (`torch.linspace`). */
export function linspace(
  start: Scalar | Tensor,
  end: Scalar | Tensor,
  steps: number,
  options?: CreationOptions,
): Tensor {
  checkDtype("linspace", options);
  checkEnds(start, end);
  if (steps < 0) throw new RuntimeError("number of steps must be non-negative");
  const dtype = options?.dtype ?? get_default_dtype();
  const [from, to] = [Number(plain(element(start))), Number(plain(element(end)))];
  const round = dtype === float32 ? Math.fround : (v: number): number => v;
  const step = round((to - from) / Math.max(steps - 1, 1));
  const y = uninitialised(dtype, layoutOf([steps]));
  const data = materialise(y.storage);
  for (let i = 0; i < steps; i++) {
    const value = i < steps / 2 ? from + step * i : to - step * (steps - 1 - i);
    data[i] = convertElement(dtype.name, value);
  }
  settle(y);
  return finish(y, options);
}
