/** SVG as text: elements with escaped attributes, and numbers short enough to read. */

export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Text made safe between tags and inside quoted attributes; characters that XML forbids are dropped. */
export function escapeXml(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 forbids
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/g, "")
      .replace(/(^|[^\ud800-\udbff])[\udc00-\udfff]/g, "$1")
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/"/g, "&quot;")
      .replace(/'/g, "&#39;")
  );
}

/** A pixel coordinate to a hundredth, without a trailing zero or a minus sign on zero. */
export function number(value: number): string {
  const rounded = Math.round(value * 100) / 100;
  return rounded === 0 ? "0" : String(rounded);
}

/** One element; attributes that are undefined are left out. `children` is markup, not text. */
export function element(name: string, attributes: Attributes, children = ""): string {
  let text = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    text += ` ${key}="${typeof value === "number" ? number(value) : escapeXml(value)}"`;
  }
  return children === "" ? `${text}/>` : `${text}>${children}</${name}>`;
}

/** The `d` of a polyline through pixel points `x0, y0, x1, y1, …`. */
export function polyline(points: readonly number[] | Float64Array, close = false): string {
  let d = "";
  for (let i = 0; i + 1 < points.length; i += 2) {
    d += `${i === 0 ? "M" : "L"}${number(points[i]!)} ${number(points[i + 1]!)}`;
  }
  return close && d !== "" ? `${d}Z` : d;
}

/** The centre of the pixel that holds a coordinate, so that thin upright and level lines stay sharp. */
export function snap(value: number): number {
  return Math.floor(value + 1e-6) + 0.5;
}
