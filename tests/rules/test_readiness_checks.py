"""Every check whose rule is pure fires where it should and nowhere else."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from renwang.alerts.readiness_rules import DraftSeen, FeedSeen, find_drafts, find_feed_holes
from renwang.registers.facilities.stock_rules import Lot, Needed, StockSeen
from renwang.registers.readiness import call_rules as calls
from renwang.registers.readiness import home_rules as homes
from renwang.registers.readiness.place_rules import (
    GRID_AT_MOST,
    HANGS_ON_ONE,
    STEPS,
    PersonSeen,
    PlaceSeen,
    PostSeen,
    WaySeen,
    find_lone_hands,
    find_overloaded,
    find_place_holes,
)
from renwang.registers.readiness.risk_rules import (
    MeasureSeen,
    RiskSeen,
    find_risk_holes,
    find_survey_holes,
)
from renwang.registers.readiness.rules import Found, Severity
from renwang.registers.readiness.struck_rules import (
    Followed,
    RiskStanding,
    StockPoint,
    find_unplanned,
    find_unstocked,
)
from renwang.registers.risks.rules import State
from renwang.registers.risks.scale_rules import Level
from renwang.response.readiness_rules import (
    CARE,
    RehearsedSeen,
    find_care_holes,
    find_unrehearsed,
)
from renwang.signals.fault_rules import FaultKind
from renwang.signals.readiness_rules import FaultSeen, TriggerSeen, find_faults, find_idle

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
TODAY = date(2026, 7, 15)
DAY, YEAR = timedelta(days=1), timedelta(days=366)
HERE = "/50/5001/"

WAY = WaySeen("sms", has_worked=True)
APP = WaySeen("app", has_worked=True)
FAILED = WaySeen("sms", has_failed=True, has_worked=True)
HOLDER = PersonSeen("p1", 0, (WAY, APP))
DEPUTY = PersonSeen("p2", 1, (WAY,))


def holder(*ways: WaySeen, **more: Any) -> PersonSeen:
    return PersonSeen("p1", 0, ways, **more)


def place(*people: PersonSeen, **changes: Any) -> PlaceSeen:
    """A community whose post is held, deputised and reached, with whatever is changed."""
    post = PostSeen("post", "书记", True, people or (HOLDER, DEPUTY))
    return PlaceSeen(HERE, "石桥", **({"posts": (post,), "households": 300} | changes))


def of_place(seen: PlaceSeen) -> list[Found]:
    return find_place_holes(seen, TODAY)


OTHER = PostSeen("other", "楼长", False, ())
DESK = PostSeen("post", "书记", True, (holder(WAY, APP, signs_in=False), DEPUTY), desk=True)
SIGNED = PostSeen("post", "书记", True, (HOLDER, DEPUTY), desk=True)
LEFT = PersonSeen("p3", 2, (WAY,), has_left=True)
STALE = WaySeen("sms", has_worked=True, is_stale=True)
NEVER = WaySeen("sms")

PLACES: dict[str, tuple[PlaceSeen, PlaceSeen]] = {
    "chain.no_answering_post": (place(posts=()), place(posts=(), has_role=False)),
    "chain.vacant": (place(LEFT), place()),
    "chain.grid_without_worker": (place(LEFT, is_grid=True), place(is_grid=True)),
    "chain.doors_without_carrier": (place(LEFT, is_leaf=True), place(is_leaf=True)),
    "chain.deputy_acts": (place(DEPUTY), place()),
    "chain.no_deputy": (place(HOLDER), place(HOLDER, is_leaf=True)),
    "chain.other_vacant": (
        place(posts=(*place().posts, OTHER)),
        place(posts=(*place().posts, PostSeen("other", "楼长", False, (HOLDER,)))),
    ),
    "chain.gone_still_listed": (place(HOLDER, DEPUTY, LEFT), place()),
    "chain.term_ends": (
        place(holder(WAY, APP, until=TODAY + 30 * DAY), DEPUTY),
        place(holder(WAY, APP, until=TODAY + 31 * DAY), DEPUTY),
    ),
    "chain.nobody_signs_in": (
        place(posts=(PostSeen("post", "书记", True, (DESK.people[0],), True),)),
        place(posts=(SIGNED,)),
    ),
    "chain.unreachable": (place(holder(), PersonSeen("p2", 1)), place(holder(), DEPUTY)),
    "chain.silent": (place(holder(FAILED), PersonSeen("p2", 1, (FAILED,))), place()),
    "chain.holder_silent": (place(holder(FAILED, FAILED), DEPUTY), place()),
    "chain.contact_failed": (place(holder(FAILED, APP), DEPUTY), place()),
    "chain.one_way": (place(holder(WAY), PersonSeen("p2", 1)), place(holder(WAY), DEPUTY)),
    "chain.no_telephone": (
        place(holder(APP), PersonSeen("p2", 1, (APP,))),
        place(holder(APP), DEPUTY),
    ),
    "chain.never_answered": (
        place(holder(NEVER, NEVER), PersonSeen("p2", 1)),
        place(holder(NEVER), DEPUTY),
    ),
    "chain.long_unanswered": (
        place(holder(STALE, STALE), PersonSeen("p2", 1)),
        place(holder(STALE), DEPUTY),
    ),
    "chain.grid_not_drawn": (place(is_grid=True, is_drawn=False), place(is_grid=True)),
    "chain.grid_too_large": (
        place(is_grid=True, households=GRID_AT_MOST + 1),
        place(is_grid=True, households=GRID_AT_MOST),
    ),
    "chain.nobody_counted": (
        place(is_leaf=True, households=0),
        place(is_leaf=True, households=1),
    ),
}


def keys(found: list[Found]) -> list[str]:
    return [one.check for one in found]


def test_of_a_place_where_all_is_well_nothing_is_said():
    assert of_place(place()) == []


@pytest.mark.parametrize("check", PLACES)
def test_a_place(check):
    wrong, right = PLACES[check]
    assert check in keys(of_place(wrong))
    assert check not in keys(of_place(right))


def held(places: int) -> dict[str, list[tuple[str, str, str]]]:
    return {"p1": [(f"/50/{n}/", f"post{n}", "网格员") for n in range(places)]}


def risk(state: State = State.OPEN, level: Level = Level.YELLOW, **changes: Any) -> RiskSeen:
    return RiskSeen("FX-1", HERE, "flood", state, level, **({"due_at": NOW + DAY} | changes))


def of_risk(one: RiskSeen, answers: bool = True) -> list[Found]:
    return find_risk_holes(
        one, NOW, TODAY, measures_from=Level.ORANGE, answered=lambda _path, _hazard: answers
    )


def faults(kind: FaultKind, **more: Any) -> list[Found]:
    return find_faults([FaultSeen("f1", kind, HERE, "雨量计", "S-1", TODAY, **more)])


def trigger(is_on: bool, watches: int) -> list[Found]:
    return find_idle([TriggerSeen("T-1", HERE, "暴雨", is_on, watches)])


def feed(**changes: Any) -> list[Found]:
    said = {"every": timedelta(minutes=1), "worked_at": NOW} | changes
    return find_feed_holes([FeedSeen("f1", HERE, "气象台", **said)], NOW)


def draft(age: timedelta) -> list[Found]:
    return find_drafts([DraftSeen("d1", HERE, "D-1", NOW - age)], NOW)


def called(last: datetime | None) -> list[Found]:
    return calls.find_uncalled([calls.CalledSeen(HERE, "石桥", last)], NOW)


def work(due: datetime, is_called: bool = True, has_anybody: bool = True) -> list[Found]:
    one = calls.WorkSeen("w1", HERE, "R-1", due, is_called, has_anybody)
    return calls.find_waiting([one], NOW)


def roster(*spans: tuple[float, float]) -> list[Found]:
    shifts = [(NOW + a * DAY, NOW + b * DAY) for a, b in spans]
    return calls.find_roster_gaps(HERE, "石桥", shifts, NOW)


def lone(*people: tuple[set[str], set[str]]) -> list[Found]:
    writers, approvers = people[0]

    def holders(capability: str) -> frozenset[object]:
        return frozenset(approvers if capability.endswith("approve") else writers)

    return find_lone_hands(HERE, "石桥", holders, lambda _capability: True)


def houses(**missing: int) -> list[Found]:
    return homes.find_house_holes(homes.HousesSeen(HERE, "石桥", 10, **missing))


def undone(**changes: Any) -> tuple[MeasureSeen, ...]:
    return (MeasureSeen(1, "物业", **({"due_on": TODAY} | changes)),)


def struck(
    *runs: tuple[str, timedelta], hazard: str = "flood", days: int | None = 90
) -> list[Found]:
    """A risk with a procedure that was run at some places, so long ago."""
    within = None if days is None else days * DAY
    followed = [Followed("ZD-1", "/50/", [(path, NOW - ago) for path, ago in runs])]
    one = RiskStanding("FX-1", HERE, hazard, Level.RED)
    return find_unplanned(one, followed, NOW, within=within)


def unplanned(hazard: str) -> list[Found]:
    one = RiskStanding("FX-1", HERE, hazard, Level.RED)
    return find_unplanned(one, [], NOW, within=DAY)


WATER = Needed("饮用水", ("水",), {"瓶": 1, "箱": 24}, 240, "瓶")
QUILTS = Needed("棉被", ("被",), {"床": 1}, 20, "床")


def point(path: str, *lots: Lot, needed: tuple[Needed, ...] = (WATER, QUILTS)) -> StockPoint:
    return StockPoint("SS-1", path, StockSeen(lots, needed, 60, 90))


def unstocked(*points: StockPoint) -> list[Found]:
    return find_unstocked(HERE, "石桥", 2, points, TODAY)


BOXES, BEDS = Lot("瓶装水", 10, "箱"), Lot("棉被", 20, "床")
OLD_BOXES = Lot("瓶装水", 10, "箱", TODAY - DAY)


Ask = Callable[[], list[Found]]
LATE = {"due_at": NOW}
CASES: dict[str, tuple[Ask, Ask]] = {
    "chain.too_much_on_one": (
        lambda: find_overloaded(held(HANGS_ON_ONE + 1)),
        lambda: find_overloaded(held(HANGS_ON_ONE)),
    ),
    **{check: (lambda: lone(({"a"}, {"a"})), lambda: lone(({"a"}, {"a", "b"}))) for check in STEPS},
    "calls.never_held": (lambda: called(None), lambda: called(NOW)),
    "calls.long_ago": (lambda: called(NOW - 91 * DAY), lambda: called(NOW - 90 * DAY)),
    "calls.put_off": (
        lambda: calls.find_late_plans([calls.PlanSeen("k", HERE, NOW - 2 * DAY)], NOW),
        lambda: calls.find_late_plans([calls.PlanSeen("k", HERE, NOW - DAY)], NOW),
    ),
    "calls.work_late": (lambda: work(NOW - DAY), lambda: work(NOW + DAY)),
    "calls.for_nobody": (
        lambda: work(NOW + DAY, has_anybody=False),
        lambda: work(NOW + DAY, is_called=False, has_anybody=False),
    ),
    "calls.post_silent": (
        lambda: calls.find_silent([calls.HopSeen("p", HERE, "书记", 5, 2)]),
        lambda: calls.find_silent([calls.HopSeen("p", HERE, "书记", 5, 1)]),
    ),
    "calls.roster_gap": (lambda: roster((-1, 2), (3, 9)), lambda: roster((-1, 2), (2, 9))),
    "homes.not_on_map": (lambda: houses(without_point=1), houses),
    "homes.no_doors": (lambda: houses(without_doors=1), houses),
    "homes.no_address": (lambda: houses(without_address=1), houses),
    "homes.body_unreachable": (
        lambda: homes.find_unreachable([homes.BodySeen("O1", HERE, "卫生站", False)]),
        lambda: homes.find_unreachable([homes.BodySeen("O1", HERE, "卫生站", True)]),
    ),
    "homes.alliance_headless": (
        lambda: homes.find_headless([homes.AllianceSeen("O1", HERE, "联盟", 3, 0)]),
        lambda: homes.find_headless([homes.AllianceSeen("O1", HERE, "联盟", 3, 1)]),
    ),
    "risks.nobody_answers": (
        lambda: of_risk(risk(level=Level.ORANGE, has_measures=True), answers=False),
        lambda: of_risk(risk(), answers=False),
    ),
    "risks.unmeasured": (
        lambda: of_risk(risk(level=Level.ORANGE)),
        lambda: of_risk(risk(level=Level.ORANGE, has_measures=True)),
    ),
    "risks.unjudged": (
        lambda: of_risk(risk(State.FOUND, Level.UNKNOWN, **LATE)),
        lambda: of_risk(risk(State.FOUND, Level.UNKNOWN)),
    ),
    "risks.step_late": (lambda: of_risk(risk(**LATE)), lambda: of_risk(risk())),
    "risks.unanswered": (
        lambda: of_risk(risk(State.REFERRED, **LATE)),
        lambda: of_risk(risk(State.REFERRED)),
    ),
    "risks.unchecked": (
        lambda: of_risk(risk(State.RECTIFIED, **LATE)),
        lambda: of_risk(risk(State.RECTIFIED)),
    ),
    "risks.measure_late": (
        lambda: of_risk(risk(undone=undone(due_on=TODAY - DAY))),
        lambda: of_risk(risk(undone=undone())),
    ),
    "risks.measure_unheld": (
        lambda: of_risk(risk(undone=undone(is_held=False))),
        lambda: of_risk(risk(undone=undone())),
    ),
    "risks.acceptance_ends": (
        lambda: of_risk(risk(State.ACCEPTED, accepted_until=NOW + 14 * DAY)),
        lambda: of_risk(risk(State.ACCEPTED, accepted_until=NOW + 15 * DAY)),
    ),
    "risks.no_kind": (
        lambda: of_risk(RiskSeen("FX-1", HERE, "", State.OPEN, Level.BLUE)),
        lambda: of_risk(RiskSeen("FX-1", HERE, "", State.FOUND, Level.UNKNOWN)),
    ),
    "risks.not_on_map": (
        lambda: of_risk(risk(level=Level.RED, has_point=False)),
        lambda: of_risk(risk(has_point=False)),
    ),
    "risks.not_counted": (
        lambda: of_risk(risk(level=Level.RED, is_exposed=False)),
        lambda: of_risk(risk(is_exposed=False)),
    ),
    "risks.survey_due": (
        lambda: find_survey_holes(HERE, "石桥", TODAY - YEAR, TODAY - DAY, "PC-1", TODAY),
        lambda: find_survey_holes(HERE, "石桥", TODAY - YEAR, TODAY, "PC-1", TODAY),
    ),
    "risks.survey_old": (
        lambda: find_survey_holes(HERE, "石桥", TODAY - YEAR, None, "PC-1", TODAY),
        lambda: find_survey_holes(HERE, "石桥", TODAY, None, "PC-1", TODAY),
    ),
    "struck.no_procedure": (lambda: unplanned("flood"), lambda: unplanned("")),
    "struck.never_practised": (
        lambda: struck(("/50/5002/", DAY)),
        lambda: struck((f"{HERE}01/", DAY)),
    ),
    "struck.not_practised": (
        lambda: struck((HERE, 91 * DAY), ("/50/", 100 * DAY)),
        lambda: struck((HERE, 91 * DAY), ("/50/", 90 * DAY)),
    ),
    "struck.no_stock": (
        lambda: unstocked(point("/50/5002/", BOXES, BEDS)),
        lambda: unstocked(point("/50/", BOXES, BEDS)),
    ),
    "struck.stock_short": (
        lambda: unstocked(point(HERE, OLD_BOXES, BEDS), point("/50/", BEDS)),
        lambda: unstocked(point(HERE, OLD_BOXES, BEDS), point("/50/", BOXES)),
    ),
    "signals.sensor_silent": (
        lambda: faults(FaultKind.SILENCE),
        lambda: faults(FaultKind.STUCK),
    ),
    "signals.sensor_doubtful": (
        lambda: faults(FaultKind.SPIKE),
        lambda: faults(FaultKind.TRIGGER),
    ),
    "signals.trigger_fails": (
        lambda: faults(FaultKind.TRIGGER),
        lambda: faults(FaultKind.SILENCE),
    ),
    "signals.trigger_off": (lambda: trigger(False, 3), lambda: trigger(True, 3)),
    "signals.trigger_blind": (lambda: trigger(True, 0), lambda: trigger(True, 1)),
    "alerts.feed_silent": (lambda: feed(worked_at=NOW - DAY), feed),
    "alerts.feed_empty": (lambda: feed(holds_empty=True), feed),
    "alerts.feed_stopped": (lambda: feed(is_active=False), feed),
    "alerts.draft_waits": (lambda: draft(2 * DAY), lambda: draft(DAY)),
    "drills.never": (
        lambda: find_unrehearsed([RehearsedSeen(HERE, "石桥")], NOW),
        lambda: find_unrehearsed([RehearsedSeen(HERE, "石桥", NOW)], NOW),
    ),
    "drills.long_ago": (
        lambda: find_unrehearsed([RehearsedSeen(HERE, "石桥", NOW - YEAR)], NOW),
        lambda: find_unrehearsed([RehearsedSeen(HERE, "石桥", NOW - 300 * DAY)], NOW),
    ),
    **{
        f"care.{key}": (
            lambda key=key: find_care_holes(HERE, "石桥", {key: 2}),
            lambda key=key: find_care_holes(HERE, "石桥", {key: 0}),
        )
        for key in CARE
    },
}


@pytest.mark.parametrize("check", CASES)
def test_where_it_fires_and_where_it_does_not(check):
    wrong, right = CASES[check]
    assert check in keys(wrong())
    assert check not in keys(right())


def test_silence_is_grave_only_where_a_trigger_relies_on_it():
    [alone], [relied] = faults(FaultKind.SILENCE), faults(FaultKind.SILENCE, is_relied_on=True)
    assert (alone.severity, relied.severity) == (Severity.ATTENTION, Severity.GRAVE)


def test_a_late_step_of_a_grave_risk_is_grave():
    [late] = of_risk(risk(level=Level.RED, has_measures=True, **LATE))
    assert late.severity is Severity.GRAVE


def test_a_roster_that_nobody_keeps_has_no_gap():
    assert roster() == []
    assert roster((-60, -40)) == []


def test_care_holes_are_numbers_and_name_nobody():
    for one in find_care_holes(HERE, "石桥", dict.fromkeys(CARE, 3)):
        assert one.params.keys() == {"place", "count"}


def test_of_how_a_post_is_reached_only_the_worst_is_said():
    found = of_place(place(holder(FAILED), PersonSeen("p2", 1, (FAILED,))))
    assert keys(found) == ["chain.silent"]


def test_where_no_practice_is_asked_none_is_missing():
    assert struck(days=None) == []


def test_the_procedure_nearest_to_a_risk_is_the_one_to_practise():
    one = RiskStanding("FX-1", HERE, "flood", Level.RED)
    followed = [Followed("ZD-1", "/50/"), Followed("ZD-2", HERE)]
    [hole] = find_unplanned(one, followed, NOW, within=DAY)
    assert hole.target == "ZD-2"


def test_stock_that_is_short_names_what_no_point_holds_and_leads_to_the_nearest():
    [hole] = unstocked(point("/50/", BEDS), StockPoint("SS-2", f"{HERE}01/", point("/").stock))
    assert (hole.params["things"], hole.params["count"], hole.target) == (["饮用水"], 2, "SS-2")
