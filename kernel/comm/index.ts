/** `jacobi/comm`: channels between cells and the page, with which widgets are made. */
export type { Binary } from "./buffers.ts";
export {
  type Comm,
  type CommData,
  type CommExtras,
  type CommHandler,
  type CommOptions,
  createComm,
  registerTarget,
  type TargetHandler,
} from "./comm.ts";
