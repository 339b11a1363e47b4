"""A missed visit calls whoever is paired, then the keepers upward, and ends with the visit."""

from datetime import datetime, timedelta

import pytest

from renwang.base.pure.ids import uuid7
from renwang.chain import reach
from renwang.chain.models import Person
from renwang.chain.routes import rebuild_routes
from renwang.outreach.errand_rules import ErrandState
from renwang.outreach.models import Delivered, Errand
from renwang.outreach.sending import send_due
from renwang.outreach.services import call_errands, climb_calls
from renwang.outreach.waiting import list_waits
from renwang.registers.care import services
from renwang.registers.care.models import CareEntry
from renwang.registers.care.services.forgetting import erase_entries
from renwang.registers.care.services.pairing import BACKUP, pair_helper
from renwang.registers.care.services.visiting import climb_visits, record_visit
from renwang.registers.care.visit_rules import Outcome
from renwang.registers.care.waiting import VISIT, drop_strays
from tests.registers.care.listed import SECRETS, door, entry, keeper
from tests.web.desk_pages import LANGUAGES, as_

LATE = timedelta(days=8)  # the rhythm of oxygen is seven days


@pytest.fixture(autouse=True)
def _ladders(cast):
    rebuild_routes()


def missed(cast, *helpers) -> CareEntry:
    """An entry whose visit is a day late; it hangs on the back-up now."""
    made = entry(cast)
    for rank, who in enumerate(helpers):
        pair_helper(made.pk, who, rank=rank, by=keeper(cast), now=cast.now)
    keeper(cast)
    assert climb_visits(cast.now + LATE) == 1
    return made


def told(at: datetime, hours: float = 0) -> list[str]:
    """Who has got a message, in order, after the node has run for so long."""
    call_errands(at)
    for quarter in range(int(hours * 4) + 1):
        moment = at + timedelta(minutes=15 * quarter)
        climb_calls(moment)
        send_due(moment, lambda moment=moment: moment)
    keys = Delivered.objects.order_by("pk").values_list("person_id", flat=True)
    names = dict(Person.objects.values_list("pk", "name"))
    return list(dict.fromkeys(names[key] for key in keys))


def visit(cast, made, outcome, who, *, days: int = 8):
    now = cast.now + timedelta(days=days)
    record_visit(uuid7(now), made.pk, outcome, by=reach.viewer_of(who, now), now=now)


def test_nobody_is_called_to_a_visit_that_is_not_late(cast):
    made = entry(cast)
    climb_visits(cast.now + timedelta(days=7))
    assert not Errand.objects.exists()
    assert made.rung == 0


def test_the_message_says_neither_whom_nor_where(cast):
    made = missed(cast, cast.head)
    errand = Errand.objects.get()
    assert (errand.kind, errand.ref, errand.subject_id) == (VISIT, made.ref, made.pk)
    words = " ".join(errand.said.values())
    door_words = (made.household.door, made.household.building.name)
    assert [one for one in (*SECRETS, *door_words) if one in words] == []


def test_the_helper_then_the_back_up_then_the_keeper_and_nobody_else(cast):
    missed(cast, cast.head, cast.worker)
    at = cast.now + LATE
    assert told(at) == ["钟心兰"]
    assert told(at, 0.75) == ["钟心兰", "王格平"]
    assert told(at, 3) == ["钟心兰", "王格平", "石书勤"]
    assert list_waits(reach.viewer_of(cast.stranger, at)) == []
    assert len(list_waits(reach.viewer_of(cast.worker, at))) == 1


def test_where_nobody_is_paired_the_keeper_is_called(cast):
    missed(cast)
    assert told(cast.now + LATE) == ["石书勤"]


def test_it_is_asked_once_however_often_it_climbs(cast):
    missed(cast, cast.head)
    climb_visits(cast.now + timedelta(days=10))
    climb_visits(cast.now + timedelta(days=14))
    assert Errand.objects.count() == 1


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Outcome.WELL, ErrandState.DONE),
        (Outcome.NEEDS, ErrandState.DONE),
        (Outcome.NOBODY, ErrandState.OPEN),
    ],
)
def test_it_ends_when_somebody_was_seen(cast, outcome, state):
    made = missed(cast, cast.head)
    told(cast.now + LATE)
    visit(cast, made, outcome, cast.head)
    assert Errand.objects.get().state == state


def test_a_new_helper_and_a_new_door_call_anew(cast):
    made = missed(cast, cast.head)
    later = cast.now + LATE
    pair_helper(made.pk, cast.worker, rank=BACKUP, by=keeper(cast), now=later)
    states = sorted(Errand.objects.values_list("state", flat=True))
    assert states == [ErrandState.NEEDLESS, ErrandState.OPEN]
    services.move_entry(made.pk, door(cast, cast.grid), by=keeper(cast), now=later)
    assert Errand.objects.get(state=ErrandState.OPEN).path == cast.grid.path
    climb_visits(cast.now + timedelta(days=30))
    assert Errand.objects.filter(state=ErrandState.OPEN).count() == 1


def test_who_is_forgotten_is_visited_by_nobody(cast):
    made = missed(cast, cast.head)
    services.withdraw_consent(made.pk, by=keeper(cast), now=cast.now)
    assert Errand.objects.get().state == ErrandState.NEEDLESS


def test_what_a_restore_forgets_again_calls_nobody(cast):
    made = missed(cast, cast.head)
    assert drop_strays(cast.now) == 0
    erase_entries([str(made.pk)])
    assert (drop_strays(cast.now), drop_strays(cast.now)) == (1, 0)
    assert Errand.objects.get().state == ErrandState.NEEDLESS


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_is_led_to_the_page_where_he_does_it(cast, language):
    made = missed(cast, cast.head)
    told(cast.now + LATE)
    errand = Errand.objects.get()
    for who, page in (
        (cast.head, f"/field/doors/{made.pk}/"),
        (cast.secretary, f"/desk/care/{made.pk}/"),
    ):
        client = as_(who, language)
        assert client.get(f"/desk/waits/{errand.pk}/")["Location"] == page
        assert client.get(page).status_code == 200
    assert as_(cast.stranger).get(f"/desk/waits/{errand.pk}/").status_code == 404
