"""A request brings little, whoever sends it; more only where a file is awaited from somebody known."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.http.request import UnreadablePostError
from django.test import Client, RequestFactory
from django.urls import reverse

from renwang.chain.services.accounts import issue_token
from renwang.web.frame.bodies import BodyMiddleware
from tests.web.desk_pages import as_

HUGE = 1 << 40
MORE = 3 << 20  # more than everybody may send, less than a file may be


class Unread:
    """A body that must not be read."""

    def read(self, *size: int) -> bytes:
        raise AssertionError("the body was read")

    readline = read


def send(client: Client, address: str, size: int, **more):
    """Announce a body of some size, and fail where one byte of it is read."""
    more.setdefault("content_type", "application/x-www-form-urlencoded")
    own = {"CONTENT_LENGTH": str(size), "wsgi.input": Unread()}
    return client.post(address, data=b"", **more, **own)


ADDRESSES = ["/account/login/", "/language/", "/desk/imports/", "/desk/alerts/receive/",
             "/api/v1/alerts", "/api/v1/readings", "/api/v1/gateways/sms/replies"]  # fmt: skip


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_a_strangers_large_body_is_refused_unread(cast, address, kind):
    assert send(Client(), address, MORE, content_type=kind).status_code == 413


def test_a_token_that_is_none_lets_nothing_in(cast):
    sent = send(Client(), "/api/v1/alerts", MORE, headers={"authorization": "Bearer rw_none"})
    assert (sent.status_code, sent.json()["code"]) == (413, "too-large")


@pytest.mark.parametrize("address", ["/language/", "/desk/imports/", "/api/v1/alerts"])
def test_even_who_is_known_may_not_send_without_end(cast, address):
    assert send(as_(cast.operator), address, HUGE).status_code == 413


def test_who_is_known_sends_much_only_where_a_file_is_awaited(cast):
    assert send(as_(cast.operator), "/theme/", MORE).status_code == 413


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_refusal_says_what_to_do(cast, language):
    client = Client()
    client.cookies["renwang_language"] = language
    page = send(client, "/account/login/", MORE).content.decode()
    assert {"zh-hans": "分成几次", "en": "in parts"}[language] in page


def test_a_large_list_comes_in(cast):
    rows = "姓名,所属单位\n" + "何一,没有\n" * (MORE // 16)
    file = SimpleUploadedFile("people.csv", rows.encode())
    sent = as_(cast.secretary).post("/desk/imports/", {"kind": "people", "file": file})
    assert (sent.status_code, sent["Location"][:14]) == (303, "/desk/imports/")


def test_a_large_batch_comes_in_by_token(cast, now):
    _token, secret = issue_token(
        person=cast.operator, label="gauge", scopes=["sensors.feed"], by=cast.viewer(cast.operator),
        now=now,
    )  # fmt: skip
    sent = Client().post(
        reverse("api:take_in_readings"),
        b"series,at,value\n" + b" " * MORE,
        content_type="text/csv",
        headers={"authorization": f"Bearer {secret}"},
    )
    assert sent.status_code not in (400, 401, 413, 500)


FORM = (
    b'--x\r\nContent-Disposition: form-data; name="words"\r\n\r\nabc\r\n'
    b'--x\r\nContent-Disposition: form-data; name="photos"; filename="a"\r\n\r\n123\r\n--x--\r\n'
)


def arriving(body: bytes, announced: int):
    """A request whose body ends after so many bytes, whatever was announced."""
    own = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(announced)}
    return RequestFactory().generic("POST", "/", **own, **{"wsgi.input": BytesIO(body)})


@pytest.mark.parametrize("length", range(0, len(FORM), 7))
def test_a_body_that_broke_off_is_read_by_nobody(length):
    middleware = BodyMiddleware(_fails)
    middleware(arriving(FORM[:length], len(FORM)))
    assert middleware.process_exception(None, UnreadablePostError()).status_code == 400
    assert middleware.process_exception(None, ValueError()) is None


def _fails(request) -> HttpResponse:
    with pytest.raises(UnreadablePostError):
        request.POST.get("words")
    return HttpResponse()


def test_a_body_that_came_whole_is_read_as_ever():
    def read(request):
        assert (request.POST["words"], request.FILES["photos"].read()) == ("abc", b"123")
        return HttpResponse()

    BodyMiddleware(read)(arriving(FORM, len(FORM)))
    BodyMiddleware(lambda request: HttpResponse(request.body))(arriving(FORM, len(FORM)))
