/** Values that are images, sound or film, from bytes, a file, a URL or samples; with and without `new`. */

import { readFileSync } from "node:fs";
import { Buffer } from "../originals.ts";
import { type Bundle, displaySymbol, type MimeBundle } from "./bundle.ts";
import { callable } from "./callable.ts";
import { escapeHtml } from "./format.ts";

/** Bytes, a path or a URL (`https:`, `file:`, `data:`). */
export type MediaSource = string | URL | Uint8Array | ArrayBuffer;

export interface ImageOptions {
  /** In CSS pixels. */
  readonly width?: number;
  readonly height?: number;
  readonly alt?: string;
}

class ImageMedia {
  readonly source: Media;
  readonly options: ImageOptions;
  constructor(source: MediaSource, options: ImageOptions = {}) {
    this.source = load("Image", source);
    this.options = options;
  }
  [displaySymbol](): MimeBundle | Bundle {
    const { width, height, alt } = this.options;
    if ("url" in this.source || this.source.type === "image/svg+xml") {
      const html = `<img src="${escapeHtml(addressOf(this.source))}"${attributes({ width, height, alt })}>`;
      return { "text/html": html, "text/plain": "<Image>" };
    }
    const { type, bytes } = this.source;
    const size = { ...(width !== undefined && { width }), ...(height !== undefined && { height }) };
    const metadata = { [type]: { ...size, ...(alt !== undefined && { alt }) } };
    return { data: { [type]: bytes, "text/plain": "<Image>" }, metadata };
  }
}

export interface SoundOptions {
  /** Samples a second, when the source is samples between -1 and 1. */
  readonly rate?: number;
  readonly autoplay?: boolean;
}

class AudioMedia {
  readonly source: Media;
  readonly options: SoundOptions;
  constructor(
    source: MediaSource | Float32Array | Float64Array | readonly number[],
    options: SoundOptions = {},
  ) {
    this.source = isSamples(source)
      ? { type: "audio/wav", bytes: wav(source, options.rate) }
      : load("Audio", source);
    this.options = options;
  }
  [displaySymbol](): MimeBundle {
    const source = `src="${escapeHtml(addressOf(this.source))}"`;
    const autoplay = this.options.autoplay ? " autoplay" : "";
    return { "text/html": `<audio controls ${source}${autoplay}></audio>`, "text/plain": "<Audio>" };
  }
}

class VideoMedia {
  readonly source: Media;
  readonly options: ImageOptions;
  constructor(source: MediaSource, options: ImageOptions = {}) {
    this.source = load("Video", source);
    this.options = options;
  }
  [displaySymbol](): MimeBundle {
    const { width, height } = this.options;
    const source = `src="${escapeHtml(addressOf(this.source))}"`;
    const html = `<video controls ${source}${attributes({ width, height })}></video>`;
    return { "text/html": html, "text/plain": "<Video>" };
  }
}

/** A PNG, JPEG, GIF, WebP or SVG image. */
export const Image = callable("Image", ImageMedia);
export type Image = ImageMedia;

/** Sound with controls: a file's bytes, or samples with their `rate`. */
export const Audio = callable("Audio", AudioMedia);
export type Audio = AudioMedia;

/** Film with controls. */
export const Video = callable("Video", VideoMedia);
export type Video = VideoMedia;

/** What a page loads itself, or bytes and what they are. */
type Media = { readonly url: string } | { readonly type: string; readonly bytes: Uint8Array };

function load(name: string, source: MediaSource): Media {
  if (source instanceof Uint8Array) return typed(name, source);
  if (source instanceof ArrayBuffer) return typed(name, new Uint8Array(source));
  const text = String(source);
  if (/^(?:https?|blob|data):/i.test(text)) return { url: text };
  return typed(name, fileAt(name, text), text);
}

function fileAt(name: string, path: string): Uint8Array {
  try {
    return readFileSync(path.startsWith("file:") ? new URL(path) : path);
  } catch (error) {
    const why = (error as Error).message.split(",", 1)[0];
    throw new TypeError(`${name}: ${path}: ${why}: expected a file, a URL or bytes`);
  }
}

function addressOf(media: Media): string {
  if ("url" in media) return media.url;
  return `data:${media.type};base64,${Buffer.from(media.bytes).toString("base64")}`;
}

function attributes(values: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}="${escapeHtml(String(value))}"`)
    .join("");
}

/** Type by first bytes: [type, offset, text]. */
const signatures: readonly (readonly [string, number, string])[] = [
  ["image/png", 0, "\x89PNG\r\n"],
  ["image/jpeg", 0, "\xff\xd8\xff"],
  ["image/gif", 0, "GIF8"],
  ["image/webp", 8, "WEBP"],
  ["audio/wav", 8, "WAVE"],
  ["audio/mpeg", 0, "ID3"],
  ["audio/mpeg", 0, "\xff\xfb"],
  ["audio/ogg", 0, "OggS"],
  ["audio/flac", 0, "fLaC"],
  ["video/mp4", 4, "ftyp"],
  ["video/webm", 0, "\x1a\x45\xdf\xa3"],
];

/** The type of an image file that pages show by its data; null for other bytes. */
export function imageTypeOf(bytes: Uint8Array): string | null {
  const type = typeOf(bytes);
  return type?.startsWith("image/") && type !== "image/svg+xml" ? type : null;
}

function typed(name: string, bytes: Uint8Array, path = "bytes"): Media {
  const type = typeOf(bytes);
  if (type !== null) return { type, bytes };
  throw new TypeError(`${name}: ${path}: expected a known image, sound or film format`);
}

function typeOf(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.subarray(0, 256)).toString("latin1");
  const found = signatures.find(([, offset, text]) => head.startsWith(text, offset));
  if (found) return found[0];
  return /^\s*(?:<\?xml|<!--|<!DOCTYPE svg|<svg)/i.test(head) ? "image/svg+xml" : null;
}

function isSamples(source: unknown): source is Float32Array | Float64Array | readonly number[] {
  return Array.isArray(source) || source instanceof Float32Array || source instanceof Float64Array;
}

/** 16-bit mono WAV; http://soundfile.sapp.org/doc/WaveFormat/ */
function wav(samples: ArrayLike<number>, rate: number | undefined): Uint8Array {
  if (!rate || !(rate > 0)) throw new TypeError(`Audio: rate: ${rate}: samples need their rate in Hz`);
  const file = Buffer.alloc(44 + 2 * samples.length);
  file.write("RIFF", 0, "latin1");
  file.writeUInt32LE(36 + 2 * samples.length, 4);
  file.write("WAVEfmt ", 8, "latin1");
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20);
  file.writeUInt16LE(1, 22);
  file.writeUInt32LE(rate, 24);
  file.writeUInt32LE(2 * rate, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write("data", 36, "latin1");
  file.writeUInt32LE(2 * samples.length, 40);
  for (let i = 0; i < samples.length; i++) {
    const level = Math.max(-1, Math.min(1, samples[i]!));
    file.writeInt16LE(Math.round(level * 32767), 44 + 2 * i);
  }
  return file;
}
