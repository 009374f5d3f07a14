/** Gradients against finite differences: gradcheck and gradgradcheck, for tests and students. */
import { convert as convertElement, materialise, readElement, writeElement } from "../core/allocate.ts";
import { GradcheckError, ValueError } from "../core/errors.ts";
import { hooks } from "../core/hooks.ts";
import { withGrad } from "../core/mode.ts";
import { layoutOf } from "../core/shape.ts";
import { nodeOf, setRequiresGrad, Tensor } from "../core/tensor.ts";
import { copied, filled } from "../ops/loops.ts";
import { elementsOf } from "../ops/take.ts";
import { grad, listOf, type Tensors } from "./backward.ts";

export interface GradcheckOptions {
  /** Step of the finite differences. */
  readonly eps?: number;
  readonly atol?: number;
  readonly rtol?: number;
  /** Throw (the default) or return false. */
  readonly raise_exception?: boolean;
}
// biome-ignore lint/suspicious/noExplicitAny: a function of any parameters
export type Checked = (...inputs: any[]) => unknown;

/** The float outputs of a call. */
function outputsOf(f: Checked, inputs: readonly unknown[]): Tensor[] {
  const result = f(...inputs);
  return (listOf(result as Tensors) as readonly unknown[]).filter(
    (y): y is Tensor => y instanceof Tensor && y.dtype.kind === "float",
  );
}

/** numel(x) × numel(y) numbers, as PyTorch lays its Jacobians out. */
type Matrix = number[][];

/** The first pair of an output and an input whose Jacobians differ. */
export interface Mismatch {
  readonly y: Tensor;
  readonly x: Tensor;
  /** Which output, and which of the tensors among the inputs. */
  readonly output: number;
  readonly input: number;
  readonly numerical: Matrix;
  readonly analytical: Matrix;
  /** Whether the entry [of x, of y] is within the tolerance. */
  readonly isClose: (row: number, column: number) => boolean;
}

function numbersOf(x: Tensor): number[] {
  const { data, start } = elementsOf(x);
  return Array.from({ length: x.layout.numel }, (_, i) => Number(data[start + i]!));
}

/** Storage positions of a tensor's elements in row-major order. */
function positionsOf(x: Tensor): number[] {
  const at: number[] = [];
  const walk = (d: number, position: number): void => {
    if (d === x.ndim) at.push(position);
    else for (let i = 0; i < x.shape[d]!; i++) walk(d + 1, position + i * x.strides[d]!);
  };
  walk(0, x.offset);
  return at;
}

function numerical(f: Checked, inputs: readonly unknown[], x: Tensor, output: number, eps: number): Matrix {
  return withGrad(false, () =>
    positionsOf(x).map((position) => {
      const before = Number(readElement(x.storage, position));
      const shifted = (by: number): number[] => {
        writeElement(x.storage, position, convertElement(x.dtype.name, before + by));
        return numbersOf(copied(outputsOf(f, inputs)[output]!));
      };
      const [up, down] = [shifted(eps), shifted(-eps)];
      writeElement(x.storage, position, before);
      return up.map((v, i) => (v - down[i]!) / (2 * eps));
    }),
  );
}

function analytical(y: Tensor, x: Tensor): Matrix {
  const n = y.layout.numel;
  const columns = Array.from({ length: n }, (_, j) => {
    const v = filled(layoutOf(y.shape), y.dtype, 0);
    materialise(v.storage)[j] = 1;
    if (nodeOf(y) === null) return Array<number>(x.layout.numel).fill(0);
    const options = { grad_outputs: v, retain_graph: true, allow_unused: true };
    const [g]: readonly (Tensor | null)[] = grad(y, x, options);
    return !g ? Array<number>(x.layout.numel).fill(0) : numbersOf(g);
  });
  return Array.from({ length: x.layout.numel }, (_, i) => columns.map((c) => c[i]!));
}

