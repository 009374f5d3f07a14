/** Products of vectors and matrices. */

import { backend } from "../backend/index.ts";
import { sameDevice } from "../core/device.ts";
import { bool } from "../core/dtype.ts";
import { NotImplementedError, RuntimeError } from "../core/errors.ts";
import { type Op, op, record2, rule2 } from "../core/op.ts";
import { broadcastShapes, broadcastStrides, layoutOf, rowMajor } from "../core/shape.ts";
import { cpu, type Tensor, uninitialised } from "../core/tensor.ts";
import { reshapeTo, sumTo } from "./broadcast.ts";
import { mul } from "./elementwise.ts";
import { settle, View } from "./loops.ts";
import { matrixTransposed, squeeze, t, unsqueeze } from "./movement.ts";
import { checkTensor } from "./number.ts";
import { sum } from "./reduce.ts";
import { isSmall, smallProduct } from "./small-product.ts";

/** PyTorch's kernels, named where they have no form for bools. */
const kernels: Readonly<Record<string, string>> = {
  dot: "dot",
  mv: "addmv_impl_cpu",
  mm: "addmm_impl_cpu_",
  bmm: "bmm",
  matmul: "bmm",
};
function sameDtype(name: string, a: Tensor, b: Tensor): void {
  if (a.dtype === bool && b.dtype === bool)
    throw new NotImplementedError(`"${kernels[name]}" not implemented for 'Bool'`);
  if (a.dtype === b.dtype) return;
  throw new RuntimeError(
    name === "dot"
      ? `dot : expected both vectors to have same dtype, but found ${a.dtype.scalarName} and ${b.dtype.scalarName}`
      : `mat1 and mat2 must have the same dtype, but got ${a.dtype.scalarName} and ${b.dtype.scalarName}`,
  );
}

const dotRule = rule2<null>({
  name: "DotBackward0",
  saves: ["b", "a"],
  vjp: [(g, _y, _a, b): Tensor => mul(g, b), (g, _y, a): Tensor => mul(g, a)],
});

/** Inner product of two vectors [n]·[n] (`torch.dot`). */
export const dot = op(
  {
    takes: "dot(input, tensor)",
    rule: dotRule,
    samples: [{ shapes: [[3], [3]] }, { shapes: [[0], [0]] }],
    refusals: [
      {
        shapes: [[9], [3]],
        message:
          "inconsistent tensor size, expected tensor [9] and src [3] to have the same number of elements, but got 9 and 3 elements respectively",
      },
      { shapes: [[2, 3], [3]], message: "1D tensors expected, but got 2D and 1D tensors" },
    ],
  },
  (a: Tensor, b: Tensor): Tensor => {
    if (a.ndim !== 1 || b.ndim !== 1) {
      throw new RuntimeError(`1D tensors expected, but got ${a.ndim}D and ${b.ndim}D tensors`);
    }
    sameDtype("dot", a, b);
    const n = a.shape[0]!;
    if (n !== b.shape[0]) {
      throw new RuntimeError(
        `inconsistent tensor size, expected tensor [${n}] and src [${b.shape[0]}] to have the same number of elements, but got ${n} and ${b.shape[0]} elements respectively`,
      );
    }
    const y = product(a, [1, n], [0, a.strides[0]!], b, [n, 1], [b.strides[0]!, 0], [1, 1], []);
    return record2(dotRule, y, a, b, null);
  },
);

/** The backend's product of two views, in a new tensor of `result`'s shape. */
function product(
  a: Tensor,
  shapeA: readonly number[],
  stridesA: readonly number[],
  b: Tensor,
  shapeB: readonly number[],
  stridesB: readonly number[],
  shapeY: readonly number[],
  result: readonly number[],
): Tensor {
  const device = sameDevice(a, b);
  const y = uninitialised(a.dtype, layoutOf(result), device);
  const whole = new View(y, shapeY, rowMajor(shapeY));
  if (shapeA[shapeA.length - 1] === 0) backend.fill(y, 0);
  else if (y.layout.numel > 0) {
    const [left, right] = [new View(a, shapeA, stridesA), new View(b, shapeB, stridesB)];
    if (device === cpu && isSmall(whole, left)) smallProduct(whole, left, right);
    else backend.matmul(whole, left, right);
  }
  settle(y);
  return y;
}

const mvRule = rule2<null>({
  name: "MvBackward0",
  saves: ["b", "a"],
  vjp: [(g, _y, _a, b): Tensor => outer(g, b), (g, _y, a): Tensor => mv(t(a), g)],
});

