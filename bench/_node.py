"""A node of its own for what is measured through a running server."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def running(*command: str, port: int, **environment: str) -> Iterator[subprocess.Popen]:
    """Run `renwang COMMAND --port N` until the block ends; begins when the node answers."""
    node = subprocess.Popen(
        [sys.executable, "-m", "renwang.ops", *command, "--port", str(port)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_until_it_answers(node, port)
        yield node
    finally:
        node.terminate()
        node.wait(60)


def _wait_until_it_answers(node: subprocess.Popen, port: int) -> None:
    while node.poll() is None:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            link.request("GET", "/healthz")
            link.getresponse().read()
            return
        except OSError:
            time.sleep(0.2)
        finally:
            link.close()
    raise RuntimeError("the node ended before it answered")
