/**
 * Messages over a WebSocket, in both of Jupyter Server's forms.
 * https://jupyter-server.readthedocs.io/en/stable/developers/websocket-protocols.html
 */
import type { Fields, Header, Message } from "../protocol/messages.ts";
import { isObject } from "../protocol/requests.ts";
import { WireError } from "../protocol/wire.ts";
import type { Channel } from "./connection.ts";

/** The subprotocol whose messages are binary. */
export const BINARY_PROTOCOL = "v1.kernel.websocket.jupyter.org";

/** A message and the channel it travels on. */
export interface Framed {
  readonly channel: Channel;
  readonly message: Message;
}

/** In the binary protocol: the count of offsets, the offsets with the end, channel, four JSON parts, buffers. */
export function encodeBinary({ channel, message }: Framed): Buffer {
  const { header, parent_header, metadata, content, buffers } = message;
  const json = [header, parent_header, metadata, content].map((part) => JSON.stringify(part));
  const parts = [channel, ...json].map((text) => Buffer.from(text));
  const all = [...parts, ...buffers];
  const head = Buffer.alloc(8 * (all.length + 2));
  head.writeBigUInt64LE(BigInt(all.length + 1));
  let offset = head.length;
  for (const [i, part] of all.entries()) {
    head.writeBigUInt64LE(BigInt(offset), 8 * (i + 1));
    offset += part.byteLength;
  }
  head.writeBigUInt64LE(BigInt(offset), 8 * (all.length + 1));
  return Buffer.concat([head, ...all]);
}

/** In the JSON protocol, where what we send has no buffers. */
export function encodeText({ channel, message }: Framed): string {
  const { header, parent_header, metadata, content } = message;
  return JSON.stringify({ channel, header, parent_header, metadata, content, buffers: [] });
}

/** The message in a frame of the binary protocol; a WireError when its offsets or parts are wrong. */
export function decodeBinary(bytes: Buffer): Framed {
  const parts = splitAt(bytes, offsetsOf(bytes));
  const [channel, header, parent, metadata, content, ...buffers] = parts;
  if (!channel || !header || !parent || !metadata || !content)
    throw new WireError(`websocket: ${parts.length} parts: at least 5 were expected`);
  const [h, p, m, c] = [header, parent, metadata, content].map((part) => parse(part.toString()));
  return framed(channel.toString(), { header: h, parent_header: p, metadata: m, content: c }, buffers);
}

/** The message in a frame of the JSON protocol: text, or binary when it has buffers. */
export function decodeText(data: Buffer | string): Framed {
  if (typeof data === "string") return fromObject(parse(data), []);
  if (data.length < 4) throw new WireError("websocket: a binary frame of less than 4 bytes");
  const count = data.readUInt32BE(0);
  if (count < 1 || 4 * (count + 1) > data.length)
    throw new WireError(`websocket: ${count} parts in ${data.length} bytes`);
  const offsets = Array.from({ length: count }, (_, i) => data.readUInt32BE(4 * (i + 1)));
  const [json, ...buffers] = splitAt(data, [...offsets, data.length]);
  return fromObject(parse(String(json)), buffers);
}

function fromObject(value: unknown, buffers: readonly Buffer[]): Framed {
  if (!isObject(value)) throw new WireError("websocket: a message is not a JSON object");
  const fields = value as Fields;
  return framed(String(fields.channel), fields, buffers);
}

function framed(channel: string, fields: Fields, buffers: readonly Buffer[]): Framed {
  if (!["shell", "control", "stdin", "iopub"].includes(channel))
    throw new WireError(`websocket: unknown channel ${JSON.stringify(channel)}`);
  const [header, content] = [fields.header, fields.content];
  const type = isObject(header) ? (header as Partial<Header>).msg_type : undefined;
  if (typeof type !== "string" || !isObject(content))
    throw new WireError("websocket: a message without msg_type or content");
  const message = {
    identities: [],
    header: header as Header,
    parent_header: (isObject(fields.parent_header) ? fields.parent_header : {}) as Message["parent_header"],
    metadata: (isObject(fields.metadata) ? fields.metadata : {}) as Fields,
    content: content as Fields,
    buffers,
  };
  return { channel: channel as Channel, message };
}

function offsetsOf(bytes: Buffer): number[] {
  const count = bytes.length < 8 ? 0 : Number(bytes.readBigUInt64LE(0));
  if (count < 2 || 8 * (count + 1) > bytes.length)
    throw new WireError(`websocket: ${count} offsets in ${bytes.length} bytes`);
  return Array.from({ length: count }, (_, i) => Number(bytes.readBigUInt64LE(8 * (i + 1))));
}

function splitAt(bytes: Buffer, offsets: readonly number[]): Buffer[] {
  return offsets.slice(1).map((end, i) => {
    const start = offsets[i] as number;
    if (start > end || end > bytes.length) throw new WireError("websocket: offsets outside the frame");
    return bytes.subarray(start, end);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new WireError("websocket: a part is not JSON");
  }
}
