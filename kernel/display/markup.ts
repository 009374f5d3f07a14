/** Values that are text for the page: Markdown, LaTeX, HTML, SVG, JSON, Mermaid; with and without `new`. */

import { parseJson, toJson } from "../originals.ts";
import { type Bundle, displaySymbol, type MimeBundle } from "./bundle.ts";
import { callable } from "./callable.ts";
import { formatLine, reasonOf } from "./format.ts";

class MarkdownText {
  readonly data: string;
  constructor(source: string) {
    this.data = String(source);
  }
  [displaySymbol](): MimeBundle {
    return { "text/markdown": this.data, "text/plain": this.data };
  }
}

class LatexText {
  readonly data: string;
  constructor(source: string) {
    this.data = String(source);
  }
  [displaySymbol](): MimeBundle {
    return { "text/latex": this.data, "text/plain": this.data };
  }
}

class HTMLText {
  readonly data: string;
  constructor(source: string) {
    this.data = String(source);
  }
  [displaySymbol](): MimeBundle {
    return { "text/html": this.data, "text/plain": "<HTML>" };
  }
}

class SVGText {
  readonly data: string;
  constructor(source: string) {
    this.data = String(source).replace(/^\s*(?:<\?xml[^>]*\?>\s*)?(?:<!DOCTYPE[^>]*>\s*)?/i, "");
  }
  /** Inside HTML, because nbconvert's LaTeX export stops on `image/svg+xml`. */
  [displaySymbol](): MimeBundle {
    return { "text/html": this.data, "text/plain": "<SVG>" };
  }
}

class MermaidText {
  readonly data: string;
  constructor(source: string) {
    this.data = String(source);
  }
  [displaySymbol](): MimeBundle {
    return { "text/vnd.mermaid": this.data, "text/plain": this.data };
  }
}

class JsonValue {
  readonly #text: string;
  readonly data: unknown;
  readonly options: JsonOptions;
  constructor(value: unknown, options: JsonOptions = {}) {
    this.#text = textOf(value);
    this.data = value;
    this.options = options;
  }
  [displaySymbol](): Bundle {
    return {
      data: { "application/json": parseJson(this.#text), "text/plain": this.#text },
      metadata: { "application/json": { expanded: this.options.expanded === true } },
    };
  }
}

function textOf(value: unknown): string {
  try {
    const text = toJson(value, null, 2) as string | undefined;
    if (text !== undefined) return text;
  } catch (error) {
    throw new TypeError(`Json: ${formatLine(value, 60)}: ${reasonOf(error)}`);
  }
  throw new TypeError(`Json: ${formatLine(value, 60)}: expected what JSON can hold`);
}

export interface JsonOptions {
  /** Whether the tree starts unfolded. */
  readonly expanded?: boolean;
}

/** Markdown, with mathematics between `$` signs. */
export const Markdown = callable("Markdown", MarkdownText);
export type Markdown = MarkdownText;

/** LaTeX, its mathematics between `$` signs or in an environment. */
export const Latex = callable("Latex", LatexText);
export type Latex = LatexText;

/** HTML as it stands: escape what comes from elsewhere. */
export const HTML = callable("HTML", HTMLText);
export type HTML = HTMLText;

/** An SVG document, shown in line. */
export const SVG = callable("SVG", SVGText);
export type SVG = SVGText;

/** A Mermaid diagram. */
export const Mermaid = callable("Mermaid", MermaidText);
export type Mermaid = MermaidText;

/** A JSON value as a tree to unfold. */
export const Json = callable("Json", JsonValue);
export type Json = JsonValue;
