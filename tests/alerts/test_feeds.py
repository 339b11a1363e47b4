"""Feeds that are watched, against real servers on this machine."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db import OperationalError

from renwang.alerts import looking
from renwang.alerts.feeds import (
    FeedRefused,
    Refusal,
    add_feed,
    change_feed,
    look_now,
    stop_feed,
    visible_to,
)
from renwang.alerts.models import Alert, Feed, FeedEntry, Relay
from renwang.alerts.watching import LEASE, Watcher, claim_feeds, forget_entries, next_look
from renwang.base.models import Entry
from renwang.chain import reach
from renwang.chain.routes import rebuild_routes
from renwang.outreach.channels.twin import DRIPS, GARBAGE, HANGS, Behaviour, Twin

CODE = "990105001"  # the cast's sub-district


def warning(number: int = 1, *, code: str = CODE, sent: str = "2026-07-15T09:20:00+08:00") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>W-{number}</identifier>
<sender>weather@example.org</sender><sent>{sent}</sent><status>Actual</status><msgType>Alert</msgType>
<scope>Public</scope><info><language>zh-CN</language><category>Met</category><event>暴雨</event>
<urgency>Immediate</urgency><severity>Extreme</severity><certainty>Observed</certainty>
<expires>2026-07-15T15:20:00+08:00</expires><headline>暴雨红色预警 {number}</headline>
<description>过去3小时降雨量已达100毫米以上。</description>
<area><areaDesc>青石街道</areaDesc><geocode><valueName>code</valueName><value>{code}</value></geocode></area>
</info></alert>""".encode()


def atom(*links: str, embedded: bytes = b"") -> bytes:
    entries = "".join(
        f"<entry><id>{link}</id><title>t</title><updated>2026-07-15T01:20:00Z</updated>"
        f'<link type="application/cap+xml" href="{link}"/></entry>'
        for link in links
    )
    inner = embedded.partition(b"?>")[2].decode()
    if inner:
        entries += (
            "<entry><id>in</id><title>t</title><updated>2026-07-15T01:20:00Z</updated>"
            f'<content type="text/xml">{inner}</content></entry>'
        )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><id>f</id><title>f</title>{entries}</feed>'.encode()


@pytest.fixture
def twin():
    with Twin() as one:
        yield one


@pytest.fixture
def operator(cast) -> reach.Viewer:
    return cast.viewer(cast.operator)


@pytest.fixture
def watch(cast, operator, now):
    """Have an address watched for the cast's sub-district."""

    def watched(url: str, **changes) -> Feed:
        described = {"label": "市气象台", "unit": cast.street, "every": 60, "relays": False}
        return add_feed(**{**described, **changes}, url=url, by=operator, now=now)

    return watched


def look(at, watcher: Watcher | None = None) -> None:
    watcher = watcher or Watcher(private=True)
    watcher.step(at, lambda: at)
    watcher.wait(lambda: at, 20)


def fresh(feed: Feed) -> Feed:
    return Feed.objects.get(pk=feed.pk)


# --- who may not, and what may not be --------------------------------------------


def test_a_stranger_neither_adds_nor_changes_nor_sees_feeds(cast, watch, operator, now):
    feed = watch("https://feed.example/atom")
    stranger = cast.viewer(cast.stranger)
    same = {"label": "x", "url": "https://other.example/", "every": 60, "relays": True, "now": now}
    with pytest.raises(reach.NotInReach):
        add_feed(**same, unit=cast.street, by=stranger)
    with pytest.raises(reach.NotInReach):
        change_feed(feed.pk, **same, by=stranger)
    for act in (stop_feed, look_now):
        with pytest.raises(reach.NotInReach):
            act(feed.pk, by=stranger, now=now)
    assert list(visible_to(stranger)) == []
    assert list(visible_to(operator)) == [feed]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"url": "ftp://x.example/"}, Refusal.NO_WEB_ADDRESS),
        ({"url": "file:///etc/passwd"}, Refusal.NO_WEB_ADDRESS),
        ({"url": "http://"}, Refusal.NO_WEB_ADDRESS),
        ({"url": "https://feed.example/"}, Refusal.WATCHED_ALREADY),
        ({"every": 9}, Refusal.INTERVAL),
        ({"every": 86401}, Refusal.INTERVAL),
        ({"label": "  "}, Refusal.NO_LABEL),
    ],
)
def test_what_cannot_be_watched_is_refused_with_a_sentence(watch, changes, refusal):
    watch("https://feed.example/")
    with pytest.raises(FeedRefused) as refused:
        watch(**{"url": "https://new.example/", **changes})
    assert refused.value.refusal is refusal and refused.value.sentence


