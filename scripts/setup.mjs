// Makes what the other commands need (node_modules, the addon, dist, .venv), with nothing but Node's built-ins.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import {
  failed,
  hash,
  install,
  isWritable,
  mustBeWritable,
  onPath,
  readJson,
  root,
  run,
  SetupError,
  say,
  stampOf,
  tail,
  windows,
} from "./setup-tools.mjs";

const steps = { packages, addon, build, python, kernelspec };
const wanted = process.argv.slice(2);
try {
  checkNode();
  const unknown = wanted.find((name) => !Object.hasOwn(steps, name));
  if (unknown)
    throw new SetupError(`unknown step: ${unknown}: expected one of ${Object.keys(steps).join(", ")}`);
  for (const [name, step] of Object.entries(steps)) if (!wanted.length || wanted.includes(name)) await step();
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  if (error.output) console.error(tail(error.output, 25));
  console.error(`setup: ${error.message}`);
  process.exit(1);
}

// ---- The steps, in order ---------------------------------------------------------------------------

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  throw new SetupError(
    `Node.js is too old: ${process.versions.node}: 20.19 or newer is needed: ${install("node")}`,
  );
}

/** `npm ci` in a folder of its own, then one rename, so that node_modules is never half there. */
async function packages() {
  if (packagesAreInstalled()) return;
  mustBeWritable();
  if (!wanted.length || wanted.includes("addon")) checkBuildTools(); // before 234 MB are downloaded
  const done = say("npm packages: downloading them (npm ci)");
  const partial = join(root, ".partial");
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial);
  for (const name of ["package.json", "package-lock.json", ".npmrc"])
    cpSync(join(root, name), join(partial, name));
  const retries = ["--fetch-retries=2", "--fetch-retry-mintimeout=500", "--fetch-retry-maxtimeout=3000"];
  const quiet = [
    "--ignore-scripts",
    "--prefer-offline",
    "--include=dev",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
    ...(isWritable(npmCache()) ? [] : [`--cache=${join(partial, "cache")}`]),
  ];
  const { npm_config_local_prefix: _, ...env } = process.env;
  const result = await run(...npm("ci", "--prefix", partial, ...quiet, ...retries), { cwd: partial, env });
  if (result.status !== 0) {
    rmSync(partial, { recursive: true, force: true });
    throw failed("npm packages", result);
  }
  if (existsSync(join(root, "node_modules"))) renameSync(join(root, "node_modules"), join(partial, "old"));
  renameSync(join(partial, "node_modules"), join(root, "node_modules"));
  rmSync(partial, { recursive: true, force: true });
  done();
}

/** node-gyp, with header files that are already on this machine. */
async function addon() {
  if (!existsSync(join(root, "binding.gyp"))) return;
  const stamp = stampOf("build/.jacobi", hash([process.platform, process.arch], ["binding.gyp", "native"]));
  if (stamp.holds() && existsSync(join(root, "build/Release/jacobi.node"))) return;
  mustBeWritable();
  const python = checkBuildTools();
  const fresh = !existsSync(join(root, "build"));
  const done = say("addon: compiling native/ (node-gyp)");
  stamp.clear();
  const args = [
    "configure",
    "build",
    "--jobs=max",
    "--loglevel=warn",
    `--nodedir=${headers()}`,
    `--python=${python}`,
  ];
  const result = await run(process.execPath, [nodeGyp(), ...args]);
  if (result.status === 0) Object.assign(result, await loadAddon());
  if (result.status !== 0) {
    if (fresh) rmSync(join(root, "build"), { recursive: true, force: true });
    throw failed("addon", result);
  }
  stamp.set();
  done();
}

/** TypeScript → dist, then the declarations that cells see. */
async function build() {
  const sources = ["kernel", "tensor", "scripts", "tsconfig.json", "package.json"];
  const stamp = stampOf("dist/.jacobi", hash([], sources));
  if (stamp.holds()) return;
  mustBeWritable();
  const done = say("build: compiling TypeScript (tsc)");
  stamp.clear();
  const compile = () => run(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "."]);
  let compiled = await compile();
  if (compiled.status !== 0 && !compiled.interrupted) {
    // Its incremental state does not see a declaration that moved into another file's augmentation.
    rmSync(join(root, "dist/.tsbuildinfo"), { force: true });
    compiled = await compile();
  }
  if (compiled.interrupted) throw failed("build", compiled);
  if (compiled.status !== 0) throw new SetupError("TypeScript found errors: npx tsc -p .", compiled.output);
  if (existsSync(join(root, "scripts/build-declarations.ts"))) {
    const declared = await run(process.execPath, ["dist/scripts/build-declarations.js"]);
    if (declared.status !== 0) throw new SetupError("scripts/build-declarations.ts failed", declared.output);
  }
  stamp.set();
  done();
}

