/** `jacobi/nn/functional`: layers and losses as functions. */
import { checkKeywords } from "../core/keywords.ts";
import type { Tensor } from "../core/tensor.ts";
import * as ops from "../ops/index.ts";
import { affine } from "./affine.ts";

export { log_softmax, sigmoid, softmax, tanh } from "../ops/index.ts";
export {
  type ClassLossOptions,
  cross_entropy,
  type LossOptions,
  mse_loss,
  nll_loss,
  type Reduction,
} from "./loss-functions.ts";

/** max(0, x), in place where wanted (torch.nn.functional.relu). */
export function relu(input: Tensor, inplace: boolean | { readonly inplace?: boolean } = false): Tensor {
  if (typeof inplace === "object") checkKeywords("relu", inplace, ["inplace"]);
  const write = typeof inplace === "object" ? inplace.inplace === true : inplace === true;
  return write ? ops.relu.inPlace(input) : ops.relu(input);
}

/** x Wᵀ + b for x [..., in], W [out, in], b [out] (torch.nn.functional.linear). */
export function linear(input: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  const weights = ops.t(weight);
  if (bias == null) return ops.matmul(input, weights);
  if (input.ndim === 2) return affine(input, weights, bias);
  if (input.ndim !== 3 || !input.layout.contiguous) return ops.add(ops.matmul(input, weights), bias);
  const [n, m, k] = [...input.shape] as [number, number, number];
  return ops.view(affine(ops.view(input, [n * m, k]), weights, bias), [n, m, weight.shape[0]!]);
}
