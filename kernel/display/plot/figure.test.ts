/** Figures as SVG: pictures against stored ones, and what must hold for every picture. */
import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { Figure } from "./figure.ts";
import { renderPng } from "./png.ts";

/** `JACOBI_UPDATE_SNAPSHOTS=1` writes the pictures anew; look at them before you commit. */
const folder = join(fileURLToPath(new URL("../../../../", import.meta.url)), "kernel/display/plot/snapshots");
const steps = (n: number, f: (i: number) => number) => Array.from({ length: n }, (_, i) => f(i));

function onAxes(draw: (ax: ReturnType<Figure["add_subplot"]>) => void): Figure {
  const figure = new Figure();
  draw(figure.add_subplot());
  return figure;
}

const pictures: Readonly<Record<string, () => Figure>> = {
  "loss-curve": () =>
    onAxes((ax) => {
      ax.semilogy(
        steps(60, (i) => 10 * 0.75 ** i),
        { label: "SGD, lr 0.05" },
      );
      ax.set_title("Loss over the iterations");
      ax.set_xlabel("iteration");
      ax.set_ylabel("$\\|A\\tilde{x} - y\\|_2^2$");
      ax.legend();
      ax.grid(true);
    }),
  "line-styles-and-gaps": () =>
    onAxes((ax) => {
      ax.plot(
        steps(20, (i) => Math.sin(i / 3)),
        "o-",
        { label: "$\\sin$" },
      );
      ax.plot(
        steps(20, (i) => (i === 9 ? Number.NaN : Math.cos(i / 3))),
        "r--",
        { label: "with a gap" },
      );
      ax.axhline(0, { color: "0.5", lw: 1 });
      ax.legend({ loc: "upper right" });
    }),
  subplots: () => {
    const figure = new Figure({ figsize: [8, 3] });
    const [left, right] = figure.subplots(1, 2);
    left!.scatter([1, 2, 3, 4], [4, 1, 3, 2], { c: [0, 1, 2, 3] });
    left!.set_title("points");
    right!.bar(["train", "valid", "test"], [0.92, 0.88, 0.87], { alpha: 0.8 });
    right!.set_title("$\\frac{\\mathrm{right}}{\\mathrm{all}}$");
    figure.suptitle("Two plots");
    return figure;
  },
  "offsets-and-areas": () =>
    onAxes((ax) => {
      ax.fill_between([0, 1, 2], [1e6 + 1, 1e6 + 2, 1e6], [1e6 + 2, 1e6 + 4, 1e6 + 3], { alpha: 0.3 });
      ax.plot([0, 1, 2], [1e6 + 1.5, 1e6 + 3, 1e6 + 1.5]);
    }),
};

for (const [name, draw] of Object.entries(pictures)) {
  test(`${name} looks as it is stored`, () => {
    const file = join(folder, `${name}.svg`);
    const svg = `${draw().toSVG(true).replace(/></g, ">\n<")}\n`;
    if (process.env.JACOBI_UPDATE_SNAPSHOTS) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, svg);
    }
    assert.ok(existsSync(file), `${file} is missing`);
    assert.equal(svg, readFileSync(file, "utf8"));
  });
}

test("text is escaped, and broken characters are dropped", () => {
  const figure = onAxes((ax) => {
    ax.plot([1], { label: "<img src=x onerror=alert(1)>" });
    ax.set_title('</svg><script>alert("&")</script>\ud800\u0000');
    ax.legend();
  });
  const svg = figure.toSVG();
  assert.doesNotMatch(svg, /<script|<img|\ud800(?![\udc00-\udfff])/);
  assert.ok(!svg.includes("\u0000"));
  assert.match(svg, /&lt;script&gt;alert\(&quot;&amp;&quot;\)/);
});

