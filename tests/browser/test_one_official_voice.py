"""One official voice, seen by those who use it: written, approved by another, read, corrected; asked and answered; kept when the node is away."""

import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, WAIT

TITLE, TEXT = "滨江路今晚停水", "今晚20:00到22:00停水。请先存一些水。"


# Waits until the worker has kept the page and the files that it needs.
KEPT = """
async () => {
  const number = async (name) => (await (await caches.open(name)).keys()).length;
  for (let turn = 0; turn < 300; turn += 1) {
    if ((await number('residents-pages-1')) > 0 && (await number('residents-files-1')) > 2) return;
    await new Promise((go) => setTimeout(go, 50));
  }
  throw new Error('nothing was kept');
}
"""


def confirm(page) -> None:
    """Say yes to the question that a button asks first."""
    page.locator("dialog[open] button[value=yes]").click()


def approve(page, address: str) -> None:
    """Approve and publish what somebody else wrote."""
    page.goto(address)
    page.locator("form[action$='/act/issue/'] button").click()
    confirm(page)
    expect(page.locator("a[href$='/correct/']")).to_be_visible()  # it is published


def test_written_by_one_approved_by_another_read_by_all_and_corrected(node, open_page):
    """The whole way of a bulletin."""
    desk = open_page("/desk/bulletins/write/", who="duty")
    desk.locator("[name=text0-title]").fill(TITLE)
    desk.locator("[name=text0-text]").fill("请广大居民注意。" + TEXT)
    # What is typed is shown as everybody will read it, with what is hard to read in it.
    expect(desk.locator("#preview mark")).to_contain_text("广大居民")
    desk.locator("[name=text0-text]").fill(TEXT)
    expect(desk.locator("#preview mark")).to_have_count(0)
    desk.locator("[name=source0-who]").fill("自来水公司")
    desk.locator("main form button[value=submit]").click()
    desk.wait_for_url(re.compile(r"/desk/bulletins/[0-9a-f-]{36}/$"))
    address = desk.url
    assert desk.locator("form[action$='/act/approve/']").count() == 0

    other = open_page("/desk/bulletins/", who="operator")
    approve(other, address)
    public = open_page(f"/places/{node.ref}/", size=PHONE)
    public.locator(f"a:has-text('{TITLE}')").click()
    expect(public.locator("h1")).to_have_text(TITLE)
    expect(public.locator(".sources")).to_contain_text("自来水公司")
    old = public.url

    desk.goto(f"{address}correct/")
    desk.locator("[name=text0-text]").fill(TEXT.replace("22:00", "23:00"))
    desk.locator("[name=reason]").fill("停水时间写错了。")
    desk.locator("main form button[value=submit]").click()
    desk.wait_for_url(re.compile(r"/desk/bulletins/[0-9a-f-]{36}/$"))
    approve(other, desk.url)
    public.goto(old)
    public.locator(".callout a").click()
    expect(public.locator(".changed del")).to_contain_text("22:00")
    expect(public.locator(".changed ins")).to_contain_text("23:00")
    expect(public.locator("main")).to_contain_text("停水时间写错了。")


def test_asked_without_account_and_script_answered_and_judged(node, open_page):
    """A resident asks on a phone without script; the desk answers; he says that it helped."""
    phone = open_page(f"/places/{node.ref}/ask/", size=PHONE, java_script_enabled=False)
    phone.locator("[name=words]").fill("三号楼的电梯什么时候修好？")
    phone.locator("main form button.button-primary").click()
    phone.wait_for_url(re.compile(r"/asked/[0-9a-f]{16}/$"))
    expect(phone.locator(".own-words")).to_contain_text("电梯")

    desk = open_page("/desk/questions/", who="duty")
    desk.locator("a:has-text('电梯')").click()
    desk.locator("[name=text0-text]").fill("明天中午修好。")
    desk.locator("[name=source0-who]").fill("物业公司")
    desk.locator("#answering button[value=answer]").click()
    expect(desk.locator(".timeline")).to_contain_text("明天中午修好。")

    phone.reload()
    expect(phone.locator(".said")).to_contain_text("明天中午修好。")
    phone.locator(".judge button[value=yes]").click()
    expect(phone.locator(".judge")).to_have_count(0)


class Line:
    """A line to the node that can be cut, as a proxy or a cable can."""

    def __init__(self, address: str):
        self._node = urlsplit(address)
        self._ends: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._serving = threading.Thread(target=self._serve, daemon=True)
        self._serving.start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                here, _who = self._door.accept()
                there = socket.create_connection((self._node.hostname, self._node.port))
                self._ends += [here, there]
                for one, other in ((here, there), (there, here)):
                    threading.Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    @staticmethod
    def _pass_on(one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """Let nothing through any more."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._serving.join()  # or a call that came just now would still get through
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def line(node) -> Iterator[Line]:
    """A line to the node, cut when the test is over."""
    made = Line(node.address)
    yield made
    made.cut()


def test_the_page_of_a_place_stays_readable_when_the_node_cannot_be_reached(node, chromium, line):
    """What was seen last is shown, saying from when it is; another page leads back to it."""
    context = chromium.new_context(base_url=line.address, viewport=PHONE, locale="zh-CN")
    context.set_default_timeout(WAIT)
    page = context.new_page()
    page.goto(f"/places/{node.ref}/")
    heading = page.locator("h1").inner_text()
    expect(page.locator("#kept")).to_be_hidden()
    page.evaluate(KEPT)
    line.cut()

    page.reload()
    expect(page.locator("#kept")).to_be_visible()
    expect(page.locator("#kept")).to_contain_text("截至")
    expect(page.locator("h1")).to_have_text(heading)
    assert page.evaluate("getComputedStyle(document.querySelector('.publicbar')).display") != ""
    page.goto(f"/places/{node.ref}/bulletins/")
    assert page.url == f"{line.address}/places/{node.ref}/"
    expect(page.locator("#kept")).to_be_visible()
    context.close()
