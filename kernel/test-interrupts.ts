/** For tests: every kind of code that an interrupt must end, and one interrupt of it through a real client. */
import type { Message } from "./protocol/messages.ts";
import type { Exchange, TestClient } from "./test-client.ts";

/** One kind of code. It prints `go` when it has come to the place where the interrupt is to meet it. */
export interface Kind {
  readonly code: string;
  /** What holds afterwards: an expression of a later cell that is true. */
  readonly after?: string;
  /** The line of the cell that the traceback must point at; 0: there is none to tell. */
  readonly line?: number;
  /** What shows that it is there, when not the text `go`: a question on stdin, or that the cell has begun at all. */
  readonly ready?: "question" | "busy";
}

const GO = `console.log("go");`;

/** The files that some kinds import. */
export const interruptFiles: Readonly<Record<string, string>> = {
  "looping.ts": `export let turns = 0; ${GO} for (;;) turns++;`,
  "loops.ts": `export const state = { turns: 0 }; export function loop(): never { ${GO} for (;;) state.turns++; }`,
  "node_modules/endless/package.json": `{ "name": "endless", "version": "1.0.0", "main": "index.js", "types": "index.d.ts" }`,
  "node_modules/endless/index.d.ts": `export function loop(f: () => void): never; export function each(f: (i: number) => void): never;
    export function later(f: () => void): Promise<never>;`,
  "node_modules/endless/index.js": `exports.loop = (f) => { f(); for (;;) {} }; exports.each = (f) => { for (let i = 0; ; i++) f(i); };
    exports.later = async (f) => { f(); for (;;) await null; };`,
};

/** Cells that run before all others: what the kinds use, and a count that must stand still once a cell has ended. */
export const interruptPrelude: readonly string[] = [
  `import { execSync, spawnSync, execFileSync, exec } from "node:child_process";
import { pbkdf2Sync, scryptSync } from "node:crypto";
import { deflateSync } from "node:zlib";
import { createInterface } from "node:readline/promises";
import { PassThrough, Readable } from "node:stream";
import { createServer } from "node:http";
import { Worker } from "node:worker_threads";
import { once } from "node:events";
import { readSync, openSync, readFile } from "node:fs";
import { AsyncLocalStorage } from "node:async_hooks";
import { promisify } from "node:util";
import { loop, each, later } from "endless";
import { loop as localLoop, state as localState } from "./loops";
let ticks = 0;
const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));
const spin = new Function('console.log("go"); for (;;) {}') as () => void;
const slow = () => /^(a+)+$/.test("a".repeat(40) + "b");`,
];