test("no element has an id, so two figures on a page cannot disturb each other", () => {
  for (const draw of Object.values(pictures)) assert.doesNotMatch(draw().toSVG(), /\bid=|url\(#/);
});

test("no picture holds NaN or Infinity, whatever the data", () => {
  const numbers = fc.array(fc.oneof(fc.double(), fc.integer({ min: -9, max: 9 })), { maxLength: 8 });
  const kinds = fc.constantFrom("plot", "semilogy", "loglog", "scatter", "hist", "bar", "fill_between");
  fc.assert(
    fc.property(kinds, numbers, (kind, y) => {
      const figure = onAxes((ax) => {
        const x = [...y.keys()];
        if (kind === "hist") ax.hist(y, { label: "h" });
        else if (kind === "plot" || kind === "semilogy" || kind === "loglog")
          ax[kind](y, "o-", { label: "l" });
        else if (kind === "bar") ax.bar(x, y, { label: "b" });
        else if (kind === "scatter") ax.scatter(x, y, { label: "s" });
        else ax.fill_between(x, y, { label: "f" } as never);
        ax.legend();
        ax.grid();
      });
      assert.doesNotMatch(figure.toSVG(true), /NaN|Infinity|undefined/);
    }),
    { numRuns: 200, seed: 1 },
  );
});

test("a range that no number can hold is still drawn", () => {
  const svg = onAxes((ax) => ax.fill_between([0, 1], [-1.79e308, 1.79e308])).toSVG();
  assert.match(svg, /<path d="M[\d.]+ 427.2L/);
});

test("a line of 1e5 points becomes a few thousand that cover the same pixels", () => {
  const y = Float64Array.from({ length: 1e5 }, (_, i) => Math.sin(i / 1000) + (i % 2 === 0 ? 0.3 : -0.3));
  const svg = onAxes((ax) => ax.plot(y)).toSVG();
  assert.ok(svg.length < 100_000, `${svg.length} characters`);
  const spike = y.slice();
  spike[54_321] = 5;
  const ys = [
    ...onAxes((ax) => ax.plot(spike))
      .toSVG()
      .matchAll(/L[\d.]+ ([\d.]+)/g),
  ].map((m) => Number(m[1]));
  assert.ok(Math.abs(Math.min(...ys) - 74.4) < 0.01, "the one spike is still there, 5 % below the top");
});

test("a PNG has ink in it: fonts and lines are found", () => {
  const text = (label: string) => renderPng(onAxes((ax) => ax.set_title(label)).toSVG(), 1).length;
  assert.ok(text("Loss over the iterations") > text("") + 500);
});

test("a level line outside the axes is a picture too", () => {
  const below = onAxes((ax) => {
    ax.plot([5, 6], [1, 1]);
    ax.set_ylim(10, 11);
  });
  const noLogarithm = onAxes((ax) => ax.semilogy([0, -1]));
  for (const figure of [below, noLogarithm]) assert.ok(renderPng(figure.toSVG(), 1).length > 1000);
});

test("savefig writes the whole page, and PNGs at the dpi that is asked for", () => {
  const place = mkdtempSync(join(tmpdir(), "jacobi-plot-"));
  try {
    const figure = onAxes((ax) => ax.plot([1, 2]));
    figure.savefig(join(place, "a.svg"));
    figure.savefig(join(place, "a.png"), { dpi: 50 });
    assert.match(readFileSync(join(place, "a.svg"), "utf8"), /^<svg [^>]*width="640" height="480"/);
    const png = readFileSync(join(place, "a.png"));
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [320, 240]);
  } finally {
    rmSync(place, { recursive: true });
  }
});

test("the best place of a legend is one that hides nothing", () => {
  const place = (y: number[]) => {
    const svg = onAxes((ax) => {
      ax.plot(y, { label: "y" });
      ax.legend();
    }).toSVG();
    const [, x, top] = /<g class="legend"><rect x="([\d.]+)" y="([\d.]+)"/.exec(svg)!;
    return `${Number(top) < 240 ? "upper" : "lower"} ${Number(x) < 320 ? "left" : "right"}`;
  };
  assert.equal(place([5, 4, 3, 2, 1]), "upper right");
  assert.equal(place([1, 2, 3, 4, 5]), "upper left");
});

test("tight_layout keeps labels of neighbours apart", () => {
  const figure = new Figure();
  const [left, right] = figure.subplots(1, 2);
  right!.set_ylabel("a label");
  const before = right!.place.left - (left!.place.left + left!.place.width);
  figure.tight_layout();
  figure.toSVG();
  assert.ok(right!.place.left - (left!.place.left + left!.place.width) > before);
});
