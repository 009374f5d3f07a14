/** torch.linalg's names. */

export { inverse as inv, LinAlgError } from "./inverse.ts";
export { linalg_norm as norm, matrix_norm, vector_norm } from "./norm.ts";
export { pinv } from "./pinv.ts";
export { matmul } from "./products.ts";
export { svdvals } from "./singular.ts";