function shown(m: Matrix, like: Tensor): string {
  const t = filled(layoutOf([m.length, m[0]?.length ?? 0]), like.dtype, 0);
  const data = materialise(t.storage);
  m.flat().forEach((v, i) => {
    data[i] = v;
  });
  return hooks.repr(t);
}

function isClose(a: number, n: number, rtol: number, atol: number): boolean {
  return a === n || Math.abs(a - n) <= atol + rtol * Math.abs(n) || (Number.isNaN(a) && Number.isNaN(n));
}

/**
 * Compares the gradients of `f` at `inputs` (use float64) with finite differences; true, or a GradcheckError with
 * both Jacobians (`torch.autograd.gradcheck`).
 */
export function gradcheck(
  f: Checked,
  inputs: Tensor | readonly unknown[],
  options: GradcheckOptions = {},
): boolean {
  const found = findMismatch(f, inputs instanceof Tensor ? [inputs] : inputs, options);
  if (found === null) return true;
  if (options.raise_exception === false) return false;
  const { output, input, x, numerical, analytical } = found;
  throw new GradcheckError(
    `Jacobian mismatch for output ${output} with respect to input ${input},\nnumerical:${shown(numerical, x)}\nanalytical:${shown(analytical, x)}\n`,
  );
}

/** What `gradcheck` finds wrong, or null; a ValueError when no input requires a gradient. */
export function findMismatch(
  f: Checked,
  inputs: readonly unknown[],
  options: GradcheckOptions,
): Mismatch | null {
  const { eps = 1e-6, atol = 1e-5, rtol = 1e-3 } = options;
  const all = inputs.filter((x): x is Tensor => x instanceof Tensor);
  const xs = all.filter((x) => x.requires_grad);
  if (xs.length === 0) {
    throw new ValueError(
      "gradcheck expects at least one input tensor to require gradient, but none of the them have requires_grad=True.",
    );
  }
  const ys = withGrad(true, () => outputsOf(f, inputs));
  for (const [output, y] of ys.entries()) {
    for (const x of xs) {
      const [n, a] = [numerical(f, inputs, x, output, eps), analytical(y, x)];
      const close = (r: number, c: number): boolean => isClose(a[r]![c]!, n[r]![c]!, rtol, atol);
      if (n.every((row, r) => row.every((_, c) => close(r, c)))) continue;
      return { y, x, output, input: all.indexOf(x), numerical: n, analytical: a, isClose: close };
    }
  }
  return null;
}

/** Numbers in [−1, 1] that repeat, for directions. */
function direction(y: Tensor): Tensor {
  const v = filled(layoutOf(y.shape), y.dtype, 0);
  const data = materialise(v.storage);
  for (let i = 0; i < y.layout.numel; i++) data[i] = Math.sin(12.9898 * (i + 1));
  setRequiresGrad(v, true);
  return v;
}

/** Compares second derivatives with finite differences of the first (`torch.autograd.gradgradcheck`). */
export function gradgradcheck(
  f: Checked,
  inputs: Tensor | readonly unknown[],
  grad_outputs?: Tensors | null,
  options: GradcheckOptions = {},
): boolean {
  const list: readonly unknown[] = inputs instanceof Tensor ? [inputs] : inputs;
  const ys = withGrad(true, () => outputsOf(f, list));
  const vs = grad_outputs === undefined || grad_outputs === null ? ys.map(direction) : listOf(grad_outputs);
  const n = list.length;
  const first = (...given: unknown[]): Tensor[] => {
    const [xs, ws] = [given.slice(0, n), given.slice(n) as Tensor[]];
    const live = xs.filter((x): x is Tensor => x instanceof Tensor && x.requires_grad);
    return withGrad(true, () => {
      const outputs = outputsOf(f, xs);
      const gs = grad(outputs, live, { grad_outputs: ws, create_graph: true, allow_unused: true });
      return Array.from(gs as readonly (Tensor | null)[]).filter((g): g is Tensor => g !== null);
    });
  };
  return gradcheck(first, [...list, ...vs], options);
}
