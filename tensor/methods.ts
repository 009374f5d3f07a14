/** Tensor's methods, derived from the op table. */

import { type BackwardOptions, backward } from "./autograd/backward.ts";
import * as gradientHooks from "./autograd/hooks.ts";
import type { Dtype } from "./core/dtype.ts";
import { hooks } from "./core/hooks.ts";
import type { Size } from "./core/shape.ts";
import { Tensor } from "./core/tensor.ts";
import type { Tuple } from "./core/tuple.ts";
import * as access from "./ops/access.ts";
import * as creation from "./ops/creation.ts";
import type { ValuesIndices } from "./ops/extremes.ts";
import * as ops from "./ops/index.ts";
import { setAt } from "./ops/indexing.ts";
import { matrixTransposed, reversed } from "./ops/movement.ts";
import type { Scalar } from "./ops/number.ts";
import * as write from "./ops/write.ts";

/** Table entries that are functions only, or whose methods are typed below. */
type NotMethods = "cat" | "stack" | "where" | "rsub" | "max" | "min" | "nonzero";
/** Access functions whose methods are typed below. */
type Overloaded = "type" | "size" | "stride" | "toBool" | "cpuOf" | "toTypedArray";

/** A function of a tensor as its method. */
type Method<F> = F extends (x: Tensor, ...rest: infer R) => infer Y ? (...rest: R) => Y : never;
// `as` and not `Exclude<keyof T, …>`, which forgets where each member is declared, and with that its documentation.
type Methods<T, Without> = { readonly [K in keyof T as Exclude<K, Without>]: Method<T[K]> };
type InPlaceOps = {
  [K in keyof typeof ops as (typeof ops)[K] extends { inPlace: unknown }
    ? `${K}_`
    : never]: (typeof ops)[K] extends {
    inPlace: infer F;
  }
    ? Method<F>
    : never;
};

type TableMethods = Methods<typeof ops, NotMethods>;
type AccessMethods = Methods<typeof access, Overloaded>;
type WriteMethods = Methods<typeof write, never>;
type HookMethods = Methods<typeof gradientHooks, never>;

declare module "./core/tensor.ts" {
  interface Tensor extends TableMethods, InPlaceOps, AccessMethods, WriteMethods, HookMethods {
    /** Largest element; with a dimension, `(values, indices)`; with a tensor, the elementwise maximum. */
    max(): Tensor;
    max(other: Tensor): Tensor;
    max(
      dim: number | { dim: number; keepdim?: boolean },
      keepdim?: boolean | { keepdim?: boolean },
    ): ValuesIndices & Tuple<Tensor>;
    /** Smallest element; with a dimension, `(values, indices)`; with a tensor, the elementwise minimum. */
    min(): Tensor;
    min(other: Tensor): Tensor;
    min(
      dim: number | { dim: number; keepdim?: boolean },
      keepdim?: boolean | { keepdim?: boolean },
    ): ValuesIndices & Tuple<Tensor>;
    /** The name of the type, `torch.FloatTensor`, or this tensor in another type. */
    type(): string;
    type(dtype: Dtype | string): Tensor;
    /** The shape, or one length. */
    size(): Size;
    size(dim: number): number;
    /** Steps between neighbours in elements. */
    stride(): readonly number[];
    stride(dim: number): number;
    /** As bool: whether not 0. */
    bool(): Tensor;
    /** In the processor's memory: itself where it is there. */
    cpu(): Tensor;
    /** This tensor's elements where `condition` holds, else those of `other`. */
    where(condition: Tensor, other: Tensor | Scalar): Tensor;
    /** Indices [count, ndim] of the elements that are not 0, or a vector for each dimension. */
    nonzero(options?: { as_tuple?: false }): Tensor;
    nonzero(options: { as_tuple: true }): Tuple<Tensor> & Tensor[];
    /** Writes `x[…] = value` as Python does: `x.setAt([0, ":"], value)`. */
    setAt(index: Parameters<typeof setAt>[1], value: Tensor | Scalar): Tensor;
    /** Adds this tensor's gradients to the `grad` of the leaves it was computed from. */
    backward(
      gradient?: Tensor | null | (BackwardOptions & { gradient?: Tensor | null }),
      options?: BackwardOptions,
    ): void;
    /** A view with the dimensions reversed: the transpose of a matrix. */
    readonly T: Tensor;
    /** A view with the last two dimensions exchanged. */
    readonly mT: Tensor;
    /** The same memory outside the graph. */
    data: Tensor;
    /** A view with another tensor's shape. */
    view_as(other: Tensor): Tensor;
    /** This tensor in another's shape. */
    reshape_as(other: Tensor): Tensor;
    /** A view repeated to another tensor's shape. */
    expand_as(other: Tensor): Tensor;
    /** Zeros of a shape in this tensor's dtype. */
    new_zeros(...shape: creation.ShapeThenOptions): Tensor;
    /** Ones of a shape in this tensor's dtype. */
    new_ones(...shape: creation.ShapeThenOptions): Tensor;
    /** One value in a shape, in this tensor's dtype. */
    new_full(shape: readonly number[], value: Scalar, options?: creation.CreationOptions): Tensor;
    /** A new tensor of `data` in this tensor's dtype. */
    new_tensor(data: creation.TensorData, options?: creation.CreationOptions): Tensor;
    /** What `JSON.stringify` writes: the elements as nested arrays. */
    toJSON(): access.Nested;
    /** Number of elements. */
    nelement(): number;
    /** Number of dimensions. */
    ndimension(): number;
    /** Limited to [min, max]. */
    clip: Method<typeof ops.clamp>;
    /** Elementwise product. */
    multiply: Method<typeof ops.mul>;
    /** Quotient. */
    divide: Method<typeof ops.div>;
    /** Difference. */
    subtract: Method<typeof ops.sub>;
    /** Absolute value. */
    absolute: Method<typeof ops.abs>;
    /** Inverse of each matrix [..., n, n]. */
    inverse: Method<typeof ops.inverse>;
  }
}

