"""A real node in processes of its own, an invented sub-district in it, and Chromium in front of it."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

try:
    from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
except ImportError:  # a machine without the development tools; said below
    sync_playwright = None

ROOT = Path(__file__).resolve().parents[2]
HOUSEHOLDS = 9_100  # 25 grids in five communities: the smallest place that looks like one
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    # Debian's Chromium asks for the graphics card, which here is a program: pages are drawn twice as quickly without.
    "--disable-gpu-rasterization",
    "--disable-gpu-compositing",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
]
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 60  # seconds until a node that does not answer is given up
WAIT = 30_000  # milliseconds until a page that does not show what it should is given up


def _lacking() -> str:
    if CHROMIUM is None:
        return "Chromium is not installed, so no journey ran. apt-get install chromium"
    if sync_playwright is None:
        return "playwright is not installed, so no journey ran. make setup"
    return ""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every journey; leave all out with a sentence where there is no browser."""
    here = [item for item in items if Path(__file__).parent in item.path.parents]
    lacking = _lacking()
    for item in here:
        item.add_marker(pytest.mark.browser)
        if lacking and os.environ.get("RENWANG_REQUIRE_ALL") != "1":
            item.add_marker(pytest.mark.skip(reason=lacking))


@dataclass(frozen=True)
class Node:
    """A node that answers at `address`, and what stands in it."""

    address: str
    code: str
    name: str
    ref: str
    community: dict[str, str]
    passwords: dict[str, str]
    entered: list[str] = field(repr=False)  # every name in the place


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """Serve an invented sub-district with a warning on its way down, until the last test is over."""
    home = tmp_path_factory.mktemp("node")
    # A copy: building the front end anew while the journeys run takes its files away.
    source = shutil.copytree(
        ROOT / "src", home / "src", ignore=shutil.ignore_patterns("__pycache__", "*.po")
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    environment = {
        **{key: value for key, value in os.environ.items() if not key.startswith("RENWANG_")},
        "RENWANG_HOME": str(home),
        "RENWANG_DEMO": "yes",
        "RENWANG_LOG_LEVEL": "WARNING",
        "RENWANG_PUBLIC_URL": address,
        "DJANGO_SETTINGS_MODULE": "renwang.conf.settings",
        "PYTHONPATH": os.pathsep.join([str(source), str(ROOT)]),
    }
    place = subprocess.run(
        [sys.executable, "-m", "tests.browser.place", str(HOUSEHOLDS)],
        cwd=ROOT, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    with (home / "node.log").open("wb") as log:
        serving = subprocess.Popen(
            [sys.executable, "-m", "renwang.ops", "serve", "--port", str(port)],
            cwd=ROOT, env=environment, stdout=log, stderr=log,
        )  # fmt: skip
        try:
            _await_answer(address, serving, home / "node.log")
            yield Node(address, **json.loads(place.stdout))
        finally:
            serving.terminate()
            serving.wait(PATIENCE)


def _await_answer(address: str, serving: subprocess.Popen, log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and serving.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=PATIENCE):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.05)
    raise RuntimeError(f"the node did not answer:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium() -> Iterator["Browser"]:
    """The one browser of the session."""
    if lacking := _lacking():
        pytest.fail(lacking)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, headless=True, args=FLAGS, env={**os.environ, "TZ": "UTC"}
        )
        yield browser
        browser.close()


@dataclass
class Watch:
    """What went wrong in the pages of a test, whatever else it was about."""

    address: str
    faults: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()  # what a test provokes on purpose

    def over(self, context: "BrowserContext") -> None:
        """Watch every page that a context opens."""
        context.on("page", self._watch)

    def _watch(self, page: "Page") -> None:
        page.on("console", lambda said: said.type == "error" and self._note(page, said.text))
        page.on("pageerror", lambda error: self._note(page, str(error)))
        page.on("request", lambda asked: self._see_host(page, asked.url))
        page.on(
            "response",
            lambda got: got.status >= 400 and self._note(page, f"{got.status} {got.url}"),
        )

    def _see_host(self, page: "Page", url: str) -> None:
        if not url.startswith((self.address, "data:", "blob:", "about:")):
            self._note(page, f"asked another host: {url}")

    def _note(self, page: "Page", fault: str) -> None:
        if not any(part in fault for part in self.expected):
            self.faults.append(f"{page.url.removeprefix(self.address)}: {fault}")


Open = Callable[..., "Page"]


@pytest.fixture
def watched(node: Node) -> Iterator[Watch]:
    """Fails the test if a page complained, an own resource was missing, or another host was asked."""
    watch = Watch(node.address)
    yield watch
    assert not watch.faults, "\n".join(watch.faults)


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """The cookies of everybody who has signed in during the session, by name."""
    return {}


@pytest.fixture
def open_page(
    chromium: "Browser", node: Node, watched: Watch, signed_in: dict[str, Any]
) -> Iterator[Open]:
    """Open a page in a browser of its own: `open_page("/desk/", who="duty", language="en", size=PHONE)`."""
    contexts: list[BrowserContext] = []

    def open_one(
        path: str = "/",
        *,
        who: str = "",
        language: str = "zh-hans",
        size: dict[str, int] = DESK,
        **more: Any,
    ) -> "Page":
        context = chromium.new_context(
            base_url=node.address,
            viewport=size,
            locale="en-GB" if language == "en" else "zh-CN",
            has_touch=size is PHONE,
            accept_downloads=True,
            storage_state=signed_in.get(who),
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(WAIT)
        contexts.append(context)
        watched.over(context)
        cookie = {"name": "renwang_language", "value": language, "url": node.address}
        context.add_cookies([cookie])
        page = context.new_page()
        if who and who not in signed_in:
            sign_in(page, who, node.passwords[who])
            signed_in[who] = context.storage_state()
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def surveyed(chromium: "Browser", node: Node) -> Callable[[str], Any]:
    """Give what a walk through a door found, by the name of its role; each is walked once.

    A walk that broke off is not walked again for the next test that asks about it: it says once
    more why it broke off.
    """
    from tests.browser.surveying import ROLES, Known, Survey, survey

    done: dict[str, Survey | Exception] = {}
    known = Known()

    def walked(name: str) -> Survey:
        role, watch = ROLES[name], Watch(node.address)
        context = chromium.new_context(base_url=node.address, reduced_motion="reduce")
        # What a page costs is measured elsewhere; here a machine may have other things to do.
        context.set_default_timeout(4 * WAIT)
        watch.over(context)
        try:
            page = context.new_page()
            if role.who:
                sign_in(page, role.who, node.passwords[role.who])
            seen = survey(page, node.address, role, known)
        finally:
            context.close()
        seen.faults = watch.faults
        return seen

    def seen_by(name: str) -> Survey:
        if name not in done:
            try:
                done[name] = walked(name)
            except Exception as trouble:
                done[name] = trouble
        seen = done[name]
        if isinstance(seen, Exception):
            raise seen
        return seen

    return seen_by


def sign_in(page: "Page", name: str, password: str) -> None:
    """Enter name and password at the entrance; the caller says what comes next."""
    page.goto("/account/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    with page.expect_navigation():
        page.locator("main button.button-primary").click()