def test_no_key_of_an_address_gets_into_the_journal(watch):
    watch("https://user:pass@feed.example:8443/atom?key=s3cret#x")
    fact = Entry.objects.get(verb="alerts.feed_added")
    assert fact.facts["url"] == "https://feed.example:8443/atom"


@pytest.mark.parametrize("bad", ["http://[", "http://[::1/", "https://a]b/"])
def test_an_address_that_is_none_is_refused(watch, bad):
    with pytest.raises(FeedRefused):
        watch(bad)


def test_a_private_address_is_not_asked_unless_allowed(watch, twin, now):
    feed = watch(twin.url)
    look(now, Watcher(private=False))
    assert fresh(feed).trouble == "forbidden-address"
    assert twin.received == []


# --- what comes in ---------------------------------------------------------------


def test_a_single_warning_comes_in_once(watch, twin, now):
    twin.usual = Behaviour(body=warning())
    feed = watch(twin.url)
    for minutes in (0, 2, 4):
        look(now + timedelta(minutes=minutes))
    alert = Alert.objects.get()
    assert (alert.identifier, alert.source, alert.received_at) == ("W-1", "feed", now)
    assert FeedEntry.objects.get().alert == alert
    assert not Relay.objects.exists()
    assert (fresh(feed).worked_at, fresh(feed).trouble) == (now + timedelta(minutes=4), "")


def test_linked_and_embedded_warnings_come_in_and_are_fetched_once(watch, twin, now):
    twin.at("/atom", Behaviour(body=atom("/1.xml", "/2.xml", embedded=warning(3))))
    twin.at("/1.xml", Behaviour(body=warning(1)))
    twin.at("/2.xml", Behaviour(body=warning(2)))
    watch(f"{twin.url}/atom")
    look(now)
    look(now + timedelta(minutes=2))
    assert set(Alert.objects.values_list("identifier", flat=True)) == {"W-1", "W-2", "W-3"}
    assert sorted(one.path for one in twin.received) == ["/1.xml", "/2.xml", "/atom", "/atom"]


def test_what_has_not_changed_is_not_sent_again(watch, twin, now):
    def served(received):
        same = received.headers.get("if-none-match") == '"v1"'
        return Behaviour(304) if same else Behaviour(headers={"ETag": '"v1"'}, body=warning())

    twin.at("/atom", served)
    feed = watch(f"{twin.url}/atom")
    for minutes in (0, 2):
        look(now + timedelta(minutes=minutes))
    assert twin.received[1].headers["if-none-match"] == '"v1"'
    assert (fresh(feed).etag, fresh(feed).failures) == ('"v1"', 0)


def test_a_feed_that_relays_carries_down_without_asking_once(cast, watch, twin, now):
    rebuild_routes()
    twin.usual = Behaviour(body=warning())
    watch(twin.url, relays=True)
    look(now)
    look(now + timedelta(minutes=2))
    relay = Relay.objects.get()
    assert (relay.unit_id, relay.decided_by) == (cast.street.pk, None)
    assert Entry.objects.get(verb="alerts.relayed").actor == "node:feed"


def test_a_warning_for_elsewhere_is_kept_and_not_relayed(watch, twin, now):
    twin.usual = Behaviour(body=warning(code="110105"))
    watch(twin.url, relays=True)
    look(now)
    assert Alert.objects.count() == 1 and not Relay.objects.exists()
    assert FeedEntry.objects.get().trouble


# --- what goes wrong ---------------------------------------------------------------


