/** JupyterLab in a headless Chromium: the course runs from top to bottom, and a widget's slider reaches a cell. */
import assert from "node:assert/strict";
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { noChromium } from "./chromium.ts";
import { readNotebook } from "./jupyter.ts";
import { type Lab, runAll, startLab } from "./lab.ts";
import { root } from "./sources.ts";

const options = { skip: noChromium, timeout: 240_000 };
let lab: Lab;
before(async () => {
  if (!noChromium) lab = await startLab();
});
after(() => lab?.stop());

test("the course runs in JupyterLab", options, async () => {
  const course = "pytorch-introduction.ipynb";
  cpSync(join(root, "notebooks", course), join(lab.folder, course));
  await lab.withNotebook(course, async (page) => {
    await runAll(page);
    const last = page.getByText("same gradient as torch.linalg.inv: true");
    const failed = page.locator('[data-mime-type="application/vnd.jupyter.error"]').first();
    await last.or(failed).first().waitFor({ timeout: 120_000 });
    assert.equal(await failed.count(), 0, (await failed.allTextContents()).join());
    await page.keyboard.press("Control+b"); // hides the file browser
    await page.locator('.jp-RenderedMarkdown h3:has-text("Exercise 2")').evaluate((h) => h.scrollIntoView());
    await page.screenshot({ path: join(root, "out/jupyterlab.png") });
    await page.keyboard.press("Control+s");
    await page.locator(".jp-DirtyIndicator, .jp-mod-dirty").waitFor({ state: "detached", timeout: 10_000 });
  });
  const outputs = readNotebook(join(lab.folder, course)).cells.flatMap((cell) => cell.outputs ?? []);
  assert.deepEqual(
    outputs.filter(({ output_type }) => output_type === "error"),
    [],
  );
  assert.ok(
    outputs.some(({ data }) => data?.["image/png"]),
    "the plot is there",
  );
});

/** A slider as ipywidgets' front-end wants it: three models, each a comm. https://github.com/jupyter-widgets/ipywidgets/tree/main/packages/schema */
const slider = `import { createComm } from "jacobi/comm";
const model = (library: string, name: string, state: object) => createComm({
  target_name: "jupyter.widget",
  metadata: { version: "2.1.0" },
  data: {
    state: { _model_module: library, _model_module_version: "2.0.0", _model_name: name + "Model",
      _view_module: library, _view_module_version: "2.0.0", _view_name: name + "View", ...state },
    buffer_paths: [],
  },
});
const layout = model("@jupyter-widgets/base", "Layout", {});
const style = model("@jupyter-widgets/controls", "SliderStyle",
  { _view_module: "@jupyter-widgets/base", _view_name: "StyleView" });
const slider = model("@jupyter-widgets/controls", "IntSlider", { value: 3, max: 10,
  layout: "IPY_MODEL_" + layout.comm_id, style: "IPY_MODEL_" + style.comm_id });
const view = { version_major: 2, version_minor: 0, model_id: slider.comm_id };
display({ "text/plain": "a slider", "application/vnd.jupyter.widget-view+json": view }, { raw: true });
const value = await new Promise<number>((resolve) => slider.onMsg(({ method, state }) => {
  if (method === "update" && state.value !== undefined) resolve(state.value);
}));
slider.send({ method: "update", state: { value: 2 * value }, buffer_paths: [] });
console.log("the cell got", value);`;

test(
  "a slider's value arrives in a cell that awaits it, and the cell's answer moves the slider",
  options,
  async () => {
    const cell = {
      cell_type: "code",
      id: "slider",
      execution_count: null,
      metadata: {},
      outputs: [],
      source: slider,
    };
    const kernelspec = { name: "jacobi", display_name: "TypeScript (Jacobi)", language: "typescript" };
    const notebook = { cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
    writeFileSync(join(lab.folder, "slider.ipynb"), JSON.stringify(notebook));
    await lab.withNotebook("slider.ipynb", async (page) => {
      await runAll(page);
      const handle = page.locator(".widget-slider .noUi-handle");
      await handle.waitFor({ timeout: 60_000 });
      await handle.focus();
      await page.keyboard.press("ArrowRight");
      await page.getByText("the cell got 4", { exact: true }).waitFor({ timeout: 30_000 });
      await page.locator(".widget-slider .widget-readout", { hasText: /^8$/ }).waitFor({ timeout: 30_000 });
    });
  },
);
