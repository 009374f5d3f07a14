/** The files that are cells: what they hold, and under which name their code runs. */
import { readFileSync, statSync } from "node:fs";

interface ModuleCell {
  readonly name: string;
  readonly source: string;
  readonly version: string;
}

export interface ModuleCells {
  define(path: string, name: string, source: string): void;
  isFile(path: string): boolean;
  read(path: string): string;
  /** What stacks call the file. */
  nameOf(path: string): string;
  /** Changes whenever the file does. */
  versionOf(path: string): string;
}

export function createModuleCells(): ModuleCells {
  const cells = new Map<string, ModuleCell>();
  let made = 0;
  return {
    define(path, name, source) {
      const isSame = cells.get(path)?.source === source;
      if (!isSame) cells.set(path, { name, source, version: `cell ${++made}` });
    },
    isFile: (path) => cells.has(path) || (statSync(path, { throwIfNoEntry: false })?.isFile() ?? false),
    read: (path) => cells.get(path)?.source ?? readFileSync(path, "utf8"),
    nameOf: (path) => cells.get(path)?.name ?? path,
    versionOf: (path) => cells.get(path)?.version ?? fileVersion(path),
  };
}

function fileVersion(path: string): string {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.mtimeNs}:${found.size}:${found.ino}` : "gone";
}
