/** SVG → PNG by resvg, with DejaVu Sans from its package; loaded when the first picture is made. */
import { createRequire } from "node:module";
import type { Resvg as ResvgClass } from "@resvg/resvg-js";
import { fontFile } from "./font.ts";

let Resvg: typeof ResvgClass | undefined;

const mostPixels = 1e8;

/** The picture of an SVG document, `zoom` pixels to one of its own, clear unless there is a background. */
export function renderPng(svg: string, zoom: number, background?: string): Uint8Array {
  Resvg ??= (createRequire(import.meta.url)("@resvg/resvg-js") as { Resvg: typeof ResvgClass }).Resvg;
  const fontFiles = [fontFile("regular")];
  if (svg.includes('"italic"')) fontFiles.push(fontFile("italic"));
  if (svg.includes('"bold"')) fontFiles.push(fontFile("bold"));
  const options = {
    fitTo: { mode: "zoom" as const, value: zoom },
    ...(background !== undefined && { background }),
    font: { fontFiles, loadSystemFonts: false, defaultFontFamily: "DejaVu Sans" },
  };
  const picture = new Resvg(svg, options);
  const pixels = picture.width * picture.height * zoom ** 2;
  if (pixels > mostPixels)
    throw new RangeError(
      `picture: ${Math.round(pixels / 1e6)} million pixels: at most 100 million are drawn`,
    );
  return picture.render().asPng();
}
