"""Check rounds: refusals first, then exactly those a warning concerns, in order, and numbers that name nobody."""

from datetime import timedelta

import pytest

from renwang.alerts.cap import MsgType
from renwang.base.models import Entry
from renwang.base.sealing import seal_all
from renwang.chain.models import Household
from renwang.registers.care import finding, rules
from renwang.registers.care import services as care
from renwang.registers.care.models import CheckRound, RoundDoor
from renwang.registers.care.round_rules import RoundOutcome
from renwang.registers.care.rules import Why
from renwang.registers.care.services.pairing import pair_helper
from renwang.registers.care.services.rounds import (
    Cause,
    RoundOver,
    end_rounds,
    explain_order,
    record_door,
    send_helper,
    start_round,
)
from renwang.registers.care.services.visiting import record_visit
from renwang.registers.care.visit_rules import Outcome
from renwang.response.check_rounds import ENDS, STARTS, follow_warnings, hazard_key
from tests import make
from tests.registers.care.listed import SECRETS, entered, entry, keeper, opener
from tests.web.desk_pages import as_, relayed


@pytest.fixture(autouse=True)
def _own_keys(settings, tmp_path):
    settings.RENWANG_CARE_KEYS = str(tmp_path / "keys")


def follow(cast) -> int:
    """Let response read all that happened to warnings."""
    seal_all()
    facts = list(Entry.objects.filter(verb__in=[STARTS, *ENDS]).order_by("id"))
    return follow_warnings(facts, cast.now)


def started(cast, hazard: str = "rainstorm", *, path: str = "") -> CheckRound | None:
    """The round of an invented warning."""
    cause = Cause(
        "thread", cast.street.pk, cast.street.path, (path or cast.street.path,), hazard, "暴雨"
    )
    return start_round(cause, now=cast.now)


class TestRefusals:
    def test_only_who_leads_it_sends_and_explains(self, cast):
        entry(cast)
        made = started(cast)
        one = made.doors.get()
        keeper(cast)
        make.grant(cast.stranger, "care_keeper", cast.strangers_street)
        for who in (cast.stranger, cast.operator, cast.worker, cast.head):
            viewer = cast.viewer(who)
            with pytest.raises(PermissionError):
                send_helper(made.pk, [one.pk], cast.worker, by=viewer, now=cast.now)
            with pytest.raises(rules.NotYours):
                explain_order(made.pk, by=viewer, now=cast.now)
            with pytest.raises(rules.NotYours):
                record_door(one.pk, RoundOutcome.WELL, by=viewer, now=cast.now)
        assert send_helper(made.pk, [one.pk], cast.worker, by=opener(cast), now=cast.now) == 1

    def test_who_is_sent_sees_exactly_his_doors_and_only_while_it_lasts(self, cast):
        mine, other = entry(cast), entry(cast)
        made, by = started(cast), opener(cast)
        one = made.doors.get(entry=mine)
        send_helper(made.pk, [one.pk], cast.worker, by=by, now=cast.now)
        worker = cast.viewer(cast.worker)
        assert care.look_into(mine.pk, by=worker, now=cast.now).why is Why.SENT
        with pytest.raises(rules.NotYours):
            care.look_into(other.pk, by=worker, now=cast.now)
        record_door(one.pk, RoundOutcome.CLINIC, by=worker, now=cast.now)
        end_rounds(["thread"], now=cast.now)
        with pytest.raises(rules.NotYours):
            care.look_into(mine.pk, by=worker, now=cast.now)
        with pytest.raises(RoundOver):
            record_door(one.pk, RoundOutcome.WELL, by=worker, now=cast.now)

    def test_a_rehearsal_and_an_exercise_knock_nobody_up(self, cast, now):
        entry(cast)
        relay = relayed(cast, now)
        type(relay).objects.update(drill=cast.street.pk)
        assert follow(cast) == 0
        assert not CheckRound.objects.exists()

    def test_the_keeper_of_a_part_leads_his_part_only(self, cast):
        mine = entry(cast)
        make.grant(cast.secretary, "care_keeper", cast.neighbour_community)
        other = entry(cast, at=cast.neighbour_community)
        cast.secretary.grants.filter(unit=cast.neighbour_community).delete()
        made, by = started(cast), keeper(cast)
        assert [one.entry for one in finding.round_doors(by, made)] == [mine]
        assert finding.tallies_of([made.pk], viewer=by)[made.pk].doors == 1
        assert set(explain_order(made.pk, by=by, now=cast.now)) == {mine.pk}
        with pytest.raises(PermissionError):
            one = made.doors.get(entry=other)
            send_helper(made.pk, [one.pk], cast.worker, by=by, now=cast.now)


