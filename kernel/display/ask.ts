/** What a cell asks of the client once it has ended, with IPython's names. */
import { displaySymbol, type MimeBundle } from "./bundle.ts";
import { toMimeBundle } from "./mime.ts";
import { publisher } from "./publish.ts";

/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#payloads-deprecated */
export type Payload =
  | { readonly source: "set_next_input"; readonly text: string; readonly replace: boolean }
  | { readonly source: "page"; readonly data: MimeBundle; readonly start: number }
  | { readonly source: "ask_exit"; readonly keepkernel: boolean };

/**
 * Puts `text` into a new cell below this one, or into this one with `{ replace: true }`; in a console it is the next
 * input. The last call of a cell counts.
 */
export function set_next_input(text: string, options: { readonly replace?: boolean } = {}): void {
  publisher().ask({ source: "set_next_input", text: String(text), replace: options.replace === true });
}

/** Shows a value in the client's pager, which is no part of the notebook; a string as it is. The last call of a cell counts. */
export function page(value: unknown): void {
  const { ask, report } = publisher();
  const data = typeof value === "string" ? { "text/plain": value } : toMimeBundle(value, report).data;
  ask({ source: "page", data, start: 0 });
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
