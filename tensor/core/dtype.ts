/** Element types and PyTorch's promotion between them. */

export type DtypeName = "bool" | "uint8" | "int8" | "int16" | "int32" | "int64" | "float32" | "float64";

/** An element type. There is one object per type; compare with `===`. */
export class Dtype {
  readonly name: DtypeName;
  /** Bytes per element. */
  readonly itemsize: number;
  /** bool < integer < float: the class that decides promotion first. */
  readonly kind: "bool" | "integer" | "float";
  /** PyTorch's name of the element in messages: `Float`, `Long`. */
  readonly scalarName: string;
  readonly is_floating_point: boolean;
  readonly is_complex = false;
  readonly is_signed: boolean;
  /** Place in `dtypes`, for tables indexed by dtype. */
  readonly index: number;
  /** int64, whose elements are BigInts in memory. */
  readonly isBig: boolean;

  constructor(index: number, name: DtypeName, kind: Dtype["kind"], scalarName: string, itemsize: number) {
    this.index = index;
    this.name = name;
    this.kind = kind;
    this.scalarName = scalarName;
    this.itemsize = itemsize;
    this.is_floating_point = kind === "float";
    this.is_signed = name !== "bool" && name !== "uint8";
    this.isBig = name === "int64";
  }

  /** What `x.type()` gives: `torch.FloatTensor`. */
  get tensorType(): string {
    return `torch.${this.scalarName}Tensor`;
  }

  /** `torch.float32`, as PyTorch prints it. */
  toString(): string {
    return `torch.${this.name}`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

export const bool = new Dtype(0, "bool", "bool", "Bool", 1);
export const uint8 = new Dtype(1, "uint8", "integer", "Byte", 1);
export const int8 = new Dtype(2, "int8", "integer", "Char", 1);
export const int16 = new Dtype(3, "int16", "integer", "Short", 2);
export const int32 = new Dtype(4, "int32", "integer", "Int", 4);
export const int64 = new Dtype(5, "int64", "integer", "Long", 8);
export const float32 = new Dtype(6, "float32", "float", "Float", 4);
export const float64 = new Dtype(7, "float64", "float", "Double", 8);

/** C++'s names of the elements, which some of PyTorch's messages have. */
const cNames: { readonly [K in DtypeName]: string } = {
  bool: "bool",
  uint8: "unsigned char",
  int8: "signed char",
  int16: "short int",
  int32: "int",
  int64: "long int",
  float32: "float",
  float64: "double",
};
/** C++'s name of a dtype: `long int`. */
export function cName(dtype: Dtype): string {
  return cNames[dtype.name];
}

/** All dtypes, each at its `index`. */
export const dtypes: readonly Dtype[] = [bool, uint8, int8, int16, int32, int64, float32, float64];

function promotePair(a: Dtype, b: Dtype): Dtype {
  if (a === b) return a;
  const low = a.index < b.index ? a : b;
  const high = low === a ? b : a;
  return low === uint8 && high === int8 ? int16 : high;
}

const promotions: readonly (readonly Dtype[])[] = dtypes.map((a) => dtypes.map((b) => promotePair(a, b)));

/** The smallest dtype that holds both (`torch.promote_types`). */
export function promote_types(a: Dtype, b: Dtype): Dtype {
  return promotions[a.index]![b.index]!;
}

/** Whether a result of dtype `from` may be written into a tensor of dtype `to` (`torch.can_cast`). */
export function can_cast(from: Dtype, to: Dtype): boolean {
  if (from.kind === "float" && to.kind !== "float") return false;
  return !(to.kind === "bool" && from.kind !== "bool");
}

const rank = { bool: 0, integer: 1, float: 2 } as const;

/** Dtype of an operation on two tensors: a 0-d operand decides only by its kind (`torch.result_type`). */
export function resultType(a: Dtype, aIsScalar: boolean, b: Dtype, bIsScalar: boolean): Dtype {
  if (a === b) return a;
  if (aIsScalar !== bIsScalar) {
    const strong = aIsScalar ? b : a;
    const weak = aIsScalar ? a : b;
    return rank[weak.kind] > rank[strong.kind] ? weak : strong;
  }
  return promote_types(a, b);
}

let defaultDtype: Dtype = float32;

/** The dtype given to floating-point numbers. */
export function get_default_dtype(): Dtype {
  return defaultDtype;
}

/** Chooses the dtype given to floating-point numbers. */
export function set_default_dtype(dtype: Dtype): void {
  if (!(dtype instanceof Dtype) || !dtype.is_floating_point) {
    throw new TypeError("only floating-point types are supported as the default type");
  }
  defaultDtype = dtype;
}
