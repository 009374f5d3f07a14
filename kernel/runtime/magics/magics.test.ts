/** Every magic as a client sees it, through the real kernel. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Message } from "../../protocol/messages.ts";
import { type Exchange, startClient, type TestClient } from "../../test-client.ts";

let client: TestClient;
before(async () => {
  client = await startClient();
});
after(() => client.shutdown());

const streams = ({ published }: Exchange, name: string): string =>
  published
    .filter(({ header, content }) => header.msg_type === "stream" && content.name === name)
    .map(({ content }) => String(content.text))
    .join("");

const shown = ({ published }: Exchange, type: string): Record<string, unknown> | undefined =>
  published.find(({ header }) => header.msg_type === type)?.content.data as Record<string, unknown>;

/** What a cell says, in short: `stdout`, `stderr`, `value`, and `error` as name and message. */
interface Said {
  stdout?: string | RegExp;
  stderr?: string | RegExp;
  value?: string;
  error?: string | RegExp;
}

async function said(cells: readonly string[]): Promise<{ [K in keyof Said]: string }> {
  let last: Exchange | undefined;
  for (const cell of cells) last = await client.execute(cell, { stop_on_error: false });
  const { status, ename, evalue } = last!.reply.content;
  const found = {
    stdout: streams(last!, "stdout"),
    stderr: streams(last!, "stderr"),
    value: String(shown(last!, "execute_result")?.["text/plain"] ?? ""),
    error: status === "error" ? `${ename}: ${evalue}` : "",
  };
  return Object.fromEntries(Object.entries(found).filter(([, text]) => text !== ""));
}

const length = String.raw`[\d.]+(?:e[+-]\d+)? (?:s|ms|μs|ns)`;
const times = new RegExp(
  `^CPU times: user ${length}, sys: ${length}, total: ${length}\nWall time: ${length}\n$`,
);
const perLoop = (counts: string): RegExp =>
  new RegExp(
    `^(?:The slowest .*\n)?${length} ± ${length} per loop \\(mean ± std\\. dev\\. of ${counts} each\\)\n$`,
  );

