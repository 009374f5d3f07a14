/** JupyterLab in a headless Chromium: the course opens, runs from top to bottom and shows its results. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { chromium, type Page } from "playwright-core";
import { findChromium, noChromium } from "./chromium.ts";
import { readNotebook, venvCommand, venvEnvironment } from "./jupyter.ts";
import { root } from "./sources.ts";

const course = "pytorch-introduction.ipynb";
const folder = mkdtempSync(join(tmpdir(), "jacobi-lab-"));
let server: ChildProcess | undefined;
/** What JupyterLab's server has said, shown when the test fails. */
let log = "";
after(() => {
  server?.kill();
  rmSync(folder, { recursive: true, force: true });
});

/** Starts JupyterLab on a copy of the course; gives its address once it answers. */
async function startLab(): Promise<string> {
  cpSync(join(root, "notebooks", course), join(folder, course));
  const port = await freePort();
  const open = ["--IdentityProvider.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True"];
  const place = ["--ip=127.0.0.1", `--port=${port}`, `--ServerApp.root_dir=${folder}`];
  const env = { ...venvEnvironment(), ...ownFolders() };
  const words = ["lab", "--no-browser", "--allow-root", ...open, ...place];
  const lab = spawn(venvCommand("jupyter"), words, { env, stdio: ["ignore", "ignore", "pipe"] });
  server = lab;
  await new Promise<void>((resolve, reject) => {
    lab.stderr.on("data", (chunk) => {
      log += chunk;
      if (/is running at|Use Control-C/.test(log)) resolve();
    });
    lab.on("exit", () => reject(new Error(`JupyterLab ended: ${log}`)));
  });
  return `http://127.0.0.1:${port}`;
}

/** Folders of JupyterLab's own that no other test or person uses: all cells stay in the page, no news is asked for. */
function ownFolders(): Record<string, string> {
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

/** Runs all cells by the menu, and waits until the last one has run or one has failed. */
async function runAll(page: Page): Promise<void> {
  // The notebook's own indicator says idle before there is a kernel.
  await page.getByText("TypeScript (Jacobi) | Idle").waitFor({ timeout: 60_000 });
  await page.getByRole("menuitem", { name: "Run", exact: true }).click();
  await page.getByText("Run All Cells", { exact: true }).click();
  const last = page.getByText("same gradient as torch.linalg.inv: true");
  const failed = page.locator('[data-mime-type="application/vnd.jupyter.error"]').first();
  await last.or(failed).first().waitFor({ timeout: 120_000 });
  assert.equal(await failed.count(), 0, (await failed.allTextContents()).join());
}

test("the course runs in JupyterLab", { skip: noChromium, timeout: 240_000 }, async () => {
  const address = await startLab();
  const executablePath = findChromium() ?? "";
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ viewport: { width: 1000, height: 1440 } });
  mkdirSync(join(root, "out"), { recursive: true });
  try {
    await page.goto(`${address}/lab/tree/${course}`);
    await runAll(page);
    await page.keyboard.press("Control+b"); // hides the file browser
    await page.locator('.jp-RenderedMarkdown h3:has-text("Exercise 2")').evaluate((h) => h.scrollIntoView());
    await page.screenshot({ path: join(root, "out/jupyterlab.png") });
    await page.keyboard.press("Control+s");
    await page.locator(".jp-DirtyIndicator, .jp-mod-dirty").waitFor({ state: "detached", timeout: 10_000 });
    const outputs = readNotebook(join(folder, course)).cells.flatMap((cell) => cell.outputs ?? []);
    assert.deepEqual(
      outputs.filter(({ output_type }) => output_type === "error"),
      [],
    );
    assert.ok(
      outputs.some(({ data }) => data?.["image/png"]),
      "the plot is there",
    );
  } catch (error) {
    await page.screenshot({ path: join(root, "out/jupyterlab-failed.png") });
    console.error(log);
    throw error;
  } finally {
    await browser.close();
  }
});
