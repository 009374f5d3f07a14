/** A JupyterLab of `.venv` for browser tests: its server on a folder, and a page in a headless Chromium. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Page } from "playwright-core";
import { findChromium } from "./chromium.ts";
import { venvCommand, venvEnvironment } from "./jupyter.ts";
import { root } from "./sources.ts";

export interface Lab {
  /** What it serves, and where notebooks are put before they are opened. */
  readonly folder: string;
  /** Opens a notebook, and gives the page to `use` once its kernel is idle; a screenshot is left when that fails. */
  withNotebook(name: string, use: (page: Page) => Promise<void>): Promise<void>;
  /** Ends the server and removes the folder. */
  stop(): void;
}

/** Starts JupyterLab on a folder of its own, with settings that no other test or person uses. */
export async function startLab(): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), "jacobi-lab-"));
  const port = await freePort();
  const open = ["--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True"];
  const place = ["--ip=127.0.0.1", `--port=${port}`, `--ServerApp.root_dir=${folder}`];
  const env = { ...venvEnvironment(), ...ownFolders(folder) };
  const words = ["lab", "--no-browser", "--allow-root", ...open, ...place];
  const server = spawn(venvCommand("jupyter"), words, { env, stdio: ["ignore", "ignore", "pipe"] });
  const log = await untilRunning(server);
  return {
    folder,
    async withNotebook(name, use) {
      const executablePath = findChromium() ?? "";
      const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
      const page = await browser.newPage({ viewport: { width: 1000, height: 1440 } });
      mkdirSync(join(root, "out"), { recursive: true });
      try {
        await page.goto(`http://127.0.0.1:${port}/lab/tree/${name}`);
        // The notebook's own indicator says idle before there is a kernel.
        await page.getByText("TypeScript (Jacobi) | Idle").waitFor({ timeout: 60_000 });
        await use(page);
      } catch (error) {
        await page.screenshot({ path: join(root, "out/jupyterlab-failed.png") });
        console.error(log());
        throw error;
      } finally {
        await browser.close();
      }
    },
    stop() {
      server.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits for the server; gives what it has said so far, then and later. */
async function untilRunning(server: ChildProcess): Promise<() => string> {
  let log = "";
  await new Promise<void>((resolve, reject) => {
    server.stderr?.on("data", (chunk) => {
      log += chunk;
      if (/is running at|Use Control-C/.test(log)) resolve();
    });
    server.on("exit", () => reject(new Error(`JupyterLab ended: ${log}`)));
  });
  return () => log;
}

/** All cells stay in the page, and no news is asked for. */
function ownFolders(folder: string): Record<string, string> {
  const settings = join(folder, ".settings/@jupyterlab");
  const write = (path: string, text: string): void => {
    mkdirSync(join(settings, path, ".."), { recursive: true });
    writeFileSync(join(settings, `${path}.jupyterlab-settings`), text);
  };
  write("notebook-extension/tracker", '{ "windowingMode": "none" }');
  write("apputils-extension/notification", '{ "fetchNews": "false" }');
  return {
    JUPYTER_CONFIG_DIR: join(folder, ".config"),
    JUPYTER_RUNTIME_DIR: join(folder, ".run"),
    JUPYTERLAB_SETTINGS_DIR: join(folder, ".settings"),
    JUPYTERLAB_WORKSPACES_DIR: join(folder, ".workspaces"),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Runs all cells by the menu. */
export async function runAll(page: Page): Promise<void> {
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByText("Run All Cells", { exact: true }).click();
}
