// What every step of the set-up uses: running a tool, saying what is missing, remembering what is done.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const windows = process.platform === "win32";

/** A step that cannot go on: one line for the person who typed the command, and the tool's last lines if they help. */
export class SetupError extends Error {
  constructor(line, output = "") {
    super(line);
    this.output = output;
  }
}

/** The command that installs something on this system. */
export function install(thing) {
  const sudo = process.getuid?.() === 0 ? "" : "sudo ";
  const apt = {
    node: "see https://nodejs.org/en/download",
    python: `${sudo}apt-get install -y python3 python3-venv`,
    venv: `${sudo}apt-get install -y python3-venv`,
    compiler: `${sudo}apt-get install -y build-essential`,
  };
  const dnf = {
    ...apt,
    python: `${sudo}dnf install -y python3`,
    venv: `${sudo}dnf install -y python3`,
    compiler: `${sudo}dnf install -y gcc-c++ make`,
  };
  const brew = {
    ...apt,
    python: "brew install python",
    venv: "brew install python",
    compiler: "xcode-select --install",
  };
  if (process.platform === "darwin") return brew[thing];
  if (!existsSync("/usr/bin/apt-get") && existsSync("/usr/bin/dnf")) return dnf[thing];
  return apt[thing];
}

const noNetwork =
  /ENOTFOUND|EAI_AGAIN|ECONN\w+|ETIMEDOUT|ENETUNREACH|ENOTCACHED|dns error|error sending request|Failed to fetch|NewConnectionError|name resolution|Network is unreachable|Connection refused/i;

export function failed(what, result) {
  if (result.interrupted)
    return new SetupError(
      `${what}: interrupted: nothing half-made is left; the same command starts it again`,
    );
  if (result.error?.code === "ENOENT") return new SetupError(`${what}: ${result.error.path} not found`);
  const reason = noNetwork.exec(result.output)?.[0];
  if (!reason)
    return new SetupError(`${what}: failed: mend what is said above, then: npm run setup`, result.output);
  return new SetupError(
    `${what}: no network (${reason}): connect, or set a proxy or mirror, then: npm run setup`,
  );
}

/** Runs a tool to its end, its output kept for the case that it fails. Ctrl-C ends it and all that it started. */
export function run(tool, args, options = {}) {
  const group = !windows; // a process group of its own, so that one signal reaches compilers and downloads too
  const stdio = ["ignore", "pipe", "pipe"];
  const child = spawn(tool, args, {
    cwd: root,
    stdio,
    shell: tool.endsWith(".cmd"),
    detached: group,
    ...options,
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  let interrupted = false;
  const end = () => {
    interrupted = true;
    if (child.pid) process.kill(group ? -child.pid : child.pid, "SIGKILL");
  };
  for (const signal of signals) process.once(signal, end);
  return new Promise((resolve) => {
    const finish = (status, error) => {
      for (const signal of signals) process.off(signal, end);
      resolve({ status, error, output, interrupted });
    };
    child.on("error", (error) => finish(null, error));
    child.on("close", (status) => finish(status));
  });
}
const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

export function isWritable(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Before a step touches anything. */
export function mustBeWritable() {
  if (isWritable(root)) return;
  throw new SetupError(
    `${root} cannot be written by you: clone it into a folder of your own, or change its owner`,
  );
}

export function say(what) {
  const start = Date.now();
  console.log(`setup: ${what} …`);
  return () =>
    console.log(`setup: ${what.split(":")[0]}: done in ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

export function onPath(name) {
  const places = (process.env.PATH ?? "").split(delimiter).filter(Boolean);
  const names = windows ? [`${name}.exe`, `${name}.cmd`] : [name];
  return places
    .flatMap((place) => names.map((file) => resolve(place, file)))
    .find((file) => existsSync(file));
}

/** A file that says for which inputs a step was last finished. */
export function stampOf(path, value) {
  const file = join(root, path);
  return {
    holds: () => existsSync(file) && readFileSync(file, "utf8") === value,
    clear: () => rmSync(file, { force: true }),
    set: () => writeFileSync(file, value),
  };
}

export function hash(words, paths) {
  const sum = createHash("sha256").update(JSON.stringify(words));
  for (const path of paths.flatMap(filesUnder)) sum.update(path).update(readFileSync(join(root, path)));
  return sum.digest("hex");
}

function filesUnder(path) {
  const full = join(root, path);
  if (!existsSync(full)) return [];
  if (!statSync(full).isDirectory()) return [path];
  return readdirSync(full)
    .sort()
    .flatMap((name) => filesUnder(`${path}/${name}`));
}

export function readJson(path) {
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

export function tail(text, lines) {
  return text.trimEnd().split("\n").slice(-lines).join("\n");
}
