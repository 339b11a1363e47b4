"""The field door without a network: what is done there is kept, sent once, and answered, whatever happens to the phone."""

import os
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Error, expect

from tests.browser.conftest import PHONE, WAIT, sign_in
from tests.browser.offline import Telephone, launch

# What is kept is encrypted, written to the disk and sent in turn: on a machine with other things to do, not in five seconds.
expect.set_options(timeout=WAIT)

# A browser without a network complains of it; that is what these tests are about.
OFFLINE = ("ERR_INTERNET_DISCONNECTED", "Failed to fetch", "ERR_FAILED", "404", "422", "401", "403")


@pytest.fixture
def grid(open_page, node, watched) -> Iterator[Telephone]:
    """The grid worker's telephone, set up to work without a network."""
    watched.expected = OFFLINE
    phone = Telephone(open_page("/", size=PHONE), node.address)
    yield phone.set_up("grid", node.passwords["grid"])


def photograph(path: Path) -> Path:
    """Write a picture so large and so full of noise that it goes up in several pieces."""
    side = 1500
    rows = b"".join(b"\0" + os.urandom(3 * side) for _row in range(side))

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return len(data).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    head = side.to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows, 0))
        + chunk(b"IEND", b"")
    )
    return path


def test_a_page_seen_before_opens_and_says_since_when(grid):
    """One never seen leads to the list of those that can be opened."""
    grid.cut()
    grid.go("/field/cases/")
    expect(grid.page.locator("#kept")).to_be_visible()
    expect(grid.page.locator("h1")).to_have_text("诉求")
    grid.go("/field/cases/RWC-000000-NEVER/")
    expect(grid.page.locator("[data-when-missing]")).to_be_visible()
    grid.page.locator("#kept-pages a[href='/field/cases/']").click()
    expect(grid.page.locator("h1")).to_have_text("诉求")
    assert grid.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_is_done_without_a_network_is_sent_when_there_is_one(grid):
    """Two reports from one kept page are two cases, in the order in which they were written."""
    grid.cut()
    for words in ("三号楼楼道灯坏了。", "四号楼楼道灯也坏了。"):
        grid.report(words)
        expect(grid.page.locator("[data-deed-kept]").first).to_be_visible()
    expect(grid.line).to_have_attribute("data-line", "waits")
    expect(grid.line).to_contain_text("2")
    grid.go("/field/kept/")
    expect(grid.rows("waits")).to_have_count(2)
    grid.cut(False)
    expect(grid.rows("taken")).to_have_count(2)
    grid.go("/field/cases/")
    shown = grid.page.locator("main").inner_text()
    assert shown.count("三号楼楼道灯坏了。") == shown.count("四号楼楼道灯也坏了。")
    assert "三号楼楼道灯坏了。" in shown


def test_with_a_network_a_form_leads_where_it_always_led(grid):
    """What came of it is said on the next page."""
    grid.report("五号楼门口积水。")
    expect(grid.page).to_have_url(re.compile(r"/field/cases/$"))
    expect(grid.page.locator(".toast")).to_contain_text("RW")
    expect(grid.page.locator("main")).to_contain_text("五号楼门口积水。")
    expect(grid.line).to_have_attribute("data-line", "sent")


def test_a_phone_that_is_killed_has_forgotten_nothing(chromium, node, tmp_path):
    """The browser ends without a word; started again without a network it still has both deed and page."""
    browsers = chromium.browser_type
    phone = launch(browsers, tmp_path / "profile", node.address)
    phone.set_up("grid", node.passwords["grid"])
    phone.context.close()  # a browser writes a sign-in to its disk within half a minute, or now

    phone = launch(browsers, tmp_path / "profile", node.address)
    phone.go("/field/")
    phone.cut()
    phone.report("桥下水位涨得快。")
    expect(phone.page.locator("[data-deed-kept]")).to_be_visible()
    phone.kill()
    with suppress(Error):  # it has gone already
        phone.context.close()

    phone = launch(browsers, tmp_path / "profile", node.address)
    try:
        phone.cut()
        phone.go("/field/cases/")
        expect(phone.page.locator("#kept")).to_be_visible()
        expect(phone.line).to_have_attribute("data-line", "waits")
        phone.go("/field/kept/")
        expect(phone.rows("waits")).to_have_count(1)
        phone.cut(False)
        expect(phone.rows("taken")).to_have_count(1)
        phone.go("/field/cases/")
        expect(phone.page.locator("main")).to_contain_text("桥下水位涨得快。")
    finally:
        phone.context.close()


