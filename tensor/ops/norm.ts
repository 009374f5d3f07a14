/** Norms of vectors and matrices. */
import { readElement, scalarStorage } from "../core/allocate.ts";
import { type Dtype, float32 } from "../core/dtype.ts";
import { NotImplementedError, RuntimeError } from "../core/errors.ts";
import { withGrad } from "../core/mode.ts";
import { type Op, op, record1, rule1 } from "../core/op.ts";
import { layoutOf, wrapDims } from "../core/shape.ts";
import { cpu, Tensor } from "../core/tensor.ts";
import { named } from "./arguments.ts";
import { convert } from "./broadcast.ts";
import { abs, div, eq, logical_and, logical_or, mul, ne, sign } from "./elementwise.ts";
import { amax, amin } from "./extremes.ts";
import { pow, sqrt } from "./functions.ts";
import { filled } from "./loops.ts";
import { permute, unsqueeze } from "./movement.ts";
import { isnan, masked_fill } from "./ranges.ts";
import { type Dim, type Reduced, reduceRaw, spread, sum } from "./reduce.ts";
import { svdvals } from "./singular.ts";

interface Normed extends Reduced {
  readonly p: number;
}

/** Follows torch's `linalg_vector_norm_backward`: 0 where the norm is 0, ties of ±∞ share evenly. */
function normVjp(g: Tensor, y: Tensor, x: Tensor, how: Normed): Tensor {
  const { p } = how;
  if (p === 0) return filled(x.layout, x.dtype, 0, g.storage.device);
  const [gx, yx] = [spread(g, x, how), spread(y, x, how)];
  if (p === 2) return mul(masked_fill(div(x, yx), eq(yx, 0), 0), gx);
  if (p === 1) return mul(sign(x), gx);
  if (p === Infinity || p === -Infinity) {
    const hit = logical_or(eq(abs(x), yx), logical_and(isnan(x), isnan(yx)));
    const mask = convert(hit, x.dtype);
    const count = spread(sum(mask, how.dims as number[], true), x, { dims: how.dims, keepdim: true });
    return mul(mul(sign(x), mask), div(gx, count));
  }
  if (p < 1) {
    const scaled = masked_fill(mul(sign(x), pow(abs(x), p - 1)), eq(x, 0), 0);
    return mul(scaled, mul(gx, pow(yx, 1 - p)));
  }
  const scaled = p < 2 ? mul(sign(x), pow(abs(x), p - 1)) : mul(x, pow(abs(x), p - 2));
  return mul(scaled, masked_fill(div(gx, pow(yx, p - 1)), eq(yx, 0), 0));
}
const normRule = rule1<Normed>({ name: "LinalgVectorNormBackward0", saves: "xy", vjp: normVjp });

/** Whether all of few float32 elements are squared and summed: PyTorch then goes through them in order. */
function isChain(x: Tensor, how: Normed): boolean {
  const { numel, contiguous } = x.layout;
  if (x.storage.device !== cpu) return false;
  return x.dtype === float32 && numel < 16 && contiguous && how.dims.length === x.ndim;
}
/** The sum of squares in float32, each step a fused multiply-add. */
function chainOfSquares(x: Tensor, how: Normed): Tensor {
  let total = 0;
  for (let i = 0; i < x.layout.numel; i++) {
    const v = readElement(x.storage, x.offset + i) as number;
    total = Math.fround(total + v * v);
  }
  const shape = how.keepdim ? x.shape.map(() => 1) : [];
  return new Tensor(scalarStorage(x.dtype, total), 0, layoutOf(shape));
}

function normRaw(x: Tensor, how: Normed): Tensor {
  const { p } = how;
  if (p === 2) return sqrt(isChain(x, how) ? chainOfSquares(x, how) : reduceRaw("sum_squares", x, how));
  if (p === 1) return reduceRaw("sum_abs", x, how);
  if (p === 0) return reduceRaw("sum", convert(ne(x, 0), x.dtype), how);
  const lengths = abs(x);
  if (p === Infinity) return reduceRaw("amax", lengths, how);
  if (p === -Infinity) return reduceRaw("amin", lengths, how);
  return pow(reduceRaw("sum", pow(lengths, p), how), 1 / p);
}

