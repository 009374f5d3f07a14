/** Declarations of the globals a cell sees, as text: Node's (trimmed, until a cell imports a Node module) and ours. */

/** What stands in the kernel's own names; each is loaded when a cell first mentions it. */
export const cellGlobals = `
import * as torch from "jacobi";
import * as nn from "jacobi/nn";
import * as F from "jacobi/nn/functional";
import * as optim from "jacobi/optim";
import * as np from "jacobi/numpy";
import * as plt from "jacobi/plot";
import { display, Markdown, Latex, HTML, Image, tqdm, clear_output, set_next_input, exit, exit as quit } from "jacobi/display";
declare function input(prompt?: string): Promise<string>;
declare function getpass(prompt?: string): Promise<string>;
declare function prompt(message?: string, defaultValue?: string): string | null;
export {};
`;

/** Web and Node globals, small enough to load in a few milliseconds; @types/node takes their place on import. */
export const nodeGlobals = `
interface Console {
  assert(value: any, message?: string, ...values: any[]): void;
  clear(): void;
  count(label?: string): void;
  countReset(label?: string): void;
  debug(message?: any, ...values: any[]): void;
  dir(value: any, options?: { depth?: number | null; colors?: boolean; showHidden?: boolean }): void;
  dirxml(...values: any[]): void;
  error(message?: any, ...values: any[]): void;
  group(...label: any[]): void;
  groupCollapsed(...label: any[]): void;
  groupEnd(): void;
  info(message?: any, ...values: any[]): void;
  log(message?: any, ...values: any[]): void;
  table(data: any, properties?: readonly string[]): void;
  time(label?: string): void;
  timeEnd(label?: string): void;
  timeLog(label?: string, ...values: any[]): void;
  trace(message?: any, ...values: any[]): void;
  warn(message?: any, ...values: any[]): void;
}
declare var console: Console;

declare namespace NodeJS {
  interface Timeout { ref(): this; unref(): this; hasRef(): boolean; refresh(): this; close(): this; [Symbol.toPrimitive](): number; [Symbol.dispose](): void }
  interface Immediate { ref(): this; unref(): this; hasRef(): boolean; [Symbol.dispose](): void }
  type Timer = Timeout;
  interface ProcessEnv { [name: string]: string | undefined }
  interface CallSite { getThis(): unknown; getTypeName(): string | null; getFunction(): Function | undefined; getFunctionName(): string | null; getMethodName(): string | null; getFileName(): string | undefined; getLineNumber(): number | null; getColumnNumber(): number | null; getEvalOrigin(): string | undefined; isToplevel(): boolean; isEval(): boolean; isNative(): boolean; isConstructor(): boolean; isAsync(): boolean; toString(): string }
  interface MemoryUsage { rss: number; heapTotal: number; heapUsed: number; external: number; arrayBuffers: number }
  interface WriteStream { write(data: string | Uint8Array, encoding?: BufferEncoding, done?: (error?: Error | null) => void): boolean; readonly isTTY: boolean; readonly columns: number; readonly rows: number; end(data?: string | Uint8Array): this; on(event: string, listener: (...values: any[]) => void): this; readonly fd: number }
  interface ReadStream extends AsyncIterable<Buffer> { readonly isTTY: boolean; readonly fd: number; on(event: string, listener: (...values: any[]) => void): this; setEncoding(encoding: BufferEncoding): this }
  type Platform = "aix" | "android" | "darwin" | "freebsd" | "haiku" | "linux" | "openbsd" | "sunos" | "win32" | "cygwin" | "netbsd";
  interface HRTime { (time?: [number, number]): [number, number]; bigint(): bigint }
  interface Process {
    readonly argv: string[];
    readonly argv0: string;
    readonly arch: string;
    readonly env: ProcessEnv;
    readonly execArgv: string[];
    readonly execPath: string;
    exitCode?: number | string | null | undefined;
    readonly hrtime: HRTime;
    readonly pid: number;
    readonly platform: Platform;
    readonly ppid: number;
    readonly release: { readonly name: string; readonly lts?: string };
    readonly stdin: ReadStream;
    readonly stdout: WriteStream;
    readonly stderr: WriteStream;
    title: string;
    readonly version: string;
    readonly versions: { readonly [name: string]: string | undefined; readonly node: string; readonly v8: string };
    chdir(folder: string): void;
    cpuUsage(previous?: { user: number; system: number }): { user: number; system: number };
    cwd(): string;
    emitWarning(warning: string | Error, options?: { type?: string; code?: string; detail?: string }): void;
    exit(code?: number | string | null): never;
    kill(pid: number, signal?: string | number): true;
    memoryUsage: { (): MemoryUsage; rss(): number };
    nextTick(callback: (...values: any[]) => void, ...values: any[]): void;
    off(event: string, listener: (...values: any[]) => void): this;
    on(event: string, listener: (...values: any[]) => void): this;
    once(event: string, listener: (...values: any[]) => void): this;
    uptime(): number;
  }
  interface Require { (id: string): any; resolve(id: string, options?: { paths?: string[] }): string; cache: { [path: string]: any } }
}
declare var process: NodeJS.Process;
declare var require: NodeJS.Require;
declare var __dirname: string;
declare var __filename: string;
declare var global: typeof globalThis;
interface ImportMeta { readonly url: string; readonly filename: string; readonly dirname: string; resolve(specifier: string): string }

declare function setTimeout(callback: (_: void) => void, delay?: number): NodeJS.Timeout;
declare function setTimeout<A extends any[]>(callback: (...values: A) => void, delay?: number, ...values: A): NodeJS.Timeout;
declare function setInterval(callback: (_: void) => void, delay?: number): NodeJS.Timeout;
declare function setInterval<A extends any[]>(callback: (...values: A) => void, delay?: number, ...values: A): NodeJS.Timeout;
declare function setImmediate(callback: (_: void) => void): NodeJS.Immediate;
declare function setImmediate<A extends any[]>(callback: (...values: A) => void, ...values: A): NodeJS.Immediate;
declare function clearTimeout(timer: NodeJS.Timeout | string | number | undefined): void;
declare function clearInterval(timer: NodeJS.Timeout | string | number | undefined): void;
declare function clearImmediate(timer: NodeJS.Immediate | undefined): void;
interface ErrorConstructor {
  captureStackTrace(target: object, constructor?: Function): void;
  prepareStackTrace?: ((error: Error, sites: NodeJS.CallSite[]) => any) | undefined;
  stackTraceLimit: number;
}
declare function queueMicrotask(callback: () => void): void;
declare function structuredClone<T>(value: T, options?: { transfer?: readonly any[] }): T;
declare function atob(data: string): string;
declare function btoa(data: string): string;

type BufferEncoding = "ascii" | "utf8" | "utf-8" | "utf16le" | "utf-16le" | "ucs2" | "ucs-2" | "base64" | "base64url" | "latin1" | "binary" | "hex";
interface Buffer extends Uint8Array {
  compare(target: Uint8Array): -1 | 0 | 1;
  copy(target: Uint8Array, targetStart?: number, sourceStart?: number, sourceEnd?: number): number;
  equals(other: Uint8Array): boolean;
  readBigInt64LE(offset?: number): bigint; readBigUInt64LE(offset?: number): bigint;
  readDoubleBE(offset?: number): number; readDoubleLE(offset?: number): number;
  readFloatBE(offset?: number): number; readFloatLE(offset?: number): number;
  readInt8(offset?: number): number; readInt16BE(offset?: number): number; readInt16LE(offset?: number): number;
  readInt32BE(offset?: number): number; readInt32LE(offset?: number): number;
  readUInt8(offset?: number): number; readUInt16BE(offset?: number): number; readUInt16LE(offset?: number): number;
  readUInt32BE(offset?: number): number; readUInt32LE(offset?: number): number;
  toJSON(): { type: "Buffer"; data: number[] };
  toString(encoding?: BufferEncoding, start?: number, end?: number): string;
  write(text: string, offset?: number, length?: number, encoding?: BufferEncoding): number;
  writeDoubleLE(value: number, offset?: number): number; writeFloatLE(value: number, offset?: number): number;
  writeInt32LE(value: number, offset?: number): number; writeUInt8(value: number, offset?: number): number;
  writeUInt16LE(value: number, offset?: number): number; writeUInt32LE(value: number, offset?: number): number;
}
interface BufferConstructor {
  alloc(size: number, fill?: string | number | Uint8Array, encoding?: BufferEncoding): Buffer;
  allocUnsafe(size: number): Buffer;
  byteLength(value: string | ArrayBufferView | ArrayBufferLike, encoding?: BufferEncoding): number;
  compare(a: Uint8Array, b: Uint8Array): -1 | 0 | 1;
  concat(list: readonly Uint8Array[], totalLength?: number): Buffer;
  from(data: ArrayBufferLike, byteOffset?: number, length?: number): Buffer;
  from(data: string, encoding?: BufferEncoding): Buffer;
  from(data: Iterable<number> | ArrayLike<number>): Buffer;
  isBuffer(value: unknown): value is Buffer;
  isEncoding(encoding: string): encoding is BufferEncoding;
}
declare var Buffer: BufferConstructor;

interface TextEncoder { readonly encoding: string; encode(text?: string): Uint8Array<ArrayBuffer>; encodeInto(text: string, target: Uint8Array): { read: number; written: number } }
declare var TextEncoder: { prototype: TextEncoder; new (): TextEncoder };
interface TextDecoder { readonly encoding: string; readonly fatal: boolean; readonly ignoreBOM: boolean; decode(data?: ArrayBufferView | ArrayBufferLike | null, options?: { stream?: boolean }): string }
declare var TextDecoder: { prototype: TextDecoder; new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoder };

interface URLSearchParams extends Iterable<[string, string]> {
  readonly size: number;
  append(name: string, value: string): void;
  delete(name: string, value?: string): void;
  entries(): IterableIterator<[string, string]>;
  forEach(callback: (value: string, name: string, parent: URLSearchParams) => void): void;
  get(name: string): string | null;
  getAll(name: string): string[];
  has(name: string, value?: string): boolean;
  keys(): IterableIterator<string>;
  set(name: string, value: string): void;
  sort(): void;
  toString(): string;
  values(): IterableIterator<string>;
}
declare var URLSearchParams: { prototype: URLSearchParams; new (init?: string | Iterable<[string, string]> | Record<string, string | readonly string[]> | URLSearchParams): URLSearchParams };
interface URL {
  hash: string; host: string; hostname: string; href: string; readonly origin: string; password: string; pathname: string;
  port: string; protocol: string; search: string; readonly searchParams: URLSearchParams; username: string;
  toJSON(): string; toString(): string;
}
declare var URL: { prototype: URL; new (url: string | URL, base?: string | URL): URL; canParse(url: string, base?: string): boolean; createObjectURL(blob: Blob): string; revokeObjectURL(id: string): void };

interface EventInit { bubbles?: boolean; cancelable?: boolean }
interface Event { readonly type: string; readonly target: EventTarget | null; readonly timeStamp: number; readonly defaultPrevented: boolean; preventDefault(): void; stopPropagation(): void }
declare var Event: { prototype: Event; new (type: string, init?: EventInit): Event };
type EventListener = (event: any) => void;
interface EventTarget { addEventListener(type: string, listener: EventListener, options?: boolean | { once?: boolean; signal?: AbortSignal }): void; dispatchEvent(event: Event): boolean; removeEventListener(type: string, listener: EventListener): void }
declare var EventTarget: { prototype: EventTarget; new (): EventTarget };
interface AbortSignal extends EventTarget { readonly aborted: boolean; readonly reason: any; onabort: null | ((event: Event) => any); throwIfAborted(): void }
declare var AbortSignal: { prototype: AbortSignal; new (): AbortSignal; abort(reason?: any): AbortSignal; timeout(milliseconds: number): AbortSignal; any(signals: AbortSignal[]): AbortSignal };
interface AbortController { readonly signal: AbortSignal; abort(reason?: any): void }
declare var AbortController: { prototype: AbortController; new (): AbortController };
interface DOMException extends Error { readonly code: number }
declare var DOMException: { prototype: DOMException; new (message?: string, name?: string): DOMException };

interface Blob { readonly size: number; readonly type: string; arrayBuffer(): Promise<ArrayBuffer>; slice(start?: number, end?: number, type?: string): Blob; stream(): ReadableStream<Uint8Array>; text(): Promise<string> }
declare var Blob: { prototype: Blob; new (parts?: readonly (string | ArrayBufferView | ArrayBufferLike | Blob)[], options?: { type?: string }): Blob };
interface File extends Blob { readonly name: string; readonly lastModified: number }
declare var File: { prototype: File; new (parts: readonly (string | ArrayBufferView | ArrayBufferLike | Blob)[], name: string, options?: { type?: string; lastModified?: number }): File };
interface FormData extends Iterable<[string, string | File]> { append(name: string, value: string | Blob, file?: string): void; delete(name: string): void; get(name: string): string | File | null; getAll(name: string): (string | File)[]; has(name: string): boolean; set(name: string, value: string | Blob, file?: string): void }
declare var FormData: { prototype: FormData; new (): FormData };
interface ReadableStreamDefaultReader<R> { read(): Promise<{ done: false; value: R } | { done: true; value?: undefined }>; cancel(reason?: any): Promise<void>; releaseLock(): void; readonly closed: Promise<undefined> }
interface ReadableStream<R = any> extends AsyncIterable<R> { readonly locked: boolean; cancel(reason?: any): Promise<void>; getReader(): ReadableStreamDefaultReader<R>; tee(): [ReadableStream<R>, ReadableStream<R>]; pipeTo(target: WritableStream<R>): Promise<void>; pipeThrough<T>(transform: { readable: ReadableStream<T>; writable: WritableStream<R> }): ReadableStream<T> }
declare var ReadableStream: { prototype: ReadableStream; new <R = any>(source?: { start?(controller: any): any; pull?(controller: any): any; cancel?(reason?: any): any }): ReadableStream<R> };

interface Headers extends Iterable<[string, string]> { append(name: string, value: string): void; delete(name: string): void; get(name: string): string | null; getSetCookie(): string[]; has(name: string): boolean; set(name: string, value: string): void; entries(): IterableIterator<[string, string]>; keys(): IterableIterator<string>; values(): IterableIterator<string>; forEach(callback: (value: string, name: string) => void): void }
type HeadersInit = Headers | Record<string, string> | Iterable<readonly [string, string]>;
declare var Headers: { prototype: Headers; new (init?: HeadersInit): Headers };
type BodyInit = string | ArrayBuffer | ArrayBufferView | Blob | FormData | URLSearchParams | ReadableStream;
interface RequestInit { body?: BodyInit | null; headers?: HeadersInit; method?: string; redirect?: "follow" | "error" | "manual"; signal?: AbortSignal | null; keepalive?: boolean; cache?: string; credentials?: string; mode?: string; referrer?: string; integrity?: string; duplex?: "half" }
interface Body { readonly body: ReadableStream<Uint8Array> | null; readonly bodyUsed: boolean; arrayBuffer(): Promise<ArrayBuffer>; blob(): Promise<Blob>; formData(): Promise<FormData>; json(): Promise<any>; text(): Promise<string> }
interface Request extends Body { readonly headers: Headers; readonly method: string; readonly signal: AbortSignal; readonly url: string; clone(): Request }
declare var Request: { prototype: Request; new (input: string | URL | Request, init?: RequestInit): Request };
interface Response extends Body { readonly headers: Headers; readonly ok: boolean; readonly redirected: boolean; readonly status: number; readonly statusText: string; readonly type: string; readonly url: string; clone(): Response }
declare var Response: { prototype: Response; new (body?: BodyInit | null, init?: { status?: number; statusText?: string; headers?: HeadersInit }): Response; error(): Response; json(data: any, init?: { status?: number }): Response; redirect(url: string | URL, status?: number): Response };
declare function fetch(input: string | URL | Request, init?: RequestInit): Promise<Response>;

interface PerformanceEntry { readonly name: string; readonly entryType: string; readonly startTime: number; readonly duration: number; readonly detail?: any; toJSON(): any }
declare var PerformanceEntry: { prototype: PerformanceEntry };
interface PerformanceMark extends PerformanceEntry {}
declare var PerformanceMark: { prototype: PerformanceMark; new (name: string, options?: { detail?: any; startTime?: number }): PerformanceMark };
interface PerformanceMeasure extends PerformanceEntry {}
declare var PerformanceMeasure: { prototype: PerformanceMeasure };
interface PerformanceObserverEntryList { getEntries(): PerformanceEntry[]; getEntriesByName(name: string, type?: string): PerformanceEntry[]; getEntriesByType(type: string): PerformanceEntry[] }
interface PerformanceObserver { observe(options: { entryTypes?: readonly string[]; type?: string; buffered?: boolean }): void; disconnect(): void; takeRecords(): PerformanceEntry[] }
declare var PerformanceObserver: { prototype: PerformanceObserver; new (callback: (list: PerformanceObserverEntryList, observer: PerformanceObserver) => void): PerformanceObserver; readonly supportedEntryTypes: readonly string[] };
interface Performance extends EventTarget, PerformanceObserverEntryList { readonly timeOrigin: number; now(): number; mark(name: string, options?: { detail?: any; startTime?: number }): PerformanceMark; measure(name: string, start?: any, end?: string): PerformanceMeasure; clearMarks(name?: string): void; clearMeasures(name?: string): void; timerify<F extends (...values: any[]) => any>(f: F): F; eventLoopUtilization(previous?: any): { idle: number; active: number; utilization: number }; toJSON(): any }
declare var Performance: { prototype: Performance };
declare var performance: Performance;
interface CryptoKey { readonly algorithm: { name: string }; readonly extractable: boolean; readonly type: string; readonly usages: string[] }
declare var CryptoKey: { prototype: CryptoKey };
interface SubtleCrypto {
  decrypt(algorithm: any, key: CryptoKey, data: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer>;
  deriveBits(algorithm: any, key: CryptoKey, length?: number | null): Promise<ArrayBuffer>;
  deriveKey(algorithm: any, key: CryptoKey, derived: any, extractable: boolean, usages: readonly string[]): Promise<CryptoKey>;
  digest(algorithm: string | { name: string }, data: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer>;
  encrypt(algorithm: any, key: CryptoKey, data: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer>;
  exportKey(format: string, key: CryptoKey): Promise<any>;
  generateKey(algorithm: any, extractable: boolean, usages: readonly string[]): Promise<any>;
  importKey(format: string, data: any, algorithm: any, extractable: boolean, usages: readonly string[]): Promise<CryptoKey>;
  sign(algorithm: any, key: CryptoKey, data: ArrayBuffer | ArrayBufferView): Promise<ArrayBuffer>;
  unwrapKey(format: string, wrapped: ArrayBuffer | ArrayBufferView, key: CryptoKey, algorithm: any, keyAlgorithm: any, extractable: boolean, usages: readonly string[]): Promise<CryptoKey>;
  verify(algorithm: any, key: CryptoKey, signature: ArrayBuffer | ArrayBufferView, data: ArrayBuffer | ArrayBufferView): Promise<boolean>;
  wrapKey(format: string, key: CryptoKey, wrapping: CryptoKey, algorithm: any): Promise<ArrayBuffer>;
}
declare var SubtleCrypto: { prototype: SubtleCrypto };
interface Crypto { readonly subtle: SubtleCrypto; getRandomValues<T extends ArrayBufferView>(array: T): T; randomUUID(): string }
declare var Crypto: { prototype: Crypto };
declare var crypto: Crypto;

interface CustomEvent<T = any> extends Event { readonly detail: T }
declare var CustomEvent: { prototype: CustomEvent; new <T>(type: string, init?: EventInit & { detail?: T }): CustomEvent<T> };
interface MessageEvent<T = any> extends Event { readonly data: T; readonly origin: string; readonly lastEventId: string; readonly ports: readonly MessagePort[] }
declare var MessageEvent: { prototype: MessageEvent; new <T>(type: string, init?: EventInit & { data?: T; origin?: string; lastEventId?: string }): MessageEvent<T> };
interface CloseEvent extends Event { readonly code: number; readonly reason: string; readonly wasClean: boolean }
interface QueuingStrategy<T = any> { highWaterMark?: number; size?: (chunk: T) => number }
declare var ByteLengthQueuingStrategy: { new (init: { highWaterMark: number }): QueuingStrategy<ArrayBufferView> };
declare var CountQueuingStrategy: { new (init: { highWaterMark: number }): QueuingStrategy };
interface WritableStreamDefaultWriter<W = any> { readonly closed: Promise<undefined>; readonly desiredSize: number | null; readonly ready: Promise<undefined>; abort(reason?: any): Promise<void>; close(): Promise<void>; releaseLock(): void; write(chunk?: W): Promise<void> }
interface WritableStream<W = any> { readonly locked: boolean; abort(reason?: any): Promise<void>; close(): Promise<void>; getWriter(): WritableStreamDefaultWriter<W> }
declare var WritableStream: { prototype: WritableStream; new <W = any>(sink?: { start?(controller: any): any; write?(chunk: W, controller: any): any; close?(): any; abort?(reason?: any): any }, strategy?: QueuingStrategy<W>): WritableStream<W> };
interface TransformStreamDefaultController<O = any> { readonly desiredSize: number | null; enqueue(chunk?: O): void; error(reason?: any): void; terminate(): void }
interface TransformStream<I = any, O = any> { readonly readable: ReadableStream<O>; readonly writable: WritableStream<I> }
declare var TransformStream: { prototype: TransformStream; new <I = any, O = any>(transformer?: { start?(controller: TransformStreamDefaultController<O>): any; transform?(chunk: I, controller: TransformStreamDefaultController<O>): any; flush?(controller: TransformStreamDefaultController<O>): any }, writable?: QueuingStrategy<I>, readable?: QueuingStrategy<O>): TransformStream<I, O> };
interface TextEncoderStream extends TransformStream<string, Uint8Array> { readonly encoding: string }
declare var TextEncoderStream: { prototype: TextEncoderStream; new (): TextEncoderStream };
interface TextDecoderStream extends TransformStream<ArrayBufferView | ArrayBufferLike, string> { readonly encoding: string }
declare var TextDecoderStream: { prototype: TextDecoderStream; new (label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean }): TextDecoderStream };
declare var CompressionStream: { new (format: "gzip" | "deflate" | "deflate-raw"): TransformStream<ArrayBufferView | ArrayBufferLike, Uint8Array> };
declare var DecompressionStream: { new (format: "gzip" | "deflate" | "deflate-raw"): TransformStream<ArrayBufferView | ArrayBufferLike, Uint8Array> };

declare namespace WebAssembly {
  interface Module {}
  interface Instance { readonly exports: Record<string, any> }
  function compile(bytes: ArrayBufferView | ArrayBuffer): Promise<Module>;
  function instantiate(bytes: ArrayBufferView | ArrayBuffer, imports?: Record<string, Record<string, any>>): Promise<{ instance: Instance; module: Module }>;
  var Module: { new (bytes: ArrayBufferView | ArrayBuffer): Module };
  var Instance: { new (module: Module, imports?: Record<string, Record<string, any>>): Instance };
}
declare var MessagePort: { prototype: MessagePort };
interface MessagePort extends EventTarget { postMessage(value: any, transfer?: readonly any[]): void; close(): void; start(): void; ref(): void; unref(): void; on(event: string, listener: (value: any) => void): this }
declare var MessageChannel: { new (): { readonly port1: MessagePort; readonly port2: MessagePort } };
interface BroadcastChannel extends EventTarget { readonly name: string; postMessage(message: any): void; close(): void; onmessage: (message: any) => void }
declare var BroadcastChannel: { new (name: string): BroadcastChannel };
`;

