/** Element types and PyTorch's promotion between them. */

/** An element type. There is one object per type; compare with `===`. */
export interface Dtype {
  readonly name: DtypeName;
  /** Bytes per element. */
  readonly itemsize: number;
  /** bool < integer < float: the class that decides promotion first. */
  readonly kind: "bool" | "integer" | "float";
  /** What `x.type()` gives: `torch.FloatTensor`. */
  readonly tensorType: string;
  readonly is_floating_point: boolean;
  /** `torch.float32`, as PyTorch prints it. */
  toString(): string;
}
export type DtypeName = "bool" | "uint8" | "int8" | "int16" | "int32" | "int64" | "float32" | "float64";
