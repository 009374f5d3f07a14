/** `jacobi run` beside nbclient, and on real servers: Jupyter Server and Kernel Gateway. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Notebook } from "./notebook.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const bin = (name: string): string => join(root, ".venv/bin", name);
const cli = join(root, "dist/kernel/cli.js");
const folder = mkdtempSync(join(tmpdir(), "jacobi-run-jupyter-"));
const token = "a-token-of-this-test";
const servers: ChildProcess[] = [];
/** What ends the kernel that runs it: a signal of its own to itself only ends the cell. */
const dying = `import { execSync } from "node:child_process"; execSync("kill -9 $PPID")`;
after(() => {
  for (const server of servers) server.kill();
  rmSync(folder, { recursive: true });
});

/** Starts a server's command; gives its address when it answers. */
async function serve(name: "server" | "kernelgateway", words: readonly string[]): Promise<string> {
  const port = await freePort();
  const flags = [`--port=${port}`, "--ip=127.0.0.1", "--allow-root"];
  const env = { ...process.env, JUPYTER_RUNTIME_DIR: join(folder, name) };
  const server = spawn(bin("jupyter"), [name, ...words, ...flags.slice(0, name === "server" ? 3 : 2)], {
    env,
    cwd: folder,
    stdio: "ignore",
  });
  servers.push(server);
  const address = `http://127.0.0.1:${port}`;
  const headers = { Authorization: `token ${token}` };
  while (!(await fetch(`${address}/api/kernelspecs`, { headers }).catch(() => undefined))?.ok)
    await new Promise((resolve) => setTimeout(resolve, 100));
  return address;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** A notebook file of these cells. */
function notebook(name: string, sources: readonly string[], kernel = "jacobi"): string {
  const cells = sources.map((source, i) => ({
    cell_type: "code",
    id: `c${i}`,
    metadata: {},
    source,
    outputs: [],
    execution_count: null,
  }));
  const kernelspec = { display_name: "TypeScript (Jacobi)", language: "typescript", name: kernel };
  const file = join(folder, name);
  writeFileSync(file, JSON.stringify({ cells, metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 }));
  return file;
}

function jacobi(...words: string[]): Promise<{ status: number | null; stderr: string }> {
  const child = spawn(process.execPath, [cli, "run", ...words], { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((resolve) => child.once("close", (status) => resolve({ status, stderr })));
}

/** The notebook without what differs from run to run: times, and how a stream was cut into messages. */
function comparable(file: string): Notebook {
  const value: Notebook = JSON.parse(readFileSync(file, "utf8"));
  for (const cell of value.cells) {
    const execution = cell.metadata.execution as Record<string, string> | undefined;
    if (execution) cell.metadata.execution = Object.keys(execution);
    const merged: Record<string, unknown>[] = [];
    for (const output of cell.outputs ?? []) {
      const last = merged.at(-1);
      const isSame =
        output.output_type === "stream" && last?.output_type === "stream" && last.name === output.name;
      if (isSame) last.text = [...(last.text as string[]), ...(output.text as string[])];
      else merged.push({ ...output });
    }
    if (cell.outputs) cell.outputs = merged;
  }
  return value;
}

const odd = [
  "console.log('a'); console.error('b'); process.stdout.write('c'); 'd'",
  "const h = display('first', { display_id: 'x' }); h.update('second'); display(Markdown('# m'), HTML('<b>é</b>'));",
  "update_display('third', { display_id: 'x' })",
  "console.log('gone'); clear_output(); console.log('stays'); clear_output({ wait: true }); console.log('last')",
  "   ",
  "const n: number = 'text'",
  "throw new TypeError('é\\u2028')",
  "[1, 2]",
];

test("outputs are stored as nbclient stores them", async () => {
  const file = notebook("odd.ipynb", odd);
  const course = join(folder, "course.ipynb");
  cpSync(join(root, "notebooks/pytorch-introduction-exercises.ipynb"), course);
  const theirs = spawnSync(
    bin("jupyter"),
    [
      "nbconvert",
      "--to",
      "notebook",
      "--execute",
      "--allow-errors",
      "--ExecutePreprocessor.record_timing=True",
      file,
      course,
      "--output-dir",
      join(folder, "nbclient"),
    ],
    { encoding: "utf8" },
  );
  assert.equal(theirs.status, 0, theirs.stderr);
  await jacobi(file, course, "--inplace", "--allow-errors");
  for (const name of ["odd.ipynb", "course.ipynb"])
    assert.deepEqual(comparable(join(folder, name)), comparable(join(folder, "nbclient", name)));
});

let jupyterServer: string;
before(async () => {
  jupyterServer = await serve("server", [`--IdentityProvider.token=${token}`, "--no-browser"]);
});

const auth = `--IdentityProvider.token=${token}`;
for (const [name, address] of [
  ["Jupyter Server", () => jupyterServer],
  [
    "Jupyter Server of the JSON protocol",
    () => serve("server", [auth, "--no-browser", "--ZMQChannelsWebsocketConnection.kernel_ws_protocol="]),
  ],
  ["Kernel Gateway", () => serve("kernelgateway", [`--KernelGatewayApp.auth_token=${token}`])],
] as const) {
  test(`notebooks run on a ${name}, which keeps no kernel of them`, async () => {
    const at = await address();
    const file = notebook(`on-${name.replaceAll(" ", "-")}.ipynb`, [
      "console.log('x'.repeat(100000).length)",
      "torch.ones(2)",
    ]);
    const { status, stderr } = await jacobi(file, "--inplace", "--server", at, "--token", token);
    assert.equal(status, 0, stderr);
    const [first, second] = comparable(file).cells;
    assert.deepEqual(
      first?.outputs?.map(({ text }) => text),
      [["100000\n"]],
    );
    assert.deepEqual(second?.outputs?.[0]?.data, { "text/plain": ["tensor([1., 1.])"] });
    const kernels = await fetch(`${at}/api/kernels`, { headers: { Authorization: `token ${token}` } });
    if (kernels.ok) assert.deepEqual(await kernels.json(), []); // a gateway may not list them
  });
}

test("a cut connection is made again, and nothing is lost", async () => {
  const { port } = new URL(jupyterServer);
  const open = new Set<Socket>();
  const proxy: Server = createServer((socket) => {
    const other = connect(Number(port), "127.0.0.1");
    for (const [from, to] of [
      [socket, other],
      [other, socket],
    ] as const) {
      open.add(from);
      from.on("error", () => {}).on("close", () => to.destroy());
      from.pipe(to);
    }
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => proxy.once("listening", resolve));
  const at = `http://127.0.0.1:${(proxy.address() as { port: number }).port}`;
  const mark = join(folder, "half");
  // What the server has handed to the network when it is cut is lost to it, so "before" must have arrived.
  const code = `import { writeFileSync } from "node:fs"; console.log("before");
    await new Promise((r) => setTimeout(r, 1000)); writeFileSync(${JSON.stringify(mark)}, "");
    await new Promise((r) => setTimeout(r, 2000)); console.log("after"); 7`;
  const file = notebook("cut.ipynb", [code, "8"]);
  const running = jacobi(file, "--inplace", "--server", at, "--token", token);
  while (spawnSync("test", ["-e", mark]).status !== 0)
    await new Promise((resolve) => setTimeout(resolve, 50));
  for (const socket of open) socket.destroy();
  const { status, stderr } = await running;
  proxy.close();
  assert.equal(status, 0, stderr);
  assert.match(stderr, /cut\.ipynb: the connection was cut; connected again/);
  const [first, second] = comparable(file).cells;
  assert.deepEqual(
    first?.outputs?.map(({ text, data }) => text ?? data),
    [["before\n", "after\n"], { "text/plain": ["7"] }],
  );
  assert.deepEqual(second?.outputs?.[0]?.data, { "text/plain": ["8"] });
});

test("what a server refuses is one clear line each", async () => {
  const file = notebook("plain.ipynb", ["1"]);
  const on = async (server: string, secret: string, one = file): Promise<string> =>
    (await jacobi(one, "--server", server, "--token", secret)).stderr;
  assert.match(
    await on(jupyterServer, "wrong"),
    /^\S*plain\.ipynb: http:\S+: the token was refused \(403\)\n$/,
  );
  assert.match(
    await on("http://127.0.0.1:9", token),
    /^\S*plain\.ipynb: http:\S+: cannot be reached: [^\n]+\n$/,
  );
  assert.match(
    await on("localhost", token),
    /--server localhost: expected an address like http:\/\/localhost:8888\n$/,
  );
  const other = notebook("other.ipynb", ["1"], "no-such-kernel");
  assert.match(
    await on(jupyterServer, token, other),
    /kernel no-such-kernel: not on http:\S+: it has .*jacobi.*\n$/,
  );
  const dies = notebook("dies.ipynb", [dying]);
  assert.match(await on(jupyterServer, token, dies), /^\S*dies\.ipynb: the kernel died: [^\n]+\n$/);
});
