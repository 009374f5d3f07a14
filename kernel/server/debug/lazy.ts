/** The debugger as the rest of the kernel thread sees it: loaded with the first debug request, told when cells end. */
import type { Cells } from "../cells.ts";
import type { Debugger, DebuggerParts } from "./debugger.ts";

export function createLazyDebugger(parts: DebuggerParts): Debugger {
  let loaded: Debugger | null = null;
  let loading: Promise<Debugger> | null = null;
  const load = async (): Promise<Debugger> => {
    const { createDebugger } = await import("./debugger.ts");
    loaded = createDebugger(parts);
    return loaded;
  };
  return {
    async handle(content, message) {
      loading ??= load();
      return (loaded ?? (await loading)).handle(content, message);
    },
    letGo: () => loaded?.letGo(),
    hold: () => loaded?.hold(),
    close: () => loaded?.close(),
  };
}

/** The same cells, whose interrupts no breakpoint keeps from ending them. */
export function debugged(cells: Cells, debug: Debugger): Cells {
  const hold = (): void => {
    if (cells.running() === null) debug.hold();
  };
  return {
    ...cells,
    run(request) {
      hold();
      return cells.run(request).finally(hold);
    },
    interrupt() {
      debug.letGo();
      cells.interrupt();
    },
  };
}
