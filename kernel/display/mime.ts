/** A value as a MIME bundle: the display symbol, what other libraries offer, and the one function `toMimeBundle`. */
import { cut, formatText, reasonOf } from "./format.ts";
import { tableOf } from "./table.ts";

/** MIME type → data: text for text and base64 types, a JSON value for JSON types. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** What one display message carries. Data without any type means: there is nothing to show. */
export interface Bundle {
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
}

/**
 * A value with this method shows itself: it returns a MIME bundle, or `{ data, metadata }` when a type needs
 * metadata (`{ "image/png": { width, height } }`). Bytes become base64. The convention Deno's kernel reads too.
 */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** A way to see a value: null when it does not apply. */
type View = (value: object) => MimeBundle | Bundle | null;

const views: readonly View[] = [ownDisplay, ownMethods, element, vegaSpec, tableOf];

/** Never throws: when a value's own display fails, its text is shown, with a note that says why. */
export function toMimeBundle(value: unknown): Bundle {
  const notes: string[] = [];
  if ((typeof value === "object" && value !== null) || typeof value === "function") {
    for (const view of views) {
      try {
        const found = view(value);
        if (found) return withText(normalise(found), value);
      } catch (error) {
        notes.push(`(display failed: ${cut(reasonOf(error), 500)})`);
      }
    }
  }
  return { data: { "text/plain": [formatText(value), ...notes].join("\n") }, metadata: {} };
}

/** A bundle as the user wrote it (`raw: true`), made fit for the wire. */
export function rawBundle(data: unknown, metadata: MimeBundle = {}): Bundle {
  if (typeof data !== "object" || data === null)
    throw new TypeError(`display: raw: ${formatText(data)}: expected an object of MIME types and their data`);
  return normalise({ data: data as MimeBundle, metadata });
}

function ownDisplay(value: object): MimeBundle | Bundle | null {
  const method: unknown = (value as Record<symbol, unknown>)[displaySymbol];
  if (typeof method !== "function") return null;
  const bundle: unknown = method.call(value);
  if (bundle === undefined || bundle === null) return null;
  if (typeof bundle !== "object" || bundle instanceof Promise)
    throw new TypeError(`Symbol(Jupyter.display) gave ${formatText(bundle)}: expected a MIME bundle`);
  return bundle as MimeBundle;
}

/** The method names of IJavascript, and some that libraries use beside them. */
const methodTypes: Readonly<Record<string, string>> = {
  _toHtml: "text/html",
  _toMarkdown: "text/markdown",
  _toLatex: "text/latex",
  _toSvg: "image/svg+xml",
  _toPng: "image/png",
  _toJpeg: "image/jpeg",
  _toGif: "image/gif",
  _toPdf: "application/pdf",
  _toJson: "application/json",
};

function ownMethods(value: object): MimeBundle | null {
  const members = value as Record<string, unknown>;
  const found: Record<string, unknown> = {};
  if (typeof members._toMime === "function") Object.assign(found, members._toMime.call(value));
  for (const [name, type] of Object.entries(methodTypes)) {
    const method = members[name];
    if (typeof method === "function") found[type] = method.call(value);
  }
  return Object.keys(found).length > 0 ? found : null;
}

/** Anything with `outerHTML`, as Observable Plot's elements have. */
function element(value: object): MimeBundle | null {
  const html = (value as { outerHTML?: unknown }).outerHTML;
  return typeof html === "string" ? { "text/html": html } : null;
}

/** Vega-Lite always goes out as v5: clients render no later version. */
function vegaSpec(value: object): MimeBundle | null {
  const schema = (value as { $schema?: unknown }).$schema;
  if (typeof schema !== "string") return null;
  if (schema.includes("/schema/vega-lite/")) return { "application/vnd.vegalite.v5+json": value };
  if (schema.includes("/schema/vega/")) return { "application/vnd.vega.v5+json": value };
  return null;
}

function normalise(found: MimeBundle | Bundle): Bundle {
  const { data, metadata } = isWithMetadata(found) ? found : { data: found, metadata: {} };
  const clean: Record<string, unknown> = {};
  for (const [type, content] of Object.entries(data))
    if (content !== undefined && content !== null) clean[type] = contentOf(type, content);
  return { data: clean, metadata: JSON.parse(JSON.stringify(metadata)) as MimeBundle };
}

function isWithMetadata(found: MimeBundle | Bundle): found is Bundle {
  if (typeof found.data !== "object" || found.data === null) return false;
  return Object.keys(found).every((key) => key === "data" || key === "metadata");
}

const isJson = (type: string): boolean => type === "application/json" || type.endsWith("+json");
const isText = (type: string): boolean => /^text\/|[+/](?:xml|javascript)$/.test(type);

function contentOf(type: string, content: unknown): unknown {
  if (isJson(type)) return JSON.parse(JSON.stringify(content)) as unknown;
  if (content instanceof Uint8Array) return Buffer.from(content).toString(isText(type) ? "utf8" : "base64");
  if (Array.isArray(content)) return content.join("");
  return String(content);
}

/** Every client can show text: a bundle that has none gets the value's own. */
function withText(bundle: Bundle, value: object): Bundle {
  if ("text/plain" in bundle.data || Object.keys(bundle.data).length === 0) return bundle;
  return { ...bundle, data: { ...bundle.data, "text/plain": formatText(value) } };
}