def test_an_attachment_cut_off_in_the_middle_goes_on_where_it_stopped(grid, tmp_path):
    """No piece that the node has is sent again."""
    grid.cut()
    grid.report("墙面开裂,见照片。", photograph(tmp_path / "wall.png"))
    expect(grid.page.locator("[data-deed-kept]")).to_be_visible()
    grid.worker.evaluate(
        """() => {
            const real = self.fetch;
            self.pieces = [];
            self.fetch = (asked, more) => {
                if (more?.method !== 'PUT') return real(asked, more);
                if (self.pieces.length === 2 && !self.isMended) return Promise.reject(new TypeError('cut'));
                self.pieces.push(Number(new URL(asked, location.href).searchParams.get('from')));
                return real(asked, more);
            };
        }"""
    )
    grid.cut(False)
    grid.go("/field/kept/")
    expect(grid.rows("waits")).to_have_count(1)
    grid.worker.evaluate("() => { self.isMended = true; }")
    expect(grid.rows("taken")).to_have_count(1, timeout=90_000)
    pieces = grid.worker.evaluate("() => self.pieces")
    assert len(pieces) > 3
    assert pieces == sorted(set(pieces))


def test_a_wrong_clock_does_not_make_a_deed_late_or_early(grid):
    """Done by a clock three hours fast that is put right before it is sent: the node hears when it really was."""
    grid.worker.evaluate(
        "() => { self.rightly = Date.now; Date.now = () => self.rightly.call(Date) + 3 * 3600_000; }"
    )
    grid.cut()
    grid.report("时钟快了三小时。")
    expect(grid.page.locator("[data-deed-kept]")).to_be_visible()
    grid.worker.evaluate(
        """() => {
            Date.now = self.rightly;
            const real = self.fetch;
            self.fetch = (asked, more) => {
                if (String(asked) === '/field/deeds/') self.sent = JSON.parse(more.body);
                return real(asked, more);
            };
        }"""
    )
    grid.cut(False)
    grid.go("/field/kept/")
    expect(grid.rows("taken")).to_have_count(1)
    off = grid.worker.evaluate(
        "() => Date.parse(self.sent.sent_at) - Date.parse(self.sent.deeds.at(-1).done_at)"
    )
    assert 0 <= off < 120_000


def test_what_the_node_refuses_stays_until_it_is_put_right(grid, open_page, node):
    """A case that somebody else has answered meanwhile: both stand; a note on one that is gone is refused, and put aside."""
    grid.report("六号楼井盖松动。")
    expect(grid.page).to_have_url(re.compile(r"/field/cases/$"))
    grid.page.locator("main a", has_text="六号楼井盖松动。").first.click()
    expect(grid.page.locator("form[action$='/note/']")).to_be_visible()
    grid.cut()
    # As a kept page would that is older than the node: the form leads to a case that is not there.
    grid.page.locator("form[action$='/note/']").evaluate(
        "form => form.setAttribute('action', '/field/cases/RWC-000000-XXXXXX/note/')"
    )
    grid.page.locator("form[action$='/note/'] textarea").fill("已围起来。")
    grid.page.locator("form[action$='/note/'] button").click()
    expect(grid.page.locator("[data-deed-kept]")).to_be_visible()
    grid.go("/field/kept/")
    grid.cut(False)
    expect(grid.rows("refused")).to_have_count(1)
    expect(grid.rows("refused").locator(".deed-reply")).not_to_be_empty()
    grid.go("/field/")
    expect(grid.line).to_have_attribute("data-line", "refused")
    grid.line.click()
    grid.rows("refused").locator("a").click()
    expect(grid.page).to_have_url(re.compile(r"/field/cases/RW[^/]+/$"))
    grid.go("/field/kept/")
    grid.rows("refused").locator("button").last.click()
    grid.page.locator("dialog[open] button[value=yes]").click()
    expect(grid.rows("refused")).to_have_count(0)