/** What later versions of Node add to them. */
export const laterNodeGlobals = {
  22: `
interface WebSocketEvents { open: Event; message: MessageEvent; error: Event; close: CloseEvent }
interface WebSocket extends EventTarget {
  readonly CONNECTING: 0; readonly OPEN: 1; readonly CLOSING: 2; readonly CLOSED: 3;
  binaryType: "blob" | "arraybuffer";
  readonly bufferedAmount: number; readonly extensions: string; readonly protocol: string; readonly readyState: number; readonly url: string;
  onopen: ((event: Event) => any) | null; onmessage: ((event: MessageEvent) => any) | null; onerror: ((event: Event) => any) | null; onclose: ((event: CloseEvent) => any) | null;
  close(code?: number, reason?: string): void;
  send(data: string | ArrayBufferLike | ArrayBufferView | Blob): void;
  addEventListener<K extends keyof WebSocketEvents>(type: K, listener: (event: WebSocketEvents[K]) => any, options?: boolean | { once?: boolean; signal?: AbortSignal }): void;
  addEventListener(type: string, listener: EventListener, options?: boolean | { once?: boolean; signal?: AbortSignal }): void;
}
declare var WebSocket: { prototype: WebSocket; new (url: string | URL, protocols?: string | string[]): WebSocket; readonly CONNECTING: 0; readonly OPEN: 1; readonly CLOSING: 2; readonly CLOSED: 3 };
interface Navigator { readonly hardwareConcurrency: number; readonly language: string; readonly languages: readonly string[]; readonly platform: string; readonly userAgent: string }
declare var Navigator: { prototype: Navigator };
declare var navigator: Navigator;
`,
  24: `
declare var CloseEvent: { prototype: CloseEvent; new (type: string, init?: EventInit & { code?: number; reason?: string; wasClean?: boolean }): CloseEvent };
`,
} as const;
