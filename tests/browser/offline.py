"""A telephone in a browser: one that stays when its browser is killed, and one that forgets with the test."""

import os
import signal
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserType, Page, Worker, expect

from tests.browser.conftest import CHROMIUM, FLAGS, PHONE, WAIT, sign_in

SLOW = 120_000  # milliseconds for fetching everything that a phone keeps


class Telephone:
    """One page of one browser in the field door."""

    def __init__(self, page: Page, address: str):
        self.page, self.context, self.address = page, page.context, address

    def set_up(self, name: str, password: str) -> "Telephone":
        """Sign in and let the phone work without a network."""
        sign_in(self.page, name, password)
        self.go("/field/#phone-card")
        card = self.page.locator("#phone-card")
        card.locator("[data-phone-set-up]").click()
        expect(card).to_be_hidden(timeout=SLOW)
        expect(self.line).to_have_attribute("data-line", "sent")
        return self

    def go(self, path: str) -> None:
        """Open a page and wait until its script has begun."""
        self.page.goto(f"{self.address}{path}")
        expect(self.page.locator("html")).to_have_attribute("data-script", "yes")

    @property
    def line(self) -> Any:
        """The line of state at the top."""
        return self.page.locator("#field-line")

    @property
    def worker(self) -> Worker:
        """The worker that keeps and sends."""
        return next(one for one in self.context.service_workers if "/field/" in one.url)

    def cut(self, is_cut: bool = True) -> None:
        """Take the network away, or give it back."""
        self.context.set_offline(is_cut)

    def rows(self, state: str = "") -> Any:
        """What the list of deeds shows, of one state or of all."""
        return self.page.locator(f"[data-deed-state='{state}']" if state else "[data-deed-state]")

    def report(self, words: str, photo: Path | None = None) -> None:
        """Fill in a case and press the button."""
        self.go("/field/cases/report/")
        self.page.locator("[name=words]").fill(words)
        if photo:
            self.page.locator("[name=photo]").set_input_files(photo)
        self.page.locator("main form[data-deed] button.button-primary").click()

    def kill(self) -> None:
        """End the browser as a system does that needs its memory: at once, without a word."""
        profile = self.page.context._profile  # set where it was launched
        for process in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                said = process.read_bytes()
            except OSError:
                continue
            if profile.encode() in said and b"--type=" not in said:
                os.kill(int(process.parent.name), signal.SIGKILL)


def launch(
    browsers: BrowserType, profile: Path, address: str, language: str = "zh-hans"
) -> Telephone:
    """Start a browser whose data stay in `profile`."""
    context = browsers.launch_persistent_context(
        str(profile), executable_path=CHROMIUM, headless=True, args=FLAGS,
        base_url=address, viewport=PHONE, has_touch=True, reduced_motion="reduce",
    )  # fmt: skip
    context._profile = str(profile)
    context.set_default_timeout(WAIT)
    context.add_cookies([{"name": "renwang_language", "value": language, "url": address}])
    return Telephone(context.pages[0] if context.pages else context.new_page(), address)
