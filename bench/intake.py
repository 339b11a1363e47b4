"""Intake of cases through a running node, against a view of the same node that inserts one bare row.

Both are POSTs of the same form through the same server, middleware and
database, by eight browsers at once, taking turns so that a noisy moment hits
both. The bar of the project: intake with everything it sets going reaches
half the rate of the bare insert.
"""

import http.client
import re
import time
import urllib.parse
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import count
from uuid import uuid4

from bench._node import running
from renwang.chain.models import Unit
from renwang.chain.services.units import create_unit

PORT = 8948
HOST = f"127.0.0.1:{PORT}"
BROWSERS, TURNS, EACH = 8, 3, 25
WORDS = "3 号楼门口的路灯坏了好几天，晚上很黑，老人不敢出门。"
_addresses = count(1)


def run(report: Callable[..., None]) -> None:
    """Start a node on the database of this run, and post to both addresses in turns."""
    unit = _place()
    path = f"/places/{unit.ref}/report/"
    environment = {
        "DJANGO_SETTINGS_MODULE": "bench._intake_settings",
        "RENWANG_HTTPS": "yes",
        "RENWANG_HOSTS": "127.0.0.1",
    }
    with running("serve", port=PORT, **environment):
        browsers = [_Browser(path) for _one in range(BROWSERS)]
        spent = {path: 0.0, "/bench/bare/": 0.0}
        with ThreadPoolExecutor(BROWSERS) as pool:
            for address in spent:  # warm
                list(pool.map(lambda one, to=address: one.post(to), browsers))
            for _turn in range(TURNS):
                for address in spent:
                    begun = time.perf_counter()
                    for _again in range(EACH):
                        list(pool.map(lambda one, to=address: one.post(to), browsers))
                    spent[address] += time.perf_counter() - begun
        posts = BROWSERS * TURNS * EACH
        intake, bare = posts / spent[path], posts / spent["/bench/bare/"]
        report("bare insert of one row", bare, "/s")
        report("intake of a case", intake, "/s", intake / bare, "≥ 0.5 of the bare insert")


def _place() -> Unit:
    """Found a sub-district with a community and a grid to report at; the grid."""
    above = None
    for name, level in (("某街道", "subdistrict"), ("某社区", "community"), ("第一网格", "grid")):
        above = create_unit(
            name=name, level=level, parent=above, by="node:bench", now=datetime.now(UTC),
            structure_key="china_urban", households=400,
        )  # fmt: skip
    assert above is not None
    return above


class _Browser:
    """A resident's browser with its cookie and its address, as a proxy would name it."""

    def __init__(self, path: str):
        self.link = http.client.HTTPConnection(HOST, timeout=60)
        page, answer = self._ask("GET", path, None)
        found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert found is not None
        self.token = found[1]
        self.cookie = answer.headers["Set-Cookie"].split(";")[0]

    def post(self, path: str) -> None:
        """Send the form with a key of its own."""
        fields = {"csrfmiddlewaretoken": self.token, "key": uuid4().hex, "words": WORDS}
        _page, answer = self._ask("POST", path, urllib.parse.urlencode(fields))
        if answer.status not in (303, 204):
            raise RuntimeError(f"{path} answered {answer.status}")

    def _ask(
        self, method: str, path: str, body: str | None
    ) -> tuple[str, http.client.HTTPResponse]:
        number = next(_addresses)
        headers = {
            "X-Forwarded-Proto": "https",
            "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
            "Referer": f"https://{HOST}{path}",
            "Cookie": getattr(self, "cookie", ""),
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self.link.request(method, path, body, headers)
        answer = self.link.getresponse()
        return answer.read().decode(), answer
