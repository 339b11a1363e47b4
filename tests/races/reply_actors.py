"""What the node below does, in a process and with a database of its own: it watches a feed, carries on, and answers."""

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.test import override_settings
from tests.cast import assemble
from tests.races.actors import say, wait

from renwang.alerts import cap
from renwang.alerts.answering import Postman
from renwang.alerts.feeds import add_feed
from renwang.alerts.models import Alert, OwnReply, Relay, Reply
from renwang.alerts.rules import Source
from renwang.alerts.services import receive_message
from renwang.alerts.services.replying import link_waiting
from renwang.alerts.signing import certificate_file, make_key
from renwang.alerts.watching import Watcher
from renwang.base.models import Entry
from renwang.chain.routes import rebuild_routes

HOST = "https://below.example/"


def found_node(above: str, feed: str, answers: str, key: str, moment: str) -> str:
    """Set the node up below another whose certificate it trusts; give its own certificate."""
    now = datetime.fromisoformat(moment)
    cast = assemble(now)
    rebuild_routes()
    make_key("青石街道节点", now=now, replace=True)
    folder = Path(settings.HOME) / "trusted"
    folder.mkdir(exist_ok=True)
    (folder / "above.pem").write_text(above)
    add_feed(
        label="上级节点", url=feed, unit=cast.street, every=60, relays=True,
        answer_url=answers, answer_key=key, by=cast.viewer(cast.operator), now=now,
    )  # fmt: skip
    return certificate_file().read_text()


@override_settings(RENWANG_PUBLIC_URL=HOST)
def look_and_answer(moment: str) -> dict[str, object]:
    """Look at the feed, take in what is there, and hand over what is answered."""
    now = datetime.fromisoformat(moment)
    for lane in (Watcher(private=True), Postman(private=True)):
        lane.step(now, lambda: now)
        lane.wait(lambda: now, 20)
    return {
        "relays": Relay.objects.count(),
        "answers": list(OwnReply.objects.order_by("turn").values_list("msg_type", "state")),
    }


def bring(message: str, moment: str) -> str:
    """Take a message in when the test says so; say what became of it."""
    say("ready")
    wait()
    now = datetime.fromisoformat(moment)
    return type(receive_message(message.encode(), Source.API, by="node:race", now=now)).__name__


def count_all(moment: str) -> dict[str, int]:
    """Count what is kept, and what was said of it, once the beats have run."""
    link_waiting(datetime.fromisoformat(moment))
    received = Entry.objects.filter(verb="alerts.reply_received")
    return {
        "alerts": Alert.objects.count(),
        "replies": Reply.objects.count(),
        "linked": Reply.alerts.through.objects.count(),
        "facts": received.count(),
    }


def acknowledge(message: str, moment: str) -> str:
    """Write somebody's acknowledgement of a message."""
    about = cap.read(message.encode()).alert
    reply = cap.write_reply(
        about, cap.MsgType.ACK, identifier="E-1", sender="x@y",
        sent=cap.Moment.of(datetime.fromisoformat(moment)), note="",
    )  # fmt: skip
    return cap.write(reply).decode()
