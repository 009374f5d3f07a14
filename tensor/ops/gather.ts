/** Elements chosen along a dimension: gather, index_select, diagonals, triangles. */

import { backend } from "../backend/index.ts";
import { bool, int32, int64 } from "../core/dtype.ts";
import { IndexError, RuntimeError } from "../core/errors.ts";
import { type Op, op, record1, rule1 } from "../core/op.ts";
import { layoutOf, rowMajor, stridedLayout, wrapDim } from "../core/shape.ts";
import { type Tensor, uninitialised, viewAs } from "../core/tensor.ts";
import { type Tuple, tuple } from "../core/tuple.ts";
import { reshapeTo, sumKeeping } from "./broadcast.ts";
import { broadcast, filled, settle } from "./loops.ts";
import { checkTensor, scalarTensor } from "./number.ts";
import {
  elementsOf,
  type Positions,
  putRuleNamed,
  putSum,
  stridedPositions,
  take,
  takeRule,
} from "./take.ts";

/** Integers of an index tensor, in row-major order. */
export function indicesOf(index: Tensor): Int32Array {
  const { data, start } = elementsOf(index);
  const n = index.layout.numel;
  const list = new Int32Array(n);
  for (let k = 0; k < n; k++) list[k] = Number(data[start + k]!);
  return list;
}

function checkIndexDtype(name: string, index: Tensor): void {
  if (index.dtype !== int64 && index.dtype !== int32) {
    throw new RuntimeError(`${name}(): Expected dtype int32/int64 for index`);
  }
}

/** Positions of x[…, index, …] where `index` has x's rank. */
export function gatherPositions(x: Tensor, dim: number, index: Tensor): Positions {
  const strides = rowMajor(x.shape);
  const others = strides.map((s, d) => (d === dim ? 0 : s));
  const { at } = stridedPositions(index.shape, others, 0);
  const list = indicesOf(index);
  const n = x.shape[dim] ?? 1;
  const step = strides[dim] ?? 0;
  for (let k = 0; k < at.length; k++) {
    const i = list[k]!;
    if (i < 0 || i >= n) {
      throw new RuntimeError(`index ${i} is out of bounds for dimension ${dim} with size ${n}`);
    }
    at[k]! += i * step;
  }
  return { at, shape: index.shape };
}

const gatherRule = takeRule("GatherBackward0");

/** y[i][j] = x[index[i][j]][j] along `dim` (`torch.gather`). */
export const gather = op(
  {
    takes: "gather(input, dim, index)",
    rule: gatherRule,
    samples: [
      {
        shapes: [
          [3, 4],
          [2, 4],
        ],
        order: [0, "dim", 1],
        args: [0],
        indices: [[1, 3]],
      },
    ],
  },
  (x: Tensor, dim: number, index: Tensor): Tensor => {
    checkTensor("gather", index, "'index' (position 3)");
    const d = wrapDim(dim, x.ndim);
    if (index.layout.numel > 0) checkIndexDtype("gather", index);
    if (Math.max(index.ndim, 1) !== Math.max(x.ndim, 1) && index.layout.numel > 0) {
      throw new RuntimeError("Index tensor must have the same number of dimensions as input tensor");
    }
    index.shape.forEach((n, i) => {
      if (i !== d && index.layout.numel > 0 && n > (x.shape[i] ?? 1)) {
        throw new RuntimeError(
          `Size does not match at dimension ${i} expected index [${index.shape.join(", ")}] to be no larger than self [${x.shape.join(", ")}] apart from dimension ${d}`,
        );
      }
    });
    return take(gatherRule, x, gatherPositions(x, d, index));
  },
);

/** Zeros of `shape` with g put at `index` along `dim`; the transpose of gather. */
export function scatterZeros(g: Tensor, shape: readonly number[], dim: number, index: Tensor): Tensor {
  const like = viewAs(g, stridedLayout(shape, rowMajor(shape)), 0);
  return putSum(g, shape, gatherPositions(like, dim, index));
}

const indexSelectRule = takeRule("IndexSelectBackward0");

