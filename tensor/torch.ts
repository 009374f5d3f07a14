/** Everything that `torch` has: functions, dtypes, namespaces; `jacobi` is this module. */
import { type Device, Tensor as TensorClass } from "./core/tensor.ts";
import { legacyTensor, type TensorData } from "./ops/creation.ts";
import { deviceNamed } from "./ops/device.ts";
import "./methods.ts";
import "./print.ts";
import "./random-methods.ts";
import { hooks } from "./core/hooks.ts";
import { Size as SizeClass, size } from "./core/shape.ts";
import { toNumpy } from "./numpy/convert.ts";

hooks.numpy = toNumpy;
declare module "./core/tensor.ts" {
  interface Tensor {
    /** A copy as a NumPy array. */
    numpy(options?: { force?: boolean }): ReturnType<typeof toNumpy>;
  }
}

/** An n-dimensional array that can record how it was computed. */
export type Tensor = TensorClass;
interface TensorConstructor {
  /** A tensor of the default float dtype: of data, or, given numbers, of a shape. */
  (data: TensorData): Tensor;
  (...shape: number[]): Tensor;
  new (data: TensorData): Tensor;
  new (...shape: number[]): Tensor;
  readonly prototype: Tensor;
}
function construct(...given: unknown[]): Tensor {
  return legacyTensor(...given);
}
Object.defineProperty(construct, "name", { value: "Tensor" });
Object.defineProperty(construct, "prototype", { value: TensorClass.prototype, writable: false });
Object.defineProperty(TensorClass.prototype, "constructor", {
  value: construct,
  writable: true,
  configurable: true,
});
/** `torch.Tensor([1, 2])`: always the default float dtype; `torch.Tensor(2, 3)`: a shape. With and without `new`. */
// With `new` and without, which no function's own type says.
export const Tensor: TensorConstructor = construct as unknown as TensorConstructor;

interface SizeConstructor {
  (lengths: readonly number[]): SizeClass;
  new (lengths: readonly number[]): SizeClass;
  readonly prototype: SizeClass;
}
/** A shape: `torch.Size([2, 3])`. */
export type Size = SizeClass;
function constructSize(lengths: readonly number[]): SizeClass {
  return size(lengths);
}
Object.defineProperty(constructSize, "name", { value: "Size" });
Object.defineProperty(constructSize, "prototype", { value: SizeClass.prototype, writable: false });
/** A shape: `torch.Size([2, 3])`. */
// As above.
export const Size: SizeConstructor = constructSize as unknown as SizeConstructor;

/** The device of a name: `torch.device("cpu")`, `torch.device("gpu")`. */
export function device(name: string): Device {
  return deviceNamed(name);
}

export {
  enable_grad,
  inference_mode,
  is_grad_enabled,
  no_grad,
  set_grad_enabled,
} from "./autograd/grad-mode.ts";
export * as autograd from "./autograd/index.ts";
export {
  bool,
  can_cast,
  Dtype,
  Dtype as dtype,
  float32,
  float32 as float,
  float64,
  float64 as double,
  get_default_dtype,
  int8,
  int16,
  int16 as short,
  int32,
  int32 as int,
  int64,
  int64 as long,
  promote_types,
  set_default_dtype,
  uint8,
} from "./core/dtype.ts";
export {
  DeviceError,
  GradcheckError,
  IndexError,
  NotImplementedError,
  RuntimeError,
  ValueError,
} from "./core/errors.ts";
export type { Device } from "./core/tensor.ts";
export { Tuple, tuple } from "./core/tuple.ts";
export * as gpu from "./gpu.ts";
export * as linalg from "./linalg.ts";
export * as nn from "./nn/index.ts";
export { allclose, equal, is_floating_point, numel } from "./ops/access.ts";
export {
  as_tensor,
  type CreationOptions,
  empty,
  empty_like,
  eye,
  from_numpy,
  full,
  full_like,
  is_tensor,
  ones,
  ones_like,
  scalar_tensor,
  tensor,
  zeros,
  zeros_like,
} from "./ops/creation.ts";
export {
  abs as absolute,
  div as divide,
  div as true_divide,
  ge as greater_equal,
  gt as greater,
  le as less_equal,
  lt as less,
  mul as multiply,
  ne as not_equal,
  neg as negative,
  sub as subtract,
} from "./ops/elementwise.ts";
export * from "./ops/index.ts";
export { PyFloat, pyfloat, type Scalar } from "./ops/number.ts";
export { clamp as clip } from "./ops/ranges.ts";
export { arange, linspace } from "./ops/sequences.ts";
export * as optim from "./optim/index.ts";
export { get_printoptions, set_printoptions } from "./print.ts";
export * from "./random.ts";
