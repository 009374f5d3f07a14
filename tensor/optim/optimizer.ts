/** optim.Optimizer: parameter groups, their state, and what every optimizer does alike. */

import { ValueError } from "../core/errors.ts";
import { checkKeywords } from "../core/keywords.ts";
import { mode } from "../core/mode.ts";
import { Tensor } from "../core/tensor.ts";
import { reprOf } from "../core/tuple.ts";
import { pythonFloat } from "../print/number.ts";

/** Parameters with options of their own: `{ params: [w], lr: 0.1 }`. */
export type GroupOf<Options> = { params: Tensor | Iterable<Tensor> } & Partial<Options>;
/** What an optimizer takes first. */
export type Params<Options> = Iterable<Tensor> | Iterable<GroupOf<Options>>;
/** A group as the optimizer holds it: its parameters and every option. */
export type Group<Options> = { params: Tensor[] } & Options;
/** What `step` may be given: it computes the loss and its gradients anew. */
export type Closure = () => Tensor | number;

/** The base of all optimizers (torch.optim.Optimizer). */
export abstract class Optimizer<Options extends object = object> {
  readonly param_groups: Group<Options>[] = [];
  /** What the optimizer remembers of each parameter. */
  readonly state = new Map<Tensor, Record<string, Tensor | number | null>>();
  readonly defaults: Options;

  constructor(params: Params<Options>, defaults: Options, known?: Options) {
    this.defaults = defaults;
    if (known !== undefined) checkKeywords(`${this.constructor.name}.__init__`, defaults, Object.keys(known));
    if (params instanceof Tensor) {
      throw new TypeError(
        `params argument given to the optimizer should be an iterable of Tensors or dicts, but got ${params.dtype.tensorType}`,
      );
    }
    const given = [...params];
    if (given.length === 0) throw new ValueError("optimizer got an empty parameter list");
    const grouped = given.every((item) => !(item instanceof Tensor) && "params" in item);
    // A group's other options are filled in by `add_param_group`.
    const groups = grouped
      ? (given as GroupOf<Options>[])
      : [{ params: given as Tensor[] } as unknown as GroupOf<Options>];
    for (const group of groups) this.add_param_group(group);
  }

  /** Adds parameters, say of a layer that was frozen before. */
  add_param_group(group: GroupOf<Options>): void {
    const params = group.params instanceof Tensor ? [group.params] : [...group.params];
    const known = new Set(this.param_groups.flatMap((one) => one.params));
    for (const p of params) {
      if (!(p instanceof Tensor)) {
        throw new TypeError(`optimizer can only optimize Tensors, but one of the params is ${typeof p}`);
      }
      if (!p.is_leaf) throw new ValueError("can't optimize a non-leaf Tensor");
      if (known.has(p)) throw new ValueError("some parameters appear in more than one parameter group");
    }
    this.param_groups.push({ ...this.defaults, ...group, params });
  }

  /** Forgets the gradients, or sets them to zero. */
  zero_grad(set_to_none: boolean | { readonly set_to_none?: boolean } = true): void {
    const toNone = typeof set_to_none === "boolean" ? set_to_none : (set_to_none.set_to_none ?? true);
    for (const group of this.param_groups) {
      for (const p of group.params) p.grad = toNone || p.grad === null ? null : p.grad.detach().zero_();
    }
  }

  /** Updates every parameter that has a gradient; returns the closure's loss, if one is given. */
  step<C extends Closure | undefined = undefined>(
    closure?: C,
  ): C extends Closure ? ReturnType<C> : undefined {
    const loss = closure?.();
    const recording = mode.grad;
    mode.grad = false;
    try {
      for (const group of this.param_groups) {
        for (const p of group.params) if (p.grad !== null) this.update(p, p.grad, group);
      }
    } finally {
      mode.grad = recording;
    }
    return loss as C extends Closure ? ReturnType<C> : undefined;
  }

  /** Moves one parameter; recording is off. */
  protected abstract update(p: Tensor, g: Tensor, group: Group<Options>): void;

  /** State by the parameters' numbers, and the groups with numbers for parameters. */
  state_dict(): { state: Record<number, Record<string, unknown>>; param_groups: object[] } {
    const all = this.param_groups.flatMap((group) => group.params);
    const number = new Map(all.map((p, i) => [p, i]));
    const state: Record<number, Record<string, unknown>> = {};
    for (const [p, own] of this.state) state[number.get(p)!] = own;
    const param_groups = this.param_groups.map((group) => ({
      ...group,
      params: group.params.map((p) => number.get(p)!),
    }));
    return { state, param_groups };
  }
  /** Takes over the state and options of an optimizer with as many parameters. */
  load_state_dict(saved: ReturnType<Optimizer<Options>["state_dict"]>): void {
    const all = this.param_groups.flatMap((group) => group.params);
    if (saved.param_groups.length !== this.param_groups.length) {
      throw new ValueError("loaded state dict has a different number of parameter groups");
    }
    saved.param_groups.forEach((group, i) => {
      Object.assign(this.param_groups[i]!, group, { params: this.param_groups[i]!.params });
    });
    this.state.clear();
    for (const [i, own] of Object.entries(saved.state)) {
      const copies = Object.entries(own).map(([k, v]) => [k, v instanceof Tensor ? v.detach().clone() : v]);
      this.state.set(all[Number(i)]!, Object.fromEntries(copies));
    }
  }

  toString(): string {
    let text = `${this.constructor.name} (`;
    this.param_groups.forEach((group, i) => {
      text += `\nParameter Group ${i}\n`;
      for (const key of Object.keys(group).sort()) {
        if (key !== "params") text += `    ${key}: ${optionText(Object(group)[key])}\n`;
      }
    });
    return `${text})`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
  [Symbol.for("Jupyter.display")](): { "text/plain": string } {
    return { "text/plain": this.toString() };
  }
}

/** An option as Python prints it: `0.001`, `1e-08`, `(0.9, 0.999)`, `None`. */
function optionText(value: unknown): string {
  if (Array.isArray(value)) return `(${value.map(optionText).join(", ")})`;
  if (typeof value === "number" && value !== 0 && Math.abs(value) < 1e-4) {
    return pythonFloat(value);
  }
  return reprOf(value);
}

/** Refuses a negative option with PyTorch's text. */
export function checkNotNegative(what: string, value: number): void {
  if (!(value >= 0)) throw new ValueError(`Invalid ${what} value: ${value}`);
}