def test_whoever_signs_out_leaves_nothing_and_is_asked_first(grid, node):
    """The next one on the same phone sees neither page nor deed of the one before."""
    grid.cut()
    grid.report("七号楼的事。")
    expect(grid.page.locator("[data-deed-kept]")).to_be_visible()
    grid.worker.evaluate("() => { self.fetch = () => Promise.reject(new TypeError('cut')); }")
    grid.cut(False)
    grid.page.locator(".fieldbar .menu summary").click()
    grid.page.locator("form[action='/account/logout/'] button").click()
    dialog = grid.page.locator("dialog[open]")
    expect(dialog).to_contain_text("1")
    dialog.locator("button[value=yes]").click()
    expect(grid.page).not_to_have_url(re.compile(r"/field/"))
    kept = grid.page.evaluate(
        """async () => {
            const names = (await indexedDB.databases()).map((one) => one.name);
            if (!names.includes('renwang-field')) return {};
            const data = await new Promise((done) => { const asked = indexedDB.open('renwang-field'); asked.onsuccess = () => done(asked.result); });
            const count = (name) => new Promise((done) => { const asked = data.transaction(name).objectStore(name).count(); asked.onsuccess = () => done(asked.result); });
            const found = {};
            for (const name of data.objectStoreNames) found[name] = await count(name);
            return found;
        }"""
    )
    assert not any(kept.values()), kept


def test_what_one_person_kept_is_sent_by_him_and_shown_to_nobody_else(grid, node):
    """His session is over; somebody else signs in on the phone; then he comes back."""
    grid.cut()
    grid.report("八号楼的事。")
    expect(grid.page.locator("[data-deed-kept]")).to_be_visible()
    grid.context.clear_cookies()
    grid.cut(False)
    grid.go("/field/kept/")
    expect(grid.page.locator("[data-when-signed-out]")).to_be_visible()
    expect(grid.page.locator("#kept-pages a")).to_have_count(0)

    other = Telephone(grid.page, node.address)
    other.set_up("secretary", node.passwords["secretary"])
    other.go("/field/kept/")
    expect(other.page.locator("main")).not_to_contain_text("八号楼的事。")
    expect(other.page.locator("[data-when-others]")).to_contain_text("1")
    other.context.clear_cookies()

    sign_in(grid.page, "grid", node.passwords["grid"])
    grid.go("/field/kept/")
    grid.go("/field/")
    grid.go("/field/kept/")
    expect(grid.rows("taken")).to_have_count(1)


def test_nothing_at_rest_can_be_read(grid):
    """Neither a page nor what somebody wrote stands in the browser's storage as it is; the key gives nothing away."""
    words = "绝密的楼道灯。"
    grid.cut()
    grid.report(words)
    expect(grid.page.locator("[data-deed-kept]")).to_be_visible()
    found = grid.page.evaluate(
        """async (words) => {
            const data = await new Promise((done) => { const asked = indexedDB.open('renwang-field'); asked.onsuccess = () => done(asked.result); });
            const all = (name) => new Promise((done) => { const asked = data.transaction(name).objectStore(name).getAll(); asked.onsuccess = () => done(asked.result); });
            const plain = (value) => value instanceof ArrayBuffer ? new TextDecoder().decode(value) : value && typeof value === 'object' && !(value instanceof CryptoKey) ? Object.values(value).map(plain).join(' ') : String(value);
            let text = '';
            for (const name of data.objectStoreNames) text += (await all(name)).map(plain).join(' ');
            const keys = await all('keys');
            return { isThere: text.includes(words) || text.includes('<html'), rows: (await all('pages')).length, extractable: keys.map((key) => key.extractable) };
        }""",
        words,
    )
    assert found["rows"] > 5
    assert not found["isThere"]
    assert found["extractable"] == [False]


def test_a_form_needs_no_script_to_be_sent(open_page, node):
    """Without script the same page has the same form, and nothing that does nothing."""
    phone = open_page("/field/cases/report/", who="grid", size=PHONE, java_script_enabled=False)
    expect(phone.locator("#field-line")).to_be_hidden()
    expect(phone.locator("#phone-card")).to_have_count(0)
    phone.locator("[name=words]").fill("九号楼的灯。")
    phone.locator("main form button.button-primary").click()
    expect(phone).to_have_url(re.compile(r"/field/cases/$"))
    expect(phone.locator("main")).to_contain_text("九号楼的灯。")
