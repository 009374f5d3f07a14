/** A value as a MIME bundle, by the first of its views that applies, with its text beside it. */

import { types } from "node:util";
import { clearTimeout, entriesOf, keysOf, setTimeout } from "../originals.ts";
import { type Bundle, checkBundle, type MimeBundle, type Report } from "./bundle.ts";
import { formatText, isInterrupt } from "./format.ts";
import { behind } from "./proxies.ts";
import { type Seen, type View, views } from "./views.ts";

/**
 * The richest bundle; a promise of one when the value takes time to show itself. Where its own display fails, the
 * failure is reported and its text is shown. Only an interrupt is thrown.
 */
export function bundleOf(value: unknown, report: Report): Bundle | Promise<Bundle> {
  const object = objectOf(value);
  if (object === null) return textBundle(value);
  const seen: Seen = {
    object,
    call: (name, ...args) => (object as Record<string | symbol, Method>)[name]?.apply(value, args),
    report,
  };
  for (const view of views) {
    try {
      const found = view.see(seen);
      if (found === null) continue;
      const data = later(found);
      if (data === null) return finish(view, found, value, report);
      return soon(data)
        .then((settled) => finish(view, settled, value, report))
        .catch(failed(view, value, report));
    } catch (error) {
      return failed(view, value, report)(error);
    }
  }
  return textBundle(value);
}

/** What can be shown at once: the rich bundle, or the text of a value that takes time. */
export function toMimeBundle(value: unknown, report: Report = () => {}): Bundle {
  const bundle = bundleOf(value, report);
  return types.isPromise(bundle) ? textBundle(value) : bundle;
}

/** The value's text alone. */
export function textBundle(value: unknown): Bundle {
  return { data: { "text/plain": formatText(value) }, metadata: {} };
}

/** A bundle as the user wrote it (`raw: true`), made fit for the wire. */
export function rawBundle(data: unknown, metadata: MimeBundle = {}): Bundle {
  const refuse = (error: unknown): never => {
    throw error;
  };
  try {
    return checkBundle(typeof data === "object" && data !== null ? { data, metadata } : data, refuse);
  } catch (error) {
    throw new TypeError(`display: raw: ${(error as Error).message}`);
  }
}

type Method = (...args: unknown[]) => unknown;

function objectOf(value: unknown): object | null {
  const isObject = (typeof value === "object" && value !== null) || typeof value === "function";
  return isObject ? behind(value) : null;
}

/** A promise when the bundle, or an entry of it, is one. */
function later(found: unknown): Promise<unknown> | null {
  if (typeof found !== "object" || found === null) return null;
  if (types.isPromise(found)) return found;
  const entries = entriesOf("data" in found && found.data instanceof Object ? found.data : found);
  if (!entries.some(([, content]) => types.isPromise(content))) return null;
  return Promise.all(entries.map(async ([type, content]) => [type, await content] as const)).then(
    (settled) => {
      const data = Object.fromEntries(settled);
      return "data" in found ? { ...found, data } : data;
    },
  );
}

/** Milliseconds that a value may take to show itself: its cell goes on no longer for it. */
const PATIENCE = 5000;

function soon<T>(data: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = new Error(`it has not shown itself within ${PATIENCE / 1000} s: its text is shown`);
    const timer = setTimeout(reject, PATIENCE, Object.assign(late, { stack: `Error: ${late.message}` }));
    data.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function finish({ what }: View, found: unknown, value: unknown, report: Report): Bundle {
  if (found === null || found === undefined) return textBundle(value);
  const bundle = checkBundle(found, (error) => report(what, error));
  // Every client can show text. A bundle without any type says that there is nothing to show.
  if ("text/plain" in bundle.data || keysOf(bundle.data).length === 0) return bundle;
  return { ...bundle, data: { ...bundle.data, "text/plain": formatText(value) } };
}

function failed({ what }: View, value: unknown, report: Report): (error: unknown) => Bundle {
  return (error) => {
    if (isInterrupt(error)) throw error;
    report(what, error);
    return textBundle(value);
  };
}
