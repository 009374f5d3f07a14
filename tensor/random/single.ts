/**
 * Logarithm, sine and cosine in float32 steps (Cephes' logf and sincosf, Moshier 1992, every multiply-add fused), as
 * PyTorch's vector path for normal numbers takes them: with them its numbers come out to the bit.
 */
const { fround } = Math;

/** a * b + c in float32, rounded once (the product is exact in float64). */
const fma = (a: number, b: number, c: number): number => fround(a * b + c);

const single = (coefficients: number[]): readonly number[] => coefficients.map(fround);

const LOG = single([
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
]);
const SIN = single([-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1]);
const COS = single([0.00002443315711809948, -0.001388731625493765, 0.04166664568298827]);
const SQRT_HALF = fround(Math.SQRT1_2);
const LN2_HIGH = 0.693359375;
const LN2_LOW = fround(-2.1219444e-4);
const FOUR_OVER_PI = fround(4 / Math.PI);
/** -pi/4 in three parts. */
const [PI_A, PI_B, PI_C] = [-0.78515625, -0.00024187564849853516, fround(-3.774894977445941e-8)] as const;

const bits = new Int32Array(1);
const asFloat = new Float32Array(bits.buffer);

function polynomial(coefficients: readonly number[], x: number): number {
  let y = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) y = fma(y, x, coefficients[i]!);
  return y;
}

/** ln(x) of a normal positive float32. */
export function log(x: number): number {
  asFloat[0] = x;
  let exponent = (bits[0]! >>> 23) - 126;
  bits[0] = (bits[0]! & 0x007fffff) | 0x3f000000;
  let m = asFloat[0]!;
  if (m < SQRT_HALF) {
    exponent -= 1;
    m = fround(fround(m - 1) + m);
  } else {
    m = fround(m - 1);
  }
  const z = fround(m * m);
  let y = fround(fround(polynomial(LOG, m) * m) * z);
  y = fma(exponent, LN2_LOW, y);
  y = fma(-z, 0.5, y);
  return fma(exponent, LN2_HIGH, fround(m + y));
}

/** [sin(x), cos(x)] of a float32 with 0 <= x < 8192. */
export function sincos(x: number): readonly [number, number] {
  const octant = (Math.trunc(fround(x * FOUR_OVER_PI)) + 1) & ~1;
  let r = fma(octant, PI_A, x);
  r = fma(octant, PI_B, r);
  r = fma(octant, PI_C, r);
  const z = fround(r * r);
  const cosine = fround(fma(-z, 0.5, fround(fround(polynomial(COS, z) * z) * z)) + 1);
  const sine = fma(fround(polynomial(SIN, z) * z), r, r);
  const [s, c] = octant & 2 ? [cosine, sine] : [sine, cosine];
  return [octant & 4 ? -s : s, (octant - 2) & 4 ? c : -c];
}
