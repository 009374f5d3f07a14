/** `jacobi/autograd`, which is also `torch.autograd`. */

export { GradcheckError } from "../core/errors.ts";
export { Node } from "../core/node.ts";
export { type BackwardOptions, backward, type GradOptions, grad } from "./backward.ts";
export { Context, Context as FunctionCtx, Function } from "./function.ts";
export * as functional from "./functional.ts";
export { hessian, jacobian, jvp, vjp } from "./functional.ts";
export {
  enable_grad,
  type GradMode,
  inference_mode,
  is_grad_enabled,
  no_grad,
  set_grad_enabled,
} from "./grad-mode.ts";
export { gradcheck, gradgradcheck } from "./gradcheck.ts";
