/** The rows, brackets and dots of an array's text, as NumPy's array2string sets them. */

const lineWidth = 75;
/** Arrays of more elements show only `edge` of them at either end of each dimension. */
const threshold = 1000;
const edge = 3;

/** The text of an array of `shape`; `format` is given the elements that are shown. */
export function layOut(
  shape: readonly number[],
  at: (...index: number[]) => unknown,
  format: (shown: readonly unknown[]) => (x: unknown) => string,
): string {
  const cut = shape.reduce((a, b) => a * b, 1) > threshold;
  const places = shape.map((length) => placesOf(length, cut));
  const shown: unknown[] = [];
  visit(places, (index) => shown.push(at(...index)));
  const text = format(shown);
  return rows([], " ");

  function rows(index: readonly number[], indent: string): string {
    const axis = index.length;
    const here = places[axis]!;
    if (axis === shape.length - 1) {
      const width = lineWidth - axis - 1;
      const words = here.map((i) => (i === null ? "..." : text(at(...index, i))));
      return `[${fill(words, width, indent).slice(indent.length)}]`;
    }
    const nested = here.map((i) => (i === null ? "..." : rows([...index, i], `${indent} `)));
    const separator = "\n".repeat(shape.length - axis - 1);
    return `[${nested
      .map((row) => indent + row)
      .join(separator)
      .slice(indent.length)}]`;
  }
}

/** The places of a dimension that are shown, null for those left out. */
function placesOf(length: number, cut: boolean): readonly (number | null)[] {
  const all = Array.from({ length }, (_, i) => i);
  return cut && length > 2 * edge ? [...all.slice(0, edge), null, ...all.slice(-edge)] : all;
}

function visit(
  places: readonly (readonly (number | null)[])[],
  f: (index: readonly number[]) => void,
  index: readonly number[] = [],
): void {
  if (index.length === places.length) return f(index);
  for (const i of places[index.length]!) if (i !== null) visit(places, f, [...index, i]);
}

/** Words in lines that are not longer than `width`. */
function fill(words: readonly string[], width: number, indent: string): string {
  let done = "";
  let line = indent;
  words.forEach((word, i) => {
    if (line.length > indent.length && line.length + word.length > width) {
      done += `${line.trimEnd()}\n`;
      line = indent;
    }
    line += i < words.length - 1 ? `${word} ` : word;
  });
  return done + line;
}
