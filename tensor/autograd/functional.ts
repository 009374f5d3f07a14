/** Derivatives of functions: jacobian, hessian, vjp, jvp. */

import { materialise } from "../core/allocate.ts";
import { RuntimeError } from "../core/errors.ts";
import { withGrad } from "../core/mode.ts";
import { record1, rule1 } from "../core/op.ts";
import { layoutOf, sameShape } from "../core/shape.ts";
import { nodeOf, setRequiresGrad, Tensor, viewAs } from "../core/tensor.ts";
import { type Tuple, tuple } from "../core/tuple.ts";
import { reshapeTo } from "../ops/broadcast.ts";
import { stack } from "../ops/joins.ts";
import { filled } from "../ops/loops.ts";
import { grad, listOf, type Tensors } from "./backward.ts";

export interface FunctionalOptions {
  /** The result can be differentiated again. */
  readonly create_graph?: boolean;
  /** An input that the outputs do not depend on is an error rather than zeros. */
  readonly strict?: boolean;
  /** Accepted for PyTorch's sake. */
  readonly vectorize?: boolean;
}
// biome-ignore lint/suspicious/noExplicitAny: a function of any parameters that are tensors
type TensorFunction = (...inputs: any[]) => Tensors;

const viewRule = rule1<null>({ name: "ViewBackward0", vjp: (g) => g });

/** Inputs as leaves of a graph of their own, or, to differentiate again, as views of themselves. */
function prepared(inputs: readonly Tensor[], create: boolean): Tensor[] {
  return inputs.map((x) => {
    if (create && nodeOf(x) !== null) return record1(viewRule, viewAs(x, x.layout, x.offset), x, null);
    const leaf = new Tensor(x.storage, x.offset, x.layout);
    setRequiresGrad(leaf, true);
    return leaf;
  });
}

function outputsOf(
  f: TensorFunction,
  inputs: readonly Tensor[],
  name: string,
): { ys: readonly Tensor[]; several: boolean } {
  const result = withGrad(true, () => f(...inputs));
  const ys = listOf(result);
  ys.forEach((y) => {
    if (!(y instanceof Tensor)) {
      throw new TypeError(
        `The outputs of the user-provided function given to ${name} must be either a Tensor or a tuple of Tensors but the given outputs of the user-provided function has type ${typeof y}.`,
      );
    }
  });
  return { ys, several: !(result instanceof Tensor) };
}

function gradOrZeros(
  y: Tensor,
  xs: readonly Tensor[],
  v: Tensor,
  options: FunctionalOptions,
): readonly (Tensor | null)[] {
  if (nodeOf(y) === null) return xs.map(() => null);
  return grad(y, xs, {
    grad_outputs: v,
    retain_graph: true,
    create_graph: options.create_graph ?? false,
    allow_unused: true,
  });
}

/** One row of the identity, shaped as `y`. */
function basis(y: Tensor, j: number): Tensor {
  const v = filled(layoutOf(y.shape), y.dtype, 0);
  if (v.storage.data === null) v.storage.scalar = 1;
  else materialise(v.storage)[j] = 1;
  return v;
}

function jacobianOf(y: Tensor, xs: readonly Tensor[], options: FunctionalOptions, i: number): Tensor[] {
  const rows: Tensor[][] = xs.map(() => []);
  for (let j = 0; j < y.layout.numel; j++) {
    const gs = gradOrZeros(y, xs, basis(y, j), options);
    xs.forEach((x, k) => {
      if (gs[k] === null && options.strict) {
        throw new RuntimeError(
          `Output ${i} of the user-provided function is independent of input ${k}. This is not allowed in strict mode.`,
        );
      }
      rows[k]!.push(gs[k] ?? filled(layoutOf(x.shape), x.dtype, 0));
    });
  }
  return xs.map((x, k) => {
    const shape = [...y.shape, ...x.shape];
    return rows[k]!.length === 0 ? filled(layoutOf(shape), x.dtype, 0) : reshapeTo(stack(rows[k]!), shape);
  });
}

function finished<T extends Tensor>(x: T, create: boolean): Tensor {
  return create ? x : new Tensor(x.storage, x.offset, x.layout);
}

/** All results for one input are one tensor, for several a tuple. */
type PerInput<I> = I extends Tensor ? Tensor : Tuple<Tensor> & Tensor[];

/**
 * The Jacobian of `f` at `inputs`: shape of the output followed by the shape of the input; tuples where there are
 * several outputs or inputs (`torch.autograd.functional.jacobian`).
 */
export function jacobian<I extends Tensors>(
  f: TensorFunction,
  inputs: I,
  options: FunctionalOptions = {},
): PerInput<I> {
  const create = options.create_graph ?? false;
  const xs = prepared(listOf(inputs), create);
  const { ys, several } = outputsOf(f, xs, "jacobian");
  return withGrad(create, () => {
    const all = ys.map((y, i) => {
      const row = jacobianOf(y, xs, options, i).map((j) => finished(j, create));
      return inputs instanceof Tensor ? row[0]! : tuple(row);
    });
    return several ? tuple(all) : all[0]!;
  }) as PerInput<I>;
}

