/** Rewrites a text from front to back: what is not kept is blanked or replaced, and every line stays where it was. */

export class Writer {
  readonly text: string;
  #at = 0;
  #out = "";
  readonly #places: number[] = [];

  constructor(text: string) {
    this.text = text;
  }

  /** Keeps the text up to `end`. */
  copy(end: number): void {
    if (end > this.#at) this.#follow();
    if (end > this.#at) this.#out += this.text.slice(this.#at, end);
    this.#at = Math.max(this.#at, end);
  }

  /** Puts `text` in at the present place; errors in it are shown at `origin` of the source. */
  insert(text: string, origin = this.#at): void {
    if (text === "") return;
    this.#stay(origin);
    this.#out += text;
  }

  /** Turns the text up to `end` into spaces. */
  blank(end: number): void {
    if (end > this.#at) this.#follow();
    if (end > this.#at) this.#out += this.text.slice(this.#at, end).replace(/[^\r\n\u2028\u2029]/g, " ");
    this.#at = Math.max(this.#at, end);
  }

  /** Puts `by` in the place of the text up to `end`, whose line breaks follow it. */
  replace(end: number, by: string): void {
    this.#stay(this.#at);
    this.#out += by + this.text.slice(this.#at, end).replace(/[^\r\n\u2028\u2029]+/g, "");
    this.#at = end;
  }

  /** Where each part of the result comes from, as `Compiled` has it, when `lead` characters stand before the result. */
  places(lead: number): readonly number[] {
    return this.#places.map((place, i) => (i % 2 === 0 ? place + lead : place));
  }

  // From here on the result follows the text, character by character.
  #follow(): void {
    const last = this.#places.at(-1);
    if (last === undefined || last < 0) this.#places.push(this.#out.length, this.#at);
  }

  // From here on the result stands for one place of the text.
  #stay(origin: number): void {
    if (this.#places.at(-1) !== ~origin) this.#places.push(this.#out.length, ~origin);
  }

  /** The whole result. */
  finish(): string {
    this.copy(this.text.length);
    this.#follow();
    return this.#out;
  }
}
