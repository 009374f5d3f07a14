/** Singular values by one-sided Jacobi rotations (Demmel and Veselić: small ones keep their relative accuracy). */

/** A = U·diag(s)·Vᵀ of a matrix with at least as many rows as columns; U [m, n] and V [n, n] by columns. */
export interface Svd {
  readonly u: Float64Array[];
  readonly s: number[];
  readonly v: Float64Array[];
}

function dotOf(a: Float64Array, b: Float64Array): number {
  let total = 0;
  for (let i = 0; i < a.length; i++) total += a[i]! * b[i]!;
  return total;
}

function rotate(a: Float64Array, b: Float64Array, c: number, s: number): void {
  for (let i = 0; i < a.length; i++) {
    const [p, q] = [a[i]!, b[i]!];
    a[i] = c * p - s * q;
    b[i] = s * p + c * q;
  }
}

/** Makes two columns orthogonal; false where they already were. */
function orthogonalise(u: Float64Array[], v: Float64Array[], p: number, q: number): boolean {
  const [a, b] = [u[p]!, u[q]!];
  const [alpha, beta, gamma] = [dotOf(a, a), dotOf(b, b), dotOf(a, b)];
  if (gamma === 0 || Math.abs(gamma) <= 1e-15 * Math.sqrt(alpha * beta)) return false;
  const zeta = (beta - alpha) / (2 * gamma);
  const t = Math.sign(zeta || 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const c = 1 / Math.sqrt(1 + t * t);
  rotate(a, b, c, c * t);
  rotate(v[p]!, v[q]!, c, c * t);
  return true;
}

/** The decomposition of a matrix given by its columns, which become U's. */
export function jacobiSvd(columns: Float64Array[]): Svd {
  const n = columns.length;
  const u = columns;
  const v = Array.from({ length: n }, (_, j) => {
    const e = new Float64Array(n);
    e[j] = 1;
    return e;
  });
  for (let sweep = 0; sweep < 60; sweep++) {
    let turned = false;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) if (orthogonalise(u, v, p, q)) turned = true;
    if (!turned) break;
  }
  const s = u.map((column) => Math.sqrt(dotOf(column, column)));
  u.forEach((column, j) => {
    const length = s[j]!;
    if (length > 0) for (let i = 0; i < column.length; i++) column[i]! /= length;
  });
  return { u, s, v };
}