/** .venv with the pinned JupyterLab, by uv where it can be had (5.8 times as fast), else by pip. */
async function python() {
  const venv = join(root, ".venv");
  const stamp = stampOf(".venv/.jacobi", hash([root], ["scripts/requirements.txt"]));
  if (stamp.holds() && existsSync(venvBin("jupyter")) && existsSync(venvBin("python"))) return;
  if (existsSync(venv) && readdirSync(venv).length && !existsSync(join(venv, ".jacobi")))
    throw new SetupError(".venv was not made by this command: move it away, then: npm run setup");
  mustBeWritable();
  const uv = onPath("uv");
  const interpreter = findPython();
  rmSync(venv, { recursive: true, force: true });
  mkdirSync(venv);
  writeFileSync(join(venv, ".jacobi"), "unfinished\n");
  try {
    await makeVenv(uv, interpreter);
    await installRequirements(uv);
  } catch (error) {
    rmSync(venv, { recursive: true, force: true });
    throw error;
  }
  // Inside a "type": "module" package JupyterLab's own yarn would be taken for an ES module.
  writeFileSync(join(venv, "package.json"), '{"type":"commonjs","private":true}\n');
  stamp.set();
}

/** The kernel's description, where .venv's Jupyter finds it. */
async function kernelspec() {
  const stamp = stampOf(
    ".venv/.jacobi-kernelspec",
    hash([root, process.execPath, process.version], ["kernel/install.ts"]),
  );
  if (stamp.holds() && existsSync(join(root, ".venv/share/jupyter/kernels/jacobi/kernel.json"))) return;
  const result = await run(process.execPath, [
    "dist/kernel/cli.js",
    "install",
    "--prefix",
    join(root, ".venv"),
  ]);
  if (result.status !== 0) throw failed("kernelspec", result);
  stamp.set();
}

// ---- npm packages ----------------------------------------------------------------------------------

/** Whether node_modules holds what the lock file asks for, whoever put it there. */
function packagesAreInstalled() {
  const installed = readJson(join(root, "node_modules/.package-lock.json"))?.packages;
  const locked = readJson(join(root, "package-lock.json"))?.packages;
  if (!locked)
    throw new SetupError(
      "package-lock.json is missing: take it from the repository: git checkout package-lock.json",
    );
  if (!installed) return false;
  return Object.entries(locked).every(([path, entry]) => {
    if (path === "" || installed[path]?.version === entry.version) return true;
    return Boolean(entry.optional) && !isForThisMachine(entry);
  });
}

function isForThisMachine({ os, cpu, libc }) {
  const glibc = process.report?.getReport().header.glibcVersionRuntime ? "glibc" : "musl";
  const fits = (list, value) => !list || list.includes(value);
  return (
    fits(os, process.platform) &&
    fits(cpu, process.arch) &&
    (process.platform !== "linux" || fits(libc, glibc))
  );
}

/** The npm that runs us, or the one on the path. */
function npm(...args) {
  const script = process.env.npm_execpath;
  if (script && /npm-cli\.js$/.test(script)) return [process.execPath, [script, ...args]];
  if (!onPath("npm")) throw new SetupError(`no npm found: ${install("node")}`);
  return [windows ? "npm.cmd" : "npm", args];
}

/** Where npm keeps what it downloads. */
function npmCache() {
  return process.env.npm_config_cache || join(homedir(), ".npm");
}

// ---- The addon -------------------------------------------------------------------------------------

/** What node-gyp needs: gives its Python. */
function checkBuildTools() {
  const python = findPython();
  if (!onPath("make") && !windows) throw new SetupError(`no make found: ${install("compiler")}`);
  if (!compiler()) throw new SetupError(`no C++ compiler found: ${install("compiler")}`);
  return python;
}

function compiler() {
  if (windows) return "msvc"; // node-gyp looks for it better than we can
  return process.env.CXX || ["c++", "g++", "clang++"].find(onPath);
}

function nodeGyp() {
  const require = createRequire(import.meta.url);
  try {
    return join(dirname(require.resolve("node-gyp/package.json")), "bin/node-gyp.js");
  } catch {
    if (process.env.npm_config_node_gyp) return process.env.npm_config_node_gyp; // npm's own
    throw new SetupError("node-gyp is missing: npm run setup");
  }
}

