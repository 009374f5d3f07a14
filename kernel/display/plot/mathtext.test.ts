/** Labels with mathematics: which characters come out, in which face and place. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { layoutLine } from "./mathtext.ts";

/** Runs as `text` upright, `/text/` italic, `*text*` bold, `^text` raised, `_text` lowered. */
function show(label: string): string {
  return layoutLine(label)
    .runs.map(({ text, face, y }) => {
      const inked = face === "italic" ? `/${text}/` : face === "bold" ? `*${text}*` : text;
      return (y < -0.01 ? "^" : y > 0.01 ? "_" : "") + inked;
    })
    .join(" ");
}

const cases: readonly (readonly [label: string, shown: string])[] = [
  ["loss per step", "loss per step"],
  ["$x$", "/x/"],
  ["$\\|A x - y\\|_2^2$", "‖ /Ax/ − /y/ ‖ ^2 _2"],
  ["$10^{-3}$", "10 ^−3"],
  ["$2\\times10^{0}$", "2 × 10 ^0"],
  ["$\\tilde{x}$", "/x\u0303/"],
  ["$\\hat y = f_\\theta(x)$", "/y\u0302/ = /f/ _/θ/ ( /x/ )"],
  ["$\\nabla_\\theta L$", "∇ _/θ/ /L/"],
  ["$\\alpha\\Gamma$", "/α/ Γ"],
  ["$\\frac{1}{2}$", "^1 _2"],
  ["$\\sqrt{x}$", "√ /x/"],
  ["$\\mathrm{loss}_i$", "loss _/i/"],
  ["$\\mathbf{w}$", "*w*"],
  ["$\\text{a b}$", "a b"],
  ["$\\mathbb{R}^n$", "ℝ ^/n/"],
  ["$\\log x$", "log /x/"],
  ["$f'(x)$", "/f/ ^′ ( /x/ )"],
  ["$-x$", "− /x/"],
  ["$\\left( x \\right)$", "( /x/ )"],
  ["$a \\leq b \\in \\mathbb{Z}$", "/a/ ≤ /b/ ∈ ℤ"],
  ["costs \\$5", "costs $5"],
  ["one $ alone", "one $ alone"],
  ["$\\unheard x$", "\\unheard /x/"],
  ["$\\constructor$", "\\constructor"],
  ["loss $L$ in %", "loss  /L/  in %"],
  ["$x^$", "/x/"],
  ["$}$", "}"],
];

for (const [label, shown] of cases) test(`${label} reads ${shown}`, () => assert.equal(show(label), shown));

test("a binary minus has room around it, a sign has none", () => {
  assert.ok(layoutLine("$a-b$").width > layoutLine("$a{-}b$").width + 0.3);
});

test("the script of a tall base stands higher", () => {
  const up = (label: string) => Math.min(...layoutLine(label).runs.map((r) => r.y));
  assert.ok(up("$\\frac{1}{2}^n$") < up("$x^n$"));
});

test("the limits of a sum stand above and below it", () => {
  const [sum, n, i] = layoutLine("$\\sum_i^n$").runs;
  assert.ok(sum && n && i && n.y < -0.5 && i.y > 0.2 && Math.abs(n.x - sum.x) < 0.5);
});

test("any label can be laid out, and none is lost", () => {
  const words = fc.constantFrom(
    "$",
    "\\",
    "{",
    "}",
    "^",
    "_",
    "\\frac",
    "\\sqrt",
    "\\tilde",
    "\\text",
    "\\left",
    "\\mathbb",
    "\\sum",
    "x",
    " ",
    "-",
    "é",
    "😀",
  );
  fc.assert(
    fc.property(fc.array(words), (parts) => {
      const { width, ascent, descent } = layoutLine(parts.join(""));
      assert.ok(Number.isFinite(width) && Number.isFinite(ascent) && Number.isFinite(descent));
    }),
    { seed: 1 },
  );
});
