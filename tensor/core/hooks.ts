/** Places where later layers plug into the tensor type: its text, its rows, and arrays that are not ours. */
import type { Dtype } from "./dtype.ts";
import { RuntimeError } from "./errors.ts";
import type { Data } from "./storage.ts";
import type { Tensor } from "./tensor.ts";

/** A foreign array's content: elements in row-major order. */
export interface ForeignArray {
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly data: Data;
}

export const hooks: {
  /** A tensor's text (filled by tensor/print.ts). */
  repr: (x: Tensor) => string;
  /** The content of an array of another library, or null where it is none (filled by tensor/numpy.ts). */
  foreign: (value: object) => ForeignArray | null;
  /** A tensor as another library's array (filled by tensor/numpy.ts). */
  numpy: (x: Tensor, options?: { force?: boolean }) => unknown;
  /** Row `i` (filled by ops/indexing.ts). */
  row: (x: Tensor, i: number) => Tensor;
  /** Gives a view whose base was written in place its new node (filled by ops/movement.ts). */
  regenerate: (view: Tensor) => void;
} = {
  repr: (x) => `tensor(shape=[${x.shape.join(", ")}], dtype=${x.dtype})`,
  foreign: () => null,
  numpy: () => {
    throw new RuntimeError('numpy: no NumPy library is loaded: import "jacobi/numpy" first');
  },
  row: (x) => x,
  regenerate: () => {},
};
