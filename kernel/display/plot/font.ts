/** How wide DejaVu Sans text is, read from the font files that the PNG renderer also uses. */

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Buffer } from "../../originals.ts";

export type Face = "regular" | "italic" | "bold";

const files: Readonly<Record<Face, string>> = {
  regular: "DejaVuSans.ttf",
  italic: "DejaVuSans-Oblique.ttf",
  bold: "DejaVuSans-Bold.ttf",
};

/** Parts of an em: how high "l" rises, how low "p" hangs, how high "x" is. */
export const ascent = 0.76;
export const descent = 0.208;
export const xHeight = 0.547;

/** Where a face's font file lies. */
export function fontFile(face: Face): string {
  const root = dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json"));
  return join(root, "ttf", files[face]);
}

interface Metrics {
  /** Code point → glyph. */
  readonly glyph: (code: number) => number;
  /** Glyph → advance in em. */
  readonly advance: (glyph: number) => number;
}

const loaded = new Map<Face, Metrics>();

function metrics(face: Face): Metrics {
  let found = loaded.get(face);
  if (!found) {
    found = parse(readFileSync(fontFile(face)));
    loaded.set(face, found);
  }
  return found;
}

/** https://learn.microsoft.com/typography/opentype/spec/: the tables head, hhea, hmtx and cmap (format 4). */
function parse(font: Buffer): Metrics {
  const table = (tag: string): number => {
    for (let i = 0, at = 12; i < font.readUInt16BE(4); i++, at += 16) {
      if (font.toString("latin1", at, at + 4) === tag) return font.readUInt32BE(at + 8);
    }
    throw new Error(`internal: font has no ${tag} table`);
  };
  const unitsPerEm = font.readUInt16BE(table("head") + 18);
  const count = font.readUInt16BE(table("hhea") + 34);
  const hmtx = table("hmtx");
  const map = format4(font, table("cmap"));
  const segments = font.readUInt16BE(map + 6) / 2;
  const ends = map + 14;
  const starts = ends + 2 * segments + 2;
  const deltas = starts + 2 * segments;
  const offsets = deltas + 2 * segments;
  return {
    advance: (glyph) => font.readUInt16BE(hmtx + 4 * Math.min(glyph, count - 1)) / unitsPerEm,
    glyph: (code) => {
      for (let i = 0; i < segments; i++) {
        if (font.readUInt16BE(ends + 2 * i) < code) continue;
        const start = font.readUInt16BE(starts + 2 * i);
        if (start > code) return 0;
        const offset = font.readUInt16BE(offsets + 2 * i);
        const delta = font.readUInt16BE(deltas + 2 * i);
        if (offset === 0) return (code + delta) & 0xffff;
        const glyph = font.readUInt16BE(offsets + 2 * i + offset + 2 * (code - start));
        return glyph === 0 ? 0 : (glyph + delta) & 0xffff;
      }
      return 0;
    },
  };
}

function format4(font: Buffer, cmap: number): number {
  for (let i = 0; i < font.readUInt16BE(cmap + 2); i++) {
    const at = cmap + font.readUInt32BE(cmap + 8 + 8 * i);
    if (font.readUInt16BE(at) === 4) return at;
  }
  throw new Error("internal: font has no character map of format 4");
}

const widths: Record<Face, Map<number, number>> = { regular: new Map(), italic: new Map(), bold: new Map() };

/** The width of `text` in em, without kerning. */
export function textWidth(text: string, face: Face = "regular"): number {
  const known = widths[face];
  let sum = 0;
  for (const character of text) {
    const code = character.codePointAt(0)!;
    let width = known.get(code);
    if (width === undefined) {
      const { glyph, advance } = metrics(face);
      // Combining marks stand above their letter; what lies beyond the map is taken as one em.
      width = /\p{Mn}/u.test(character) ? 0 : code > 0xffff ? 1 : advance(glyph(code));
      known.set(code, width);
    }
    sum += width;
  }
  return sum;
}
