/** optim.SGD: gradient descent with momentum, Nesterov's too, and weight decay. */
import { callable } from "../core/callable.ts";
import { ValueError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkNotNegative, type Group, Optimizer, type Params } from "./optimizer.ts";

/** SGD's options, with torch's names and defaults (lr 0.001, the rest off). */
export interface SGDOptions {
  lr: number;
  momentum: number;
  dampening: number;
  weight_decay: number;
  nesterov: boolean;
  maximize: boolean;
  foreach: boolean | null;
  differentiable: boolean;
  fused: boolean | null;
}

const defaults: SGDOptions = {
  lr: 0.001,
  momentum: 0,
  dampening: 0,
  weight_decay: 0,
  nesterov: false,
  maximize: false,
  foreach: null,
  differentiable: false,
  fused: null,
};

class SGDClass extends Optimizer<SGDOptions> {
  constructor(params: Params<SGDOptions>, options: Partial<SGDOptions> = {}) {
    const all = { ...defaults, ...options };
    if (!(all.lr >= 0)) throw new ValueError(`Invalid learning rate: ${all.lr}`);
    checkNotNegative("momentum", all.momentum);
    checkNotNegative("weight_decay", all.weight_decay);
    if (all.nesterov && (all.momentum <= 0 || all.dampening !== 0)) {
      throw new ValueError("Nesterov momentum requires a momentum and zero dampening");
    }
    super(params, all, defaults);
  }

  protected override update(p: Tensor, g: Tensor, o: Group<SGDOptions>): void {
    let step = o.maximize ? g.neg() : g;
    if (o.weight_decay !== 0) step = step.add(p, { alpha: o.weight_decay });
    if (o.momentum !== 0) {
      const buffer = this.#buffer(p, step, o);
      step = o.nesterov ? step.add(buffer, { alpha: o.momentum }) : buffer;
    }
    p.add_(step, { alpha: -o.lr });
  }

  /** The running sum of gradients; the first is taken whole. */
  #buffer(p: Tensor, g: Tensor, o: SGDOptions): Tensor {
    const own = this.state.get(p);
    const kept = own?.momentum_buffer as Tensor | null | undefined;
    if (kept != null) return kept.mul_(o.momentum).add_(g, { alpha: 1 - o.dampening });
    const buffer = g.detach().clone();
    this.state.set(p, { momentum_buffer: buffer });
    return buffer;
  }
}

/** Stochastic gradient descent (torch.optim.SGD): `optim.SGD([x], { lr: 0.05, momentum: 0.9 })`. */
export const SGD = callable("SGD", SGDClass);
export type SGD = SGDClass;