def test_a_warning_that_would_reach_nobody_hides_no_other(cast, watch, twin, now):
    twin.at("/atom", Behaviour(body=atom("/1.xml", "/2.xml")))
    twin.at("/1.xml", Behaviour(body=warning(1, code="990105001002")))
    twin.at("/2.xml", Behaviour(body=warning(2)))
    watch(f"{twin.url}/atom", unit=cast.neighbour_community, relays=True)
    look(now)
    assert Alert.objects.count() == 2
    assert set(FeedEntry.objects.values_list("trouble", flat=True)) == {"NobodyThere"}


def test_a_database_that_is_away_for_a_moment_loses_no_warning(watch, twin, now, monkeypatch):
    def away(*args, **kwargs):
        raise OperationalError("database is locked")

    twin.usual = Behaviour(body=warning())
    watch(twin.url)
    with monkeypatch.context() as broken:
        broken.setattr("renwang.alerts.watching.receive_message", away)
        with pytest.raises(OperationalError):
            look(now)
    assert not FeedEntry.objects.exists()
    look(now + LEASE)
    assert Alert.objects.count() == 1


def test_one_bad_entry_hides_no_other(watch, twin, now):
    links = ("/bad.xml", "http://elsewhere.example/3.xml", "/gone.xml", "/moved.xml", "/good.xml")
    twin.at("/atom", Behaviour(body=atom(*links)))
    twin.at("/bad.xml", Behaviour(body=b"<!DOCTYPE x><alert/>"))
    twin.at("/gone.xml", Behaviour(404))
    twin.at("/moved.xml", Behaviour(302, {"Location": "ftp://elsewhere.example/"}))
    twin.at("/good.xml", Behaviour(body=warning()))
    feed = watch(f"{twin.url}/atom")
    look(now)
    assert Alert.objects.get().identifier == "W-1"
    troubles = sorted(FeedEntry.objects.exclude(trouble="").values_list("trouble", flat=True))
    assert [one.split()[0].rstrip(":") for one in troubles] == [
        "another-host", "doctype", "redirected", "turned-away",
    ]  # fmt: skip
    assert fresh(feed).failures == 0


def test_a_link_that_fails_for_now_is_fetched_again(watch, twin, now):
    answers = iter([Behaviour(503), Behaviour(body=warning())])
    twin.at("/atom", Behaviour(headers={"ETag": '"v1"'}, body=atom("/1.xml")))
    twin.at("/1.xml", lambda _received: next(answers))
    feed = watch(f"{twin.url}/atom")
    look(now)
    assert (fresh(feed).trouble, fresh(feed).etag) == ("busy: 503", "")
    look(now + timedelta(minutes=2))
    assert Alert.objects.count() == 1
    assert (fresh(feed).trouble, fresh(feed).etag) == ("", '"v1"')


@pytest.mark.parametrize(
    ("behaviour", "trouble"),
    [
        (Behaviour(500), "bad-answer: 500"),
        (Behaviour(404), "turned-away: 404"),
        (Behaviour(body=b"<html></html>"), "not-an-alert"),
        (Behaviour(body=b""), "empty"),
        (GARBAGE, "broken-off"),
        (Behaviour(302, {"Location": "file:///etc/passwd"}), "redirected: 302"),
        (Behaviour(302, {"Location": "/"}), "redirected"),
    ],
)
def test_a_failure_is_kept_and_looked_at_later_and_recovers(watch, twin, now, behaviour, trouble):
    twin.behave(*[behaviour] * (looking.REDIRECTS + 1 if trouble == "redirected" else 1))
    twin.usual = Behaviour(body=warning())
    feed = watch(twin.url)
    look(now)
    failed = fresh(feed)
    assert failed.trouble.startswith(trouble)
    assert (failed.failures, failed.claimed_until) == (1, None)
    assert failed.due_at == next_look(60, 1, now) > next_look(60, 0, now)
    look(now + timedelta(seconds=60))
    assert fresh(feed).failures == 1  # not yet
    look(failed.due_at)
    assert (fresh(feed).failures, fresh(feed).trouble, Alert.objects.count()) == (0, "", 1)


