/** The addon as the library uses it: the C++ tests, interrupts, memory, subnormals, and the choice of a backend. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { allocate } from "../core/allocate.ts";
import { float32 } from "../core/dtype.ts";
import { loadAddon } from "./addon.ts";
import { createNative } from "./native.ts";
import { Pool, roundedSize } from "./pool.ts";
import { contiguous } from "./views.test-data.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const index = new URL("./index.js", import.meta.url).href;
const addon = loadAddon();
const skip = addon instanceof Error ? `the addon does not load: ${addon.message}` : false;
const add = { name: "add", f: (a: number, b: number) => a + b };

/** Runs a module that sees the backend's exports, in a process of its own. */
function inProcess(
  body: string,
  environment: Record<string, string>,
): { status: number | null; text: string } {
  const source = `import { backend, backendReport } from ${JSON.stringify(index)};\n${body}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", source], {
    env: { ...process.env, ...environment },
    encoding: "utf8",
  });
  return { status, text: stdout + stderr };
}

describe("the addon", { skip }, () => {
  const native = addon as Exclude<typeof addon, Error>;

  it("leaves subnormals switched on", () => {
    assert.equal(Number.MIN_VALUE * [1][0]!, 5e-324);
  });

  it("stops a long loop once the interrupt flag is up, and starts again once it is down", () => {
    const flag = new Int32Array(new SharedArrayBuffer(8));
    const backend = createNative(native, { interrupted: () => new Error("KeyboardInterrupt") });
    native.setInterruptFlag(flag);
    const [y, x] = [contiguous([1 << 18], float32), contiguous([1 << 18], float32, () => 1)];
    const square = contiguous([300, 300], float32, () => 1);
    flag[0] = 1;
    assert.throws(() => backend.binary(add, y, x, x), /KeyboardInterrupt/);
    assert.throws(() => backend.matmul(contiguous([300, 300], float32), square, square), /KeyboardInterrupt/);
    assert.throws(() => backend.reduce("sum", contiguous([1], float32), x), /KeyboardInterrupt/);
    flag[0] = 0;
    backend.binary(add, y, x, x);
    assert.equal(y.storage.data![(1 << 18) - 1], 2);
    native.setInterruptFlag(null);
  });

  it("reuses the blocks of 1,500 temporaries of 1 MB within one synchronous loop", () => {
    const pool = new Pool(native);
    for (let i = 0; i < 1500; i++) pool.block(float32, 2 ** 18).data[0] = i;
    assert.ok(pool.statistics.reserved <= 64 * 2 ** 20, `${pool.statistics.reserved} bytes were reserved`);
  });

  it("keeps a block while a view of it is alive", () => {
    const pool = new Pool(native);
    const kept = Array.from({ length: 20 }, (_, i) => pool.block(float32, 2 ** 16).data.fill(i as never));
    for (let i = 0; i < 400; i++) pool.block(float32, 2 ** 16).data.fill(-1 as never);
    for (const [i, data] of kept.entries())
      assert.ok(
        (data as Float32Array).every((value) => value === i),
        `block ${i}`,
      );
  });

  it("aligns blocks to 64 bytes", () => {
    const pool = new Pool(native);
    for (const n of [300, 1000, 4097, 3_000_001]) assert.equal(pool.block(float32, n).address % 64, 0);
  });
});

it("rounds sizes by at most an eighth above half a kilobyte", () => {
  for (const bytes of [1025, 4096, 5000, 1 << 20, (1 << 20) + 1]) {
    assert.ok(
      roundedSize(bytes) >= bytes && roundedSize(bytes) <= bytes * 1.125,
      `${bytes}: ${roundedSize(bytes)}`,
    );
  }
});

it("gives a one-element storage no memory until it needs some", () => {
  const storage = allocate(float32, 1);
  assert.equal(storage.data, null);
});

it("takes the reference where JACOBI_BACKEND says so", () => {
  const { text } = inProcess("console.log(backend.name, backendReport.reason)", {
    JACOBI_BACKEND: "reference",
  });
  assert.equal(text, "reference JACOBI_BACKEND=reference\n");
});

it("takes the instruction set that JACOBI_ISA names", { skip }, () => {
  const { text } = inProcess("console.log(backend.name, backendReport.isa)", { JACOBI_ISA: "base" });
  assert.equal(text, "native base\n");
});

it("serves a worker and the main thread at once, each through a ring of its own", { skip }, async () => {
  const views = new URL("./views.test-data.js", import.meta.url).href;
  const dtype = new URL("../core/dtype.js", import.meta.url).href;
  const source = `Promise.all([${[index, views, dtype].map((url) => `import(${JSON.stringify(url)})`).join(", ")}])
    .then(([{ backend }, { contiguous }, { float32 }]) => {
      const [y, x] = [contiguous([100000], float32), contiguous([100000], float32, () => 1)];
      for (let i = 0; i < 200; i++) backend.binary({ name: "add", f: (a, b) => a + b }, y, y, x);
      require("node:worker_threads").parentPort.postMessage(y.storage.data[99999]);
    });`;
  const worker = new Worker(source, { eval: true });
  const finished = new Promise((resolve) => worker.once("exit", resolve));
  const answer = new Promise((resolve) => worker.once("message", resolve));
  const backend = createNative(addon as Exclude<typeof addon, Error>, {
    interrupted: () => new Error("interrupted"),
  });
  const [y, x] = [contiguous([100000], float32), contiguous([100000], float32, () => 2)];
  for (let i = 0; i < 200; i++) backend.binary(add, y, y, x);
  assert.equal(y.storage.data![99999], 400);
  assert.equal(await answer, 200);
  assert.equal(await finished, 0);
});

it("says which instruction sets there are when JACOBI_ISA names another", { skip }, () => {
  const { status, text } = inProcess("", { JACOBI_ISA: "mmx" });
  assert.notEqual(status, 0);
  assert.match(
    text,
    /JACOBI_ISA: mmx was given: this machine can run .*base: choose one of them or unset it/,
  );
});

const release = join(root, "build/Release");
const archives = existsSync(release)
  ? readdirSync(release).filter((name) => /^jacobi_.*\.a$/.test(name))
  : [];
const compiler = process.env.CXX ?? "c++";
const noCompiler = spawnSync(compiler, ["--version"]).status !== 0;

it("passes the C++ tests", {
  skip: noCompiler ? `no ${compiler}` : archives.length === 0 ? "not built here" : false,
}, () => {
  const folder = mkdtempSync(join(tmpdir(), "jacobi-native-"));
  try {
    const program = join(folder, "test");
    const libraries = [...archives]
      .sort((a) => (a.includes("loops") ? -1 : 1))
      .map((name) => join(release, name));
    const built = spawnSync(
      compiler,
      ["-std=c++17", "-O1", join(root, "native/test/main.cc"), ...libraries, "-o", program],
      {
        encoding: "utf8",
      },
    );
    assert.equal(built.status, 0, built.stderr);
    const { status, stdout } = spawnSync(program, { encoding: "utf8" });
    assert.equal(status, 0, stdout);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
