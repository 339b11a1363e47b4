"""Who leads for this hazard, here, in this phase, at this moment."""

from datetime import date, timedelta

import pytest

from renwang.chain.models import Holding
from renwang.chain.services import division, posts
from renwang.registers.duties import services
from renwang.registers.duties.rules import Phase
from renwang.registers.duties.selectors.answering import (
    answered_for,
    answering_against,
    answering_at,
    answering_for,
)
from renwang.registers.hazards import EVERY
from tests.registers.duties.listed import drafted, in_force, proposed, terms

DAY = timedelta(days=1)


def asked(unit, at, phase=Phase.RESPOND, hazard="rainstorm"):
    return answering_for(unit, hazard, phase, at=at)


class TestHoles:
    def test_where_nothing_holds_nobody_answers(self, cast, now):
        drafted(cast)
        proposed(cast, phase=Phase.PREPARE)
        in_force(cast, from_on=date(2026, 8, 1))
        assert asked(cast.community, now) is None
        assert asked(cast.community, now, Phase.PREPARE) is None
        in_force(cast, cast.neighbour_community, phase=Phase.RECOVER)
        assert asked(cast.community, now, Phase.RECOVER) is None

    def test_what_holds_below_does_not_hold_above(self, cast, now):
        in_force(cast, cast.grid, cast.grid_post)
        assert asked(cast.community, now) is None

    def test_a_vacant_post_is_a_post_for_which_nobody_stands(self, cast, now):
        in_force(cast, leader=cast.grid_post)
        posts.vacate_post(post=cast.grid_post, person=cast.worker, by="node:test", now=now)
        found = asked(cast.community, now)
        assert (found.post, found.is_held, found.person_name) == (cast.grid_post, False, "")


class TestWhoAnswers:
    def test_from_above_unless_something_nearer_was_made(
        self, cast, now, django_assert_num_queries
    ):
        wide = in_force(cast, cast.street, cast.street_post)
        with django_assert_num_queries(1):
            found = asked(cast.contact_household, now)
            assert (found.duty, found.post, found.is_inherited) == (wide, cast.street_post, True)
            assert found.person_name == "杜值守"
        near = in_force(cast, cast.community)
        found = asked(cast.contact_household, now)
        assert (found.duty, found.is_inherited) == (near, True)
        assert asked(cast.community, now).is_inherited is False
        assert asked(cast.neighbour_community, now).duty == wide

    def test_a_deputy_stands_in_where_nobody_holds_the_post(self, cast, now):
        in_force(cast)
        assert asked(cast.community, now).person_id == cast.secretary.pk
        posts.vacate_post(post=cast.community_post, person=cast.secretary, by="node:test", now=now)
        found = asked(cast.community, now)
        assert (found.person_id, found.is_deputy, found.is_held) == (cast.deputy.pk, True, True)

    def test_of_two_the_earlier_is_answered_by_and_the_other_named(self, cast, now):
        first = in_force(cast)
        second = drafted(cast, leader=cast.grid_post, from_on=date(2026, 7, 1))
        services.take_over_duty(second.pk, document="另一份清单", by="node:test", now=now)
        found = asked(cast.community, now)
        assert found.duty == second
        assert found.rivals == (first,)

    def test_all_cells_of_a_place_in_one_statement(self, cast, now, django_assert_num_queries):
        in_force(cast)
        in_force(cast, cast.street, cast.street_post)
        in_force(cast, cast.street, cast.street_post, hazard="fire", phase=Phase.PREVENT)
        with django_assert_num_queries(1):
            found = answering_at(cast.community, at=now)
        assert {cell: one.is_inherited for cell, one in found.items()} == {
            ("rainstorm", Phase.RESPOND): False,
            ("fire", Phase.PREVENT): True,
        }
        for (hazard, phase), one in found.items():
            assert asked(cast.community, now, phase, hazard).duty == one.duty