class TestWhom:
    def test_exactly_those_it_concerns_where_it_applies(self, cast):
        stairs, hearing = entry(cast, "stairs"), entry(cast, "hearing")
        entry(cast, "sight", at=cast.grid)
        make.grant(cast.secretary, "care_keeper", cast.neighbour_community)
        entry(cast, "oxygen", at=cast.neighbour_community)
        made = started(cast, "lift", path=cast.community.path)
        order = list(made.doors.order_by("position").values_list("entry_id", flat=True))
        assert order == [hearing.pk, stairs.pk]  # who would not hear of it comes first

    def test_oxygen_before_stairs_when_the_power_fails_and_the_reasons_are_a_look(self, cast):
        stairs, oxygen = entered(cast, "stairs"), entered(cast, "oxygen")
        made, by = started(cast, "power_cut"), opener(cast)
        order = list(made.doors.order_by("position").values_list("entry_id", flat=True))
        assert order == [oxygen.entry.pk, stairs.entry.pk]
        reasons = explain_order(made.pk, by=by, now=cast.now)
        assert [one.effect for one in reasons[oxygen.entry.pk]] == ["power"]
        looks = finding.looks_at(finding.entry_by_code(oxygen.code))
        assert [(one.who, one.why) for one in looks] == [("杜值守（街道值班员）", Why.SENT)]

    def test_who_cannot_be_read_is_knocked_at_last_and_not_left_out(self, cast, settings, tmp_path):
        lost = entry(cast, "oxygen")
        settings.RENWANG_CARE_KEYS = str(tmp_path / "elsewhere")
        read = entry(cast, "stairs")
        made = started(cast)
        order = list(made.doors.order_by("position").values_list("entry_id", flat=True))
        assert order == [read.pk, lost.pk]

    def test_nobody_concerned_makes_no_round(self, cast):
        entry(cast, "stairs")
        assert started(cast, "haze") is None
        assert not CheckRound.objects.exists()

    def test_the_paired_helper_is_sent_by_itself(self, cast):
        made = entry(cast)
        pair_helper(made.pk, cast.head, by=keeper(cast), now=cast.now)
        started(cast)
        [door] = finding.doors_of(cast.viewer(cast.head), cast.now)
        assert door.in_round is not None
        assert finding.due_doors(cast.viewer(cast.head), cast.now) == 1


@pytest.mark.parametrize(
    ("words", "key"),
    [
        (("rainstorm",), "rainstorm"),
        (("", "暴雨"), "rainstorm"),
        (("", "Flash flood"), "flash_flood"),
        (("", "某预警", "柳湾区发布山洪灾害气象橙色预警"), "flash_flood"),
        (("陨石", "陨石"), "陨石"),
        (("", "", ""), ""),
    ],
)
def test_the_hazard_is_found_in_the_warnings_own_words(words, key):
    assert hazard_key(*words) == key


