/** text/plain of any value: Node's own text, without colours, bounded, never throwing. */
import { inspect } from "node:util";

const options = {
  colors: false,
  depth: 4,
  maxArrayLength: 100,
  maxStringLength: 20_000,
  breakLength: 80,
  compact: 3,
} as const;

const longest = 100_000;

/** The text of a value as a cell's result shows it; a value whose own text fails is shown by its class. */
export function formatText(value: unknown): string {
  return cut(attempt(() => inspect(value, options)) ?? nameOf(value));
}

/** What an error says in one line, for notes beside a value; safe for anything that can be thrown. */
export function reasonOf(error: unknown): string {
  return attempt(() => (error instanceof Error ? `${error.name}: ${error.message}` : String(error))) ?? "?";
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

/** Whether a value is an Error; a revoked proxy cannot even be asked. */
export function isError(value: unknown): value is Error {
  return attempt(() => value instanceof Error) ?? false;
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