/** Whole slices along `dim`, in the order of a vector of indices (`torch.index_select`). */
export const index_select = op(
  {
    takes: "index_select(input, dim, index)",
    rule: indexSelectRule,
    samples: [{ shapes: [[3, 4], [5]], order: [0, "dim", 1], args: [1], indices: [[1, 4]] }],
  },
  (x: Tensor, dim: number, index: Tensor): Tensor => {
    const d = wrapDim(dim, x.ndim);
    if (index.ndim > 1) throw new IndexError("index_select(): Index is supposed to be a vector");
    if (index.dtype !== int64 && index.dtype !== int32) {
      throw new RuntimeError("index_select(): Expected dtype int32 or int64 for index");
    }
    const n = x.shape[d] ?? 1;
    for (const i of indicesOf(index)) {
      if (i < 0 || i >= n) throw new IndexError("index out of range in self");
    }
    const shape = Array.from(x.shape, (length, i) => (i === d ? index.layout.numel : length));
    const wide = viewAs(
      index,
      stridedLayout(
        shape,
        shape.map((_, i) => (i === d ? (index.strides[0] ?? 0) : 0)),
      ),
      index.offset,
    );
    return take(indexSelectRule, x, gatherPositions(x, d, wide));
  },
);

const diagonalRule = takeRule("DiagonalBackward0");
const diagEmbedRule = putRuleNamed("DiagEmbedBackward0");

function diagonalPositions(rows: number, columns: number, offset: number): Positions {
  const [r, c] = offset >= 0 ? [0, offset] : [-offset, 0];
  const n = Math.max(Math.min(rows - r, columns - c), 0);
  return stridedPositions([n], [columns + 1], r * columns + c);
}

/** A matrix's diagonal, or the matrix with a given diagonal (`torch.diag`). */
export const diag = op(
  {
    takes: "diag(input, diagonal)",
    rule: diagonalRule,
    samples: [
      { shapes: [[2, 3]] },
      { shapes: [[3, 4]], args: [1] },
      { shapes: [[3]] },
      { shapes: [[3]], args: [-1] },
    ],
    refusals: [{ shapes: [[2, 2, 2]], message: "diag(): Supports 1D or 2D tensors. Got 3D" }],
  },
  (x: Tensor, diagonal: number | { diagonal?: number } = 0): Tensor => {
    const k = typeof diagonal === "number" ? diagonal : (diagonal.diagonal ?? 0);
    if (x.ndim === 2) return take(diagonalRule, x, diagonalPositions(x.shape[0]!, x.shape[1]!, k));
    if (x.ndim !== 1) throw new RuntimeError(`diag(): Supports 1D or 2D tensors. Got ${x.ndim}D`);
    const n = x.shape[0]! + Math.abs(k);
    return putSum(x, [n, n], diagonalPositions(n, n, k), diagEmbedRule);
  },
);

const traceRule = rule1<Positions>({
  name: "TraceBackward0",
  vjp: (g, _y, x, p): Tensor => putSum(expandVector(g, p.shape), x.shape, p),
});
function expandVector(g: Tensor, shape: readonly number[]): Tensor {
  return record1(expandRule, viewAs(g, stridedLayout(shape, [0]), g.offset), g, null);
}
const expandRule = rule1<null>({
  name: "ExpandBackward0",
  vjp: (g): Tensor => reshapeTo(sumKeeping(g, [0]), []),
});

/** Sum of a matrix's diagonal (`torch.trace`). */
export const trace = op(
  {
    takes: "trace(input)",
    rule: traceRule,
    samples: [{ shapes: [[3, 4]] }],
    refusals: [{ shapes: [[3]], message: "trace: expected a matrix, but got tensor with dim 1" }],
  },
  (x: Tensor): Tensor => {
    if (x.ndim !== 2) throw new RuntimeError(`trace: expected a matrix, but got tensor with dim ${x.ndim}`);
    const positions = diagonalPositions(x.shape[0]!, x.shape[1]!, 0);
    const { data, start } = elementsOf(x);
    const y = uninitialised(x.dtype.kind === "float" ? x.dtype : int64, layoutOf([]));
    let total: number | bigint = typeof data[0] === "bigint" ? 0n : 0;
    for (const p of positions.at) total = (total as number) + (data[start + p] as number);
    backend.fill(y, total);
    settle(y);
    return record1(traceRule, y, x, positions);
  },
);

