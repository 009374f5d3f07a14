/** Tensors as torch prints them: their numbers, dtype, grad_fn and requires_grad; also for Jupyter. */
import { readElement } from "./core/allocate.ts";
import { bool, get_default_dtype, int64 } from "./core/dtype.ts";
import { hooks } from "./core/hooks.ts";
import { cpu, Tensor } from "./core/tensor.ts";
import { onCpu } from "./ops/device.ts";
import { get_printoptions } from "./print/options.ts";
import { tensorText, withSuffixes } from "./print/text.ts";

export {
  get_printoptions,
  type PrintOptionChanges,
  type PrintOptions,
  set_printoptions,
} from "./print/options.ts";

const PREFIX = "tensor(";

/** `tensor([1., 2.], grad_fn=<MulBackward0>)`: a tensor's text, as PyTorch prints it. */
export function tensorRepr(x: Tensor): string {
  const options = get_printoptions();
  const printable = onCpu(x);
  const { storage } = printable;
  const isBool = x.dtype === bool;
  const printed = {
    shape: x.shape,
    strides: printable.strides,
    offset: printable.offset,
    isFloat: x.dtype.is_floating_point,
    read: (index: number) => {
      const element = readElement(storage, index);
      return isBool ? element !== 0 : element;
    },
  };
  const text = PREFIX + tensorText(printed, PREFIX.length, options);
  return withSuffixes(text, suffixes(x), PREFIX.length, options);
}

function suffixes(x: Tensor): string[] {
  const found: string[] = [];
  const isDefault = x.dtype === get_default_dtype();
  if (x.device !== cpu) found.push(`device='${x.device}'`);
  if (x.layout.numel === 0) {
    if (x.ndim !== 1) found.push(`size=${pythonTuple(x.shape)}`);
    if (!isDefault) found.push(`dtype=${x.dtype}`);
  } else if (!isDefault && x.dtype !== int64 && x.dtype !== bool) {
    found.push(`dtype=${x.dtype}`);
  }
  const maker = x.grad_fn;
  if (maker !== null) found.push(`grad_fn=<${maker.name()}>`);
  else if (x.requires_grad) found.push("requires_grad=True");
  return found;
}

function pythonTuple(items: readonly number[]): string {
  return items.length === 1 ? `(${items[0]},)` : `(${[...items].join(", ")})`;
}

hooks.repr = tensorRepr;
Object.defineProperty(Tensor.prototype, Symbol.for("Jupyter.display"), {
  value: function (this: Tensor) {
    return { "text/plain": this.toString() };
  },
  configurable: true,
  writable: true,
});
