"""Checks of the messaging protocol, one a line: what, what is asked, what is expected.

Prints a line of JSON for each: {"what", "error"}. Run by protocol.jupyter.test.ts; arguments are parts of the names of
those to run. https://jupyter-client.readthedocs.io/en/stable/messaging.html
"""
import json
import re
import sys
import time
import traceback
from datetime import datetime, timezone

import zmq
from protocol_client import TIMEOUT, Client

# ---- Requests: what, type, content, what the reply's content must be ---------------------------------------------

INFO = "kernel_info_request"
LANGUAGE = ("name", "version", "mimetype", "file_extension", "pygments_lexer", "codemirror_mode", "nbconvert_exporter")
error = lambda c: c["status"] == "error" and c["ename"] and c["evalue"] and isinstance(c["traceback"], list)
matches = lambda *names: lambda c: c["status"] == "ok" and set(names) <= set(c["matches"])
at = lambda start, end: lambda c: (c["cursor_start"], c["cursor_end"]) == (start, end)
found = lambda *parts: lambda c: c["found"] and all(p in c["data"]["text/plain"] for p in parts)
lost = lambda c: c["status"] == "ok" and c["found"] is False and c["data"] == {} and c["metadata"] == {}
state = lambda status, indent=None: lambda c: c["status"] == status and c.get("indent") == indent
code = lambda text, pos, **more: {"code": text, "cursor_pos": pos, **more}

REQUESTS = [
    ("info: status ok", INFO, {}, lambda c: c["status"] == "ok"),
    ("info: protocol 5.5", INFO, {}, lambda c: c["protocol_version"].startswith("5.5")),
    ("info: implementation", INFO, {}, lambda c: c["implementation"] == "jacobi"),
    ("info: its version is X.Y.Z", INFO, {}, lambda c: re.match(r"\d+\.\d+\.\d+", c["implementation_version"])),
    ("info: every field of language_info", INFO, {}, lambda c: all(c["language_info"].get(n) for n in LANGUAGE)),
    ("info: the language is typescript", INFO, {}, lambda c: c["language_info"]["name"] == "typescript"),
    ("info: the language's version", INFO, {}, lambda c: re.match(r"\d+\.\d+", c["language_info"]["version"])),
    ("info: the extension has its dot", INFO, {}, lambda c: c["language_info"]["file_extension"] == ".ts"),
    ("info: a banner", INFO, {}, lambda c: "Jacobi" in c["banner"]),
    ("info: help links have text and url", INFO, {}, lambda c: c["help_links"] and all(
        set(link) == {"text", "url"} and link["url"].startswith("https://") for link in c["help_links"])),
    ("info: features are a list of strings", INFO, {}, lambda c: all(isinstance(f, str) for f in c["supported_features"])),
    ("info: debugger agrees with the features", INFO, {}, lambda c: c["debugger"] is ("debugger" in c["supported_features"])),
    ("info: more in the content is no harm", INFO, {"x": [1]}, lambda c: c["status"] == "ok"),
    ("complete: a member", "complete_request", code("Math.sq", 7), matches("sqrt")),
    ("complete: what is to be replaced", "complete_request", code("Math.sq", 7), at(5, 7)),
    ("complete: status and metadata", "complete_request", code("Math.sq", 7), lambda c: isinstance(c["metadata"], dict)),
    ("complete: types for JupyterLab", "complete_request", code("Math.sq", 7), lambda c: any(
        (m["text"], m["start"], m["end"]) == ("sqrt", 5, 7) and m["type"]
        for m in c["metadata"]["_jupyter_types_experimental"])),
    ("complete: within a text", "complete_request", code("Math.sq + 1", 7), at(5, 7)),
    ("complete: within a word", "complete_request", code("Math.sqrt", 7), matches("sqrt")),
    ("complete: the second line", "complete_request", code("let a = 1\nMath.sq", 17), at(15, 17)),
    ("complete: code points before the cursor", "complete_request", code('"😀"; Math.sq', 12), at(10, 12)),
    ("complete: many code points", "complete_request", code("'😀😀😀' + Math.sq", 15), at(13, 15)),
    ("complete: combining characters are two", "complete_request", code("'e\u0301'; Math.sq", 13), at(11, 13)),
    ("complete: a position beyond the end is the end", "complete_request", code("Math.sq", 700), matches("sqrt")),
    ("complete: none is the end", "complete_request", {"code": "Math.sq"}, matches("sqrt")),
    ("complete: a negative one is the start", "complete_request", code("Math.sq", -3), lambda c: c["cursor_start"] == 0),
    ("complete: at the start", "complete_request", code("Math.sq", 0), lambda c: c["cursor_start"] == 0),
    ("complete: a huge position", "complete_request", code("Math.sq", 2**62), matches("sqrt")),
    ("complete: no integer", "complete_request", code("Math.sq", 6.5), lambda c: c["status"] == "ok"),
    ("complete: nothing before the cursor", "complete_request", code("", 0), lambda c: c["status"] == "ok"),
    ("complete: spaces", "complete_request", code("   ", 3), at(3, 3)),
    ("complete: a global of the kernel", "complete_request", code("displ", 5), matches("display")),
    ("complete: a name that is not there", "complete_request", code("zzzzzz", 6), lambda c: c["matches"] == []),
    ("complete: in code that does not parse", "complete_request", code("if (Math.sq", 11), matches("sqrt")),
    ("complete: in a comment", "complete_request", code("// Math.sq", 10), lambda c: c["status"] == "ok"),
    ("complete: NUL", "complete_request", code("'\0'; Math.sq", 12), matches("sqrt")),
    ("complete: matches are strings", "complete_request", code("Math.", 5), lambda c: all(isinstance(m, str) for m in c["matches"])),
    ("complete: no code", "complete_request", {"cursor_pos": 1}, error),
    ("complete: code that is no string", "complete_request", code(5, 1), error),
    ("complete: a position that is no number", "complete_request", code("a", "1"), error),
    ("inspect: found", "inspect_request", code("Math.sin", 8, detail_level=0), found("sin")),
    ("inspect: data and metadata", "inspect_request", code("Math.sin", 8), lambda c: "text/plain" in c["data"] and c["metadata"] == {}),
    ("inspect: markdown too", "inspect_request", code("Math.sin", 8), lambda c: "```" in c["data"]["text/markdown"]),
    ("inspect: detail 1", "inspect_request", code("Math.sin", 8, detail_level=1), found("sin")),
    ("inspect: in the middle", "inspect_request", code("Math.sin(1) + 2", 6), found("sin")),
    ("inspect: in a call's brackets", "inspect_request", code("Math.sin(", 9), found("sin")),
    ("inspect: not found", "inspect_request", code("nothingOfThisName", 5), lost),
    ("inspect: empty code", "inspect_request", code("", 0), lost),
    ("inspect: beyond the end", "inspect_request", code("Math.sin", 900), found("sin")),
    ("inspect: negative", "inspect_request", code("Math.sin", -9), lambda c: c["status"] == "ok"),
    ("inspect: no position is the end", "inspect_request", {"code": "Math.sin"}, found("sin")),
    ("inspect: after an emoji", "inspect_request", code('"😀"; Math.sin', 13), found("sin")),
    ("inspect: a detail that is none", "inspect_request", code("Math.sin", 8, detail_level=7), found("sin")),
    ("inspect: no plain text has colours", "inspect_request", code("Math.sin", 8), lambda c: "\x1b" not in c["data"]["text/plain"]),
    ("inspect: no code", "inspect_request", {}, error),
    ("is_complete: complete", "is_complete_request", {"code": "1 + 1"}, state("complete")),
    ("is_complete: two lines", "is_complete_request", {"code": "let a = 1\na"}, state("complete")),
    ("is_complete: a function", "is_complete_request", {"code": "function f() {\n  return 1\n}"}, state("complete")),
    ("is_complete: empty", "is_complete_request", {"code": ""}, state("complete")),
    ("is_complete: top-level await", "is_complete_request", {"code": "await 1"}, state("complete")),
    ("is_complete: an open block", "is_complete_request", {"code": "if (true) {"}, state("incomplete", "  ")),
    ("is_complete: two open blocks", "is_complete_request", {"code": "for (;;) {\n  if (1) {"}, state("incomplete", "    ")),
    ("is_complete: an open bracket", "is_complete_request", {"code": "f("}, lambda c: c["status"] == "incomplete" and isinstance(c["indent"], str)),
    ("is_complete: an open template", "is_complete_request", {"code": "`a"}, lambda c: c["status"] == "incomplete"),
    ("is_complete: an open comment", "is_complete_request", {"code": "/* a"}, lambda c: c["status"] == "incomplete"),
    ("is_complete: an operator", "is_complete_request", {"code": "1 +"}, lambda c: c["status"] == "incomplete"),
    ("is_complete: invalid", "is_complete_request", {"code": "let 1 = x"}, state("invalid")),
    ("is_complete: a closing bracket", "is_complete_request", {"code": ")"}, state("invalid")),
    ("is_complete: a type error is complete", "is_complete_request", {"code": "const n: number = 'a'"}, state("complete")),
    ("is_complete: no code", "is_complete_request", {}, error),
    ("comm_info: all", "comm_info_request", {}, lambda c: c["comms"] == {}),
    ("comm_info: of a target", "comm_info_request", {"target_name": "x"}, lambda c: c["comms"] == {}),
    ("comm_info: null", "comm_info_request", {"target_name": None}, lambda c: c["comms"] == {}),
    ("comm_info: a target that is no string", "comm_info_request", {"target_name": 5}, error),
    ("connect: five ports", "connect_request", {}, lambda c: all(
        isinstance(c[f"{n}_port"], int) for n in ("shell", "iopub", "stdin", "hb", "control"))),
    ("usage: names and numbers", "usage_request", {}, lambda c: c["hostname"] and c["pid"] > 0 and c["cpu_count"] >= 1),
    ("usage: the kernel's", "usage_request", {}, lambda c: c["kernel_cpu"] >= 0 and c["kernel_memory"] > 1e7),
    ("usage: the machine's", "usage_request", {}, lambda c: 0 <= c["host_cpu_percent"] <= 100 and all(
        c["host_virtual_memory"][n] >= 0 for n in ("total", "available", "percent", "used", "free"))),
    ("interrupt: an idle kernel", "interrupt_request", {}, lambda c: c == {"status": "ok"}),
    ("history: no type", "history_request", {"output": False, "raw": True}, error),
    ("history: an unknown type", "history_request", {"hist_access_type": "all", "output": False, "raw": True}, error),
    ("execute: no code", "execute_request", {}, lambda c: error(c) and isinstance(c["execution_count"], int)),
    ("execute: code that is no string", "execute_request", {"code": ["1"]}, error),
    ("execute: expressions that are no object", "execute_request", {"code": "1", "user_expressions": 1}, error),
    ("execute: only code", "execute_request", {"code": "1"}, lambda c: c["status"] == "ok"),
    ("execute: nulls are defaults", "execute_request", {"code": "1", "silent": None, "store_history": None,
        "user_expressions": None, "allow_stdin": None, "stop_on_error": None}, lambda c: c["status"] == "ok"),
    ("execute: unknown fields", "execute_request", {"code": "1", "cell": {"x": 1}}, lambda c: c["status"] == "ok"),
]

