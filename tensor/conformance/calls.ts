/** Call cases: one function or method with recorded arguments, its result, gradients and refusals. */
import { Tensor } from "../core/tensor.ts";
import { tuple } from "../core/tuple.ts";
import * as torch from "../index.ts";
import type { Case, Json } from "./cases.ts";
import { compareWith, decode, ellipsis, Missing, PyFloat, Slice, toleranceOf } from "./values.ts";

/** Functions that make tensors of numbers: they take Python ints as BigInts. */
const CREATES = new Set([
  "tensor",
  "as_tensor",
  "full",
  "scalar_tensor",
  "full_like",
  "new_full",
  "new_tensor",
]);

/** Arguments as our functions take them: options last, indices in our writing, Python's numbers in ours. */
export function marshal(name: string, args: readonly unknown[], kwargs: Record<string, unknown>): unknown[] {
  const creates = CREATES.has(name);
  const constructs = /^[A-Z]/.test(name);
  const floating = tensorsIn([args, kwargs]).some((x) => x.dtype.is_floating_point);
  const convert = (value: unknown): unknown => {
    if (value instanceof PyFloat) {
      return creates || floating || constructs || !Number.isInteger(value.value) ? value.value : value;
    }
    if (creates && typeof value === "number") return BigInt(value);
    if (value instanceof Slice) return String(value);
    if (value === ellipsis) return "...";
    if (Array.isArray(value)) {
      return value.constructor === Array ? value.map(convert) : tuple(value.map(convert));
    }
    if (constructs && value instanceof Object && value.constructor === Object) {
      return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, convert(item)]));
    }
    return value;
  };
  const entries = Object.entries(kwargs).map(([key, value]) => [key, convert(value)]);
  const positional = args.map(convert);
  return entries.length === 0 ? positional : [...positional, Object.fromEntries(entries)];
}

/** All tensors in a value, depth first. */
export function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  if (value !== null && typeof value === "object" && value.constructor === Object) {
    return Object.values(value).flatMap(tensorsIn);
  }
  return [];
}

/** A property, or `Missing` where there is none of that name. */
export function member(object: unknown, name: string): unknown {
  const holder = Object(object) as Record<string, unknown>;
  if (object == null || !(name in holder)) throw new Missing(name);
  return holder[name];
}

type Callable = (...args: unknown[]) => unknown;

/** Calls a recorded function: `torch.linalg.inv`, `Tensor.add_` or `prop:T`. */
function call(fn: string, args: readonly unknown[], kwargs: Record<string, unknown>): unknown {
  if (fn.startsWith("prop:")) return member(args[0], fn.slice(5));
  const path = fn.split(".");
  const name = path.at(-1)!;
  if (path[0] === "Tensor") {
    const [self, ...rest] = marshal(name, args, kwargs);
    if (name === "__getitem__") {
      const index = rest[0];
      const items = Array.isArray(index) && index.constructor !== Array ? index : [index];
      return (member(self, "at") as Callable).apply(self, items);
    }
    return (member(self, name) as Callable).apply(self, rest);
  }
  let owner: unknown = torch;
  for (const step of path.slice(1, -1)) owner = member(owner, step);
  const found = member(owner, name);
  if (typeof found !== "function") throw new Missing(fn);
  return (found as Callable).apply(owner, marshal(name, args, kwargs));
}

/** Whether an error is the recorded one: the class and, on its first line, the text. */
export function compareError(
  error: unknown,
  recorded: { type: string; message: string },
): string | undefined {
  if (!(error instanceof Error)) return `threw ${error}`;
  const [own, theirs] = [error.message.split("\n")[0], recorded.message.split("\n")[0]];
  if (own !== theirs) return `message "${own}" is not "${theirs}"`;
  return error.name === recorded.type ? undefined : `${error.name} is not ${recorded.type}`;
}

/** Runs a call case; what is wrong, or undefined. Throws `Missing` where a name is not there. */
export function runCall(c: Case): string | undefined {
  const args = decode(c.args as Json) as unknown[];
  const kwargs = Object.fromEntries(
    Object.entries(c.kwargs as Record<string, Json>).map(([key, value]) => [key, decode(value)]),
  );
  if (c.error !== undefined) {
    try {
      call(c.fn as string, args, kwargs);
    } catch (error) {
      if (error instanceof Missing) throw error;
      return compareError(error, c.error);
    }
    return `did not throw "${c.error.message.split("\n")[0]}"`;
  }
  if (typeof c.check === "string") throw new Missing(`check ${c.check}`);
  const out = call(c.fn as string, args, kwargs);
  const compare = compareWith((dtype) => toleranceOf(dtype, (c.widen as number | undefined) ?? 1));
  const wrong = compare(out, c.out as Json);
  if (wrong !== undefined) return `out: ${wrong}`;
  return inPlaceWrong(c, args, out) ?? gradientsWrong(c, args, kwargs, out);
}

function inPlaceWrong(c: Case, args: readonly unknown[], out: unknown): string | undefined {
  if (!("self_after" in c)) return undefined;
  const wrong = compareWith(toleranceOf)(args[0], c.self_after as Json);
  if (wrong !== undefined) return `self_after: ${wrong}`;
  return (out === args[0]) === c.same_object ? undefined : "same_object";
}

function gradientsWrong(c: Case, args: unknown[], kwargs: Record<string, unknown>, out: unknown) {
  if (!("grads" in c)) return undefined;
  const leaves = tensorsIn([args, kwargs]).filter((x) => x.requires_grad);
  const results = tensorsIn(out).filter((y) => y.requires_grad);
  const cot = decode(c.cot as Json) as (Tensor | null)[];
  const second = "grads2" in c;
  const grad = (ys: readonly Tensor[], gs: readonly (Tensor | null)[], create_graph: boolean) =>
    torch.autograd.grad(ys, leaves, { grad_outputs: gs, allow_unused: true, create_graph });
  const compare = compareWith((dtype) => toleranceOf(dtype, (c.widen_grad as number | undefined) ?? 1));
  const plain = (gs: readonly (Tensor | null)[]) => gs.map((g) => (g === null ? null : g.detach()));
  const grads = grad(results, cot, second);
  const wrong = compare(plain(grads), withoutGrad(c.grads as Json));
  if (wrong !== undefined) return `grads: ${wrong}`;
  if (!second) return undefined;
  const chosen = (c.v_for as number[]).map((i) => grads[i]!);
  const grads2 = grad(chosen, decode(c.v as Json) as Tensor[], false);
  const wrong2 = compare(plain(grads2), withoutGrad(c.grads2 as Json));
  return wrong2 === undefined ? undefined : `grads2: ${wrong2}`;
}

/** The recorded gradients, whose own `rg` only says that they were made with a graph. */
function withoutGrad(json: Json): Json {
  return JSON.parse(JSON.stringify(json), (key, value) => (key === "rg" ? 0 : value));
}
