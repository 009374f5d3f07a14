/** The scripts that main has loaded and that are the user's, under the paths by which a client knows them. */
import { basename, isAbsolute } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { CellFiles } from "./cell-files.ts";
import type { Target } from "./target.ts";

export interface Script {
  readonly id: string;
  readonly url: string;
  /** A cell's name or the name of a file. */
  readonly name: string;
  /** What a client calls it. */
  readonly path: string;
  /** What the user wrote, for cells and local files; null where the script itself is that. */
  readonly text: string | null;
}

export interface Scripts {
  /** Takes note of a script that V8 has parsed. */
  note(id: string, url: string): void;
  /** The URL of any script; V8 does not tell it with frames. */
  urlOf(id: string): string;
  /** Whether a script is Node's, the kernel's or a package's. */
  isForeign(id: string): boolean;
  /** The script of that id; undefined when it is not the user's. */
  of(id: string): Promise<Script | undefined>;
  /** Those that stand for a path. */
  at(path: string): Promise<readonly Script[]>;
  /** Those that lie in files. */
  files(): readonly { readonly id: string; readonly path: string }[];
}

/** The table of scripts; it asks main only about those that are needed. */
export function createScripts(target: Target, cells: CellFiles, foreign: readonly string[]): Scripts {
  const urls = new Map<string, string>();
  const known = new Map<string, Promise<Script>>();
  const patterns = foreign.map((pattern) => new RegExp(pattern));

  const isUsers = (url: string): boolean => url !== "" && !patterns.some((pattern) => pattern.test(url));

  const find = async (id: string, url: string): Promise<Script> => {
    const source = await target.call("source", url);
    const file = source?.file ?? url;
    const path = filePath(file) ?? (source === null ? url : cells.pathOf(source.text));
    return { id, url, path, name: basename(filePath(file) ?? file), text: source?.text ?? null };
  };
  const of = async (id: string): Promise<Script | undefined> => {
    const url = urls.get(id);
    if (url === undefined || !isUsers(url)) return undefined;
    const found = known.get(id) ?? find(id, url);
    known.set(id, found);
    return found;
  };

  return {
    note(id, url) {
      urls.set(id, url);
    },
    isForeign(id) {
      const url = urls.get(id) ?? "";
      return !isUsers(url) || url.includes("/node_modules/");
    },
    urlOf: (id) => urls.get(id) ?? "",
    of,
    async at(path) {
      const text = cells.read(path);
      const names = new Set([
        path,
        ...(isAbsolute(path) ? [pathToFileURL(path).href] : []),
        ...(await target.call("scripts", text === undefined ? { file: path } : { text })),
      ]);
      const ids = [...urls].filter(([, url]) => names.has(url)).map(([id]) => id);
      const found = await Promise.all(ids.map(of));
      return found.filter((script) => script !== undefined);
    },
    files: () =>
      [...urls].flatMap(([id, url]) => {
        const path = filePath(url.replace(/\?v=\d+$/, ""));
        return path === undefined || !isUsers(url) ? [] : { id, path };
      }),
  };
}

/** The path of a file's script; undefined for a cell's. */
function filePath(url: string): string | undefined {
  if (isAbsolute(url)) return url;
  if (!url.startsWith("file://")) return undefined;
  try {
    return fileURLToPath(url.replace(/[?#].*$/, ""));
  } catch {
    return undefined;
  }
}
