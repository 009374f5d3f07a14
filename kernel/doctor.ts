/** `jacobi doctor`: what works on this machine, and how to mend the rest. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { kernelsFolder, readKernelspec } from "./install.ts";

/** One thing looked at: what was found, or what is wrong with how to mend it. */
export interface Finding {
  readonly what: string;
  readonly found?: string;
  readonly problem?: string;
}

/** Looks at everything the kernel needs, given the package's folder. */
export function examine(folder: string): Finding[] {
  const jupyter = findJupyter(folder);
  return [node(), addon(folder), gpu(folder), jupyterVersion(jupyter), kernel(jupyter)];
}

function node(): Finding {
  const what = "Node.js";
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19))
    return { what, found: `${process.versions.node} (${process.execPath})` };
  return { what, problem: `${process.versions.node} is too old: install 20.19 or newer` };
}

function addon(folder: string): Finding {
  const what = "native addon";
  const file = join(folder, "build/Release/jacobi.node");
  if (!existsSync(file)) return { what, problem: "not built: npm run setup" };
  try {
    const loaded: { isa?: () => string } = createRequire(import.meta.url)(file);
    return { what, found: loaded.isa ? `loads, instruction set ${loaded.isa()}` : "loads" };
  } catch (error) {
    return { what, problem: `does not load (${messageOf(error)}): delete build/, then: npm run setup` };
  }
}

/** Asked in a process of its own, for a driver may fail hard. A machine without a GPU has nothing to mend. */
function gpu(folder: string): Finding {
  const what = "GPU";
  const library = JSON.stringify(pathToFileURL(join(folder, "dist/tensor/index.js")).href);
  const script = `import torch from ${library};
    try { console.log(JSON.stringify(torch.gpu.adapter())); } catch (error) { console.log(error.message); }`;
  const { stdout } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
    timeout: 20_000,
  });
  const said = stdout?.trim() ?? "";
  if (!said.startsWith("{"))
    return { what, found: `none in use: ${said.replace(/^gpu: /, "") || "no answer in 20 s"}` };
  const adapter = Object.values(JSON.parse(said) as Record<string, unknown>);
  return { what, found: adapter.filter((value) => typeof value === "string" && value !== "").join(", ") };
}

/** The `jupyter` command on the path, or the one of this repository's own `.venv`. */
function findJupyter(folder: string): string | undefined {
  return ["jupyter", join(folder, ".venv/bin/jupyter")].find(
    (command) => spawnSync(command, ["--version"]).status === 0,
  );
}

function jupyterVersion(jupyter: string | undefined): Finding {
  const what = "Jupyter";
  if (!jupyter) return { what, problem: "no jupyter command found: pip install jupyterlab" };
  const { stdout } = spawnSync(jupyter, ["lab", "--version"], { encoding: "utf8" });
  return {
    what,
    found: stdout?.trim() ? `JupyterLab ${stdout.trim()} (${jupyter})` : `${jupyter}, without JupyterLab`,
  };
}

function kernel(jupyter: string | undefined): Finding {
  const what = "kernelspec";
  for (const folder of kernelFolders(jupyter)) {
    const argv = readKernelspec(folder)?.argv;
    if (!argv) continue;
    const missing = argv.filter((word) => word.startsWith("/") && !existsSync(word));
    if (!missing.length) return { what, found: folder };
    return { what, problem: `${folder} names ${missing.join(", ")}, which is gone: jacobi install` };
  }
  return { what, problem: "not registered with Jupyter: jacobi install" };
}

/** Where Jupyter finds our kernel, else where `jacobi install` would have put it. */
function kernelFolders(jupyter: string | undefined): string[] {
  const ours = join(kernelsFolder({ kind: "user" }), "jacobi");
  if (!jupyter) return [ours];
  const { stdout, status } = spawnSync(jupyter, ["kernelspec", "list", "--json"], { encoding: "utf8" });
  if (status !== 0) return [ours];
  const listed: { kernelspecs?: Record<string, { resource_dir: string }> } = JSON.parse(stdout);
  const found = listed.kernelspecs?.jacobi?.resource_dir;
  return found ? [found] : [ours];
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
