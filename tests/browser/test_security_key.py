"""A security key as second factor: added, asked for, refused when it is another one, taken away."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import CDPSession, Page, expect

from tests.browser.conftest import sign_in

KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@contextmanager
def key_in(page: Page) -> Iterator[tuple[CDPSession, str]]:
    """Put a new key into the browser, with a finger on it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
    yield session, made["authenticatorId"]


def enter(page: Page, here: str, name: str, password: str) -> None:
    """Enter name and password at an address that browsers take for this machine's own."""
    page.goto(f"{here}/account/login/")
    page.locator("[name=login]").fill(name)
    page.locator("[name=password]").fill(password)
    with page.expect_navigation():
        page.locator("main button.button-primary").click()


def test_a_security_key_guards_a_sign_in(node, open_page, watched):
    """Set up with a key; the password alone opens nothing, nor does another key; taken away, it is not asked for."""
    password = node.passwords["neighbour"]
    # A key is made for a name, and an address of numbers has none.
    here = f"http://localhost:{urlsplit(node.address).port}"
    watched.expected = (here,)
    page = open_page("/account/login/")
    with key_in(page) as (session, key):
        enter(page, here, "neighbour", password)
        page.goto(f"{here}/account/2fa/webauthn/add/")
        page.locator("[name=password]").fill(password)  # it is really he
        with page.expect_navigation():
            page.locator("main form button").first.click()
        page.locator("[name=name]").fill("办公室的钥匙")
        with page.expect_navigation():
            page.locator("#mfa_webauthn_add").click()
        page.goto(f"{here}/account/2fa/webauthn/")
        expect(page.locator("main")).to_contain_text("办公室的钥匙")

        other = open_page("/account/login/")
        with key_in(other):
            enter(other, here, "neighbour", password)
            for address in ("/desk/", "/field/"):  # the password alone opens no door
                other.goto(f"{here}{address}")
                expect(other).to_have_url(f"{here}/account/2fa/authenticate/")
            other.locator("#mfa_webauthn_authenticate").click()  # a key, but another one
            expect(other).to_have_url(f"{here}/account/2fa/authenticate/")
            expect(other.get_by_role("alert")).to_contain_text("没有收到安全密钥的应答")

        page.context.clear_cookies()
        enter(page, here, "neighbour", password)
        expect(page).to_have_url(f"{here}/account/2fa/authenticate/")
        with page.expect_navigation():
            page.locator("#mfa_webauthn_authenticate").click()
        page.goto(f"{here}/field/")
        expect(page).to_have_url(f"{here}/field/")

        page.goto(f"{here}/account/2fa/webauthn/")
        with page.expect_navigation():
            page.locator("main a[href*=remove], main button[formaction*=remove]").first.click()
        if page.locator("[name=password]").count():  # it is really he
            page.locator("[name=password]").fill(password)
            with page.expect_navigation():
                page.locator("main form button").first.click()
        with page.expect_navigation():
            page.locator("main form button").first.click()
        assert session.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]
    last = open_page("/account/login/")
    sign_in(last, "neighbour", password)
    last.goto("/field/")
    expect(last).to_have_url(f"{node.address}/field/")
