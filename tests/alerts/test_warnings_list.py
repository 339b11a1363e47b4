"""Lists of warnings in force: nothing odd is dropped, and what is in force follows the list."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from tests.alerts.test_feeds import look, operator, twin, watch  # noqa: F401
from tests.web.desk_pages import as_

from renwang.alerts import cap
from renwang.alerts.feeds import believe_empty
from renwang.alerts.listing import take_list
from renwang.alerts.models import Alert, AlertUnit, Feed, FeedEntry, Relay
from renwang.alerts.rules import AlertState
from renwang.alerts.warnings_list import (
    Act,
    Change,
    Listed,
    ListFault,
    ListRefused,
    apply_changes,
    compare,
    listed_in,
    read_list,
    say_as_cap,
)
from renwang.base.models import Entry
from renwang.chain import reach
from renwang.chain.routes import rebuild_routes
from renwang.ops import cap_commands
from renwang.outreach.channels.twin import Behaviour

HEADING = "adcode,name,type,color,level,issued_utc,expires_utc\n"
RAIN = "990105001,青石街道,暴雨,橙色,Ⅱ,2026-07-15T01:00:00Z,2026-07-15T09:00:00Z\n"
FOG = "990105001,青石街道,大雾,黄色,Ⅲ,2026-07-15T01:00:00Z,2026-07-15T09:00:00Z\n"
AT = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)


def table(*rows: str) -> bytes:
    return (HEADING + "".join(rows)).encode()


# --- what is no list ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", ListFault.NO_COLUMNS),
        (b"one,two\n1,2\n", ListFault.NO_COLUMNS),
        (b"[1, 2]", ListFault.NO_COLUMNS),
        (b'{"a": 1}', ListFault.NO_TABLE),
        (b"[" * 100_000, ListFault.NO_TABLE),
        (b'[{"adcode": ' + b"9" * 5000 + b"}]", ListFault.NO_TABLE),
        (HEADING.encode() + b"\0", ListFault.NOT_TEXT),
        (b"\xff\xff\xff", ListFault.NOT_TEXT),
        (HEADING.encode() + b"x" * 200_000, ListFault.NO_TABLE),
        (table(*(["1,a,b,,,,\n"] * 100_001)), ListFault.TOO_MANY_ROWS),
        (b" " * (33 << 20), ListFault.TOO_LARGE),
    ],
)
def test_what_is_no_list_is_refused_by_name(data, fault):
    with pytest.raises(ListRefused) as refused:
        read_list(data)
    assert refused.value.fault is fault


def test_only_a_row_that_names_neither_place_nor_type_is_unreadable():
    read = read_list(table(RAIN, ",,暴雨,红色,,,\n", "990105001,青石街道,,红色,,,\n"))
    assert [one.kind for one in read.warnings] == ["暴雨"]
    assert read.unreadable == (2, 3)


# --- what is odd ----------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_odd_rows_are_warnings_like_any_other(encoding):
    rows = [
        "990105001,青石街道,地质灾害气象风险,,,,\n",
        "990105001,青石街道,Strong convection,黄色,Ⅲ,,\n",
        "990199,Release Area,高温,紫色,,,no time at all\n",
        ",某园区,大雾,黄,,2026-07-15 09:00,\n",
    ]
    read = read_list((HEADING + "".join(rows)).encode(encoding))
    assert [one.colour for one in read.warnings] == ["", "Yellow", "紫色", "Yellow"]
    assert read.warnings[2].expires_at is None
    assert read.warnings[3].key == ("某园区", "大雾")
    assert read.warnings[3].issued_at == datetime(2026, 7, 15, 1, tzinfo=UTC)


def test_json_is_as_good_as_a_table():
    row = {"code": 990105001, "type": "暴雨", "name": "青石街道", "colour": "orange"}
    for said in ([row], {"updated": "now", "warnings": [row]}):
        read = read_list(json.dumps(said).encode())
        assert read.warnings[0].key == ("990105001", "暴雨")
        assert read.warnings[0].colour == "Orange"


LISTED = st.builds(
    Listed,
    st.sampled_from(["500119", "500197", "某园区", "1"]),
    st.sampled_from(["暴雨", "雷电", "Strong convection"]),
    st.sampled_from(["南川区", ""]),
    st.sampled_from(["Red", "Yellow", "", "紫色"]),
    st.sampled_from(["Ⅲ", ""]),
    st.none() | st.just(AT),
    st.none() | st.just(AT + timedelta(hours=6)),
)
LISTS = st.lists(LISTED, max_size=8).map(lambda rows: {one.key: one for one in rows})


@given(LISTS, LISTS)
def test_the_changes_between_two_lists_lead_from_one_to_the_other(before, after):
    changes = compare(before, after.values(), seen_at=AT)
    there = apply_changes(before, changes)
    assert there.keys() == after.keys()
    assert all(there[key].colour == after[key].colour for key in after)
    assert compare(after, after.values(), seen_at=AT) == []


@given(LISTED, st.sampled_from([Act.APPEAR, Act.RENEW]))
def test_a_row_comes_back_from_the_message_that_it_became(row, act):
    said = say_as_cap(Change(act, row), sender="list@example.org", at=AT)
    read = cap.read(cap.write(said)).alert
    assert listed_in(read) is not None
    assert compare({row.key: listed_in(read)}, [row], seen_at=AT) == []


# --- what a node makes of it ---------------------------------------------------------


def take(data: bytes, at: datetime):
    return take_list(read_list(data), source="weather.example.org", by="node:feed", now=at)


def test_a_warning_appears_changes_and_goes(cast, now):
    first = take(table(RAIN), now).alerts[0]
    assert (first.msg_type, first.colour, first.event) == ("Alert", "orange", "暴雨")
    assert AlertUnit.objects.get(alert=first).path == cast.street.path
    assert take(table(RAIN), now + timedelta(hours=1)).alerts == ()

    second = take(table(RAIN.replace("橙色", "红色")), now + timedelta(hours=2)).alerts[0]
    assert (second.msg_type, second.colour, second.thread) == ("Update", "red", first.thread)
    first.refresh_from_db()
    assert first.state == AlertState.SUPERSEDED

    last = take(table(), now + timedelta(hours=3)).alerts[0]
    assert last.msg_type == "Cancel"
    second.refresh_from_db()
    assert second.state == AlertState.CANCELLED
    assert take(table(), now + timedelta(hours=4)).alerts == ()
    assert take(table(RAIN), now + timedelta(hours=5)).alerts[0].msg_type == "Alert"


def test_odd_rows_of_the_region_are_carried_and_those_of_others_counted(cast, now):
    rows = [
        RAIN,
        "990199,Release Area,高温,,,,\n",
        "990105001,青石街道,Strong convection,黄色,Ⅲ,,\n",
        "110105,朝阳区,暴雨,红色,Ⅰ,,\n",
    ]
    taken = take(table(*rows), now)
    assert len(taken.alerts) == 3
    assert taken.elsewhere == 1
    unknown = Alert.objects.get(event="高温")
    assert {one["doubt"] for one in unknown.findings} == {"unknown-code", "nowhere-here"}
    assert unknown.colour == ""
    assert Alert.objects.get(event="Strong convection").colour == "yellow"


def test_what_is_over_by_its_own_time_is_not_taken_back(cast, now):
    take(table(RAIN.replace("09:00:00Z", "01:31:00Z")), now)
    Alert.objects.update(state=AlertState.EXPIRED)
    assert take(table(), now + timedelta(hours=1)).alerts == ()


def test_a_table_of_changes_is_followed_list_by_list(cast, now):
    heading = "snapshot_utc,action,adcode,name,type,color,level,expires_utc,prev_color\n"
    rows = [
        "2026-07-15T00:00:00Z,appear,990105001,青石街道,暴雨,黄色,Ⅲ,,\n",
        "2026-07-15T01:00:00Z,change_level,990105001,青石街道,暴雨,红色,Ⅰ,,黄色\n",
        "2026-07-15T01:10:00Z,disappear,990105001,青石街道,暴雨,红色,Ⅰ,,红色\n",
        "2026-07-15T01:10:00Z,vanish,990105001,青石街道,暴雨,红色,Ⅰ,,红色\n",
    ]
    taken = take((heading + "".join(rows)).encode(), now)
    assert [one.msg_type for one in taken.alerts] == ["Alert", "Update", "Cancel"]
    assert taken.unreadable == (4,)


def test_a_file_is_taken_in_by_command(cast, now, tmp_path, capsys):
    file = tmp_path / "list.csv"
    file.write_bytes(table(RAIN, "110105,朝阳区,暴雨,红色,Ⅰ,,\n", ",,,,,,\n", ",,雷电,,,,\n"))
    runner = CliRunner()
    translation.activate("en")
    said = runner.invoke(cap_commands.cap, ["take-list", str(file), "--dry-run"])
    assert (said.exit_code, Alert.objects.count()) == (0, 0)
    said = runner.invoke(cap_commands.cap, ["take-list", str(file), "--source", "weather"])
    assert said.output.strip() == "1 messages, 1 warnings of other regions, 1 unreadable rows."
    assert Alert.objects.get().sender == "list@weather"
    file.write_bytes(b"one,two\n")
    assert runner.invoke(cap_commands.cap, ["take-list", str(file)]).exit_code == 1
    assert runner.invoke(cap_commands.cap, ["take-list", str(tmp_path / "none")]).exit_code == 2


def test_the_desk_looks_at_a_list_once(cast, twin, settings):  # noqa: F811
    settings.RENWANG_PRIVATE_ADDRESSES = True
    twin.usual = Behaviour(body=table(RAIN))
    client = as_(cast.officer)
    client.post("/desk/alerts/receive/", {"url": twin.url})
    assert Alert.objects.get().event == "暴雨"
    twin.usual = Behaviour(body=b"one,two\n1,2\n")
    shown = client.post("/desk/alerts/receive/", {"url": twin.url})
    assert shown.status_code == 422
    assert "adcode" in shown.content.decode()


def test_a_feed_may_be_a_list(cast, watch, twin, now):  # noqa: F811
    rebuild_routes()
    twin.usual = Behaviour(body=table(RAIN))
    feed = watch(twin.url, relays=True)
    look(now)
    assert Relay.objects.count() == 1
    twin.usual = Behaviour(body=table(FOG))
    look(now + timedelta(minutes=2))
    twin.usual = Behaviour(body=table(RAIN))  # as it was: known, and yet something else now
    look(now + timedelta(minutes=4))
    rain = Alert.objects.filter(event="暴雨").order_by("sent")
    assert list(rain.values_list("msg_type", flat=True)) == ["Alert", "Cancel", "Alert"]
    assert FeedEntry.objects.get(feed=feed).trouble == ""
    twin.usual = Behaviour(body=b"code,colour\n1,red\n")
    look(now + timedelta(minutes=6))
    feed.refresh_from_db()
    assert (feed.trouble, feed.failures) == ("no-columns", 1)
    assert Alert.objects.count() == 5


# --- a list that comes empty --------------------------------------------------


@pytest.fixture
def emptied(cast, watch, twin, now):  # noqa: F811
    """A feed that brought two warnings, and then a table without a row."""
    rebuild_routes()
    twin.usual = Behaviour(body=table(RAIN, FOG), headers={"ETag": "one"})
    feed = watch(twin.url, relays=True)
    look(now)
    twin.usual = Behaviour(body=table(), headers={"ETag": "none"})
    look(now + timedelta(minutes=2))
    feed.refresh_from_db()
    return feed


def in_force() -> int:
    return Alert.objects.filter(state=AlertState.IN_FORCE).exclude(msg_type="Cancel").count()


@pytest.mark.parametrize("body", [table(), b"[]", b'{"warnings": []}', table("990105001,,,\n")])
def test_the_first_empty_list_lifts_nothing_and_says_what_it_would(
    cast,
    watch,  # noqa: F811
    twin,  # noqa: F811
    now,
    body,
):
    rebuild_routes()
    twin.usual = Behaviour(body=table(RAIN, FOG))
    feed = watch(twin.url, relays=True)
    look(now)
    twin.usual = Behaviour(body=body)
    look(now + timedelta(minutes=2))
    feed.refresh_from_db()
    assert in_force() == 2
    assert (feed.empty_since, feed.empty_holds) == (now + timedelta(minutes=2), 2)
    assert (feed.trouble, feed.failures, feed.etag) == ("empty", 0, "")


def test_it_is_said_once_however_often_it_comes(emptied, now):
    look(now + timedelta(minutes=4))
    look(now + timedelta(minutes=11))
    emptied.refresh_from_db()
    assert (in_force(), emptied.empty_since) == (2, now + timedelta(minutes=2))
    assert Entry.objects.filter(verb="alerts.feed_came_empty").count() == 1


def test_it_is_believed_when_it_is_still_empty_ten_minutes_later(emptied, now):
    look(now + timedelta(minutes=12))
    emptied.refresh_from_db()
    assert in_force() == 0
    assert (emptied.empty_since, emptied.empty_holds, emptied.trouble) == (None, 0, "")
    assert emptied.etag == "none"


def test_it_is_believed_at_once_when_a_person_says_so(cast, emptied, operator, now):  # noqa: F811
    with pytest.raises(reach.NotInReach):
        believe_empty(emptied.pk, by=cast.viewer(cast.stranger), now=now)
    at = now + timedelta(minutes=3)
    believe_empty(emptied.pk, by=operator, now=at)
    look(at)
    assert in_force() == 0
    assert not Feed.objects.get().empty_believed
    assert Entry.objects.filter(verb="alerts.feed_believed").exists()


def test_a_row_ends_the_doubt_and_the_next_empty_list_is_doubted_anew(emptied, twin, now):  # noqa: F811
    twin.usual = Behaviour(body=table(RAIN))
    look(now + timedelta(minutes=5))
    emptied.refresh_from_db()
    assert (in_force(), emptied.empty_since) == (1, None)
    twin.usual = Behaviour(body=table())
    look(now + timedelta(minutes=15))
    emptied.refresh_from_db()
    assert (in_force(), emptied.empty_since) == (1, now + timedelta(minutes=15))


def test_an_empty_list_that_would_lift_nothing_is_simply_empty(cast, watch, twin, now):  # noqa: F811
    twin.usual = Behaviour(body=table())
    feed = watch(twin.url)
    look(now)
    feed.refresh_from_db()
    assert (feed.empty_since, feed.trouble) == (None, "")


def test_nothing_is_believed_that_is_not_held_back(watch, operator, now):  # noqa: F811
    feed = watch("https://feed.example/")
    believe_empty(feed.pk, by=operator, now=now)
    assert not Feed.objects.get().empty_believed
