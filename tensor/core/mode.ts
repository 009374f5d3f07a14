/** Switches that every op reads: whether to record the graph. */

/** `grad`: ops on tensors that require gradients record nodes. */
export const mode = { grad: true };
