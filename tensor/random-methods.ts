/** Tensor's methods that draw random numbers in place. */
import { Tensor } from "./core/tensor.ts";
import { bernoulli_, exponential_, normal_, uniform_ } from "./random.ts";

const methods = { bernoulli_, exponential_, normal_, uniform_ };
type Method<F> = F extends (x: Tensor, ...rest: infer R) => infer Y ? (...rest: R) => Y : never;
type RandomMethods = { readonly [K in keyof typeof methods]: Method<(typeof methods)[K]> };

declare module "./core/tensor.ts" {
  interface Tensor extends RandomMethods {}
}

for (const [name, f] of Object.entries(methods)) {
  const value = function (this: Tensor, ...args: unknown[]): unknown {
    return (f as (x: Tensor, ...rest: unknown[]) => unknown)(this, ...args);
  };
  Object.defineProperty(Tensor.prototype, name, { value, writable: true, configurable: true });
}
