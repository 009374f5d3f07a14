/** Questions about the magics a cell begins with: completion, inspection, and whether there is more to come. */
import { isMagicName, type MagicHead, magicArguments, magicHead, magicOptions, magics } from "../magics.ts";
import type { Completeness, Completion, Inspection } from "../threads.ts";
import { isComplete } from "./is-complete.ts";
import { typescriptOf } from "./magics.ts";

/** What may stand at `offset` of a magic's line, or nothing in a body of text; null where TypeScript has the answer. */
export function completeMagic(source: string, offset: number): Completion | null {
  const head = magicHead(source);
  if (head === null || offset < head.at) return null;
  const list = (texts: readonly string[], start: number): Completion => ({
    matches: texts.map((text) => ({ text, type: "magic" })),
    start,
    end: offset,
  });
  const nameEnd = head.at + head.name.length;
  if (offset <= nameEnd) return list(namesFrom(source.slice(head.at, offset)), head.at);
  const start = source.lastIndexOf(" ", offset - 1) + 1;
  const typed = source.slice(start, offset);
  if (isOnLine(source, head, offset) && typed.startsWith("-") && isBeforeRest(head, start))
    return list(
      optionsOf(head).filter((text) => text.startsWith(typed)),
      start,
    );
  return mayBeTypeScript(head, offset) ? completeMagic(typescriptOf(source, head), offset) : list([], offset);
}

const isOnLine = (source: string, { at }: MagicHead, offset: number): boolean =>
  !source.slice(at, offset).includes("\n");

/** Both kinds of magics after one sign: who types `%ti` may mean either. */
function namesFrom(typed: string): string[] {
  const names = Object.keys(magics);
  const alike = names.filter((name) => name.startsWith(typed));
  return [...alike, ...names.filter((name) => name.startsWith(`%${typed}`) && !alike.includes(name))];
}

const optionsOf = ({ name }: MagicHead): string[] =>
  isMagicName(name) ? magicOptions(magics[name].usage).flatMap(({ names }) => names) : [];

/** Whether `at` is still among the options, known or not. */
function isBeforeRest({ name, args, argsAt }: MagicHead, at: number): boolean {
  if (!isMagicName(name)) return false;
  const { rest, restAt } = magicArguments(magics[name].usage, args);
  return at < argsAt + restAt || (rest.startsWith("-") && at === argsAt + restAt);
}

/** Whether TypeScript may stand at `offset`. */
function mayBeTypeScript({ name, argsAt, bodyAt }: MagicHead, offset: number): boolean {
  if (!isMagicName(name)) return false;
  const { body, loops } = magics[name];
  const isOnLine = body === "line" || (body === "code" && loops);
  return body !== "none" && body !== "text" && offset >= (isOnLine ? argsAt : bodyAt);
}

/** What the magic is whose name `offset` is in. */
export function inspectMagic(source: string, offset: number): Inspection | null {
  const head = magicHead(source);
  if (head === null || offset < head.at) return null;
  if (!isOnLine(source, head, offset)) return inspectMagic(typescriptOf(source, head), offset);
  if (offset > head.at + head.name.length || !isMagicName(head.name)) return null;
  const { usage, summary } = magics[head.name];
  return { signature: `${head.name} ${usage}`.trimEnd(), documentation: summary };
}

/** Like the completeness of other cells; a magic that has a body goes on until a line is left blank. */
export function isCellComplete(source: string): Completeness {
  const head = magicHead(source);
  if (head === null) return isComplete(source);
  const { body } = isMagicName(head.name) ? magics[head.name] : { body: "none" };
  if (body === "none") return { status: "complete", indent: "" };
  if (body === "text" || body === "code") {
    const hasEnded = head.body.trim() !== "" && /\n[^\S\n]*$/.test(head.body);
    if (!hasEnded) return { status: "incomplete", indent: "" };
    if (body === "text") return { status: "complete", indent: "" };
  }
  return isCellComplete(typescriptOf(source, head));
}
