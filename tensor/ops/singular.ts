/** Singular values of matrices, on which nuclear and spectral norms stand. */
import { materialise } from "../core/allocate.ts";
import { NotImplementedError, RuntimeError } from "../core/errors.ts";
import { mode } from "../core/mode.ts";
import { type Op, op, record1, rule1 } from "../core/op.ts";
import { layoutOf } from "../core/shape.ts";
import { type Tensor, uninitialised } from "../core/tensor.ts";
import { mul } from "./elementwise.ts";
import { settle } from "./loops.ts";
import { matrixTransposed, unsqueeze } from "./movement.ts";
import { matmul } from "./products.ts";
import { jacobiSvd } from "./svd.ts";
import { elementsOf } from "./take.ts";

/** Reduced factors of each matrix of a batch: U [..., m, k], S [..., k] descending, V [..., n, k]. */
export interface Factors {
  readonly u: Tensor;
  readonly s: Tensor;
  readonly v: Tensor;
}

/** The reduced singular value decomposition A = U diag(S) Vᵀ of [..., m, n]. Not recorded. */
export function factorsOf(a: Tensor): Factors {
  const batch = a.shape.slice(0, -2);
  const [m, n] = a.shape.slice(-2) as [number, number];
  const k = Math.min(m, n);
  const [u, s, v] = [
    [...batch, m, k],
    [...batch, k],
    [...batch, n, k],
  ].map((shape) => uninitialised(a.dtype, layoutOf(shape))) as [Tensor, Tensor, Tensor];
  const { data, start } = elementsOf(a);
  const [toU, toS, toV] = [materialise(u.storage), materialise(s.storage), materialise(v.storage)];
  const count = m * n === 0 ? 0 : a.layout.numel / (m * n);
  const [long, short, longTo, shortTo] = m >= n ? [m, n, toU, toV] : [n, m, toV, toU];
  for (let b = 0; b < count; b++) {
    const entry = (i: number, j: number): number =>
      data[start + b * m * n + (m >= n ? i * n + j : j * n + i)] as number;
    const one = jacobiSvd(
      Array.from({ length: short }, (_, j) => Float64Array.from({ length: long }, (_, i) => entry(i, j))),
    );
    const order = Array.from(one.s.keys()).sort((p, q) => one.s[q]! - one.s[p]!);
    order.forEach((from, c) => {
      toS[b * k + c] = one.s[from]!;
      for (let i = 0; i < long; i++) longTo[(b * long + i) * k + c] = one.u[from]![i]!;
      for (let i = 0; i < short; i++) shortTo[(b * short + i) * k + c] = one.v[from]![i]!;
    });
  }
  for (const x of [u, s, v]) settle(x);
  return { u, s, v };
}

/** A̅ = U diag(g) Vᵀ. */
const svdvalsRule = rule1<Factors>({
  name: "LinalgSvdBackward0",
  vjp: (g, _y, _a, { u, v }): Tensor => {
    if (mode.grad)
      throw new NotImplementedError("linalg.svdvals: the gradient of its gradient is not implemented yet");
    return matmul(mul(u, unsqueeze(g, -2)), matrixTransposed(v));
  },
});
const firstOrderOnly = "U and V are constants in the gradient";

/** Singular values of each matrix [..., m, n] → [..., min(m, n)], descending (`torch.linalg.svdvals`). */
export const svdvals: Op<(a: Tensor) => Tensor> = op(
  {
    takes: "linalg_svdvals(input)",
    rule: svdvalsRule,
    samples: [
      { shapes: [[2, 4]], firstOrderOnly },
      { shapes: [[4, 3]], firstOrderOnly },
      { shapes: [[2, 3, 2]], firstOrderOnly },
    ],
    refusals: [
      { shapes: [[3]], message: "linalg.svdvals: The input tensor A must have at least 2 dimensions." },
    ],
  },
  (a) => {
    if (a.ndim < 2)
      throw new RuntimeError("linalg.svdvals: The input tensor A must have at least 2 dimensions.");
    if (a.dtype.kind !== "float") {
      throw new NotImplementedError(
        `linalg.svdvals: Expected a floating point or complex tensor as input. Got ${a.dtype.scalarName}`,
      );
    }
    const factors = factorsOf(a);
    return record1(svdvalsRule, factors.s, a, factors);
  },
);
