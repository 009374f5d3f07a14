/** Looking at gradients on their way: register_hook, retain_grad. */
import { RuntimeError } from "../core/errors.ts";
import { extrasOf, type Hook } from "../core/node.ts";
import { nodeOf, type Tensor } from "../core/tensor.ts";

/** Takes a hook away again. */
export interface HookHandle {
  remove(): void;
}

/** Calls `hook` with the tensor's gradient; what it returns, if anything, takes the gradient's place. */
export function register_hook(x: Tensor, hook: Hook): HookHandle {
  const node = nodeOf(x);
  if (node === null)
    throw new RuntimeError("cannot register a hook on a tensor that doesn't require gradient");
  const { hooks } = extrasOf(node);
  hooks.push(hook);
  return {
    remove: () => {
      const i = hooks.indexOf(hook);
      if (i >= 0) hooks.splice(i, 1);
    },
  };
}

/** Makes backward leave the gradient in `grad` although this tensor is no leaf. */
export function retain_grad(x: Tensor): void {
  const node = nodeOf(x);
  if (node === null) throw new RuntimeError("can't retain_grad on Tensor that has requires_grad=False");
  if (!x.is_leaf) extrasOf(node).retained = x;
}
