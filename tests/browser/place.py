"""Fills the node of the browser tests; runs in a process of its own, with the settings of that node.

`python -m tests.browser.place HOUSEHOLDS` prints as JSON what the journeys must know of the place.
"""

import json
import os
import sys
from datetime import timedelta
from typing import Any

import django

FREE = ("guesser", "careful")  # only the journeys about signing in use them


def main() -> None:
    """Migrate, invent a sub-district with all that a demonstration shows, and send one real warning down."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "renwang.conf.settings")
    django.setup()
    from django.core.management import call_command

    from renwang.alerts.signing import make_key
    from renwang.base.pure.clock import read_clock
    from renwang.base.sealing import seal_all
    from renwang.chain.invented.loading import load_invented
    from renwang.chain.invented.signins import demo_signins
    from renwang.chain.invented.sizes import Size
    from renwang.ops.demo import fill

    call_command("migrate", verbosity=0, interactive=False)
    now = read_clock()
    root = load_invented(Size(int(sys.argv[1])), now=now)
    make_key(root.name, now=now)
    signins = demo_signins(root, now=now)
    _relay(root, now, by=signins[1].person)
    fill(root, signins, now=now)
    more = _more_signins(root)
    seal_all()
    told = {
        "code": root.code,
        "name": root.name,
        "ref": root.ref,
        "passwords": {one.username: one.password for one in signins} | more,
        "community": _first_community(root),
        "entered": sorted(_entered()),
    }
    sys.stdout.write(json.dumps(told, ensure_ascii=False))


def _more_signins(root: Any) -> dict[str, str]:
    """Open accounts for people who have none: two to be locked and guarded, one who tells his neighbours."""
    from renwang.chain.models import Account, Person
    from renwang.outreach.models import Call

    password = "bridge-lantern-harbour"
    neighbours = Call.objects.filter(channel="app", is_leaf=True, households__gte=3)
    people = Person.objects.filter(account=None)
    chosen = [
        *people.filter(holdings__post__path__under=root.path).order_by("pk").distinct()[:2],
        people.get(pk=neighbours.order_by("pk").values_list("person_id", flat=True)[0]),
    ]
    names = [*FREE, "neighbour"]
    for username, person in zip(names, chosen, strict=True):
        Account.objects.create_user(username, password, person=person)
    return dict.fromkeys(names, password)


def _relay(root: Any, now: Any, *, by: Any) -> None:
    from renwang.alerts.rules import Source
    from renwang.alerts.services import receive_alert, relay_alert
    from renwang.chain.reach import viewer_of
    from renwang.outreach.rules import Order, Terms
    from tests.browser.words import cap_message

    text = cap_message(now - timedelta(minutes=4), root.code, root.name, "standing")
    alert = receive_alert(text, Source.FILE, by="node:test", now=now)
    relay_alert(
        alert.pk,
        root,
        by=viewer_of(by, now),
        now=now,
        note="临时安置点在中心小学。",
        terms=Terms(Order.TOGETHER, 600, 1200, 3600),
    )


def _first_community(root: Any) -> dict[str, str]:
    from renwang.chain.models import Unit

    unit = Unit.objects.filter(parent=root).order_by("code").first()
    return {"name": unit.name, "ref": unit.ref}


# What things are called and where they are; what somebody wrote about them is marked on the pages.
NAMING = ("address", "code", "door", "key", "label", "name", "place", "title", "unit_name")


def _entered() -> set[str]:
    """Return every name in the place: what a page shows of it stands in no catalogue."""
    from django.apps import apps

    from renwang.alerts.models import Alert

    columns = [
        (model, field.name)
        for model in apps.get_models()
        if model.__module__.startswith("renwang.")
        for field in model._meta.concrete_fields
        if field.name in NAMING and not field.choices
    ]
    found = {
        str(value)
        for model, column in [*columns, (Alert, "sender_name")]
        for value in model.objects.order_by().values_list(column, flat=True).distinct()
        if value
    }
    return found | _series() | _hot_spots() | _offered() | _said()


def _series() -> set[str]:
    """Return what triggers call the series that they look at."""
    from renwang.signals.models import Proposal

    return {alias for proposal in Proposal.objects.all() for alias in proposal.evidence}


def _offered() -> set[str]:
    """Return what linked systems call their services."""
    from renwang.cases.linked.models import System

    return {one["name"] for system in System.objects.all() for one in system.services}


def _hot_spots() -> set[str]:
    """Return the words by which hot spots are called as long as nobody has named them."""
    from renwang.cases.models import Topic

    return {word for topic in Topic.objects.all() for word in topic.words}


def _said() -> set[str]:
    """Return what was said and asked in the place, and what it tells about itself."""
    from renwang.bulletins.models import Answer, Bulletin, PlaceInfo, Question, Version

    rows = [*Version.objects.all(), *Answer.objects.all()]
    texts = {text[key] for row in rows for text in row.texts for key in ("title", "text")}
    sources = {source[key] for row in rows for source in row.sources for key in ("who", "where")}
    told = {
        value
        for info in PlaceInfo.objects.all()
        for row in (*info.shelters, *info.advice, vars(info))
        for value in row.values()
        if isinstance(value, str)
    }
    lines = {line for text in texts | told for line in text.splitlines()}
    asked = set(Question.objects.values_list("words", flat=True))
    reasons = set(Bulletin.objects.values_list("reason", flat=True))
    return {one for one in texts | sources | told | lines | asked | reasons if one}


if __name__ == "__main__":
    main()