/** The p-norm along wrapped dimensions. */
function vectorNormOf(x: Tensor, p: number, dims: readonly number[], keepdim: boolean): Tensor {
  const how: Normed = { p, dims, keepdim };
  if (x.layout.numel === 0 && (p === Infinity || p < 0)) {
    throw new RuntimeError(
      `linalg.vector_norm cannot compute the ${p} norm on an empty tensor because the operation does not have an identity`,
    );
  }
  return record1(
    normRule,
    withGrad(false, () => normRaw(x, how)),
    x,
    how,
  );
}

interface NormArguments {
  readonly p: number | "fro" | "nuc" | null;
  readonly ord: number | "fro" | "nuc" | null;
  readonly dim: Dim;
  readonly keepdim: boolean;
  readonly dtype: Dtype;
}

function floatInput(name: string, x: Tensor, dtype: Dtype | undefined): Tensor {
  const from = dtype === undefined ? x : convert(x, dtype);
  if (from.dtype.kind === "float") return from;
  throw new NotImplementedError(
    `${name}: Expected a floating point or complex tensor as input. Got ${from.dtype.scalarName}`,
  );
}

type NormOp = Op<
  (
    x: Tensor,
    p?: number | "fro" | "nuc" | null | Partial<NormArguments>,
    dim?: Dim | Partial<NormArguments>,
    keepdim?: boolean | Partial<NormArguments>,
  ) => Tensor
>;
const normSamples = [
  { shapes: [[2, 3]] },
  { shapes: [[4]], args: [{ p: "fro" }] },
  { shapes: [[2, 3]], args: [1] },
  { shapes: [[2, 3]], args: [3, 1] },
  { shapes: [[2, 3]], args: [1.5, [0, 1], true], range: [0.5, 2] as const },
  { shapes: [[2, 3]], args: [0.5], range: [0.5, 2] as const },
  { shapes: [[2, 3]], args: [Infinity, 1] },
  { shapes: [[2, 3]], args: [-Infinity] },
  { shapes: [[2, 3]], args: [0] },
];

/** The p-norm of all elements or along dimensions; "fro" is 2 (`torch.norm`). */
export const norm: NormOp = op({ rule: normRule, samples: normSamples }, (x, p, dim, keepdim) => {
  const o = named<NormArguments>("norm", ["p", "dim", "keepdim", "dtype"], [p, dim, keepdim]);
  if (o.p === "nuc") {
    const { dim: dims, keepdim: keep = false } = o;
    return matrix_norm(x, "nuc", { dim: dims ?? [0, 1], keepdim: keep, ...(o.dtype && { dtype: o.dtype }) });
  }
  const order = o.p === undefined || o.p === null || o.p === "fro" ? 2 : Number(o.p);
  if (typeof o.p === "string" && o.p !== "fro")
    throw new TypeError(`norm: p was "${o.p}": expected "fro" or a number (Infinity too)`);
  return vectorNormOf(
    floatInput("linalg.vector_norm", x, o.dtype),
    order,
    wrapDims(o.dim, x.ndim),
    o.keepdim ?? false,
  );
});

type LinalgNormOp = Op<
  (
    x: Tensor,
    ord?: number | "fro" | "nuc" | null | Partial<NormArguments>,
    dim?: Dim | Partial<NormArguments>,
    keepdim?: boolean | Partial<NormArguments>,
  ) => Tensor
>;

/** The vector norm of order `ord` (`torch.linalg.vector_norm`). */
export const vector_norm: LinalgNormOp = op(
  { rule: normRule, samples: normSamples.slice(2) },
  (x, ord, dim, keepdim) => {
    const o = named<NormArguments>(
      "linalg_vector_norm",
      ["ord", "dim", "keepdim", "dtype"],
      [ord, dim, keepdim],
    );
    if (typeof o.ord === "string")
      throw new TypeError("linalg_vector_norm(): argument 'ord' (position 2) must be Number, not str");
    const from = floatInput("linalg.vector_norm", x, o.dtype);
    return vectorNormOf(from, Number(o.ord ?? 2), wrapDims(o.dim, x.ndim), o.keepdim ?? false);
  },
);

const firstOrderOnly = "svdvals has no gradient of its gradient";

