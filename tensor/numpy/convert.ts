/** Arrays of numpy-ts into tensors and back, always as copies. */
import type { NDArray } from "numpy-ts";
import { dataConstructor, readElement } from "../core/allocate.ts";
import { dtypes } from "../core/dtype.ts";
import { RuntimeError } from "../core/errors.ts";
import { type ForeignArray, hooks } from "../core/hooks.ts";
import type { Data } from "../core/storage.ts";
import { cpu, Tensor } from "../core/tensor.ts";
import { onCpu } from "../ops/device.ts";
import { loadNumpy } from "./load.ts";

/** What an ndarray looks like; recognised by its parts, so that finding out does not load numpy-ts. */
interface NdarrayLike {
  readonly shape: readonly number[];
  readonly size: number;
  readonly dtype: string;
  readonly data: ArrayLike<number | bigint>;
  readonly flags: { readonly C_CONTIGUOUS: boolean };
  copy(): NdarrayLike;
}

function isNdarray(value: object): value is NdarrayLike {
  if (value instanceof Tensor) return false;
  const x = value as Partial<NdarrayLike>;
  return typeof x.dtype === "string" && Array.isArray(x.shape) && typeof x.copy === "function" && "_raw" in x;
}

const SUPPORTED =
  "float64, float32, float16, complex64, complex128, int64, int32, int16, int8, uint64, uint32, uint16, uint8, and bool";

/** The content of an ndarray in row-major order, or null where `value` is none. */
function contentOf(value: object): ForeignArray | null {
  if (!isNdarray(value)) return null;
  const dtype = dtypes.find(({ name }) => name === value.dtype);
  if (dtype === undefined) {
    throw new TypeError(
      `can't convert np.ndarray of type numpy.${value.dtype}. The only supported types are: ${SUPPORTED}.`,
    );
  }
  const own = value.flags.C_CONTIGUOUS && value.data.length === value.size ? value : value.copy();
  const data = new (dataConstructor(dtype))(value.size) as Float64Array;
  data.set(own.data as Float64Array);
  return { dtype, shape: value.shape.slice(), data };
}
hooks.foreign = contentOf;

/** A copy of the tensor as an ndarray of numpy-ts (Tensor.numpy). */
export function toNumpy(x: Tensor, options: { readonly force?: boolean } = {}): NDArray {
  if (x.requires_grad && options.force !== true) {
    throw new RuntimeError(
      "Can't call numpy() on Tensor that requires grad. Use tensor.detach().numpy() instead.",
    );
  }
  if (x.device !== cpu) {
    if (options.force === true) return toNumpy(onCpu(x));
    throw new TypeError(
      `can't convert ${x.device} device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host memory first.`,
    );
  }
  const np = loadNumpy();
  const flat = np.array(rowMajorCopy(x) as Float64Array, x.dtype.name);
  return flat.reshape([...x.shape]) as NDArray;
}

hooks.numpy = toNumpy;

/** The elements in row-major order, in a typed array that nobody else holds. */
export function rowMajorCopy(x: Tensor): Data {
  const { numel } = x.layout;
  const { data } = x.storage;
  if (data !== null && x.layout.contiguous) return data.slice(x.offset, x.offset + numel);
  const copy = new (dataConstructor(x.dtype))(numel) as Float64Array;
  let k = 0;
  const visit = (dim: number, at: number): void => {
    if (dim === x.ndim) {
      copy[k++] = readElement(x.storage, at) as number;
      return;
    }
    for (let i = 0; i < x.shape[dim]!; i++) visit(dim + 1, at + i * x.strides[dim]!);
  };
  visit(0, x.offset);
  return copy;
}
