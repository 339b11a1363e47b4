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


@contextmanager
def served(node, *arguments: str):
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
        process.send_signal(signal.SIGTERM)
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
