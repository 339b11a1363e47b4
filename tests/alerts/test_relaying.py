"""Relaying: who may, what stands against it, whose words are said, and what follows from updates."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests import make
from tests.alerts.conftest import warning

from renwang.alerts import cap
from renwang.alerts.models import Relay
from renwang.alerts.rules import (
    AlertElsewhere,
    AlertExpired,
    AlertState,
    AlertSuperseded,
    AlreadyRelayed,
    ColourTerms,
    NotForRelay,
    TermRefused,
)
from renwang.alerts.selectors import board, in_force, thread
from renwang.alerts.services import dismiss_alert, expire_alerts, relay_alert, set_term
from renwang.base.models import Entry
from renwang.chain.reach import NotInReach
from renwang.chain.routes import rebuild_routes
from renwang.outreach.models import Call, Notice
from renwang.outreach.rules import CallState, NoticeState, Receipt
from renwang.outreach.services import Slip, count_notice, finish_notices, record_receipts


@pytest.fixture
def relay(cast, now):
    """Relay a warning from the sub-district as its duty officer."""

    def relayed(alert, unit=None, **changes) -> Relay:
        by = changes.pop("by", cast.viewer(cast.officer))
        at = changes.pop("at", now)
        return relay_alert(alert.pk, unit or cast.street, by=by, now=at, **changes)

    return relayed


def test_the_stranger_may_not_relay_here_and_the_officer_may(receive, relay, cast):
    alert = receive()
    with pytest.raises(NotInReach):
        relay(alert, by=cast.viewer(cast.stranger))
    with pytest.raises(NotInReach):
        relay(alert, by=cast.viewer(cast.worker))
    assert not Notice.objects.exists()
    relay(alert)


def test_what_is_over_cannot_be_relayed(receive, relay, now):
    with pytest.raises(AlertExpired):
        relay(receive(), at=now + timedelta(hours=6))


def test_a_test_is_not_said_to_real_people(receive, relay):
    with pytest.raises(NotForRelay):
        relay(receive(status=cap.Status.TEST))
    with pytest.raises(NotForRelay):
        relay(receive(status=cap.Status.EXERCISE, identifier="exercise"))


def test_an_exercise_is_relayed_in_a_drill(receive, relay):
    drill = uuid4()
    made = relay(receive(status=cap.Status.EXERCISE, drill=drill))
    assert Notice.objects.get(pk=made.notice_id).drill == drill


def test_a_warning_for_elsewhere_cannot_be_relayed_here(receive, relay):
    with pytest.raises(AlertElsewhere):
        relay(receive(codes=("990105002",)))


def test_no_place_hears_it_from_two_relays(receive, relay, cast):
    alert = receive()
    relay(alert, cast.community)
    for unit in (cast.community, cast.street, cast.grid):
        with pytest.raises(AlreadyRelayed):
            relay(alert, unit)


def test_the_signed_words_go_down_untouched_with_the_note_apart(receive, relay, now):
    made = relay(receive(), note="安置点：石桥小学。")
    notice = Notice.objects.get(pk=made.notice_id)
    assert notice.words == (
        "柳湾区气象台发布暴雨橙色预警\n\n预计未来3小时降雨量将达50毫米以上。\n\n低洼地带人员立即转移。"
    )
    assert notice.note == "安置点：石桥小学。"
    assert (notice.order, notice.contact_for, notice.person_for) == ("together", 180, 600)
    assert notice.ends_at == now + timedelta(hours=6)


def test_whoever_relays_has_carried_on_his_own_post(receive, relay, cast):
    made = relay(receive(colour="Yellow"))
    calls = Call.objects.filter(notice=made.notice_id)
    assert calls.get(path=cast.street.path).state == CallState.CARRIED
    assert calls.get(path=cast.community.path).state == CallState.ASKING
    assert calls.get(path=cast.grid.path).state == CallState.WAITING


def test_a_relay_by_itself_asks_the_top_first(receive, relay, cast):
    made = relay(receive(colour="Yellow"), by="node:feed")
    assert Call.objects.get(notice=made.notice_id, path=cast.street.path).state == CallState.ASKING


def test_only_the_area_is_told_and_a_person_may_narrow_it(receive, relay, cast):
    made = relay(receive(codes=("990105001",)), places=[cast.community.path])
    paths = set(Call.objects.filter(notice=made.notice_id).values_list("path", flat=True))
    assert cast.street.path in paths
    assert cast.grid.path in paths


def test_it_is_in_force_for_everybody_there_until_it_ends(receive, relay, cast, now):
    alert = receive()
    assert not in_force(cast.grid.path, now).exists()
    relay(alert)
    assert in_force(cast.grid.path, now).get() == alert
    assert in_force(cast.district.path, now).get() == alert
    assert not in_force(cast.strangers_street.path, now).exists()
    assert not in_force(cast.grid.path, now + timedelta(hours=7)).exists()


def test_an_update_follows_the_relay_of_what_it_replaces(receive, relay, cast, now):
    first = warning(now)
    alert = receive(first)
    earlier = relay(alert)
    at = now + timedelta(minutes=20)
    update = receive(
        warning(
            at,
            identifier="update",
            msg_type=cap.MsgType.UPDATE,
            refers_to=(first.as_reference,),
            headline="柳湾区气象台更新发布暴雨红色预警",
            colour="Red",
        ),
        at=at,
    )
    alert.refresh_from_db()
    assert (alert.state, alert.superseded_by_id) == (AlertState.SUPERSEDED, update.pk)
    assert Notice.objects.get(pk=earlier.notice_id).state == NoticeState.WITHDRAWN
    later = Relay.objects.get(alert=update)
    notice = Notice.objects.get(pk=later.notice_id)
    assert (notice.sequence, notice.state, notice.supersedes_id) == (
        2,
        NoticeState.STARTED,
        earlier.notice_id,
    )
    assert Call.objects.filter(notice=notice).count() == 5
    assert [one.pk for one in thread(alert)] == [alert.pk, update.pk]
    with pytest.raises(AlertSuperseded):
        relay(alert, cast.street)


def test_an_update_with_a_smaller_area_still_reaches_who_heard_the_first(receive, relay, cast, now):
    first = warning(now)
    relay(receive(first))
    update = receive(
        warning(
            now + timedelta(minutes=1),
            identifier="update",
            codes=("990105002",),
            msg_type=cap.MsgType.UPDATE,
            refers_to=(first.as_reference,),
        ),
        at=now + timedelta(minutes=1),
    )
    notice = Relay.objects.get(alert=update).notice_id
    assert Call.objects.filter(notice=notice).count() == 5


def test_a_cancel_without_a_word_is_told_to_everybody_who_was_asked(receive, relay, cast, now):
    first = warning(now, colour="Yellow")
    alert = receive(first)
    relay(alert)
    cancel = receive(
        warning(
            now + timedelta(minutes=1),
            identifier="cancel",
            msg_type=cap.MsgType.CANCEL,
            refers_to=(first.as_reference,),
            infos=False,
        ),
        at=now + timedelta(minutes=1),
    )
    alert.refresh_from_db()
    assert alert.state == AlertState.CANCELLED
    notice = Notice.objects.get(pk=Relay.objects.get(alert=cancel).notice_id)
    told = set(Call.objects.filter(notice=notice).values_list("path", flat=True))
    assert told == {cast.street.path, cast.community.path}, "nobody else had been asked yet"
    assert first.infos[0].headline in notice.words
    assert not in_force(cast.street.path, now).exists()


def test_a_relayed_warning_cannot_be_put_aside_and_another_can(receive, relay, cast, now):
    alert = receive()
    by = cast.viewer(cast.officer)
    with pytest.raises(NotInReach):
        dismiss_alert(alert.pk, by=cast.viewer(cast.stranger), now=now, reason="x")
    assert dismiss_alert(alert.pk, by=by, now=now, reason="不在本区").state == AlertState.DISMISSED
    relay(alert)
    with pytest.raises(Exception, match="in_force"):
        dismiss_alert(alert.pk, by=by, now=now, reason="x")


def test_what_is_over_ends_by_itself(receive, relay, now):
    alert = receive()
    relay(alert)
    assert expire_alerts(now) == 0
    assert expire_alerts(now + timedelta(hours=6)) == 1
    alert.refresh_from_db()
    assert alert.state == AlertState.EXPIRED


def test_terms_are_the_operators_to_set(receive, relay, cast, now):
    terms = ColourTerms("together", 60, 240, 300)
    with pytest.raises(NotInReach):
        set_term("orange", terms, by=cast.viewer(cast.officer), now=now)
    by = cast.viewer(cast.operator)
    with pytest.raises(TermRefused):
        set_term("orange", ColourTerms("together", 0, 240, 300), by=by, now=now)
    set_term("orange", terms, by=by, now=now)
    notice = Notice.objects.get(pk=relay(receive()).notice_id)
    assert (notice.contact_for, notice.person_for) == (60, 240)


def test_the_board_shows_it_to_those_who_may_see_it(receive, relay, cast):
    relay(receive())
    rows = board(cast.viewer(cast.officer))
    assert [row.relays[0].unit_name for row in rows] == ["青石街道"]
    assert board(cast.viewer(cast.worker))
    assert not board(cast.viewer(cast.stranger))


# --- what somebody further down may not undo -----------------------------------


def follows(alert, msg_type, now, **changes):
    """Arguments for a message of another sender that refers to a warning, for the community only."""
    name = cap.Reference(alert.sender, alert.identifier, cap.Moment.of(alert.sent))
    said = {"identifier": "other", "sender": "other@example.org", "codes": ("990105001001",)}
    at = now + timedelta(minutes=2)
    return {**said, "msg_type": msg_type, "refers_to": (name,), "sent": at, "at": at, **changes}


def test_a_community_cannot_take_back_what_the_sub_district_was_told(receive, relay, cast, now):
    first = receive()
    wide = Notice.objects.get(pk=relay(first).notice_id)
    other = receive(**follows(first, cap.MsgType.CANCEL, now))
    later = now + timedelta(minutes=3)
    relay(other, cast.community, by=cast.viewer(cast.secretary), at=later)
    first.refresh_from_db()
    wide.refresh_from_db()
    assert (first.state, wide.state) == (AlertState.IN_FORCE, NoticeState.STARTED)


def test_a_later_notice_from_further_down_replaces_the_wider_one_only_there(
    receive, relay, cast, now
):
    neighbour = make.post("书记", cast.neighbour_community, cast.stranger)
    first = receive()
    rebuild_routes()
    wide = Notice.objects.get(pk=relay(first).notice_id)
    other = receive(**follows(first, cap.MsgType.UPDATE, now))
    later = now + timedelta(minutes=3)
    relay(other, cast.community, by=cast.viewer(cast.secretary), at=later)
    states = dict(Call.objects.filter(notice=wide).values_list("post_id", "state"))
    assert states[neighbour.pk] == CallState.ASKING
    assert states[cast.community_post.pk] == states[cast.grid_post.pk] == CallState.WITHDRAWN
    fact = Entry.objects.get(verb="outreach.withdrawn_in_part")
    assert (fact.place, fact.facts["calls"]) == (cast.community.path, 4)


def test_a_place_that_is_none_is_not_relayed_to(receive, relay, cast):
    alert = receive()
    for place in (cast.community.path.rstrip("/"), f"{cast.community.path}nowhere/", "/"):
        with pytest.raises(AlertElsewhere):
            relay(alert, places=[place])
    assert not Notice.objects.exists()


def test_the_board_leaves_nothing_out_where_many_come_in_one_moment(receive, cast):
    made = {receive(identifier=f"W-{number}").pk for number in range(5)}
    seen, last = [], None
    viewer = cast.viewer(cast.officer)
    while page := board(viewer, before=last, limit=2):
        seen += [row.alert.pk for row in page]
        last = page[-1].alert
    assert (len(seen), set(seen)) == (5, made)


def test_a_notice_ends_when_all_have_carried_on_to_whom_no_later_one_went(
    receive, relay, cast, now
):
    neighbour = make.post("书记", cast.neighbour_community, cast.stranger)
    first = receive()
    rebuild_routes()
    wide = Notice.objects.get(pk=relay(first).notice_id)
    count_notice(wide.pk)
    other = receive(**follows(first, cap.MsgType.UPDATE, now))
    relay(other, cast.community, by=cast.viewer(cast.secretary), at=now + timedelta(minutes=3))
    at = now + timedelta(minutes=4)
    assert finish_notices(at) == 0
    call = Call.objects.get(notice=wide, post_id=neighbour.pk)
    record_receipts([Slip(Receipt.CARRIED, at, via="app", call_id=call.pk)], by="node:t", now=at)
    assert finish_notices(at) == 1
    wide.refresh_from_db()
    assert wide.state == NoticeState.FINISHED