class TestWhileItLasts:
    def test_a_warning_makes_it_an_update_goes_on_and_the_end_ends_it(self, cast, now):
        first = entry(cast, "oxygen")
        relay = relayed(cast, now)
        assert follow(cast) == 1
        assert follow(cast) == 0 or CheckRound.objects.count() == 1
        made = CheckRound.objects.get()
        one = made.doors.get(entry=first)
        record_door(one.pk, RoundOutcome.WELL, by=opener(cast), now=cast.now)
        entry(cast, "oxygen")
        follow(cast)
        assert finding.tally_for(made.thread, made.path, "/").answered == 1
        assert made.doors.count() == 2
        type(relay.alert).objects.filter(pk=relay.alert_id).update(state="expired")
        with_end = Entry.objects.filter(verb=STARTS).first()
        with_end.verb, with_end.subject_id = "alerts.expired", str(relay.alert_id)
        follow_warnings([with_end], cast.now)
        made.refresh_from_db()
        assert made.ended_at == cast.now
        facts = Entry.objects.get(verb="care.round_ended").facts
        assert (facts["doors"], facts["answered"]) == (2, 1)

    def test_a_cancel_makes_none(self, cast, now):
        entry(cast)
        relay = relayed(cast, now)
        type(relay.alert).objects.filter(pk=relay.alert_id).update(msg_type=MsgType.CANCEL)
        assert follow(cast) == 0

    def test_forgotten_while_it_runs_the_number_stays_and_nothing_else(self, cast):
        made = entry(cast)
        started(cast)
        care.withdraw_consent(made.pk, by=keeper(cast), now=cast.now)
        one = RoundDoor.objects.get()
        assert one.entry_id is None
        assert finding.tally_for("thread", cast.street.path, "/").doors == 1
        assert finding.round_doors(keeper(cast), one.check_round) == []

    def test_numbers_as_one_says_them(self, cast):
        for _ in range(4):
            entry(cast)
        made, by = started(cast), opener(cast)
        said = (RoundOutcome.WELL, RoundOutcome.CLINIC, RoundOutcome.NOBODY)
        for one, outcome in zip(made.doors.all(), said, strict=False):
            record_door(one.pk, outcome, by=by, now=cast.now)
            record_door(one.pk, outcome, by=by, now=cast.now)
        tally = finding.tally_for("thread", made.path, "/")
        assert (tally.doors, tally.answered, tally.clinic, tally.nobody, tally.waiting) == (
            4,
            2,
            1,
            1,
            1,
        )
        assert Entry.objects.filter(verb="care.door_done").count() == 3


def test_the_board_shows_numbers_and_nobody(cast, now):
    for _ in range(5):
        made = entry(cast, "oxygen")
    relay = relayed(cast, now)
    follow(cast)
    address = f"/desk/relays/{relay.pk}/"
    page = as_(cast.officer).get(address).content.decode()
    assert "重点人群清单" in page
    assert [one for one in (*SECRETS, made.ref) if one in page] == []
    live = as_(cast.officer).get(f"{address}live/")
    mark = live["ETag"]
    one = RoundDoor.objects.first()
    record_door(one.pk, RoundOutcome.WELL, by=opener(cast), now=cast.now)
    again = as_(cast.officer).get(f"{address}live/", headers={"If-None-Match": mark})
    assert again.status_code == 200


def test_so_few_that_they_would_be_known_are_not_counted_for_others(cast, now):
    entry(cast, "oxygen")
    relay = relayed(cast, now)
    follow(cast)
    address = f"/desk/relays/{relay.pk}/"
    assert "重点人群清单里" not in as_(cast.officer).get(address).content.decode()
    opener(cast)
    assert "重点人群清单里" in as_(cast.officer).get(address).content.decode()


def test_a_visit_is_no_door_of_a_round(cast):
    made = entry(cast)
    started(cast)
    record_visit(made.pk, made.pk, Outcome.WELL, by=keeper(cast), now=cast.now + timedelta(hours=1))
    assert RoundDoor.objects.get().outcome == RoundOutcome.WAITING
    assert Household.objects.filter(pk=made.household_id).exists()
