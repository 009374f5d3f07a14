/** Work that waits for what came before it, and may be aborted while it waits. */

export interface Queue {
  /** Starts `work` once all that came before has ended; it is told whether it was aborted. */
  add(work: (aborted: boolean) => Promise<void>): void;
  /** Aborts all that waits now; what comes later is not concerned. */
  abort(): void;
}

/** An empty queue. */
export function createQueue(): Queue {
  const waiting: { readonly work: (aborted: boolean) => Promise<void>; aborted: boolean }[] = [];
  let draining = false;
  const drain = async (): Promise<void> => {
    draining = true;
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      await next.work(next.aborted).catch(() => {});
    draining = false;
  };
  return {
    add(work) {
      waiting.push({ work, aborted: false });
      if (!draining) void drain();
    },
    abort() {
      for (const entry of waiting) entry.aborted = true;
    },
  };
}
