"""A server killed at any moment of intake keeps what it acknowledged, with its photographs; the rest is sent again and never doubled.

The real server, its worker beside it, four browsers with photographs, and
SIGKILL to all its processes at once: while a body is half sent, when it is
sent whole, or after so many answers. RENWANG_KILLS says how often,
RENWANG_SEED repeats a run.
"""

import http.client
import io
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

import pytest
from PIL import Image
from tests.races.conftest import PATIENCE, ROOT

pytestmark = [pytest.mark.races, pytest.mark.slow]
ACT = "tests.races.case_actors:"
KILLS = int(os.environ.get("RENWANG_KILLS", "4"))
SEED = int(os.environ.get("RENWANG_SEED", "715"))
BROWSERS = 4
BOUNDARY = "the-line-between"
WORDS = "3 号楼门口的路灯坏了好几天，晚上很黑，老人不敢出门。"
_addresses = count(1)


@dataclass
class Report:
    """What a browser sends: its key and its photographs; `code` once the node has acknowledged it."""

    key: str
    pictures: list[bytes] = field(repr=False)
    code: str = ""


class Server:
    """The node as `renwang serve` runs it, all its processes in one group."""

    def __init__(self, url: str, home: str):
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "renwang.ops", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env={
                **os.environ,
                "RENWANG_DATABASE_URL": url,
                "RENWANG_HOME": home,
                "RENWANG_SECRET_KEY": "for tests only",
                "RENWANG_LOG_LEVEL": "CRITICAL",
                "RENWANG_HTTPS": "yes",
                "RENWANG_HOSTS": "127.0.0.1",
                "DJANGO_SETTINGS_MODULE": "renwang.conf.settings",
                "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
            },
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    def wait(self) -> None:
        """Wait until it answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            with suppress(OSError), closing(self.link()) as link:
                link.request("GET", "/healthz")
                link.getresponse().read()
                return
            time.sleep(0.1)
        raise AssertionError("the node did not come up")

    def link(self) -> http.client.HTTPConnection:
        """Open a connection."""
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def kill(self) -> None:
        """End all its processes at once, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def picture(number: int) -> bytes:
    """Draw a photograph that is like no other."""
    drawn = io.BytesIO()
    shown = Image.new("L", (1200, 900))
    for bit in range(16):
        if number >> bit & 1:
            shown.paste(255, (bit * 75, 0, bit * 75 + 75, 900))
    shown.save(drawn, "PNG")
    return drawn.getvalue()


class Browser:
    """A resident's browser at one place."""

    def __init__(self, server: Server, path: str):
        self.server, self.path = server, path
        with closing(server.link()) as link:
            link.request("GET", path, headers=self._headers())
            answer = link.getresponse()
            page = answer.read().decode()
        self.token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def send(self, report: Report, part: float = 1.0) -> None:
        """Send a report, or so much of it; keep the code if it is acknowledged."""
        body = self._body(report)
        with closing(self.server.link()) as link, suppress(OSError, http.client.HTTPException):
            link.putrequest("POST", self.path)
            headers = self._headers() | {
                "Cookie": self.cookie,
                "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
                "Content-Length": str(len(body)),
            }
            for name, value in headers.items():
                link.putheader(name, value)
            link.endheaders(body[: int(len(body) * part)])
            if part < 1:
                return
            answer = link.getresponse()
            answer.read()
            if answer.status == 303:
                report.code = answer.headers["Location"].split("?")[0]

    def _headers(self) -> dict[str, str]:
        number = next(_addresses)
        return {
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            "Referer": f"https://127.0.0.1:{self.server.port}{self.path}",
        }

    def _body(self, report: Report) -> bytes:
        line = f"--{BOUNDARY}\r\nContent-Disposition: form-data; name=".encode()
        fields = {"csrfmiddlewaretoken": self.token, "key": report.key, "words": WORDS}
        parts = [line + f'"{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
        parts += [
            line + b'"photos"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n' + one + b"\r\n"
            for one in report.pictures
        ]
        return b"".join([*parts, f"--{BOUNDARY}--\r\n".encode()])


def test_intake_outlives_every_kill(node, stage):
    chance = random.Random(SEED)
    path = f"/places/{node.run(ACT + 'prepare')}/report/"
    home = str(stage.nursery.parent)
    reports: list[Report] = []
    numbers = count(1)

    def fresh() -> Report:
        pictures = [picture(next(numbers)) for _one in range(chance.randint(0, 3))]
        reports.append(Report(UUID(int=chance.getrandbits(128)).hex, pictures))
        return reports[-1]

    for _kill in range(KILLS):
        server = Server(node.url, home)
        try:
            server.wait()
            browsers = [Browser(server, path) for _one in range(BROWSERS)]
            with ThreadPoolExecutor(BROWSERS) as pool:
                for one in browsers * chance.randint(0, 4):
                    pool.submit(one.send, fresh())
                last = [pool.submit(one.send, fresh()) for one in browsers]
                half = pool.submit(browsers[0].send, fresh(), chance.random())
                chance.choice([half, *last]).result()
                server.kill()
        finally:
            server.kill()
        acknowledged = [one.key for one in reports if one.code]
        assert node.run(ACT + "known", acknowledged) == sorted(acknowledged)

    codes = {one.key: one.code for one in reports if one.code}
    server = Server(node.url, home)
    try:
        server.wait()
        browser = Browser(server, path)
        for one in reports:
            browser.send(one)
    finally:
        server.kill()
    assert all(one.code for one in reports)
    assert codes.items() <= {one.key: one.code for one in reports}.items()
    found = node.run(ACT + "examine", {one.key: len(one.pictures) for one in reports})
    assert found.pop("swept") >= 0
    assert found == {
        "lost": [], "doubled": 0, "pictures_short": [], "unreadable": [], "orphans": [],
        "half": [], "whole": True,
    }  # fmt: skip
