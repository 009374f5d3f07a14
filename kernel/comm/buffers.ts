/** Binary values as the bytes that travel beside a message. */
import { types } from "node:util";

/** What can be sent as a buffer. */
export type Binary = ArrayBufferLike | ArrayBufferView;

/** Each buffer's own bytes, not copied; `asker` is named when something is none. */
export function bytesOf(asker: string, buffers: readonly Binary[]): Uint8Array[] {
  if (!Array.isArray(buffers))
    throw new TypeError(`${asker}: buffers: ${typeof buffers} was given: an array was expected`);
  return Array.from(buffers as readonly unknown[], (buffer, index) => {
    if (ArrayBuffer.isView(buffer))
      return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
    if (types.isAnyArrayBuffer(buffer)) return new Uint8Array(buffer);
    const what = buffer === null ? "null" : typeof buffer;
    throw new TypeError(
      `${asker}: buffers[${index}]: ${what} was given: an ArrayBuffer, a typed array or a DataView was expected`,
    );
  });
}
