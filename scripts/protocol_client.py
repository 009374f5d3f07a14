"""A client for protocol_probe.py: sends anything by jupyter_client's session and keeps all that comes back."""
import time
from dataclasses import dataclass, field
from queue import Empty

from jupyter_client import KernelManager
from jupyter_client.session import Session
from jupyter_kernel_test.msgspec_v5 import validate_message

TIMEOUT = 30
NOT_VALIDATED = {"iopub_welcome", "usage_reply", "comm_open", "comm_msg", "comm_close", "debug_event"}


@dataclass
class Exchange:
    """A reply and everything published under its request, up to idle."""

    request: dict
    reply: dict | None = None
    published: list = field(default_factory=list)

    @property
    def content(self):
        return self.reply["content"]

    @property
    def types(self):
        return [m["msg_type"] for m in self.published]

    def contents(self, kind):
        return [m["content"] for m in self.published if m["msg_type"] == kind]

    def text(self, name="stdout"):
        return "".join(c["text"] for c in self.contents("stream") if c["name"] == name)

    @property
    def plain(self):
        return [c["data"]["text/plain"] for c in self.contents("execute_result")]

    @property
    def states(self):
        return [c["execution_state"] for c in self.contents("status")]


class Client:
    """One client of a kernel; `client.another()` is a second one with a session of its own."""

    def __init__(self, manager=None):
        self.owns = manager is None
        if manager is None:
            manager = KernelManager(kernel_name="jacobi")
            manager.start_kernel()
        self.manager = manager
        self.kc = manager.client()
        # Clients would all have the manager's session, and two sockets cannot have one identity.
        self.kc.session = Session(key=manager.session.key)
        self.kc.start_channels()
        self.kc.wait_for_ready(timeout=TIMEOUT)
        self.iopub = []
        self.session = self.kc.session

    def another(self):
        return Client(self.manager)

    def send(self, kind, content=None, channel="shell", metadata=None, header=None, buffers=None, parent=None):
        msg = self.session.msg(kind, content or {}, parent=parent, metadata=metadata)
        msg["header"].update(header or {})
        stream = getattr(self.kc, f"{channel}_channel").socket
        self.session.send(stream, msg, buffers=buffers)
        return msg

    def receive(self, channel, fits, timeout=TIMEOUT):
        """The next message on a channel that fits; others are dropped."""
        get = getattr(self.kc, f"get_{channel}_msg")
        end = time.monotonic() + timeout
        while True:
            msg = get(timeout=max(0.01, end - time.monotonic()))
            if fits(msg):
                return msg

    def published(self, fits, timeout=TIMEOUT):
        """The next message on iopub that fits; all are kept for their exchanges."""
        end = time.monotonic() + timeout
        while True:
            msg = self.kc.get_iopub_msg(timeout=max(0.01, end - time.monotonic()))
            if msg["msg_type"] not in NOT_VALIDATED:
                validate_message(msg)
            self.iopub.append(msg)
            if fits(msg):
                return msg

    def finish(self, request, channel="shell", replies=True):
        """Waits for the reply and the idle of a request that was sent."""
        own = lambda m: m["parent_header"].get("msg_id") == request["header"]["msg_id"]
        done = lambda m: own(m) and m["content"].get("execution_state") == "idle"
        exchange = Exchange(request)
        if replies:
            exchange.reply = self.receive(channel, own)
        if not any(done(m) for m in self.iopub):
            self.published(done)
        exchange.published = [m for m in self.iopub if own(m)]
        self.iopub = [m for m in self.iopub if not own(m)]
        return exchange

    def ask(self, kind, content=None, channel="shell", **options):
        exchange = self.finish(self.send(kind, content, channel, **options), channel)
        check_exchange(exchange)
        return exchange

    def run(self, code, **options):
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}}
        return self.ask("execute_request", {**content, "allow_stdin": False, "stop_on_error": True, **options})

    def close(self):
        self.kc.stop_channels()
        if self.owns:
            self.manager.shutdown_kernel()

    def quiet(self, seconds=0.2):
        """Whether nothing is published for a while."""
        try:
            self.kc.get_iopub_msg(timeout=seconds)
            return False
        except Empty:
            return True


def check_exchange(exchange):
    """What holds for every request."""
    request, reply = exchange.request, exchange.reply
    kind = request["header"]["msg_type"].replace("_request", "_reply")
    status = reply["content"]["status"]
    if kind not in NOT_VALIDATED and (kind, status) != ("is_complete_reply", "error") and status != "aborted":
        validate_message(reply, kind, request["header"]["msg_id"])
    assert reply["msg_type"] == kind, reply["msg_type"]
    if kind != "is_complete_reply":
        assert status in ("ok", "error", "aborted"), reply["content"]
    for message in [reply, *exchange.published]:
        sent, back = dict(request["header"]), dict(message["parent_header"])
        for name in ("msg_id", "session", "username", "msg_type", "version"):
            assert back[name] == sent[name], (name, back, sent)
    states = exchange.states
    assert states[0] == "busy" and states[-1] == "idle", states
    assert exchange.types[0] == "status" and exchange.types[-1] == "status", exchange.types