/** The Hessian of a function with one result, shape of the input twice (`torch.autograd.functional.hessian`). */
export function hessian<I extends Tensors>(
  f: TensorFunction,
  inputs: I,
  options: FunctionalOptions = {},
): PerInput<I> {
  const single = (...xs: Tensor[]): Tensor => {
    const y = f(...xs);
    if (!(y instanceof Tensor)) {
      throw new TypeError("The function given to hessian should return a single Tensor");
    }
    if (y.layout.numel !== 1) {
      throw new RuntimeError(
        "The Tensor returned by the function given to hessian should contain a single element",
      );
    }
    return reshapeTo(y, []);
  };
  const inner = (...xs: Tensor[]): Tensors =>
    inputs instanceof Tensor
      ? jacobian(single, xs[0]!, { create_graph: true })
      : // Of several inputs it is a tuple of them, which a type over `I` cannot know here.
        (jacobian(single, xs, { create_graph: true }) as unknown as Tensor[]);
  return jacobian(inner, inputs, options);
}

/** `[f(inputs), vᵀ J]` (`torch.autograd.functional.vjp`). */
export function vjp<I extends Tensors>(
  f: TensorFunction,
  inputs: I,
  v?: Tensors | null,
  options: FunctionalOptions = {},
): readonly [Tensors, PerInput<I>] {
  const create = options.create_graph ?? false;
  const xs = prepared(listOf(inputs), create);
  const { ys, several } = outputsOf(f, xs, "vjp");
  if ((v === undefined || v === null) && (ys.length !== 1 || ys[0]!.layout.numel !== 1)) {
    throw new RuntimeError(
      "The vector v can only be None if the user-provided function returns a single Tensor with a single element.",
    );
  }
  const vs = v === undefined || v === null ? [filled(ys[0]!.layout, ys[0]!.dtype, 1)] : listOf(v);
  vs.forEach((w, i) => {
    if (!sameShape(w.shape, ys[i]!.shape)) {
      throw new RuntimeError(`v has invalid size: should be ${ys[i]!.shape} but got ${w.shape}.`);
    }
  });
  return withGrad(create, () => {
    const live = ys.flatMap((y, i) => (nodeOf(y) === null ? [] : [[y, vs[i]!] as const]));
    const gs: readonly (Tensor | null)[] =
      live.length === 0
        ? xs.map(() => null)
        : grad(
            live.map(([y]) => y),
            xs,
            { grad_outputs: live.map(([, w]) => w), create_graph: create, allow_unused: true },
          );
    const full = xs.map((x, i) => finished(gs[i] ?? filled(layoutOf(x.shape), x.dtype, 0), create));
    const shown = ys.map((y) => finished(y, create));
    return tuple([several ? tuple(shown) : shown[0]!, inputs instanceof Tensor ? full[0]! : tuple(full)]);
  }) as unknown as readonly [Tensors, PerInput<I>];
}

/** `[f(inputs), J v]`, by differentiating the vjp in its vector (`torch.autograd.functional.jvp`). */
export function jvp<I extends Tensors>(
  f: TensorFunction,
  inputs: I,
  v?: Tensors | null,
  options: FunctionalOptions = {},
): readonly [Tensors, Tensors] {
  const create = options.create_graph ?? false;
  const xs = prepared(listOf(inputs), create);
  const vs = v === undefined || v === null ? xs.map((x) => filled(x.layout, x.dtype, 1)) : listOf(v);
  const { ys, several } = outputsOf(f, xs, "jvp");
  const us = ys.map((y) => {
    const u = filled(layoutOf(y.shape), y.dtype, 0);
    setRequiresGrad(u, true);
    return u;
  });
  return withGrad(true, () => {
    // What is unused has no gradient, though PyTorch's habit of `grad(…)[0].mul` has it typed as present.
    const gs: readonly (Tensor | null)[] = grad(ys, xs, {
      grad_outputs: us,
      create_graph: true,
      allow_unused: true,
    });
    const live = gs.flatMap((g, i) => (g === null || nodeOf(g) === null ? [] : [[g, vs[i]!] as const]));
    const js: readonly (Tensor | null)[] =
      live.length === 0
        ? us.map(() => null)
        : grad(
            live.map(([g]) => g),
            us,
            { grad_outputs: live.map(([, w]) => w), create_graph: create, allow_unused: true },
          );
    const full = us.map((u, i) => finished(js[i] ?? filled(u.layout, u.dtype, 0), create));
    const shown = ys.map((y) => finished(y, create));
    return tuple([several ? tuple(shown) : shown[0]!, several ? tuple(full) : full[0]!]);
  }) as unknown as readonly [Tensors, Tensors];
}
