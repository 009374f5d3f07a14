/** The Moore–Penrose inverse. */
import { materialise } from "../core/allocate.ts";
import { float32 } from "../core/dtype.ts";
import { NotImplementedError, RuntimeError } from "../core/errors.ts";
import { type Op, op, record1, rule1 } from "../core/op.ts";
import { layoutOf } from "../core/shape.ts";
import { type Tensor, uninitialised } from "../core/tensor.ts";
import { named } from "./arguments.ts";
import { add, mul, neg, sub } from "./elementwise.ts";
import { tril } from "./gather.ts";
import { checkSquare } from "./inverse.ts";
import { settle } from "./loops.ts";
import { matrixTransposed } from "./movement.ts";
import { matmul } from "./products.ts";
import { jacobiSvd } from "./svd.ts";
import { elementsOf } from "./take.ts";

/**
 * With K = Gᵀ Y, for a wide A: A̅ = −(Y K)ᵀ + (1 − A Y) K Yᵀ + Yᵀ Y (Gᵀ − K A); for a tall one the mirror image
 * (Golub and Pereyra 1973).
 */
function pinvVjp(g: Tensor, y: Tensor, a: Tensor): Tensor {
  const [gh, yh] = [matrixTransposed(g), matrixTransposed(y)];
  const [m, n] = a.shape.slice(-2) as [number, number];
  if (m <= n) {
    const k = matmul(gh, y);
    const ky = matmul(k, yh);
    const first = sub(ky, matrixTransposed(matmul(y, k)));
    return add(sub(first, matmul(matmul(a, y), ky)), matmul(matmul(yh, y), sub(gh, matmul(k, a))));
  }
  const k = matmul(y, gh);
  const yk = matmul(yh, k);
  const first = add(neg(matrixTransposed(matmul(k, y))), matmul(matmul(sub(gh, matmul(a, k)), y), yh));
  return sub(add(first, yk), matmul(matmul(yk, y), a));
}
const pinvRule = rule1<null>({ name: "LinalgPinvBackward0", saves: "xy", vjp: pinvVjp });

/** The pseudo-inverse of a symmetric matrix given by its lower triangle: its gradient is symmetric too. */
const hermitianRule = rule1<null>({
  name: "LinalgPinvBackward0",
  saves: "xy",
  vjp: (g, y, a): Tensor => pinvVjp(mul(add(g, matrixTransposed(g)), 0.5), y, symmetric(a)),
});
function symmetric(a: Tensor): Tensor {
  return add(tril(a), matrixTransposed(tril(a, -1)));
}

export interface PinvOptions {
  readonly rtol?: number | Tensor | null;
  readonly atol?: number | Tensor | null;
  readonly rcond?: number | Tensor | null;
  readonly hermitian?: boolean;
}
const pinvNames = ["rcond", "hermitian", "rtol", "atol"] as const;

/** A tolerance of each matrix of a batch, from one number or a tensor of the batch's shape. */
function toleranceOf(given: number | Tensor | null | undefined): ((matrix: number) => number) | null {
  if (given === undefined || given === null) return null;
  if (typeof given === "number") return () => given;
  const { data, start } = elementsOf(given);
  return (matrix) => Number(data[start + (given.layout.numel === 1 ? 0 : matrix)]!);
}

/** Pseudo-inverse of each matrix [..., m, n] → [..., n, m]; small singular values count as 0 (`torch.linalg.pinv`). */
export const pinv: Op<
  (a: Tensor, rcond?: number | Tensor | PinvOptions, hermitian?: boolean | PinvOptions) => Tensor
> = op(
  {
    rule: pinvRule,
    samples: [{ shapes: [[2, 4]] }, { shapes: [[4, 2]] }, { shapes: [[2, 3, 2]] }],
    refusals: [
      { shapes: [[3]], message: "linalg.pinv: The input tensor A must have at least 2 dimensions." },
    ],
  },
  (a, rcond, hermitian) => {
    const o = named<PinvOptions>("linalg_pinv", pinvNames, [rcond, hermitian]);
    if (a.ndim < 2)
      throw new RuntimeError("linalg.pinv: The input tensor A must have at least 2 dimensions.");
    if (a.dtype.kind !== "float") {
      throw new NotImplementedError(
        `linalg.pinv: Expected a floating point or complex tensor as input. Got ${a.dtype.scalarName}`,
      );
    }
    const [m, n] = a.shape.slice(-2) as [number, number];
    const epsilon = a.dtype === float32 ? 2 ** -23 : 2 ** -52;
    const relativeOf = toleranceOf(o.rtol ?? o.rcond);
    const absoluteOf = toleranceOf(o.atol);
    if (o.hermitian === true) checkSquare("linalg.pinv", a);
    const y = uninitialised(a.dtype, layoutOf([...a.shape.slice(0, -2), n, m]));
    const { data, start } = elementsOf(a);
    const to = materialise(y.storage);
    for (let at = 0; at < a.layout.numel; at += m * n) {
      const entry = (i: number, j: number): number =>
        data[start + at + (o.hermitian === true && j > i ? j * n + i : i * n + j)] as number;
      const matrix = at / (m * n);
      const absolute = absoluteOf?.(matrix) ?? 0;
      const relative = relativeOf?.(matrix) ?? (absolute > 0 ? 0 : epsilon * Math.max(m, n));
      const inverse = pinvOf(entry, m, n, absolute, relative);
      for (let i = 0; i < n; i++) for (let j = 0; j < m; j++) to[at + i * m + j] = inverse(i, j);
    }
    settle(y);
    return record1(o.hermitian === true ? hermitianRule : pinvRule, y, a, null);
  },
);

type Entry = (i: number, j: number) => number;

/** Entries of the pseudo-inverse of one matrix. */
function pinvOf(entry: Entry, m: number, n: number, atol: number, rtol: number): Entry {
  if (m < n) {
    const transposed = pinvOf((i, j) => entry(j, i), n, m, atol, rtol);
    return (i, j) => transposed(j, i);
  }
  const { u, s, v } = jacobiSvd(
    Array.from({ length: n }, (_, j) => Float64Array.from({ length: m }, (_, i) => entry(i, j))),
  );
  const least = Math.max(atol, rtol * Math.max(0, ...s));
  return (i, j) => {
    let total = 0;
    for (let k = 0; k < n; k++) if (s[k]! > least) total += (v[k]![i]! / s[k]!) * u[k]![j]!;
    return total;
  };
}
