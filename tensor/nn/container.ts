/** Modules that hold or reshape: Sequential, ModuleList, Flatten. */
import { callable } from "../core/callable.ts";
import { IndexError } from "../core/errors.ts";
import type { Tensor } from "../core/tensor.ts";
import * as ops from "../ops/index.ts";
import { Module } from "./module.ts";

class ListClass extends Module {
  constructor(modules: Iterable<Module> = []) {
    super();
    let i = 0;
    for (const module of modules) this.add_module(String(i++), module);
  }
  override get length(): number {
    return [...this.children()].length;
  }
  /** The part at a place, from the end where negative. */
  at(index: number): Module {
    const found = [...this.children()].at(index);
    if (found === undefined) throw new IndexError(`index ${index} is out of range`);
    return found;
  }
  append(module: Module): this {
    this.add_module(String(this.length), module);
    return this;
  }
  [Symbol.iterator](): Iterator<Module> {
    return this.children();
  }
}
/** A list of modules whose parameters count (torch.nn.ModuleList). */
export const ModuleList = callable("ModuleList", ListClass);
export type ModuleList = ListClass;

class SequentialClass extends ListClass {
  constructor(...parts: (Module | Readonly<Record<string, Module>>)[]) {
    super(parts.filter((part): part is Module => part instanceof Module));
    for (const part of parts) {
      if (part instanceof Module) continue;
      for (const [name, module] of Object.entries(part)) this.add_module(name, module);
    }
  }
  override forward(input: Tensor): Tensor {
    let x: unknown = input;
    // What one module gives is what the next one takes: only the run can tell.
    for (const module of this.children()) x = (module as unknown as (x: unknown) => unknown)(x);
    return x as Tensor;
  }
}
/** Modules one after the other (torch.nn.Sequential); an object gives them names. */
export const Sequential = callable("Sequential", SequentialClass);
export type Sequential = SequentialClass;

class FlattenClass extends Module {
  readonly start_dim: number;
  readonly end_dim: number;
  constructor(
    options: number | { readonly start_dim?: number; readonly end_dim?: number } = {},
    end_dim = -1,
  ) {
    super();
    this.start_dim = typeof options === "number" ? options : (options.start_dim ?? 1);
    this.end_dim = typeof options === "number" ? end_dim : (options.end_dim ?? -1);
  }
  override forward(input: Tensor): Tensor {
    return ops.flatten(input, this.start_dim, this.end_dim);
  }
  override extra_repr(): string {
    return `start_dim=${this.start_dim}, end_dim=${this.end_dim}`;
  }
}
/** Dimensions start_dim … end_dim as one (torch.nn.Flatten). */
export const Flatten = callable("Flatten", FlattenClass);
export type Flatten = FlattenClass;
