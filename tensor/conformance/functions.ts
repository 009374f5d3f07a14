/** The custom Functions and the hook collector that recorded programs call `lib`. */

import { Function as Base, type Context } from "../autograd/function.ts";
import type { Tensor } from "../core/tensor.ts";
import * as torch from "../index.ts";

class Cube extends Base {
  static override forward(ctx: Context, x: Tensor): Tensor {
    ctx.save_for_backward(x);
    return x.pow(3);
  }
  static override backward(ctx: Context, g: Tensor): Tensor {
    const [x] = ctx.saved_tensors as [Tensor];
    return x.pow(2).mul(3).mul(g);
  }
}

class MulConst extends Base {
  static override forward(ctx: Context & { c?: number }, x: Tensor, c: number): Tensor {
    ctx.c = c;
    return x.mul(c);
  }
  static override backward(ctx: Context & { c?: number }, g: Tensor): (Tensor | null)[] {
    return [g.mul(ctx.c!), null];
  }
}

class InverseMatrix extends Base {
  static override forward(ctx: Context, A: Tensor): Tensor {
    const inverse = torch.linalg.inv(A);
    ctx.save_for_backward(inverse);
    return inverse;
  }
  static override backward(ctx: Context, g: Tensor): Tensor {
    const [inverse] = ctx.saved_tensors as [Tensor];
    return inverse.T.neg().matmul(g).matmul(inverse.T);
  }
}

class StraightThrough extends Base {
  static override forward(_ctx: Context, x: Tensor): Tensor {
    return x.round();
  }
  static override backward(_ctx: Context, g: Tensor): Tensor {
    return g;
  }
}

class SumProd extends Base {
  static override forward(ctx: Context, a: Tensor, b: Tensor): Tensor[] {
    ctx.save_for_backward(a, b);
    return [a.add(b), a.mul(b)];
  }
  static override backward(ctx: Context, gs: Tensor, gp: Tensor): (Tensor | null)[] {
    const [a, b] = ctx.saved_tensors as [Tensor, Tensor];
    const [needsA, needsB] = ctx.needs_input_grad;
    return [needsA ? gs.add(gp.mul(b)) : null, needsB ? gs.add(gp.mul(a)) : null];
  }
}

class WrongCount extends Base {
  static override forward(_ctx: Context, a: Tensor, b: Tensor): Tensor {
    return a.mul(b);
  }
  static override backward(_ctx: Context, g: Tensor): Tensor {
    return g;
  }
}

class WrongShape extends Base {
  static override forward(_ctx: Context, a: Tensor): Tensor {
    return a.mul(2);
  }
  static override backward(_ctx: Context, g: Tensor): Tensor {
    return torch.ones(7, { dtype: g.dtype });
  }
}

class NoBackward extends Base {
  static override forward(_ctx: Context, a: Tensor): Tensor {
    return a.mul(2);
  }
}

/** Collects the gradients that a hook sees. */
class Recorder {
  readonly items: Tensor[] = [];
  readonly hook = (g: Tensor): void => {
    this.items.push(g.clone());
  };
  readonly double = (g: Tensor): Tensor => g.mul(2);
}

export const lib: Record<string, unknown> = {
  Cube,
  MulConst,
  InverseMatrix,
  StraightThrough,
  SumProd,
  WrongCount,
  WrongShape,
  NoBackward,
  Recorder: () => new Recorder(),
};
