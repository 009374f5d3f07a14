/** Program cases: a small interpreter of the recorded programs' JSON form. */
import { Tensor } from "../core/tensor.ts";
import { tuple } from "../core/tuple.ts";
import * as torch from "../index.ts";
import { loadNumpy } from "../numpy/load.ts";
import { PyFloat as TorchFloat } from "../ops/number.ts";
import { marshal, member } from "./calls.ts";
import type { Json } from "./cases.ts";
import { lib } from "./functions.ts";
import { atItems, binary, builtins, getItem, operand, unary } from "./python.ts";
import { decode, Missing, Slice } from "./values.ts";

type Node = readonly Json[];
type Scope = Record<string, unknown>;
type Callable = (...args: unknown[]) => unknown;

const INPLACE: Record<string, string> = {
  "+": "add_",
  "-": "sub_",
  "*": "mul_",
  "/": "div_",
  "//": "floor_divide_",
  "%": "remainder_",
  "**": "pow_",
  "&": "bitwise_and_",
  "|": "bitwise_or_",
  "^": "bitwise_xor_",
};

/** Runs recorded programs; what they show is collected in `shown`. */
export class Program {
  readonly shown: unknown[] = [];
  readonly #names: Scope;

  constructor(inputs: Scope) {
    this.#names = {
      ...builtins,
      torch,
      nn: torch.nn,
      F: torch.nn.functional,
      lib,
      ...inputs,
    };
    Object.defineProperty(this.#names, "np", { get: loadNumpy, enumerable: true, configurable: true });
  }

  /** Runs the statements; `at` is the number of the one that threw. */
  run(program: readonly Node[]): { error: unknown; at: number } | undefined {
    for (const [at, statement] of program.entries()) {
      try {
        this.#statement(statement);
      } catch (error) {
        if (error instanceof Missing) throw error;
        return { error, at };
      }
    }
    return undefined;
  }

  #statement(node: Node): void {
    switch (node[0]) {
      case "show":
        for (const shown of node[1] as readonly Node[]) this.shown.push(snapshot(this.#value(shown)));
        return;
      case "expr":
        this.#value(node[1] as Node);
        return;
      case "assign":
        this.#assign(node[1] as Node, this.#value(node[2] as Node));
        return;
      case "aug":
        this.#augment(node[1] as string, node[2] as Node, node[3] as Node);
        return;
      case "with":
        this.#with(node[1] as Node, node[2] as readonly Node[]);
        return;
      case "for":
        for (const item of this.#value(node[2] as Node) as Iterable<unknown>) {
          this.#names[node[1] as string] = item;
          for (const inner of node[3] as readonly Node[]) this.#statement(inner);
        }
        return;
      case "del":
        delete this.#names[node[1] as string];
        return;
      default:
        throw new Missing(`statement ${node[0]}`);
    }
  }

  #with(context: Node, body: readonly Node[]): void {
    const entered = this.#value(context) as Record<symbol, unknown>;
    const leave = entered?.[Symbol.dispose];
    if (typeof leave !== "function") throw new Missing("with");
    try {
      for (const statement of body) this.#statement(statement);
    } finally {
      leave.call(entered);
    }
  }

