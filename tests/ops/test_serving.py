"""A served node answers, does its jobs beside, and leaves nothing behind when it is told to end."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import contextmanager
from urllib.error import URLError

from renwang.ops.server import EndingServer

PATIENCE = 120  # seconds until a node that says nothing is taken for stuck
ASK = """
from renwang.base.jobs import ask_for_job
from renwang.base.pure.clock import read_clock
print(ask_for_job("journal.verify", {}, by=None, now=read_clock()).id)
"""
LOOK = """
import time
from renwang.base.jobs import find_job
for _ in range(1200):
    job = find_job("%s")
    if job.ended_at:
        break
    time.sleep(0.1)
print(job.state, job.outcome["whole"])
"""
LAST = """
from renwang.base.models import Job
from renwang.ops.worker import last_sign_of_life
print(last_sign_of_life(), Job.objects.filter(state="running").count())
"""


def tell_first(process: subprocess.Popen) -> None:
    """Tell the first process to end, as a shell's kill does."""
    process.send_signal(signal.SIGTERM)


def tell_all(process: subprocess.Popen) -> None:
    """Tell every process at once, as systemd does."""
    os.killpg(process.pid, signal.SIGTERM)


@contextmanager
def served(node, *arguments: str, tell=tell_first):
    """A node that serves at a free port, as a shell starts it; it is told to end with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = [sys.executable, "-m", "renwang.ops", "serve", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        [*line, *arguments],
        env=node.environment(RENWANG_WORKER_TICK_MS="50"),
        cwd=node.home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        assert f"127.0.0.1:{port}" in process.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        tell(process)
        _out, err = process.communicate(timeout=PATIENCE)
        assert (process.returncode, "killed" in err) == (0, False), err
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def read(address: str) -> bytes:
    """Ask until there is an answer: the address is said a moment before somebody is behind it."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=PATIENCE) as answer:
                return answer.read()
        except URLError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


def test_a_served_node_does_a_job_and_ends_when_told(make_node):
    node = make_node(migrated=True)
    with served(node) as address:
        assert read(f"{address}/healthz") == b"ok\n"
        key = node.python(ASK)
        assert node.python(LOOK % key) == "done True"
    assert node.python(LAST) == "None 0"


def test_a_served_node_ends_when_everything_is_told_at_once(make_node):
    node = make_node(migrated=True)
    for _time in range(3):
        with served(node, tell=tell_all) as address:
            assert read(f"{address}/healthz") == b"ok\n"


def test_being_told_to_end_is_not_forgotten_while_a_child_ends():
    server = EndingServer("nothing:at_all", interface="wsgi", workers=1)
    server.signal_handler_interrupt()
    server.main_loop_interrupt.clear()  # as its loop does, having seen the child and not the signal
    server._respawn_workers([0], None, None)
    assert server.main_loop_interrupt.is_set()
    assert not server.wrks
