/** text/plain of any value: Node's own text, without colours, bounded in size and time, never throwing. */
import { type InspectOptions, inspect, stripVTControlCharacters, types } from "node:util";
import { behind } from "./proxies.ts";

const layout = { colors: false, breakLength: 80, compact: 3 } as const;

/** Tried in turn, until a value's text is within `mostPieces` and `mostText`. */
const limits = [
  { depth: 4, maxArrayLength: 100, maxStringLength: 20_000 },
  { depth: 2, maxArrayLength: 30, maxStringLength: 2_000 },
  { depth: 3, maxArrayLength: 10, maxStringLength: 200 },
  { depth: 1, maxArrayLength: 6, maxStringLength: 200 },
  { depth: 0, maxArrayLength: 6, maxStringLength: 200 },
] as const;

/** Numbers, strings and the like in one text. */
const mostPieces = 2_500;
/** Characters in all of those. */
const mostText = 50_000;
/** Characters in any text, a value's own too. */
const longest = 100_000;
/** Of an object that has more keys than fit a text, so many are shown. */
const fewKeys = 100;

/** The text of a value as a cell's result shows it; where the value's own text fails, Node's stands beside the reason. */
export function formatText(value: unknown): string {
  try {
    return cut(plain(within(value, true)));
  } catch (error) {
    if (isInterrupt(error)) throw error;
    const text = attempt(() => within(value, false)) ?? nameOf(value);
    return `${cut(plain(text))}\n(inspecting it failed: ${cut(reasonOf(error), 500)})`;
  }
}

/** The text on one line, for a table's cell. */
export function formatLine(value: unknown, length: number): string {
  const options = { ...layout, breakLength: Infinity, maxArrayLength: 6, maxStringLength: length };
  const text =
    attempt(() => inspectWithin({ ...options, depth: 1 }, value, length, 10 * length)) ??
    attempt(() => inspect(value, { ...options, depth: -1 })) ??
    nameOf(value);
  return plain(text).replace(/\s*\n\s*/g, " ");
}

/** What an error says in one line, for notes beside a value; safe for anything that can be thrown. */
export function reasonOf(error: unknown): string {
  return attempt(() => (isError(error) ? `${error.name}: ${error.message}` : String(error))) ?? "?";
}

/** The text, or its beginning and how much is left out. */
export function cut(text: string, limit = longest): string {
  if (text.length <= limit) return text;
  return `${text.slice(0, limit)}\n… ${text.length - limit} more characters`;
}

/** Text made safe inside HTML, in content and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Whether a value is an Error, of another realm too; a revoked proxy cannot even be asked. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || (attempt(() => value instanceof Error) ?? false);
}

/** Whether a caught error ends the cell, and so is nobody's to handle. */
export function isInterrupt(error: unknown): boolean {
  return isError(error) && attempt(() => error.name) === "KeyboardInterrupt";
}

/** The text at the largest limits that keep it short enough, or at those that the user has set. */
function within(value: unknown, customInspect: boolean): string {
  const users = usersOptions();
  if (users !== null)
    return inspect(value, { ...layout, ...limits[0], ...users, customInspect, colors: false });
  const few = withFewKeys(value);
  if (few !== null) return few;
  for (const limit of limits) {
    const text = inspectWithin({ ...layout, ...limit, customInspect }, value);
    if (text !== null) return text;
  }
  return nameOf(value);
}

const nodesOptions: Readonly<Record<string, unknown>> = { ...inspect.defaultOptions };

/** What a cell has changed in `util.inspect.defaultOptions`; null when it is nothing. */
function usersOptions(): InspectOptions | null {
  const changed = Object.entries(inspect.defaultOptions).filter(([name, set]) => set !== nodesOptions[name]);
  return changed.length > 0 ? Object.fromEntries(changed) : null;
}

/** Null when the text would be too long: `inspect` is left as soon as that is known. */
function inspectWithin(
  options: InspectOptions,
  value: unknown,
  pieces = mostPieces,
  characters = mostText,
): string | null {
  let piecesLeft = pieces;
  let charactersLeft = characters;
  const isTooLong = (): boolean => piecesLeft < 0 || charactersLeft < 0;
  const stylize = (text: string): string => {
    piecesLeft -= 1;
    charactersLeft -= text.length;
    if (isTooLong()) throw new RangeError("too long");
    return text;
  };
  try {
    const text = inspect(value, { ...options, stylize } as never);
    return isTooLong() ? null : text;
  } catch (error) {
    if (isTooLong()) return null;
    throw error;
  }
}

/** `inspect` limits the elements of collections, but not the keys of objects. */
function withFewKeys(value: unknown): string | null {
  if (typeof value !== "object" || value === null) return null;
  const object = behind(value);
  if (object === null || Array.isArray(object) || ArrayBuffer.isView(object)) return null;
  if (inspect.custom in object) return null;
  const keys = Object.keys(object);
  if (keys.length <= mostPieces) return null;
  const few: object = Object.create(Object.getPrototypeOf(object));
  for (const key of keys.slice(0, fewKeys))
    Object.defineProperty(few, key, Object.getOwnPropertyDescriptor(object, key) ?? {});
  const text = inspectWithin({ ...layout, ...limits[3], customInspect: false }, few) ?? nameOf(few);
  return text.replace(/\s*\}$/, `,\n  ... ${keys.length - fewKeys} more keys\n}`);
}

/** Without the colours that a value's own text may hold: who reads results from a notebook expects none. */
/** Text without colours and other codes for terminals. */
export function plain(text: string): string {
  const isCoded = text.includes("\u001b") || text.includes("\u009b");
  return isCoded ? stripVTControlCharacters(text) : text;
}

function nameOf(value: unknown): string {
  return attempt(() => Object.prototype.toString.call(value)) ?? "[object]";
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
