/** The magics as data for compiler and runtime alike: how each is written, what it does, what its body is. */

/** What stands in a magic's cell beside its first line. */
export type MagicBody =
  /** Nothing. */
  | "none"
  /** Text below the line. */
  | "text"
  /** TypeScript below the line. */
  | "code"
  /** TypeScript below the line, if there is any. */
  | "rest"
  /** TypeScript on the line. */
  | "line";

export interface Magic {
  /** What may follow the name. Its options are read from here: `[-n LOOPS]` takes a value, `[--quiet]` none. */
  readonly usage: string;
  readonly summary: string;
  readonly body: MagicBody;
  /** Whether the TypeScript runs over and over; with a body below, the line's own is run before it. */
  readonly loops?: true;
}

const script = "[--out NAME] [--err NAME] [--no-raise-error]";
const loops = "[-n LOOPS] [-r RUNS] [-p DIGITS]";

const table = {
  "%lsmagic": { usage: "", summary: "Lists the magics.", body: "none" },
  "%%time": {
    usage: "",
    summary: "Runs the cell and tells how long it took; its names and its value stay.",
    body: "code",
  },
  "%time": { usage: "EXPRESSION", summary: "The same for one line.", body: "line" },
  "%%timeit": {
    usage: `${loops} [SETUP]`,
    summary: "Runs the cell many times and tells what one turn takes; its names do not stay.",
    body: "code",
    loops: true,
  },
  "%timeit": {
    usage: `${loops} EXPRESSION`,
    summary: "The same for one line.",
    body: "line",
    loops: true,
  },
  "%%bash": {
    usage: `${script} [ARGUMENT …]`,
    summary: "Runs a bash script in the notebook's folder; --out and --err keep its output in a variable.",
    body: "text",
  },
  "%%sh": { usage: `${script} [ARGUMENT …]`, summary: "The same with sh.", body: "text" },
  "%%script": {
    usage: `${script} PROGRAM [ARGUMENT …]`,
    summary: "Runs another program, such as python3, with the cell as its input.",
    body: "text",
  },
  "%%writefile": {
    usage: "[-a|--append] PATH",
    summary: "Writes the cell to a file, or at its end with -a.",
    body: "text",
  },
  "%%html": { usage: "", summary: "Shows the cell as HTML.", body: "text" },
  "%%markdown": { usage: "", summary: "Shows the cell as Markdown.", body: "text" },
  "%%latex": { usage: "", summary: "Shows the cell as LaTeX.", body: "text" },
  "%%svg": { usage: "", summary: "Shows the cell as an SVG image.", body: "text" },
  "%%javascript": { usage: "", summary: "Runs the cell as JavaScript in the page.", body: "text" },
  "%%js": { usage: "", summary: "The same as %%javascript.", body: "text" },
  "%matplotlib": {
    usage: "inline",
    summary: "Accepted, so that a notebook may begin as in Python: plots always appear in the page.",
    body: "rest",
  },
} satisfies Record<string, Magic>;

export type MagicName = keyof typeof table;

/** Every magic by its name, signs included. */
export const magics: Readonly<Record<MagicName, Magic>> = table;

export const isMagicName = (name: string): name is MagicName => Object.hasOwn(magics, name);

/** A magic that a cell is to be run by. */
export interface MagicCall {
  readonly name: string;
  /** The rest of its line. */
  readonly args: string;
  /** The text below. */
  readonly body: string;
}

/** A magic with the places of its parts in the cell. */
export interface MagicHead extends MagicCall {
  readonly at: number;
  readonly argsAt: number;
  readonly bodyAt: number;
}

/** The magic that a cell begins with; null for a cell of TypeScript, which never begins with `%`. */
export function magicHead(source: string): MagicHead | null {
  const found = /^(\s*)(%%?[^\s%]*)([^\S\r\n]*)([^\r\n]*)(\r?\n|$)/.exec(source);
  if (!found) return null;
  const [whole, before = "", name = "", space = "", args = ""] = found;
  const argsAt = before.length + name.length + space.length;
  return {
    name,
    args: args.trimEnd(),
    body: source.slice(whole.length),
    at: before.length,
    argsAt,
    bodyAt: whole.length,
  };
}

/** A magic's options by the longest of their names, and what follows them. */
export interface MagicArguments {
  readonly options: Readonly<Record<string, string | true>>;
  readonly rest: string;
  /** Where the rest begins. */
  readonly restAt: number;
}

interface Option {
  readonly names: readonly string[];
  readonly takesValue: boolean;
}

/** The options that a usage tells of. */
export function magicOptions(usage: string): readonly Option[] {
  return [...usage.matchAll(/\[((?:\|?--?[\w-]+)+)( [A-Z]+)?\]/g)].map(([, names = "", value]) => ({
    names: names.split("|"),
    takesValue: value !== undefined,
  }));
}

const word = /\s*((?:"[^"]*"|'[^']*'|[^\s"'])+|["'])/y;

/** Takes the options at the beginning of `args`; what the usage does not know is left to the rest. */
export function magicArguments(usage: string, args: string): MagicArguments {
  const known = magicOptions(usage);
  const options: Record<string, string | true> = {};
  let restAt = 0;
  const next = (at: number): string | undefined => {
    word.lastIndex = at;
    return word.exec(args)?.[1];
  };
  for (let text = next(0); text !== undefined; text = next(restAt)) {
    const found = known.flatMap((option) => option.names.map((name) => ({ name, option })));
    const fits = found.find(
      ({ name, option }) => text === name || (option.takesValue && isJoined(text!, name)),
    );
    if (!fits) break;
    restAt = word.lastIndex;
    let value: string | true = true;
    if (fits.option.takesValue) {
      const joined = text.slice(fits.name.length).replace(/^=/, "");
      value = unquoted(joined || (next(restAt) ?? ""));
      if (joined === "" && value !== "") restAt = word.lastIndex;
    }
    options[fits.option.names.at(-1)!] = value;
  }
  restAt += /^\s*/.exec(args.slice(restAt))![0].length;
  return { options, rest: args.slice(restAt), restAt };
}

// `-n10` and `--out=text`.
const isJoined = (text: string, name: string): boolean =>
  text.startsWith(name.startsWith("--") ? `${name}=` : name);

/** The words of a line, with the quotes around words and parts of words taken away. */
export function magicWords(text: string): string[] {
  return [...text.matchAll(new RegExp(word, "g"))].map(([, found = ""]) => unquoted(found));
}

const unquoted = (text: string): string => text.replace(/"([^"]*)"|'([^']*)'/g, "$1$2");
