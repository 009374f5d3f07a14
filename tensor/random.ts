/** Random tensors by PyTorch's own streams: torch.rand, randn, randint, randperm, normal, bernoulli and their kin. */
import { convert, dataConstructor, storageFrom } from "./core/allocate.ts";
import { type Dtype, float64, get_default_dtype, int64, uint8 } from "./core/dtype.ts";
import { NotImplementedError, RuntimeError } from "./core/errors.ts";
import { checkKeywords } from "./core/keywords.ts";
import { layoutOf } from "./core/shape.ts";
import type { Data } from "./core/storage.ts";
import { Tensor } from "./core/tensor.ts";
import { named } from "./ops/arguments.ts";
import { deviceNamed, moveTo } from "./ops/device.ts";
import { default_generator, Generator } from "./random/generator.ts";
import * as streams from "./random/streams.ts";

export { default_generator, Generator };

/** What creation functions take last. */
export interface RandomOptions {
  readonly dtype?: Dtype | null;
  readonly requires_grad?: boolean;
  readonly generator?: Generator | null;
  readonly device?: unknown;
}
interface SizedOptions extends RandomOptions {
  readonly size?: readonly number[];
}
/** A shape as separate numbers or as one array, then options: `randn(3, 4)`, `randn([3, 4], { dtype })`. */
export type SizeArguments =
  | readonly [...size: number[]]
  | readonly [...size: number[], options: SizedOptions]
  | readonly [size: readonly number[], options?: RandomOptions | undefined];

/** A tensor that owns these elements. */
function made(data: Data, dtype: Dtype, shape: readonly number[], options?: RandomOptions): Tensor {
  const x = new Tensor(storageFrom(dtype, data), 0, layoutOf(shape));
  const y = moveTo(x, deviceNamed(options?.device));
  if (options?.requires_grad === true) y.requires_grad = true;
  return y;
}

/** Numbers converted to any dtype, as PyTorch converts. */
function converted(values: ArrayLike<number | bigint>, dtype: Dtype): Data {
  const data = new (dataConstructor(dtype))(values.length) as Float64Array;
  for (let i = 0; i < values.length; i++) data[i] = convert(dtype.name, values[i]!) as number;
  return data;
}

const numelOf = (shape: readonly number[]) => shape.reduce((n, size) => n * size, 1);
const generatorOf = (options?: RandomOptions) => options?.generator ?? default_generator;

/** What these functions take by name; layout and pinning have one value here. */
const randomNames = [
  "dtype",
  "requires_grad",
  "generator",
  "device",
  "layout",
  "memory_format",
  "pin_memory",
];

function sizeOf(
  name: string,
  args: SizeArguments,
): readonly [shape: readonly number[], options: RandomOptions] {
  const last = args.at(-1);
  const hasOptions = typeof last === "object" && last !== null && !Array.isArray(last);
  const options = (hasOptions ? last : {}) as SizedOptions;
  checkKeywords(name, options, [...randomNames, "size"]);
  const rest = hasOptions ? args.slice(0, -1) : args;
  const shape = options.size ?? (Array.isArray(rest[0]) ? (rest[0] as number[]) : (rest as number[]));
  for (const size of shape) {
    if (typeof size !== "number" || !Number.isInteger(size)) {
      throw new TypeError(
        `${name}(): argument 'size' must be tuple of ints, but found element of type ${typeof size}`,
      );
    }
    if (size < 0) {
      throw new RuntimeError(
        `Trying to create tensor with negative dimension ${size}: [${[...shape].join(", ")}]`,
      );
    }
  }
  return [shape, options];
}

function kindOf(dtype: Dtype, routine: string): streams.FloatKind {
  if (!dtype.is_floating_point) {
    throw new NotImplementedError(`"${routine}" not implemented for '${dtype.scalarName}'`);
  }
  return dtype === float64 ? "float64" : "float32";
}

/** Uniform numbers on [0, 1) of a shape (torch.rand): `rand(2, 3, { dtype: torch.float64 })`. */
export function rand(size: readonly number[], options?: RandomOptions): Tensor;
export function rand(...size: number[]): Tensor;
export function rand(...size: [...lengths: number[], options: SizedOptions]): Tensor;
export function rand(...args: SizeArguments): Tensor {
  const [shape, options] = sizeOf("rand", args);
  const dtype = options.dtype ?? get_default_dtype();
  const kind = kindOf(dtype, "check_uniform_bounds");
  return made(streams.uniform(generatorOf(options), kind, numelOf(shape)), dtype, shape, options);
}

