"""Ack and Error between nodes: what we answer, how it gets there, and what others answer us."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connections
from django.test import override_settings
from tests.alerts.conftest import SENDER, warning

from renwang.alerts import cap
from renwang.alerts.answering import LEASE, Postman
from renwang.alerts.composing_rules import NoSigningKey
from renwang.alerts.feeds import FeedRefused, add_feed, change_feed
from renwang.alerts.models import Alert, Feed, OwnReply, Peer, Reply
from renwang.alerts.peers import (
    PeerRefused,
    add_peer,
    change_peer,
    list_replies,
    own_replies_to,
    parties_to,
    peers_visible_to,
    stop_peer,
)
from renwang.alerts.reply_rules import TRIED_FOR, Delivery, Reason, Stand
from renwang.alerts.rules import NotAWarning, Source
from renwang.alerts.services import (
    dismiss_alert,
    receive_alert,
    receive_message,
    relay_alert,
    send_reply_again,
)
from renwang.alerts.signing import certificate_file, make_key, node_signer
from renwang.alerts.trust import trusted_certificates
from renwang.alerts.watching import Watcher
from renwang.base.models import Entry
from renwang.chain import reach
from renwang.chain.routes import rebuild_routes
from renwang.outreach.channels.twin import GARBAGE, HANGS, Behaviour, Twin

NEIGHBOUR = "990105002@east.example"
NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)


@pytest.fixture
def twin():
    with Twin() as one:
        yield one


@pytest.fixture
def operator(cast) -> reach.Viewer:
    return cast.viewer(cast.operator)


@pytest.fixture
def peer(cast, key, twin, operator, now) -> Peer:
    """The weather service, answered at the twin's address."""
    rebuild_routes()
    return add_peer(
        label="区气象台", sender=SENDER, unit=cast.street, answer_url=f"{twin.url}/cap",
        answer_key="rw_secret", by=operator, now=now,
    )  # fmt: skip


def take(now, *, by="node:test", feed=None, at=None, **changes):
    data = cap.write(warning(now, **changes))
    return receive_message(data, Source.API, by=by, now=at or now, feed=feed)


def answers() -> list[tuple[str, str]]:
    return list(OwnReply.objects.order_by("made_at", "turn").values_list("msg_type", "reason"))


def post(at, *, postman: Postman | None = None) -> None:
    postman = postman or Postman(private=True)
    postman.step(at, lambda: at)
    postman.wait(lambda: at, 20)


# --- who may not, and what may not be ----------------------------------------


def test_a_stranger_neither_enters_nor_changes_nor_sees_other_nodes(cast, peer, now):
    stranger = cast.viewer(cast.stranger)
    same = {"label": "x", "sender": "x@y", "by": stranger, "now": now}
    with pytest.raises(reach.NotInReach):
        add_peer(**same, unit=cast.street)
    with pytest.raises(reach.NotInReach):
        change_peer(peer.pk, **same)
    with pytest.raises(reach.NotInReach):
        stop_peer(peer.pk, by=stranger, now=now)
    assert not peers_visible_to(stranger).exists()
    assert peers_visible_to(cast.viewer(cast.operator)).get() == peer


@pytest.mark.parametrize(
    "wrong",
    [{"label": " "}, {"sender": ""}, {"sender": "a b"}, {"sender": "a,b"}, {"sender": SENDER}],
)
def test_a_node_that_could_not_be_recognised_is_not_entered(cast, peer, operator, now, wrong):
    with pytest.raises(PeerRefused) as refused:
        add_peer(
            **{"label": "东街", "sender": NEIGHBOUR, **wrong},
            unit=cast.street, by=operator, now=now,
        )  # fmt: skip
    assert refused.value.sentence