/** Kinds by name. */
export const kinds: Readonly<Record<string, Kind>> = {
  "a loop": { code: `let n1 = 0;\n${GO}\nfor (;;) n1++;`, after: "n1 > 0", line: 3 },
  "a loop in a function": { code: `const f2 = () => {\n${GO} for (;;) {} };\nf2();`, line: 2 },
  "a do loop with continue": {
    code: `let n3 = 0; ${GO} do { n3++; if (n3 % 2) continue; } while (true);`,
    after: "n3 > 0",
  },
  "a loop after an await": {
    code: `let n4 = 0; await null; ${GO}\nfor (;;) n4++;`,
    after: "n4 > 0",
    line: 2,
  },
  "an await that nobody settles": { code: `${GO}\nawait new Promise(() => {});`, line: 2 },
  "an await in a function": {
    code: `async function f6() { ${GO}\nawait new Promise(() => {}); }\nawait f6();`,
    line: 2,
  },
  "a loop of awaits": { code: `let n7 = 0; ${GO}\nfor (;;) { await null; n7++; }`, after: "n7 > 0", line: 2 },
  "a loop of sleeps": { code: `${GO}\nfor (;;) { await sleep(1); ticks++; }`, line: 2 },
  "a loop of awaits in a function": {
    code: `async function f9() { for (;;) { await null; ticks++; } }\n${GO} await f9();`,
  },
  "a function of awaits that nobody awaits": {
    code: `async function f10() { for (;;) { await sleep(1); ticks++; } }\nf10(); ${GO} await new Promise(() => {});`,
    line: 2,
  },
  "Promise.all of loops": {
    code: `async function f11() { for (;;) { await sleep(1); ticks++; } }\n${GO} await Promise.all([f11(), f11(), sleep(1e6)]);`,
  },
  "a regular expression": {
    // A busy machine may not pause in time, and the loop's count is then not written back.
    code: `${GO}\nslow();`,
    line: 2,
  },
  "Atomics.wait": { code: `${GO}\nAtomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`, line: 2 },
  execSync: { code: `${GO}\nexecSync("sleep 100");`, line: 2 },
  "execSync of a pipeline": { code: `${GO}\nexecSync("sleep 100 | cat; sleep 100");`, line: 2 },
  "spawnSync that ignores SIGINT": {
    code: `${GO}\nspawnSync("sh", ["-c", "trap '' INT; sleep 100"]);`,
    line: 2,
  },
  "execFileSync in a try": {
    code: `let n17 = 0; ${GO}\ntry { execFileSync("sleep", ["100"]); } catch {} finally { n17 = 1; }`,
    after: "n17 === 1",
  },
  "an awaited child": { code: `${GO}\nawait promisify(exec)("sleep 3");`, line: 2 },
  input: { code: `await input("name? ")`, ready: "question", line: 1 },
  prompt: { code: `prompt("name? ")`, ready: "question", line: 1 },
  getpass: { code: `await getpass("word? ")`, ready: "question", line: 1 },
  "a matrix product": {
    code: `const a22 = torch.randn(3000, 3000); ${GO}\na22.matmul(a22).matmul(a22).matmul(a22);`,
    line: 2,
  },
  "a loop of tensor operations": {
    code: `let n23 = 0; ${GO}\nfor (;;) { torch.randn(50, 50).matmul(torch.randn(50, 50)); n23++; }`,
    after: "n23 >= 0",
    line: 2,
  },
  "elementwise operations": {
    code: `let a24 = torch.randn(1000, 1000); ${GO}\nfor (;;) a24 = a24.sin().exp().log();`,
    after: "a24.shape.length === 2",
    line: 2,
  },
  no_grad: {
    code: `torch.no_grad(() => { ${GO}\nfor (;;) {} });`,
    after: "torch.is_grad_enabled()",
    line: 2,
  },
  "no_grad around a regular expression": {
    code: `torch.no_grad(() => { ${GO}\nslow(); });`,
    after: "torch.is_grad_enabled()",
  },
  "a loop in a timer": { code: `setTimeout(() => { ${GO}\nfor (;;) {} }); await new Promise(() => {});` },
  "a loop in a timer with nobody waiting": {
    code: `setTimeout(() => { ${GO}\nfor (;;) {} }); await sleep(1e6);`,
  },
  "a loop in then": { code: `await Promise.resolve().then(() => { ${GO}\nfor (;;) {} });`, line: 2 },
  "a loop in queueMicrotask": {
    code: `queueMicrotask(() => { ${GO} for (;;) {} }); await new Promise(() => {});`,
  },
  "unchecked code in a timer": { code: `setTimeout(spin); await new Promise(() => {});` },
  "unchecked code in nextTick": { code: `process.nextTick(spin); await new Promise(() => {});` },
  "unchecked code in a microtask": { code: `queueMicrotask(spin); await new Promise(() => {});` },
  "unchecked code in setImmediate": { code: `setImmediate(spin); await new Promise(() => {});` },
  "unchecked code in an input callback": {
    code: `readFile("/dev/null", spin); await new Promise(() => {});`,
  },
  "unchecked code under an AsyncLocalStorage": {
    code: `new AsyncLocalStorage<number>().run(1, () => setTimeout(spin)); await new Promise(() => {});`,
  },
  "unchecked code": {
    code: `let n37 = 0; for (let i = 0; i < 10; i++) n37 = i;\nspin();`,
    after: "n37 === 9",
    line: 2,
  },
  "a loop inside a package": {
    code: `let n38 = 0; for (let i = 0; i < 10; i++) n38++;\nloop(() => { ${GO} });`,
    after: "n38 === 10",
    line: 2,
  },
  "a package that calls the cell": {
    code: `let n39 = 0; ${GO}\neach((i) => { n39 = i; });`,
    after: "n39 > 0",
    line: 2,
  },
  "awaits inside a package": { code: `await later(() => { ${GO} });` },
  "a loop in an imported function": { code: `${GO}\nlocalLoop();`, after: "localState.turns > 0", line: 2 },
  "a local file that loops": { code: `await import("./looping");` },
  pbkdf2Sync: { code: `${GO}\nfor (;;) pbkdf2Sync("a", "b", 20_000, 64, "sha512");`, line: 2 },
  deflateSync: { code: `${GO}\nfor (;;) deflateSync(Buffer.alloc(4e6, "abc"));`, line: 2 },
  "a generator": { code: `function* f45() { for (;;) yield 1; }\n${GO}\nfor (const x of f45()) ;` },
  "an endless iterator spread": {
    code: `const it46 = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) };\n${GO} let n46 = 0;\nfor (const x of it46) n46 += x as number;`,
    after: "n46 > 0",
    line: 3,
  },
  "an unchecked iterator": {
    code: `const it47 = { [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 1 }) }) };\n${GO}\nconst [...rest] = it47;\n`,
  },
  "an async generator": {
    code: `async function* f48() { for (;;) { await null; yield 1; } }\n${GO}\nfor await (const x of f48()) ticks++;`,
  },
  "for await over a stream": {
    code: `${GO}\nfor await (const x of Readable.from((function* () { for (;;) yield 1; })())) ticks++;`,
  },
  recursion: {
    code: `const f50 = (n: number): number => n < 2 ? n : f50(n - 1) + f50(n - 2);\n${GO}\nf50(60);`,
    line: 1,
  },
  "a getter": { code: `const o51 = { get x(): number { ${GO}\nfor (;;) {} } };\no51.x;`, line: 2 },
  toString: { code: `const o52 = { toString(): string { ${GO}\nfor (;;) {} } };\n\`\${o52}\`;`, line: 2 },
  valueOf: { code: `const o53 = { valueOf(): number { ${GO}\nfor (;;) {} } };\n+o53;`, line: 2 },
  "a trap of a Proxy": {
    code: `const o54 = new Proxy({} as { x: number }, { get() { ${GO}\nfor (;;) {} } });\no54.x;`,
    line: 2,
  },
  "a display method": {
    code: `const o55 = { [Symbol.for("Jupyter.display")]() { ${GO}\nfor (;;) {} } };\no55`,
  },
  "an inspect method": {
    code: `const o56 = { [Symbol.for("nodejs.util.inspect.custom")]() { ${GO}\nfor (;;) {} } };\no56`,
  },
  "an unchecked display method": { code: `const o57 = { [Symbol.for("Jupyter.display")]: spin };\no57` },
  "a callback of map": { code: `${GO}\n[1].map(() => { for (;;) {} });`, line: 2 },
  "map of many": {
    code: `${GO}\nArray.from({ length: 3e4 }).map(() => pbkdf2Sync("a", "b", 1000, 64, "sha512").length);`,
  },
  toJSON: { code: `const o60 = { toJSON() { ${GO}\nfor (;;) {} } };\nJSON.stringify(o60);`, line: 2 },
  "a comparator": { code: `${GO}\n[2, 1].sort((a, b) => { for (;;) {} });`, line: 2 },
  "a long sort": {
    code: `const xs62 = Array.from({ length: 2e5 }, Math.random); ${GO}\nfor (;;) [...xs62].sort((a, b) => a - b);`,
    line: 2,
  },
  "a callback of replace": { code: `${GO}\n"a".replace(/a/, () => { for (;;) {} });`, line: 2 },
  "a static block": { code: `${GO}\nclass C64 { static { for (;;) {} } }`, line: 2 },
  "a constructor": { code: `class C65 { constructor() { ${GO}\nfor (;;) {} } }\nnew C65();`, line: 2 },
  "a finally": {
    code: `let n66 = 0; try { ${GO}\nfor (;;) {} } finally { n66 = 1; }`,
    after: "n66 === 1",
    line: 2,
  },
  "a loop in finally": { code: `try { throw 1; } finally { ${GO}\nfor (;;) {} }`, line: 2 },
  "catch that swallows": { code: `${GO} for (;;) { try { for (;;) {} } catch {} }` },
  "catch that swallows awaits": { code: `${GO} for (;;) { try { await sleep(1); } catch {} ticks++; }` },
  "finally that loops on": { code: `${GO} for (;;) { try { for (;;) {} } finally { continue; } }` },
  using: {
    code: `let n71 = 0; { using d71 = { [Symbol.dispose]() { n71 = 1; } }; ${GO}\nfor (;;) {} }`,
    after: "n71 === 1",
  },
  "a disposal": { code: `{ using d72 = { [Symbol.dispose]() { ${GO}\nfor (;;) {} } }; }` },
  "a script": { code: `%%bash\necho go; sleep 100` },
  "a magic's pipe": { code: `%%bash\necho go; sleep 100 | cat` },
  concatenation: {
    code: `let s75 = ""; ${GO}\nfor (;;) { s75 += "abc"; if (s75.length > 1e7) s75 = ""; }`,
    after: "s75.length >= 0",
    line: 2,
  },
  allocation: {
    code: `let a76: number[][] = []; ${GO}\nfor (;;) { a76.push([1, 2, 3]); if (a76.length > 1e5) a76 = []; }`,
    after: "a76.length >= 0",
    line: 2,
  },
  "a worker": {
    code: `const w77 = new Worker("for (;;) {}", { eval: true }); ${GO}\ntry { await once(w77, "exit"); } finally { w77.terminate(); }`,
  },
  fetch: {
    code: `const s78 = createServer(() => {}).listen(0, "127.0.0.1"); await once(s78, "listening"); ${GO}\ntry { await fetch("http://127.0.0.1:" + (s78.address() as { port: number }).port); } finally { s78.closeAllConnections(); s78.close(); }`,
  },
  "a stream": { code: `const p79 = new PassThrough(); ${GO}\nfor await (const x of p79) ;` },
  readline: {
    code: `const r80 = createInterface({ input: new PassThrough() }); ${GO}\nawait r80.question("?");`,
  },
  "an interval left over": { code: `setInterval(() => { ticks++; }, 1); ${GO} await new Promise(() => {});` },
  "looping intervals": {
    code: `setInterval(() => { ${GO} while (true); }, 1); setInterval(() => { while (true); }, 2); await new Promise(() => {});`,
  },
  "unchecked intervals": { code: `setInterval(spin, 1); setInterval(spin, 2); await new Promise(() => {});` },
  "timers one after the other": {
    code: `const f84 = () => { setTimeout(f84, 1); ${GO} while (true); }; f84(); await new Promise(() => {});`,
  },
  "a flood of microtasks": {
    code: `const f85 = (): Promise<void> => Promise.resolve().then(() => { ticks++; return f85(); }); ${GO} await f85();`,
  },
  "a flood of nextTick": {
    code: `const f86 = () => { ticks++; process.nextTick(f86); }; ${GO} f86(); await new Promise(() => {});`,
  },
  "a flood of queueMicrotask": {
    code: `const f87 = () => { ticks++; queueMicrotask(f87); }; ${GO} f87(); await new Promise(() => {});`,
  },
  "a flood of setImmediate": {
    code: `const f88 = () => { ticks++; setImmediate(f88); }; ${GO} f88(); await new Promise(() => {});`,
  },
  "a flood of lines": { code: `${GO}\nfor (let i = 0; ; i++) console.log(i);`, line: 2 },
  "a flood of awaited lines": {
    code: `${GO}\nfor (let i = 0; ; i++) { console.log(i); await null; }`,
    line: 2,
  },
  "a child that floods": { code: `${GO}\nexecSync("yes", { stdio: "inherit" });` },
  "a long check": {
    code: `type Parts<A extends string> = A extends \`\${infer H}\${infer T}\` ? Parts<T> | \`\${H}\${Parts<T>}\` : "";\nconst v92: Parts<"abcdefghijklmnopqrstuvwxyz"> = "a";`,
    ready: "busy",
  },
  "JSON.parse of much": {
    code: `const s93 = "[" + "[1,2,3],".repeat(1e5) + "0]"; ${GO}\nfor (;;) JSON.parse(s93);`,
  },
};