/** Standard normal numbers of a shape (torch.randn): `randn(4, { requires_grad: true })`. */
export function randn(size: readonly number[], options?: RandomOptions): Tensor;
export function randn(...size: number[]): Tensor;
export function randn(...size: [...lengths: number[], options: SizedOptions]): Tensor;
export function randn(...args: SizeArguments): Tensor {
  const [shape, options] = sizeOf("randn", args);
  const dtype = options.dtype ?? get_default_dtype();
  const kind = kindOf(dtype, "normal_kernel_cpu");
  return made(streams.normal(generatorOf(options), kind, numelOf(shape)), dtype, shape, options);
}

type Integer = number | bigint;

function integerTensor(low: Integer, high: Integer, size: readonly number[], options: RandomOptions): Tensor {
  checkKeywords("randint", options, randomNames);
  sizeOf("randint", [size]);
  const dtype = options.dtype ?? int64;
  const [from, to] = [BigInt(low), BigInt(high)];
  if (from >= to) {
    throw new RuntimeError(`random_ expects 'from' to be less than 'to', but got from=${from} >= to=${to}`);
  }
  const values = streams.integers(generatorOf(options), numelOf(size), from, to);
  return made(dtype === int64 ? values : converted(values, dtype), dtype, size, options);
}

/** Integers of [low, high) of a shape, low 0 if left out (torch.randint): `randint(0, 10, [2, 3])`. */
export function randint(high: Integer, size: readonly number[], options?: RandomOptions): Tensor;
export function randint(
  low: Integer,
  high: Integer,
  size: readonly number[],
  options?: RandomOptions,
): Tensor;
export function randint(...args: readonly unknown[]): Tensor {
  const low = Array.isArray(args[1]) ? 0 : (args[0] as Integer);
  const [high, size, options = {}] = (Array.isArray(args[1]) ? args : args.slice(1)) as [
    Integer,
    readonly number[],
    RandomOptions?,
  ];
  return integerTensor(low, high, size, options);
}

/** 0 … n−1 in random order (torch.randperm). */
export function randperm(n: number, options: RandomOptions = {}): Tensor {
  checkKeywords("randperm", options, randomNames);
  if (!Number.isInteger(n))
    throw new TypeError(`randperm(): argument 'n' (position 1) must be int, not ${n}`);
  if (n < 0) throw new RuntimeError(`n must be non-negative, got${n}`);
  const dtype = options.dtype ?? int64;
  return made(converted(streams.permutation(generatorOf(options), n), dtype), dtype, [n], options);
}

/** Uniform numbers of another tensor's shape and dtype (torch.rand_like). */
export function rand_like(x: Tensor, options: RandomOptions = {}): Tensor {
  return rand([...x.shape], { ...options, dtype: options.dtype ?? x.dtype });
}
/** Standard normal numbers of another tensor's shape and dtype (torch.randn_like). */
export function randn_like(x: Tensor, options: RandomOptions = {}): Tensor {
  return randn([...x.shape], { ...options, dtype: options.dtype ?? x.dtype });
}
/** Integers of another tensor's shape and dtype (torch.randint_like). */
export function randint_like(x: Tensor, high: Integer, options?: RandomOptions): Tensor;
export function randint_like(x: Tensor, low: Integer, high: Integer, options?: RandomOptions): Tensor;
export function randint_like(
  x: Tensor,
  a: Integer,
  ...rest: readonly (Integer | RandomOptions | undefined)[]
) {
  const both = typeof rest[0] === "number" || typeof rest[0] === "bigint";
  const options = ((both ? rest[1] : rest[0]) ?? {}) as RandomOptions;
  const [low, high] = both ? [a, rest[0] as Integer] : [0, a];
  return integerTensor(low, high, x.shape, { ...options, dtype: options.dtype ?? x.dtype });
}

/** Normal numbers of given means and standard deviations, tensors or numbers (torch.normal). */
export function normal(
  mean: Tensor | number,
  std: Tensor | number,
  size?: readonly number[] | RandomOptions,
  options?: RandomOptions,
): Tensor {
  const own = (Array.isArray(size) ? options : (size as RandomOptions | undefined)) ?? {};
  checkKeywords("normal", own, randomNames);
  if (mean instanceof Tensor && std instanceof Tensor) {
    const like = mean.add(std);
    return randn_like(like, own).mul(std).add(mean);
  }
  if (mean instanceof Tensor)
    return normal_(rand0(mean), 0, std as number, { generator: own.generator ?? null }).add(mean);
  if (std instanceof Tensor) return randn_like(std, own).mul(std).add(mean);
  if (!Array.isArray(size)) throw new TypeError('normal() missing 1 required positional arguments: "size"');
  sizeOf("normal", [size]);
  const dtype = own.dtype ?? get_default_dtype();
  const kind = kindOf(dtype, "normal_kernel_cpu");
  return made(streams.normal(generatorOf(own), kind, numelOf(size), mean, std), dtype, size, own);
}
const rand0 = (x: Tensor) => x.detach().clone();