@pytest.mark.parametrize("url", ["ftp://x.example/", "javascript:x", "http://", "x" * 501])
def test_an_address_for_answers_is_checked_like_that_of_a_feed(cast, key, operator, now, url):
    with pytest.raises(FeedRefused):
        add_peer(
            label="东街", sender=NEIGHBOUR, unit=cast.street, answer_url=url, by=operator, now=now
        )
    with pytest.raises(FeedRefused):
        add_feed(
            label="x", url="https://feed.example/", unit=cast.street, every=60, relays=False,
            answer_url=url, by=operator, now=now,
        )  # fmt: skip


def test_without_a_key_of_its_own_the_node_promises_no_answers(
    cast, operator, now, tmp_path, settings
):
    settings.HOME = tmp_path
    with pytest.raises(FeedRefused) as refused:
        add_peer(
            label="东街", sender=NEIGHBOUR, unit=cast.street, answer_url="https://x.example/",
            by=operator, now=now,
        )  # fmt: skip
    assert "renwang cap key" in refused.value.sentence


def test_a_key_never_goes_to_another_host_and_never_into_the_journal(cast, peer, operator, now):
    same = {"label": peer.label, "sender": SENDER, "by": operator, "now": now}
    kept = change_peer(peer.pk, **same, answer_url=peer.answer_url + "/other")
    assert kept.answer_key == "rw_secret"
    moved = change_peer(peer.pk, **same, answer_url="https://elsewhere.example/cap")
    assert moved.answer_key == ""
    change_peer(peer.pk, **same, answer_url="https://u:p@elsewhere.example/?k=s", answer_key="rw_2")
    told = " ".join(
        Entry.objects.filter(verb__startswith="alerts.peer").values_list("body", flat=True)
    )
    assert "rw_" not in told and "u:p" not in told and "k=s" not in told


# --- what we answer ----------------------------------------------------------


def test_nobody_is_answered_unless_that_is_wanted(cast, key, now, operator):
    rebuild_routes()
    add_peer(label="区气象台", sender=SENDER, unit=cast.street, by=operator, now=now)
    assert not take(now).is_answered and answers() == []


def test_a_message_that_was_taken_is_acknowledged_in_our_name(cast, peer, now):
    alert = take(now)
    own = OwnReply.objects.get()
    said = cap.read(bytes(own.original)).alert
    assert (said.msg_type, said.status, said.scope) == ("Ack", "Actual", "Private")
    assert said.refers_to == (warning(now).as_reference,)
    assert said.sender.startswith(f"{cast.street.code}@") and said.addressees == (SENDER,)
    assert "不表示" in said.note and "does not say that any household" in said.note
    assert cap.verify(bytes(own.original), trusted=trusted_certificates(), now=now).is_valid
    fact = Entry.objects.get(verb="alerts.answered")
    assert fact.place == alert.path and SENDER in fact.body


def test_the_same_message_again_is_not_answered_again(peer, now):
    take(now)
    take(now, at=now + timedelta(minutes=1))
    take(
        now, description="别的话", at=now + timedelta(minutes=2)
    )  # the name stands over other words
    assert answers() == [("Ack", "")]


