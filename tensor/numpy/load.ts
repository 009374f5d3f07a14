/** Loads numpy-ts when it is first needed, because importing it costs a sixth of a second, and makes it print as NumPy. */
import { createRequire } from "node:module";
import { setNdarrayText } from "./text.ts";

/** The namespace of numpy-ts. */
export type NumPy = typeof import("numpy-ts");

let loaded: NumPy | undefined;

/**
 * The one numpy-ts of this process, loaded at the first call. It is an ES module loaded by `require`, which every
 * Node from 20.19 on can do, so that `np` and `x.numpy()` need no await; `import` gives the same instance.
 */
export function loadNumpy(): NumPy {
  if (loaded === undefined) {
    const np = silently(() => createRequire(import.meta.url)("numpy-ts") as NumPy);
    for (const type of [np.NDArrayCore, np.NDArray]) setNdarrayText(type.prototype);
    loaded = np;
  }
  return loaded;
}

/** Runs `f` without Node's notice that requiring an ES module is new: in a notebook it would stand on stderr. */
function silently<T>(f: () => T): T {
  const emit = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return f();
  } finally {
    process.emitWarning = emit;
  }
}
