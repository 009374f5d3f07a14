/** torch.linalg's names. */
export { linalg_norm as norm, matrix_norm, vector_norm } from "./norm.ts";
export { pinv } from "./pinv.ts";
export { inverse as inv, LinAlgError, matmul } from "./products.ts";
