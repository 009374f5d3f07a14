/** The frames of an error as lines of a traceback: the user's with an excerpt, those of packages in brief. */

import { relative } from "node:path";
import { process } from "../originals.ts";
import { excerptOf } from "./excerpt.ts";
import type { Frame } from "./frames.ts";

const green = (text: string): string => `\u001b[0;32m${text}\u001b[0m`;
const cyan = (text: string): string => `\u001b[0;36m${text}\u001b[0m`;

/** Of a deep stack, the innermost and the outermost frames are shown. */
const mostInner = 8;
const mostOuter = 4;
/** How many frames in a row are shown of a package. */
const mostOfPackage = 3;
/** How far apart frames of a recursion through several functions may be. */
const longestRound = 6;

/** Lines for frames, innermost first. */
export function placesOf(frames: readonly Frame[]): readonly string[] {
  const steps = withoutMiddle(briefPackages(withoutRounds(frames)));
  let around = 2;
  return steps.flatMap((step) => {
    if (typeof step === "string") return [step];
    const excerpt = excerptOf(step, around);
    if (excerpt.length > 0) around = 0;
    return [titleOf(step), ...excerpt];
  });
}

/** A frame, or a line that says what is left out. */
type Step = Frame | string;

const keyOf = ({ name, file, line, column }: Frame): string => `${name}\n${file}:${line}:${column}`;

/** Recursion passes the same places again and again: each is shown once. */
function withoutRounds(frames: readonly Frame[]): readonly Step[] {
  const steps: Step[] = [];
  let left = 0;
  const say = (): void => {
    if (left > 0)
      steps.push(
        `… ${left} more ${left === 1 ? "call" : "calls"} from the same ${left === 1 ? "place" : "places"}`,
      );
    left = 0;
  };
  for (const [index, frame] of frames.entries()) {
    const recent = frames.slice(Math.max(0, index - longestRound), index);
    if (recent.some((one) => keyOf(one) === keyOf(frame))) left += 1;
    else {
      say();
      steps.push(frame);
    }
  }
  say();
  return steps;
}

const packageOf = (step: Step | undefined): string | undefined =>
  typeof step === "object" ? /.*\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(step.file)?.[1] : undefined;

function briefPackages(steps: readonly Step[]): readonly Step[] {
  const brief: Step[] = [];
  for (let at = 0; at < steps.length; ) {
    const name = packageOf(steps[at]);
    let end = at + 1;
    while (name !== undefined && packageOf(steps[end]) === name) end++;
    const shown = steps.slice(at, name === undefined ? end : Math.min(end, at + mostOfPackage));
    brief.push(...shown);
    if (shown.length < end - at) brief.push(`… ${end - at - shown.length} more in ${name}`);
    at = end;
  }
  return brief;
}

function withoutMiddle(steps: readonly Step[]): readonly Step[] {
  const left = steps.length - mostInner - mostOuter;
  if (left <= 1) return steps;
  return [...steps.slice(0, mostInner), `… ${left} more`, ...steps.slice(-mostOuter)];
}

function titleOf({ name, file, line, column }: Frame): string {
  const where = `${green(shortPath(file))}:${line}${column === undefined ? "" : `:${column}`}`;
  return name === "" ? `at ${where}` : `at ${cyan(name)} (${where})`;
}

/** A path below the notebook's folder from there on, one in a package from `node_modules` on. */
function shortPath(file: string): string {
  const inPackage = file.lastIndexOf("/node_modules/");
  if (inPackage >= 0) return file.slice(inPackage + 1);
  const path = file.startsWith("/") ? relative(process.cwd(), file) : "";
  return path === "" || path.startsWith("..") ? file : path;
}
