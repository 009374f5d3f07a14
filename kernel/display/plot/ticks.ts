/** Where ticks stand and what they say: matplotlib's MaxNLocator, LogLocator and their formatters. */

/** Python's floor division with remainder, which is exact where `Math.floor(a / b)` rounds. */
function divmod(a: number, b: number): [number, number] {
  let rest = a % b;
  if (rest !== 0 && rest < 0 !== b < 0) rest += b;
  const quotient = (a - rest) / b;
  const floor = Math.floor(quotient);
  return [quotient - floor > 0.5 ? floor + 1 : floor, rest];
}

/** A power of ten to the last bit (`10 ** -5` is not). */
const tenTo = (exponent: number): number => Number(`1e${exponent}`);
const floorLog10 = (x: number): number => Math.floor(Math.log10(x));

/** Steps a tick distance may have, in units of a power of ten; those below 1 and above 10 serve the neighbours. */
const steps = [0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20];

/**
 * Ticks on a linear axis that is seen from `low` to `high` and has room for `space` labels; one or two lie beyond
 * the ends. Follows matplotlib's AutoLocator.
 */
export function linearTicks(low: number, high: number, space: number): number[] {
  const bins = Math.min(Math.max(space, 1), 9);
  const span = high - low;
  const middle = (high + low) / 2;
  const offset = Math.abs(middle) / span < 100 ? 0 : Math.sign(middle) * tenTo(floorLog10(Math.abs(middle)));
  const unit = tenTo(floorLog10(span / bins));
  const start = low - offset;
  const end = high - offset;
  const first = steps.findIndex((s) => s * unit >= span / bins);
  let ticks: number[] = [];
  for (let i = first < 0 ? steps.length - 1 : first; i >= 0; i--) {
    const step = steps[i]! * unit;
    const base = divmod(start, step)[0] * step;
    const from = edge(start - base, step, offset, "below");
    const to = edge(end - base, step, offset, "above");
    ticks = Array.from({ length: to - from + 1 }, (_, k) => (from + k) * step + base);
    if (ticks.filter((t) => start <= t && t <= end).length >= 2) break;
  }
  return ticks.map((t) => t + offset);
}

/** How many steps fit below (or cover) `x`, where a hair's breadth beside a tick counts as on it. */
function edge(x: number, step: number, offset: number, side: "below" | "above"): number {
  const digits = offset === 0 ? -Infinity : Math.log10(Math.abs(offset) / step);
  const tolerance = Math.min(0.4999, Math.max(1e-10, 10 ** (digits - 12)));
  const [whole, rest] = divmod(x, step);
  if (side === "below") return Math.abs(rest / step - 1) < tolerance ? whole + 1 : whole;
  return Math.abs(rest / step) < tolerance ? whole : whole + 1;
}

export interface TickLabels {
  readonly labels: readonly string[];
  /** What stands once at the end of the axis: `1e6`, `+1.5e3` or nothing. */
  readonly offset: string;
}

const minus = (text: string): string => text.replaceAll("-", "\u2212");

/** Labels of linear ticks: as few digits as tell them apart, with a common offset and power of ten. As ScalarFormatter. */
export function linearLabels(ticks: readonly number[], low: number, high: number): TickLabels {
  if (ticks.length === 0) return { labels: [], offset: "" };
  const offset = commonOffset(ticks, low, high);
  const power = commonPower(ticks, low, high, offset);
  const scaled = (ticks.length < 2 ? [...ticks, low, high] : ticks).map((t) => (t - offset) / tenTo(power));
  let range = Math.max(...scaled) - Math.min(...scaled);
  if (range === 0) range = Math.max(...scaled.map(Math.abs));
  if (range === 0) range = 1;
  const own = scaled.slice(0, ticks.length);
  const order = floorLog10(range);
  const near = 1e-3 * 10 ** order;
  let digits = Math.max(0, 3 - order);
  while (digits >= 0 && own.every((v) => Math.abs(v - Math.round(v * tenTo(digits)) / tenTo(digits)) < near))
    digits--;
  digits = Math.min(Math.max(digits + 1, 0), 100);
  const labels = own.map((v) => minus(withoutNegativeZero(v.toFixed(digits))));
  return { labels, offset: minus((power ? `1e${power}` : "") + (offset ? signed(offset) : "")) };
}

const withoutNegativeZero = (text: string): string => (Number(text) === 0 ? text.replace("-", "") : text);

/** The number that all labels are written without, or 0. */
function commonOffset(ticks: readonly number[], low: number, high: number): number {
  const seen = ticks.filter((t) => low <= t && t <= high);
  if (seen.length === 0) return 0;
  const least = Math.min(...seen);
  const most = Math.max(...seen);
  if (least === most || (least <= 0 && most >= 0)) return 0;
  const [a, b] = [Math.abs(least), Math.abs(most)].sort((x, y) => x - y) as [number, number];
  const top = Math.ceil(Math.log10(b));
  const whole = (x: number, order: number) => divmod(x, tenTo(order))[0];
  let order = top;
  while (whole(a, order) === whole(b, order)) order--;
  order++;
  if ((b - a) / tenTo(order) <= 1e-2) {
    order = top;
    while (whole(b, order) - whole(a, order) <= 1) order--;
    order++;
  }
  const leading = whole(b, order);
  return leading >= 1000 ? Math.sign(least) * Number(`${leading}e${order}`) : 0;
}

