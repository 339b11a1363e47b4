"""Two nodes: one issues, the other takes it in, carries it on and answers; the first shows who has confirmed."""

import pytest
from django.test import Client
from tests.alerts.composing import advice, issued
from tests.alerts.conftest import warning
from tests.web.desk_pages import as_

from renwang.alerts import cap
from renwang.alerts.models import Alert, OwnReply
from renwang.alerts.peers import add_peer, parties_to
from renwang.alerts.reply_rules import Stand
from renwang.alerts.signing import certificate_file, make_key
from renwang.chain.routes import rebuild_routes
from renwang.chain.services.accounts import issue_token
from renwang.outreach.channels.twin import Behaviour, Twin

pytestmark = pytest.mark.races
ACT = "tests.races.reply_actors:"
BELOW = "990105001@below.example"


@pytest.fixture
def above(cast, now, tmp_path, settings) -> str:
    """This process is the node above: its key, the node below entered, and a key for that node's answers."""
    settings.HOME = tmp_path
    rebuild_routes()
    make_key("柳湾区预警信息发布中心", now=now)
    operator = cast.viewer(cast.operator)
    add_peer(
        label="青石街道节点", sender=BELOW, signer="青石街道节点", unit=cast.street, confirms=True,
        by=operator, now=now,
    )  # fmt: skip
    _token, key = issue_token(
        person=cast.operator, label="below", scopes=["alerts.confirm"], by=operator, now=now
    )
    return key


def test_what_one_node_issues_the_other_confirms(cast, above, node, now, tmp_path):
    alert = issued(advice(cast, now), cast, now).alert
    assert [one.stand for one in parties_to(alert)] == [Stand.SILENT]
    with Twin() as twin:
        twin.at("/feed", Behaviour(body=bytes(alert.original)))
        twin.at("/answers", Behaviour(status=201))
        certificate = node.run(
            ACT + "found_node",
            certificate_file().read_text(), f"{twin.url}/feed", f"{twin.url}/answers", above,
            now.isoformat(),
        )  # fmt: skip
        below = node.run(ACT + "look_and_answer", now.isoformat())
        again = node.run(ACT + "look_and_answer", now.isoformat())
        (answer,) = [one for one in twin.received if one.path == "/answers"]
    assert below["relays"] == 1, "the node below carries it on"
    assert below["answers"] == again["answers"] == [["Ack", "handed"]]

    assert hand_in(answer).status_code == 201
    assert [one.stand for one in parties_to(alert)] == [Stand.UNPROVEN], (
        "its key is not trusted yet"
    )
    (tmp_path / "trusted").mkdir()
    (tmp_path / "trusted" / "below.pem").write_text(certificate)
    alert.replies.all().delete()
    assert hand_in(answer).json()["about"] == [str(alert.pk)]
    assert hand_in(answer).status_code == 201
    (party,) = parties_to(alert)
    assert (party.label, party.stand) == ("青石街道节点", Stand.CONFIRMED)
    assert not OwnReply.objects.exists(), "an answer is not answered"
    page = as_(cast.operator).get(f"/desk/alerts/{alert.pk}/").content.decode()
    assert "青石街道节点" in page and "不表示住户已被叫应" in page
    assert Alert.objects.count() == 1


def hand_in(answer):
    """Let the node above have what the node below sent, as it was sent."""
    return Client().post(
        "/api/v1/alerts",
        answer.body,
        content_type=answer.headers["content-type"],
        headers={"authorization": answer.headers["authorization"]},
    )


@pytest.mark.parametrize("_time", range(3))
def test_one_reply_by_several_ways_at_once_is_kept_once(node, now, _time):
    moment = now.isoformat()
    message = cap.write(warning(now)).decode()
    reply = node.run(ACT + "acknowledge", message, moment)
    actors = [node.start(ACT + "bring", one, moment) for one in (reply, message) * 3]
    for actor in actors:
        assert actor.line() == "ready"
    for actor in actors:
        actor.go_on()
    assert sorted(actor.result() for actor in actors) == ["Alert"] * 3 + ["Reply"] * 3
    found = node.run(ACT + "count_all", moment)
    assert found == {"alerts": 1, "replies": 1, "linked": 1, "facts": 1}
