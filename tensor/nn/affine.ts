/** x Wᵀ + b as one recorded step, as PyTorch's addmm, so that a layer's node has its name. */
import { RuntimeError } from "../core/errors.ts";
import { mode } from "../core/mode.ts";
import type { Node } from "../core/node.ts";
import { recordN, ruleN } from "../core/op.ts";
import type { Tensor } from "../core/tensor.ts";
import * as ops from "../ops/index.ts";

const rule = ruleN("AddmmBackward0", ([g], node) => {
  const wanted = (i: number): Node | null => node.more!.edges[i] ?? null;
  const [x, weights] = node.more!.saved.map(({ tensor, version }) => unchanged(tensor, version));
  return [
    wanted(0) && ops.sum_to_size(g!, node.parameters as readonly number[]),
    wanted(1) && ops.mm(g!, ops.t(weights!)),
    wanted(2) && ops.mm(ops.t(x!), g!),
  ];
});

function unchanged(x: Tensor, version: number): Tensor {
  if (x.storage.version === version) return x;
  throw new RuntimeError(
    `one of the variables needed for gradient computation has been modified by an inplace operation: [${x.dtype.tensorType} [${[...x.shape].join(", ")}]] is at version ${x.storage.version}; expected version ${version} instead. Hint: enable anomaly detection to find the operation that failed to compute its gradient, with torch.autograd.set_detect_anomaly(True).`,
  );
}

/** bias + x @ weights for x [n, k], weights [k, m], bias [m]. */
export function affine(x: Tensor, weights: Tensor, bias: Tensor): Tensor {
  const [n, k] = x.shape as readonly number[] as [number, number];
  const [k2, m] = weights.shape as readonly number[] as [number, number];
  if (k !== k2)
    throw new RuntimeError(`addmm: mat1 and mat2 shapes cannot be multiplied (${n}x${k} and ${k2}x${m})`);
  const recording = mode.grad;
  mode.grad = false;
  let y: Tensor;
  try {
    y = ops.mm(x, weights).add_(bias);
  } finally {
    mode.grad = recording;
  }
  recordN(rule, [y], [bias, x, weights], [...bias.shape], [x, weights]);
  return y;
}