# ---- Cells: what, code, options of the request, what must have happened -------------------------------------------

order = lambda *types: lambda x: x.types == ["status", "execute_input", *types, "status"]
shows = lambda text: lambda x: x.plain == [text]
ok = lambda x: x.content["status"] == "ok"
fails = lambda name, part="": lambda x: x.content["status"] == "error" and x.content["ename"] == name and part in x.content["evalue"]
expression = lambda name, test: lambda x: test(x.content["user_expressions"][name])
shown = lambda x, kind="display_data": x.contents(kind)[0]
silent = {"silent": True, "store_history": False}
plain = lambda r: r["data"]["text/plain"]

CELLS = [
    ("cell: nothing to show", "let unseen = 1", {}, order()),
    ("cell: a value", "6 * 7", {}, lambda x: order("execute_result")(x) and x.plain == ["42"]),
    ("cell: the count is the same everywhere", "6 * 7", {}, lambda x: len({x.content["execution_count"],
        *(c["execution_count"] for k in ("execute_input", "execute_result") for c in x.contents(k))}) == 1),
    ("cell: the code comes back", " 1 // é😀\n", {}, lambda x: x.contents("execute_input")[0]["code"] == " 1 // é😀\n"),
    ("cell: payload and expressions are empty", "1", {}, lambda x: x.content["payload"] == [] and x.content["user_expressions"] == {}),
    ("cell: fields of an ok reply", "1", {}, lambda x: set(x.content) == {"status", "execution_count", "payload", "user_expressions"}),
    ("cell: fields of a result", "1", {}, lambda x: set(x.contents("execute_result")[0]) >= {"execution_count", "data", "metadata"}),
    ("cell: metadata tells when it started", "1", {}, lambda x: datetime.fromisoformat(
        str(x.reply["metadata"]["started"]).replace("Z", "+00:00")).tzinfo and x.reply["metadata"]["status"] == "ok"),
    ("cell: empty", "", {}, lambda x: ok(x) and not x.plain),
    ("cell: white space", " \n\t\r\n ", {}, lambda x: ok(x) and not x.plain),
    ("cell: a comment", "// nothing", {}, lambda x: ok(x) and not x.plain),
    ("cell: a byte order mark", "\ufeff1 + 1", {}, shows("2")),
    ("cell: lines that end as on Windows", "const cr = 1\r\ncr + 1\r\n", {}, shows("2")),
    ("cell: NUL in a string", "'a\0b'.length", {}, shows("3")),
    ("cell: a lone surrogate printed", r"console.log('a\ud800b')", {}, lambda x: x.text() == "a\ufffdb\n"),
    ("cell: an emoji", "'😀'", {}, shows("'😀'")),
    ("cell: U+2028", "'\u2028'.length", {}, shows("1")),
    ("cell: stdout", "console.log('a')", {}, lambda x: order("stream")(x) and x.text() == "a\n"),
    ("cell: stderr", "console.error('a')", {}, lambda x: order("stream")(x) and x.text("stderr") == "a\n"),
    ("cell: fields of a stream", "console.log('a')", {}, lambda x: set(x.contents("stream")[0]) == {"name", "text"}),
    ("cell: without a line's end", "process.stdout.write('a'); 0", {}, lambda x: x.text() == "a"),
    ("cell: streams in order", "console.log(1); console.error(2); console.log(3)", {}, lambda x: [
        (c["name"], c["text"]) for c in x.contents("stream")] == [("stdout", "1\n"), ("stderr", "2\n"), ("stdout", "3\n")]),
    ("cell: 20,000 lines, none lost", "for (let i = 0; i < 20000; i++) console.log(i)", {}, lambda x:
        x.text() == "".join(f"{i}\n" for i in range(20000))),
    ("cell: output, then the result", "console.log('a'); 1", {}, order("stream", "execute_result")),
    ("cell: carriage returns stay", r"process.stdout.write('1\r2'); 0", {}, lambda x: x.text() == "1\r2"),
    ("cell: colours in printed text stay", r"console.log('\x1b[31mred\x1b[0m')", {}, lambda x: "\x1b[31m" in x.text()),
    ("cell: no colours in text/plain", "({ a: 1, b: 'x', c: null, d: /x/, e: Symbol.iterator })", {}, lambda x: "\x1b" not in x.plain[0]),
    ("cell: a child's output", "import { execSync } from 'node:child_process'; execSync('echo child; echo err >&2', { stdio: 'inherit' }); 0",
        {}, lambda x: x.text() == "child\n" and x.text("stderr") == "err\n"),
    ("cell: output after an await", "console.log(1); await new Promise((r) => setTimeout(r, 30)); console.log(2)", {}, lambda x: x.text() == "1\n2\n"),
    ("cell: a microtask's output comes before idle", "Promise.resolve().then(() => console.log('micro')); 0", {}, lambda x: x.text() == "micro\n"),
    ("display: data, metadata, transient", "display(1)", {}, lambda x: set(shown(x)) == {"data", "metadata", "transient"}),
    ("display: HTML", "display(HTML('<b>x</b>'))", {}, lambda x: shown(x)["data"]["text/html"] == "<b>x</b>"),
    ("display: text beside it", "display(HTML('<b>x</b>'))", {}, lambda x: isinstance(shown(x)["data"]["text/plain"], str)),
    ("display: JSON is no string", "display({ 'application/json': { a: [1] } }, { raw: true })", {}, lambda x:
        shown(x)["data"]["application/json"] == {"a": [1]}),
    ("display: metadata", "display({ 'text/plain': 'x' }, { raw: true, metadata: { 'text/plain': { a: 1 } } })", {},
        lambda x: shown(x)["metadata"] == {"text/plain": {"a": 1}}),
    ("display: an id", "display(1, { display_id: 'mine' })", {}, lambda x: shown(x)["transient"] == {"display_id": "mine"}),
    ("display: an update", "const shown1 = display(1); shown1.update(2)", {}, lambda x: order("display_data", "update_display_data")(x)
        and shown(x)["transient"]["display_id"] == shown(x, "update_display_data")["transient"]["display_id"]),
    ("display: an update in a later cell", "shown1.update(3)", {}, lambda x: order("update_display_data")(x)
        and shown(x, "update_display_data")["data"]["text/plain"] == "3"),
    ("display: several in order", "display(1); console.log(2); display(3); 4", {}, order("display_data", "stream", "display_data", "execute_result")),
    ("display: a value that shows itself", "({ [Symbol.for('Jupyter.display')]: () => ({ 'text/html': '<i>' }) })", {},
        lambda x: x.contents("execute_result")[0]["data"]["text/html"] == "<i>"),
    ("display: an image is base64", "display(new Image(Buffer.from('89504e470d0a1a0a', 'hex')))", {},
        lambda x: shown(x)["data"]["image/png"].strip() == "iVBORw0KGgo="),
    ("clear_output: at once", "clear_output()", {}, lambda x: x.contents("clear_output") == [{"wait": False}]),
    ("clear_output: waits", "clear_output({ wait: true })", {}, lambda x: x.contents("clear_output") == [{"wait": True}]),
    ("clear_output: in order", "console.log(1); clear_output(); console.log(2)", {}, order("stream", "clear_output", "stream")),
    ("error: published once, before idle", "throw new RangeError('far')", {}, order("error")),
    ("error: name and value", "throw new RangeError('far')", {}, fails("RangeError", "far")),
    ("error: published and replied alike", "throw new RangeError('far')", {}, lambda x: all(
        x.contents("error")[0][n] == x.content[n] for n in ("ename", "evalue", "traceback"))),
    ("error: only its fields are published", "throw new RangeError('far')", {}, lambda x: set(x.contents("error")[0]) == {"ename", "evalue", "traceback"}),
    ("error: the reply has a count and no result's fields", "throw new RangeError('far')", {}, lambda x:
        isinstance(x.content["execution_count"], int) and "user_expressions" not in x.content),
    ("error: a traceback of strings", "throw new RangeError('far')", {}, lambda x: x.content["traceback"] and all(
        isinstance(t, str) for t in x.content["traceback"])),
    ("error: metadata's status", "throw new RangeError('far')", {}, lambda x: x.reply["metadata"]["status"] == "error"),
    ("error: what was printed before it stays", "console.log('before'); throw new Error('e')", {}, order("stream", "error")),
    ("error: after an await", "await 1; throw new TypeError('late')", {}, fails("TypeError", "late")),
    ("error: a rejected promise awaited", "await Promise.reject(new Error('no'))", {}, fails("Error", "no")),
    ("error: a string thrown", "throw 'text'", {}, lambda x: x.content["status"] == "error" and "text" in x.content["evalue"]),
    ("error: null thrown", "throw null", {}, lambda x: x.content["status"] == "error" and x.content["ename"]),
    ("error: a name that is not there", "nothingOfThisName", {}, lambda x: x.content["status"] == "error" and "nothingOfThisName" in x.content["evalue"]),
    ("error: syntax", "let 1 = x", {}, lambda x: x.content["status"] == "error" and x.contents("error")),
    ("error: types", "const n1: number = 'a'", {}, lambda x: x.content["status"] == "error" and "number" in x.content["evalue"]),
    ("error: stack overflow", "const f1 = (): number => f1() + 1; f1()", {}, fails("RangeError", "stack")),
    ("error: the next cell runs", "1", {}, shows("1")),
    ("silent: publishes nothing but its status", "console.log(1); display(2); 3", silent, lambda x: x.types == ["status", "status"]),
    ("silent: its names stay", "var kept1 = 5", silent, ok),
    ("silent: they did", "kept1", {}, shows("5")),
    ("silent: an error is in the reply alone", "throw new Error('e')", silent, lambda x: fails("Error")(x) and x.types == ["status", "status"]),
    ("silent: even with store_history", "1", {"silent": True, "store_history": True}, lambda x: x.types == ["status", "status"]),
    ("silent: empty, for the counter", "", silent, lambda x: isinstance(x.content["execution_count"], int)),
    ("store_history false: shows all the same", "7", {"store_history": False}, lambda x: order("execute_result")(x) and x.plain == ["7"]),
    ("expressions: a value", "let e1 = 2", {"user_expressions": {"a": "e1 + 1"}}, expression("a", lambda r: r["status"] == "ok" and plain(r) == "3")),
    ("expressions: a whole bundle", "1", {"user_expressions": {"a": "HTML('<b>')"}}, expression("a", lambda r: r["data"]["text/html"] == "<b>" and r["metadata"] == {})),
    ("expressions: an error of one", "1", {"user_expressions": {"a": "(() => { throw new RangeError('x') })()", "b": "2"}}, lambda x: ok(x)
        and expression("a", lambda r: r["status"] == "error" and r["ename"] == "RangeError" and r["evalue"] == "x" and r["traceback"])(x)
        and expression("b", lambda r: plain(r) == "2")(x)),
    ("expressions: errors are not published", "1", {"user_expressions": {"a": "oops1"}}, order("execute_result")),
    ("expressions: syntax errors", "1", {"user_expressions": {"a": ")"}}, expression("a", lambda r: r["status"] == "error")),
    ("expressions: undefined", "1", {"user_expressions": {"a": "undefined"}}, expression("a", lambda r: r["status"] == "ok")),
    ("expressions: any name", "1", {"user_expressions": {"__proto__": "1", "a b\n": "2"}}, lambda x: set(x.content["user_expressions"]) == {"__proto__", "a b\n"}),
    ("expressions: an await", "1", {"user_expressions": {"a": "await Promise.resolve(4)"}}, expression("a", lambda r: plain(r) == "4")),
    ("expressions: of a silent cell", "", {**silent, "user_expressions": {"a": "1 + 1"}}, expression("a", lambda r: plain(r) == "2")),
    ("expressions: none after an error", "throw 1", {"user_expressions": {"a": "1"}}, lambda x: not x.content.get("user_expressions")),
    ("payload: set_next_input", "set_next_input('a\\nb')", {}, lambda x: x.content["payload"] == [
        {"source": "set_next_input", "text": "a\nb", "replace": False}]),
    ("payload: exit", "exit", {}, lambda x: x.content["payload"] == [{"source": "ask_exit", "keepkernel": False}]),
    ("payload: none is left over", "1", {}, lambda x: x.content["payload"] == []),
    ("stdin: not allowed fails at once", "await input('?')", {"allow_stdin": False}, lambda x: x.content["status"] == "error" and "input" in x.content["evalue"]),
    ("huge: 10 MB of code", f"{'/' * 2}{'x' * 10_000_000}\n41 + 1", {}, shows("42")),
    ("huge: 10 MB of text", "'x'.repeat(1e7).length; console.log('x'.repeat(1e7))", {}, lambda x: len(x.text()) == 10_000_001),
    ("process.exit is no crash", "process.exit(3)", {}, lambda x: x.content["status"] in ("ok", "error")),
    ("the next cell has its state", "kept1", {}, shows("5")),
]