const cases: readonly [shows: string, cells: readonly string[], said: Said][] = [
  ["%%time shows the times, then the value", ["%%time\n1 + 1"], { stdout: times, value: "2" }],
  [
    "names declared under %%time stay",
    ["%%time\nconst kept: number = await Promise.resolve(3)", "kept"],
    { value: "3" },
  ],
  [
    "%%time shows the times of a cell that fails",
    ["%%time\nthrow new RangeError('far')"],
    { stdout: times, error: "RangeError: far" },
  ],
  [
    "type errors under %%time stop the cell",
    ["%%time\nconst n: number = 'a'"],
    { error: /^TypeScriptError: Type 'string'/ },
  ],
  ["%time times one line", ["%time 2 * 3"], { stdout: times, value: "6" }],
  ["blank lines before a magic", ["\n\n  %%time\n5"], { stdout: times, value: "5" }],
  [
    "%%time without a body",
    ["%%time"],
    { error: /^UsageError: %%time is a cell magic, but the cell body is empty/ },
  ],
  [
    "%%time with code on its line",
    ["%%time 1 + 1\n2"],
    { error: /^UsageError: %%time: 1 \+ 1: write the code below/ },
  ],
  [
    "%time with code below",
    ["%time 1\n2"],
    { error: /^UsageError: %time is a line magic, but .*%%time takes/ },
  ],
  ["a magic inside a magic", ["%%time\n%%sh\necho in"], { stdout: /^in\nCPU times/ }],

  [
    "%%timeit picks its loops",
    ["%%timeit\nnew Array(1e5).fill(0).map((_, i) => i)"],
    { stdout: perLoop("7 runs, [\\d,]+ loops?") },
  ],
  [
    "%%timeit with loops and runs",
    ["%%timeit -n 1_000 -r3\nMath.sqrt(2)"],
    { stdout: perLoop("3 runs, 1,000 loops") },
  ],
  ["%timeit times one line", ["%timeit -n1 -r1 [3, 1].sort()"], { stdout: perLoop("1 run, 1 loop") }],
  [
    "%%timeit runs its setup once a run",
    ["let ups = 0, turns = 0", "%%timeit -n 5 -r 2 ups++; const by = 1\nturns += by", "[ups, turns]"],
    { value: "[ 2, 10 ]" },
  ],
  [
    "%%timeit keeps no names",
    [
      "%%timeit -n 1 -r 1 const su = 1\nvar va = su; const co = 2; function fu() {}",
      "typeof va + typeof co + typeof fu + typeof su",
    ],
    { error: /Cannot find name 'va'/ },
  ],
  [
    "a var under %%timeit is not the earlier cell's",
    ["let same = 1", "%%timeit -n 1 -r 1\nvar same = 5; same++", "same"],
    { value: "1" },
  ],
  [
    "%%timeit awaits",
    ["let waited = 0", "%%timeit -n 2 -r 1\nawait null; waited++", "waited"],
    { value: "2" },
  ],
  [
    "%timeit awaits the promise of its expression",
    [
      "let late = 0; const soon = () => new Promise<void>((r) => setTimeout(() => { late++; r() }, 1))",
      "%timeit -n 3 -r 1 soon()",
      "late",
    ],
    { value: "3" },
  ],
  ["an error under %%timeit", ["%%timeit\n[].at(0)!.x"], { error: /Property 'x'/ }],
  [
    "a thrown error under %%timeit",
    ["%%timeit\nthrow new Error('first turn')"],
    { error: "Error: first turn" },
  ],
  [
    "a break under %%timeit leaves no loop of ours",
    ["%%timeit\nbreak"],
    { error: /^SyntaxError: A 'break' statement/ },
  ],
  [
    "an import under %%timeit",
    ["%%timeit\nimport fs from 'node:fs'"],
    { error: /\nWhat is timed stands in a loop: write this in an earlier cell\.$/ },
  ],
  [
    "loops that are no number",
    ["%timeit -n many 1"],
    { error: "UsageError: %timeit: -n many: expected a whole number from 1" },
  ],
  [
    "an option that %timeit does not have",
    ["%timeit -q 1"],
    { error: /^UsageError: %timeit: -q: no such option: expected %timeit \[-n LOOPS\]/ },
  ],

  ["%%bash prints to both streams", ["%%bash\necho out; echo err >&2"], { stdout: "out\n", stderr: "err\n" }],
  [
    "%%bash tells a failure's exit code",
    ["%%bash\nexit 3"],
    { error: /^CalledProcessError: %%bash: the script ended with exit code 3: / },
  ],
  [
    "%%bash tells the signal",
    ["%%bash\nkill -9 $$"],
    { error: /^CalledProcessError: %%bash: .* the signal SIGKILL/ },
  ],
  ["%%bash --no-raise-error", ["%%bash --no-raise-error\necho x; false"], { stdout: "x\n" }],
  [
    "%%bash counts the cell's lines",
    ["%%bash --no-raise-error\n\nnosuch"],
    { stderr: /^bash: line 3: nosuch/ },
  ],
  [
    "%%bash has options and arguments",
    ["%%bash -e -s one 'two three'\necho $1/$2; false; echo no"],
    { stdout: "one/two three\n", error: /exit code 1/ },
  ],
  ["commands in %%bash cannot read the script", ['%%bash\nread x; echo "[$x]"'], { stdout: "[]\n" }],
  ["%%bash sees process.env", ["process.env.SEEN = 'yes'", "%%bash\necho $SEEN"], { stdout: "yes\n" }],
  [
    "%%bash --out and --err keep the text in variables",
    ["%%bash --out lines --err=wrong\necho a; echo b >&2", "lines.split('\\n').concat(wrong)"],
    { value: "[ 'a', '', 'b\\n' ]" },
  ],
  [
    "--out wants a name",
    ["%%bash --out 3x\necho a"],
    { error: "UsageError: %%bash: --out 3x: expected the name of a variable" },
  ],
  [
    "what %%bash leaves in the background is not waited for",
    ["%%bash\nsleep 30 &\necho on"],
    { stdout: "on\n" },
  ],
  [
    "%%bash prints a character cut in two whole",
    ["%%bash\nprintf '\\xc3'; sleep 0.05; printf '\\xbc\\n'"],
    { stdout: "ü\n" },
  ],
  ["%%sh", ["%%sh\necho $0"], { stdout: "sh\n" }],
  [
    "%%script gives the cell to a program",
    ["%%script node -\nconsole.log([1, 2].map((x) => x * 2))"],
    { stdout: "[ 2, 4 ]\n" },
  ],
  [
    "%%script with a program that is not there",
    ["%%script nosuch -x\n1"],
    { error: "UsageError: %%script: nosuch: there is no such program: install it, or add it to PATH" },
  ],
  ["%%script without a program", ["%%script\n1"], { error: /^UsageError: %%script: no program was given/ }],

  [
    "%%writefile writes, and cells import it at once",
    ["%%writefile made.ts\nexport const made = 1", "import { made } from './made'; made"],
    { value: "1" },
  ],
  [
    "%%writefile overwrites, and cells import it anew",
    [
      "%%writefile again.ts\nexport const it = 1",
      "import { it } from './again'; it",
      "%%writefile again.ts\nexport const it = 'b'",
      "import { it } from './again'; it.toUpperCase()",
    ],
    { value: "'B'" },
  ],
  [
    "%%writefile tells that it overwrites",
    ["%%writefile o.txt\na", "%%writefile o.txt\nb"],
    { stdout: "Overwriting o.txt\n" },
  ],
  [
    "%%writefile -a appends",
    [
      "%%writefile -a 'my notes.txt'\na",
      '%%writefile --append "my notes.txt"\nb\n\n',
      "%%bash\ncat 'my notes.txt'",
    ],
    { stdout: "a\nb\n\n" },
  ],
  [
    "%%writefile makes no folder",
    ["%%writefile no/such/x.ts\n1"],
    { error: /^UsageError: %%writefile: no\/such\/x\.ts: there is no folder .*mkdir/ },
  ],
  [
    "%%writefile to a folder",
    ["%%writefile .\n1"],
    { error: "UsageError: %%writefile: .: is a folder: expected the path of a file" },
  ],
  [
    "%%writefile without a path",
    ["%%writefile\n1"],
    { error: "UsageError: %%writefile: no path was given: expected %%writefile [-a] PATH" },
  ],
  [
    "%%writefile with two",
    ["%%writefile my notes.txt\n1"],
    { error: /^UsageError: %%writefile: my notes\.txt: expected one path: put quotes/ },
  ],
  ["%%writefile of nothing", ["%%writefile x.txt"], { error: /the cell body is empty/ }],

  [
    "a magic that is not there",
    ["%%tiem\n1"],
    {
      error: "UsageError: %%tiem: there is no such magic: did you mean %%time? %lsmagic lists all there are",
    },
  ],
  [
    "a magic with the other sign",
    ["%bash ls"],
    { error: "UsageError: %bash: there is no such magic: did you mean %%bash?" },
  ],
  [
    "a magic of Python's",
    ["%pip install x"],
    {
      error:
        "UsageError: %pip: there is no such magic: use %%bash, with npm install NAME below it: packages come from npm",
    },
  ],
  [
    "a name of Object.prototype",
    ["%%constructor\n1"],
    { error: /^UsageError: %%constructor: there is no such magic/ },
  ],
  ["%matplotlib inline is accepted", ["%matplotlib inline\nconst plain = 4; plain"], { value: "4" }],
  [
    "%matplotlib for a window is not",
    ["%matplotlib qt"],
    { error: "UsageError: %matplotlib: qt: expected inline: plots appear in the page" },
  ],
  [
    "a magic in the middle of a cell",
    ["let q = 5\n%pip install x"],
    { error: /\nA magic stands on a cell's first line/ },
  ],
  ["a shell command", ["!npm install lodash"], { error: /\nFor a shell command, begin a cell with %%bash/ }],
  ["a percent sign in a string's line", ["const percents = `\n%%time`; percents.length"], { value: "7" }],
];

for (const [shows, cells, expected] of cases)
  test(shows, async () => {
    const found = await said(cells);
    for (const key of ["stdout", "stderr", "value", "error"] as const) {
      const wanted = expected[key];
      if (wanted instanceof RegExp) assert.match(found[key] ?? "", wanted);
      else if (key in found || wanted !== undefined)
        if (!(key === "stdout" && wanted === undefined))
          // Times may be printed where something else is looked at.
          assert.equal(found[key], wanted, key);
    }
  });

test("each magic of a language shows its text as display data of its type", async () => {
  for (const [magic, type] of [
    ["%%html", "text/html"],
    ["%%markdown", "text/markdown"],
    ["%%latex", "text/latex"],
    ["%%svg", "text/html"],
    ["%%javascript", "application/javascript"],
    ["%%js", "application/javascript"],
  ] as const) {
    const data = shown(await client.execute(`${magic}\n<svg>\\x</svg>\n`), "display_data");
    assert.equal(data?.[type], "<svg>\\x</svg>\n", magic);
    assert.ok("text/plain" in data, magic);
  }
});

test("%lsmagic documents every magic, as text, Markdown and escaped HTML", async () => {
  const data = shown(await client.execute("%lsmagic"), "execute_result");
  for (const type of ["text/plain", "text/markdown", "text/html"])
    for (const name of ["%%time", "%%bash", "%lsmagic"]) assert.ok(String(data?.[type]).includes(name));
  assert.match(String(data?.["text/html"]), /<code>%%writefile \[-a\|--append\] PATH<\/code>/);
});

test("an error's place is the line of the cell", async () => {
  const { reply } = await client.execute("%%time\n\nnull!.x");
  assert.match((reply.content.traceback as string[]).join("\n"), /3/);
  const thrown = await client.execute("%%timeit -n 1\nlet k = 1\nthrow new Error('here')");
  assert.match((thrown.reply.content.traceback as string[]).join("\n"), /In \[\d+\].*:3/);
});

test("history has the cell as it was written", async () => {
  await client.execute("%%time\n'as written'");
  const content = { hist_access_type: "tail", n: 1, output: false, raw: true };
  const { reply } = await client.request("shell", "history_request", content);
  assert.equal((reply.content.history as unknown[][])[0]?.[2], "%%time\n'as written'");
});

test("100,000 lines of a script arrive whole in a few dozen messages", async () => {
  const exchange = await client.execute("%%bash\nseq 100000");
  const lines = streams(exchange, "stdout").split("\n");
  assert.equal(lines.length, 100_001);
  assert.equal(lines[99_999], "100000");
  assert.ok(exchange.published.length < 200, `${exchange.published.length} messages`);
});

const go = (m: Message, parent: string): boolean =>
  String(m.content.text).startsWith("go\n") && m.parent_header.msg_id === parent;

/** Runs a cell, interrupts it once it has printed "go", and gives how it ended. */
async function interrupted(code: string): Promise<Exchange> {
  const started = new Set<string>();
  const running = client.execute(code);
  await client.find("iopub", (m) => {
    if (m.header.msg_type === "execute_input" && m.content.code === code)
      started.add(String((m.parent_header as { msg_id?: string }).msg_id));
    return [...started].some((parent) => go(m, parent));
  });
  await client.request("control", "interrupt_request");
  return running;
}

for (const [shows, code] of [
  ["a sleeping script", "%%bash\necho go; sleep 1000"],
  ["a script that ignores it", "%%bash\ntrap '' INT; echo go; while :; do sleep 0.01; done"],
  ["an endless loop under %%timeit", "%%timeit console.log('go')\nfor (;;) {}"],
  ["an endless await under %%timeit", "%%timeit console.log('go')\nawait new Promise(() => {})"],
  ["an endless promise under %%time", "%%time\nconsole.log('go'); new Promise(() => {})"],
  ["%%timeit's own loop", "%%timeit -n 1_000_000_000_000 console.log('go')\n1"],
] as const)
  test(`an interrupt ends ${shows}, and the next cell runs`, async () => {
    const { reply } = await interrupted(code);
    assert.equal(reply.content.ename, "KeyboardInterrupt");
    assert.equal((await said(["1 + 1"])).value, "2");
  });

test("an interrupt ends the whole group, the background and those that ignore it too", async () => {
  await interrupted(
    "%%bash\n(trap '' INT TERM; echo $BASHPID > left.pid; echo go; sleep 1000; sleep 1000) & sleep 1000",
  );
  const gone = `const pid = Number(require("node:fs").readFileSync("left.pid", "utf8"));
    const alive = () => { try { process.kill(pid, 0); return true } catch { return false } };
    while (alive()) await new Promise((r) => setTimeout(r, 10));
    "gone"`;
  assert.equal((await said([gone])).value, "'gone'");
});

test("timers run while a script does", async () => {
  const { stdout } = await said(["setTimeout(() => console.log('tick'), 50); 0", "%%bash\nsleep 0.2"]);
  assert.equal(stdout, undefined);
  await client.find("iopub", (m) => m.content.text === "tick\n");
});

test("what a script leaves in the background ends with the kernel", async () => {
  const other = await startClient();
  const { published } = await other.execute("%%bash\nsleep 1000 &\necho $!");
  const pid = Number(published.find(({ header }) => header.msg_type === "stream")?.content.text);
  assert.ok(pid > 0 && isAlive(pid));
  await other.shutdown();
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
});

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

test("where there is no bash, the error says so", async () => {
  const other = await startClient({ env: { PATH: "/nowhere" } });
  const { reply } = await other.execute("%%bash\necho");
  await other.shutdown();
  assert.match(String(reply.content.evalue), /^%%bash: bash: there is no such program/);
});