/** Matrix times vector [n, k] @ [k] → [n] (`torch.mv`). */
export const mv: Op<(a: Tensor, vec: Tensor) => Tensor> = op(
  {
    takes: "mv(input, vec)",
    rule: mvRule,
    samples: [{ shapes: [[2, 3], [3]] }, { shapes: [[2, 0], [0]] }],
    refusals: [{ shapes: [[2, 3], [2]], message: "size mismatch, got input (2), mat (2x3), vec (2)" }],
  },
  (a: Tensor, vec: Tensor): Tensor => {
    if (a.ndim !== 2 || vec.ndim !== 1) {
      throw new RuntimeError(`vector + matrix @ vector expected, got 1, ${a.ndim}, ${vec.ndim}`);
    }
    sameDtype("mv", a, vec);
    const [n, k] = [a.shape[0]!, a.shape[1]!];
    if (k !== vec.shape[0]) {
      throw new RuntimeError(`size mismatch, got input (${n}), mat (${n}x${k}), vec (${vec.shape[0]})`);
    }
    const y = product(a, [n, k], a.strides, vec, [k, 1], [vec.strides[0]!, 1], [n, 1], [n]);
    return record2(mvRule, y, a, vec, null);
  },
);

const mmRule = rule2<null>({
  name: "MmBackward0",
  saves: ["b", "a"],
  vjp: [(g, _y, _a, b): Tensor => mm(g, t(b)), (g, _y, a): Tensor => mm(t(a), g)],
});

/** Matrix product [n, k] @ [k, m] → [n, m] (`torch.mm`). */
export const mm: Op<(a: Tensor, mat2: Tensor) => Tensor> = op(
  {
    takes: "mm(input, mat2)",
    rule: mmRule,
    samples: [
      {
        shapes: [
          [2, 3],
          [3, 4],
        ],
      },
      {
        shapes: [
          [1, 2],
          [2, 1],
        ],
      },
      {
        shapes: [
          [0, 2],
          [2, 3],
        ],
      },
    ],
    refusals: [
      { shapes: [[2], [2, 3]], message: "mm: self must be a matrix, got 1-D tensor" },
      {
        shapes: [
          [2, 3],
          [4, 5],
        ],
        message: "mm: mat1 and mat2 shapes cannot be multiplied (2x3 and 4x5)",
      },
    ],
  },
  (a: Tensor, mat2: Tensor): Tensor => {
    if (a.ndim !== 2) throw new RuntimeError(`mm: self must be a matrix, got ${a.ndim}-D tensor`);
    if (mat2.ndim !== 2) throw new RuntimeError(`mm: mat2 must be a matrix, got ${mat2.ndim}-D tensor`);
    const [n, k] = [a.shape[0]!, a.shape[1]!];
    const [k2, m] = [mat2.shape[0]!, mat2.shape[1]!];
    if (k !== k2) {
      throw new RuntimeError(`mm: mat1 and mat2 shapes cannot be multiplied (${n}x${k} and ${k2}x${m})`);
    }
    sameDtype("mm", a, mat2);
    const y = product(a, [n, k], a.strides, mat2, [k, m], mat2.strides, [n, m], [n, m]);
    return record2(mmRule, y, a, mat2, null);
  },
);

const bmmRule = rule2<null>({
  name: "BmmBackward0",
  saves: ["b", "a"],
  vjp: [
    (g, _y, _a, b): Tensor => bmm(g, matrixTransposed(b)),
    (g, _y, a): Tensor => bmm(matrixTransposed(a), g),
  ],
});

/** Products of a batch of matrices [b, n, k] @ [b, k, m] → [b, n, m] (`torch.bmm`). */
export const bmm: Op<(a: Tensor, mat2: Tensor) => Tensor> = op(
  {
    takes: "bmm(input, mat2)",
    rule: bmmRule,
    samples: [
      {
        shapes: [
          [2, 3, 4],
          [2, 4, 5],
        ],
      },
    ],
    refusals: [
      {
        shapes: [
          [3, 4],
          [4, 5],
        ],
        message: "batch1 must be a 3D tensor",
      },
      {
        shapes: [
          [2, 3, 4],
          [3, 4, 5],
        ],
        message: "Expected size for first two dimensions of batch2 tensor to be: [2, 4] but got: [3, 4].",
      },
    ],
  },
  (a: Tensor, mat2: Tensor): Tensor => {
    if (a.ndim !== 3) throw new RuntimeError("batch1 must be a 3D tensor");
    if (mat2.ndim !== 3) throw new RuntimeError("batch2 must be a 3D tensor");
    // Both have three dimensions by now.
    const [batch, n, k] = a.shape as unknown as [number, number, number];
    const [batch2, k2, m] = mat2.shape as unknown as [number, number, number];
    if (batch !== batch2 || k !== k2) {
      throw new RuntimeError(
        `Expected size for first two dimensions of batch2 tensor to be: [${batch}, ${k}] but got: [${batch2}, ${k2}].`,
      );
    }
    sameDtype("bmm", a, mat2);
    const shape = [batch, n, m];
    const y = product(a, a.shape, a.strides, mat2, mat2.shape, mat2.strides, shape, shape);
    return record2(bmmRule, y, a, mat2, null);
  },
);

