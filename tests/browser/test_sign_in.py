"""Signing in: who guesses is locked out, a second factor guards, and an ended session is out."""

import base64
import hashlib
import hmac
import struct
import time

from playwright.sync_api import expect

from tests.browser.conftest import sign_in


def one_time_code(secret: str, at: float) -> str:
    """Compute the code that an authenticator shows at a moment (RFC 6238, 30 seconds, six digits)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    digest = hmac.new(key, struct.pack(">Q", int(at) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


def enter_code(page, secret: str, here: str) -> None:
    """Type the code of the authenticator; once more where its half minute ended meanwhile."""
    for _try in range(2):
        page.locator("[name=code]").fill(one_time_code(secret, time.time()))
        with page.expect_navigation():
            page.locator("form:has([name=code]) button").first.click()
        if here not in page.url:
            return
    raise AssertionError(f"the right code was refused at {page.url}")


def test_who_guesses_is_locked_out_even_with_the_right_password(node, open_page, watched):
    """Six wrong passwords close the name; afterwards the right one does not open it either."""
    watched.expected = ("/account/login/", "429")
    page = open_page("/account/login/")
    for attempt in range(6):
        sign_in(page, "guesser", f"not the password {attempt}")
    sign_in(page, "guesser", node.passwords["guesser"])
    expect(page.locator("main")).to_contain_text("尝试次数过多")
    page.goto("/desk/")
    expect(page).to_have_url(f"{node.address}/account/login/?next=%2Fdesk%2F")


def test_a_second_factor_is_set_up_and_asked_for_and_sessions_end(node, open_page):
    """Set up with an authenticator, asked for at the next sign-in; ending the other sessions throws them out."""
    first = open_page("/account/login/")
    sign_in(first, "careful", node.passwords["careful"])
    first.goto("/account/2fa/totp/activate/")
    first.locator("[name=password]").fill(node.passwords["careful"])  # it is really he
    first.locator("main form button").click()
    secret = first.locator("#authenticator_secret").input_value()
    enter_code(first, secret, "/totp/activate/")
    expect(first.locator("main")).not_to_contain_text(secret)

    second = open_page("/account/login/")
    sign_in(second, "careful", node.passwords["careful"])
    for address in ("/desk/", "/field/"):  # the password alone opens no door
        second.goto(address)
        expect(second).to_have_url(f"{node.address}/account/2fa/authenticate/")
    enter_code(second, secret, "/2fa/authenticate/")

    second.goto("/account/sessions/")
    expect(second.locator("li.card")).to_have_count(2)
    second.locator("main button.button-danger").click()
    expect(second.locator("li.card")).to_have_count(1)
    first.goto("/desk/")
    expect(first).to_have_url(f"{node.address}/account/login/?next=%2Fdesk%2F")
