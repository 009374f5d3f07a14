/** Globs over whole texts, in a time that no pattern can blow up. */

/** Whether `glob` fits all of `text`: `*` is any text, `?` any character; the rest stands for itself. */
export function matchesGlob(text: string, glob: string): boolean {
  const [characters, pattern] = [Array.from(text), Array.from(glob)];
  let at = 0;
  let next = 0;
  // The last star, and how far the text that it stands for reaches: only that one is ever tried again.
  let star = -1;
  let reach = 0;
  while (at < characters.length) {
    if (pattern[next] === "*") {
      star = next++;
      reach = at;
    } else if (next < pattern.length && (pattern[next] === "?" || pattern[next] === characters[at])) {
      at++;
      next++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++reach;
    } else return false;
  }
  while (pattern[next] === "*") next++;
  return next === pattern.length;
}
