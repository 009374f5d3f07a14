/** `jacobi/optim`: the optimizers, under PyTorch's names. */
export { Adam, type AdamOptions } from "./adam.ts";
export { type Closure, Optimizer } from "./optimizer.ts";
export { SGD, type SGDOptions } from "./sgd.ts";
