/** The kernels that are compared: how each is started, and where it is found. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../sources.ts";

export interface Kernel {
  readonly name: string;
  readonly language: "typescript" | "python";
  /** What its kernelspec holds, for a connection file. */
  argv(connectionFile: string): readonly string[];
}

/** Where npm puts the peers; git ignores it. */
const folder = join(root, ".peers");
const packages = ["tslab@1.0.22", "deno@2.9.6"];

/** Ours once for each Node, then the peers that are there; of one that is not, it says how to get it. */
export function findKernels(nodes: readonly string[], only: readonly string[]): Kernel[] {
  const main = join(root, "dist/kernel/main.js");
  const ours = nodes.map((node): Kernel => {
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
    const flags = Number(version.slice(1).split(".")[0]) >= 24 ? ["--no-force-async-hooks-checks"] : [];
    return {
      name: `Jacobi, ${version}`,
      language: "typescript",
      argv: (file) => [node, ...flags, main, file],
    };
  });
  const wanted = peers.filter(({ name }) => only.length === 0 || only.some((part) => name.includes(part)));
  for (const { name, files } of wanted) {
    const missing = files.find((file) => !existsSync(file));
    if (missing)
      console.log(`${name} is not measured: ${missing} is missing: npm run bench -- kernels --install`);
  }
  return [...ours, ...wanted.filter(({ files }) => files.every(existsSync))];
}

/** Asks npm for those of the peers that are npm packages. */
export function installPeers(): void {
  mkdirSync(folder, { recursive: true });
  const args = ["install", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund", ...packages];
  execFileSync("npm", args, { stdio: "inherit" });
}

const deno = join(folder, "node_modules/@deno", `${process.platform}-${process.arch}-glibc`, "deno");
const tslab = join(folder, "node_modules/tslab/bin/tslab");
const python = join(root, ".venv/bin/python");

const peers: readonly (Kernel & { readonly files: readonly string[] })[] = [
  {
    name: "Deno 2.9.6",
    language: "typescript",
    argv: (file) => [deno, "jupyter", "--kernel", "--conn", file],
    files: [deno],
  },
  {
    name: "tslab 1.0.22",
    language: "typescript",
    argv: (file) => [process.execPath, tslab, "kernel", "--config-path", file],
    files: [tslab],
  },
  {
    name: "ipykernel 7.4.0",
    language: "python",
    argv: (file) => [python, "-m", "ipykernel_launcher", "-f", file],
    files: [python],
  },
];
