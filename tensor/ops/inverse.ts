/** The inverse of square matrices. */
import { backend } from "../backend/index.ts";
import { NotImplementedError, RuntimeError } from "../core/errors.ts";
import { type Op, op, record1, rule1 } from "../core/op.ts";
import { layoutOf } from "../core/shape.ts";
import { type Tensor, uninitialised } from "../core/tensor.ts";
import { neg } from "./elementwise.ts";
import { settle } from "./loops.ts";
import { matrixTransposed } from "./movement.ts";
import { matmul } from "./products.ts";

/** Refuses what is no batch of square float matrices. */
export function checkSquare(name: string, a: Tensor): void {
  if (a.ndim < 2) throw new RuntimeError(`${name}: The input tensor A must have at least 2 dimensions.`);
  const [n, m] = a.shape.slice(-2) as [number, number];
  if (n !== m) {
    throw new RuntimeError(
      `${name}: A must be batches of square matrices, but they are ${n} by ${m} matrices`,
    );
  }
  if (a.dtype.kind !== "float") {
    throw new NotImplementedError(
      `${name}: Expected a floating point or complex tensor as input. Got ${a.dtype.scalarName}`,
    );
  }
}

/** A matrix that cannot be inverted or factored (`torch.linalg.LinAlgError`). */
export class LinAlgError extends RuntimeError {}
Object.defineProperty(LinAlgError.prototype, "name", {
  value: "_LinAlgError",
  configurable: true,
  writable: true,
});

/** Y = A⁻¹: A̅ = −Yᵀ G Yᵀ. */
const inverseRule = rule1<null>({
  name: "LinalgInvExBackward0",
  saves: "y",
  vjp: (g, y): Tensor => {
    const yt = matrixTransposed(y);
    return neg(matmul(yt, matmul(g, yt)));
  },
});

/** Inverse of each matrix of a batch [..., n, n] (`torch.linalg.inv`, `torch.inverse`). */
export const inverse: Op<(a: Tensor) => Tensor> = op(
  {
    takes: "inverse(input)",
    rule: inverseRule,
    samples: [
      { shapes: [[3, 3]], range: [0.5, 3] },
      { shapes: [[2, 2, 2]], range: [0.5, 3] },
    ],
    refusals: [
      {
        shapes: [[2, 3]],
        message: "linalg.inv: A must be batches of square matrices, but they are 2 by 3 matrices",
      },
      { shapes: [[3]], message: "linalg.inv: The input tensor A must have at least 2 dimensions." },
    ],
  },
  (a: Tensor): Tensor => {
    checkSquare("linalg.inv", a);
    const y = uninitialised(a.dtype, layoutOf(a.shape));
    const info = a.layout.numel === 0 ? 0 : backend.inverse(y, a);
    if (info > 0) {
      throw new LinAlgError(
        `linalg.inv: The diagonal element ${info} is zero, the inversion could not be completed because the input matrix is singular.`,
      );
    }
    settle(y);
    return record1(inverseRule, y, a, null);
  },
);
