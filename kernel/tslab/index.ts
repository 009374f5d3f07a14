/** The module `tslab` as notebooks written for it import it: its `display`, `newDisplay` and `versions`. */
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { publisher } from "../display/publish.ts";

/** Shows values that are text, or bytes, of one type. */
export interface Display {
  javascript(s: string): void;
  html(s: string): void;
  markdown(s: string): void;
  latex(s: string): void;
  svg(s: string): void;
  png(b: Uint8Array): void;
  jpeg(b: Uint8Array): void;
  gif(b: Uint8Array): void;
  pdf(b: Uint8Array): void;
  text(s: string): void;
  /** Shows data of any MIME type. */
  raw(contentType: string, b: string | Uint8Array): void;
}

const types = {
  javascript: "text/javascript",
  html: "text/html",
  markdown: "text/markdown",
  latex: "text/latex",
  svg: "image/svg+xml",
  png: "image/png",
  jpeg: "image/jpeg",
  gif: "image/gif",
  pdf: "application/pdf",
  text: "text/plain",
} as const satisfies Record<Exclude<keyof Display, "raw">, string>;

const newId = (): string => randomBytes(8).toString("hex");

/** A display whose every output is new, or, with `id`, takes the place of the one before. */
function createDisplay(id?: string): Display {
  let isShown = false;
  const raw: Display["raw"] = (contentType, b) => {
    const value = b instanceof Uint8Array ? Buffer.from(b).toString("base64") : b;
    const kind = isShown ? "update_display" : "display";
    isShown = id !== undefined;
    publisher().publish(kind, { data: { [contentType]: value }, metadata: {} }, id ?? newId());
  };
  const shown = Object.entries(types).map(([name, type]) => [name, (b: string | Uint8Array) => raw(type, b)]);
  return { ...(Object.fromEntries(shown) as Omit<Display, "raw">), raw };
}

/** Displays rich contents. */
export const display: Display = createDisplay();

/** A display that shows one output and replaces it each time it is called again. */
export const newDisplay = (): Display => createDisplay(newId());

interface Versions {
  tslab: string;
  typescript: string;
  node: string;
}

const typescript = createRequire(import.meta.url)("typescript/package.json") as { version: string };

/** The version of tslab whose module this is like, those of TypeScript and Node. */
export const versions: Versions = {
  tslab: "1.0.22",
  typescript: typescript.version,
  node: process.version,
};
