"""Memory of a whole default node: server and worker, demo loaded, after a thousand page views."""

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

from bench._node import running

PORT = 8947
ADDRESS = f"http://127.0.0.1:{PORT}"
PAGES = (
    "/",
    "/desk/",
    "/desk/units/",
    "/desk/alerts/",
    "/desk/journal/",
    "/desk/posts/",
    "/field/",
)
VIEWS = 1000


def run(report: Callable[..., None]) -> None:
    """Start `renwang demo` as anybody would, look at pages, add up what its processes hold."""
    begun = time.perf_counter()
    with running("demo", port=PORT, RENWANG_LANGUAGE="en") as node:
        report("from the command to the first page", time.perf_counter() - begun, "s")
        report("memory at the start", _memory(node.pid), "MB")
        look = _sign_in()
        seen = [path for path in PAGES if look(path)]
        begun = time.perf_counter()
        for number in range(VIEWS):
            look(seen[number % len(seen)])
        report("page views by one visitor", VIEWS / (time.perf_counter() - begun), "pages/s")
        held = _memory(node.pid)
        report(f"memory after {VIEWS} page views", held, "MB", held / 300, "≤ 1 of 300 MB")


def _sign_in() -> Callable[[str], bool]:
    """Sign in as the demo's duty officer and return a function that looks at a page."""
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(jar)
    form = opener.open(f"{ADDRESS}/account/login/", timeout=30).read().decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[1]
    fields = {"login": "duty", "password": "renwang-demo", "csrfmiddlewaretoken": token}
    opener.open(
        f"{ADDRESS}/account/login/", urllib.parse.urlencode(fields).encode(), timeout=30
    ).read()

    def look(path: str) -> bool:
        try:
            opener.open(ADDRESS + path, timeout=60).read()
        except urllib.error.HTTPError:
            return False
        return True

    return look


def _memory(pid: int) -> float:
    """Add up the proportional memory of a process and everything below it, in MB."""
    held = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            held += int(line.split()[1])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    threads = [task.name for task in Path(f"/proc/{pid}/task").iterdir() if task.name != str(pid)]
    for thread in threads:
        children += Path(f"/proc/{pid}/task/{thread}/children").read_text().split()
    return held / 1024 + sum(_memory(int(child)) for child in children)
