"""Phones: who may let one in, what it is told to keep, how its files come in pieces, and how a lost one is wiped."""

from datetime import timedelta
from uuid import uuid4

import pytest
from allauth.usersessions.models import UserSession

from renwang.base.models import Entry
from renwang.chain.models import Account
from renwang.outreach.models import Call
from renwang.response.fieldwork.jobs import _forget
from renwang.response.fieldwork.models import Deed, Phone, Upload
from renwang.response.fieldwork.rules import LARGEST, PIECE
from renwang.response.fieldwork.services.uploads import file_of
from tests.cases.conftest import brought
from tests.registers.care.listed import entered as on_the_care_list
from tests.response.fieldwork.sending import Handset, media
from tests.web.desk_pages import LANGUAGES, as_, relayed

__all__ = ["media"]


@pytest.fixture
def phone(cast) -> Handset:
    return Handset(cast)


def let_in(client, key, **more):
    return client.post(
        "/field/phones/", {"phone": str(key), **more}, content_type="application/json"
    )


# --- let in -----------------------------------------------------------------------------


def test_nobody_lets_in_a_phone_without_signing_in(client, cast):
    assert let_in(client, uuid4()).status_code == 401


@pytest.mark.parametrize("key", ["x", None, 7])
def test_what_is_no_id_is_refused(cast, key):
    answer = as_(cast.worker).post(
        "/field/phones/", {"phone": key}, content_type="application/json"
    )
    assert answer.status_code == 400


def test_the_phone_of_another_or_one_that_was_ended_is_not_let_in(cast, phone):
    answer = let_in(as_(cast.secretary), phone.id)
    assert (answer.status_code, answer.json()["why"]) == (409, "other")
    assert phone.client.post(f"/field/phones/{phone.id}/end/").status_code == 200
    answer = let_in(phone.client, phone.id)
    assert (answer.status_code, answer.json()["why"]) == (409, "ended")
    assert phone.get("/field/pack/").status_code == 409


def test_its_sign_in_outlives_the_browser_that_is_ended(cast):
    client = as_(cast.worker)
    session = client.session
    session.set_expiry(0)
    session.save()
    assert client.session.get_expire_at_browser_close()
    assert let_in(client, uuid4()).status_code == 200
    assert not client.session.get_expire_at_browser_close()


def test_asking_again_changes_nothing_and_one_fact_tells_of_it(cast):
    key, client = uuid4(), as_(cast.worker)
    first, again = (let_in(client, key, name="Chrome · Android").json() for _turn in range(2))
    assert first["let_in_at"] == again["let_in_at"] == cast.now.isoformat()
    assert first["person"] == str(cast.worker.pk)
    assert Phone.objects.get().name == "Chrome · Android"
    assert Entry.objects.filter(verb="fieldwork.phone_let_in").count() == 1
    assert client.cookies["renwang_phone"].value == str(key)
    assert client.cookies["renwang_phone"]["httponly"]


# --- what it keeps ----------------------------------------------------------------------


def test_no_phone_no_pack(client, cast):
    assert client.get("/field/pack/").status_code == 401
    assert as_(cast.worker).get("/field/pack/").status_code == 400


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pack_names_pages_that_open_and_nobody(cast, language):
    phone, case = Handset(cast, language=language), brought(cast)
    relayed(cast, cast.now)
    pack = phone.get("/field/pack/").json()
    assert pack["phone"] == str(phone.id) and pack["language"] == language
    assert f"/field/cases/{case.ref}/" in pack["pages"] and "/field/map/" in pack["pages"]
    assert pack["data"] == ["/field/map.json"] and pack["seq"] > 0
    for address in [*pack["pages"], *pack["data"]]:
        answer = phone.get(address, **{"X-Keep": "1"})
        assert answer.status_code == 200, address
        assert cast.worker.name not in address


def test_what_is_fetched_to_be_kept_was_read_by_nobody(cast):
    relayed(cast, cast.now)
    call = Call.objects.filter(person_id=cast.worker.pk).first()
    phone = Handset(cast)
    for address in ("/field/", f"/field/calls/{call.pk}/"):
        assert phone.get(address, **{"X-Keep": "1"}).status_code == 200
    call.refresh_from_db()
    assert (call.delivered_at, call.read_at) == (None, None)
    phone.get(f"/field/calls/{call.pk}/")
    call.refresh_from_db()
    assert call.read_at is not None


def test_messages_wait_for_a_page_that_somebody_looks_at(cast, phone):
    case = brought(cast)
    phone.client.post(f"/field/cases/{case.ref}/take/")
    page = f"/field/cases/{case.ref}/"
    kept = phone.get(page, **{"X-Keep": "1"}).content.decode()
    assert "已由你接手" not in kept or "toast" not in kept
    assert len(list(phone.get(page).context["messages"])) == 1


# --- the map ----------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_says_where_something_waits_and_names_nobody(cast, language):
    brought(cast)
    made = on_the_care_list(cast)
    client = as_(cast.worker, language)
    cast.grid.boundary = '{"type":"Polygon","coordinates":[[[1,1],[1,2],[2,2],[1,1]]]}'
    cast.grid.save()
    found = client.get("/field/map.json").json()["features"]
    grid = next(one for one in found if one["properties"]["id"] == str(cast.grid.pk))
    assert grid["properties"]["waits"]["cases"] == 1
    assert grid["properties"]["state"] == "waits"
    page = client.get("/field/map/").content.decode()
    assert cast.grid.name in page and "/field/cases/" in page
    assert made.entry.ref not in page


