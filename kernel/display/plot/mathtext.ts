/** Labels with `$…$` mathematics, as matplotlib reads them, laid out as runs of text and rules. */
import { ascent, descent, type Face, textWidth, xHeight } from "./font.ts";
import { accents, functions, symbols } from "./symbols.ts";

/** A piece of text in one face and size (in em of the label) at a place right of and below the label's origin. */
export interface Run {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly face: Face;
  readonly text: string;
}

/** A horizontal line of a fraction or a root, in em. */
export interface Rule {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A laid-out label; lengths in em, `y` downwards from the first baseline. */
export interface Layout {
  readonly runs: readonly Run[];
  readonly rules: readonly Rule[];
  readonly width: number;
  readonly ascent: number;
  readonly descent: number;
}

const empty: Layout = { runs: [], rules: [], width: 0, ascent: 0, descent: 0 };

function plain(text: string, face: Face = "regular"): Layout {
  if (text === "") return empty;
  return {
    runs: [{ x: 0, y: 0, size: 1, face, text }],
    rules: [],
    width: textWidth(text, face),
    ascent,
    descent,
  };
}

const space = (width: number): Layout => ({ ...empty, width });

/** A layout scaled and moved. */
function place(box: Layout, x: number, y: number, size = 1): Layout {
  return {
    runs: box.runs.map((r) => ({ ...r, x: x + r.x * size, y: y + r.y * size, size: r.size * size })),
    rules: box.rules.map((r) => ({ x: x + r.x * size, y: y + r.y * size, width: r.width * size })),
    width: x + box.width * size,
    ascent: box.ascent * size - y,
    descent: box.descent * size + y,
  };
}

function merge(boxes: readonly Layout[]): Layout {
  return {
    runs: boxes.flatMap((b) => b.runs),
    rules: boxes.flatMap((b) => b.rules),
    width: Math.max(0, ...boxes.map((b) => b.width)),
    ascent: Math.max(0, ...boxes.map((b) => b.ascent)),
    descent: Math.max(0, ...boxes.map((b) => b.descent)),
  };
}

/** Boxes side by side; neighbouring runs of one face, size and baseline become one. */
function row(boxes: readonly Layout[]): Layout {
  let x = 0;
  const placed = boxes.map((box) => {
    const at = place(box, x, 0);
    x += box.width;
    return at;
  });
  const { runs, ...rest } = merge(placed);
  const joined: Run[] = [];
  let end = 0;
  for (const run of runs) {
    const last = joined.at(-1);
    if (
      last &&
      last.face === run.face &&
      last.size === run.size &&
      last.y === run.y &&
      Math.abs(end - run.x) < 1e-9
    ) {
      joined[joined.length - 1] = { ...last, text: last.text + run.text };
    } else joined.push(run);
    end = run.x + textWidth(run.text, run.face) * run.size;
  }
  return { ...rest, runs: joined, width: x };
}

/** matplotlib's sizes and shifts of scripts. */
const scriptSize = 0.7;

function withScripts(base: Layout, sup: Layout | null, sub: Layout | null): Layout {
  if (!sup && !sub) return base;
  const tall = base.ascent > ascent + 0.01 ? base.ascent - 0.4 * xHeight : 0;
  const up = Math.max(0.7 * xHeight, tall);
  const down = Math.max((sup ? 0.5 : 0.3) * xHeight, base.descent > descent + 0.01 ? base.descent : 0);
  const scripts = [
    ...(sup ? [place(sup, base.width, -up, scriptSize)] : []),
    ...(sub ? [place(sub, base.width, down, scriptSize)] : []),
  ];
  const all = merge([base, ...scripts]);
  return { ...all, width: all.width + 0.05 };
}

/** Scripts above and below an operator such as a sum. */
function withLimits(base: Layout, sup: Layout | null, sub: Layout | null): Layout {
  const width = Math.max(base.width, ...[sup, sub].map((s) => (s ? s.width * scriptSize : 0)));
  const centred = (box: Layout, y: number, size: number) =>
    place(box, (width - box.width * size) / 2, y, size);
  const boxes = [centred(base, 0, 1)];
  if (sup) boxes.push(centred(sup, -base.ascent - 0.06 - sup.descent * scriptSize, scriptSize));
  if (sub) boxes.push(centred(sub, base.descent + 0.02 + sub.ascent * scriptSize, scriptSize));
  return { ...merge(boxes), width };
}

function fraction(over: Layout, under: Layout): Layout {
  const size = scriptSize;
  const width = Math.max(over.width, under.width) * size + 0.1;
  const axis = -0.31;
  const top = place(over, (width - over.width * size) / 2, axis - 0.1 - over.descent * size, size);
  const bottom = place(under, (width - under.width * size) / 2, axis + 0.12 + under.ascent * size, size);
  return {
    ...merge([top, bottom]),
    rules: [...top.rules, ...bottom.rules, { x: 0, y: axis, width }],
    width: width + 0.05,
  };
}

function root(body: Layout): Layout {
  const sign = plain("√");
  const inner = place(body, sign.width, 0);
  const all = merge([sign, inner]);
  const y = -Math.max(0.8, body.ascent + 0.08);
  return {
    ...all,
    ascent: -y + 0.05,
    rules: [...all.rules, { x: sign.width - 0.02, y, width: body.width + 0.06 }],
    width: inner.width + 0.05,
  };
}

// ---- Parsing ---------------------------------------------------------------------------------------

/** A command `\name`, a number, one character, or white space, which mathematics ignores. */
const token = /\\(?:[a-zA-Z]+|[\s\S])|\d+(?:\.\d+)?|\s+|[\s\S]/gu;

interface Reader {
  readonly tokens: readonly string[];
  at: number;
  /** The face of `\mathrm{…}` and its like, or null: letters italic, the rest upright. */
  face: Face | null;
}

const faces: Readonly<Record<string, Face>> = {
  mathrm: "regular",
  mathdefault: "regular",
  mathregular: "regular",
  text: "regular",
  textrm: "regular",
  operatorname: "regular",
  rm: "regular",
  mathit: "italic",
  it: "italic",
  mathbf: "bold",
  bf: "bold",
  boldsymbol: "bold",
  textbf: "bold",
};

function readRow(reader: Reader, end: string | null): Layout {
  const boxes: Layout[] = [];
  let previous: "open" | "atom" = "open";
  while (reader.at < reader.tokens.length && reader.tokens[reader.at] !== end) {
    const text = reader.tokens[reader.at]!;
    const symbol = operator(text);
    if (symbol && !(previous === "open" && /^[+\u2212±∓]$/.test(symbol))) {
      reader.at++;
      boxes.push(space(0.2), plain(symbol), space(0.2));
      previous = "open";
    } else {
      boxes.push(readScripted(reader));
      previous = /^\s+$/.test(text)
        ? previous
        : /^([([{,]|\\\|?)$/.test(text) && text !== "\\|"
          ? "open"
          : "atom";
      if (text === ",") boxes.push(space(0.2));
    }
  }
  if (reader.tokens[reader.at] === end) reader.at++;
  return row(boxes);
}

/** The binary operator or relation that a token stands for, which is set with room on both sides. */
function operator(text: string): string | null {
  if (text === "-") return "\u2212";
  if (text === "*") return "∗";
  const symbol = text.startsWith("\\") ? symbols[text.slice(1)] : text;
  return symbol && /^[=<>+≤≥≠≈≡∼≃∝∈∉⊂⊆∪∩→←↦⇒⇔↔±∓×⋅∘⊗⊕⊙≪≫÷∧∨⟶⟵:]$/u.test(symbol) ? symbol : null;
}

/** Operators whose scripts stand above and below. */
const limits = /^\\(?:sum|prod|max|min|sup|inf|lim|argmin|argmax)$/;

function readScripted(reader: Reader): Layout {
  const arrange = limits.test(reader.tokens[reader.at]!) ? withLimits : withScripts;
  const base = readAtom(reader);
  let sup: Layout | null = null;
  let sub: Layout | null = null;
  for (;;) {
    const next = reader.tokens[reader.at];
    if (next === "^") {
      reader.at++;
      const script = readArgument(reader);
      sup = sup ? row([sup, script]) : script;
    } else if (next === "_") {
      reader.at++;
      sub = readArgument(reader);
    } else if (next === "'") {
      reader.at++;
      sup = row([...(sup ? [sup] : []), plain("′")]);
    } else return arrange(base, sup, sub);
  }
}

function readArgument(reader: Reader): Layout {
  while (/^\s+$/.test(reader.tokens[reader.at] ?? "")) reader.at++;
  return reader.at < reader.tokens.length ? readAtom(reader) : empty;
}

function readAtom(reader: Reader): Layout {
  const text = reader.tokens[reader.at]!;
  if (text === "^" || text === "_" || text === "'") return empty;
  reader.at++;
  if (text === "{") return readRow(reader, "}");
  if (text.startsWith("\\") && text.length > 1) return readCommand(reader, text.slice(1));
  if (/^\s+$/.test(text)) return empty;
  if (text === "-") return plain("\u2212");
  return letter(text, reader.face);
}

const letter = (text: string, face: Face | null): Layout =>
  plain(text, face ?? (/^[a-zA-Zα-ωϑϕϖϱϵ]$/u.test(text) ? "italic" : "regular"));

const spaces: Readonly<Record<string, number>> = {
  ",": 0.167,
  ":": 0.222,
  ">": 0.222,
  ";": 0.278,
  " ": 0.333,
  "!": -0.167,
  quad: 1,
  qquad: 2,
  enspace: 0.5,
};

const own = <T>(table: Readonly<Record<string, T>>, name: string): T | undefined =>
  Object.hasOwn(table, name) ? table[name] : undefined;

function readCommand(reader: Reader, name: string): Layout {
  const wide = own(spaces, name);
  if (wide !== undefined) return space(wide);
  const face = own(faces, name);
  if (face) return readInFace(reader, face, name.startsWith("text") || name === "operatorname");
  if (name === "frac" || name === "dfrac" || name === "tfrac") {
    const over = readArgument(reader);
    return fraction(over, readArgument(reader));
  }
  if (name === "sqrt") return root(readArgument(reader));
  if (name === "left" || name === "right") {
    if (reader.tokens[reader.at] === ".") reader.at++;
    return reader.at < reader.tokens.length ? readAtom(reader) : empty;
  }
  const accent = own(accents, name);
  if (accent) return accented(readArgument(reader), accent);
  if (functions.has(name)) {
    const tight = /^[(^_[{]$/.test(reader.tokens[reader.at] ?? "");
    return tight ? plain(name) : row([plain(name), space(0.167)]);
  }
  if (name === "mathbb" || name === "mathcal" || name === "mathfrak") return styled(reader, name);
  const symbol = own(symbols, name);
  if (symbol) return letter(symbol, reader.face);
  return plain(/^[^a-zA-Z]/.test(name) ? name : `\\${name}`);
}

/** The next argument in one face; `\text{…}` keeps its spaces and has no mathematics in it. */
function readInFace(reader: Reader, face: Face, literal: boolean): Layout {
  if (literal && reader.tokens[reader.at] === "{") {
    const end = reader.tokens.indexOf("}", reader.at);
    const text = reader.tokens.slice(reader.at + 1, end < 0 ? undefined : end).join("");
    reader.at = end < 0 ? reader.tokens.length : end + 1;
    return plain(text, face);
  }
  const outer = reader.face;
  reader.face = face;
  const box = readArgument(reader);
  reader.face = outer;
  return box;
}

/** The mark over the middle letter of `box`, as a combining character. */
function accented(box: Layout, mark: string): Layout {
  const at = Math.floor((box.runs.length - 1) / 2);
  const run = box.runs[at];
  if (!run) return box;
  const characters = [...run.text];
  characters.splice(Math.floor((characters.length - 1) / 2) + 1, 0, mark);
  return { ...box, ascent: box.ascent + 0.1, runs: box.runs.with(at, { ...run, text: characters.join("") }) };
}

const doubleStruck: Readonly<Record<string, string>> = {
  C: "ℂ",
  H: "ℍ",
  N: "ℕ",
  P: "ℙ",
  Q: "ℚ",
  R: "ℝ",
  Z: "ℤ",
  E: "𝔼",
  1: "𝟙",
};
const script: Readonly<Record<string, string>> = {
  B: "ℬ",
  E: "ℰ",
  F: "ℱ",
  H: "ℋ",
  I: "ℐ",
  L: "ℒ",
  M: "ℳ",
  R: "ℛ",
};

function styled(reader: Reader, name: string): Layout {
  const box = readInFace(reader, "italic", true);
  const table = name === "mathbb" ? doubleStruck : name === "mathcal" ? script : {};
  const text = [...box.runs.map((r) => r.text).join("")].map((c) => own(table, c) ?? c).join("");
  return plain(text, /[ℂℍℕℙℚℝℤ𝔼𝟙ℬℰℱℋℐℒℳℛ]/u.test(text) ? "regular" : "italic");
}

// ---- Labels ------------------------------------------------------------------------------------------

const layouts = new Map<string, Layout>();

/** A one-line label, with mathematics between unescaped dollar signs; an odd number of them is plain text. */
export function layoutLine(label: string): Layout {
  let layout = layouts.get(label);
  if (!layout) {
    layout = compute(label);
    if (layouts.size > 500) layouts.clear();
    layouts.set(label, layout);
  }
  return layout;
}

function compute(label: string): Layout {
  const parts = label.split(/(?<!\\)\$/);
  if (parts.length % 2 === 0 || parts.length === 1) return plain(label.replaceAll("\\$", "$"));
  return row(parts.map((part, i) => (i % 2 === 0 ? plain(part.replaceAll("\\$", "$")) : math(part))));
}

function math(source: string): Layout {
  const reader: Reader = { tokens: source.match(token) ?? [], at: 0, face: null };
  const rows: Layout[] = [];
  while (reader.at < reader.tokens.length) {
    rows.push(readRow(reader, "}"));
    // A closing brace that nothing opened is shown as it is.
    if (reader.tokens[reader.at - 1] === "}" && !balanced(reader.tokens.slice(0, reader.at)))
      rows.push(plain("}"));
  }
  return row(rows);
}

const balanced = (tokens: readonly string[]): boolean =>
  tokens.reduce((depth, t) => depth + (t === "{" ? 1 : t === "}" ? -1 : 0), 0) >= 0;
