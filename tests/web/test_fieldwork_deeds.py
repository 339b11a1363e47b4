"""Deeds done without a network: who may not, exactly once, in order, refused whole, at their own moment, at a small cost."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renwang.base.models import Entry
from renwang.base.pure.ids import uuid7
from renwang.cases.models import Answer, Case, Step
from renwang.cases.rules import State
from renwang.registers.risks.models import Photo, Risk
from renwang.response.fieldwork.models import Deed, Upload
from renwang.response.fieldwork.services.uploads import file_of
from renwang.web.field.deeds import AT_A_TIME
from tests.cases.conftest import brought
from tests.cases.test_intake import picture
from tests.response.fieldwork.sending import HOUR, Handset, media
from tests.web.desk_pages import LANGUAGES, as_

REPORT = "/field/cases/report/"
__all__ = ["media"]


@pytest.fixture
def phone(cast) -> Handset:
    return Handset(cast)


def reported(phone: Handset, words: str = "路灯不亮", **more) -> dict:
    return phone.deed(REPORT, key=uuid4().hex, words=words, unit=phone.cast.grid.ref, **more)


# --- who may not ------------------------------------------------------------------------


def test_a_visitor_is_told_so_and_not_led_elsewhere(client, cast):
    answer = client.post("/field/deeds/", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["why"]) == (401, "signed out")


def test_a_phone_that_was_never_let_in_is_unknown(cast):
    answer = as_(cast.worker).post(
        "/field/deeds/", {}, content_type="application/json", headers={"X-Phone": str(uuid4())}
    )
    assert answer.status_code == 404


def test_nobody_sends_with_the_phone_of_another(cast, phone):
    phone.client = as_(cast.secretary)
    answer = phone.send(reported(phone), status=409)
    assert answer.json()["why"] == "other"
    assert not Case.objects.exists()


def test_what_is_no_batch_is_refused(phone):
    assert phone.send(status=400, sent_at="x").json()["why"] == "unread"
    assert phone.send(*[reported(phone) for _one in range(21)], status=413).json()["why"] == "many"


@pytest.mark.parametrize(
    "address",
    ["/desk/people/register/", "/account/password/change/", "/field/looked/withdraw/",
     "/field/deeds/", "/nowhere/", "/field/cases/"],
)  # fmt: skip
def test_only_declared_forms_are_played(phone, address):
    said = phone.one(phone.deed(address, words="x"))
    assert said["outcome"] == "refused" and said["sentence"]


def test_out_of_reach_nothing_is_done(cast):
    case, stranger = brought(cast), Handset(cast, cast.stranger)
    said = stranger.one(stranger.deed(f"/field/cases/{case.ref}/take/"))
    assert said["outcome"] == "refused"
    case.refresh_from_db()
    assert case.person is None


def test_what_somebody_may_no_longer_do_is_refused_though_he_might_when_he_did_it(cast, phone):
    case, deed = brought(cast), None
    deed = phone.deed(f"/field/cases/{case.ref}/take/")
    cast.worker.grants.update(ended_at=cast.now - timedelta(minutes=1))
    assert phone.one(deed)["outcome"] == "refused"


# --- exactly once ---------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_deed_sent_twice_has_happened_once(cast, language):
    phone = Handset(cast, language=language)
    deed = reported(phone)
    first, again = phone.one(deed), phone.one(deed)
    assert first == again
    assert first["outcome"] == "taken" and Case.objects.get().ref in first["sentence"]
    assert first["address"] == "/field/cases/"
    assert Deed.objects.get().sealed == ""


def test_an_id_of_another_phone_does_nothing_and_tells_nothing(cast, phone):
    deed = reported(phone)
    phone.one(deed)
    other = Handset(cast, cast.secretary)
    said = other.one(deed)
    assert said["outcome"] == "refused" and Case.objects.get().ref not in said["sentence"]
    assert Case.objects.count() == 1


def test_deeds_happen_in_the_order_of_their_numbers_and_are_answered_in_the_order_sent(cast, phone):
    case = brought(cast)
    take = phone.deed(f"/field/cases/{case.ref}/take/")
    note = phone.deed(f"/field/cases/{case.ref}/note/", words="灯头锈了")
    said = phone.send(note, take)
    assert [one["id"] for one in said] == [note["id"], take["id"]]
    acts = [one.act for one in Step.objects.filter(case=case, by=cast.worker.pk).order_by("pk")]
    assert acts == ["take", "note"]


def test_one_that_is_refused_does_not_stop_those_behind_it(cast, phone):
    gone = phone.deed("/field/cases/NONE-1/take/")
    said = phone.send(gone, reported(phone))
    assert [one["outcome"] for one in said] == ["refused", "taken"]


# --- what is refused has changed nothing ------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_with_a_form_is_its_sentence(cast, language):
    phone = Handset(cast, language=language)
    said = phone.one(phone.deed(REPORT, key="k", unit=cast.grid.ref, words=""))
    label = {"zh-hans": "必填", "en": "required"}[language]
    assert said["outcome"] == "refused" and label in said["sentence"]
    assert said["address"] == REPORT


def test_a_report_whose_picture_is_none_is_not_half_made(cast, phone):
    deed = phone.deed(
        "/field/risks/report/", id=str(uuid7(cast.now)), words="电动车", hazard="electric_bike",
        unit=cast.grid.ref, files=[phone.file("photo", b"no picture")],
    )  # fmt: skip
    assert phone.one(deed)["outcome"] == "refused"
    assert not Risk.objects.exists()
    assert not Upload.objects.exists()


def test_an_advice_against_an_answer_says_how_to_send_it_all_the_same(cast, phone):
    case = brought(cast)
    said = {"answer__end": "done", "answer__words": "修好了"}
    deed = phone.deed(f"/field/cases/{case.ref}/answer/", **said)
    answer = phone.one(deed)
    assert (answer["outcome"], answer["again"]) == ("refused", [["send", "anyway"]])
    assert not Answer.objects.exists()
    deed = phone.deed(f"/field/cases/{case.ref}/answer/", **said, send="anyway")
    assert phone.one(deed)["outcome"] == "taken"
    case.refresh_from_db()
    assert case.state == State.ANSWERED


def test_a_fault_of_the_node_is_answered_and_tells_no_log_what_was_filled_in(
    cast, phone, monkeypatch, caplog
):
    def fails(*_args, **_kwargs):
        raise RuntimeError("灯头锈了")

    case = brought(cast)
    monkeypatch.setattr("renwang.web.field.cases.services.note_case", fails)
    note = phone.deed(f"/field/cases/{case.ref}/note/", words="灯头锈了")
    said = phone.send(note, reported(phone))
    assert [one["outcome"] for one in said] == ["refused", "taken"]
    assert "灯头锈了" not in caplog.text


def test_where_the_database_is_busy_everything_waits(cast, phone, monkeypatch):
    from django.db import OperationalError

    def busy(*_args, **_kwargs):
        raise OperationalError("database is locked")

    case = brought(cast)
    with monkeypatch.context() as patched:
        patched.setattr("renwang.web.field.cases.services.note_case", busy)
        note = phone.deed(f"/field/cases/{case.ref}/note/", words="灯头锈了")
        report = reported(phone)
        said = phone.send(note, report)
    assert [one["outcome"] for one in said] == ["waits", "waits"]
    assert not Deed.objects.exists()
    assert [one["outcome"] for one in phone.send(note, report)] == ["taken", "taken"]


def test_where_too_many_send_at_once_the_others_come_again(phone):
    deed = reported(phone)
    with AT_A_TIME, AT_A_TIME:
        answer = phone.send(deed, status=503)
    assert int(answer["Retry-After"]) > 0
    assert not Deed.objects.exists()
    assert phone.one(deed)["outcome"] == "taken"


# --- its moment -----------------------------------------------------------------------


def test_it_happened_when_it_was_done_by_a_clock_put_right(cast, phone):
    phone.one(reported(phone, ago=timedelta(minutes=30)))
    deed, case = Deed.objects.get(), Case.objects.get()
    assert deed.happened_at == cast.now - timedelta(minutes=30) == case.received_at
    assert deed.arrived_at == cast.now
    assert Entry.objects.get(verb="cases.reported").at == deed.happened_at


def test_not_before_the_phone_was_let_in_nor_before_the_one_before(cast, phone):
    phone.send(reported(phone, ago=99 * HOUR), reported(phone, ago=100 * HOUR))
    first, second = Deed.objects.order_by("number")
    assert first.happened_at == cast.now - 24 * HOUR
    assert second.happened_at >= first.happened_at


# --- files ------------------------------------------------------------------------------


def test_a_photograph_comes_along_and_its_pieces_go(cast, phone):
    file = phone.file("photo", picture())
    deed = phone.deed(
        "/field/risks/report/", id=str(uuid7(cast.now)), words="电动车", hazard="electric_bike",
        unit=cast.grid.ref, files=[file],
    )  # fmt: skip
    assert phone.one(deed)["outcome"] == "taken"
    assert Photo.objects.get().risk == Risk.objects.get()
    assert not Upload.objects.exists()


def test_without_its_file_a_deed_waits_and_those_behind_it_with_it(cast, phone):
    data, key = picture(), str(uuid4())
    phone.put(key, data[:50], of=len(data))
    file = {"field": "photo", "upload": key, "name": "a.jpg", "type": "image/jpeg"}
    deed, behind = reported(phone, files=[file]), reported(phone)
    assert [one["outcome"] for one in phone.send(deed, behind)] == ["waits", "waits"]
    assert not Case.objects.exists()
    phone.put(key, data[50:], begins=50, of=len(data))
    assert [one["outcome"] for one in phone.send(deed, behind)] == ["taken", "taken"]
    assert Case.objects.count() == 2


def test_the_file_of_another_phone_is_none(cast, phone):
    other = Handset(cast, cast.secretary)
    deed = reported(phone, files=[other.file("photo", picture())])
    assert phone.one(deed)["outcome"] == "waits"


def test_a_file_that_was_taken_leaves_no_bytes_behind(
    cast, phone, django_capture_on_commit_callbacks
):
    file = phone.file("photo", picture())
    assert file_of(file["upload"]).exists()
    with django_capture_on_commit_callbacks(execute=True):
        phone.one(reported(phone, files=[file]))
    assert not file_of(file["upload"]).exists()


# --- cost -------------------------------------------------------------------------------


def test_a_batch_costs_little_beside_what_each_deed_costs(cast, phone):
    def spent(*deeds) -> int:
        with CaptureQueriesContext(connection) as seen:
            phone.send(*deeds)
        return len(seen)

    phone.one(reported(phone))
    one = spent(reported(phone))
    three = spent(*[reported(phone) for _one in range(3)])
    each = (three - one) / 2
    assert one - each <= 10  # session, person, grants, phone, what is known, the journal's number
    known = [reported(phone) for _one in range(5)]
    phone.send(*known)
    assert spent(*known) <= 10
    with CaptureQueriesContext(connection) as seen:
        phone.client.post(REPORT, {"key": uuid4().hex, "words": "路灯不亮", "unit": cast.grid.ref})
    assert each <= len(seen) + 6  # the phone's turn, known, two savepoints and the row
