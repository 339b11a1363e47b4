"""The desk's pages about other nodes: entering them, what they answered, what we answered, and lists that came empty."""

from datetime import timedelta

import pytest
from django.test import Client

from renwang.alerts import cap
from renwang.alerts.feeds import add_feed
from renwang.alerts.models import Alert, Feed, OwnReply, Peer, Reply
from renwang.alerts.peers import add_peer
from renwang.alerts.reply_rules import Delivery
from renwang.alerts.rules import Source
from renwang.alerts.services import receive_message
from renwang.alerts.signing import make_key, node_signer
from renwang.chain.services.accounts import issue_token
from tests.alerts.conftest import SENDER, warning
from tests.web.desk_pages import LANGUAGES, as_, cost, message, relayed

NEIGHBOUR = "990105002@east.example"


@pytest.fixture(autouse=True)
def key(tmp_path, settings, now):
    settings.HOME = tmp_path
    return make_key("柳湾区预警信息发布中心", now=now)


@pytest.fixture
def peer(cast, now) -> Peer:
    return add_peer(
        label="东街节点", sender=NEIGHBOUR, unit=cast.street, confirms=True,
        answer_url="https://east.example/api/v1/alerts", answer_key="rw_secret",
        by=cast.viewer(cast.operator), now=now,
    )  # fmt: skip


def reply_to(alert: Alert, now, *, kind=cap.MsgType.ACK, note="已接收", signed=True) -> bytes:
    about = cap.read(bytes(alert.original)).alert
    written = cap.write(
        cap.write_reply(
            about, kind, identifier="E-1", sender=NEIGHBOUR, sent=cap.Moment.of(now), note=note
        )
    )
    return node_signer().sign(written, now=now) if signed else written


def form(cast, **changes) -> dict:
    good = {"label": "东街节点", "sender": NEIGHBOUR, "unit": cast.street.ref, "confirms": "on"}
    return {**good, **changes}


class TestOtherNodes:
    def test_they_are_for_who_operates_the_node(self, cast, peer):
        client = as_(cast.officer)
        for path in ("", "add/", f"{peer.pk}/"):
            assert client.get(f"/desk/settings/nodes/{path}").status_code == 403
        assert client.post(f"/desk/settings/nodes/{peer.pk}/stop/").status_code == 403
        assert as_(cast.operator).get(f"/desk/settings/nodes/{peer.pk}/").status_code == 200

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_page_speaks_both_languages(self, cast, peer, language):
        client = as_(cast.operator, language)
        for path in ("settings/nodes/", "settings/nodes/add/", f"settings/nodes/{peer.pk}/"):
            page = client.get(f"/desk/{path}")
            assert page.status_code == 200 and "rw_secret" not in page.content.decode()
        for path in ("", "?state=unknown", "?q=nothing", "?format=csv"):
            assert client.get(f"/desk/alerts/replies/{path}").status_code == 200

    @pytest.mark.parametrize(
        "wrong",
        [{"label": ""}, {"sender": "a b"}, {"answer_url": "ftp://x.example/"}, {"unit": "nowhere"}],
    )
    def test_what_is_wrong_comes_back_with_the_reason(self, cast, wrong):
        answer = as_(cast.operator).post("/desk/settings/nodes/add/", form(cast, **wrong))
        assert answer.status_code == 422 and not Peer.objects.exists()

    def test_one_is_entered_changed_and_left(self, cast):
        client = as_(cast.operator)
        answer = client.post("/desk/settings/nodes/add/", form(cast))
        assert answer.status_code == 303
        peer = Peer.objects.get()
        address = "https://east.example/cap"
        client.post(
            f"/desk/settings/nodes/{peer.pk}/",
            form(cast, answer_url=address, answer_key="rw_1", label="东邻"),
        )
        client.post(
            f"/desk/settings/nodes/{peer.pk}/", form(cast, answer_url=address, label="东邻")
        )
        peer.refresh_from_db()
        assert (peer.label, peer.answer_key, peer.is_active) == ("东邻", "rw_1", True)
        client.post(f"/desk/settings/nodes/{peer.pk}/stop/")
        assert not Peer.objects.get().is_active

    def test_the_lists_cost_a_fixed_number_of_statements(self, cast, peer, now):
        relay = relayed(cast, now)
        receive_message(reply_to(relay.alert, now), Source.API, by="node:test", now=now)
        client = as_(cast.operator)
        assert cost(client, "/desk/settings/nodes/") <= 6
        assert cost(client, "/desk/alerts/replies/") <= 6