/** Where Node's header files are; never downloaded. */
function headers() {
  const places = [process.env.npm_config_nodedir, dirname(dirname(process.execPath))];
  const whole = (place) =>
    ["node_api.h", "common.gypi", "config.gypi"].every((name) =>
      existsSync(join(place, "include/node", name)),
    );
  return places.find((place) => place && whole(place)) ?? headersFromPackage();
}

/** A tree like Node's own, made of the package `node-api-headers` and the two files that gyp wants. */
function headersFromPackage() {
  const { include_dir } = createRequire(import.meta.url)("node-api-headers");
  const tree = join(root, "build/node-headers");
  const include = join(tree, "include/node");
  mkdirSync(include, { recursive: true });
  for (const name of readdirSync(include_dir))
    if (name.endsWith(".h")) cpSync(join(include_dir, name), join(include, name));
  const configurations = {
    Release: { cflags: ["-O3"], defines: ["NDEBUG"] },
    Debug: { cflags: ["-O0", "-g"] },
  };
  const mac = { xcode_settings: { OTHER_LDFLAGS: ["-undefined dynamic_lookup"] } };
  const common = {
    default_configuration: "Release",
    configurations,
    cflags: ["-fPIC", "-pthread"],
    ldflags: ["-pthread"],
  };
  const config = {
    cflags: [],
    default_configuration: "Release",
    defines: [],
    include_dirs: [],
    libraries: [],
  };
  const target_defaults = { ...common, conditions: [["OS=='mac'", mac]] };
  writeFileSync(join(include, "common.gypi"), JSON.stringify({ target_defaults }));
  writeFileSync(join(include, "config.gypi"), JSON.stringify({ target_defaults: config, variables: {} }));
  return tree;
}

function loadAddon() {
  return run(process.execPath, ["-e", 'require("./build/Release/jacobi.node")']);
}

// ---- Python ----------------------------------------------------------------------------------------

/** An interpreter new enough for the pinned JupyterLab. */
function findPython() {
  const found = [];
  for (const name of [process.env.PYTHON, "python3", "python"].filter(Boolean)) {
    const script = "import sys; print('%d.%d' % sys.version_info[:2])";
    const result = spawnSync(name, ["-c", script], { encoding: "utf8" });
    if (result.status !== 0) continue;
    const version = result.stdout.trim();
    if (Number(version.split(".")[0]) === 3 && Number(version.split(".")[1]) >= 10) return name;
    found.push(version);
  }
  if (found.length)
    throw new SetupError(`Python is too old: ${found[0]}: 3.10 or newer is needed: ${install("python")}`);
  throw new SetupError(`no Python found: ${install("python")}`);
}

async function makeVenv(uv, interpreter) {
  const [tool, args] = uv ? [uv, ["venv", "--allow-existing", "--quiet"]] : [interpreter, ["-m", "venv"]];
  const result = await run(tool, [...args, join(root, ".venv")], { env: uvEnvironment() });
  if (/ensurepip/.test(result.output) && result.status !== 0)
    throw new SetupError(`Python's venv module is missing: ${install("venv")}`);
  if (result.status !== 0) throw failed(".venv", result);
}

async function installRequirements(uvOnPath) {
  const done = say(".venv: installing JupyterLab and nbconvert (about 100 Python packages)");
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  const interpreter = venvBin("python");
  let uv = uvOnPath;
  if (!uv) {
    const fetched = await run(interpreter, [...pip, "--retries", "1", "uv"]);
    if (fetched.interrupted) throw failed(".venv", fetched);
    if (fetched.status === 0) uv = venvBin("uv");
  }
  const requirements = ["-r", join(root, "scripts/requirements.txt")];
  let result = { status: 1, output: "" };
  if (uv) {
    const args = ["pip", "install", "--quiet", "--python", interpreter, ...requirements];
    result = await run(uv, args, { env: uvEnvironment() });
  }
  if (result.status !== 0 && !result.interrupted && existsSync(venvBin("pip")))
    result = await run(interpreter, [...pip, ...requirements]);
  if (result.status !== 0) throw failed(".venv", result);
  done();
}

/** uv reads none of pip's settings: hand it the index and the certificates that pip was given. */
function uvEnvironment() {
  const env = { ...process.env, UV_PYTHON_DOWNLOADS: "never" };
  if (env.PIP_INDEX_URL) env.UV_DEFAULT_INDEX ??= env.PIP_INDEX_URL;
  if (env.PIP_CERT) env.SSL_CERT_FILE ??= env.PIP_CERT;
  delete env.VIRTUAL_ENV;
  return env;
}

function venvBin(name) {
  return windows ? join(root, ".venv/Scripts", `${name}.exe`) : join(root, ".venv/bin", name);
}