/** The power of ten that all labels are written without: 0 between 1e-4 and 1e5. */
function commonPower(ticks: readonly number[], low: number, high: number, offset: number): number {
  const size = offset ? high - low : Math.max(0, ...ticks.filter((t) => low <= t && t <= high).map(Math.abs));
  const power = size > 0 ? floorLog10(size) : 0;
  return power <= -5 || power >= 6 ? power : 0;
}

/** An offset as it is written behind the axis: `+1e6`, `−2.44e2`. */
function signed(value: number): string {
  const [mantissa, exponent] = value.toExponential(9).split("e") as [string, string];
  const short = mantissa.includes(".") ? mantissa.replace(/\.?0+$/, "") : mantissa;
  const power = Number(exponent);
  const text = power === 0 ? short : `${short}e${power}`;
  return value > 0 ? `+${text}` : text;
}

const log10s = (low: number, high: number): [number, number] => [Math.log10(low), Math.log10(high)];

/** Whole decades from `low` to `high` that get a tick when there is room for `space`; one lies beyond each end. */
function decades(
  low: number,
  high: number,
  space: number,
): { exponents: number[]; stride: number; whole: number } {
  const [bottom, top] = log10s(low, high);
  const first = Math.ceil(bottom);
  const last = Math.floor(top);
  const whole = last - first + 1;
  const room = Math.min(Math.max(space, 2), 9);
  const coarse = Math.floor(whole / (room + 1)) + 1;
  const wanted = Math.min(Math.ceil(whole / coarse), room);
  if (wanted <= 0) return { exponents: [first - 1, last + 1], stride: last - first + 2, whole };
  if (wanted === 1) {
    const middle = Math.round((bottom + top) / 2);
    const stride = Math.max(middle - first + 1, last + 1 - middle);
    return { exponents: [middle - stride, middle, middle + stride], stride, whole };
  }
  // The widest stride that still gives as many ticks, placed on its own multiples where they fit.
  let stride = Math.floor((whole - 1) / (wanted - 1));
  if (stride < whole / wanted) stride = Math.floor(whole / wanted);
  const least = Math.max(whole - stride * wanted, 0);
  const beyond = Math.min(whole - stride * (wanted - 1), stride);
  const onMultiples = ((-first % stride) + stride) % stride;
  const shift = onMultiples >= least && onMultiples < beyond ? onMultiples : least;
  const exponents: number[] = [];
  for (let e = first + shift - stride; e <= last + stride; e += stride) exponents.push(e);
  return { exponents, stride, whole };
}

/** Major ticks of a logarithmic axis: powers of ten. */
export function logTicks(low: number, high: number, space: number): number[] {
  return decades(low, high, space).exponents.map(tenTo);
}

/** Minor ticks of a logarithmic axis: 2 … 9 times each power of ten, or none when decades are skipped. */
export function logMinorTicks(low: number, high: number, space: number): number[] {
  const { exponents, stride, whole } = decades(low, high, space);
  if (whole >= 10) return [];
  const ticks: number[] = [];
  if (stride === 1 || whole <= 1) {
    const [bottom, top] = log10s(low, high);
    for (let e = Math.ceil(bottom) - 1; e <= Math.floor(top); e++) {
      for (let k = 2; k <= 9; k++) ticks.push(Number(`${k}e${e}`));
    }
  }
  const seen = ticks.filter((t) => low <= t && t <= high).length;
  return stride === 1 && exponents.length - 2 + seen <= 1 ? linearTicks(low, high, 9) : ticks;
}

/** Labels of logarithmic ticks as math text: `$10^{-3}$`; minor ones only where few powers of ten are in sight. */
export function logLabels(ticks: readonly number[], low: number, high: number): string[] {
  const [bottom, top] = log10s(low, high);
  const powers = Math.floor(top) - (Number.isInteger(bottom) ? bottom - 1 : Math.floor(bottom));
  const shown = powers > 1 ? [1] : top - bottom > 0.4 ? [1, 2, 3, 4, 6, 10] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  return ticks.map((tick) => {
    const log = Math.log10(tick);
    const power = Math.round(log);
    if (Math.abs(log - power) < 1e-10) return `$10^{${power}}$`;
    const factor = 10 ** (log - Math.floor(log));
    if (!shown.includes(Math.round(factor))) return "";
    return `$${Number(factor.toPrecision(6))}\\times10^{${Math.floor(log)}}$`;
  });
}