/** Zeros and ones with the probabilities in `p` (torch.bernoulli). */
export function bernoulli(p: Tensor, options: RandomOptions = {}): Tensor {
  const kind = kindOf(p.dtype, "bernoulli_tensor_cpu_p_");
  checkKeywords("bernoulli", options, ["generator"]);
  const chances = p.detach().flatten().tolist() as number[];
  if (!chances.every((chance) => chance >= 0 && chance <= 1)) {
    throw new RuntimeError(
      "Expected p_in >= 0 && p_in <= 1 to be true, but got false.  (Could this error message be improved?  If so, please report an enhancement request to PyTorch.)",
    );
  }
  const values = streams.bernoulliEach(generatorOf(options), kind, chances);
  return made(converted(values, p.dtype), p.dtype, p.shape);
}

/** Overwrites `x` with random numbers; recording and versions follow as for any write. */
function overwrite(x: Tensor, values: ArrayLike<number | bigint>): Tensor {
  return x.copy_(made(converted(values, x.dtype), x.dtype, x.shape));
}

/** Uniform numbers on [from, to), in place (Tensor.uniform_). */
export function uniform_(
  x: Tensor,
  low?: number | ({ from?: number; to?: number } & RandomOptions),
  high?: number | RandomOptions,
  options?: RandomOptions,
): Tensor {
  const own = named<{ from: number; to: number } & RandomOptions>(
    "uniform_",
    ["from", "to", "generator"],
    [low, high, options],
  );
  const { from = 0, to = 1 } = own;
  return overwrite(
    x,
    streams.uniform(generatorOf(own), kindOf(x.dtype, "check_uniform_bounds"), x.layout.numel, from, to),
  );
}
/** Normal numbers, in place (Tensor.normal_). */
export function normal_(
  x: Tensor,
  first?: number | ({ mean?: number; std?: number } & RandomOptions),
  second?: number | RandomOptions,
  options?: RandomOptions,
): Tensor {
  const own = named<{ mean: number; std: number } & RandomOptions>(
    "normal_",
    ["mean", "std", "generator"],
    [first, second, options],
  );
  const { mean = 0, std = 1 } = own;
  if (std < 0) throw new RuntimeError(`normal expects std >= 0.0, but found std ${std}`);
  return overwrite(
    x,
    streams.normal(generatorOf(own), kindOf(x.dtype, "normal_kernel_cpu"), x.layout.numel, mean, std),
  );
}
/** Zeros and ones with one probability, in place (Tensor.bernoulli_). */
export function bernoulli_(
  x: Tensor,
  chance?: number | ({ p?: number } & RandomOptions),
  options?: RandomOptions,
): Tensor {
  const own = named<{ p: number } & RandomOptions>("bernoulli_", ["p", "generator"], [chance, options]);
  const { p = 0.5 } = own;
  if (!(p >= 0 && p <= 1)) throw new RuntimeError(`bernoulli_ expects p to be in [0, 1], but got p=${p}`);
  return overwrite(x, streams.bernoulli(generatorOf(own), x.layout.numel, p));
}
/** Exponential numbers, in place (Tensor.exponential_). */
export function exponential_(
  x: Tensor,
  rate?: number | ({ lambd?: number } & RandomOptions),
  options?: RandomOptions,
): Tensor {
  const own = named<{ lambd: number } & RandomOptions>(
    "exponential_",
    ["lambd", "generator"],
    [rate, options],
  );
  const { lambd = 1 } = own;
  return overwrite(
    x,
    streams.exponential(generatorOf(own), kindOf(x.dtype, "exponential_cpu"), x.layout.numel, lambd),
  );
}

/** Starts the default generator over from a seed (torch.manual_seed). */
export function manual_seed(seed: number | bigint): Generator {
  return default_generator.manual_seed(seed);
}
/** The seed of the default generator (torch.initial_seed). */
export function initial_seed(): number | bigint {
  return default_generator.initial_seed();
}
/** Seeds the default generator from the system's randomness (torch.seed). */
export function seed(): number | bigint {
  return default_generator.seed();
}
/** The default generator's state, uint8 [5056] (torch.get_rng_state). */
export function get_rng_state(): Tensor {
  const bytes = default_generator.stateBytes();
  return made(bytes, uint8, [bytes.length]);
}
/** Restores a state of `get_rng_state` (torch.set_rng_state). */
export function set_rng_state(state: Tensor): void {
  if (!(state instanceof Tensor) || state.dtype !== uint8) {
    throw new TypeError("RNG state must be a torch.ByteTensor");
  }
  default_generator.setStateBytes(Uint8Array.from(state.tolist() as number[]));
}
