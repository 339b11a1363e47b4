"""A loopback twin of any HTTP service: it answers as it is told, and remembers what it was sent.

Used by the tests and by `renwang doctor`, which sends itself a message through
the very code that will send the real one.
"""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


@dataclass(frozen=True, slots=True)
class Received:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How the twin answers one request."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b"{}"
    hangs: bool = False  # says nothing until the twin is closed or told to go on
    drips: bool = False  # one byte each time it is told to go on, then the rest
    is_garbage: bool = False  # bytes that are no HTTP


HANGS = Behaviour(hangs=True)
DRIPS = Behaviour(drips=True)
GARBAGE = Behaviour(is_garbage=True)


class Twin:
    """A server on 127.0.0.1, alive inside a `with` block.

    `behave` queues answers for the next requests; when none is left, `usual`
    answers. `at` gives a path an answer of its own, which does not run out.
    """

    def __init__(self, usual: Behaviour = Behaviour()):
        self.usual = usual
        self.received: list[Received] = []
        self._next: deque[Behaviour] = deque()
        self._at: dict[str, Behaviour | Callable[[Received], Behaviour]] = {}
        self._go_on = threading.Event()
        self._arrived = threading.Condition()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(
            target=self._server.serve_forever, args=(0.02,), daemon=True
        )

    @property
    def url(self) -> str:
        """The twin's address."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def behave(self, *behaviours: Behaviour) -> None:
        """Queue the answers to the next requests."""
        self._next.extend(behaviours)

    def at(self, path: str, behaviour: Behaviour | Callable[[Received], Behaviour]) -> None:
        """Give a path its own answer, or a function that finds one."""
        self._at[path] = behaviour

    def go_on(self) -> None:
        """Let everything that hangs end."""
        self._go_on.set()

    def wait_for(self, requests: int, timeout: float = 10) -> bool:
        """Wait until so many requests have arrived; says whether they have."""
        with self._arrived:
            return self._arrived.wait_for(lambda: len(self.received) >= requests, timeout)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._go_on.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _take(self, received: Received) -> Behaviour:
        with self._arrived:
            self.received.append(received)
            self._arrived.notify_all()
        own = self._at.get(received.path.partition("?")[0])
        if own is not None:
            return own(received) if callable(own) else own
        return self._next.popleft() if self._next else self.usual

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        twin = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                received = Received(self.command, self.path, headers, self.rfile.read(length))
                try:
                    self.act(twin._take(received))
                except OSError:  # whoever asked has gone
                    self.close_connection = True

            def act(self, behaviour: Behaviour) -> None:
                if behaviour.is_garbage:
                    self.wfile.write(b"\x00\xff not HTTP at all\r\n\r\n")
                    self.close_connection = True
                    return
                if behaviour.hangs:
                    twin._go_on.wait(60)
                    self.close_connection = True
                    return
                self.send_response(behaviour.status)
                for name, value in behaviour.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(behaviour.body)))
                self.end_headers()
                if behaviour.drips:
                    for at in range(len(behaviour.body)):
                        self.wfile.write(behaviour.body[at : at + 1])
                        self.wfile.flush()
                        twin._go_on.wait(0.02)
                else:
                    self.wfile.write(behaviour.body)

            do_GET = do_POST = answer  # noqa: N815

            def log_message(self, *_: object) -> None:
                """Say nothing: what arrives is in `received`."""

        return Handler
