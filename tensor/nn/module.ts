/** nn.Module: parts with parameters that nest, are called like functions, and print as torch prints them. */

import type { Dtype } from "../core/dtype.ts";
import { NotImplementedError, RuntimeError } from "../core/errors.ts";
import { mode } from "../core/mode.ts";
import { Tensor } from "../core/tensor.ts";
import { Parameter } from "./parameter.ts";

/** Names of the properties that are buffers, for each module that has any. */
const bufferNames = new WeakMap<object, Set<string>>();

type Hook = (module: Module, args: readonly unknown[], output: unknown) => unknown;
const forwardHooks = new WeakMap<object, Hook[]>();

/** A module can be called, which a class cannot say of its own instances. */
const callable = (module: object): Module => module as Module;

/** The fields of a module, which users name. */
const fieldsOf = (module: object): Record<string, unknown> => module as Record<string, unknown>;

class ModuleBase {
  /** True while training: dropout and the like act. */
  declare training: boolean;

  constructor() {
    const self = (...args: never[]) => callModule(callable(self), args);
    Reflect.deleteProperty(self, "name");
    Reflect.deleteProperty(self, "length");
    Object.setPrototypeOf(self, new.target.prototype);
    Object.defineProperty(self, "training", { value: true, writable: true, enumerable: false });
    // biome-ignore lint/correctness/noConstructorReturn: the instance is a function with this class's prototype
    return self as unknown as this;
  }

  /** What calling the module computes; every module defines its own. */
  forward(..._args: never[]): unknown {
    throw new NotImplementedError(
      `Module [${this.constructor.name}] is missing the required "forward" function`,
    );
  }

  /** The direct parts that are modules, by name. */
  *named_children(): Generator<[string, Module]> {
    for (const [name, value] of Object.entries(this))
      if (value instanceof ModuleBase) yield [name, value as Module];
  }
  *children(): Generator<Module> {
    for (const [, child] of this.named_children()) yield child;
  }
  /** This module and all inside it, each once, with dotted names. */
  *named_modules(prefix = "", seen = new Set<unknown>()): Generator<[string, Module]> {
    if (seen.has(this)) return;
    seen.add(this);
    yield [prefix, callable(this)];
    for (const [name, child] of this.named_children()) yield* child.named_modules(dotted(prefix, name), seen);
  }
  *modules(): Generator<Module> {
    for (const [, module] of this.named_modules()) yield module;
  }
  /** All parameters with dotted names, each once. */
  *named_parameters(prefix = ""): Generator<[string, Parameter]> {
    const seen = new Set<unknown>();
    for (const [path, module] of this.named_modules(prefix)) {
      for (const [name, value] of Object.entries(module)) {
        if (!(value instanceof Parameter) || seen.has(value)) continue;
        seen.add(value);
        yield [dotted(path, name), value];
      }
    }
  }
  *parameters(): Generator<Parameter> {
    for (const [, parameter] of this.named_parameters()) yield parameter;
  }
  /** Tensors that are state but no parameters, with dotted names. */
  *named_buffers(prefix = ""): Generator<[string, Tensor]> {
    for (const [path, module] of this.named_modules(prefix)) {
      for (const name of bufferNames.get(module) ?? []) {
        const value = fieldsOf(module)[name];
        if (value instanceof Tensor) yield [dotted(path, name), value];
      }
    }
  }
  *buffers(): Generator<Tensor> {
    for (const [, buffer] of this.named_buffers()) yield buffer;
  }
  register_buffer(name: string, value: Tensor | null): void {
    const names = bufferNames.get(this) ?? new Set();
    bufferNames.set(this, names.add(name));
    fieldsOf(this)[name] = value;
  }
  register_parameter(name: string, value: Parameter | null): void {
    fieldsOf(this)[name] = value;
  }
  add_module(name: string, module: Module | null): void {
    fieldsOf(this)[name] = module;
  }
  register_module(name: string, module: Module | null): void {
    this.add_module(name, module);
  }
  /** Calls `hook(module, args, output)` after each forward; what it returns, if anything, is the output. */
  register_forward_hook(hook: Hook): { remove(): void } {
    const hooks = forwardHooks.get(this) ?? [];
    forwardHooks.set(this, hooks);
    hooks.push(hook);
    return { remove: () => void hooks.splice(hooks.indexOf(hook), 1) };
  }

