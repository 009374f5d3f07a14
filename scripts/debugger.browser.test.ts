/** JupyterLab's visual debugger in a headless Chromium: a breakpoint in a cell, its variables, and on to the end. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { installKernelspec } from "../kernel/install.ts";
import { noChromium } from "./chromium.ts";
import { startLab } from "./lab.ts";
import { root } from "./sources.ts";

const cell = `let total = 0;
for (const x of [1, 2, 3]) {
  total += x;
}
total * 7`;
const notebook = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: "jacobi", display_name: "TypeScript (Jacobi)", language: "typescript" } },
  cells: [{ id: "sum", cell_type: "code", source: cell, metadata: {}, outputs: [], execution_count: null }],
};

// The kernelspec of these sources, whatever was installed before.
const prefix = mkdtempSync(join(tmpdir(), "jacobi-spec-"));
installKernelspec({ kind: "prefix", folder: prefix }, "jacobi", join(root, "dist/kernel/main.js"));
process.env.JUPYTER_PATH = join(prefix, "share/jupyter");
after(() => rmSync(prefix, { recursive: true, force: true }));

const options = { skip: noChromium, timeout: 200_000 };
test("JupyterLab's debugger stops a cell at a breakpoint and shows its variables", options, async () => {
  const lab = await startLab();
  try {
    writeFileSync(join(lab.folder, "debugged.ipynb"), JSON.stringify(notebook));
    await lab.withNotebook("debugged.ipynb", async (page) => {
      await page.locator(".jp-DebuggerBugButton").first().click();
      const gutter = page.locator(".cm-breakpoint-gutter .cm-gutterElement");
      await gutter.nth(3).click({ timeout: 30_000 });
      // The first is a hidden one, for the gutter's width.
      const point = page.locator(".cm-breakpoint-icon >> visible=true");
      await point.first().waitFor({ timeout: 30_000 });
      await page.locator(".jp-Cell .cm-content").first().click();
      await page.keyboard.press("Control+Enter");
      await page.locator(".jp-DebuggerEditor-highlight").first().waitFor({ timeout: 60_000 });
      const variables = page.locator(".jp-DebuggerVariables");
      await variables.getByText("total").first().waitFor({ timeout: 30_000 });
      mkdirSync(join(root, "out"), { recursive: true });
      await page.screenshot({ path: join(root, "out/debugger.png") });
      assert.match((await page.locator(".jp-DebuggerCallstack").textContent()) ?? "", /In \[1\]/);
      // Without breakpoints it runs to its end.
      await gutter.nth(3).click();
      await page.locator(".jp-DebuggerBreakpoint").waitFor({ state: "detached" });
      await page.keyboard.press("F9");
      await page.getByText("42", { exact: true }).first().waitFor({ timeout: 30_000 });
      await page.screenshot({ path: join(root, "out/debugger-ended.png") });
    });
  } finally {
    lab.stop();
  }
});
