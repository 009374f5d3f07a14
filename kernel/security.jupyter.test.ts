/** Encryption as Jupyter asks for it: its own client starts the kernel and requires CURVE. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { installKernelspec } from "./install.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

const program = `
import json, sys
from jupyter_client.manager import KernelManager
from jupyter_client.blocking import BlockingKernelClient
manager = KernelManager(kernel_name="jacobi", transport_encryption=sys.argv[1], transport=sys.argv[2])
manager.start_kernel()
info = json.load(open(manager.connection_file))
client = manager.client()
client.start_channels()
client.wait_for_ready(timeout=60)
printed = []
reply = client.execute_interactive("console.log(6 * 7)", timeout=60, output_hook=lambda m: printed.append(m["content"].get("text")))
alive = client.is_alive()
beating = client.hb_channel.is_beating()
client.stop_channels()
plain = BlockingKernelClient()
plain.load_connection_info({k: v for k, v in info.items() if not k.startswith("curve")})
plain.start_channels(hb=False)
plain.kernel_info()
try:
    plain.get_shell_msg(timeout=2)
    heard = True
except Exception:
    heard = False
plain.stop_channels()
manager.shutdown_kernel()
print(json.dumps({"keys": "curve_secretkey" in info, "status": reply["content"]["status"], "printed": [text for text in printed if text], "beating": beating, "heard": heard}))
`;

test("jupyter_client that requires encryption gets it, over tcp and ipc, and a client without keys gets nothing", () => {
  const folder = mkdtempSync(join(tmpdir(), "jacobi-"));
  try {
    installKernelspec({ kind: "prefix", folder }, "jacobi", join(root, "dist/kernel/main.js"));
    for (const transport of ["tcp", "ipc"]) {
      const { stdout, stderr } = spawnSync(
        join(root, ".venv/bin/python"),
        ["-c", program, "required", transport],
        {
          cwd: folder,
          encoding: "utf8",
          env: { ...process.env, JUPYTER_PATH: join(folder, "share/jupyter"), JUPYTER_RUNTIME_DIR: folder },
        },
      );
      const expected = { keys: true, status: "ok", printed: ["42\n"], beating: true, heard: false };
      assert.deepEqual(JSON.parse(stdout.trim().split("\n").at(-1) || "null"), expected, stderr);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
