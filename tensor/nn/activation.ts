/** Activations as modules: ReLU, Tanh, Sigmoid, Softmax, LogSoftmax. */
import { callable } from "../core/callable.ts";
import { checkKeywords } from "../core/keywords.ts";
import type { Tensor } from "../core/tensor.ts";
import * as ops from "../ops/index.ts";
import { Module } from "./module.ts";

class ReLUClass extends Module {
  readonly inplace: boolean;
  constructor(options: boolean | { readonly inplace?: boolean } = false) {
    super();
    if (typeof options !== "boolean") checkKeywords("ReLU.__init__", options, ["inplace"]);
    this.inplace = typeof options === "boolean" ? options : (options.inplace ?? false);
  }
  override forward(input: Tensor): Tensor {
    return this.inplace ? ops.relu.inPlace(input) : ops.relu(input);
  }
  override extra_repr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}
/** max(0, x) (torch.nn.ReLU). */
export const ReLU = callable("ReLU", ReLUClass);
export type ReLU = ReLUClass;

class TanhClass extends Module {
  override forward(input: Tensor): Tensor {
    return ops.tanh(input);
  }
}
/** Hyperbolic tangent (torch.nn.Tanh). */
export const Tanh = callable("Tanh", TanhClass);
export type Tanh = TanhClass;

class SigmoidClass extends Module {
  override forward(input: Tensor): Tensor {
    return ops.sigmoid(input);
  }
}
/** 1 / (1 + e⁻ˣ) (torch.nn.Sigmoid). */
export const Sigmoid = callable("Sigmoid", SigmoidClass);
export type Sigmoid = SigmoidClass;

const dimOf = (options: number | { readonly dim: number }) =>
  typeof options === "number" ? options : options.dim;

class SoftmaxClass extends Module {
  readonly dim: number;
  constructor(options: number | { readonly dim: number }) {
    super();
    this.dim = dimOf(options);
  }
  override forward(input: Tensor): Tensor {
    return ops.softmax(input, this.dim);
  }
  override extra_repr(): string {
    return `dim=${this.dim}`;
  }
}
/** Exponentials that sum to 1 along `dim` (torch.nn.Softmax). */
export const Softmax = callable("Softmax", SoftmaxClass);
export type Softmax = SoftmaxClass;

class LogSoftmaxClass extends SoftmaxClass {
  override forward(input: Tensor): Tensor {
    return ops.log_softmax(input, this.dim);
  }
}
/** Logarithm of the softmax along `dim` (torch.nn.LogSoftmax). */
export const LogSoftmax = callable("LogSoftmax", LogSoftmaxClass);
export type LogSoftmax = LogSoftmaxClass;
