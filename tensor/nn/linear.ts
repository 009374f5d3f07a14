/** Linear layers: Linear and Identity. */
import { callable } from "../core/callable.ts";
import { type Dtype, get_default_dtype } from "../core/dtype.ts";
import { checkKeywords } from "../core/keywords.ts";
import { mode } from "../core/mode.ts";
import { layoutOf } from "../core/shape.ts";
import { type Tensor, uninitialised } from "../core/tensor.ts";
import { uniform_ } from "../random.ts";
import * as F from "./functional.ts";
import { kaiming_uniform_ } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** What Linear takes last; `bias` may also be the third argument. */
export interface LinearOptions {
  readonly bias?: boolean;
  readonly dtype?: Dtype;
}

class LinearClass extends Module {
  readonly in_features: number;
  readonly out_features: number;
  /** [out_features, in_features] */
  weight: Parameter;
  bias: Parameter | null;

  constructor(in_features: number, out_features: number, options: boolean | LinearOptions = {}) {
    super();
    if (typeof options !== "boolean") checkKeywords("Linear.__init__", options, ["bias", "dtype", "device"]);
    const { bias = true, dtype }: LinearOptions = typeof options === "boolean" ? { bias: options } : options;
    for (const size of [in_features, out_features]) {
      if (Number.isInteger(size) && size >= 0) continue;
      throw new TypeError(
        `Linear: size ${size}: in_features and out_features must be whole numbers from 0 up`,
      );
    }
    this.in_features = in_features;
    this.out_features = out_features;
    const made = (...size: number[]) =>
      Parameter(uninitialised(dtype ?? get_default_dtype(), layoutOf(size)));
    this.weight = made(out_features, in_features);
    this.bias = bias ? made(out_features) : null;
    this.reset_parameters();
  }

  /** Draws the parameters as PyTorch does: uniform within ±1/√in_features. */
  reset_parameters(): void {
    const recording = mode.grad;
    mode.grad = false;
    try {
      kaiming_uniform_(this.weight, { a: Math.sqrt(5) });
      const bound = this.in_features > 0 ? 1 / Math.sqrt(this.in_features) : 0;
      if (this.bias !== null) uniform_(this.bias, -bound, bound);
    } finally {
      mode.grad = recording;
    }
  }

  override forward(input: Tensor): Tensor {
    return F.linear(input, this.weight, this.bias);
  }
  override extra_repr(): string {
    const bias = this.bias === null ? "False" : "True";
    return `in_features=${this.in_features}, out_features=${this.out_features}, bias=${bias}`;
  }
}

/** x Wᵀ + b with W [out, in] (torch.nn.Linear): `nn.Linear(3, 4)`, `nn.Linear(3, 4, { bias: false })`. */
export const Linear = callable("Linear", LinearClass);
export type Linear = LinearClass;

class IdentityClass extends Module {
  constructor(..._ignored: unknown[]) {
    super();
  }
  override forward(input: Tensor): Tensor {
    return input;
  }
}
/** Gives back what it is given (torch.nn.Identity). */
export const Identity = callable("Identity", IdentityClass);
export type Identity = IdentityClass;
