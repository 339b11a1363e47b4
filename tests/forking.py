"""A process that forks one child for every connection to its socket, until the test run ends.

What it has loaded a child need not load again: milliseconds instead of
seconds. The parent never touches a database, because SQLite's locks do not
survive a fork.
"""

import os
import signal
import socket
from collections.abc import Callable


def fork_for_each(path: str, obey: Callable[[socket.socket], None]) -> None:
    """Listen at `path` and let a child obey each connection; `obey` ends its process."""
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # children are not waited for
    print("ready", flush=True)  # noqa: T201 (the test waits for it)
    while True:
        connection, _address = server.accept()
        if os.fork() == 0:
            server.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            obey(connection)
        connection.close()
