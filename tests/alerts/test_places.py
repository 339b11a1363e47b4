"""A warning stays with its units while they move, split and merge."""

from datetime import timedelta

import pytest
from tests.alerts.composing import advice

from renwang.alerts import cap
from renwang.alerts.feeds import add_feed
from renwang.alerts.models import AlertUnit, Feed, Relay
from renwang.alerts.services import follow_division, relay_alert
from renwang.base.models import Entry
from renwang.chain import tallies
from renwang.chain.services.division import Part, merge_units, move_unit, split_unit
from renwang.chain.tree import today
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import NoticeState

NODE = {"by": "node:tests"}


@pytest.fixture
def follow(now):
    """Let warnings follow the division; say how many moved."""
    return lambda: follow_division(by="node:alerts", now=now, day=today(now))


@pytest.fixture
def alert(receive):
    """A warning for one community."""
    made = receive(codes=("990105001001",))
    tallies.rebuild_tallies()
    return made


def paths_of(alert) -> set[str]:
    return set(AlertUnit.objects.filter(alert=alert).values_list("path", flat=True))


def test_while_nothing_moves_nothing_is_written(alert, follow, django_assert_num_queries):
    with django_assert_num_queries(4):
        assert follow() == 0


def test_a_warning_goes_with_the_unit_that_moves_and_is_relayed_from_its_new_place(
    alert, cast, follow, now
):
    north = cast.strangers_street
    move_unit(unit=cast.community, parent=north, now=now, **NODE)
    assert (follow(), follow()) == (1, 0)
    alert.refresh_from_db()
    assert paths_of(alert) == {alert.path} == {f"{north.path}990105001001/"}
    assert Entry.objects.get(verb="alerts.units_chosen").facts["units"] == [cast.community.name]
    relay = relay_alert(alert.pk, north, by=cast.viewer(cast.stranger), now=now)
    called = Call.objects.filter(notice=relay.notice_id).values_list("post_id", flat=True)
    assert {cast.community_post.pk, cast.grid_post.pk} <= set(called)


def test_every_part_of_a_split_unit_is_warned(alert, cast, follow, now):
    parts = [Part("东社区", units=(cast.grid,), posts=(cast.community_post,)), Part("西社区")]
    made = split_unit(unit=cast.community, parts=parts, now=now, **NODE)
    assert follow() == 1
    assert paths_of(alert) == {unit.path for unit in made}


def test_what_two_units_became_is_warned(alert, cast, follow, now):
    both = [cast.community, cast.neighbour_community]
    made = merge_units(units=both, name="石云社区", now=now, **NODE)
    assert follow() == 1
    assert paths_of(alert) == {made.path}


def test_a_draft_stays_with_the_unit_that_speaks(cast, follow, now):
    draft = advice(cast, now, cast.community, by=cast.secretary)
    move_unit(unit=cast.community, parent=cast.strangers_street, now=now, **NODE)
    assert (follow(), follow()) == (1, 0)
    draft.refresh_from_db()
    assert draft.path == f"{cast.strangers_street.path}990105001001/"


def test_a_feed_stays_with_its_unit(alert, cast, follow, now):
    operator = cast.viewer(cast.operator)
    feed = add_feed(
        label="气象台", url="https://feed.example/", unit=cast.community, every=60, relays=False,
        by=operator, now=now,
    )  # fmt: skip
    move_unit(unit=cast.community, parent=cast.strangers_street, now=now, **NODE)
    follow()
    assert Feed.objects.get(pk=feed.pk).path.startswith(cast.strangers_street.path)


# --- an update finds everybody, wherever their units lie by now ----------------


def follow_up(receive, alert, now, msg_type=cap.MsgType.UPDATE, **changes):
    at = now + timedelta(minutes=5)
    name = cap.Reference(alert.sender, alert.identifier, cap.Moment.of(alert.sent))
    said = {"identifier": "later", "msg_type": msg_type, "refers_to": (name,), "sent": at, "at": at}
    return receive(**{**said, **changes})


def told_of(alert) -> set:
    notices = Relay.objects.filter(alert=alert).values("notice_id")
    return set(Call.objects.filter(notice__in=notices).values_list("post_id", flat=True))


def test_an_update_goes_on_from_where_the_relaying_unit_lies_now(receive, alert, cast, follow, now):
    by = cast.viewer(cast.secretary)
    first = relay_alert(alert.pk, cast.community, by=by, now=now)
    asked = set(Call.objects.filter(notice=first.notice_id).values_list("post_id", flat=True))
    move_unit(unit=cast.community, parent=cast.strangers_street, now=now, **NODE)
    update = follow_up(receive, alert, now, codes=("990105001001",))
    relay = Relay.objects.get(alert=update)
    assert relay.path == f"{cast.strangers_street.path}990105001001/"
    assert told_of(update) == asked
    earlier, later = (Notice.objects.get(pk=one.notice_id) for one in (first, relay))
    assert (earlier.state, later.supersedes_id) == (NoticeState.WITHDRAWN, earlier.pk)


def test_whoever_moved_out_of_the_relaying_unit_is_told_as_well(receive, alert, cast, now):
    first = relay_alert(alert.pk, cast.street, by=cast.viewer(cast.officer), now=now)
    asked = set(Call.objects.filter(notice=first.notice_id).values_list("post_id", flat=True))
    move_unit(unit=cast.community, parent=cast.strangers_street, now=now, **NODE)
    cancel = follow_up(receive, alert, now, cap.MsgType.CANCEL, infos=False)
    tops = set(Relay.objects.filter(alert=cancel).values_list("path", flat=True))
    assert tops == {cast.street.path, f"{cast.strangers_street.path}990105001001/"}
    assert told_of(cancel) == asked


def test_what_took_the_place_of_the_relaying_unit_goes_on(receive, alert, cast, now):
    relay_alert(alert.pk, cast.community, by=cast.viewer(cast.secretary), now=now)
    both = [cast.community, cast.neighbour_community]
    made = merge_units(units=both, name="石云社区", now=now, **NODE)
    update = follow_up(receive, alert, now, codes=("990105001001",))
    assert Relay.objects.get(alert=update).path == made.path
    assert cast.grid_post.pk in told_of(update)
