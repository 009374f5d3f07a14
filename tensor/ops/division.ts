/** Division rounded towards zero or down, as each dtype's own arithmetic gives it. */
import { bool, type Dtype, float32 } from "../core/dtype.ts";
import { NotImplementedError, RuntimeError } from "../core/errors.ts";
import { record2, rule2 } from "../core/op.ts";
import type { Tensor } from "../core/tensor.ts";
import { typeOf, writeBinary } from "./builders.ts";
import { BinaryLoops, mapBinary, zerosLike } from "./loops.ts";

/** How a quotient is rounded: "trunc" towards zero, "floor" down. */
export type RoundingMode = "trunc" | "floor";
interface Loops {
  readonly float32: BinaryLoops;
  readonly float64: BinaryLoops;
  readonly integers: BinaryLoops;
}

const zeroDivision = "ZeroDivisionError";
function quotient(a: number, b: number): number {
  if (b === 0) throw new RuntimeError(zeroDivision);
  return a / b;
}
function wholeQuotient(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new RuntimeError(zeroDivision);
  return a / b;
}

/** Exact remainder first, so that a quotient just below an integer is not rounded up to it. */
function floorQuotient(round: (x: number) => number): (a: number, b: number) => number {
  return (a, b) => {
    if (b === 0) return a / b;
    const rest = a % b;
    let q = round(round(a - rest) / b);
    if (rest !== 0 && b < 0 !== rest < 0) q = round(q - 1);
    if (q === 0) return a / b < 0 || Object.is(a / b, -0) ? -0 : 0;
    const floor = Math.floor(q);
    return q - floor > 0.5 ? floor + 1 : floor;
  };
}
const same = (x: number): number => x;

const loops: { readonly [K in RoundingMode]: Loops } = {
  trunc: {
    float32: new BinaryLoops("div_trunc", (a, b) => Math.trunc(Math.fround(a / b)), undefined, true),
    float64: new BinaryLoops("div_trunc", (a, b) => Math.trunc(a / b), undefined, true),
    integers: new BinaryLoops("div_trunc", (a, b) => Math.trunc(quotient(a, b)), wholeQuotient, true),
  },
  floor: {
    float32: new BinaryLoops("div_floor", floorQuotient(Math.fround), undefined, true),
    float64: new BinaryLoops("div_floor", floorQuotient(same), undefined, true),
    integers: new BinaryLoops(
      "div_floor",
      (a, b) => Math.floor(quotient(a, b)),
      (a, b) => wholeQuotient(a, b) - (a % b !== 0n && a < 0n !== b < 0n ? 1n : 0n),
      true,
    ),
  },
};
const rule = rule2<null>({
  name: "DivBackward1",
  saves: ["", ""],
  broadcasts: true,
  vjp: [(g): Tensor => zerosLike(g), (g): Tensor => zerosLike(g)],
});

function loopsOf(mode: unknown, dtype: Dtype): BinaryLoops {
  if (mode !== "trunc" && mode !== "floor") {
    throw new RuntimeError(
      `div expected rounding_mode to be one of None, 'trunc', or 'floor' but found '${String(mode)}'`,
    );
  }
  if (dtype === bool) throw new NotImplementedError(`"div_${mode}_cpu" not implemented for 'Bool'`);
  if (dtype.kind === "integer") return loops[mode].integers;
  return dtype === float32 ? loops[mode].float32 : loops[mode].float64;
}

/** a / b rounded; integers stay integers. */
export function divRounded(a: Tensor, b: Tensor, mode: RoundingMode): Tensor {
  const dtype = typeOf(a, b);
  return record2(rule, mapBinary(loopsOf(mode, dtype), a, b, dtype), a, b, null);
}
/** a = a / b rounded. */
export function divRoundedInto(a: Tensor, b: Tensor, mode: RoundingMode): Tensor {
  const dtype = typeOf(a, b);
  return writeBinary(rule, loopsOf(mode, dtype), a, b, dtype);
}