// Filled from the op table, whose mapped type says what is there.
const prototype = Tensor.prototype as unknown as Record<string, unknown>;
type AnyFunction = (...args: never[]) => unknown;

function define(name: string, value: unknown): void {
  Object.defineProperty(prototype, name, { value, writable: true, configurable: true });
}
/** A method of its own code for each function, so that its call stays monomorphic. */
function method(name: string, f: AnyFunction): void {
  const text = `return { ${name}(a, b, c, d) { return f(this, a, b, c, d); } };`;
  define(name, (new Function("f", text)(f) as Record<string, unknown>)[name]);
}
function variadic(name: string, f: AnyFunction): void {
  define(name, function (this: Tensor, ...args: unknown[]) {
    return (f as (...all: unknown[]) => unknown)(this, ...args);
  });
}
function getter(name: string, get: (x: Tensor) => unknown, set?: (x: Tensor, value: Tensor) => void): void {
  Object.defineProperty(prototype, name, {
    get(this: Tensor) {
      return get(this);
    },
    ...(set && {
      set(this: Tensor, value: Tensor) {
        set(this, value);
      },
    }),
    configurable: true,
  });
}

const functionsOnly = ["cat", "stack", "where", "rsub"];
const takesShape = ["permute", "reshape", "view", "expand", "repeat", "flip", "at", "sum_to_size", "to"];
for (const [name, f] of [
  ...Object.entries(ops),
  ...Object.entries(access),
  ...Object.entries(write),
  ...Object.entries(gradientHooks),
]) {
  if (functionsOnly.includes(name)) continue;
  if (takesShape.includes(name)) variadic(name, f as AnyFunction);
  else method(name, f as AnyFunction);
  if ("inPlace" in f) method(`${name}_`, f.inPlace as AnyFunction);
}
method("bool", access.toBool);
method("cpu", access.cpuOf);
method("setAt", setAt);
method("clip", ops.clamp);
method("multiply", ops.mul);
method("divide", ops.div);
method("subtract", ops.sub);
method("absolute", ops.abs);
method("toJSON", access.tolist);
method("nelement", access.numel);
method("ndimension", access.dim);
method("where", (x: Tensor, condition: Tensor, other: Tensor | Scalar) => ops.where(condition, x, other));
method("numpy", (x: Tensor, options?: { force?: boolean }) => hooks.numpy(x, options));
method("view_as", (x: Tensor, other: Tensor) => ops.view(x, other.shape));
method("reshape_as", (x: Tensor, other: Tensor) => ops.reshape(x, other.shape));
method("expand_as", (x: Tensor, other: Tensor) => ops.expand(x, other.shape));
method(
  "backward",
  (
    x: Tensor,
    gradient?: Tensor | null | (BackwardOptions & { gradient?: Tensor | null }),
    options?: BackwardOptions,
  ) => {
    if (gradient instanceof Tensor || gradient === null || gradient === undefined)
      backward(x, gradient, options);
    else backward(x, gradient.gradient, gradient);
  },
);
variadic("new_zeros", (x: Tensor, ...shape: unknown[]) => newFilled(x, "zeros", shape));
variadic("new_ones", (x: Tensor, ...shape: unknown[]) => newFilled(x, "ones", shape));
method("new_full", (x: Tensor, shape: readonly number[], value: Scalar, o?: creation.CreationOptions) =>
  creation.full(shape, value, { dtype: x.dtype, ...o }),
);
method("new_tensor", (x: Tensor, data: creation.TensorData, o?: creation.CreationOptions) =>
  creation.tensor(data, { dtype: x.dtype, ...o }),
);
function newFilled(x: Tensor, name: "zeros" | "ones", given: readonly unknown[]): Tensor {
  const { shape, options } = creation.shapeAndOptions(`new_${name}`, given);
  const make = name === "zeros" ? creation.zeros : creation.ones;
  return make(shape, { dtype: x.dtype, ...options });
}
getter("T", reversed);
getter("mT", matrixTransposed);
getter("data", access.detach, (x, value) => {
  x.storage = value.storage;
  x.offset = value.offset;
  x.layout = value.layout;
  x.dtype = value.dtype;
});
