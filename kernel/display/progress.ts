/** `tqdm`: how far a loop has come, as a bar on the page, or as a line on stderr outside the kernel. */

import { performance, process } from "../originals.ts";
import { displaySymbol, type MimeBundle } from "./bundle.ts";
import { display, update_display } from "./display.ts";
import { escapeHtml } from "./format.ts";
import { isInKernel } from "./publish.ts";

export interface ProgressOptions {
  readonly desc?: string;
  /** How many there will be; an array's length when not given. */
  readonly total?: number;
  /** The name of one step. */
  readonly unit?: string;
  /** The least time between two updates, in seconds. */
  readonly mininterval?: number;
  /** Shows nothing. */
  readonly disable?: boolean;
}

/** Iterates over what it was given while showing progress; also driven by hand with `update` and `close`. */
export class Progress<T> implements Iterable<T>, AsyncIterable<T> {
  /** Steps done. */
  n = 0;
  readonly total: number | undefined;
  #items: Iterable<T> | AsyncIterable<T> | null;
  #options: ProgressOptions;
  #desc: string;
  #postfix = "";
  #started = performance.now();
  #shownAt = Number.NEGATIVE_INFINITY;
  #display_id: string | null = null;
  #isClosed = false;

  constructor(items: Iterable<T> | AsyncIterable<T> | null, options: ProgressOptions) {
    this.#items = items;
    this.#options = options;
    this.#desc = options.desc ?? "";
    this.total = options.total ?? lengthOf(items);
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    const items = this.#items;
    if (items === null || !(Symbol.iterator in items))
      throw new TypeError(
        "tqdm: nothing to iterate over: expected an iterable, or `for await` for an async one",
      );
    this.#begin();
    try {
      for (const item of items) {
        yield item;
        this.update();
      }
    } finally {
      this.close();
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Awaited<T>, void, undefined> {
    if (this.#items === null) throw new TypeError("tqdm: nothing to iterate over: expected an iterable");
    this.#begin();
    try {
      for await (const item of this.#items) {
        yield item;
        this.update();
      }
    } finally {
      this.close();
    }
  }

  /** `steps` more are done. */
  update(steps = 1): void {
    this.n += steps;
    const interval = 1000 * (this.#options.mininterval ?? 0.1);
    if (performance.now() - this.#shownAt >= interval) this.refresh();
  }

  /** Changes the text before the bar. */
  set_description(desc: string): void {
    this.#desc = desc;
    this.refresh();
  }

  /** Changes the text after the bar, such as the loss: `{ loss: 0.25 }`. */
  set_postfix(values: Readonly<Record<string, unknown>> | string): void {
    this.#postfix =
      typeof values === "string"
        ? values
        : Object.entries(values)
            .map(([k, v]) => `${k}=${short(v)}`)
            .join(", ");
  }

  /** Shows the state now. */
  refresh(): void {
    if (!this.#isClosed) this.#show();
  }

  #show(): void {
    if (this.#options.disable) return;
    this.#shownAt = performance.now();
    if (!isInKernel()) {
      process.stderr.write(`\r${this.#line()}`);
    } else if (this.#display_id === null) {
      this.#display_id = display(this).display_id;
    } else {
      update_display(this, { display_id: this.#display_id });
    }
  }

  /** Shows the last state; more steps are no longer shown. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#show();
    if (!isInKernel() && !this.#options.disable) process.stderr.write("\n");
  }

  [displaySymbol](): MimeBundle {
    return { "text/html": this.#html(), "text/plain": this.#line() };
  }

  #begin(): void {
    this.#started = performance.now();
    this.refresh();
  }

  /** Done, as a part of all; null when it is not known how many there are. */
  #part(): number | null {
    return this.total ? Math.min(1, this.n / this.total) : null;
  }

  #counts(): string {
    const seconds = (performance.now() - this.#started) / 1000;
    const rate = this.n / seconds;
    const unit = this.#options.unit ?? "it";
    const left = this.total !== undefined && this.n > 0 ? `<${clock((this.total - this.n) / rate)}` : "";
    const speed =
      this.n === 0
        ? `?${unit}/s`
        : rate >= 1
          ? `${rate.toFixed(2)}${unit}/s`
          : `${(1 / rate).toFixed(2)}s/${unit}`;
    const postfix = this.#postfix && `, ${this.#postfix}`;
    const count = this.total === undefined ? `${this.n}${unit}` : `${this.n}/${this.total}`;
    return `${count} [${clock(seconds)}${left}, ${speed}${postfix}]`;
  }

  #line(): string {
    const part = this.#part();
    const desc = this.#desc && `${this.#desc}: `;
    if (part === null) return `${desc}${this.#counts()}`;
    return `${desc}${percent(part)}|${textBar(part, 20)}| ${this.#counts()}`;
  }

  #html(): string {
    const part = this.#part();
    const isDone = part === 1;
    const colour = isDone ? "#2ca02c" : this.#isClosed ? "#d62728" : "#1f77b4";
    const label = `${this.#desc && `${escapeHtml(this.#desc)}: `}${part === null ? "" : percent(part)}`;
    const fill = `<span style="display:block;width:${(100 * (part ?? 0)).toFixed(1)}%;height:100%;background:${colour}"></span>`;
    const bar =
      part === null
        ? ""
        : `<span style="flex:0 1 20em;height:1em;background:rgba(128,128,128,.25);border-radius:2px;overflow:hidden">${fill}</span>`;
    const style = "display:flex;align-items:center;gap:.6em;font-family:monospace;white-space:pre";
    return `<div style="${style}"><span>${label}</span>${bar}<span>${escapeHtml(this.#counts())}</span></div>`;
  }
}

/** A bar over an iterable, over `0 … n - 1` for a number, or one to drive by hand: `tqdm({ total: 10 })`. */
export function tqdm(count: number, options?: ProgressOptions): Progress<number>;
export function tqdm<T>(items: Iterable<T>, options?: ProgressOptions): Progress<T>;
export function tqdm<T>(items: AsyncIterable<T>, options?: ProgressOptions): Progress<T>;
export function tqdm(options?: ProgressOptions): Progress<never>;
export function tqdm(
  first?: number | Iterable<unknown> | AsyncIterable<unknown> | ProgressOptions,
  options: ProgressOptions = {},
): Progress<unknown> {
  if (typeof first === "number") return new Progress(range(first), { total: first, ...options });
  if (first === undefined) return new Progress(null, options);
  if (typeof first === "string" || Symbol.iterator in first || Symbol.asyncIterator in first)
    return new Progress(first as Iterable<unknown>, options);
  return new Progress<unknown>(null, first as ProgressOptions);
}

function* range(end: number): Generator<number> {
  for (let i = 0; i < end; i++) yield i;
}

function lengthOf(items: unknown): number | undefined {
  const { length, size } = Object(items) as { length?: unknown; size?: unknown };
  if (typeof length === "number") return length;
  return typeof size === "number" ? size : undefined;
}

const percent = (part: number): string => `${Math.floor(100 * part)}%`.padStart(4);

const eighths = " ▏▎▍▌▋▊▉";

function textBar(part: number, width: number): string {
  const filled = Math.round(part * width * 8);
  const full = "█".repeat(Math.floor(filled / 8));
  const rest = filled % 8 === 0 ? "" : eighths[filled % 8]!;
  return (full + rest).padEnd(width);
}

function clock(seconds: number): string {
  if (!Number.isFinite(seconds)) return "?";
  const whole = Math.round(seconds);
  const minutes = String(Math.floor(whole / 60) % 60).padStart(2, "0");
  const rest = `${minutes}:${String(whole % 60).padStart(2, "0")}`;
  return whole < 3600 ? rest : `${Math.floor(whole / 3600)}:${rest}`;
}

function short(value: unknown): string {
  return typeof value === "number" && !Number.isInteger(value) ? value.toPrecision(3) : String(value);
}