class TestForAllHazards:
    def test_it_answers_where_none_was_made_for_the_very_hazard(
        self, cast, now, django_assert_num_queries
    ):
        near = in_force(cast, cast.community, hazard=EVERY)
        with django_assert_num_queries(1):
            found = asked(cast.grid, now, hazard="snowstorm")
        assert (found.duty, found.is_general, found.is_inherited) == (near, True, True)
        assert asked(cast.grid, now, Phase.PREVENT, "snowstorm") is None
        wide = in_force(cast, cast.street, cast.street_post)
        found = asked(cast.grid, now)  # who knows the very hazard leads, also from above
        assert (found.duty, found.is_general, found.rivals) == (wide, False, ())
        assert asked(cast.strangers_street, now, hazard="snowstorm") is None

    def test_the_nearest_of_those_for_all_and_their_contradiction(self, cast, now):
        in_force(cast, cast.street, cast.street_post, hazard=EVERY)
        near = in_force(cast, cast.community, hazard=EVERY)
        second = drafted(cast, leader=cast.grid_post, hazard=EVERY)
        services.take_over_duty(second.pk, document="另一份清单", by="node:test", now=now)
        found = asked(cast.community, now, hazard="heat")
        assert (found.duty, found.rivals) == (near, (second,))
        assert asked(cast.neighbour_community, now, hazard="heat").post == cast.street_post

    def test_it_fills_the_rows_of_a_matrix_and_the_phases_of_a_hazard(self, cast, now):
        near = in_force(cast, cast.community, hazard=EVERY)
        own = in_force(cast, hazard="fire", phase=Phase.PREVENT)
        found = answering_at(cast.community, at=now, hazards=["heat"])
        assert {cell: one.duty for cell, one in found.items()} == {
            (EVERY, Phase.RESPOND): near,
            ("fire", Phase.PREVENT): own,
            ("fire", Phase.RESPOND): near,
            ("heat", Phase.RESPOND): near,
        }
        against = answering_against(cast.grid, "fire", at=now)
        assert {phase: one.duty for phase, one in against.items()} == {
            Phase.PREVENT: own,
            Phase.RESPOND: near,
        }

    def test_it_answered_in_the_past_too(self, cast, now):
        near = in_force(cast, cast.community, hazard=EVERY)
        found = answered_for(cast.grid, "heat", Phase.RESPOND, at=now + DAY)
        assert found.duty == near


class TestThePast:
    def test_who_answered_then_is_who_held_the_post_then(self, cast, now):
        in_force(cast, at=now)
        later = now + 30 * DAY
        posts.vacate_post(
            post=cast.community_post, person=cast.secretary, by="node:test", now=later
        )
        posts.vacate_post(post=cast.community_post, person=cast.deputy, by="node:test", now=later)
        posts.appoint_holder(
            post=cast.community_post,
            person=cast.worker,
            by="node:test",
            now=later,
            with_grant=False,
        )
        assert asked(cast.community, now + DAY).person_id == cast.secretary.pk
        assert asked(cast.community, later + DAY).person_id == cast.worker.pk

    def test_what_was_superseded_is_still_answered_for_its_time(self, cast, now):
        old = in_force(cast)
        new = services.begin_successor(old.pk, terms(cast.grid_post), by="node:test", now=now)
        services.propose_duty(new.pk, by="node:test", now=now)
        services.approve_duty(new.pk, by="node:test", now=now + 5 * DAY)
        assert asked(cast.community, now + 4 * DAY).duty == old
        assert asked(cast.community, now + 5 * DAY).duty == new
        assert asked(cast.community, now - DAY) is None

    @pytest.mark.parametrize("days", [1, 40])
    def test_by_the_places_as_they_lay(self, cast, now, days):
        mine = in_force(cast, cast.community)
        theirs = in_force(cast, cast.neighbour_community, cast.street_post)
        moved = now + 30 * DAY
        division.move_unit(
            unit=cast.grid, parent=cast.neighbour_community, by="node:test", now=moved
        )
        cast.grid.refresh_from_db()
        services.follow_places(moved)
        found = answered_for(cast.grid, "rainstorm", Phase.RESPOND, at=now + days * DAY)
        assert found.duty == (mine if days == 1 else theirs)
        assert answering_for(cast.grid, "rainstorm", Phase.RESPOND, at=moved).duty == theirs

    def test_before_it_was_founded_nobody_answered(self, cast, now):
        long_ago = now - 5000 * DAY
        assert answered_for(cast.grid, "rainstorm", Phase.RESPOND, at=long_ago) is None
        assert Holding.objects.exists()
