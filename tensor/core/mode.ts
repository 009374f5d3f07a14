/** Switches that every op reads: whether to record the graph. */

/** `grad`: ops on tensors that require gradients record nodes. */
export const mode = { grad: true };

/** Runs `f` with recording on or off, and puts the old state back. */
export function withGrad<T>(on: boolean, f: () => T): T {
  const before = mode.grad;
  mode.grad = on;
  try {
    return f();
  } finally {
    mode.grad = before;
  }
}