  train(training = true): this {
    for (const module of this.modules()) module.training = training;
    return this;
  }
  eval(): this {
    return this.train(false);
  }
  requires_grad_(required = true): this {
    for (const parameter of this.parameters()) parameter.requires_grad = required;
    return this;
  }
  /** Calls `f` on every module inside and last on this one. */
  apply(f: (module: Module) => void): this {
    for (const child of this.children()) child.apply(f);
    f(callable(this));
    return this;
  }
  zero_grad(set_to_none: boolean | { readonly set_to_none?: boolean } = true): void {
    const toNone = typeof set_to_none === "boolean" ? set_to_none : (set_to_none.set_to_none ?? true);
    for (const parameter of this.parameters()) {
      parameter.grad = toNone || parameter.grad === null ? null : parameter.grad.mul(0).detach();
    }
  }
  /** Converts parameters and buffers of floating dtypes. */
  to(dtype: Dtype): this {
    withoutGrad(() => {
      for (const x of [...this.parameters(), ...this.buffers()]) {
        if (x.dtype.is_floating_point) replaceData(x, x.detach().to(dtype));
      }
    });
    return this;
  }

  /** Parameters and buffers by dotted name, sharing memory. */
  state_dict(prefix = ""): Record<string, Tensor> {
    const state: Record<string, Tensor> = {};
    for (const [path, module] of this.named_modules(prefix)) {
      const buffers = bufferNames.get(module);
      const entries = Object.entries(module).filter(([, x]) => x instanceof Parameter);
      for (const name of buffers ?? []) entries.push([name, Object(module)[name]]);
      for (const [name, x] of entries) if (x instanceof Tensor) state[dotted(path, name)] = x.detach();
    }
    return state;
  }
  /** Copies values by name into parameters and buffers; names must match. */
  load_state_dict(
    state: Readonly<Record<string, Tensor>>,
    options: { readonly strict?: boolean } = {},
  ): void {
    const own = this.state_dict();
    const problems = options.strict === false ? [] : keyProblems(own, state);
    for (const [name, x] of Object.entries(own)) {
      const given = state[name];
      if (given === undefined) continue;
      if (String(given.shape) === String(x.shape)) withoutGrad(() => void x.copy_(given.detach()));
      else {
        problems.push(
          `size mismatch for ${name}: copying a param with shape ${given.shape} from checkpoint, the shape in current model is ${x.shape}.`,
        );
      }
    }
    if (problems.length > 0) {
      const list = problems.map((problem) => `\n\t${problem}`).join("");
      throw new RuntimeError(`Error(s) in loading state_dict for ${this.constructor.name}:${list}`);
    }
  }

  /** What stands in the parentheses of the printed module. */
  extra_repr(): string {
    return "";
  }
  toString(): string {
    const extra = this.extra_repr();
    const extraLines = extra === "" ? [] : extra.split("\n");
    const childLines = [...this.named_children()].map(
      ([name, child]) => `(${name}): ${String(child).replaceAll("\n", "\n  ")}`,
    );
    const lines = [...extraLines, ...childLines];
    const name = this.constructor.name;
    if (lines.length === 0) return `${name}()`;
    if (extraLines.length === 1 && childLines.length === 0) return `${name}(${extra})`;
    return `${name}(\n  ${lines.join("\n  ")}\n)`;
  }
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
  [Symbol.for("Jupyter.display")](): { "text/plain": string } {
    return { "text/plain": this.toString() };
  }
}

function callModule(module: Module, args: never[]): unknown {
  const output = module.forward(...args);
  const hooks = forwardHooks.get(module);
  return hooks === undefined ? output : hooks.reduce((out, hook) => hook(module, args, out) ?? out, output);
}

const dotted = (prefix: string, name: string) => (prefix === "" ? name : `${prefix}.${name}`);

function withoutGrad(f: () => void): void {
  const before = mode.grad;
  mode.grad = false;
  try {
    f();
  } finally {
    mode.grad = before;
  }
}

/** Gives a parameter other memory; its identity stays, so optimizers keep it. */
function replaceData(x: Tensor, value: Tensor): void {
  x.storage = value.storage;
  x.offset = value.offset;
  x.layout = value.layout;
  x.dtype = value.dtype;
}

function keyProblems(own: object, given: object): string[] {
  const missing = Object.keys(own).filter((name) => !(name in given));
  const unexpected = Object.keys(given).filter((name) => !(name in own));
  const quoted = (names: string[]) => names.map((name) => `"${name}"`).join(", ");
  const problems: string[] = [];
  if (unexpected.length > 0) problems.push(`Unexpected key(s) in state_dict: ${quoted(unexpected)}. `);
  if (missing.length > 0) problems.push(`Missing key(s) in state_dict: ${quoted(missing)}. `);
  return problems;
}

/** A module: calling it runs `forward`, with its types. */
export interface Module extends ModuleBase {
  (...args: Parameters<this["forward"]>): ReturnType<this["forward"]>;
}

// The interface above says what an instance is; that it can be made, only a cast can.
/** The base of all neural network modules (torch.nn.Module); extend it and define `forward`. */
export const Module = ModuleBase as unknown as { new (): Module; readonly prototype: Module };