# ---- What takes more than one request: functions of a client, each named by its first line --------------------------

SCENARIOS = []
scenario = SCENARIOS.append


# Behind it others can be sent in time.
LATE_ERROR = "await new Promise((r) => setTimeout(r, 500)); throw 1"


def equal(given, expected):
    assert given == expected, f"{given!r} is not {expected!r}"


@scenario
def every_request_is_answered_on_control_too(k):
    for kind, content in [(INFO, {}), ("comm_info_request", {}), ("complete_request", code("Math.sq", 7)),
                          ("is_complete_request", {"code": "1"}), ("usage_request", {}), ("interrupt_request", {}),
                          ("inspect_request", code("Math.sin", 8)),
                          ("history_request", {"hist_access_type": "tail", "n": 1, "output": False, "raw": True})]:
        assert k.ask(kind, content, "control").content["status"] in ("ok", "complete")


@scenario
def each_request_has_one_busy_and_one_idle(k):
    for channel in ("shell", "control"):
        equal(k.ask(INFO, {}, channel).states, ["busy", "idle"])
    equal(k.run("1").states, ["busy", "idle"])
    equal(k.run("throw 1").states, ["busy", "idle"])
    equal(k.ask("complete_request", {}).states, ["busy", "idle"])


@scenario
def a_malformed_request_on_control_gets_an_error_and_idle(k):
    assert error(k.ask("complete_request", {"code": None}, "control").content)


