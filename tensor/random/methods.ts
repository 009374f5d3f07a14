/** Tensor's random methods: `x.uniform_(-1, 1)`, `x.normal_()`, `p.bernoulli()`. */
import { Tensor } from "../core/tensor.ts";
import * as random from "../random.ts";

/** Options after positional arguments, or the positional ones by name. */
type Options = { readonly generator?: random.Generator | null };

declare module "../core/tensor.ts" {
  interface Tensor {
    /** Fills with uniform numbers on [from, to). */
    uniform_(from?: number, to?: number, options?: Options): this;
    /** Fills with normal numbers. */
    normal_(mean?: number, std?: number, options?: Options): this;
    /** Fills with exponential numbers of rate `lambd`. */
    exponential_(lambd?: number, options?: Options): this;
    /** Fills with ones of probability `p`, else zeros. */
    bernoulli_(p?: number, options?: Options): this;
    /** Zeros and ones with this tensor's probabilities. */
    bernoulli(options?: Options): Tensor;
  }
}

const methods = {
  uniform_(this: Tensor, from?: number, to?: number, options?: Options) {
    return random.uniform_(this, from, to, options);
  },
  normal_(this: Tensor, mean?: number, std?: number, options?: Options) {
    return random.normal_(this, mean, std, options);
  },
  exponential_(this: Tensor, lambd?: number, options?: Options) {
    return random.exponential_(this, lambd, options);
  },
  bernoulli_(this: Tensor, p?: number, options?: Options) {
    return random.bernoulli_(this, p, options);
  },
  bernoulli(this: Tensor, options?: Options) {
    return random.bernoulli(this, options);
  },
};
for (const [name, value] of Object.entries(methods)) {
  Object.defineProperty(Tensor.prototype, name, { value, configurable: true, writable: true });
}
