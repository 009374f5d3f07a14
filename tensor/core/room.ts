/** Whether the system still has the memory that is asked for: Linux grants more than it has, then ends the process. */
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";

/** Bytes that are left to everything else. */
const LEFT = 200 * 2 ** 20;

/** False only where it is known that the bytes cannot be had. */
export function hasRoom(bytes: number): boolean {
  if (process.platform !== "linux" || process.availableMemory === undefined) return true;
  const available = process.availableMemory();
  return available <= 0 || bytes + LEFT <= available || bytes + LEFT <= available + cached();
}

/** Under a group's limit, what it holds of files counts as used, yet is given up when needed. */
function cached(): number {
  const limit = process.constrainedMemory?.() ?? 0;
  if (!(limit > 0 && limit < totalmem())) return 0;
  try {
    const stat = readFileSync("/sys/fs/cgroup/memory.stat", "utf8");
    return [...stat.matchAll(/^(?:active|inactive)_file (\d+)$/gm)].reduce(
      (sum, [, n]) => sum + Number(n),
      0,
    );
  } catch {
    return Number.POSITIVE_INFINITY; // better to try than to refuse wrongly
  }
}