@scenario
def headers_have_all_fields(k):
    x = k.run("console.log(1)")
    for m in [x.reply, *x.published]:
        for name in ("msg_id", "session", "username", "msg_type", "version"):
            assert isinstance(m["header"][name], str) and m["header"][name], name
        equal(m["header"]["version"].split(".")[0], "5")


@scenario
def headers_have_a_date_with_its_zone(k):
    frames = raw_request(k, INFO)
    date = datetime.fromisoformat(json.loads(frames[0])["date"].replace("Z", "+00:00"))
    assert abs((datetime.now(timezone.utc) - date).total_seconds()) < 60


@scenario
def message_ids_are_unique(k):
    x = k.run("for (let i = 0; i < 50; i++) display(i)")
    ids = [m["header"]["msg_id"] for m in [x.reply, *x.published]]
    equal(len(ids), len(set(ids)))


@scenario
def the_kernels_session_is_one_and_not_the_clients(k):
    x = [k.run("1"), k.ask(INFO, {}, "control")]
    sessions = {m["header"]["session"] for e in x for m in [e.reply, *e.published]}
    equal(len(sessions), 1)
    assert k.session.session not in sessions


@scenario
def the_parent_header_is_a_copy_byte_by_byte(k):
    header = '{"msg_id": "exact-1", "msg_type": "kernel_info_request", "x": [1.0, 1e3, 12345678901234567890], "é": "\\u00e9"}'
    equal(raw_request(k, INFO, header=header.encode())[1].decode(), header)


