/** `jacobi/linalg`: linear algebra under torch.linalg's names. */
export * from "./ops/linalg.ts";
