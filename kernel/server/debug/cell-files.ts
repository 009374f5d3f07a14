/** The files that stand for cells: a client and the kernel name them alike, by a hash of the cell's text. */
import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { murmur2 } from "./murmur2.ts";

export interface CellFiles {
  /** How a client computes the same names. https://jupyter-client.readthedocs.io/en/stable/messaging.html#debuginfo */
  readonly naming: {
    readonly hashMethod: "Murmur2";
    readonly hashSeed: number;
    readonly tmpFilePrefix: string;
    readonly tmpFileSuffix: string;
  };
  /** The path that stands for a cell of this text. */
  pathOf(text: string): string;
  /** Writes the file for a cell; gives its path. */
  dump(text: string): string;
  /** The text of the cell that was dumped to `path`. */
  read(path: string): string | undefined;
}

const SEED = 0xc70f6907;

/** Files of this kernel, in a folder that nobody else can read; made when the first is written. */
export function createCellFiles(): CellFiles {
  const folder = join(tmpdir(), `jacobi-cells-${process.pid}-${randomBytes(6).toString("hex")}`);
  const texts = new Map<string, string>();
  const pathOf = (text: string): string => `${folder}${sep}${murmur2(text, SEED)}.ts`;
  const make = (): void => {
    mkdirSync(folder, { mode: 0o700 });
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  };
  return {
    naming: {
      hashMethod: "Murmur2",
      hashSeed: SEED,
      tmpFilePrefix: folder + sep,
      tmpFileSuffix: ".ts",
    },
    pathOf,
    dump(text) {
      if (texts.size === 0) make();
      const path = pathOf(text);
      writeFileSync(path, text, { mode: 0o600 });
      texts.set(path, text);
      return path;
    },
    read: (path) => texts.get(path),
  };
}
