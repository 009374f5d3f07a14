/** What a cell asks of the client once it has ended, with IPython's names. */
import { displaySymbol } from "./bundle.ts";
import { publisher } from "./publish.ts";

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#payloads-deprecated */
export type Payload =
  | { readonly source: "set_next_input"; readonly text: string; readonly replace: boolean }
  | { readonly source: "ask_exit"; readonly keepkernel: boolean };

/**
 * Puts `text` into a new cell below this one, or into this one with `{ replace: true }`; in a console it is the next
 * input. The last call of a cell counts.
 */
export function set_next_input(text: string, options: { readonly replace?: boolean } = {}): void {
  publisher().ask({ source: "set_next_input", text: String(text), replace: options.replace === true });
}

/** Ends a console's session, and the kernel with it but for `{ keep_kernel: true }`; a notebook stays. */
export interface Exit {
  (options?: { readonly keep_kernel?: boolean }): void;
  /** As a cell's last value it is called, as in IPython. */
  readonly [displaySymbol]: () => Record<string, never>;
}

export const exit: Exit = Object.assign(
  (options: { readonly keep_kernel?: boolean } = {}): void =>
    publisher().ask({ source: "ask_exit", keepkernel: options.keep_kernel === true }),
  {
    [displaySymbol]: (): Record<string, never> => {
      exit();
      return {};
    },
  },
);
