/** `error.stack` as the user should read it, for the console and for code of theirs: their frames, in their lines. */
import { types } from "node:util";
import { cellHooks } from "../display/cell-hooks.ts";
import { type Frame, frameOfSite, framesOfText, usersAmong } from "./frames.ts";

type Prepare = (error: Error, sites: NodeJS.CallSite[]) => unknown;

/** What stacks were made of: a stack that is still as we made it needs no reading. */
const made = new WeakMap<object, { readonly text: string; readonly frames: readonly Frame[] }>();

/**
 * Makes V8 format stacks by `prepareStack`, which it does when one is first read: an error that nobody looks at costs nothing.
 * A function that user code puts in its place is called instead, until it is taken away again.
 */
export function installStacks(): void {
  definePrepare();
  // Some packages delete what they found undefined elsewhere.
  cellHooks.start.add(() => {
    if (!Object.hasOwn(Error, "prepareStackTrace")) definePrepare();
  });
}

function definePrepare(): void {
  let users: Prepare | undefined;
  Object.defineProperty(Error, "prepareStackTrace", {
    configurable: true,
    enumerable: false,
    get: () => users ?? prepareStack,
    set(value: unknown) {
      users = typeof value === "function" && value !== prepareStack ? (value as Prepare) : undefined;
    },
  });
}

/** The frames of an error, innermost first, whoever wrote its `stack`. Never throws. */
export function framesOf(error: object): readonly Frame[] {
  try {
    const { stack } = error as { stack?: unknown };
    const known = made.get(error);
    if (known !== undefined && known.text === stack) return known.frames;
    if (Array.isArray(stack)) return framesOfSites(stack as NodeJS.CallSite[]);
    return typeof stack === "string" ? framesOfText(stack) : [];
  } catch {
    return [];
  }
}

const prepareStack = (error: Error, sites: NodeJS.CallSite[]): string => {
  const kept = usersAmong(sites, (site) => site.getFileName() ?? null);
  mendMessage(error);
  const head = headOf(error);
  try {
    const places = kept
      .map((site) => ({ site, frame: frameOfSite(site) }))
      .filter(({ frame }) => frame !== null);
    const text = [head, ...places.map(lineOf)].join("\n    at ");
    made.set(error, { text, frames: places.flatMap(({ frame }) => frame ?? []) });
    return text;
  } catch {
    return head;
  }
};

const framesOfSites = (sites: readonly NodeJS.CallSite[]): readonly Frame[] =>
  usersAmong(sites, (site) => site.getFileName() ?? null).flatMap((site) => frameOfSite(site) ?? []);

/** As V8 writes it, with the place that the user knows. */
function lineOf({ site, frame }: { site: NodeJS.CallSite; frame: Frame | undefined | null }): string {
  const text = String(site);
  if (!frame?.source) return text;
  const emitted = `${site.getFileName()}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  const { file, line, column } = frame;
  return text.replace(emitted, () =>
    column === undefined ? `${file}:${line}` : `${file}:${line}:${column}`,
  );
}

/** The first line, as Node writes it: with the code of an error of Node's own. */
function headOf(error: Error): string {
  try {
    const { code } = error as { code?: unknown };
    const isNodes = typeof code === "string" && code.startsWith("ERR_") && !String(error.name).includes(code);
    return isNodes ? `${error.name} [${code}]: ${error.message}` : Error.prototype.toString.call(error);
  } catch {
    return "<error>";
  }
}

/** How V8 calls what stands in the store: `(0 , $5.f)` and `$5.f`. */
const stored = /\(0 , \$+\d+\.([\p{ID_Continue}$]+)\)|(?<![\p{ID_Continue}$.])\$+\d+\.(?=[\p{ID_Start}_$])/gu;

/** V8 tells of `(0 , $5.f)`, which is `f` to whoever wrote it. */
export function mendMessage(error: unknown): void {
  try {
    if (!types.isNativeError(error) || !(error instanceof TypeError) || !error.message.includes("$")) return;
    const message = error.message.replace(stored, (_, name: string | undefined) => name ?? "");
    if (message !== error.message) error.message = message;
  } catch {
    // It may be frozen, or no error at all.
  }
}
