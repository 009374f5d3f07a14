/** Text coalesced into few messages, in order with everything else a cell shows. */
import type { StreamName } from "../threads.ts";

/** How long text may wait for more of its kind, in milliseconds: after a silence, and while text keeps coming. */
const PATIENCE = 15;
const PATIENCE_IN_A_FLOOD = 60;
/** Characters that are sent without waiting. */
const ENOUGH = 1 << 16;

export interface Output {
  /** Text that `cell` printed: joined with what it printed just before on the same stream. */
  text(cell: number, name: StreamName, text: string): void;
  /** Sends what waits. Whoever publishes anything else for a cell calls this first. */
  flush(): void;
}

/** An output that hands each joined text to `send`. */
export function createOutput(send: (cell: number, name: StreamName, text: string) => void): Output {
  let waiting: { cell: number; name: StreamName; parts: string[]; length: number } | null = null;
  let timer: NodeJS.Timeout | null = null;
  let sentAt = 0;
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (waiting === null) return;
    const { cell, name, parts } = waiting;
    waiting = null;
    sentAt = Date.now();
    send(cell, name, parts.join(""));
  };
  return {
    text(cell, name, text) {
      if (text === "") return;
      if (waiting !== null && (waiting.cell !== cell || waiting.name !== name)) flush();
      waiting ??= { cell, name, parts: [], length: 0 };
      waiting.parts.push(text);
      waiting.length += text.length;
      if (waiting.length >= ENOUGH) flush();
      else
        timer ??= setTimeout(
          flush,
          Date.now() - sentAt > 2 * PATIENCE_IN_A_FLOOD ? PATIENCE : PATIENCE_IN_A_FLOOD,
        );
    },
    flush,
  };
}