/** How one interrupt went. */
export interface Outcome {
  /** Milliseconds from the interrupt to the cell's idle. */
  readonly ms: number;
  readonly exchange: Exchange;
  /** What is wrong with it; empty when all is well. */
  readonly faults: readonly string[];
}

/** How the interrupt comes: as a message on the control channel, or as the signal. */
export type By = "message" | "signal";

/** Runs one kind, interrupts it `delay` milliseconds after it is there, and looks at what is left. */
export async function interruptKind(
  client: TestClient,
  kind: Kind,
  { delay = 0, by = "message" as By } = {},
): Promise<Outcome> {
  const id = client.send("shell", "execute_request", { code: kind.code });
  const mine = ({ parent_header }: Message): boolean => parent_header.msg_id === id;
  await Promise.race([untilThere(client, kind, mine), client.find("shell", mine)]);
  if (delay > 0) await new Promise((done) => setTimeout(done, delay));
  const start = performance.now();
  if (by === "signal") client.process.kill("SIGINT");
  else client.send("control", "interrupt_request", {});
  const published: Message[] = [];
  const reply = await client.find("shell", mine);
  await client.find("iopub", (m) => {
    if (mine(m)) published.push(m);
    return mine(m) && m.content.execution_state === "idle";
  });
  const ms = performance.now() - start;
  const faults = [...faultsOf(kind, reply, published), ...(await faultsAfter(client, kind, mine))];
  return { ms, exchange: { reply, published }, faults };
}

