/** The set-up on machines that lack something: one clear line each, and nothing half-made. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { root } from "./sources.ts";

const folder = mkdtempSync(join(tmpdir(), "jacobi-setup-"));
after(() => rmSync(folder, { recursive: true }));

/** A clone with only what the set-up reads; `packages` puts node_modules into it. */
function clone(name: string, { packages }: { packages: boolean }): string {
  const copy = join(folder, name);
  const files = ["scripts/setup.mjs", "scripts/setup-tools.mjs", "scripts/requirements.txt", "binding.gyp"];
  for (const file of [...files, "package.json", "package-lock.json", ".npmrc"])
    cpSync(join(root, file), join(copy, file), { recursive: true });
  mkdirSync(join(copy, "native"));
  if (packages) symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  return copy;
}

/** A folder for PATH with the named commands and nothing else; those given as text are scripts. */
function commands(name: string, list: Record<string, string | true>): string {
  const bin = join(folder, name);
  mkdirSync(bin);
  for (const [command, script] of Object.entries(list)) {
    if (script === true) symlinkSync(which(command), join(bin, command));
    else writeFileSync(join(bin, command), script);
    if (script !== true) chmodSync(join(bin, command), 0o755);
  }
  return bin;
}

function which(command: string): string {
  return spawnSync("sh", ["-c", `command -v ${command}`], { encoding: "utf8" }).stdout.trim();
}

function setup(
  copy: string,
  env: Record<string, string>,
  words: string[],
  flags: string[] = [],
): { status: number | null; stderr: string } {
  const home = join(folder, "home");
  return spawnSync(process.execPath, [...flags, join(copy, "scripts/setup.mjs"), ...words], {
    encoding: "utf8",
    env: { HOME: home, PATH: process.env.PATH ?? "", ...env },
  });
}

test("no Python: one line with the command that installs it", () => {
  const copy = clone("no-python", { packages: true });
  const { status, stderr } = setup(copy, { PATH: commands("bin-no-python", {}) }, ["python"]);
  assert.equal(status, 1);
  assert.match(stderr, /^setup: no Python found: .*install.*python.*\n$/);
  assert.ok(!existsSync(join(copy, ".venv")));
});

test("a Python that is too old is named with its version", () => {
  const copy = clone("old-python", { packages: true });
  const path = commands("bin-old-python", { python3: "#!/bin/sh\necho 3.8\n" });
  const { stderr } = setup(copy, { PATH: path }, ["python"]);
  assert.match(stderr, /^setup: Python is too old: 3\.8: 3\.10 or newer is needed: .*\n$/);
});

test("no compiler: one line with the command that installs it", () => {
  const copy = clone("no-compiler", { packages: true });
  const path = commands("bin-no-compiler", { python3: "#!/bin/sh\necho 3.12\n", make: true });
  const { status, stderr } = setup(copy, { PATH: path }, ["addon"]);
  assert.equal(status, 1);
  assert.match(stderr, /^setup: no C\+\+ compiler found: .*\n$/);
  assert.ok(!existsSync(join(copy, "build")));
});

test("no network: one line, and no node_modules", () => {
  const copy = clone("no-network", { packages: false });
  const env = { npm_config_registry: "http://127.0.0.1:9", npm_config_cache: join(folder, "cache") };
  const { status, stderr } = setup(copy, env, ["packages"]);
  assert.equal(status, 1);
  assert.match(
    stderr,
    /^setup: npm packages: no network \(ECONNREFUSED\): connect, .*then: npm run setup\n$/,
  );
  assert.ok(!existsSync(join(copy, "node_modules")) && !existsSync(join(copy, ".partial")));
});

test("a folder of somebody else: one line, and nothing is taken away", () => {
  const copy = clone("foreign-folder", { packages: false });
  mkdirSync(join(copy, ".venv"));
  writeFileSync(join(copy, ".venv/.jacobi"), "unfinished\n");
  chmodSync(copy, 0o555);
  chmodSync(folder, 0o755);
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {}; // root may write everywhere
  for (const step of ["packages", "addon", "build", "python"]) {
    const { status, stderr } = spawnSync(process.execPath, [join(copy, "scripts/setup.mjs"), step], {
      encoding: "utf8",
      env: { HOME: "/nonexistent", PATH: process.env.PATH ?? "" },
      ...nobody,
    });
    assert.equal(status, 1);
    assert.match(stderr, /^setup: .*foreign-folder cannot be written by you: .*\n$/);
  }
  assert.ok(existsSync(join(copy, ".venv/.jacobi")));
  chmodSync(copy, 0o755);
});

test("Ctrl-C while packages come: one line, and nothing half-made", async () => {
  const copy = clone("interrupted", { packages: false });
  const asked = createServer().listen(0, "127.0.0.1"); // takes connections and never answers
  await once(asked, "listening");
  const { port } = asked.address() as { port: number };
  const env = {
    HOME: join(folder, "home"),
    PATH: process.env.PATH ?? "",
    npm_config_registry: `http://127.0.0.1:${port}`,
    npm_config_cache: join(folder, "empty-cache"),
  };
  const words = [join(copy, "scripts/setup.mjs"), "packages"];
  const running = spawn(process.execPath, words, {
    env,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  running.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const [socket] = await once(asked, "connection");
  process.kill(-(running.pid as number), "SIGINT"); // as a terminal does, to the whole group
  const [status] = await once(running, "close");
  socket.destroy();
  asked.close();
  assert.equal(status, 1);
  assert.match(stderr, /^setup: npm packages: interrupted: nothing half-made is left; .*\n$/);
  assert.ok(!existsSync(join(copy, "node_modules")) && !existsSync(join(copy, ".partial")));
});

test("a Node that is too old: one line", () => {
  const old = join(folder, "old.cjs");
  const value = '{ value: { ...process.versions, node: "18.20.4" } }';
  writeFileSync(old, `Object.defineProperty(process, "versions", ${value});`);
  const { status, stderr } = setup(clone("old-node", { packages: true }), {}, [], ["--require", old]);
  assert.equal(status, 1);
  assert.match(stderr, /^setup: Node\.js is too old: 18\.20\.4: 20\.19 or newer is needed: .*\n$/);
});

test("a .venv that is not ours is left alone", () => {
  const copy = clone("foreign", { packages: true });
  mkdirSync(join(copy, ".venv"));
  writeFileSync(join(copy, ".venv/mine"), "");
  const { stderr } = setup(copy, {}, ["python"]);
  assert.match(stderr, /^setup: \.venv was not made by this command: move it away, then: npm run setup\n$/);
  assert.ok(existsSync(join(copy, ".venv/mine")));
});

test("an addon builds and loads without Node's own header files", () => {
  const copy = clone("no-headers", { packages: true });
  const node = join(folder, "node/bin/node");
  cpSync(process.execPath, node);
  writeFileSync(
    join(copy, "native/least.cc"),
    "#include <node_api.h>\nNAPI_MODULE_INIT() { return exports; }\n",
  );
  writeFileSync(
    join(copy, "binding.gyp"),
    '{"targets": [{"target_name": "jacobi", "sources": ["native/least.cc"]}]}',
  );
  const env = { HOME: join(folder, "home"), PATH: process.env.PATH ?? "" };
  const result = spawnSync(node, [join(copy, "scripts/setup.mjs"), "addon"], { encoding: "utf8", env });
  assert.equal(result.stderr, "");
  assert.ok(existsSync(join(copy, "build/node-headers/include/node/node_api.h")));
  assert.ok(existsSync(join(copy, "build/Release/jacobi.node")));
});
