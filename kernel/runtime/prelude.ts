/** The globals a cell finds ready; the large libraries behind them are loaded when first touched, or when idle. */

import { createRequire } from "node:module";
import { join } from "node:path";
import { mode } from "../../tensor/core/mode.ts";
import { cellHooks } from "../display/cell-hooks.ts";
import * as shown from "../display/index.ts";
import { setImmediate } from "../originals.ts";
import type { Input } from "./input.ts";
import { KeyboardInterrupt } from "./interrupt.ts";

/** Global name → the module of this package it stands for: its default export, or the module itself. */
export const libraries = {
  torch: "jacobi",
  nn: "jacobi/nn",
  F: "jacobi/nn/functional",
  optim: "jacobi/optim",
  np: "jacobi/numpy",
  plt: "jacobi/plot",
} as const;

/** By this package's own name, so that these are the instances that a cell's imports give. */
const ownRequire = createRequire(import.meta.url);

/** Puts every global in place; each can be redefined by assignment. */
export function installPrelude(
  input: Input,
  folder: string,
  requireAt: (path: string) => NodeJS.Require,
): void {
  const { display, Markdown, Latex, HTML, Image, tqdm, clear_output, set_next_input, exit } = shown;
  const asked = { input: input.input, getpass: input.getpass, prompt: input.prompt };
  const path = join(folder, "notebook.ts");
  const place = { require: requireAt(path), __dirname: folder, __filename: path };
  const asks = { set_next_input, exit, quit: exit };
  const plain = { display, Markdown, Latex, HTML, Image, tqdm, clear_output, ...asks, ...asked, ...place };
  for (const [name, value] of Object.entries(plain)) define(name, { value, writable: true });
  for (const [name, module] of Object.entries(libraries)) defineLazy(name, () => load(module));
}

/**
 * Loads the tensor library in a turn of its own, while the first cell is still being compiled, and ties it to the
 * cells: its long loops look at the interrupt flag, and every cell starts with gradients on.
 */
export function loadTensors(flag: Int32Array): void {
  cellHooks.start.add(() => {
    mode.grad = true;
  });
  setImmediate(() => {
    try {
      ownRequire("jacobi");
      const backend = ownRequire(
        "../../tensor/backend/index.js",
      ) as typeof import("../../tensor/backend/index.ts");
      backend.setInterruptFlag(flag, () => new KeyboardInterrupt());
    } catch {
      // Whoever touches it gets the error.
    }
  });
}

function load(module: string): unknown {
  const namespace = ownRequire(module) as { default?: unknown };
  return namespace.default ?? namespace;
}

function define(name: string, property: PropertyDescriptor): void {
  Object.defineProperty(globalThis, name, { configurable: true, enumerable: false, ...property });
}

/** A global that computes itself when it is first read. */
function defineLazy(name: string, compute: () => unknown): void {
  const settle = (value: unknown): void => define(name, { value, writable: true });
  define(name, {
    get() {
      const value = compute();
      settle(value);
      return value;
    },
    set: settle,
  });
}
