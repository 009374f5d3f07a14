/** How numbers take part in ops: a Python int where integral, else a float. */
import { allocate, scalarStorage } from "../core/allocate.ts";
import { bool, type Dtype, float32, get_default_dtype, int64 } from "../core/dtype.ts";
import { checkKeyword, isOptions } from "../core/keywords.ts";
import { scalarLayout } from "../core/shape.ts";
import { Tensor } from "../core/tensor.ts";

/** A number that counts as a float even where integral (`torch.pyfloat(1)`). */
export class PyFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
  valueOf(): number {
    return this.value;
  }
}

/** Says that a number of integral value is a Python float: `x.add(torch.pyfloat(1))`. */
export function pyfloat(value: number): PyFloat {
  return new PyFloat(value);
}

/** A number as an operand. */
export type Scalar = number | bigint | boolean | PyFloat;

export function isScalar(value: unknown): value is Scalar {
  const type = typeof value;
  return type === "number" || type === "bigint" || type === "boolean" || value instanceof PyFloat;
}

/** Whether a number counts as a Python float: not integral, −0, or said so. */
export function countsAsFloat(value: Scalar): boolean {
  if (typeof value === "number") return !Number.isInteger(value) || Object.is(value, -0);
  return typeof value === "object";
}

/** The dtype that an op on a tensor of dtype `like` and this number works in. */
export function dtypeWith(value: Scalar, like: Dtype): Dtype {
  if (like.kind === "float" || typeof value === "boolean") return like;
  if (countsAsFloat(value)) return get_default_dtype();
  return like === bool ? int64 : like;
}

/** The plain number or BigInt of a scalar. */
export function plain(value: Scalar): number | bigint {
  if (typeof value === "bigint") return value;
  return Number(value);
}

/** A 0-d tensor of a dtype. */
export function scalarTensor(value: Scalar, dtype: Dtype): Tensor {
  if (typeof value === "number" && dtype.kind === "float") {
    const storage = allocate(dtype, 1);
    const rounded = dtype === float32 ? Math.fround(value) : value;
    if (storage.data === null) storage.scalar = rounded;
    else storage.data[0] = rounded;
    return new Tensor(storage, 0, scalarLayout);
  }
  return new Tensor(scalarStorage(dtype, plain(value)), 0, scalarLayout);
}

/** Python's name of a value's type, for PyTorch's messages. */
export function pythonType(value: unknown): string {
  if (value === null || value === undefined) return "NoneType";
  if (value instanceof Tensor) return "Tensor";
  if (isScalar(value)) return typeof value === "boolean" ? "bool" : countsAsFloat(value) ? "float" : "int";
  if (typeof value === "string") return "str";
  if (Array.isArray(value)) return "list";
  return typeof value === "object" && value.constructor === Object ? "dict" : typeof value;
}

/** A tensor operand: numbers become 0-d tensors of the dtype that `like` gives them. */
export function operand(name: string, value: unknown, like: Tensor, position: string): Tensor {
  if (value instanceof Tensor) return value;
  if (isScalar(value)) return scalarTensor(value, dtypeWith(value, like.dtype));
  throw new TypeError(`${name}(): argument ${position} must be Tensor, not ${pythonType(value)}`);
}

/** Refuses arguments that fit none of a function's signatures. */
export function refuseCombination(
  name: string,
  given: readonly unknown[],
  signatures: readonly string[],
): never {
  const got = given.filter((value) => value !== undefined).map(pythonType);
  throw new TypeError(
    `${name}() received an invalid combination of arguments - got (${got.join(", ")}), but expected one of:\n${signatures.map((s) => ` * ${s}\n`).join("")}`,
  );
}

/** The second operand of an op of tensors: a tensor, a number beside `like`, or either by its name `other`. */
export function otherOperand(name: string, given: unknown, like: Tensor, tensorsOnly = false): Tensor {
  const position = "'other' (position 2)";
  let value = given;
  if (isOptions(given)) {
    for (const key of Object.keys(given)) checkKeyword(name, key, ["other"]);
    value = given.other;
  }
  return tensorsOnly ? checkTensor(name, value, position) : operand(name, value, like, position);
}

/** Refuses what is no tensor. */
export function checkTensor(name: string, value: unknown, argument = "'input' (position 1)"): Tensor {
  if (value instanceof Tensor) return value;
  if (value === undefined) throw new TypeError(`${name}() missing 1 required positional arguments: "input"`);
  throw new TypeError(`${name}(): argument ${argument} must be Tensor, not ${pythonType(value)}`);
}
