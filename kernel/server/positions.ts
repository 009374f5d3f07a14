/** Positions in a cell: the protocol counts code points, everything else here UTF-16 units. */

/** The UTF-16 offset of the code point number `position`; the text's end when there are fewer. */
export function toOffset(text: string, position: number): number {
  let offset = 0;
  for (let left = position; left > 0 && offset < text.length; left--) {
    offset += text.codePointAt(offset)! > 0xffff ? 2 : 1;
  }
  return offset;
}

/** How many code points stand before the UTF-16 offset. */
export function toPosition(text: string, offset: number): number {
  let position = 0;
  for (let at = 0; at < offset && at < text.length; position++) at += text.codePointAt(at)! > 0xffff ? 2 : 1;
  return position;
}
