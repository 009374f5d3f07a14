/** The op table: every differentiable or tested op by its name in torch. */

export { clone, contiguous, expand } from "./broadcast.ts";
export {
  abs,
  add,
  div,
  eq,
  ge,
  gt,
  le,
  logical_and,
  logical_not,
  logical_or,
  logical_xor,
  lt,
  maximum,
  minimum,
  mul,
  ne,
  neg,
  rsub,
  sign,
  sub,
  where,
} from "./elementwise.ts";
export { amax, amin, argmax, argmin, max, min } from "./extremes.ts";
export {
  ceil,
  cos,
  exp,
  floor,
  log,
  pow,
  reciprocal,
  relu,
  round,
  rsqrt,
  sigmoid,
  sin,
  sqrt,
  square,
  tanh,
  trunc,
} from "./functions.ts";
export { diag, gather, index_select, nonzero, trace, tril, triu } from "./gather.ts";
export { at } from "./indexing.ts";
export { inverse } from "./inverse.ts";
export { cat, stack } from "./joins.ts";
export {
  broadcast_to,
  flatten,
  flip,
  permute,
  repeat,
  reshape,
  squeeze,
  sum_to_size,
  t,
  transpose,
  unsqueeze,
  view,
} from "./movement.ts";
export { norm } from "./norm.ts";
export { bmm, dot, inner, matmul, mm, mv, outer } from "./products.ts";
export { clamp, isclose, isfinite, isinf, isnan, masked_fill } from "./ranges.ts";
export { all, any, count_nonzero, mean, prod, sum } from "./reduce.ts";
export { cumsum, log_softmax, logsumexp, softmax } from "./scan.ts";
export { chunk, narrow, select, split, unbind } from "./slices.ts";
export { std, var_ as var } from "./statistics.ts";