def test_who_sees_no_place_sees_no_map(client, cast):
    assert client.get("/field/map/").status_code == 303
    assert as_(cast.head).get("/field/map/").status_code in (200, 403)


# --- files in pieces --------------------------------------------------------------------


def test_a_file_comes_in_pieces_and_goes_on_where_it_ended(phone):
    key = uuid4()
    assert phone.get(f"/field/uploads/{key}/").status_code == 404
    assert phone.put(key, b"abc", of=6).json() == {"have": 3, "of": 6}
    wrong = phone.put(key, b"abc", begins=0, of=6)
    assert (wrong.status_code, wrong.json()) == (409, {"have": 3, "of": 6})
    assert phone.get(f"/field/uploads/{key}/").json() == {"have": 3, "of": 6}
    assert phone.put(key, b"def", begins=3, of=6).json() == {"have": 6, "of": 6}
    assert file_of(key).read_bytes() == b"abcdef"
    assert file_of(key).stat().st_mode & 0o077 == 0


def test_a_piece_that_was_written_and_not_noted_is_written_again(phone):
    key = uuid4()
    phone.put(key, b"abc", of=6)
    with file_of(key).open("ab") as file:
        file.write(b"dxx")  # the node was killed before its row said so
    assert phone.put(key, b"de", begins=3, of=6).json()["have"] == 5
    assert file_of(key).read_bytes() == b"abcde"


def test_the_file_of_another_is_out_of_reach(cast, phone):
    key, other = uuid4(), Handset(cast, cast.secretary)
    phone.put(key, b"abc", of=6)
    assert other.get(f"/field/uploads/{key}/").status_code == 404
    assert other.put(key, b"def", begins=3, of=6).status_code == 404
    assert file_of(key).read_bytes() == b"abc"


@pytest.mark.parametrize(
    ("length", "of", "status"),
    [(PIECE + 1, PIECE * 2, 413), (10, LARGEST + 1, 413), (10, 5, 409), (0, 0, 413)],
)
def test_what_is_too_large_or_no_size_is_refused(phone, length, of, status):
    assert phone.put(uuid4(), b"x" * length, of=of).status_code == status
    assert not Upload.objects.exists()


def test_one_phone_fills_no_disk(phone):
    for _one in range(15):
        phone.put(uuid4(), b"x", of=LARGEST)
    assert phone.put(uuid4(), b"x", of=LARGEST).status_code == 413


def test_what_never_comes_is_forgotten_after_seven_days(cast, phone):
    file = phone.file("photo", b"abc")
    assert _forget(cast.now + timedelta(days=6)) == 0
    assert _forget(cast.now + timedelta(days=7)) == 1
    assert phone.get(f"/field/uploads/{file['upload']}/").status_code == 404


# --- lost -------------------------------------------------------------------------------


def sign_in(client, who) -> None:
    """Sign in by password, as people do."""
    account = Account.objects.get(person=who)
    said = {"login": account.username, "password": "right-horse-battery"}
    client.logout()
    assert client.post("/account/login/", said).status_code == 302


def test_nobody_calls_the_phone_of_a_stranger_lost(cast, phone):
    for who in (cast.stranger, cast.leader):
        assert as_(who).post(f"/field/phones/{phone.id}/lost/").status_code in (303, 403)
        assert as_(who).post(f"/desk/phones/{phone.id}/lost/").status_code in (403, 404)
    assert phone.row.lost_at is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_owner_calls_it_lost_and_it_is_signed_out_and_wiped(cast, language):
    phone = Handset(cast, language=language)
    other = as_(cast.worker, language)
    sign_in(phone.client, cast.worker)
    sign_in(other, cast.worker)
    phone.get("/field/pack/")
    file = phone.file("photo", b"abc")
    assert str(phone.id) in other.get("/field/phones/").content.decode()
    assert other.post(f"/field/phones/{phone.id}/lost/").status_code == 303
    assert other.get("/field/").status_code == 200
    assert UserSession.objects.filter(user__person=cast.worker).count() == 1
    for address in ("/field/", "/field/pack/", f"/field/uploads/{file['upload']}/"):
        answer = phone.client.get(address)
        assert answer.status_code == 410
        assert answer["Clear-Site-Data"] == '"cache", "storage", "cookies"'
        assert answer.json() == {"phone": str(phone.id), "why": "lost"}
        phone.client.cookies["renwang_phone"] = str(phone.id)
    assert Entry.objects.filter(verb="fieldwork.phone_wiped").count() == 1
    assert not Upload.objects.exists()
    assert other.get("/field/phones/").status_code == 200


def test_a_lost_phone_that_is_signed_in_again_sends_nothing(cast, phone):
    deed = phone.deed("/field/cases/report/", key="k", words="灯", unit=cast.grid.ref)
    as_(cast.worker).post(f"/field/phones/{phone.id}/lost/")
    phone.client = as_(cast.worker)
    assert phone.send(deed, status=410)
    assert not Deed.objects.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_keeps_the_people_calls_it_lost(cast, language):
    phone, desk = Handset(cast), as_(cast.secretary, language)
    person = f"/desk/people/{cast.worker.pk}/"
    assert f"/desk/phones/{phone.id}/lost/" in desk.get(person).content.decode()
    assert desk.post(f"/desk/phones/{phone.id}/lost/").status_code == 303
    assert phone.row.lost_at == cast.now
    told = Entry.objects.get(verb="fieldwork.phone_lost")
    assert told.actor == f"person:{cast.secretary.pk}" and told.place == cast.worker.path
    assert f"/desk/phones/{phone.id}/lost/" not in desk.get(person).content.decode()
