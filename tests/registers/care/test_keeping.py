"""Keeping the care list: refusals first, then entering, changing, who sees what, and being forgotten."""

from datetime import timedelta

import pytest
from django.db import connection

from renwang.base import forgetting
from renwang.base.models import Entry
from renwang.chain import reach
from renwang.chain.rules import GrantRefused
from renwang.chain.services.grants import give_grant
from renwang.registers.care import finding, rules, services
from renwang.registers.care.models import CareEntry, Pairing, PaperLine, RoundDoor, Visit
from renwang.registers.care.rules import Why
from renwang.registers.care.services.keeping import follow_doors
from renwang.registers.care.services.pairing import pair_helper
from renwang.registers.care.sight import visible_to
from tests import make
from tests.databases import tables_with_rows
from tests.registers.care.listed import (
    SECRETS,
    consent,
    content,
    door,
    entered,
    entry,
    keeper,
    opener,
)


def everything_stored() -> str:
    """Every row of every table of the database, as one text."""
    found = []
    with connection.cursor() as cursor:
        for table in tables_with_rows(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [repr(row) for row in cursor.fetchall()]
    return "\n".join(found)


class TestWhoMayNot:
    def test_only_the_keeper_of_the_place_enters(self, cast):
        for who in (cast.stranger, cast.operator, cast.officer, cast.worker, cast.secretary):
            with pytest.raises(reach.NotInReach):
                services.enter_entry(
                    door(cast), content(), consent(cast), by=cast.viewer(who), now=cast.now
                )
        with pytest.raises(reach.NotInReach):  # the neighbouring community is not his
            services.enter_entry(
                door(cast, cast.neighbour_community), content(), consent(cast), by=keeper(cast),
                now=cast.now,
            )  # fmt: skip
        assert entry(cast)

    def test_nobody_else_looks_and_no_attempt_is_a_look(self, cast):
        made = entry(cast)
        make.grant(cast.stranger, "care_keeper", cast.strangers_street)
        pair_helper(entry(cast).pk, cast.leader, by=keeper(cast), now=cast.now)
        for who in (
            cast.stranger,
            cast.operator,
            cast.officer,
            cast.worker,
            cast.leader,
            cast.head,
        ):
            viewer = cast.viewer(who)
            assert finding.entry_for(viewer, made.pk, cast.now) is None
            with pytest.raises(rules.NotYours):
                services.look_into(made.pk, by=viewer, now=cast.now)
        assert not Entry.objects.filter(verb="care.seen").exists()
        assert services.look_into(made.pk, by=keeper(cast), now=cast.now).content == content()

    def test_the_operator_neither_may_nor_can_give_it(self, cast):
        assert not reach.BUNDLES["operator"] & reach.SEALED
        for bundle in ("care_keeper", "care_opener"):
            with pytest.raises(GrantRefused):
                give_grant(
                    person=cast.operator, bundle=bundle, unit=cast.district,
                    by=cast.viewer(cast.operator), now=cast.now,
                )  # fmt: skip

    def test_a_key_that_acts_for_the_keeper_opens_nothing(self, cast):
        made = entry(cast)
        keeper(cast)
        token = reach.viewer_of(cast.secretary, cast.now, scopes=["care.keep", "homes.see"])
        assert not visible_to(token, cast.now).exists()
        with pytest.raises(rules.NotYours):
            services.look_into(made.pk, by=token, now=cast.now)
        with pytest.raises(reach.NotInReach):
            services.withdraw_consent(made.pk, by=token, now=cast.now)

    def test_a_helper_sees_his_own_doors_only(self, cast):
        mine, other = entry(cast), entry(cast)
        pair_helper(mine.pk, cast.leader, by=keeper(cast), now=cast.now)
        leader = cast.viewer(cast.leader)
        assert services.look_into(mine.pk, by=leader, now=cast.now).why is Why.PAIRED
        with pytest.raises(rules.NotYours):
            services.look_into(other.pk, by=leader, now=cast.now)


class TestTheSeal:
    def test_neither_name_nor_need_nor_number_stands_anywhere_in_the_open(self, cast):
        made = entry(cast)
        services.look_into(made.pk, by=keeper(cast), now=cast.now)
        stored = everything_stored()
        assert [one for one in (*SECRETS, "oxygen", "stairs") if one in stored] == []

    def test_the_private_code_is_kept_nowhere(self, cast):
        made = entered(cast)
        plain = made.code.replace("-", "")
        assert made.code not in everything_stored() and plain not in everything_stored()
        assert finding.entry_by_code(made.code.lower().replace("-", " ")) == made.entry
        assert finding.entry_by_code("AAAA-BBBB-CCCC-DDDD") is None


class TestChanging:
    def test_the_slower_of_two_is_told(self, cast):
        made, by = entry(cast), keeper(cast)
        services.change_entry(made.pk, content("hearing"), version=1, by=by, now=cast.now)
        with pytest.raises(rules.EntryChanged):
            services.change_entry(made.pk, content("sight"), version=1, by=by, now=cast.now)
        assert services.look_into(made.pk, by=by, now=cast.now).content.needs == ("hearing",)

    def test_it_grows_stale_by_itself_and_is_confirmed(self, cast):
        made, by = entry(cast), keeper(cast)
        later = cast.now + timedelta(days=31)
        viewer = reach.viewer_of(cast.secretary, later)
        assert finding.count_states(viewer, finding.Wanted(), later)[finding.STALE] == 1
        services.confirm_entry(made.pk, by=by, now=later)
        assert finding.count_states(viewer, finding.Wanted(), later)[finding.STALE] == 0

    def test_it_goes_where_its_door_goes(self, cast):
        made = entry(cast)
        made.household.path = cast.grid.path
        made.household.unit = cast.grid
        made.household.save()
        assert follow_doors() == 1
        assert follow_doors() == 0
        made.refresh_from_db()
        assert made.path == cast.grid.path

    def test_a_door_off_the_books_leaves_the_person_on_the_list(self, cast):
        made = entry(cast)
        made.household.delete()
        viewer = keeper(cast)
        assert finding.count_states(viewer, finding.Wanted(), cast.now)[finding.DOORLESS] == 1
        services.move_entry(made.pk, door(cast), by=viewer, now=cast.now)
        assert finding.count_states(viewer, finding.Wanted(), cast.now)[finding.DOORLESS] == 0


class TestInAnEmergency:
    def test_only_with_a_reason_and_an_end_and_only_there(self, cast):
        made, officer = entry(cast), opener(cast)
        end = cast.now + timedelta(hours=2)
        with pytest.raises(rules.NotYours):
            services.look_into(made.pk, by=officer, now=cast.now)
        with pytest.raises(reach.NotInReach):
            services.open_list(cast.district, "找人", end, by=officer, now=cast.now)
        with pytest.raises(reach.NotInReach):
            services.open_list(
                cast.community, "找人", end, by=cast.viewer(cast.worker), now=cast.now
            )
        services.open_list(cast.neighbour_community, "找人", end, by=officer, now=cast.now)
        with pytest.raises(rules.NotYours):
            services.look_into(made.pk, by=officer, now=cast.now)
        services.open_list(cast.community, "楼里起火", end, by=officer, now=cast.now)
        assert services.look_into(made.pk, by=officer, now=cast.now).why is Why.OPENED
        with pytest.raises(rules.NotYours):
            services.look_into(made.pk, by=officer, now=end)

    def test_the_keeper_can_close_it_and_nobody_else(self, cast):
        entry(cast)
        end = cast.now + timedelta(hours=2)
        opening = services.open_list(cast.community, "起火", end, by=opener(cast), now=cast.now)
        with pytest.raises(rules.NotYours):
            services.close_list(opening.pk, by=cast.viewer(cast.worker), now=cast.now)
        services.close_list(opening.pk, by=keeper(cast), now=cast.now)
        with pytest.raises(rules.OpeningOver):
            services.close_list(opening.pk, by=keeper(cast), now=cast.now)
        assert not visible_to(cast.viewer(cast.officer), cast.now).exists()

    def test_who_may_no_longer_has_it_no_longer_open(self, cast):
        entry(cast)
        services.open_list(
            cast.community, "起火", cast.now + timedelta(hours=2), by=opener(cast), now=cast.now
        )
        cast.officer.grants.filter(bundle="care_opener").update(ended_at=cast.now)
        assert not visible_to(cast.viewer(cast.officer), cast.now).exists()


class TestLooks:
    def test_the_person_reads_who_looked_when_and_why(self, cast):
        made = entered(cast)
        pair_helper(made.entry.pk, cast.leader, by=keeper(cast), now=cast.now)
        services.look_into(made.entry.pk, by=cast.viewer(cast.leader), now=cast.now)
        services.open_list(
            cast.community, "楼里起火", cast.now + timedelta(hours=1), by=opener(cast), now=cast.now
        )
        services.look_into(
            made.entry.pk, by=cast.viewer(cast.officer), now=cast.now + timedelta(minutes=1)
        )
        looks = finding.looks_at(finding.entry_by_code(made.code))
        assert [(one.who, one.why, one.reason) for one in looks] == [
            ("杜值守（街道值班员）", Why.OPENED, "楼里起火"),
            ("楼长青（楼栋长）", Why.PAIRED, ""),
        ]

    def test_facts_carry_the_number_and_the_place_and_no_more(self, cast):
        made = entry(cast)
        services.look_into(made.pk, by=keeper(cast), now=cast.now)
        fact = Entry.objects.get(verb="care.seen")
        assert (fact.subject_ref, fact.place, fact.facts) == (
            made.ref,
            made.path,
            {"why": "keeper"},
        )


class TestBeingForgotten:
    def hanging(self, cast):
        made = entered(cast)
        pair_helper(made.entry.pk, cast.leader, by=keeper(cast), now=cast.now)
        Visit.objects.create(id=made.entry.pk, entry=made.entry, outcome="well", at=cast.now)
        return made

    def test_a_stranger_and_a_helper_cannot(self, cast):
        made = self.hanging(cast)
        for who in (cast.stranger, cast.operator, cast.leader):
            with pytest.raises(reach.NotInReach):
                services.withdraw_consent(made.entry.pk, by=cast.viewer(who), now=cast.now)

    def test_one_act_and_nothing_is_left_but_the_number(self, cast):
        made = self.hanging(cast)
        services.withdraw_consent(made.entry.pk, by=keeper(cast), now=cast.now)
        for model in (CareEntry, Pairing, Visit, PaperLine, RoundDoor):
            assert not model.objects.exists()
        fact = Entry.objects.get(verb="care.withdrawn")
        assert (fact.subject_ref, fact.facts) == (made.entry.ref, {})
        with pytest.raises(rules.EntryGone):
            services.withdraw_consent(made.entry.pk, by=keeper(cast), now=cast.now)

    def test_the_person_does_it_himself_with_his_code(self, cast):
        made = self.hanging(cast)
        with pytest.raises(rules.EntryGone):
            services.withdraw_by_code("AAAA-AAAA-AAAA-AAAA", now=cast.now)
        services.withdraw_by_code(made.code, now=cast.now)
        assert not CareEntry.objects.exists()
        assert Entry.objects.get(verb="care.withdrawn").actor == "node:private_code"
        with pytest.raises(rules.EntryGone):
            services.withdraw_by_code(made.code, now=cast.now)

    def test_what_an_old_backup_brings_back_is_forgotten_again(self, cast):
        made = self.hanging(cast).entry
        row = {field.attname: getattr(made, field.attname) for field in CareEntry._meta.fields}
        services.withdraw_consent(made.pk, by=keeper(cast), now=cast.now)
        CareEntry.objects.create(**row)  # as a restore of yesterday's backup does
        assert forgetting.replay(list(forgetting.notes())).erased == 1
        assert not CareEntry.objects.exists()

    def test_a_consent_that_ended_long_ago(self, cast):
        made, by = entry(cast), keeper(cast)
        end = cast.now + timedelta(days=366)
        later = reach.viewer_of(cast.secretary, end)
        assert services.look_into(made.pk, by=later, now=end).why is Why.KEEPER
        pair_helper(made.pk, cast.leader, by=by, now=cast.now)
        with pytest.raises(rules.ConsentOver):
            services.look_into(made.pk, by=cast.viewer(cast.leader), now=end)
        assert services.forget_lapsed(end) == 0
        assert services.forget_lapsed(end + timedelta(days=15)) == 1
        assert services.forget_lapsed(end + timedelta(days=15)) == 0
        assert Entry.objects.filter(verb="care.lapsed").count() == 1

    def test_a_consent_given_again_keeps_it(self, cast):
        made, by = entry(cast), keeper(cast)
        later = cast.now + timedelta(days=370)
        given = rules.Consent(
            rules.ConsentHow.SAID, later.date(), later.date() + timedelta(days=90)
        )
        services.renew_consent(made.pk, given, by=by, now=later)
        assert services.forget_lapsed(later + timedelta(days=20)) == 0
