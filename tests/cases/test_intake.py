"""A case comes in: once, at a cost, with everything it sets going, and its words are kept for ever."""

import io

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from PIL import Image

from renwang.base.models import Counter, Entry
from renwang.cases import photos, services
from renwang.cases.models import Case, Clock, Photo, Reporter
from renwang.cases.rules import (
    AT_MOST_IN_AN_HOUR,
    CameInTheFuture,
    KindUnknown,
    ReportedTooOften,
    State,
    Via,
    WordsMissing,
    WordsTooLong,
)
from renwang.cases.services import intake
from renwang.cases.tracking import track
from renwang.chain.reach import NotInReach
from renwang.outreach.models import Errand
from tests import make
from tests.cases.conftest import DAY, WORDS, brought, entered, report, taken


def picture(colour: str = "red") -> bytes:
    drawn = io.BytesIO()
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (26.0, 34.0, 0.0)}
    Image.new("RGB", (80, 60), colour).save(drawn, "JPEG", exif=exif)
    return drawn.getvalue()


class TestWhoMayNot:
    @pytest.mark.parametrize("who", ["stranger", "leader"])
    def test_enter_for_a_place_out_of_reach(self, cast, who):
        by = cast.viewer(getattr(cast, who))
        with pytest.raises(NotInReach):
            services.enter_report(report(), cast.street, Via.TELEPHONE, by=by, now=cast.now)

    @pytest.mark.parametrize(
        ("changes", "refusal"),
        [
            ({"words": "  \n"}, WordsMissing),
            ({"words": "长" * 4001}, WordsTooLong),
            ({"kind": "no_such"}, KindUnknown),
            ({"contact": "1" * 121}, WordsTooLong),
            ({"files": [b"no picture"]}, photos.NotAPhoto),
            ({"files": [picture()] * 4}, photos.TooMany),
        ],
    )
    def test_bring_what_is_none(self, cast, changes, refusal):
        with pytest.raises(refusal):
            taken(cast, **changes)
        assert not Case.objects.exists() and not Errand.objects.exists()

    def test_bring_what_is_still_to_be_said(self, cast):
        by = cast.viewer(cast.worker)
        told = report(came_at=cast.now + DAY)
        with pytest.raises(CameInTheFuture):
            services.enter_report(told, cast.grid, Via.PAPER, by=by, now=cast.now)

    def test_bring_very_much_by_one_connection(self, cast):
        for _one in range(AT_MOST_IN_AN_HOUR):
            taken(cast)
        with pytest.raises(ReportedTooOften):
            taken(cast)
        assert Case.objects.count() == AT_MOST_IN_AN_HOUR
        assert not Counter.objects.filter(name__contains="192").exists()
        intake.forget_rates(cast.now + DAY)
        assert not Counter.objects.filter(name__startswith="cases.rate").exists()


class TestWhatItSetsGoing:
    def test_is_one_transaction_of_fifteen_statements_at_most(self, cast):
        taken(cast, contact="13900000009")
        with CaptureQueriesContext(connection) as made:
            taken(
                cast, contact="13900000009", files=[picture()], kind="fire_safety",
                tells=True, tells_code=True,
            )  # fmt: skip
        own = [
            one["sql"]
            for one in made
            if not one["sql"].startswith(("BEGIN", "COMMIT", "SAVE", "RELE"))
        ]
        assert len(own) <= 15, "\n".join(own)

    def test_is_a_state_three_clocks_a_fact_and_somebody_called(self, cast):
        case = brought(cast)
        assert case.state == State.RECEIVED and case.holder == cast.grid
        kinds = set(Clock.objects.filter(case=case).values_list("kind", flat=True))
        assert kinds == {"receive", "first_reply", "answer"}
        errand = Errand.objects.get(subject_id=case.pk)
        assert errand.path == cast.grid.path and errand.capability == "cases.handle"
        assert WORDS not in str(errand.said)
        fact = Entry.objects.get(verb="cases.reported")
        assert fact.subject_ref == case.ref and WORDS not in fact.body

    def test_calls_somebody_at_once_where_a_word_of_danger_is(self, cast):
        case = brought(cast, "二楼楼道着火了，有人被困")
        assert case.alarm and case.kind == "danger"
        errand = Errand.objects.get(subject_id=case.pk)
        assert errand.colour == "orange"
        assert (errand.due_at - cast.now).total_seconds() <= 600

    def test_photographs_lose_position_and_device(self, cast):
        case = brought(cast, files=[picture(), picture(), picture("blue")])
        kept = Photo.objects.filter(case=case)
        assert kept.count() == 2
        for one in kept:
            with default_storage.open(f"cases/{one.pk}.jpg") as file:
                assert not Image.open(file).getexif()


class TestSentAgain:
    def test_is_the_same_case_and_the_same_code(self, cast):
        told = report(contact="13900000009")
        first, again = (
            services.report_publicly(told, cast.grid, address="192.0.2.7", now=cast.now)
            for _turn in range(2)
        )
        assert first.is_new and not again.is_new
        assert (first.case.pk, first.code) == (again.case.pk, again.code)
        assert Case.objects.count() == Reporter.objects.count() == 1

    def test_the_code_is_kept_nowhere_and_leads_back_however_it_is_typed(self, cast):
        one = taken(cast)
        assert one.code not in str(Case.objects.values().get())
        assert track(services.show_code(one.code).lower()).own.pk == one.case.pk
        assert track(one.code[:-1]) is None
        assert one.case.ref not in one.code

    def test_two_reports_never_share_a_code(self, cast):
        assert taken(cast).code != taken(cast).code


class TestWordsAreKept:
    @pytest.mark.django_db(transaction=True)
    def test_by_the_database_itself(self, transactional_db):
        from tests.cast import assemble
        from tests.conftest import NOW

        cast = assemble(NOW)
        case = brought(cast)
        with pytest.raises(DatabaseError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(words="没有的事")
        case.refresh_from_db()
        assert case.words == WORDS
        case.save()
        assert Case.objects.filter(pk=case.pk).update(words="") == 1

    def test_blanks_round_them_aside_exactly_as_they_were_said(self, cast):
        assert brought(cast, f"  {WORDS}\n").words == WORDS


class TestThePlace:
    def test_is_the_duties_lists_to_say(self, cast, now):
        from renwang.cases import config

        kinds = config.kinds()
        assert intake.route(cast.grid, kinds["complaint"], now) == cast.grid
        assert intake.route(cast.grid, kinds["gas"], now) == cast.grid  # nobody is named yet

    def test_may_be_a_building_and_a_door(self, cast):
        house = make.building("3 号楼", cast.group)
        case = brought(cast, building=house, door="2 单元", lon=106.5, lat=29.5)
        assert (case.building, case.door, case.lon) == (house, "2 单元", 106.5)


def test_what_the_field_enters_knows_who_entered_it(cast):
    assert entered(cast).entered_by == cast.worker.pk
    assert brought(cast).entered_by is None
