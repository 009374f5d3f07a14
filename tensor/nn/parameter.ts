/** nn.Parameter: a tensor that a module counts among its parameters. */
import { callable } from "../core/callable.ts";
import { RuntimeError } from "../core/errors.ts";
import { hooks } from "../core/hooks.ts";
import { Tensor } from "../core/tensor.ts";

class ParameterClass extends Tensor {
  /** Shares `data`'s memory; requires a gradient unless told otherwise (torch.nn.Parameter). */
  constructor(data: Tensor, options: boolean | { readonly requires_grad?: boolean } = true) {
    const wanted = typeof options === "boolean" ? options : (options.requires_grad ?? true);
    if (wanted && data.dtype.kind !== "float") {
      throw new RuntimeError("Only Tensors of floating point and complex dtype can require gradients");
    }
    super(data.storage, data.offset, data.layout);
    this.requires_grad = wanted;
  }
  override toString(): string {
    return `Parameter containing:\n${hooks.repr(this)}`;
  }
}
Object.defineProperty(ParameterClass.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value: ParameterClass.prototype.toString,
});

/** A tensor that is a module's parameter when it is a property of it; requires a gradient. */
export const Parameter = callable("Parameter", ParameterClass);
export type Parameter = ParameterClass;
