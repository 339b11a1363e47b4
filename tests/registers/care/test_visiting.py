"""Pairing and visits: refusals first, then three taps, then what is missed climbs."""

from datetime import timedelta

import pytest

from renwang.base.models import Entry
from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.registers.care import finding, rules
from renwang.registers.care.models import CareEntry, Pairing, Visit
from renwang.registers.care.services.pairing import (
    BACKUP,
    HelperGone,
    PairedTwice,
    pair_helper,
    unpair_helper,
)
from renwang.registers.care.services.visiting import climb_visits, record_visit, settle_want
from renwang.registers.care.sight import day_of
from renwang.registers.care.visit_rules import Outcome
from tests.registers.care.listed import entry, keeper


class TestWhoMayNot:
    def test_only_the_keeper_pairs(self, cast):
        made, by = entry(cast), keeper(cast)
        for who in (cast.stranger, cast.operator, cast.officer, cast.worker):
            with pytest.raises(reach.NotInReach):
                pair_helper(made.pk, cast.worker, by=cast.viewer(who), now=cast.now)
        assert pair_helper(made.pk, cast.worker, by=by, now=cast.now)

    def test_who_has_left_and_who_is_the_helper_already(self, cast):
        made, by = entry(cast), keeper(cast)
        pair_helper(made.pk, cast.worker, by=by, now=cast.now)
        with pytest.raises(PairedTwice):
            pair_helper(made.pk, cast.worker, rank=BACKUP, by=by, now=cast.now)
        cast.leader.is_active = False
        with pytest.raises(HelperGone):
            pair_helper(made.pk, cast.leader, by=by, now=cast.now)

    def test_who_does_not_look_after_it_records_no_visit(self, cast):
        made = entry(cast)
        for who in (cast.stranger, cast.operator, cast.worker):
            with pytest.raises(rules.NotYours):
                record_visit(
                    uuid7(cast.now), made.pk, Outcome.WELL, by=cast.viewer(who), now=cast.now
                )
        assert not Visit.objects.exists()


class TestPairing:
    def test_another_helper_takes_the_place_of_the_one_before(self, cast):
        made, by = entry(cast), keeper(cast)
        for who in (cast.worker, cast.head, cast.head):
            pair_helper(made.pk, who, by=by, now=cast.now)
        assert [one.person for one in Pairing.objects.all()] == [cast.head]
        facts = Entry.objects.filter(verb__startswith="care.").order_by("id")
        verbs = list(facts.values_list("verb", flat=True))
        assert verbs[1:] == ["care.paired", "care.unpaired", "care.paired"]
        unpair_helper(made.pk, rank=0, by=by, now=cast.now)
        unpair_helper(made.pk, rank=0, by=by, now=cast.now)
        assert not Pairing.objects.exists()

    def test_the_nearest_is_suggested_and_who_has_many_doors_comes_later(self, cast):
        made = entry(cast)
        assert finding.suggest_helpers(made)[0] == cast.head
        assert cast.stranger not in finding.suggest_helpers(made, most=50)


class TestVisits:
    def visit(self, cast, made, outcome, *, days=0, want=""):
        now = cast.now + timedelta(days=days)
        by = reach.viewer_of(cast.head, now)
        return record_visit(uuid7(now), made.pk, outcome, by=by, now=now, want=want)

    def paired(self, cast) -> CareEntry:
        made = entry(cast)
        pair_helper(made.pk, cast.head, by=keeper(cast), now=cast.now)
        pair_helper(made.pk, cast.leader, rank=BACKUP, by=keeper(cast), now=cast.now)
        return made

    def test_the_rhythm_is_that_of_the_most_fragile_need(self, cast):
        made = self.paired(cast)
        today = day_of(cast.now)
        assert made.visit_on == today + timedelta(days=7)  # oxygen, not stairs
        self.visit(cast, made, Outcome.WELL, days=3)
        made.refresh_from_db()
        assert made.visit_on == today + timedelta(days=10)

    def test_nobody_opened_is_tried_again_and_still_climbs(self, cast):
        made = self.paired(cast)
        self.visit(cast, made, Outcome.NOBODY, days=7)
        made.refresh_from_db()
        assert made.visit_on == day_of(cast.now) + timedelta(days=8)
        assert climb_visits(cast.now + timedelta(days=8)) == 1

    def test_what_is_needed_is_sealed_and_settled(self, cast):
        made = self.paired(cast)
        self.visit(cast, made, Outcome.NEEDS, want="药没了")
        made.refresh_from_db()
        assert "药" not in made.want
        settle_want(made.pk, by=keeper(cast), now=cast.now)
        settle_want(made.pk, by=keeper(cast), now=cast.now)
        made.refresh_from_db()
        assert (made.want, made.wants_at) == ("", None)
        assert Entry.objects.filter(verb="care.want_settled").count() == 1

    def test_missed_it_climbs_to_the_back_up_the_keeper_and_above(self, cast):
        made = self.paired(cast)
        seen = []
        for days in range(17):
            now = cast.now + timedelta(days=days)
            climb_visits(now)
            assert climb_visits(now) == 0  # a second worker finds nothing left to do
            made.refresh_from_db()
            backup = reach.viewer_of(cast.leader, now)
            seen.append((made.rung, len(finding.doors_of(backup, now))))
        assert [rung for rung, _doors in seen] == [0] * 8 + [1, 1, 2, 2, 2, 2, 3, 3, 3]
        # The back-up's door stands on his list once it hangs on him.
        assert [doors for _rung, doors in seen] == [0] * 8 + [1] * 9
        facts = Entry.objects.filter(verb="care.visit_missed")
        assert [one.facts["on"] for one in facts.order_by("id")] == ["backup", "keeper", "above"]
        assert finding.climbed_to(keeper(cast)) == 1
        self.visit(cast, made, Outcome.WELL, days=17)
        made.refresh_from_db()
        assert made.rung == 0
        assert finding.climbed_to(keeper(cast)) == 0

    def test_a_visit_between_look_and_climb_wins(self, cast):
        made = self.paired(cast)
        late = cast.now + timedelta(days=9)
        self.visit(cast, made, Outcome.WELL, days=9)
        assert climb_visits(late) == 0