interface Triangle {
  readonly lower: boolean;
  readonly diagonal: number;
}
function triangleRule(name: string) {
  return rule1<Triangle>({ name, vjp: (g, _y, _x, p): Tensor => triangle(g, p) });
}
const triangleRules = [triangleRule("TriuBackward0"), triangleRule("TrilBackward0")] as const;

function triangle(x: Tensor, p: Triangle): Tensor {
  const [rows, columns] = [x.shape.at(-2)!, x.shape.at(-1)!];
  const mask = filled(layoutOf([rows, columns]), bool, 0);
  const kept = mask.storage;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      const keep = p.lower ? j - i <= p.diagonal : j - i >= p.diagonal;
      if (kept.data === null) kept.scalar = Number(keep);
      else kept.data[i * columns + j] = Number(keep);
    }
  }
  const y = uninitialised(x.dtype, layoutOf(x.shape));
  backend.where(y, broadcast(mask, y.layout), x, broadcast(scalarTensor(0, x.dtype), y.layout));
  settle(y);
  return record1(triangleRules[p.lower ? 1 : 0], y, x, p);
}

function triangleOp(
  name: "tril" | "triu",
): Op<(x: Tensor, diagonal?: number | { diagonal?: number }) => Tensor> {
  return op(
    {
      takes: `${name}(input, diagonal)`,
      rule: triangleRules[name === "tril" ? 1 : 0],
      samples: [{ shapes: [[3, 4]] }, { shapes: [[2, 4, 3]], args: [-1] }],
      refusals: [{ shapes: [[3]], message: `${name}: input tensor must have at least 2 dimensions` }],
    },
    (x: Tensor, diagonal: number | { diagonal?: number } = 0): Tensor => {
      if (x.ndim < 2) throw new RuntimeError(`${name}: input tensor must have at least 2 dimensions`);
      const k = typeof diagonal === "number" ? diagonal : (diagonal.diagonal ?? 0);
      return triangle(x, { lower: name === "tril", diagonal: k });
    },
  );
}
/** The lower triangle, zeros above `diagonal` (`torch.tril`). */
export const tril = triangleOp("tril");
/** The upper triangle, zeros below `diagonal` (`torch.triu`). */
export const triu = triangleOp("triu");

/** The indices of the elements that are not 0, one vector for each dimension; a number counts as a vector. */
export function nonzeroTuple(x: Tensor): Tuple<Tensor> & Tensor[] {
  const from = x.ndim === 0 ? reshapeTo(x, [1]) : x;
  const rows = indicesOfNonzero(from);
  return tuple(
    Array.from({ length: from.ndim }, (_, d) =>
      viewAs(rows, stridedLayout([rows.shape[0]!], [rows.strides[0]!]), d * rows.strides[1]!),
    ),
  );
}

interface Nonzero {
  (x: Tensor, options?: { as_tuple?: false }): Tensor;
  (x: Tensor, options: { as_tuple: true }): Tuple<Tensor> & Tensor[];
}
/** Indices [count, ndim] of the elements that are not 0, or a vector for each dimension (`torch.nonzero`). */
export const nonzero = op(
  { takes: "nonzero(input, as_tuple)", rule: null, samples: [{ shapes: [[2, 3]] }] },
  ((x: Tensor, as_tuple?: unknown) => (as_tuple === true ? nonzeroTuple(x) : indicesOfNonzero(x))) as Nonzero,
);
function indicesOfNonzero(x: Tensor): Tensor {
  const rank = x.ndim;
  const found: number[] = [];
  const { data, start } = elementsOf(x);
  for (let k = 0; k < x.layout.numel; k++) if (Number(data[start + k]!) !== 0) found.push(k);
  const y = uninitialised(int64, layoutOf([found.length, rank]));
  const strides = rowMajor(x.shape);
  const { data: to } = elementsOf(y);
  found.forEach((position, row) => {
    let rest = position;
    for (let d = 0; d < rank; d++) {
      to[row * rank + d] = BigInt(Math.floor(rest / strides[d]!));
      rest %= strides[d]!;
    }
  });
  return y;
}