  #augment(op: string, target: Node, amount: Node): void {
    const old = this.#value(target);
    const by = this.#value(amount);
    if (!(old instanceof Tensor)) {
      this.#assign(target, binary(op, old, by));
      return;
    }
    const inPlace = member(old, INPLACE[op] ?? op) as Callable;
    this.#assign(target, inPlace.call(old, operand(by, old)));
  }

  #assign(target: Node, value: unknown): void {
    switch (target[0]) {
      case "name":
        this.#names[target[1] as string] = value;
        return;
      case "tuple": {
        const items = [...(value as Iterable<unknown>)];
        (target[1] as readonly Node[]).forEach((one, i) => {
          this.#assign(one, items[i]);
        });
        return;
      }
      case "attr":
        (this.#value(target[1] as Node) as Scope)[target[2] as string] = value;
        return;
      case "index":
        this.#setItem(this.#value(target[1] as Node), this.#value(target[2] as Node), value);
        return;
      default:
        throw new Missing(`target ${target[0]}`);
    }
  }

  #setItem(owner: unknown, index: unknown, value: unknown): void {
    if (owner instanceof Tensor) {
      (member(owner, "setAt") as Callable).call(owner, atItems(index), operand(value, owner));
    } else {
      (owner as Scope)[index as string] = value instanceof TorchFloat ? value.value : value;
    }
  }

  #value(node: Node, locals?: Scope): unknown {
    switch (node[0]) {
      case "const":
        return decode(node[1] as Json);
      case "name":
        return this.#name(node[1] as string, locals);
      case "attr":
        return attribute(this.#value(node[1] as Node, locals), node[2] as string);
      case "call":
        return this.#call(node, locals);
      case "bin":
        return binary(
          node[1] as string,
          this.#value(node[2] as Node, locals),
          this.#value(node[3] as Node, locals),
        );
      case "un":
        return unary(node[1] as string, this.#value(node[2] as Node, locals));
      case "index":
        return getItem(this.#value(node[1] as Node, locals), this.#value(node[2] as Node, locals));
      case "slice":
        return new Slice(...(this.#values(node.slice(1) as Node[], locals) as [unknown, unknown, unknown]));
      default:
        return this.#collection(node, locals);
    }
  }

  #values(nodes: readonly Node[], locals?: Scope): unknown[] {
    return nodes.map((node) => this.#value(node, locals));
  }

  #collection(node: Node, locals?: Scope): unknown {
    switch (node[0]) {
      case "tuple":
        return tuple(this.#values(node[1] as readonly Node[], locals));
      case "list":
        return this.#values(node[1] as readonly Node[], locals);
      case "dict":
        return this.#dict(node[1] as Record<string, Node>, locals);
      case "lambda": {
        const parameters = node[1] as readonly string[];
        return (...args: unknown[]) =>
          this.#value(node[2] as Node, {
            ...locals,
            ...Object.fromEntries(parameters.map((name, i) => [name, args[i]])),
          });
      }
      case "comp":
        return Array.from(this.#value(node[2] as Node, locals) as Iterable<unknown>, (item) =>
          this.#value(node[3] as Node, { ...locals, [node[1] as string]: item }),
        );
      default:
        throw new Missing(`expression ${node[0]}`);
    }
  }

  #dict(entries: Record<string, Node>, locals?: Scope): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(entries).map(([key, value]) => [key, this.#value(value, locals)]),
    );
  }

  #name(name: string, locals?: Scope): unknown {
    if (locals !== undefined && Object.hasOwn(locals, name)) return locals[name];
    return member(this.#names, name);
  }

  #call(node: Node, locals?: Scope): unknown {
    const callee = node[1] as Node;
    const args = (node[2] as readonly Node[]).flatMap((arg) =>
      arg[0] === "star"
        ? [...(this.#value(arg[1] as Node, locals) as Iterable<unknown>)]
        : [this.#value(arg, locals)],
    );
    const kwargs = this.#dict(node[3] as Record<string, Node>, locals);
    if (callee[0] === "name" && Object.hasOwn(builtins, callee[1] as string)) {
      const named = Object.keys(kwargs).length > 0 ? [...args, kwargs] : args;
      return (this.#value(callee, locals) as Callable)(...named);
    }
    const owner = callee[0] === "attr" ? this.#value(callee[1] as Node, locals) : undefined;
    const name = String(callee.at(-1));
    const called = callee[0] === "attr" ? attribute(owner, name) : this.#value(callee, locals);
    if (typeof called !== "function") throw new Missing(`${name}()`);
    return Reflect.apply(called, owner, marshal(name, args, kwargs));
  }
}

const LISTS: Record<string, (list: unknown[]) => unknown> = {
  append: (list) => (item: unknown) => void list.push(item),
};
const DICTS: Record<string, (dict: Scope) => unknown> = {
  keys: (dict) => () => Object.keys(dict),
  values: (dict) => () => Object.values(dict),
  items: (dict) => () => Object.entries(dict).map((entry) => tuple(entry)),
};

/** `owner.name`, with the few attributes of Python's lists and dicts that programs use. */
function attribute(owner: unknown, name: string): unknown {
  if (Array.isArray(owner) && owner.constructor === Array && name in LISTS) return LISTS[name]!(owner);
  if (isPlain(owner) && name in DICTS && !(name in owner)) return DICTS[name]!(owner);
  return member(owner, name);
}

const isPlain = (x: unknown): x is Scope => x !== null && typeof x === "object" && x.constructor === Object;

/** What is shown is its value now: a later in-place op must not change it. */
function snapshot(value: unknown): unknown {
  if (!(value instanceof Tensor)) {
    if (Array.isArray(value)) {
      const items = Array.from(value, snapshot);
      return value.constructor === Array ? items : tuple(items);
    }
    return value;
  }
  const copy = value.detach().clone();
  return value.requires_grad ? copy.requires_grad_(true) : copy;
}