@scenario
def a_header_with_little_in_it_is_enough(k):
    header = b'{"msg_id": "little-1", "msg_type": "kernel_info_request"}'
    equal(json.loads(raw_request(k, INFO, header=header)[3])["status"], "ok")


@scenario
def half_a_surrogate_pair_in_code_is_a_character(k):
    content = b'{"code": "\'\\ud800\'; Math.sq", "cursor_pos": 12}'
    assert "sqrt" in json.loads(raw_request(k, "complete_request", content=content)[3])["matches"]
    content = b'{"code": "console.log(\'\\ud800\')"}'
    equal(json.loads(raw_request(k, "execute_request", content=content)[3])["status"], "ok")


@scenario
def identities_come_back(k):
    socket = raw_socket(k, zmq.DEALER, b"an identity \xff\x01")
    send_raw(k, socket, INFO)
    assert socket.poll(TIMEOUT * 1000)
    assert b"<IDS|MSG>" == socket.recv_multipart()[0]  # ours was taken off by the router
    socket.close()


@scenario
def more_identities_before_the_delimiter_come_back(k):
    socket = raw_socket(k)
    send_raw(k, socket, INFO, before=[b"one", b"two"])
    assert socket.poll(TIMEOUT * 1000)
    equal(socket.recv_multipart()[:3], [b"one", b"two", b"<IDS|MSG>"])
    socket.close()


@scenario
def replies_are_signed(k):
    socket = raw_socket(k)
    send_raw(k, socket, INFO)
    frames = socket.recv_multipart()
    equal(frames[1], k.session.sign(frames[2:6]))
    socket.close()


@scenario
def an_unsigned_request_is_dropped(k):
    dropped(k, signature=b"")


@scenario
def a_wrong_signature_is_dropped(k):
    dropped(k, signature=b"0" * 64)


@scenario
def a_header_that_is_no_json_is_dropped(k):
    dropped(k, header=b"{")


@scenario
def a_header_that_is_no_object_is_dropped(k):
    dropped(k, header=b"[1]")


@scenario
def a_content_that_is_no_object_is_dropped(k):
    dropped(k, content=b"1")


@scenario
def bytes_that_are_no_message_are_dropped(k):
    socket = raw_socket(k)
    for frames in ([b""], [b"x"], [b"<IDS|MSG>"], [b"<IDS|MSG>", b"", b"{}"], [b"\xff" * 1000] * 20):
        socket.send_multipart(frames)
    socket.close()
    assert k.run("1").plain == ["1"]


@scenario
def a_message_that_is_no_json_object_does_not_stop_stdin(k):
    socket = raw_socket(k, channel="stdin")
    socket.send_multipart([b"junk"])
    socket.close()
    assert k.run("1").plain == ["1"]


@scenario
def an_unknown_request_gets_no_reply_but_idle(k):
    for kind in ("nobody_request", "constructor", "__proto__", "toString_request", "execute", "execute_reply", "_request", ""):
        request = k.send(kind, {"a": 1})
        k.finish(request, replies=False)
    equal(k.ask(INFO).content["status"], "ok")


@scenario
def metadata_of_a_request_does_no_harm(k):
    x = k.ask("execute_request", {"code": "1"}, metadata={"cellId": "a", "deletedCells": ["b"], "tags": [None]})
    equal(x.plain, ["1"])


@scenario
def a_request_with_1000_buffers_is_answered(k):
    equal(k.ask(INFO, buffers=[b"x" * i for i in range(1000)]).content["status"], "ok")


@scenario
def a_request_with_a_10_mb_buffer_is_answered(k):
    equal(k.ask("execute_request", {"code": "1"}, buffers=[b"\0" * 10_000_000]).plain, ["1"])


@scenario
def the_count_grows_by_one_with_each_stored_cell(k):
    counts = [k.run(c).content["execution_count"] for c in ("1", "throw 1", "", ")")]
    equal(counts, [counts[0] + i for i in range(4)])


@scenario
def the_count_stays_without_store_history_and_is_the_current_one(k):
    before = k.run("1").content["execution_count"]
    equal(k.run("2", store_history=False).content["execution_count"], before)
    equal(k.run("3", silent=True).content["execution_count"], before)
    equal(k.run("4").content["execution_count"], before + 1)


@scenario
def an_error_aborts_what_was_queued(k):
    sent = [k.send("execute_request", {"code": c, "stop_on_error": True}) for c in (LATE_ERROR, "1", "2")]
    done = [k.finish(r) for r in sent]
    assert done[0].content["status"] == "error"
    for x in done[1:]:
        assert x.content["status"] in ("aborted", "error"), x.content
        equal(x.types, ["status", "status"])
        assert isinstance(x.content["execution_count"], int)
    equal(k.run("3").plain, ["3"])


@scenario
def only_cells_are_aborted(k):
    sent = [k.send("execute_request", {"code": LATE_ERROR}), k.send(INFO), k.send("is_complete_request", {"code": "1"})]
    replies = {}
    while len(replies) < 3:
        m = k.receive("shell", lambda m: True)
        replies[m["parent_header"]["msg_id"]] = m["content"]["status"]
    equal([replies[m["header"]["msg_id"]] for m in sent], ["error", "ok", "complete"])


