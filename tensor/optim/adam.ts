/** optim.Adam: steps scaled by running means of the gradient and of its square (Kingma, Ba 2015). */
import { callable } from "../core/callable.ts";
import { ValueError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import { checkNotNegative, type Group, Optimizer, type Params } from "./optimizer.ts";

/** Adam's options, with torch's names and defaults. */
export interface AdamOptions {
  lr: number;
  betas: readonly [number, number];
  eps: number;
  weight_decay: number;
  amsgrad: boolean;
  maximize: boolean;
  foreach: boolean | null;
  capturable: boolean;
  differentiable: boolean;
  fused: boolean | null;
  decoupled_weight_decay: boolean;
}

const defaults: AdamOptions = {
  lr: 0.001,
  betas: [0.9, 0.999],
  eps: 1e-8,
  weight_decay: 0,
  amsgrad: false,
  maximize: false,
  foreach: null,
  capturable: false,
  differentiable: false,
  fused: null,
  decoupled_weight_decay: false,
};

interface Moments {
  step: number;
  exp_avg: Tensor;
  exp_avg_sq: Tensor;
  max_exp_avg_sq: Tensor | null;
}

class AdamClass extends Optimizer<AdamOptions> {
  constructor(params: Params<AdamOptions>, options: Partial<AdamOptions> = {}) {
    const all = { ...defaults, ...options };
    if (!(all.lr >= 0)) throw new ValueError(`Invalid learning rate: ${all.lr}`);
    if (!(all.eps >= 0)) throw new ValueError(`Invalid epsilon value: ${all.eps}`);
    all.betas.forEach((beta, i) => {
      if (!(beta >= 0 && beta < 1)) throw new ValueError(`Invalid beta parameter at index ${i}: ${beta}`);
    });
    checkNotNegative("weight_decay", all.weight_decay);
    super(params, all, defaults);
  }

  protected override update(p: Tensor, gradient: Tensor, o: Group<AdamOptions>): void {
    const [beta1, beta2] = o.betas;
    const own = this.#moments(p, o);
    own.step += 1;
    let g = o.maximize ? gradient.neg() : gradient;
    if (o.weight_decay !== 0) {
      if (o.decoupled_weight_decay) p.mul_(1 - o.lr * o.weight_decay);
      else g = g.add(p, { alpha: o.weight_decay });
    }
    own.exp_avg.add_(g.sub(own.exp_avg), { alpha: 1 - beta1 });
    own.exp_avg_sq.mul_(beta2).add_(g.mul(g), { alpha: 1 - beta2 });
    let square = own.exp_avg_sq;
    if (own.max_exp_avg_sq !== null) square = own.max_exp_avg_sq.copy_(own.max_exp_avg_sq.maximum(square));
    const scale = Math.sqrt(1 - beta2 ** own.step);
    const size = o.lr / (1 - beta1 ** own.step);
    p.add_(own.exp_avg.div(square.sqrt().div_(scale).add_(o.eps)), { alpha: -size });
  }

  #moments(p: Tensor, o: AdamOptions): Moments {
    const known = this.state.get(p) as Moments | undefined;
    if (known !== undefined) return known;
    const zeros = () => p.detach().mul(0);
    const made = {
      step: 0,
      exp_avg: zeros(),
      exp_avg_sq: zeros(),
      max_exp_avg_sq: o.amsgrad ? zeros() : null,
    };
    this.state.set(p, made);
    return made;
  }
}

/** Adam (torch.optim.Adam): `optim.Adam(model.parameters(), { lr: 1e-3 })`. */
export const Adam = callable("Adam", AdamClass);
export type Adam = AdamClass;