def test_too_much_is_not_read_to_its_end(watch, twin, now, monkeypatch):
    monkeypatch.setattr(looking.cap, "FEED_LIMIT", 100)
    twin.usual = Behaviour(body=warning())
    feed = watch(twin.url)
    look(now)
    assert fresh(feed).trouble == "too-large"


@pytest.mark.parametrize("behaviour", [HANGS, DRIPS, Behaviour(500), GARBAGE])
def test_a_feed_that_hangs_or_fails_stops_no_other(watch, twin, now, behaviour):
    with Twin(behaviour) as sick:
        watch(sick.url, label="病")
        twin.usual = Behaviour(body=warning())
        well = watch(twin.url)
        watcher = Watcher(private=True)
        watcher.step(now, lambda: now)
        while fresh(well).worked_at is None:
            watcher.step(now, lambda: now)
        assert Alert.objects.count() == 1


def test_only_so_many_links_are_fetched_in_one_look(watch, twin, now, monkeypatch):
    monkeypatch.setattr(looking, "FETCHES", 2)
    twin.at("/atom", Behaviour(body=atom(*(f"/{number}.xml" for number in range(5)))))
    for number in range(5):
        twin.at(f"/{number}.xml", Behaviour(body=warning(number)))
    feed = watch(f"{twin.url}/atom")
    for seen in (2, 4, 5):
        look(now)
        assert Alert.objects.count() == seen
    assert fresh(feed).due_at == next_look(60, 0, now)


# --- the clock ---------------------------------------------------------------------


def test_a_claimed_feed_is_left_to_its_claim_until_that_runs_out(watch, now):
    watch("https://feed.example/")
    (errand,) = claim_feeds(now, 5)
    assert claim_feeds(now, 5) == []
    assert [one.feed_id for one in claim_feeds(errand.lease, 5)] == [errand.feed_id]


def test_what_a_stopped_feed_still_brings_is_left(watch, operator, twin, now):
    twin.usual = Behaviour(body=warning())
    feed = watch(twin.url)
    watcher = Watcher(private=True)
    watcher.step(now, lambda: now)
    stop_feed(feed.pk, by=operator, now=now)
    watcher.wait(lambda: now, 20)
    assert not Alert.objects.exists()
    look(now + timedelta(hours=1))
    assert len(twin.received) == 1


def test_a_person_can_hurry_change_and_stop(watch, operator, twin, now):
    twin.usual = Behaviour(body=warning())
    feed = watch(twin.url)
    look(now)
    look_now(feed.pk, by=operator, now=now)
    look(now)
    assert len(twin.received) == 2
    changed = change_feed(
        feed.pk, label="新", url=f"{twin.url}/n", every=90, relays=False, by=operator, now=now
    )
    assert (changed.label, changed.etag, changed.due_at) == ("新", "", now)
    stop_feed(feed.pk, by=operator, now=now)
    verbs = list(
        Entry.objects.filter(verb__startswith="alerts.feed_")
        .order_by("id")
        .values_list("verb", flat=True)
    )
    assert [verb.removeprefix("alerts.feed_") for verb in verbs] == [
        "added",
        "hurried",
        "changed",
        "stopped",
    ]


def test_the_wait_grows_to_an_hour_and_never_falls_below_the_interval(now):
    waits = [next_look(60, failures, now) - now for failures in range(20)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=60), timedelta(hours=1))
    assert next_look(7200, 5, now) - now == timedelta(hours=2)


def test_old_entries_are_forgotten(watch, twin, now):
    twin.usual = Behaviour(body=warning())
    watch(twin.url)
    look(now)
    assert forget_entries(now + timedelta(days=29)) == 0
    assert forget_entries(now + timedelta(days=31)) == 1


def test_a_feed_s_id_is_a_uuid(watch):
    assert isinstance(watch("https://feed.example/").pk, UUID)


def test_a_claim_from_before_the_clock_was_put_back_stops_no_feed(watch, now):
    watch("https://feed.example/atom")
    assert len(claim_feeds(now + timedelta(days=3), 5)) == 1
    assert len(claim_feeds(now, 5)) == 1