@scenario
def without_stop_on_error_the_queue_goes_on(k):
    sent = [k.send("execute_request", {"code": c, "stop_on_error": False}) for c in (LATE_ERROR, "8")]
    equal([k.finish(r).content["status"] for r in sent], ["error", "ok"])


@scenario
def a_cell_sent_after_the_error_reply_runs(k):
    for _ in range(10):
        k.run("throw 1")
        equal(k.run("1").content["status"], "ok")


@scenario
def cells_run_in_the_order_they_came(k):
    k.run("const ran: number[] = []")
    sent = [k.send("execute_request", {"code": f"ran.push({i})", "store_history": False}) for i in range(50)]
    for request in sent:
        k.finish(request)
    equal(k.run("ran.every((n, i) => n === i) && ran.length").plain, ["50"])


@scenario
def a_thousand_requests_at_once_are_all_answered(k):
    sent = [k.send(INFO if i % 2 else "execute_request", {"code": str(i), "silent": True}) for i in range(1000)]
    replies, idles = ({m["header"]["msg_id"] for m in sent} for _ in range(2))
    while replies:
        replies.discard(k.receive("shell", lambda m: True)["parent_header"]["msg_id"])
    while idles:
        m = k.kc.get_iopub_msg(timeout=TIMEOUT)
        if m["content"].get("execution_state") == "idle":
            idles.discard(m["parent_header"]["msg_id"])


@scenario
def two_clients_each_get_their_own_replies(k):
    other = k.another()
    one, two = k.send("execute_request", {"code": "'mine'"}), other.send("execute_request", {"code": "'theirs'"})
    x, y = k.finish(one), other.finish(two)
    equal((x.plain, y.plain), (["'mine'"], ["'theirs'"]))
    equal(y.reply["parent_header"]["session"], other.session.session)
    other.close()


@scenario
def other_clients_see_inputs_and_outputs(k):
    other = k.another()
    x = k.run("5 + 5")
    m = other.published(lambda m: m["msg_type"] == "execute_result")
    equal(m["content"]["data"]["text/plain"], "10")
    equal(m["parent_header"]["msg_id"], x.request["header"]["msg_id"])
    assert any(m["msg_type"] == "execute_input" and m["content"]["code"] == "5 + 5" for m in other.iopub)
    other.close()


@scenario
def late_output_belongs_to_its_cell(k):
    x = k.run("setTimeout(() => console.log('late'), 100); 0")
    k.run("1")
    m = k.published(lambda m: m["content"].get("text") == "late\n")
    equal(m["parent_header"]["msg_id"], x.request["header"]["msg_id"])


@scenario
def a_question_is_answered(k):
    request = k.send("execute_request", {"code": "await input('name? ')", "allow_stdin": True})
    asked = k.receive("stdin", lambda m: True)
    equal((asked["msg_type"], asked["content"]), ("input_request", {"prompt": "name? ", "password": False}))
    equal(asked["parent_header"]["msg_id"], request["header"]["msg_id"])
    k.kc.input("Ada 😀")
    equal(k.finish(request).plain, ["'Ada 😀'"])


@scenario
def a_password_is_asked_for_as_one(k):
    request = k.send("execute_request", {"code": "(await getpass('pw: ')).length", "allow_stdin": True})
    equal(k.receive("stdin", lambda m: True)["content"], {"prompt": "pw: ", "password": True})
    k.kc.input("secret")
    equal(k.finish(request).plain, ["6"])


@scenario
def output_comes_before_the_question(k):
    request = k.send("execute_request", {"code": "console.log('first'); await input('')", "allow_stdin": True})
    k.receive("stdin", lambda m: True)
    k.published(lambda m: m["content"].get("text") == "first\n", timeout=5)
    k.kc.input("")
    equal(k.finish(request).plain, ["''"])


@scenario
def a_question_in_a_loop_is_asked_each_time(k):
    request = k.send("execute_request", {"code": "const got: string[] = []; while (got.length < 3) got.push(await input(`${got.length}`)); got.join()", "allow_stdin": True})
    for i in range(3):
        equal(k.receive("stdin", lambda m: True)["content"]["prompt"], str(i))
        k.kc.input("abc"[i])
    equal(k.finish(request).plain, ["'a,b,c'"])


@scenario
def the_end_of_input_is_an_error_of_input_and_null_of_prompt(k):
    for source, test in [("await input('?')", fails("EOFError")), ("prompt('?')", lambda x: x.plain == ["null"])]:
        request = k.send("execute_request", {"code": source, "allow_stdin": True})
        k.receive("stdin", lambda m: True)
        k.kc.input("\x04")
        assert test(k.finish(request))


@scenario
def an_interrupt_by_shell_is_for_old_clients(k):
    request = spin(k)
    k.send("interrupt_request", {}, "shell")
    equal(k.finish(request).content["ename"], "KeyboardInterrupt")


@scenario
def a_cell_without_allow_stdin_may_ask(k):
    request = k.send("execute_request", {"code": "await input('?')"})
    k.receive("stdin", lambda m: True)
    k.kc.input("y")
    equal(k.finish(request).plain, ["'y'"])


@scenario
def a_shutdown_ends_a_kernel_whose_cell_spins(k):
    own = Client()
    spin(own)
    own.send("shutdown_request", {"restart": False}, "control")
    own.receive("control", lambda m: m["msg_type"] == "shutdown_reply")
    ends(own)


@scenario
def the_reply_to_shutdown_comes_before_the_end(k):
    own = Client()
    equal(own.ask("shutdown_request", {"restart": False}, "control").states, ["busy", "idle"])
    ends(own)


@scenario
def a_result_with_a_display_id_of_another_cell_updates_nothing_else(k):
    k.run("const handleA = display('a'); const handleB = display('b')")
    x = k.run("handleA.update('a2')")
    y = k.run("handleB.update('b2')")
    ids = [shown(e, "update_display_data")["transient"]["display_id"] for e in (x, y)]
    assert ids[0] != ids[1]


@scenario
def a_synchronous_prompt_is_answered(k):
    request = k.send("execute_request", {"code": "prompt('sync? ')", "allow_stdin": True})
    k.receive("stdin", lambda m: True)
    k.kc.input("yes")
    equal(k.finish(request).plain, ["'yes'"])


@scenario
def a_question_goes_to_the_client_that_ran_the_cell(k):
    other = k.another()
    request = other.send("execute_request", {"code": "await input('?')", "allow_stdin": True})
    other.receive("stdin", lambda m: True)
    assert not k.kc.stdin_channel.msg_ready()
    other.kc.input("x")
    equal(other.finish(request).plain, ["'x'"])
    other.close()


