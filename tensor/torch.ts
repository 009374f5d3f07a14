/** Everything that `torch` has: functions, dtypes, namespaces; `jacobi` is this module. */
import { cpu, type Device, Tensor as TensorClass } from "./core/tensor.ts";
import { checkDevice, legacyTensor, type TensorData } from "./ops/creation.ts";
import "./methods.ts";
import "./print.ts";
import { hooks } from "./core/hooks.ts";
import { toNumpy } from "./numpy/convert.ts";

hooks.numpy = toNumpy;

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
export const Tensor: TensorConstructor = construct as unknown as TensorConstructor;

/** The device of a name: `torch.device("cpu")`. */
export function device(name: string): Device {
  checkDevice(name);
  return cpu;
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
export { Size } from "./core/shape.ts";
export type { Device } from "./core/tensor.ts";
export { Tuple, tuple } from "./core/tuple.ts";
export * as linalg from "./linalg.ts";
export * as nn from "./nn/index.ts";
export { allclose, equal, is_floating_point, numel } from "./ops/access.ts";
export {
  arange,
  as_tensor,
  type CreationOptions,
  empty,
  empty_like,
  eye,
  from_numpy,
  full,
  full_like,
  is_tensor,
  linspace,
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
export * as optim from "./optim/index.ts";
export { get_printoptions, set_printoptions } from "./print.ts";
export * from "./random.ts";
