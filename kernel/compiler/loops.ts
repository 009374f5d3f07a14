/** The interrupt checks of loops: a look at one flag each turn, and the throw behind the loop. */
import { INTERRUPT_FLAG } from "../threads.ts";

/** What a loop is written with. */
export interface LoopCheck {
  readonly before: string;
  /** The statement that begins each turn. */
  readonly turn: string;
  readonly after: string;
}

/**
 * The checks of one file's loops. A turn leaves the loop by `break` for a throw that stands behind it: a call inside, even one
 * that never happens, costs V8 the loop's registers (2 to 6 ns a turn), as does a value that lives beyond two exits.
 */
export class LoopChecks {
  readonly #context: string;
  readonly #flag: string;
  #made = 0;

  /** `flag` is the text that stands for the flag's array. */
  constructor(context: string, flag: string) {
    this.#context = context;
    this.#flag = flag;
  }

  /** The check of the next loop. */
  next(): LoopCheck {
    const done = `${this.#context}${++this.#made}`;
    const stop = `${done}s`;
    return {
      before: `${done}:{${stop}:{`,
      turn: `if(${this.#flag}[0])break ${stop};`,
      after: `;break ${done}}throw ${this.#context}.interrupt()}`,
    };
  }
}

/** The flag is a global, which V8 reads as a constant, unless the file itself says that name. */
export const flagText = (context: string, identifiers: ReadonlyMap<string, string>): string =>
  identifiers.has(INTERRUPT_FLAG) ? `${context}.flag` : INTERRUPT_FLAG;