const batchedRule = rule2<null>({
  name: "UnsafeViewBackward0",
  saves: ["b", "a"],
  vjp: [
    (g, _y, a, b): Tensor => sumTo(matmul(g, matrixTransposed(b)), a.shape),
    (g, _y, a, b): Tensor => sumTo(matmul(matrixTransposed(a), g), b.shape),
  ],
});

/** Product of vectors, matrices, or batches of them, batch dimensions broadcast (`torch.matmul`). */
export const matmul: Op<(a: Tensor, other: Tensor) => Tensor> = op(
  {
    takes: "matmul(input, other)",
    rule: batchedRule,
    samples: [
      { shapes: [[3], [3]] },
      { shapes: [[2, 3], [3]] },
      { shapes: [[3], [3, 4]] },
      {
        shapes: [
          [2, 3],
          [3, 4],
        ],
      },
      {
        shapes: [
          [5, 2, 3],
          [3, 4],
        ],
      },
      {
        shapes: [
          [2, 1, 2, 3],
          [5, 3, 4],
        ],
      },
      { shapes: [[4, 2, 3], [3]] },
      { shapes: [[3], [2, 3, 4]] },
    ],
    refusals: [
      {
        shapes: [[], [3]],
        message: "both arguments to matmul need to be at least 1D, but they are 0D and 1D",
      },
    ],
  },
  (a: Tensor, other: Tensor): Tensor => {
    checkTensor("matmul", other, "'other' (position 2)");
    if (a.ndim === 0 || other.ndim === 0) {
      throw new RuntimeError(
        `both arguments to matmul need to be at least 1D, but they are ${a.ndim}D and ${other.ndim}D`,
      );
    }
    if (a.ndim === 1 && other.ndim === 1) return dot(a, other);
    if (a.ndim === 2 && other.ndim === 1) return mv(a, other);
    if (a.ndim === 2 && other.ndim === 2) return mm(a, other);
    if (a.ndim === 1) return squeeze(matmul(unsqueeze(a, 0), other), -2);
    if (other.ndim === 1) return squeeze(matmul(a, unsqueeze(other, 1)), -1);
    return batched(a, other);
  },
);

function batched(a: Tensor, b: Tensor): Tensor {
  sameDtype("matmul", a, b);
  const [n, k] = a.shape.slice(-2) as [number, number];
  const [k2, m] = b.shape.slice(-2) as [number, number];
  if (k !== k2)
    throw new RuntimeError(`mat1 and mat2 shapes cannot be multiplied (${n}x${k} and ${k2}x${m})`);
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const [shapeA, shapeB] = [
    [...batch, n, k],
    [...batch, k, m],
  ];
  const [stridesA, stridesB] = [broadcastStrides(a.layout, shapeA), broadcastStrides(b.layout, shapeB)];
  const shape = [...batch, n, m];
  return record2(batchedRule, product(a, shapeA, stridesA, b, shapeB, stridesB, shape, shape), a, b, null);
}

/** Products of all pairs of two vectors' elements [n], [m] → [n, m] (`torch.outer`). */
export const outer: Op<(a: Tensor, vec2: Tensor) => Tensor> = op(
  {
    takes: "outer(input, vec2)",
    rule: "composed",
    samples: [{ shapes: [[2], [3]] }],
    refusals: [{ shapes: [[2, 2], [2]], message: "outer: Expected 1-D argument self, but got 2-D" }],
  },
  (a: Tensor, vec2: Tensor): Tensor => {
    if (a.ndim !== 1) throw new RuntimeError(`outer: Expected 1-D argument self, but got ${a.ndim}-D`);
    if (vec2.ndim !== 1) throw new RuntimeError(`outer: Expected 1-D argument vec2, but got ${vec2.ndim}-D`);
    return mul(reshapeTo(a, [a.shape[0]!, 1]), vec2);
  },
);

/** Σ of products of all elements (`torch.vdot` for real numbers, `torch.inner` of vectors). */
export const inner: Op<(a: Tensor, other: Tensor) => Tensor> = op(
  {
    takes: "inner(input, other)",
    rule: "composed",
    samples: [
      { shapes: [[3], [3]] },
      {
        shapes: [
          [2, 3],
          [4, 3],
        ],
      },
    ],
  },
  (a: Tensor, other: Tensor): Tensor => {
    if (a.ndim === 0 || other.ndim === 0) return mul(a, other);
    if (a.ndim === 1 && other.ndim === 1) return dot(a, other);
    return sum(mul(unsqueezeEach(a, other.ndim - 1), other), -1);
  },
);
function unsqueezeEach(a: Tensor, times: number): Tensor {
  const shape = [...a.shape.slice(0, -1), ...Array<number>(times).fill(1), a.shape.at(-1)!];
  return reshapeTo(a, shape);
}
