/** `jacobi/numpy`: numpy-ts under NumPy's names, its arrays printing as NumPy's do. */
import * as np from "numpy-ts";
import "./numpy/convert.ts";
import { loadNumpy } from "./numpy/load.ts";

loadNumpy();

export * from "numpy-ts";
export { np, np as default };