async function untilThere(client: TestClient, { ready }: Kind, mine: (m: Message) => boolean): Promise<void> {
  if (ready === "question") await client.find("stdin", mine);
  else if (ready === "busy")
    await client.find("iopub", (m) => mine(m) && m.header.msg_type === "execute_input");
  else await client.find("iopub", (m) => mine(m) && String(m.content.text).startsWith("go\n"));
}

function faultsOf({ line }: Kind, { content }: Message, published: readonly Message[]): string[] {
  const traceback = String((content.traceback as string[] | undefined)?.join("\n"));
  const noise = published.flatMap(({ content: { name, text } }) => (name === "stderr" ? [String(text)] : []));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours
  const plain = traceback.replace(/\x1b\[[\d;]*m/g, "");
  return [
    ...(content.ename === "KeyboardInterrupt"
      ? []
      : [`ended as ${content.status} ${content.ename}: ${content.evalue}`]),
    ...(/runtime/.test(plain) ? [`our own frames: ${plain}`] : []),
    ...(line === undefined || new RegExp(`In \\[\\d+\\][^\\n]*\\b${line}\\b`).test(plain)
      ? []
      : [`line ${line} is not in: ${plain}`]),
    ...(noise.length === 0 ? [] : [`stderr: ${noise.join("")}`]),
  ];
}

/** The next cells work, the state is kept, and nothing of the interrupted cell runs on. */
async function faultsAfter(
  client: TestClient,
  { after = "true" }: Kind,
  mine: (m: Message) => boolean,
): Promise<string[]> {
  const value = async (code: string): Promise<string> => {
    const { reply, published } = await client.execute(code);
    const shown = published.find(({ header }) => header.msg_type === "execute_result");
    const data = shown?.content.data as Record<string, string> | undefined;
    return data?.["text/plain"] ?? `${reply.content.status} ${reply.content.evalue}`;
  };
  const kept = await value(after);
  const still = await value(`const before = ticks; await sleep(10); ticks - before`);
  const late: string[] = [];
  let ended = false;
  client
    .all("iopub")
    .filter(mine)
    .forEach((m) => {
      if (ended) late.push(`${m.header.msg_type} ${JSON.stringify(m.content).slice(0, 200)}`);
      ended ||= m.content.execution_state === "idle";
    });
  return [
    ...(kept === "true" ? [] : [`${after}: ${kept}`]),
    ...(still === "0" ? [] : [`still running: ${still} turns`]),
    ...(late.length === 0 ? [] : [`after idle: ${late.join(", ")}`]),
  ];
}