@scenario
def an_input_reply_that_nobody_asked_for_is_ignored(k):
    k.kc.input("stray")
    equal(k.run("1").plain, ["1"])


@scenario
def a_question_is_interrupted(k):
    request = k.send("execute_request", {"code": "await input('?')", "allow_stdin": True})
    k.receive("stdin", lambda m: True)
    k.ask("interrupt_request", {}, "control")
    equal(k.finish(request).content["ename"], "KeyboardInterrupt")


@scenario
def a_loop_is_interrupted_and_the_next_cell_runs(k):
    request = spin(k)
    k.ask("interrupt_request", {}, "control")
    equal(k.finish(request).content["ename"], "KeyboardInterrupt")
    equal(k.run("1").plain, ["1"])


@scenario
def interrupted_cells_abort_what_is_queued(k):
    sent = [spin(k), k.send("execute_request", {"code": "1"})]
    k.finish(k.send(INFO))  # so both have arrived
    k.ask("interrupt_request", {}, "control")
    equal([k.finish(r).content["status"] for r in sent], ["error", "aborted"])


@scenario
def everything_but_cells_is_answered_while_one_spins(k):
    request = spin(k)
    for kind, content in [(INFO, {}), ("complete_request", code("Math.sq", 7)), ("inspect_request", code("Math.sin", 8)),
                          ("is_complete_request", {"code": "1"}), ("comm_info_request", {}), ("usage_request", {}),
                          ("history_request", {"hist_access_type": "tail", "n": 1, "output": False, "raw": True})]:
        for channel in ("shell", "control"):
            x = k.finish(k.send(kind, content, channel), channel)
            assert x.content["status"] in ("ok", "complete"), x.content
    equal(heartbeat(k, b"ping"), b"ping")
    k.ask("interrupt_request", {}, "control")
    k.finish(request)


@scenario
def the_heartbeat_gives_back_any_bytes(k):
    for beat in (b"", b"ping", b"\xff\0" * 1000):
        equal(heartbeat(k, beat), beat)


@scenario
def a_subscriber_is_welcomed_first(k):
    socket = subscribe(k, b"")
    topic, message = published_raw(k, socket)
    equal((topic, message["header"]["msg_type"], message["content"]), (b"", "iopub_welcome", {"subscription": ""}))
    equal(message["parent_header"], {})
    socket.close()


@scenario
def a_subscriber_of_one_topic_is_welcomed_under_it(k):
    socket = subscribe(k, b"execute_result")
    topic, message = published_raw(k, socket)
    equal((topic, message["content"]), (b"execute_result", {"subscription": "execute_result"}))
    k.run("77")
    equal(published_raw(k, socket)[1]["content"]["data"]["text/plain"], "77")
    socket.close()


@scenario
def topics_are_the_types(k):
    socket = subscribe(k, b"")
    published_raw(k, socket)
    k.run("console.log(1); display(2); 3")
    seen = set()
    while "execute_result" not in seen:
        topic, message = published_raw(k, socket)
        equal(topic.decode(), message["header"]["msg_type"])
        seen.add(topic.decode())
    socket.close()


@scenario
def a_topic_that_is_no_utf8_is_not_welcomed(k):
    socket = subscribe(k, b"\xff\xfe")
    assert not socket.poll(300)
    socket.close()
    equal(k.run("1").plain, ["1"])


@scenario
def a_comm_of_an_unknown_target_is_closed(k):
    request = k.send("comm_open", {"comm_id": "c-1", "target_name": "nobody", "data": {}})
    x = k.finish(request, replies=False)
    equal([c["comm_id"] for c in x.contents("comm_close")], ["c-1"])
    equal(k.ask("comm_info_request").content["comms"], {})


@scenario
def comm_messages_to_nobody_get_idle(k):
    for kind in ("comm_msg", "comm_close"):
        equal(k.finish(k.send(kind, {"comm_id": "gone", "data": {}}), replies=False).states, ["busy", "idle"])
        equal(k.finish(k.send(kind, {}), replies=False).states, ["busy", "idle"])


def tail(k, n=10, **more):
    content = {"hist_access_type": "tail", "n": n, "raw": True, "output": False, **more}
    return k.ask("history_request", content).content["history"]


def inputs(k, **content):
    history = k.ask("history_request", {"raw": True, "output": False, **content}).content["history"]
    return [entry[2] for entry in history]


@scenario
def history_tail_gives_the_last_ones(k):
    for c in ("'h1'", "'h2'", "'h3'"):
        k.run(c)
    equal([e[2] for e in tail(k, 2)], ["'h2'", "'h3'"])
    equal(tail(k, 0), [])
    equal(tail(k, -1), [])
    assert len(tail(k, None)) == 10


@scenario
def history_entries_have_session_line_and_input(k):
    count = k.run("'line'").content["execution_count"]
    [[session, line, text]] = tail(k, 1)
    assert session >= 1
    equal((line, text), (count, "'line'"))


@scenario
def history_gives_outputs(k):
    k.run("40 + 2")
    k.run("let noOutput = 1")
    equal([e[2] for e in tail(k, 2, output=True)], [["40 + 2", "42"], ["let noOutput = 1", None]])


@scenario
def history_without_raw_is_the_same(k):
    k.run("'raw?'")
    equal(tail(k, 1, raw=False)[0][2], "'raw?'")


@scenario
def history_ranges_are_half_open(k):
    counts = [k.run(c).content["execution_count"] for c in ("'r1'", "'r2'", "'r3'")]
    [[session, *_]] = tail(k, 1)
    for number in (0, session):
        equal(inputs(k, hist_access_type="range", session=number, start=counts[0], stop=counts[2]), ["'r1'", "'r2'"])
    equal(inputs(k, hist_access_type="range", session=0, start=counts[1], stop=None), ["'r2'", "'r3'"])
    equal(inputs(k, hist_access_type="range", session=0, start=counts[1]), ["'r2'", "'r3'"])
    equal(inputs(k, hist_access_type="range", session=0, start=-2, stop=None), ["'r2'", "'r3'"])
    equal(inputs(k, hist_access_type="range", session=10**6, start=1, stop=5), [])


@scenario
def history_is_searched_by_a_glob(k):
    for c in ("'find me'", "'find you'", "'find me'"):
        k.run(c)
    search = lambda **more: inputs(k, hist_access_type="search", **more)
    equal(search(pattern="'find*"), ["'find me'", "'find you'", "'find me'"])
    equal(search(pattern="'find ??'"), ["'find me'", "'find me'"])
    equal(search(pattern="'find*", unique=True), ["'find you'", "'find me'"])
    equal(search(pattern="'find*", n=1), ["'find me'"])
    equal(search(pattern="find"), [])
    equal(search(pattern="(*["), [])


