"""The promises about people: contacts and words go when their time is over, also from what a backup brings back."""

from datetime import timedelta

from django.core.files.storage import default_storage

from renwang.base.forgetting import notes, replay
from renwang.base.models import Entry, Forgotten
from renwang.base.pure.ids import uuid7
from renwang.base.retention import recount, standing
from renwang.cases import services
from renwang.cases.kind_rules import KEPT_DAYS
from renwang.cases.models import Answer, Case, Photo, Raised, Reporter, SavedFilter, Step, Topic
from renwang.cases.services.answering import REPORTER_KEPT_FOR
from renwang.cases.tracking import track
from renwang.outreach.models import Errand
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


def test_what_was_said_and_written_goes_and_what_counts_stays(cast, now):
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
    assert not Step.objects.exclude(words="").exists()
    answer = Answer.objects.get()
    assert (answer.words, answer.who, answer.helped_words) == ("", "", "")
    assert (answer.end, answer.done_on is not None) == ("done", True)
    assert (case.kind, case.unit, case.end, case.closed_at) == ("other", cast.grid, "done", now)
    tracked = track(one.code)
    assert not tracked.own.words and tracked.answers


def test_each_run_leaves_a_proof_that_can_be_made_again_and_tells_nothing(cast, now):
    one, other = closed(cast, contact="13900000009"), closed(cast)
    late = now + timedelta(days=KEPT_DAYS)
    waiting = {each.retention.kind: each.overdue for each in standing(late)}
    assert waiting["cases.words"] == 2
    services.erase_words(late)
    [fact] = Entry.objects.filter(verb="cases.words_erased")
    told = fact.facts
    assert (told["kind"], told["number"]) == ("cases.words", 2)
    assert recount("cases.words", late) == (2, told["proof"])
    assert not any(str(each.case.pk) in str(told) for each in (one, other))
    Forgotten.objects.filter(key=str(one.case.pk)).delete()
    assert recount("cases.words", late)[1] != told["proof"]
    [stands] = [each for each in standing(late) if each.retention.kind == "cases.words"]
    assert (stands.overdue, stands.last_at) == (0, late)


def test_a_hot_spot_loses_its_words_with_its_last_case_and_keeps_its_name(cast, now):
    one, other = closed(cast), closed(cast)
    topic = Topic.objects.create(
        id=uuid7(now), ref="H-1", unit=cast.grid, path=cast.grid.path, words=["路灯"], name="照明",
        search="路灯照明", first_at=now, last_at=now, found_at=now,
    )  # fmt: skip
    Raised.objects.bulk_create(Raised(case=each.case, topic=topic) for each in (one, other))
    Case.objects.filter(pk=one.case.pk).update(erase_at=now)
    assert services.erase_words(now) == 1
    topic.refresh_from_db()
    assert topic.words == ["路灯"]
    Case.objects.filter(pk=other.case.pk).update(erase_at=now)
    assert (services.erase_words(now), services.erase_words(now)) == (1, 0)
    topic.refresh_from_db()
    assert (topic.words, topic.name, topic.search) == ([], "照明", "照明")


def test_how_somebody_looked_at_the_inbox_goes_when_he_does(cast, now):
    for person in (cast.secretary, cast.worker):
        SavedFilter.objects.create(id=uuid7(now), person=person, name="急", query="q=", at=now)
    assert services.forget_filters() == 0
    type(cast.worker).objects.filter(pk=cast.worker.pk).update(is_active=False)
    assert services.forget_filters() == 1
    assert SavedFilter.objects.get().person == cast.secretary


def test_no_fact_of_a_whole_life_holds_a_word_of_a_resident(cast, now):
    said = "赵大爷住三单元五零一"
    one = taken(cast, f"{said}，路灯坏了", contact="13900000009", place=f"{said}门口")
    by = cast.viewer(cast.secretary)
    services.note_case(one.case.pk, f"{said}，已联系", by=by, now=now)
    services.add_by_code(one.code, f"{said}，又灭了", now=now)
    answered(cast, one.case)
    services.reject_by_code(one.code, f"{said}，还是不亮", now=now)
    told = "".join(Entry.objects.values_list("body", flat=True))
    assert said not in told and "13900000009" not in told
    assert said not in str(list(Errand.objects.values_list("said", flat=True)))


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
