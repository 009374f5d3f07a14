/** The LaTeX commands that labels know, and the characters they stand for. */

const table = `
alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν
xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω
Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
nabla ∇ partial ∂ infty ∞ ell ℓ hbar ℏ Re ℜ Im ℑ aleph ℵ emptyset ∅ varnothing ∅ forall ∀ exists ∃ neg ¬ angle ∠ degree °
sum ∑ prod ∏ int ∫ oint ∮ cdot ⋅ times × div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ bullet • oplus ⊕ otimes ⊗ odot ⊙ wedge ∧ vee ∨
leq ≤ le ≤ geq ≥ ge ≥ neq ≠ ne ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ propto ∝ ll ≪ gg ≫ in ∈ notin ∉ subset ⊂ subseteq ⊆ cup ∪ cap ∩
to → rightarrow → leftarrow ← mapsto ↦ Rightarrow ⇒ implies ⇒ Leftrightarrow ⇔ iff ⇔ leftrightarrow ↔ longrightarrow ⟶
uparrow ↑ downarrow ↓ ldots … dots … cdots ⋯ vdots ⋮ ddots ⋱ prime ′ top ⊤ bot ⊥ perp ⊥ parallel ∥ mid |
lVert ‖ rVert ‖ Vert ‖ | ‖ lvert | rvert | vert | langle ⟨ rangle ⟩ lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉
lbrace { rbrace } backslash \\ dagger † S § copyright ©
`;

/** Command → character. */
export const symbols: Readonly<Record<string, string>> = Object.fromEntries(
  table
    .trim()
    .split(/\s+/)
    .reduce<[string, string][]>((pairs, word, i) => {
      if (i % 2 === 0) pairs.push([word, ""]);
      else pairs.at(-1)![1] = word;
      return pairs;
    }, []),
);

/** Command → combining character. */
export const accents: Readonly<Record<string, string>> = {
  tilde: "\u0303",
  widetilde: "\u0303",
  hat: "\u0302",
  widehat: "\u0302",
  bar: "\u0304",
  overline: "\u0305",
  vec: "\u20d7",
  dot: "\u0307",
  ddot: "\u0308",
  acute: "\u0301",
  grave: "\u0300",
  check: "\u030c",
  breve: "\u0306",
};

/** Commands that print their own name upright. */
export const functions: ReadonlySet<string> = new Set(
  "arccos arcsin arctan arg cos cosh cot csc deg det dim exp gcd inf ker lim ln log max min sec sin sinh sup tan tanh Pr argmin argmax".split(
    " ",
  ),
);
