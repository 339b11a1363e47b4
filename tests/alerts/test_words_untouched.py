"""The signed words, byte for byte and letter for letter, at every door and in every message."""

import html
import json
from uuid import uuid4

import pytest
from django.test import Client
from tests import make
from tests.alerts.conftest import warning

from renwang.alerts import cap, services
from renwang.alerts.rules import Source
from renwang.chain import routes
from renwang.chain.services.accounts import issue_token
from renwang.outreach.models import Call, Delivered, Notice
from renwang.outreach.sending import send_due

# Everything that a careless hand would tidy up: blanks, lines, marks, signs of markup, rare characters.
WORDS = "　第一条：请  立即\n撤离！<低洼> & “地下室”；\t第二条…… 𠮷野家 ①②③ ﬁ"


@pytest.fixture
def alert(cast, now):
    """A warning with difficult words, relayed with a note."""
    routes.rebuild_routes()
    data = cap.write(warning(now, colour="Red", description=WORDS))
    taken = services.receive_alert(data, Source.FILE, by="node:test", now=now)
    services.relay_alert(
        taken.pk, cast.street, by=cast.viewer(cast.officer), now=now, note="本地：走南门"
    )
    assert bytes(taken.original) == data
    return taken


def test_the_document_is_kept_and_given_back_byte_for_byte(alert, now):
    alert.refresh_from_db()
    assert bytes(alert.original) == cap.write(warning(now, colour="Red", description=WORDS))
    assert Client().get(f"/alerts/{alert.pk}.cap").content == bytes(alert.original)


def test_what_is_said_down_the_chain_holds_the_words_whole_and_the_note_apart(alert):
    notice = Notice.objects.get()
    assert WORDS in notice.words
    assert "走南门" not in notice.words
    assert notice.note == "本地：走南门"


def test_every_message_delivered_holds_the_same_words(cast, alert, now):
    send_due(now, lambda: now)
    said = Notice.objects.get().words
    delivered = list(Delivered.objects.all())
    assert delivered
    assert {(one.words, one.note) for one in delivered} == {(said, "本地：走南门")}


def test_every_door_shows_the_same_words(cast, alert, now):
    said = Notice.objects.get().words
    call = Call.objects.get(path=cast.grid.path)
    client = Client()
    client.force_login(
        make.account(cast.worker, f"u{uuid4().hex[:8]}"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    assert said in html.unescape(client.get(f"/field/calls/{call.pk}/").content.decode())
    assert WORDS in html.unescape(Client().get(f"/places/{cast.grid.ref}/").content.decode())
    _token, secret = issue_token(
        person=cast.worker,
        label="t",
        scopes=["alerts.answer"],
        by=cast.viewer(cast.worker),
        now=now,
    )
    answer = Client(headers={"authorization": f"Bearer {secret}"}).get("/api/v1/calls/mine")
    assert json.loads(answer.content)[0]["words"] == said
