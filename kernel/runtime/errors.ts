/** An error as Jupyter shows it: name, message, and a traceback in the lines the user wrote. */
import { stripVTControlCharacters } from "node:util";
import { cut, formatText, isError, reasonOf } from "../display/format.ts";
import type { ErrorContent } from "../threads.ts";
import { type Frame, isOwn } from "./frames.ts";
import { isInterrupt } from "./interrupt.ts";
import { mending } from "./mend.ts";
import { framesOf } from "./stacks.ts";
import { framesOfThrown } from "./thrown.ts";
import { placesOf } from "./traceback.ts";

const red = (text: string): string => `\u001b[0;31m${text}\u001b[0m`;

const mostRelated = 8;
const longestMessage = 20_000;
const mostLines = 60;
const longestDetails = 2_000;

/** Never throws, whatever was thrown. */
export function toErrorContent(error: unknown): ErrorContent {
  try {
    return mending(() => contentOf(error));
  } catch (fault) {
    // Reading it failed, at the stack's end for example.
    const evalue = `an error that cannot be shown: ${reasonOf(fault)}`;
    return { ename: "Error", evalue, traceback: [`${red("Error")}: ${evalue}`] };
  }
}

function contentOf(error: unknown): ErrorContent {
  // The frames first: to read a stack mends the message as well.
  const traceback = tracebackOf(error, { seen: new Set(), outer: [] });
  const { ename, evalue } = headOf(error);
  return { ename, evalue: stripVTControlCharacters(evalue), traceback };
}

/** The error as plain text, for stderr. */
export function toErrorText(error: unknown): string {
  return stripVTControlCharacters(toErrorContent(error).traceback.join("\n"));
}

function headOf(error: unknown): { ename: string; evalue: string } {
  if (!isError(error))
    return {
      ename: "Error",
      evalue: `${cut(formatText(error), longestMessage)} was thrown, which is no Error`,
    };
  const name = read(error, "name");
  const className = read(read(error, "constructor"), "name");
  const isOwn = typeof name === "string" && name !== "" && name !== "Error";
  const ename = isOwn ? name : typeof className === "string" && className !== "" ? className : "Error";
  return { ename, evalue: cut(textOf(read(error, "message")), longestMessage) };
}

interface Around {
  /** What has been shown: causes may go in circles. */
  readonly seen: Set<unknown>;
  /** The frames of the error that this one explains. */
  readonly outer: readonly Frame[];
}

function tracebackOf(error: unknown, { seen, outer }: Around): string[] {
  seen.add(error);
  const own = isError(error) ? framesOf(error) : [];
  const found = own.length > 0 ? own : framesOfThrown(error);
  // What an interrupt met on its way is nobody's fault, so none of our own frames would tell anything.
  const frames = isInterrupt(error) ? found.filter(({ file }) => !isOwn(file)) : found;
  const { ename, evalue } = headOf(error);
  const head = evalue === "" ? red(ename) : `${red(ename)}: ${firstLines(evalue)}`;
  const places = placesOf(withoutShared(frames, outer));
  if (!isError(error)) return [head, ...places];
  return [head, ...places, ...detailsOf(error), ...relatedOf(error, { seen, outer: frames })];
}

/** A cause has come the same way as what it caused, up to a point: that way is shown once. */
function withoutShared(frames: readonly Frame[], outer: readonly Frame[]): readonly Frame[] {
  let shared = 0;
  while (shared < frames.length - 1 && isSame(frames.at(-1 - shared), outer.at(-1 - shared))) shared++;
  return shared === 0 ? frames : frames.slice(0, -shared);
}

const isSame = (a: Frame | undefined, b: Frame | undefined): boolean =>
  a?.file === b?.file && a?.line === b?.line && a?.column === b?.column;

function firstLines(text: string): string {
  const lines = text.split("\n");
  if (lines.length <= mostLines) return text;
  return [...lines.slice(0, mostLines), `… ${lines.length - mostLines} more lines`].join("\n");
}

/** What else the error carries, such as Node's `code` and `path`, or the fields of a class. */
function detailsOf(error: Error): string[] {
  const isFailedAssertion = read(error, "code") === "ERR_ASSERTION";
  const hidden = isFailedAssertion ? assertionNoise(error) : [];
  const shown = [
    "name",
    "message",
    "stack",
    ...relations.filter(({ of }) => of(error).length > 0).map(({ key }) => key),
  ];
  const own = keysOf(error).filter((key) => !shown.includes(key) && !hidden.includes(key));
  if (own.length === 0) return [];
  const details = Object.fromEntries(own.map((key) => [key, read(error, key)]));
  return [cut(formatText(details), longestDetails)];
}

/** The message that assertions write for themselves says all of it. */
const assertionNoise = (error: Error): readonly string[] =>
  read(error, "generatedMessage") === true
    ? ["generatedMessage", "code", "actual", "expected", "operator", "diff"]
    : ["generatedMessage", "code", "diff"];

interface Relation {
  readonly key: string;
  of(error: Error): readonly unknown[];
  title(index: number, count: number): string;
}

const one = (error: Error, key: string): readonly unknown[] =>
  read(error, key) === undefined ? [] : [read(error, key)];
const isSuppressed = (error: Error): boolean => read(error, "name") === "SuppressedError";

/** Errors that an error holds. */
const relations: readonly Relation[] = [
  { key: "cause", of: (error) => one(error, "cause"), title: () => "Caused by" },
  {
    key: "errors",
    of: (error) => {
      const errors = read(error, "errors");
      return Array.isArray(errors) ? errors : [];
    },
    title: (index, count) => `Error ${index + 1} of ${count}`,
  },
  // What `using` throws when both the block and the disposal fail.
  {
    key: "error",
    of: (error) => (isSuppressed(error) ? one(error, "error") : []),
    title: () => "Thrown last",
  },
  {
    key: "suppressed",
    of: (error) => (isSuppressed(error) ? one(error, "suppressed") : []),
    title: () => "Thrown before it",
  },
];

function relatedOf(error: Error, around: Around): string[] {
  const { seen } = around;
  const lines: string[] = [];
  for (const { of, title } of relations) {
    const all = of(error);
    for (const [index, inner] of all.entries()) {
      const heading = title(index, all.length);
      if (seen.size >= mostRelated) {
        lines.push("", `… ${all.length - index} more: ${heading}`);
        break;
      }
      if (!isError(inner)) lines.push("", `${heading}: ${cut(formatText(inner), longestDetails)}`);
      else if (seen.has(inner)) lines.push("", `${heading}: ${headOf(inner).ename} (see above)`);
      else {
        const [first, ...rest] = tracebackOf(inner, around);
        lines.push("", `${heading}: ${first}`, ...rest);
      }
    }
  }
  return lines;
}

const keysOf = (error: Error): readonly string[] => {
  try {
    return Object.keys(error);
  } catch {
    return [];
  }
};

function read(value: unknown, key: string): unknown {
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

/** A message is a string but for those that user code has put in its place. */
const textOf = (message: unknown): string =>
  typeof message === "string" ? message : message === undefined ? "" : formatText(message);
