"""The promises about people: contacts and words go when their time is over, also from what a backup brings back."""

from datetime import timedelta

from django.core.files.storage import default_storage

from renwang.base.forgetting import notes, replay
from renwang.base.models import Entry
from renwang.cases import services
from renwang.cases.kind_rules import KEPT_DAYS
from renwang.cases.models import Answer, Case, Photo, Reporter, Step
from renwang.cases.services.answering import REPORTER_KEPT_FOR
from renwang.cases.tracking import track
from tests.cases.conftest import WORDS, taken
from tests.cases.test_intake import picture
from tests.cases.test_life import answered


def closed(cast, **changes):
    one = taken(cast, **changes)
    answered(cast, one.case)
    services.add_by_code(one.code, "我是 3 号楼 501 的", now=cast.now)
    services.confirm_by_code(one.code, now=cast.now)
    services.close_silent(one.case.pk, by=cast.viewer(cast.deputy), now=cast.now)
    return one


def test_how_a_reporter_can_be_reached_goes_a_month_after_the_end_and_not_before(cast, now):
    closed(cast, contact="13900000009")
    assert services.erase_reporters(now + REPORTER_KEPT_FOR - timedelta(days=1)) == 0
    assert services.erase_reporters(now + REPORTER_KEPT_FOR) == 1
    assert not Reporter.objects.exists()
    assert Entry.objects.filter(verb="cases.reporters_erased").count() == 1


def test_a_case_opened_again_keeps_its_reporter(cast, now):
    one = closed(cast, contact="13900000009")
    services.reopen_case(one.case.pk, "又坏了", by=cast.viewer(cast.deputy), now=now)
    assert services.erase_reporters(now + 2 * REPORTER_KEPT_FOR) == 0
    assert Reporter.objects.exists()


def test_what_was_said_goes_with_pictures_and_place_and_the_answer_stays(cast, now):
    one = closed(cast, place="3 号楼 501", files=[picture()], contact="13900000009")
    name = f"cases/{Photo.objects.get().pk}.jpg"
    late = now + timedelta(days=KEPT_DAYS)
    assert services.erase_words(late - timedelta(days=1)) == 0
    assert services.erase_words(late) == 1
    case = Case.objects.get()
    assert (case.words, case.place, case.search, case.door) == ("", "", "", "")
    assert not Photo.objects.exists() and not default_storage.exists(name)
    assert not Reporter.objects.exists()
    assert "501" not in str(list(Step.objects.values_list("words", flat=True)))
    assert Answer.objects.get().words
    tracked = track(one.code)
    assert not tracked.own.words and tracked.answers


def test_a_backup_brings_nothing_back(cast, now):
    closed(cast, contact="13900000009")
    late = now + timedelta(days=KEPT_DAYS)
    services.erase_words(late)
    kept = list(notes())
    again = taken(cast)  # stands for the row that a backup brings back under the same key
    kept = [
        type(one)(one.kind, str(again.case.pk), one.at) for one in kept if one.kind == "cases.words"
    ]
    assert Case.objects.get(pk=again.case.pk).words == WORDS
    assert replay(kept).erased == 1
    assert Case.objects.get(pk=again.case.pk).words == ""