@scenario
def silent_and_unstored_cells_are_in_no_history(k):
    k.run("'stored'")
    k.run("'silent'", silent=True)
    k.run("'unstored'", store_history=False)
    equal(tail(k, 1)[0][2], "'stored'")


@scenario
def failed_cells_are_in_the_history(k):
    k.run("throw 'kept'")
    equal(tail(k, 1)[0][2], "throw 'kept'")


@scenario
def each_way_of_writing_to_descriptors_arrives_before_idle(k):
    x = k.run("import { writeSync } from 'node:fs'; writeSync(1, 'fd1\\n'); writeSync(2, 'fd2\\n'); 0")
    equal((x.text(), x.text("stderr")), ("fd1\n", "fd2\n"))


@scenario
def a_shutdown_on_shell_ends_the_kernel_too(k):
    own = Client()
    x = own.finish(own.send("shutdown_request", {"restart": False}))
    equal(x.content, {"status": "ok", "restart": False})
    ends(own)


@scenario
def a_shutdown_tells_restart_and_all_clients(k):
    own = Client()
    other = own.another()
    request = own.send("shutdown_request", {"restart": True}, "control")
    equal(own.finish(request, "control").content, {"status": "ok", "restart": True})
    equal(other.published(lambda m: m["msg_type"] == "shutdown_reply")["content"], {"status": "ok", "restart": True})
    other.close()
    ends(own)


@scenario
def a_malformed_shutdown_ends_the_kernel_too(k):
    own = Client()
    own.send("shutdown_request", {"restart": "yes"}, "control")
    ends(own)


@scenario
def a_restart_begins_at_one_with_another_session(k):
    own = Client()
    first = own.run("let gone = 1").reply["header"]["session"]
    own.manager.restart_kernel(now=False)
    own.kc.wait_for_ready(timeout=TIMEOUT)
    own.iopub = []
    x = own.run("typeof gone === 'undefined'", store_history=True)
    equal(x.content["execution_count"], 1)
    assert x.reply["header"]["session"] != first
    own.close()


@scenario
def starting_is_published_once(k):
    assert k.manager.is_alive()
    assert not any(m["content"].get("execution_state") == "starting" for m in k.iopub[5:])


# ---- What scenarios use ------------------------------------------------------------------------------------------

def ends(own):
    """The kernel's process ends, by itself and with code 0."""
    process = own.manager.provisioner.process
    end = time.monotonic() + 20
    while process.poll() is None and time.monotonic() < end:
        time.sleep(0.02)
    equal(process.poll(), 0)
    own.close()


def spin(k):
    request = k.send("execute_request", {"code": "console.log('spins'); for (;;) {}"})
    own = request["header"]["msg_id"]
    k.published(lambda m: m["content"].get("text") == "spins\n" and m["parent_header"]["msg_id"] == own)
    return request


def endpoint(k, channel):
    info = k.manager.get_connection_info()
    return f"tcp://{info['ip']}:{info[f'{channel}_port']}"


def raw_socket(k, kind=zmq.DEALER, identity=None, channel="shell"):
    socket = zmq.Context.instance().socket(kind)
    socket.linger = 0
    if identity is not None:
        socket.setsockopt(zmq.IDENTITY, identity)
    socket.connect(endpoint(k, channel))
    return socket


def send_raw(k, socket, kind, header=None, content=b"{}", signature=None, before=()):
    header = header or json.dumps(k.session.msg_header(kind), default=str).encode()
    parts = [header, b"{}", b"{}", content]
    signature = k.session.sign(parts) if signature is None else signature
    socket.send_multipart([*before, b"<IDS|MSG>", signature, *parts])


def raw_request(k, kind, **options):
    """The four JSON frames of the reply."""
    socket = raw_socket(k)
    send_raw(k, socket, kind, **options)
    assert socket.poll(TIMEOUT * 1000), "no reply"
    frames = socket.recv_multipart()
    socket.close()
    return frames[frames.index(b"<IDS|MSG>") + 2:][:4]


def dropped(k, **options):
    """A message that is not answered, before one that is."""
    socket = raw_socket(k)
    send_raw(k, socket, INFO, **options)
    good = b'{"msg_id": "good", "msg_type": "kernel_info_request"}'
    send_raw(k, socket, INFO, header=good.replace(b"good", str(time.monotonic()).encode()))
    assert socket.poll(TIMEOUT * 1000)
    socket.recv_multipart()
    assert not socket.poll(50), "two replies"
    socket.close()


def heartbeat(k, beat):
    socket = raw_socket(k, zmq.REQ, channel="hb")
    socket.send(beat)
    assert socket.poll(TIMEOUT * 1000)
    answer = socket.recv()
    socket.close()
    return answer


def subscribe(k, topic):
    socket = raw_socket(k, zmq.SUB, channel="iopub")
    socket.setsockopt(zmq.SUBSCRIBE, topic)
    return socket


def published_raw(k, socket):
    assert socket.poll(TIMEOUT * 1000)
    frames = socket.recv_multipart()
    names = ("header", "parent_header", "metadata", "content")
    return frames[0], dict(zip(names, map(json.loads, frames[3:7])))


# ---- Running them --------------------------------------------------------------------------------------------------

def checks():
    """Each check's name and what runs it with a client."""
    for what, kind, content, test in REQUESTS:
        channel = "control" if kind in ("usage_request", "interrupt_request") else "shell"
        yield what, lambda k, a=(kind, content, channel), t=test: expect(t, k.ask(*a).content)
    for what, source, options, test in CELLS:
        yield what, lambda k, s=source, o=options, t=test: expect(t, k.run(s, **o))
    for function in SCENARIOS:
        yield function.__name__.replace("_", " "), function


def expect(test, given):
    shown = given if isinstance(given, dict) else {"reply": given.content, "types": given.types}
    assert test(given), str(shown)[:2000]


def main(parts):
    client = Client()
    for what, run in checks():
        if parts and not any(part in what for part in parts):
            continue
        failure = None
        begun = time.monotonic()
        try:
            run(client)
        except BaseException:
            failure = traceback.format_exc()
            if not client.manager.is_alive() or "Empty" in failure:
                client = Client()
        print(json.dumps({"what": what, "error": failure, "ms": round(1000 * (time.monotonic() - begun))}), flush=True)
    client.close()


if __name__ == "__main__":
    main(sys.argv[1:])
