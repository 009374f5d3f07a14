/** The process that started the kernel: when it dies, the kernel has nobody left to work for. */

/** Milliseconds between looks: the kernel must be gone within two seconds, and needs some of them to end. */
const INTERVAL = 500;

/** Calls `gone` once, when the process that `JPY_PARENT_PID` names has died; never when it names none. */
export function watchParent(gone: () => void): void {
  const parent = Number(process.env.JPY_PARENT_PID);
  if (!Number.isInteger(parent) || parent <= 1) return;
  // A launcher may stand between us and it; then only its existence can be looked at.
  const direct = process.ppid === parent;
  const look = (): void => {
    if (direct ? process.ppid === parent : exists(parent)) return;
    clearInterval(timer);
    gone();
  };
  const timer = setInterval(look, INTERVAL);
  // It may have died while the kernel started.
  setImmediate(look);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