class TestThePageOfAWarning:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_it_names_the_silent_the_refusing_and_the_forged(self, cast, peer, now, language):
        alert = relayed(cast, now).alert
        client = as_(cast.operator, language)

        def page() -> str:
            return client.get(f"/desk/alerts/{alert.pk}/").content.decode()

        silent, unproven, refused = {
            "zh-hans": ("未回复", "无法证实", "未接受"), "en": ("Silent", "Not proven", "Refused"),
        }[language]  # fmt: skip
        assert silent in page() and "东街节点" in page()
        receive_message(reply_to(alert, now, signed=False), Source.API, by="node:test", now=now)
        assert unproven in page()
        said = reply_to(alert, now, kind=cap.MsgType.ERROR, note="本街道没有这个地方")
        receive_message(said, Source.API, by="node:test", now=now)
        assert refused in page() and "本街道没有这个地方" in page()

    def test_our_own_answer_stands_there_and_is_sent_again(self, cast, peer, now):
        add_peer(
            label="区气象台", sender=SENDER, unit=cast.street, by=cast.viewer(cast.operator),
            answer_url="https://weather.example/", now=now,
        )  # fmt: skip
        alert = relayed(cast, now).alert
        OwnReply.objects.update(state=Delivery.TURNED_AWAY, due_at=None, trouble="turned-away: 403")
        assert "403" in as_(cast.officer).get(f"/desk/alerts/{alert.pk}/").content.decode()
        path = f"/desk/alerts/answers/{OwnReply.objects.get().pk}/again/"
        assert as_(cast.officer).post(path).status_code == 403
        assert as_(cast.operator).post(path).status_code == 303
        assert OwnReply.objects.get().state == Delivery.WAITING

    def test_a_reply_is_given_as_it_came_to_who_sees_the_warning(self, cast, peer, now):
        data = reply_to(relayed(cast, now).alert, now)
        reply = receive_message(data, Source.API, by="node:test", now=now)
        path = f"/desk/alerts/replies/{reply.pk}/original/"
        assert as_(cast.officer).get(path).content == data
        assert as_(cast.stranger).get(path).status_code in (403, 404)

    def test_one_brought_in_by_hand_is_told_as_what_it_is(self, cast, peer, now):
        alert = relayed(cast, now).alert
        text = reply_to(alert, now).decode()
        answer = as_(cast.operator).post("/desk/alerts/receive/", {"text": text})
        assert answer.status_code == 303 and answer["Location"].endswith("/desk/alerts/replies/")
        assert Reply.objects.get().alerts.get() == alert


class TestAListThatCameEmpty:
    def test_a_person_says_that_it_is_right(self, cast, now):
        feed = add_feed(
            label="市气象台", url="https://feed.example/", unit=cast.street, every=60, relays=False,
            by=cast.viewer(cast.operator), now=now,
        )  # fmt: skip
        Feed.objects.update(
            empty_since=now, empty_holds=43, trouble="empty", due_at=now + timedelta(hours=1)
        )
        client = as_(cast.operator)
        assert "43" in client.get(f"/desk/settings/feeds/{feed.pk}/").content.decode()
        assert client.get("/desk/settings/feeds/").status_code == 200
        path = f"/desk/settings/feeds/{feed.pk}/believe/"
        assert as_(cast.officer).post(path).status_code == 403
        assert client.post(path).status_code == 303
        assert Feed.objects.get().empty_believed


class TestOverTheApi:
    @pytest.fixture
    def call(self, cast):
        def caller(*scopes: str):
            _token, secret = issue_token(
                person=cast.operator, label="t", scopes=scopes,
                by=cast.viewer(cast.operator), now=cast.now,
            )  # fmt: skip
            return lambda path, body=None: _call(secret, path, body)

        return caller

    def test_a_key_that_only_confirms_brings_in_no_warning(self, call, now):
        answer = call("alerts.confirm")("alerts", message(now))
        assert (answer.status_code, answer.json()["capability"]) == (403, "alerts.receive")
        assert not Alert.objects.exists()

    def test_without_either_scope_nothing_is_taken(self, cast, call, now):
        alert = relayed(cast, now).alert
        assert call("alerts.see")("alerts", reply_to(alert, now)).status_code == 403
        assert not Reply.objects.exists()

    def test_it_says_what_became_of_a_reply(self, cast, call, peer, now):
        alert = relayed(cast, now).alert
        first = call("alerts.confirm")("alerts", reply_to(alert, now))
        assert first.status_code == 201, first.content
        told = first.json()
        assert (told["msg_type"], told["signature"], told["about"]) == (
            "Ack",
            "valid",
            [str(alert.pk)],
        )
        answer = call("alerts.see")(f"alerts/{alert.pk}/replies").json()
        assert (answer["confirmed"], answer["silent"]) == (1, 0)
        (party,) = answer["parties"]
        assert (party["label"], party["stand"], party["note"]) == (
            "东街节点",
            "confirmed",
            "已接收",
        )

    def test_one_about_nothing_that_is_here_says_so(self, call, now):
        about = warning(now, identifier="elsewhere")
        reply = cap.write_reply(
            about,
            cap.MsgType.ACK,
            identifier="E",
            sender=NEIGHBOUR,
            sent=cap.Moment.of(now),
            note="",
        )
        answer = call("alerts.confirm")("alerts", cap.write(reply))
        assert (answer.status_code, answer.json()["about"]) == (201, [])


def _call(secret: str, path: str, body: bytes | None):
    client, headers = Client(), {"Authorization": f"Bearer {secret}"}
    if body is None:
        return client.get(f"/api/v1/{path}", headers=headers)
    return client.post(f"/api/v1/{path}", body, content_type="application/cap+xml", headers=headers)
