/** Rewrites a text from front to back: what is not kept is blanked or replaced, and every line stays where it was. */

export class Writer {
  readonly text: string;
  #at = 0;
  #out = "";

  constructor(text: string) {
    this.text = text;
  }

  /** Keeps the text up to `end`. */
  copy(end: number): void {
    if (end > this.#at) this.#out += this.text.slice(this.#at, end);
    this.#at = Math.max(this.#at, end);
  }

  /** Puts `text` in at the present place. */
  insert(text: string): void {
    this.#out += text;
  }

  /** Turns the text up to `end` into spaces. */
  blank(end: number): void {
    if (end > this.#at) this.#out += this.text.slice(this.#at, end).replace(/[^\r\n\u2028\u2029]/g, " ");
    this.#at = Math.max(this.#at, end);
  }

  /** Puts `by` in the place of the text up to `end`, whose line breaks follow it. */
  replace(end: number, by: string): void {
    this.#out += by + this.text.slice(this.#at, end).replace(/[^\r\n\u2028\u2029]+/g, "");
    this.#at = end;
  }

  /** The whole result. */
  finish(): string {
    this.copy(this.text.length);
    return this.#out;
  }
}
