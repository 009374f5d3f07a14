/** VS Code's way of starting and using a kernel, with the kernelspec that `jacobi install` writes. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { after, before, test } from "node:test";
import { KernelMessage } from "@jupyterlab/services";
import type { Kernelspec } from "./install.ts";
import { findKernelspec, startInVsCode, type VsCodeKernel } from "./test-vscode.ts";

const prefix = mkdtempSync(join(tmpdir(), "jacobi-vscode-"));
let spec: Kernelspec;
let kernel: VsCodeKernel;

before(async () => {
  const cli = join(import.meta.dirname, "cli.js");
  const { status, stderr } = spawnSync(process.execPath, [cli, "install", "--prefix", prefix], {
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  const jupyterPath = [join(prefix, "nothing here"), join(prefix, "share/jupyter")].join(delimiter);
  spec = findKernelspec("jacobi", jupyterPath);
  kernel = await startInVsCode(spec);
});

after(async () => {
  await kernel?.end();
  rmSync(prefix, { recursive: true });
});

function statusBecomes(wanted: string): Promise<void> {
  const { connection } = kernel;
  return new Promise((resolve) => {
    const look = (): void => {
      if (connection.status === wanted) resolve();
    };
    connection.statusChanged.connect(look);
    look();
  });
}

/** Runs a cell; gives its reply's status, the text it printed and its result. */
async function run(code: string): Promise<{ status: string; printed: string; result: unknown }> {
  const future = kernel.connection.requestExecute({ code, stop_on_error: false });
  let printed = "";
  let result: unknown;
  future.onIOPub = (message) => {
    if (KernelMessage.isStreamMsg(message)) printed += message.content.text;
    if (KernelMessage.isExecuteResultMsg(message)) result = message.content.data["text/plain"];
  };
  const reply = await future.done;
  return { status: reply.content.status, printed, result };
}

test("the kernel is ready well within VS Code's 60 seconds, and its language is what the kernelspec says", async () => {
  assert.ok(kernel.startup < 60_000, `${kernel.startup} ms`);
  assert.equal(spec.interrupt_mode, "message");
  const info = await kernel.connection.info;
  assert.equal(info.language_info.name, spec.language);
  assert.equal(info.language_info.file_extension, ".ts");
  await statusBecomes("idle"); // it follows the reply, and may come after it
});

test("a cell prints and has a result", async () => {
  const ran = await run("const grid: number[] = [1, 2, 3]; console.log(grid.length); grid.map((x) => x * x)");
  assert.deepEqual(ran, { status: "ok", printed: "3\n", result: "[ 1, 4, 9 ]" });
});

test("completion on a dot, with the kinds that VS Code draws icons for", async () => {
  const code = "grid.";
  const { content } = await kernel.connection.requestComplete({ code, cursor_pos: code.length });
  assert.ok(content.status === "ok");
  assert.deepEqual([content.cursor_start, content.cursor_end], [5, 5]);
  assert.ok(content.matches.includes("map"));
  const types = content.metadata._jupyter_types_experimental;
  assert.ok(Array.isArray(types));
  assert.equal(types.length, content.matches.length);
  const of = (text: string): unknown =>
    types.find((one) => one instanceof Object && "text" in one && one.text === text);
  const { type, start, end } = of("map") as Record<string, unknown>;
  assert.deepEqual({ type, start, end }, { type: "method", start: 5, end: 5 });
  assert.equal((of("length") as Record<string, unknown>).type, "property");
});

test("a name completed alone has its signature", async () => {
  const code = "grid.map";
  const { content } = await kernel.connection.requestComplete({ code, cursor_pos: code.length });
  assert.ok(content.status === "ok");
  const [first] = content.metadata._jupyter_types_experimental as { text: string; signature: string }[];
  assert.equal(first?.text, "map");
  assert.match(first.signature, /callbackfn/);
});

test("the library is inspected with its signature and its comment", async () => {
  const known = {
    "torch.norm": [/^norm\(x: Tensor, p\?: /, /The p-norm/],
    "optim.SGD": [/^SGD\(params: /, /Stochastic gradient descent/],
    "plt.plot": [/plot: \(\.\.\.args: PlotArguments\)/, /Lines or markers/],
    "np.array": [/^function array</, /Create array/],
  };
  for (const [code, patterns] of Object.entries(known)) {
    const asked = { code, cursor_pos: code.length, detail_level: 0 as const };
    const { content } = await kernel.connection.requestInspect(asked);
    assert.ok(content.status === "ok" && content.found, code);
    for (const pattern of patterns) assert.match(String(content.data["text/plain"]), pattern);
  }
});

test("an interrupt_request stops an endless loop and keeps the state", async () => {
  const future = kernel.connection.requestExecute({
    code: "let turns = 0; console.log('on'); for (;;) turns++;",
  });
  await new Promise<void>((resolve) => {
    future.onIOPub = (message) => {
      if (KernelMessage.isStreamMsg(message)) resolve();
    };
  });
  await kernel.interrupt();
  const { content } = await future.done;
  assert.ok(content.status === "error");
  assert.equal(content.ename, "KeyboardInterrupt");
  assert.deepEqual(await run("[turns > 0, grid.length]"), {
    status: "ok",
    printed: "",
    result: "[ true, 3 ]",
  });
});

test("an input_request opens a box and its answer arrives", async () => {
  const future = kernel.connection.requestExecute({ code: "await input('name? ')", allow_stdin: true });
  const asked = new Promise<KernelMessage.IStdinMessage>((resolve) => {
    future.onStdin = resolve;
  });
  const request = await asked;
  assert.ok(KernelMessage.isInputRequestMsg(request));
  assert.deepEqual(request.content, { prompt: "name? ", password: false });
  const result = new Promise((resolve) => {
    future.onIOPub = (message) => {
      if (KernelMessage.isExecuteResultMsg(message)) resolve(message.content.data["text/plain"]);
    };
  });
  kernel.connection.sendInputReply({ status: "ok", value: "Carl" }, request.header);
  assert.equal((await future.done).content.status, "ok");
  assert.equal(await result, "'Carl'");
});

test("a restart is a new process with a new connection and nothing of the old state", async () => {
  const { pid } = kernel.process;
  const how = await kernel.end();
  assert.ok(how === 0 || how === "SIGTERM", `the old process ended with ${how}`);
  kernel = await startInVsCode(spec);
  assert.notEqual(kernel.process.pid, pid);
  assert.equal((await run("typeof grid")).status, "error"); // unknown to the checker
  assert.deepEqual(await run("1 + 1"), { status: "ok", printed: "", result: "2" });
});
