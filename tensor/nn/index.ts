/** `jacobi/nn`: modules, under PyTorch's names. */
export { LogSoftmax, ReLU, Sigmoid, Softmax, Tanh } from "./activation.ts";
export { Flatten, ModuleList, Sequential } from "./container.ts";
export * as functional from "./functional.ts";
export * as init from "./init.ts";
export { Identity, Linear, type LinearOptions } from "./linear.ts";
export { CrossEntropyLoss, MSELoss } from "./loss.ts";
export { Module } from "./module.ts";
export { Parameter } from "./parameter.ts";
