/** The backend that ops call: it looks where the operands are and calls the backend of that device. */
import { cpu } from "../core/storage.ts";
import type { Backend, BinaryLoop, CompareLoop, Operand, Reduction, UnaryLoop } from "./backend.ts";

const here = (x: Operand): boolean => x.storage.device === cpu;

/** Operations whose operands are all on the CPU go to `local`, the rest to what `elsewhere` gives. */
export class ByDevice implements Backend {
  readonly name: string;
  readonly #local: Backend;
  readonly #elsewhere: () => Backend;

  constructor(local: Backend, elsewhere: () => Backend) {
    this.name = local.name;
    this.#local = local;
    this.#elsewhere = elsewhere;
  }

  unary(loop: UnaryLoop, y: Operand, x: Operand): void {
    if (here(y) && here(x)) this.#local.unary(loop, y, x);
    else this.#elsewhere().unary(loop, y, x);
  }
  binary(loop: BinaryLoop, y: Operand, a: Operand, b: Operand): void {
    if (here(y) && here(a) && here(b)) this.#local.binary(loop, y, a, b);
    else this.#elsewhere().binary(loop, y, a, b);
  }
  compare(loop: CompareLoop, y: Operand, a: Operand, b: Operand): void {
    if (here(y) && here(a) && here(b)) this.#local.compare(loop, y, a, b);
    else this.#elsewhere().compare(loop, y, a, b);
  }
  where(y: Operand, condition: Operand, a: Operand, b: Operand): void {
    if (here(y) && here(condition) && here(a) && here(b)) this.#local.where(y, condition, a, b);
    else this.#elsewhere().where(y, condition, a, b);
  }
  copy(y: Operand, x: Operand): void {
    if (here(y) && here(x)) this.#local.copy(y, x);
    else this.#elsewhere().copy(y, x);
  }
  fill(y: Operand, value: number | bigint): void {
    if (here(y)) this.#local.fill(y, value);
    else this.#elsewhere().fill(y, value);
  }
  reduce(reduction: Reduction, y: Operand, x: Operand): void {
    if (here(y) && here(x)) this.#local.reduce(reduction, y, x);
    else this.#elsewhere().reduce(reduction, y, x);
  }
  matmul(y: Operand, a: Operand, b: Operand): void {
    if (here(y) && here(a) && here(b)) this.#local.matmul(y, a, b);
    else this.#elsewhere().matmul(y, a, b);
  }
  inverse(y: Operand, x: Operand): number {
    return here(y) && here(x) ? this.#local.inverse(y, x) : this.#elsewhere().inverse(y, x);
  }
}
