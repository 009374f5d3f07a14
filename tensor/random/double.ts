/**
 * Logarithm, sine and cosine in float64, correct to 0.5001 ulp: PyTorch's come from a C library that is within 0.52 of
 * the truth, JavaScript's are not (3 to 6 % differ in the last bit), and seeded numbers shall be equal to the bit.
 */

/** Rounding error of the last `product` or `sum`: value + error is exact. */
let error = 0;

/** a * b by Dekker's algorithm. */
function product(a: number, b: number): number {
  const p = a * b;
  const ah = a * 134217729 - (a * 134217729 - a);
  const bh = b * 134217729 - (b * 134217729 - b);
  error = ah * bh - p + ah * (b - bh) + (a - ah) * bh + (a - ah) * (b - bh);
  return p;
}

/** a + b by Knuth's algorithm. */
function sum(a: number, b: number): number {
  const s = a + b;
  const t = s - a;
  error = a - (s - t) + (b - t);
  return s;
}

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
const TWO_THIRDS = 2 / 3;
const TWO_THIRDS_LOW = 3.700743415417188e-17;
const scratch = new DataView(new ArrayBuffer(8));

/** ln(x) for normal positive x: 2 artanh((m-1)/(m+1)) + e ln 2, the first two terms in twofold precision. */
export function log(x: number): number {
  scratch.setFloat64(0, x);
  const high = scratch.getUint32(0);
  let e = (high >>> 20) - 1023;
  scratch.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let m = scratch.getFloat64(0);
  if (m > Math.SQRT2) {
    m /= 2;
    e += 1;
  }
  const f = m - 1;
  const d = 2 + f;
  const s = f / d;
  const back = product(s, d);
  const sLow = (f - back - error - s * (f - (d - 2))) / d;
  const z = product(s, s);
  const zLow = error + 2 * s * sLow;
  const cube = product(s, z);
  const cubeLow = error + s * zLow + sLow * z;
  const third = product(cube, TWO_THIRDS);
  const thirdLow = error + cube * TWO_THIRDS_LOW + cubeLow * TWO_THIRDS;
  let tail = 0;
  for (let k = 29; k >= 5; k -= 2) tail = tail * z + 2 / k;
  const first = sum(e * LN2_HIGH, 2 * s);
  const firstLow = error;
  const total = sum(first, third);
  return total + (error + firstLow + e * LN2_LOW + 2 * sLow + thirdLow + cube * z * tail);
}

/** sin and cos of j/64, j = 0…51, each as a sum of two numbers: [sin, rest, cos, rest, …]. */
function makeTable(): Float64Array {
  const bits = 120n;
  const one = 1n << bits;
  const table = new Float64Array(52 * 4);
  const put = (at: number, value: bigint) => {
    table[at] = Number(value) / 2 ** 120;
    table[at + 1] = Number(value - BigInt(table[at]! * 2 ** 120)) / 2 ** 120;
  };
  for (let j = 0; j < 52; j++) {
    const x = (BigInt(j) * one) / 64n;
    const sums = [0n, 0n];
    let term = one;
    for (let k = 0; k < 40; k++) {
      sums[k & 1]! += k & 2 ? -term : term;
      term = ((term * x) >> bits) / BigInt(k + 1);
    }
    put(4 * j, sums[1]!);
    put(4 * j + 2, sums[0]!);
  }
  return table;
}

let table: Float64Array | undefined;

/** pi/2 in three parts; the first two have 33 bits, so small multiples are exact. */
const [P1, P2, P3] = [1.5707963267341256, 6.077100506303966e-11, 2.0222662487959506e-21] as const;

/** [sin(x), cos(x)] for 0 <= x < 8. */
export function sincos(x: number): readonly [number, number] {
  table ??= makeTable();
  const n = Math.round(x / (Math.PI / 2));
  const r = sum(x - n * P1, -n * P2);
  const rLow = error - n * P3;
  const j = Math.round(r * 64);
  const h = r - j / 64;
  const w = h * h;
  const sinRest = rLow + h * w * (-1 / 6 + w * (1 / 120 - w / 5040));
  const cosRest = w * (-0.5 + w * (1 / 24 - w / 720)) - h * rLow;
  const at = 4 * Math.abs(j);
  const [s, sLow, c, cLow] = [table[at]!, table[at + 1]!, table[at + 2]!, table[at + 3]!];
  const sign = j < 0 ? -1 : 1;
  const sine = addProduct(sign * s, c, h, sign * (sLow + s * cosRest) + c * sinRest + cLow * h);
  const cosine = addProduct(c, -sign * s, h, cLow + c * cosRest - sign * (s * sinRest + sLow * h));
  switch (n & 3) {
    case 0:
      return [sine, cosine];
    case 1:
      return [cosine, -sine];
    case 2:
      return [-sine, -cosine];
    default:
      return [-cosine, sine];
  }
}

/** a + b * c + rest, where rest is small. */
function addProduct(a: number, b: number, c: number, rest: number): number {
  const p = product(b, c);
  const low = error;
  const s = sum(a, p);
  return s + (error + low + rest);
}