/** The matrix norm over two dimensions: "fro", "nuc", ±2 (singular values), ±∞ (rows), ±1 (columns) (`torch.linalg.matrix_norm`). */
export const matrix_norm: LinalgNormOp = op(
  {
    rule: "composed",
    samples: [
      { shapes: [[2, 3]] },
      { shapes: [[4, 2, 3]], args: [1] },
      { shapes: [[2, 3]], args: [-Infinity] },
      { shapes: [[2, 3]], args: ["nuc"], firstOrderOnly },
      { shapes: [[2, 4, 3]], args: [2, [0, 2], true], firstOrderOnly },
      { shapes: [[3, 2]], args: [-2], firstOrderOnly },
    ],
  },
  (x, ord, dim, keepdim) => {
    const o = named<NormArguments>(
      "linalg_matrix_norm",
      ["ord", "dim", "keepdim", "dtype"],
      [ord, dim, keepdim],
    );
    const from = floatInput("linalg.matrix_norm", x, o.dtype);
    if (from.ndim < 2) {
      throw new RuntimeError("linalg.matrix_norm: The input tensor A must have at least 2 dimensions.");
    }
    const order = o.ord ?? "fro";
    const given = (o.dim as readonly number[] | undefined) ?? [-2, -1];
    const [row, column] = given.map((d) => (d < 0 ? d + from.ndim : d)) as [number, number];
    const keep = o.keepdim ?? false;
    if (order === "fro") return vectorNormOf(from, 2, wrapDims(given, from.ndim), keep);
    if (order === "nuc" || order === 2 || order === -2) {
      const total = singularNorm(from, order, row, column);
      if (!keep) return total;
      const [first, second] = [Math.min(row, column), Math.max(row, column)];
      return unsqueeze(unsqueeze(total, first), second);
    }
    if (order !== 1 && order !== -1 && order !== Infinity && order !== -Infinity) {
      throw new RuntimeError(`linalg.matrix_norm: Order ${order} not supported.`);
    }
    const along = Math.abs(order) === 1 ? row : column;
    const across = along === row ? column : row;
    const sums = vectorNormOf(from, 1, [along], true);
    const extreme = order > 0 ? amax(sums, across, true) : amin(sums, across, true);
    return keep ? extreme : withoutDims(extreme, [row, column]);
  },
);
/** The sum, largest or smallest of the singular values of the matrices along two dimensions. */
function singularNorm(x: Tensor, order: "nuc" | 2 | -2, row: number, column: number): Tensor {
  const others = Array.from(x.shape.keys()).filter((d) => d !== row && d !== column);
  const values = svdvals(permute(x, [...others, row, column]));
  if (order === "nuc") return sum(values, -1);
  return order === 2 ? amax(values, -1) : amin(values, -1);
}
function withoutDims(x: Tensor, dims: readonly number[]): Tensor {
  return sum(x, dims as number[]);
}

/** Vector norm of anything when `ord` is missing; else of vectors and matrices (`torch.linalg.norm`). */
export const linalg_norm: LinalgNormOp = op(
  {
    rule: "composed",
    samples: [{ shapes: [[2, 3]] }, { shapes: [[4]], args: [3] }, { shapes: [[2, 3]], args: ["fro"] }],
    refusals: [
      {
        shapes: [[2, 2, 2]],
        args: ["fro"],
        message: "linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got 3D.",
      },
      {
        shapes: [[3]],
        args: ["fro"],
        message: "linalg.matrix_norm: The input tensor A must have at least 2 dimensions.",
      },
    ],
  },
  (x, ord, dim, keepdim) => {
    const o = named<NormArguments>("linalg_norm", ["ord", "dim", "keepdim", "dtype"], [ord, dim, keepdim]);
    const rest: Partial<NormArguments> = { ...o };
    delete (rest as Record<string, unknown>).ord;
    const order = o.ord ?? null;
    const dimGiven = o.dim !== undefined && o.dim !== null;
    if (order === null) return vector_norm(x, 2, rest);
    if (!dimGiven && x.ndim !== 1 && x.ndim !== 2) {
      throw new RuntimeError(
        `linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got ${x.ndim}D.`,
      );
    }
    const two = dimGiven ? Array.isArray(o.dim) && o.dim.length === 2 : x.ndim === 2;
    const matrix = two || typeof order === "string"; // names are orders of matrices
    return matrix ? matrix_norm(x, order, rest) : vector_norm(x, order, rest);
  },
);
