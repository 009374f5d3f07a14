/** nn.init: how parameters get their first values. */

import { ValueError } from "../core/errors.ts";
import { checkKeywords } from "../core/keywords.ts";
import type { Tensor } from "../core/tensor.ts";
import { uniform_ } from "../random.ts";

/** The recommended factor for a nonlinearity (torch.nn.init.calculate_gain). */
export function calculate_gain(nonlinearity: string, param?: number): number {
  switch (nonlinearity) {
    case "linear":
    case "sigmoid":
    case "conv1d":
    case "conv2d":
    case "conv3d":
      return 1;
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leaky_relu":
      return Math.sqrt(2 / (1 + (param ?? 0.01) ** 2));
    case "selu":
      return 3 / 4;
    default:
      throw new ValueError(`Unsupported nonlinearity ${nonlinearity}`);
  }
}

/** Inputs and outputs of a weight [out, in, …]. */
function fans(x: Tensor): readonly [fanIn: number, fanOut: number] {
  if (x.ndim < 2) {
    throw new ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  }
  const field = x.shape.slice(2).reduce((n, size) => n * size, 1);
  return [x.shape[1]! * field, x.shape[0]! * field];
}

/** Uniform numbers that keep the size of what flows through (He et al. 2015; torch.nn.init.kaiming_uniform_). */
export function kaiming_uniform_(
  x: Tensor,
  options: { readonly a?: number; readonly mode?: "fan_in" | "fan_out"; readonly nonlinearity?: string } = {},
): Tensor {
  checkKeywords("kaiming_uniform_", options, ["a", "mode", "nonlinearity"]);
  const { a = 0, mode = "fan_in", nonlinearity = "leaky_relu" } = options;
  const [fanIn, fanOut] = fans(x);
  const std = calculate_gain(nonlinearity, a) / Math.sqrt(mode === "fan_in" ? fanIn : fanOut);
  const bound = Math.sqrt(3) * std;
  return uniform_(x, -bound, bound);
}
