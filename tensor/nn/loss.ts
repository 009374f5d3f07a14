/** Losses as modules: MSELoss, CrossEntropyLoss. */
import { callable } from "../core/callable.ts";
import { checkKeywords } from "../core/keywords.ts";
import type { Tensor } from "../core/tensor.ts";
import * as F from "./functional.ts";
import { Module } from "./module.ts";

class MSELossClass extends Module {
  readonly reduction: F.Reduction;
  constructor(options: F.LossOptions = {}) {
    super();
    checkKeywords("MSELoss.__init__", options, ["reduction"]);
    this.reduction = options.reduction ?? "mean";
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    return F.mse_loss(input, target, { reduction: this.reduction });
  }
}
/** Mean of squared differences (torch.nn.MSELoss). */
export const MSELoss = callable("MSELoss", MSELossClass);
export type MSELoss = MSELossClass;

class CrossEntropyLossClass extends Module {
  readonly reduction: F.Reduction;
  readonly ignore_index: number;
  readonly label_smoothing: number;
  constructor(options: F.ClassLossOptions = {}) {
    super();
    const names = ["reduction", "weight", "ignore_index", "label_smoothing"];
    checkKeywords("CrossEntropyLoss.__init__", options, names);
    this.reduction = options.reduction ?? "mean";
    this.ignore_index = options.ignore_index ?? -100;
    this.label_smoothing = options.label_smoothing ?? 0;
    this.register_buffer("weight", options.weight ?? null);
  }
  override forward(input: Tensor, target: Tensor): Tensor {
    // `register_buffer` sets it by name.
    const { weight } = this as unknown as { readonly weight: Tensor | null };
    return F.cross_entropy(input, target, { ...this.#options(), weight });
  }
  #options(): F.ClassLossOptions {
    const { reduction, ignore_index, label_smoothing } = this;
    return { reduction, ignore_index, label_smoothing };
  }
}
/** Cross entropy of logits and classes (torch.nn.CrossEntropyLoss). */
export const CrossEntropyLoss = callable("CrossEntropyLoss", CrossEntropyLossClass);
export type CrossEntropyLoss = CrossEntropyLossClass;
