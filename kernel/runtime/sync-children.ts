/** Child processes that main waits for without letting go: the kernel thread ends them, for nothing here can. */
import { uptime } from "node:os";
import { process } from "../originals.ts";
import { Signal } from "../threads.ts";
import { silently } from "./process.ts";

interface SpawnSync {
  spawn(this: unknown, options: unknown): unknown;
}

/** Marks in `signals` that a child is waited for (`execSync` and its like), and since when; an interrupt is thrown after it. */
export function watchSyncChildren(signals: Int32Array, interrupt: () => never): void {
  // Undocumented, so untyped; what the module exports may be held already, by packages too.
  const { binding } = process as unknown as { binding(name: string): SpawnSync };
  const spawnSync = silently(() => binding("spawn_sync"));
  const original = spawnSync.spawn;
  spawnSync.spawn = function (options) {
    // Its begin in tenths of a second, as processes have theirs.
    Atomics.store(signals, Signal.child, Math.max(1, Math.floor(uptime() * 10)));
    try {
      return original.call(this, options);
    } finally {
      Atomics.store(signals, Signal.child, 0);
      if (Atomics.load(signals, Signal.interrupt) !== 0) interrupt();
    }
  };
}
