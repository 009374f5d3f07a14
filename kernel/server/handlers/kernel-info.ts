/** https://jupyter-client.readthedocs.io/en/stable/messaging.html#kernel-info */
import { createRequire } from "node:module";
import { PROTOCOL_VERSION } from "../../protocol/messages.ts";
import type { Handler } from "./handler.ts";

// Only their package files are read: the answer must not wait for TypeScript to load.
const requireHere = createRequire(import.meta.url);
const versionOf = (file: string): string => (requireHere(file) as { version: string }).version;
const typescript = versionOf("typescript/package.json");
const jacobi = versionOf("../../../../package.json");

/** Optional features, by the names of https://github.com/jupyter/enhancement-proposals/tree/master/92-jupyter-optional-features. */
const supported_features: readonly string[] = ["debugger", "kernel subshells"];

export const kernel_info: Handler<"kernel_info"> = async () => ({
  status: "ok",
  protocol_version: PROTOCOL_VERSION,
  implementation: "jacobi",
  implementation_version: jacobi,
  language_info: {
    name: "typescript",
    version: typescript,
    mimetype: "text/typescript",
    file_extension: ".ts",
    pygments_lexer: "typescript",
    codemirror_mode: { name: "javascript", typescript: true },
    nbconvert_exporter: "script",
  },
  banner: `Jacobi ${jacobi}: TypeScript ${typescript} with tensors and autodiff, on Node ${process.versions.node}`,
  debugger: supported_features.includes("debugger"),
  help_links: [
    { text: "TypeScript", url: "https://www.typescriptlang.org/docs/" },
    { text: "PyTorch, whose names the tensors have", url: "https://docs.pytorch.org/docs/stable/" },
    { text: "Node.js", url: "https://nodejs.org/docs/latest/api/" },
  ],
  supported_features,
});
