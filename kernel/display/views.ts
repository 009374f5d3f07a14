/** The ways in which values of many libraries let themselves be seen, in the order in which they are tried. */

import { types } from "node:util";
import { Buffer } from "../originals.ts";
import { aBundle, type Bundle, badDisplay, displaySymbol, type MimeBundle, type Report } from "./bundle.ts";
import { cut, isInterrupt } from "./format.ts";
import { imageTypeOf } from "./media.ts";
import { renderPng } from "./plot/png.ts";
import { tableOf } from "./table.ts";

/** A value to be seen. What it offers is looked up behind its proxies, so that no trap runs. */
export interface Seen {
  /** The value itself, or what stands behind its proxies. */
  readonly object: object;
  /** The result of a method called on the value; undefined when there is no such method. */
  call(name: string | symbol, ...args: unknown[]): unknown;
  readonly report: Report;
}

type Found = MimeBundle | Bundle | Promise<unknown> | null;

/** One way: what to call it when it fails, and the bundle, or null when it does not apply. */
export interface View {
  readonly what: string;
  see(seen: Seen): Found;
}

export const views: readonly View[] = [
  { what: "Symbol(Jupyter.display)", see: ownDisplay },
  { what: "display methods", see: ownMethods },
  { what: "toDataURL", see: canvas },
  { what: "Vega", see: vega },
  { what: "outerHTML", see: element },
  { what: "image bytes", see: imageBytes },
  { what: "image blob", see: imageBlob },
  { what: "toHTML", see: dataFrame },
  { what: "table", see: ({ object }) => tableOf(object) },
];

function ownDisplay({ object, call }: Seen): Found {
  if (typeof member(object, displaySymbol) !== "function") return null;
  const bundle = call(displaySymbol);
  return bundle === undefined || bundle === null ? null : (bundle as MimeBundle);
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

/** As in IJavascript, `_toMime` goes before the others, and one that fails takes none of them along. */
function ownMethods({ object, call, report }: Seen): Found {
  const found: Record<string, unknown> = {};
  const add = (name: string, put: (content: unknown) => void): void => {
    if (typeof member(object, name) !== "function") return;
    try {
      put(call(name));
    } catch (error) {
      if (isInterrupt(error)) throw error;
      report(name, error);
    }
  };
  for (const [name, type] of Object.entries(methodTypes))
    add(name, (content) => {
      if (content !== undefined && content !== null) found[type] = content;
    });
  let later: Promise<unknown> | null = null;
  add("_toMime", (content) => {
    if (types.isPromise(content)) later = content.then((bundle) => ({ ...found, ...(bundle as object) }));
    else if (typeof content === "object") Object.assign(found, content);
    else throw badDisplay(content, aBundle);
  });
  return later ?? (Object.keys(found).length > 0 ? found : null);
}

/** `toDataURL`, as the canvases of node-canvas, skia-canvas and @napi-rs/canvas have it. */
function canvas({ object, call }: Seen): Found {
  if (typeof member(object, "toDataURL") !== "function") return null;
  const url = call("toDataURL");
  return types.isPromise(url) ? url.then(fromDataUrl) : fromDataUrl(url);
}

function fromDataUrl(url: unknown): MimeBundle {
  const [, type, data] = /^data:(image\/[\w.+-]+);base64,(.*)$/s.exec(String(url)) ?? [];
  if (type === undefined) throw badDisplay(url, "expected a data URL of an image");
  return { [type]: data };
}

/** A Vega or Vega-Lite specification, or a builder with `toSpec`. Vega-Lite goes out as v5: clients render no later one. */
function vega({ object, call }: Seen): Found {
  const spec = typeof member(object, "toSpec") === "function" ? call("toSpec") : object;
  if (typeof spec !== "object" || spec === null) return null;
  const schema = member(spec, "$schema");
  if (typeof schema !== "string") return null;
  if (schema.includes("/schema/vega-lite/")) return { "application/vnd.vegalite.v5+json": spec };
  if (schema.includes("/schema/vega/")) return { "application/vnd.vega.v5+json": spec };
  return null;
}

/** Elements of a DOM, an `<svg>` with a picture of it: `image/svg+xml` stops nbconvert's LaTeX export. */
function element({ object }: Seen): Found {
  const html = member(object, "outerHTML");
  if (typeof html !== "string") return null;
  const picture = /^\s*<svg[\s>]/i.test(html) ? svgPicture(html) : null;
  // An element's own text tells of the whole document.
  const data = { "text/html": html, "text/plain": cut(html, 1_000) };
  if (picture === null) return data;
  const [width, height] = [16, 20].map((at) => Math.round(picture.readUInt32BE(at) / zoom));
  return { data: { "image/png": picture, ...data }, metadata: { "image/png": { width, height } } };
}

const zoom = 2;

/** None when the markup is no XML that the renderer understands, or too much: the page shows it all the same. */
function svgPicture(html: string): Buffer | null {
  if (html.length > 2e6) return null;
  const svg = /^[^>]*\sxmlns=/.test(html)
    ? html
    : html.replace(/<svg/i, '<svg xmlns="http://www.w3.org/2000/svg"');
  try {
    return Buffer.from(renderPng(svg, zoom, "white"));
  } catch {
    return null;
  }
}

/** A PNG, JPEG or GIF file in memory. */
function imageBytes({ object }: Seen): Found {
  if (!types.isUint8Array(object) || object.byteLength === 0) return null;
  const type = imageTypeOf(object);
  return type === null ? null : { [type]: object };
}

function imageBlob({ object }: Seen): Found {
  if (!(object instanceof Blob) || !object.type.startsWith("image/")) return null;
  return object.arrayBuffer().then((buffer) => {
    const bytes = new Uint8Array(buffer);
    const type = imageTypeOf(bytes);
    return type === null ? null : { [type]: bytes };
  });
}

/** Arquero's tables; `toHTML` alone is too common a name. */
function dataFrame({ object, call }: Seen): Found {
  if (typeof member(object, "toHTML") !== "function" || member(object, "numRows") === undefined) return null;
  return { "text/html": call("toHTML", { limit: 60 }) };
}

function member(object: object, name: string | symbol): unknown {
  return (object as Record<string | symbol, unknown>)[name];
}
