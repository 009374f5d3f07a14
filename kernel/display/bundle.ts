/** MIME bundles: what they are, and the check that makes one of what a display method gave. */
import { Buffer, entriesOf, keysOf, parseJson, toJson } from "../originals.ts";
import { formatLine, plain, reasonOf } from "./format.ts";

/** MIME type → data: text for text and base64 types, a JSON value for JSON types. */
export type MimeBundle = Readonly<Record<string, unknown>>;

/** What one display message carries. Data without any type means: there is nothing to show. */
export interface Bundle {
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
}

/**
 * A value with this method shows itself: it returns a MIME bundle, or `{ data, metadata }` when a type needs
 * metadata (`{ "image/png": { width, height } }`), or a promise of one. Bytes become base64. The convention Deno's
 * kernel reads too.
 */
export const displaySymbol: unique symbol = Symbol.for("Jupyter.display") as never;

/** Is told what failed while a value was shown; the value is then shown without that. */
export type Report = (what: string, error: unknown) => void;

/** The bundle fit for the wire. An entry that is not is reported and left out; with none left, it throws. */
export function checkBundle(found: unknown, report: (error: unknown) => void): Bundle {
  if (typeof found !== "object" || found === null || Array.isArray(found)) throw badDisplay(found, aBundle);
  const { data, metadata } = isWithMetadata(found) ? found : { data: found as MimeBundle, metadata: {} };
  const clean: Record<string, unknown> = {};
  let bad = 0;
  for (const [type, content] of entriesOf(data)) {
    if (content === undefined || content === null) continue;
    try {
      clean[type] = contentOf(type, content);
    } catch (error) {
      bad += 1;
      if (keysOf(data).length === bad) throw error;
      report(error);
    }
  }
  return { data: clean, metadata: jsonOf("metadata", metadata ?? {}) as MimeBundle };
}

/** What a display method must give. */
export const aBundle = 'expected an object of MIME types and their data, { "text/html": "…" }';

function isWithMetadata(found: object): found is Bundle {
  if (!("data" in found) || typeof found.data !== "object" || found.data === null) return false;
  return keysOf(found).every((key) => key === "data" || key === "metadata");
}

const isJson = (type: string): boolean => type === "application/json" || type.endsWith("+json");
const isText = (type: string): boolean => /^text\/|[+/](?:xml|javascript)$/.test(type);

function contentOf(type: string, content: unknown): unknown {
  if (!/^[^\s/]+\/[^\s/]+$/.test(type)) throw badDisplay(type, aBundle);
  if (isJson(type)) return jsonOf(type, content);
  const text = textOf(content, isText(type) ? "utf8" : "base64");
  if (text === null) throw badDisplay(content, "expected a string or bytes", type);
  // Graders read it as it is, and pages show codes for terminals as they stand.
  if (type === "text/plain") return plain(text);
  if (isText(type) || !/^(?:image|audio|video)\/|^application\/pdf$/.test(type)) return text;
  const base64 = text.replace(/^data:[^,]*;base64,/, "");
  if (/[^\w+/=\s-]/.test(base64.slice(0, 1000))) throw badDisplay(text, "expected base64 or bytes", type);
  return base64;
}

/** Null for what has no text of its own. */
function textOf(content: unknown, encoding: BufferEncoding): string | null {
  if (content instanceof ArrayBuffer) return Buffer.from(content).toString(encoding);
  if (ArrayBuffer.isView(content))
    return Buffer.from(content.buffer, content.byteOffset, content.byteLength).toString(encoding);
  if (Array.isArray(content)) return content.join("");
  if (typeof content === "function" || typeof content === "symbol") return null;
  const hasText = typeof content !== "object" || content?.toString !== Object.prototype.toString;
  return hasText ? String(content) : null;
}

/** As JSON keeps it; `toJSON` methods are asked. */
function jsonOf(type: string, value: unknown): unknown {
  const text = stringify(type, value);
  if (text === undefined) throw badDisplay(value, "expected what JSON can hold", type);
  return parseJson(text) as unknown;
}

function stringify(type: string, value: unknown): string | undefined {
  try {
    return toJson(value) as string | undefined;
  } catch (error) {
    throw badDisplay(value, reasonOf(error), type);
  }
}

/** What is wrong with what a display gave. Without a stack: the fault is in what was returned, not where it was found. */
export function badDisplay(given: unknown, hint: string, type = ""): TypeError {
  const error = new TypeError(`${type && `${type}: `}${formatLine(given, 60)}: ${hint}`);
  error.stack = `TypeError: ${error.message}`;
  return error;
}
