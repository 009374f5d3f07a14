/** `display` and its companions, with IPython.display's names. */
import { types } from "node:util";
import { process } from "../originals.ts";
import { type Bundle, displaySymbol, type MimeBundle } from "./bundle.ts";
import { bundleOf, rawBundle, textBundle } from "./mime.ts";
import { publisher } from "./publish.ts";

export interface DisplayOptions {
  /** The output's name, for `update_display`; made up when not given. */
  readonly display_id?: string | boolean;
  /** The values are MIME bundles, taken as they are. */
  readonly raw?: boolean;
  /** Metadata by MIME type, such as `{ "image/png": { width: 200 } }`. */
  readonly metadata?: MimeBundle;
}

/** A displayed output, to be replaced by another value. As a cell's last value it shows nothing. */
export interface DisplayHandle {
  readonly display_id: string;
  /** Shows `value` in place of the output. */
  update(value: unknown, options?: Omit<DisplayOptions, "display_id">): void;
}

let made = 0;

/**
 * Shows each value as its richest form; a last argument with only `display_id`, `raw`, `metadata` is options.
 * The handle is the last value's.
 */
export function display(...values: readonly unknown[]): DisplayHandle {
  const options = optionsOf(values);
  const shown = options ? values.slice(0, -1) : values;
  const given = typeof options?.display_id === "string" ? options.display_id : undefined;
  // One name over several outputs would make clients put the last value in place of them all.
  let id = given ?? newId();
  for (const [index, value] of shown.entries()) {
    if (index > 0) id = given ?? newId();
    show("display", value, options ?? {}, id);
  }
  const handle: DisplayHandle = {
    display_id: id,
    update: (value, updateOptions) => update_display(value, { ...updateOptions, display_id: id }),
  };
  return Object.defineProperty(handle, displaySymbol, { value: () => ({}) });
}

const newId = (): string => `jacobi-${process.pid}-${++made}`;

/** Shows `value` in place of every output that was displayed under `display_id`. */
export function update_display(
  value: unknown,
  options: Omit<DisplayOptions, "display_id"> & { display_id: string },
): void {
  if (typeof options?.display_id !== "string")
    throw new TypeError(`update_display: display_id: ${String(options?.display_id)}: expected a string`);
  show("update_display", value, options, options.display_id);
}

/** Removes the cell's output; with `{ wait: true }` only when the next output is there to take its place. */
export function clear_output(options: { readonly wait?: boolean } = {}): void {
  publisher().clear(options.wait === true);
}

/** A value that takes time to show itself is text until then. */
function show(kind: "display" | "update_display", value: unknown, options: DisplayOptions, id: string): void {
  const { publish, report, wait } = publisher();
  if (options.raw) return publish(kind, rawBundle(value, options.metadata), id);
  const complete = ({ data, metadata }: Bundle): Bundle => ({
    data,
    metadata: { ...metadata, ...options.metadata },
  });
  const bundle = bundleOf(value, report);
  if (!types.isPromise(bundle)) return publish(kind, complete(bundle), id);
  publish(kind, complete(textBundle(value)), id);
  wait(bundle.then((rich) => publish("update_display", complete(rich), id)));
}

const optionNames = new Set(["display_id", "raw", "metadata"]);

function optionsOf(values: readonly unknown[]): DisplayOptions | null {
  const last = values.at(-1);
  if (values.length < 2 || typeof last !== "object" || last === null) return null;
  if (Object.getPrototypeOf(last) !== Object.prototype) return null;
  const keys = Object.keys(last);
  return keys.length > 0 && keys.every((key) => optionNames.has(key)) ? (last as DisplayOptions) : null;
}
