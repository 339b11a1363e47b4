"""What the tests of the desk share: browsers signed in, and a warning under way in the cast's county."""

from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from renwang.alerts import cap, services
from renwang.alerts.models import Alert, Relay
from renwang.alerts.rules import Source
from renwang.base.sealing import seal_all
from renwang.chain import routes, tallies
from renwang.chain.models import Account
from renwang.outreach.services import count_notice
from tests import make
from tests.alerts.conftest import warning
from tests.cast import Cast

LONG = timedelta(
    days=36_500
)  # so that a warning of the fixed moment still holds when a page is opened
LANGUAGES = ("zh-hans", "en")


def as_(person, language: str = "zh-hans") -> Client:
    """A browser in which a person has signed in."""
    client = Client()
    known = Account.objects.filter(person=person).first()
    client.force_login(
        known or make.account(person, f"u{uuid4().hex[:8]}"),
        backend="allauth.account.auth_backends.AuthenticationBackend",
    )
    client.cookies["renwang_language"] = language
    return client


def cost(client: Client, path: str) -> int:
    """Count the statements of a page beyond those of coming in: session, person, grants."""
    client.get(path)
    with CaptureQueriesContext(connection) as coming_in:
        client.get("/desk/maps/nothing.json")
    with CaptureQueriesContext(connection) as page:
        client.get(path)
    return len(page) - len(coming_in)


def message(now: datetime, **changes) -> bytes:
    """The bytes of a warning for the cast's sub-district."""
    return cap.write(warning(now, expires=changes.pop("expires", LONG), **changes))


def received(now: datetime, **changes) -> Alert:
    """A warning that nobody has decided about."""
    routes.rebuild_routes()
    tallies.rebuild_tallies()
    alert = services.receive_alert(message(now, **changes), Source.FILE, by="node:test", now=now)
    seal_all()
    return alert


def relayed(cast: Cast, now: datetime, note: str = "走南门", **changes) -> Relay:
    """A warning carried down from the sub-district by its duty officer."""
    alert = received(now, **changes)
    relay = services.relay_alert(
        alert.pk, cast.street, by=cast.viewer(cast.officer), now=now, note=note
    )
    count_notice(relay.notice_id)
    seal_all()
    return relay
