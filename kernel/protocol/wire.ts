/**
 * Messages as frames: split, verified before anything is parsed, parsed; serialised and signed.
 * https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol
 */
import { isUtf8 } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Header, Message } from "./messages.ts";
import { isObject } from "./requests.ts";

const DELIMITER = Buffer.from("<IDS|MSG>");

/** How messages are signed: an empty key means that they are not. */
export interface Signing {
  readonly key: string;
  /** A digest that `node:crypto` knows, such as `sha256`. */
  readonly digest: string;
}

/** A message that is dropped; the text never holds a key or a signature. */
export class WireError extends Error {
  override readonly name = "WireError";
}

/** Signatures that are remembered: as many as jupyter_client remembers. */
const REMEMBERED = 65_536;
/** Bytes of JSON in one message; V8 holds no string of twice as many, and what is big travels in buffers. */
const MOST_JSON = 256 * 2 ** 20;

/**
 * The valid signatures seen last under one key, whatever channel they came by: a second use is a replay. Forgeries are
 * never added, so they cannot push these out.
 */
export class SeenSignatures {
  readonly #seen = new Set<string>();
  /** Gives the oldest one each time: an iterator stays valid while what it has passed is deleted. */
  readonly #oldest = this.#seen.values();

  /** Whether it was not seen before; it is from now on. */
  add(signature: Uint8Array): boolean {
    const id = Buffer.from(signature.buffer, signature.byteOffset, signature.byteLength).toString(
      "latin1",
      0,
      32,
    );
    if (this.#seen.has(id)) return false;
    this.#seen.add(id);
    if (this.#seen.size > REMEMBERED) this.#seen.delete(this.#oldest.next().value as string);
    return true;
  }
}

/**
 * The message in `frames`; a WireError when it is cut short, wrongly signed, `seen` before or not what the protocol
 * says. Nothing is parsed before the signature has been verified.
 */
export function decode(frames: readonly Uint8Array[], signing: Signing, seen?: SeenSignatures): Message {
  const at = frames.findIndex((frame) => frame.byteLength === DELIMITER.length && DELIMITER.equals(frame));
  if (at < 0)
    throw new WireError(`message: ${frames.length} frames without a delimiter: <IDS|MSG> was expected`);
  const [signature, ...rest] = frames.slice(at + 1);
  if (signature === undefined || rest.length < 4) {
    throw new WireError(
      `message: ${frames.length - at} frames from the delimiter on: at least 6 were expected`,
    );
  }
  const parts = rest.slice(0, 4);
  if (signing.key !== "") verify(signature, parts, signing, seen);
  const [header, parent, metadata, content] = parts.map(parseObject) as [object, object, object, object];
  return {
    identities: frames.slice(0, at),
    header: keepBytes(checkHeader(header), parts[0] as Uint8Array),
    parent_header: parent as Message["parent_header"],
    metadata: metadata as Message["metadata"],
    content: content as Message["content"],
    buffers: rest.slice(4),
  };
}

/** The frames of `message`, signed. */
export function encode(message: Message, signing: Signing): Uint8Array[] {
  const parts = [message.header, message.parent_header, message.metadata, message.content].map(
    (part) => received.get(part) ?? Buffer.from(toJson(part)),
  );
  const signature = Buffer.from(signing.key === "" ? "" : sign(parts, signing));
  return [...message.identities, DELIMITER, signature, ...parts, ...message.buffers];
}

/**
 * Half a surrogate pair, which JSON escapes, has no UTF-8: a client that receives one cannot save the notebook. It is
 * replaced, as Node replaces it in all that it writes.
 */
function toJson(part: object): string {
  const text = JSON.stringify(part);
  return text.includes("\\ud") ? text.replace(loneSurrogate, "$1\\ufffd") : text;
}

/** With the backslashes before it, each of which is escaped. */
const loneSurrogate = /(?<!\\)((?:\\\\)*)\\ud[89a-f]../g;

/** Refuses what was not signed with our key, or was `seen` before. */
function verify(
  signature: Uint8Array,
  parts: readonly Uint8Array[],
  signing: Signing,
  seen: SeenSignatures | undefined,
): void {
  const size = parts.reduce((sum, part) => sum + part.byteLength, 0);
  if (size > MOST_JSON)
    throw new WireError(`message: ${size} bytes of JSON: at most ${MOST_JSON} were expected`);
  if (signature.byteLength === 0) throw new WireError("message: no signature was given: it was dropped");
  if (!sameText(signature, sign(parts, signing)))
    throw new WireError("message: the signature does not fit the frames: it was dropped");
  if (seen?.add(signature) === false)
    throw new WireError("message: its signature was seen before: the replay was dropped");
}

/** Headers that came in, as they came: one goes out again as the parent of all that it causes, and is the client's own. */
const received = new WeakMap<object, Uint8Array>();

/** What would harm others is not kept: bytes that are no UTF-8, and half a surrogate pair. */
function keepBytes(header: Header, bytes: Uint8Array): Header {
  const copy = Buffer.from(bytes);
  if (isUtf8(copy) && !copy.includes("\\ud") && !copy.includes("\\uD")) received.set(header, copy);
  return header;
}

/** The signature of the four JSON frames, in hexadecimal. */
function sign(parts: readonly Uint8Array[], { key, digest }: Signing): string {
  const hmac = createHmac(digest, key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}

/** Whether the bytes are the text, in a time that does not depend on where they differ. */
function sameText(given: Uint8Array, expected: string): boolean {
  const bytes = Buffer.from(expected);
  return given.byteLength === bytes.byteLength && timingSafeEqual(given, bytes);
}

function parseObject(frame: Uint8Array, index: number): object {
  const name = ["header", "parent_header", "metadata", "content"][index];
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString());
  } catch {
    throw new WireError(`message: its ${name} is not JSON`);
  }
  if (!isObject(value)) throw new WireError(`message: its ${name} is not a JSON object`);
  return value;
}

function checkHeader(value: object): Header {
  const header = value as Partial<Header>;
  for (const name of ["msg_id", "msg_type"] as const) {
    if (typeof header[name] !== "string") throw new WireError(`message: its header has no ${name}`);
  }
  // It goes out again as the parent of every answer, and deeper ones could not be written.
  if (!isShallow(header, DEEPEST)) throw new WireError("message: its header is nested too deeply");
  return value as Header;
}

const DEEPEST = 16;

function isShallow(value: unknown, most: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return most > 0 && Object.values(value).every((one) => isShallow(one, most - 1));
}
