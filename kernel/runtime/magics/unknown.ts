/** What to say about a magic that does not exist: near names, or what to use in its place. */
import { magics } from "../../magics.ts";
import { UsageError } from "./magic.ts";

const shell = "%%bash, with the command below it";
const packages = "%%bash, with npm install NAME below it: packages come from npm";

/** Magics of IPython, each with what serves its purpose here. */
const instead: Readonly<Record<string, string>> = {
  autoreload: "nothing: edited local files are imported anew by themselves",
  cd: "process.chdir(path)",
  conda: packages,
  env: "process.env",
  file: "%%writefile",
  load_ext: "nothing: there are no extensions to load",
  pip: packages,
  python: "%%script python3",
  pwd: "process.cwd()",
  run: 'await import("./file.ts")',
  ts: "nothing: every cell is TypeScript",
  typescript: "nothing: every cell is TypeScript",
  ...Object.fromEntries(
    ["cat", "cp", "ls", "mkdir", "mv", "npm", "rm", "sx", "system"].map((name) => [name, shell]),
  ),
  ...Object.fromEntries(["perl", "python3", "ruby"].map((name) => [name, `%%script ${name}`])),
};

/** The error for `name`, signs included. */
export function unknownMagic(name: string): UsageError {
  const bare = name.replace(/^%+/, "");
  const advice = Object.hasOwn(instead, bare) ? `use ${instead[bare]}` : near(name, bare);
  return new UsageError(`${name}: there is no such magic: ${advice}`);
}

function near(name: string, bare: string): string {
  const names = Object.keys(magics);
  const other = names.find((one) => one !== name && one.replace(/^%+/, "") === bare);
  if (other) return `did you mean ${other}?`;
  const distances = names.map((one) => ({ one, far: distance(name, one) })).sort((a, b) => a.far - b.far);
  const [best] = distances;
  const close = distances.filter(({ far }) => far === best?.far && far <= Math.max(1, bare.length / 3));
  const list = "%lsmagic lists all there are";
  return close.length === 0 ? list : `did you mean ${close.map(({ one }) => one).join(" or ")}? ${list}`;
}

/** Letters to insert, remove, replace or swap with the next. */
function distance(a: string, b: string): number {
  let [before, row] = [[] as number[], Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = isSwap ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, replaced, swapped));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
