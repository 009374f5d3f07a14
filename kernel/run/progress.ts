/** Progress of notebooks that run side by side: redrawn lines on a terminal, one line a notebook elsewhere. */
import type { WriteStream } from "node:tty";

/** One notebook's line. */
export interface Line {
  /** What it does now; shown on a terminal only. */
  readonly show: (text: string) => void;
  /** Something on the way that a person should know. */
  readonly note: (text: string) => void;
  readonly done: (text: string) => void;
}
export interface Progress {
  line(name: string): Line;
  end(): void;
}

export function createProgress(out: WriteStream): Progress {
  const running = new Map<string, string>();
  let drawn = 0;
  const wipe = (): void => {
    if (drawn > 0) out.write(`\x1b[${drawn}A\x1b[J`);
    drawn = 0;
  };
  const draw = (): void => {
    if (!out.isTTY) return;
    wipe();
    for (const [name, text] of running) out.write(`${`${name}: ${text}`.slice(0, out.columns - 1)}\n`);
    drawn = running.size;
  };
  const say = (text: string): void => {
    wipe();
    out.write(`${text}\n`);
    draw();
  };
  return {
    line: (name) => ({
      show(text) {
        running.set(name, text);
        draw();
      },
      note: (text) => say(`${name}: ${text}`),
      done(text) {
        running.delete(name);
        say(`${name}: ${text}`);
      },
    }),
    end: wipe,
  };
}
