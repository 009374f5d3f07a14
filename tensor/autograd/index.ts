/** `jacobi/autograd`, which is also `torch.autograd`. */
export { type BackwardOptions, type GradOptions, backward, grad } from "./backward.ts";
export { Context, Function } from "./function.ts";
export { type GradMode, enable_grad, inference_mode, is_grad_enabled, no_grad, set_grad_enabled } from "./grad-mode.ts";
export { GradcheckError } from "../core/errors.ts";
export { gradcheck, gradgradcheck } from "./gradcheck.ts";
export * as functional from "./functional.ts";
export { hessian, jacobian, jvp, vjp } from "./functional.ts";
export { Node } from "../core/node.ts";
