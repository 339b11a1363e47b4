"""What every answer bears, and what no address, name or header of a stranger achieves."""

import httpx
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from renwang.alerts import looking
from renwang.outreach.channels.connecting import ForbiddenAddress, GuardedTransport
from renwang.outreach.channels.guarded import open_client
from renwang.outreach.channels.port import Refused
from renwang.outreach.channels.twin import Behaviour, Twin
from tests import make
from tests.web.desk_pages import as_

ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "http:evil.example", "https:///evil.example", "/%5cevil.example/\r\nSet-Cookie: a=b", " //evil.example",
)  # fmt: skip


@pytest.mark.parametrize("page", ELSEWHERE)
@pytest.mark.parametrize("address", ["/language/", "/theme/"])
def test_a_choice_never_leads_to_another_host(db, address, page):
    answer = Client().post(address, {"language": "en", "theme": "dark", "next": page})
    assert answer.status_code == 302
    assert "evil.example" not in answer["Location"] or answer["Location"].startswith("/%5c")
    assert "\n" not in answer["Location"]


@pytest.mark.parametrize("page", ELSEWHERE)
def test_signing_in_never_leads_to_another_host(cast, page):
    make.account(cast.officer, "officer", "right-horse-battery")
    answer = Client().post(
        reverse("account_login"),
        {"login": "officer", "password": "right-horse-battery", "next": page},
    )
    assert not answer.get("Location", "/").lstrip().startswith(("//", "http", "\\", "java"))


@pytest.mark.parametrize("address", ["/", "/desk/", "/nowhere/", "/desk/units/x/"])
def test_every_answer_says_what_a_browser_may_do_with_it(cast, address):
    answer = as_(cast.officer).get(address, follow=True)
    policy = answer["Content-Security-Policy"]
    for rule in ("default-src 'self'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'self'",
                 "object-src 'none'", "form-action 'self'"):  # fmt: skip
        assert rule in policy
    assert "unsafe-eval" not in policy
    assert "script-src 'self' 'unsafe-inline'" not in policy
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"


def test_cookies_are_for_this_host_and_not_for_scripts(cast, settings):
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    client = Client()
    client.get(reverse("account_login"))
    client.post("/language/", {"language": "en"})
    make.account(cast.officer, "officer", "right-horse-battery")
    right = {"login": "officer", "password": "right-horse-battery"}
    client.post(reverse("account_login"), right, secure=True)
    assert client.cookies[settings.SESSION_COOKIE_NAME]["httponly"]
    for cookie in client.cookies.values():
        assert cookie["samesite"] in ("Lax", "Strict")
        assert cookie["secure"]


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80@x", "a\tb", "[::1"])
def test_a_host_that_is_not_ours_is_turned_away_where_hosts_are_named(db, settings, host):
    settings.ALLOWED_HOSTS = ["node.example.org"]
    assert Client().get("/", headers={"host": host}).status_code == 400


@pytest.mark.parametrize(
    "address",
    [
        "/desk/maps/..%2f..%2fsecret.json", "/desk/maps/roads.json?at=/../../../etc/",
        "/static/../secret.key", "/static/%2e%2e/%2e%2e/secret.key", "/media/imports/x.data",
        "/desk/imports/template/..%2f..%2fx.csv", "/desk/imports/template/people.exe",
        "/desk/units/..%2f..%2f/boundary.geojson", "/static//etc/passwd",
    ],
)  # fmt: skip
def test_no_address_leads_out_of_its_folder(cast, address):
    answer = as_(cast.operator).get(address)
    assert answer.status_code in (302, 303, 404, 400, 200)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    assert b"root:" not in body
    if answer.status_code == 200:
        assert "maps/roads" in address
        assert len(body) < 200


@pytest.mark.parametrize(
    "name",
    [
        'a"; filename="b.exe',
        "a\r\nSet-Cookie: x=y.csv",
        "../../../etc/passwd",
        "名" * 400 + ".csv",
        ".csv",
        "\u202ecsv.exe",
    ],
)
def test_the_name_of_a_file_is_only_shown(cast, name):
    client = as_(cast.secretary)
    file = SimpleUploadedFile("x.csv", "姓名,所属单位\n何一,没有\n".encode())
    file.name = name
    sent = client.post("/desk/imports/", {"kind": "people", "file": file})
    assert sent.status_code in (303, 422)
    assert "Set-Cookie: x" not in str(sent.headers)
    if sent.status_code == 303:
        assert client.get(sent["Location"]).status_code == 200
        marked = client.get(f"{sent['Location']}errors/")
        assert marked["Content-Disposition"] == 'attachment; filename="people-errors.xlsx"'


def test_script_in_a_list_stays_text(cast):
    client = as_(cast.secretary)
    evil = "<script>alert(1)</script>"
    file = SimpleUploadedFile(f"{evil}.csv", f"姓名,所属单位,{evil}\n{evil},{evil}\n".encode())
    sent = client.post("/desk/imports/", {"kind": "people", "file": file})
    shown = client.get(sent["Location"]).content.decode()
    assert evil not in shown
    assert "&lt;script&gt;" in shown


# --- addresses that the node is sent to ------------------------------------------


INSIDE = ("http://127.0.0.1:1/", "http://localhost:1/", "http://[::1]:1/", "http://169.254.169.254/latest/",
          "http://10.0.0.1/", "http://192.168.1.1/", "http://[::ffff:127.0.0.1]:1/", "http://0.0.0.0:1/",
          "http://2130706433:1/", "http://0x7f.1:1/", "http://[64:ff9b::7f00:1]/")  # fmt: skip


@pytest.mark.parametrize("url", INSIDE)
def test_no_feed_leads_inside_unless_the_node_allows_it(url):
    with open_client(private=False) as client, pytest.raises(Refused) as refused:
        looking.fetch(client, url, {}, limit=100)
    assert "forbidden" in str(refused.value)


@pytest.mark.parametrize("url", INSIDE[3:4])
def test_where_the_keys_of_a_cloud_machine_lie_is_never_asked(url):
    with open_client(private=True) as client, pytest.raises(Refused):
        looking.fetch(client, url, {}, limit=100)


def test_a_redirect_is_judged_like_the_first_address(monkeypatch):
    """The first address is a public one; it leads to one inside, which is not asked."""
    asked = []
    judge = GuardedTransport.handle_request

    def outside_first(self, request):
        if request.url.host == "public.example":
            return httpx.Response(302, headers={"Location": inside.url}, request=request)
        asked.append(request.url.host)
        return judge(self, request)

    monkeypatch.setattr(GuardedTransport, "handle_request", outside_first)
    with Twin(Behaviour(body=b"secret")) as inside, open_client(private=False) as client:
        with pytest.raises((Refused, ForbiddenAddress)):
            looking.fetch(client, "http://public.example/feed", {}, limit=100)
        assert asked
        assert inside.received == []
