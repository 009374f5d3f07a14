/** `jacobi`: torch, as default and named export, as namespace of values and of types. */
import * as torch from "./torch.ts";

export * from "./torch.ts";
export { torch, torch as default };
