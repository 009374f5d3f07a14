/** Lengths of time as IPython writes them. */

const parts = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
] as const;

/** `1.37 s`, `26.3 μs`, `2min 5s`. */
export function durationText(seconds: number, digits = 3): string {
  if (seconds >= 60) return longText(seconds);
  const order = seconds > 0 ? Math.min(3, Math.max(0, -Math.floor(Math.log10(seconds) / 3))) : 3;
  return `${Number((seconds * 1000 ** order).toPrecision(digits))} ${["s", "ms", "μs", "ns"][order]}`;
}

function longText(seconds: number): string {
  let left = seconds;
  const texts: string[] = [];
  for (const [unit, length] of parts) {
    const count = Math.floor(left / length);
    if (count > 0) texts.push(`${count}${unit}`);
    left -= count * length;
    if (left < 1) break;
  }
  return texts.join(" ");
}
