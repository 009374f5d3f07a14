/** Registers the kernel with Jupyter: its kernelspec, and the folders Jupyter looks in. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";

/** Where to register: for this user, in the active Python environment, or under a folder like `/usr/local`. */
export type Place =
  | { readonly kind: "user" | "sys-prefix" }
  | { readonly kind: "prefix"; readonly folder: string };

/** What kernel.json holds; https://jupyter-client.readthedocs.io/en/stable/kernels.html#kernel-specs */
export interface Kernelspec {
  readonly argv: readonly string[];
  readonly display_name: string;
  readonly language: string;
  readonly interrupt_mode: "message" | "signal";
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** The round ∂ with which Jacobi set partial derivatives apart. */
const logo = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" rx="10" fill="#3178c6"/>
<path d="M19 18c4-8 26-10 26 16 0 12-6 19-14 19-7 0-12-5-12-12 0-8 6-13 13-13 6 0 10 3 12 8" fill="none" stroke="#fff"
 stroke-width="5.5" stroke-linecap="round"/></svg>
`;

/** The kernelspec of the kernel whose entry is `main`, run by this very Node: VS Code needs an absolute path. */
export function kernelspec(main: string): Kernelspec {
  const major = Number(process.versions.node.split(".")[0]);
  // Without it Node 24 aborts when a callback that an AsyncLocalStorage follows is terminated.
  const flags = major >= 24 ? ["--no-force-async-hooks-checks"] : [];
  return {
    argv: [process.execPath, ...flags, main, "{connection_file}"],
    display_name: "TypeScript (Jacobi)",
    language: "typescript",
    interrupt_mode: "message",
    metadata: { debugger: true, supported_encryption: ["curve"] },
  };
}

/** Writes the kernelspec whole or not at all; gives its folder. */
export function installKernelspec(place: Place, name: string, main: string): string {
  const kernels = kernelsFolder(place);
  const folder = join(kernels, checkName(name));
  const partial = join(kernels, `.${name}-${process.pid}`);
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, "kernel.json"), `${JSON.stringify(kernelspec(main), null, 2)}\n`);
  writeFileSync(join(partial, "logo-svg.svg"), logo);
  rmSync(folder, { recursive: true, force: true });
  renameSync(partial, folder);
  return folder;
}

/** Removes the kernelspec; throws when there is none or when it is another kernel's. */
export function uninstallKernelspec(place: Place, name: string): string {
  const folder = join(kernelsFolder(place), checkName(name));
  const spec = readKernelspec(folder);
  if (!spec)
    throw new Error(
      `uninstall: no kernel ${name} in ${kernelsFolder(place)}: jacobi doctor says which there are`,
    );
  if (spec.language !== "typescript" || !spec.display_name?.includes("Jacobi"))
    throw new Error(`uninstall: ${folder} holds ${spec.display_name}: remove it by hand if you mean it`);
  rmSync(folder, { recursive: true });
  return folder;
}

/** The kernelspec in a folder, if it is one. */
export function readKernelspec(folder: string): Partial<Kernelspec> | undefined {
  const file = join(folder, "kernel.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
}

/** The folder of kernelspecs at a place. */
export function kernelsFolder(place: Place): string {
  if (place.kind === "user") return join(userDataFolder(), "kernels");
  const prefix = place.kind === "prefix" ? resolve(place.folder) : pythonPrefix();
  return join(prefix, "share/jupyter/kernels");
}

/** https://docs.jupyter.org/en/latest/use/jupyter-directories.html#data-files */
function userDataFolder(): string {
  if (process.env.JUPYTER_DATA_DIR) return process.env.JUPYTER_DATA_DIR;
  if (process.platform === "darwin") return join(homedir(), "Library/Jupyter");
  if (process.platform === "win32") return join(process.env.APPDATA ?? homedir(), "jupyter");
  return join(process.env.XDG_DATA_HOME || join(homedir(), ".local/share"), "jupyter");
}

/** The prefix of the Python environment in use. */
function pythonPrefix(): string {
  const active = process.env.VIRTUAL_ENV ?? process.env.CONDA_PREFIX;
  if (active) return active;
  const result = spawnSync("python3", ["-c", "import sys; print(sys.prefix)"], { encoding: "utf8" });
  if (result.status === 0) return result.stdout.trim();
  throw new Error("install: no Python found for --sys-prefix: use --user or --prefix DIR");
}

function checkName(name: string): string {
  if (/^[\w.-]+$/.test(name) && !name.startsWith(".")) return name;
  throw new Error(`install: name ${JSON.stringify(name)}: expected letters, digits, "-", "." and "_" alone`);
}