@pytest.mark.parametrize("msg_type", [cap.MsgType.ACK, cap.MsgType.ERROR])
def test_a_reply_is_never_answered_and_never_a_warning(peer, now, msg_type):
    data = cap.write(warning(now, msg_type=msg_type, refers_to=(warning(now).as_reference,)))
    with pytest.raises(NotAWarning):
        receive_alert(data, Source.API, by="node:test", now=now)
    assert isinstance(receive_message(data, Source.API, by="node:test", now=now), Reply)
    assert (OwnReply.objects.count(), Alert.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"codes": ("110105001",)}, Reason.ELSEWHERE),
        ({"expires": timedelta(minutes=-1)}, Reason.EXPIRED),
        (
            {"msg_type": cap.MsgType.CANCEL,
             "refers_to": (cap.Reference(SENDER, "never-seen", cap.Moment("2026-07-15T09:00:00+08:00")),)},
            Reason.UNKNOWN_REFERENCE,
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_carried_out_is_answered_with_an_error_that_says_why(
    peer, now, changes, reason
):
    take(now, **changes)
    assert answers() == [("Error", reason)]
    said = cap.read(bytes(OwnReply.objects.get().original)).alert
    assert said.msg_type == "Error" and len(said.note.splitlines()) == 2


def test_a_signature_that_does_not_hold_is_answered_with_an_error(peer, key, now, tmp_path):
    signed = node_signer().sign(cap.write(warning(now)), now=now)
    forged = signed.replace("立即转移".encode(), "不必转移".encode())
    receive_message(forged, Source.API, by="node:test", now=now)
    strange = _signer(tmp_path, "whom we do not know", trusted=False)
    other = strange.sign(cap.write(warning(now, identifier="other")), now=now)
    receive_message(other, Source.API, by="node:test", now=now)
    assert answers() == [
        ("Error", Reason.SIGNATURE_BROKEN), ("Error", Reason.SIGNATURE_UNTRUSTED),
    ]  # fmt: skip


def test_an_update_without_its_earlier_one_is_taken_and_that_is_said(peer, now):
    lost = cap.Reference(SENDER, "never-seen", cap.Moment("2026-07-15T09:00:00+08:00"))
    take(now, msg_type=cap.MsgType.UPDATE, refers_to=(lost,))
    assert answers() == [("Ack", "")]
    assert "is not here" in cap.read(bytes(OwnReply.objects.get().original)).alert.note


def test_a_test_is_answered_by_a_test_and_an_exercise_of_ours_by_nobody(peer, now):
    take(now, status=cap.Status.TEST)
    assert cap.read(bytes(OwnReply.objects.get().original)).alert.status == "Test"
    data = cap.write(warning(now, identifier="drill"))
    receive_alert(data, Source.DRILL, by="node:test", now=now, drill=uuid4())
    assert OwnReply.objects.count() == 1


def test_who_was_told_yes_learns_of_no_and_who_was_told_no_of_yes(cast, peer, operator, now):
    alert = take(now)
    dismiss_alert(alert.pk, by=operator, now=now, reason="王某说不归我们管")
    assert answers() == [("Ack", ""), ("Error", Reason.NOT_FOR_US)]
    assert "王某" not in cap.read(bytes(OwnReply.objects.get(turn=2).original)).alert.note
    relay_alert(alert.pk, cast.street, by=operator, now=now)
    assert [kind for kind, _ in answers()] == ["Ack", "Error", "Ack"]
    assert [one.turn for one in own_replies_to(Alert.objects.get())] == [1, 2, 3]


def test_a_warning_comes_in_even_where_its_answer_cannot_be_signed(peer, operator, now, twin):
    certificate_file().rename(certificate_file().with_suffix(".away"))
    assert take(now).state == "received"
    own = OwnReply.objects.get()
    assert own.state == Delivery.UNSIGNED
    post(now)
    assert not twin.received, "nothing unsigned leaves the house"
    with pytest.raises(NoSigningKey):
        send_reply_again(own.pk, by=operator, now=now)
    certificate_file().with_suffix(".away").rename(certificate_file())
    send_reply_again(own.pk, by=operator, now=now)
    post(now)
    assert cap.verify(twin.received[0].body, trusted=trusted_certificates(), now=now).is_valid


def test_the_address_of_the_feed_comes_before_that_of_the_sender(cast, peer, operator, now, twin):
    feed = add_feed(
        label="f", url="https://feed.example/", unit=cast.street, every=60, relays=False,
        answer_url=f"{twin.url}/of-the-feed", by=operator, now=now,
    )  # fmt: skip
    take(now, feed=feed)
    post(now)
    assert twin.received[0].path == "/of-the-feed"
    assert "authorization" not in twin.received[0].headers


# --- handing it over ---------------------------------------------------------


def test_it_is_handed_over_as_it_was_signed_with_the_key_once(peer, now, twin):
    take(now)
    post(now)
    post(now + timedelta(minutes=1))
    (arrived,) = twin.received
    own = OwnReply.objects.get()
    assert (arrived.method, arrived.path, arrived.body) == ("POST", "/cap", bytes(own.original))
    assert arrived.headers["authorization"] == "Bearer rw_secret"
    assert arrived.headers["content-type"] == "application/cap+xml"
    assert (own.state, own.ended_at, own.trouble) == (Delivery.HANDED, now, "")
    assert Entry.objects.get(verb="alerts.answer_ended").at == now


def test_a_no_is_final_until_a_person_tries_again(cast, peer, operator, now, twin):
    twin.behave(Behaviour(status=403))
    take(now)
    post(now)
    own = OwnReply.objects.get()
    assert (own.state, own.trouble) == (Delivery.TURNED_AWAY, "turned-away: 403")
    post(now + timedelta(hours=1))
    assert len(twin.received) == 1
    with pytest.raises(reach.NotInReach):
        send_reply_again(own.pk, by=cast.viewer(cast.stranger), now=now)
    send_reply_again(own.pk, by=operator, now=now)
    post(now)
    assert OwnReply.objects.get().state == Delivery.HANDED


def test_a_redirect_is_not_followed_with_the_key(peer, now, twin):
    twin.behave(Behaviour(status=302, headers={"Location": f"{twin.url}/elsewhere"}))
    take(now)
    post(now)
    assert len(twin.received) == 1 and OwnReply.objects.get().state == Delivery.TURNED_AWAY


@pytest.mark.parametrize("wrong", [GARBAGE, Behaviour(status=500), Behaviour(status=503)])
def test_what_goes_wrong_is_tried_again_ever_more_slowly_under_the_same_id(peer, now, twin, wrong):
    twin.usual = wrong
    take(now)
    at, waits = now, []
    for _ in range(4):
        post(at)
        own = OwnReply.objects.get()
        waits.append((own.due_at - at).seconds)
        at = own.due_at
    assert waits == [5, 10, 20, 40] and own.trouble
    assert len({one.headers["idempotency-key"] for one in twin.received}) == 1
    post(now + TRIED_FOR)
    assert OwnReply.objects.get().state == Delivery.GIVEN_UP


def test_a_node_that_hangs_delays_no_other(cast, peer, operator, now, twin):
    with Twin(HANGS) as deaf:
        add_peer(
            label="东街", sender=NEIGHBOUR, unit=cast.street, answer_url=deaf.url,
            by=operator, now=now,
        )  # fmt: skip
        for number in range(8):
            take(now, sender=NEIGHBOUR, identifier=f"deaf-{number}")
        for number in range(3):
            take(now, identifier=f"w-{number}")
        postman = Postman(private=True)
        for _ in range(5):
            postman.step(now, lambda: now)
            if twin.wait_for(3, timeout=2):
                break
        assert len(twin.received) == 3
        assert len(deaf.received) <= 2, "it never has more than two of the threads"
        deaf.go_on()
        postman.wait(lambda: now, 20)


def test_private_addresses_are_guarded_as_those_of_feeds_are(peer, now, twin):
    take(now)
    post(now, postman=Postman(private=False))
    assert not twin.received
    assert OwnReply.objects.get().trouble == "forbidden-address"


def test_two_workers_hand_it_over_once_and_a_lost_claim_runs_out(peer, now, twin):
    take(now)
    one, two = Postman(private=True), Postman(private=True)
    assert one.step(now, lambda: now) == 1
    assert two.step(now, lambda: now) == 0
    one.wait(lambda: now, 20)
    OwnReply.objects.update(state=Delivery.WAITING, due_at=now, claimed_until=now + LEASE)
    assert two.step(now + LEASE, lambda: now) == 1
    two.wait(lambda: now, 20)
    assert len({one.headers["idempotency-key"] for one in twin.received}) == 1


def test_a_node_that_is_left_is_answered_no_more(peer, operator, now, twin):
    take(now)
    stop_peer(peer.pk, by=operator, now=now)
    post(now)
    assert not twin.received
    assert OwnReply.objects.get().state == Delivery.GIVEN_UP


# --- what others answer ------------------------------------------------------


def neighbour(tmp_path, name: str = "东街预警中心") -> cap.Signer:
    """A node to the east with a key of its own, whose certificate we trust."""
    return _signer(tmp_path, name, trusted=True)


def _signer(tmp_path, name: str, *, trusted: bool) -> cap.Signer:
    home = tmp_path / f"node-{len(list(tmp_path.glob('node-*')))}"
    with override_settings(HOME=home):
        make_key(name, now=NOW - timedelta(days=1))
        signer = node_signer()
        pem = certificate_file().read_bytes()
    if trusted:
        (tmp_path / "trusted").mkdir(exist_ok=True)
        (tmp_path / "trusted" / f"{home.name}.pem").write_bytes(pem)
    return signer


def ack(
    alert: Alert,
    now,
    *,
    kind=cap.MsgType.ACK,
    note: str = "taken",
    sender: str = NEIGHBOUR,
    **changes,
) -> bytes:
    about = cap.read(bytes(alert.original)).alert
    reply = cap.write_reply(
        about, kind, identifier=changes.get("identifier", "E-1"), sender=sender,
        sent=cap.Moment.of(now), note=note,
    )  # fmt: skip
    return cap.write(reply)


@pytest.fixture
def east(cast, key, operator, now) -> Peer:
    """The node to the east, which is to confirm what goes out in the street."""
    rebuild_routes()
    return add_peer(
        label="东街节点", sender=NEIGHBOUR, signer="东街预警中心", unit=cast.street, confirms=True,
        by=operator, now=now,
    )  # fmt: skip


@pytest.fixture
def relayed(cast, east, operator, now) -> Alert:
    alert = take(now)
    relay_alert(alert.pk, cast.street, by=operator, now=now)
    return alert


def stands(alert: Alert) -> list[tuple[str, Stand]]:
    return [(one.label or one.sender, one.stand) for one in parties_to(alert)]


def bring(data: bytes, now, by="node:test") -> Reply:
    return receive_message(data, Source.API, by=by, now=now)


def test_who_may_neither_receive_nor_confirm_hands_nothing_in(cast, relayed, now):
    with pytest.raises(reach.NotInReach):
        bring(ack(relayed, now), now, by=cast.viewer(cast.worker))
    assert not Reply.objects.exists()


def test_silence_is_named_until_the_node_confirms(relayed, now, tmp_path):
    assert stands(relayed) == [("东街节点", Stand.SILENT)]
    signer = neighbour(tmp_path)
    data = signer.sign(ack(relayed, now), now=now)
    reply = bring(data, now)
    assert stands(relayed) == [("东街节点", Stand.CONFIRMED)]
    assert (bytes(reply.original), reply.signer, reply.note) == (data, "东街预警中心", "taken")
    assert Entry.objects.get(verb="alerts.reply_received").place == relayed.path


def test_a_refusal_says_why(relayed, now, tmp_path):
    bring(
        neighbour(tmp_path).sign(
            ack(relayed, now, kind=cap.MsgType.ERROR, note="无此地名"), now=now
        ),
        now,
    )
    (party,) = parties_to(relayed)
    assert (party.stand, party.said.note) == (Stand.REFUSED, "无此地名")


def test_a_forged_or_unsigned_confirmation_confirms_nothing(relayed, now, tmp_path):
    stranger = _signer(tmp_path, "东街预警中心", trusted=False)
    bring(stranger.sign(ack(relayed, now), now=now), now)
    assert stands(relayed) == [("东街节点", Stand.UNPROVEN)]
    bring(ack(relayed, now, note="unsigned"), now)
    whole = neighbour(tmp_path).sign(
        ack(relayed, now, note="no, not here", kind=cap.MsgType.ERROR), now=now
    )
    bring(whole.replace(b"no, not here", b"yes, all here").replace(b">Error<", b">Ack<"), now)
    assert stands(relayed) == [("东街节点", Stand.UNPROVEN)]
    bring(whole, now)
    assert stands(relayed) == [("东街节点", Stand.REFUSED)], "the true one still comes through"
    other = neighbour(tmp_path, "another office that we trust")
    bring(other.sign(ack(relayed, now + timedelta(minutes=5)), now=now), now)
    assert stands(relayed) == [("东街节点", Stand.REFUSED)], "nobody speaks for another"


def test_the_same_reply_twice_is_one(relayed, now, tmp_path):
    data = neighbour(tmp_path).sign(ack(relayed, now), now=now)
    assert bring(data, now) == bring(data, now + timedelta(minutes=1))
    assert Entry.objects.filter(verb="alerts.reply_received").count() == 1


def test_one_about_an_unknown_warning_is_kept_said_and_linked_when_that_comes(
    cast, east, operator, now, tmp_path
):
    later = warning(now, identifier="comes-later")
    about = cap.write_reply(
        later, cap.MsgType.ACK, identifier="E-9", sender=NEIGHBOUR, sent=cap.Moment.of(now), note=""
    )
    reply = bring(neighbour(tmp_path).sign(cap.write(about), now=now), now)
    assert not reply.is_linked
    assert list_replies(operator, state="unknown").items == [reply]
    assert list_replies(cast.viewer(cast.worker)).items == []
    alert = take(now, identifier="comes-later")
    assert stands(alert) == [("东街节点", Stand.CONFIRMED)]
    assert list_replies(operator, state="unknown").items == []
    assert list_replies(cast.viewer(cast.worker)).items == [reply]


def test_nobody_is_silent_about_what_never_went_out_or_was_before_his_time(
    cast, east, operator, now
):
    alert = take(now)
    assert parties_to(alert) == ()
    earlier = take(now - timedelta(hours=1), identifier="earlier", at=now - timedelta(minutes=1))
    relay_alert(earlier.pk, cast.street, by=operator, now=now)
    assert parties_to(earlier) == ()
    stop_peer(east.pk, by=operator, now=now)
    relay_alert(alert.pk, cast.street, by=operator, now=now)
    assert parties_to(alert) == ()


def test_a_confirmation_comes_by_feed_as_well(relayed, now, tmp_path, twin, cast, operator):
    twin.usual = Behaviour(body=neighbour(tmp_path).sign(ack(relayed, now), now=now))
    feed = add_feed(
        label="东街", url=f"{twin.url}/acks", unit=cast.street, every=60, relays=True,
        by=operator, now=now,
    )  # fmt: skip
    watcher = Watcher(private=True)
    watcher.step(now, lambda: now)
    watcher.wait(lambda: now, 20)
    assert stands(relayed) == [("东街节点", Stand.CONFIRMED)]
    assert Feed.objects.get(pk=feed.pk).trouble == ""


def test_changing_a_feed_keeps_its_key_unless_its_host_changes(cast, key, operator, now):
    described = {"label": "f", "url": "https://feed.example/", "every": 60, "relays": False}
    feed = add_feed(
        **described, unit=cast.street, answer_url="https://a.example/x", answer_key="rw_1",
        by=operator, now=now,
    )  # fmt: skip
    kept = change_feed(feed.pk, **described, answer_url="https://a.example/y", by=operator, now=now)
    assert kept.answer_key == "rw_1"
    off = change_feed(feed.pk, **described, by=operator, now=now)
    assert (off.answer_url, off.answer_key) == ("", "")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_same_reply_and_the_same_warning_by_two_ways_at_once(peer, now, tmp_path):
    data = cap.write(warning(now))
    signed = neighbour(tmp_path).sign(
        cap.write(
            cap.write_reply(
                warning(now), cap.MsgType.ACK, identifier="E-1", sender=NEIGHBOUR,
                sent=cap.Moment.of(now), note="",
            )
        ),
        now=now,
    )  # fmt: skip

    def bring_both(number: int):
        try:
            for each in (data, signed) if number % 2 else (signed, data):
                receive_message(each, Source.API, by="node:test", now=now)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(bring_both, range(8)))
    assert (Alert.objects.count(), Reply.objects.count(), OwnReply.objects.count()) == (1, 1, 1)
