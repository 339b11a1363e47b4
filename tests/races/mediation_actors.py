"""What the processes of the mediation race do: several hands at one quarrel, or at one mediator's hour, at the same instant."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from tests import make
from tests.cases.conftest import brought
from tests.cases.mediation.conftest import Desk
from tests.cast import assemble
from tests.races.actors import NOW, together

from renwang.base.models import Entry
from renwang.cases.mediation import services
from renwang.cases.mediation.models import Mediation, Mediator, Session
from renwang.cases.mediation.rules import How, Point, Quarrel, Said
from renwang.cases.mediation.seals import points_of, words_of
from renwang.cases.mediation.services import Practice
from renwang.cases.models import Case
from renwang.chain import reach
from renwang.chain.models import Person
from renwang.chain.rules import Refusal
from renwang.outreach.errands import Errand

POINTS = [Point("早八点前不施工", "甲方"), Point("赔偿墙面修补", "乙方")]


def prepare(life: str) -> dict[str, Any]:
    """Bring a quarrel to a point of its life; name everybody who may have a hand in it."""
    cast = assemble(NOW)
    desk = Desk(cast, NOW)
    second = services.enter_mediator(
        make.person("李老师", cast.street), cast.community,
        Practice([Quarrel.NOISE], [desk.station]), by=desk.secretary, now=NOW,
    )  # fmt: skip
    case = brought(cast)
    getattr(desk, life)()
    told = {
        "one": str(desk.one.pk), "parties": [str(one.pk) for one in desk.parties],
        "secretary": str(cast.secretary.pk), "operator": str(cast.operator.pk),
        "ma": str(desk.ma.pk), "resident": str(desk.resident.pk), "case": str(case.pk),
        "first": str(desk.master.pk), "second": str(second.pk),
        "session": str(desk.session.pk) if life == "meeting" else "",
    }  # fmt: skip
    if life == "named":
        first = desk.one
        told["other"] = str(desk.named().one.pk)
        desk.one = first
    return told


def written(one: str, person: str) -> None:
    """Write the agreement."""
    services.write_agreement(UUID(one), POINTS, **_by(person))


def _together(deed: Callable[[], Any]) -> str:
    return together(deed, Refusal)


def _by(person: str, later: timedelta = timedelta()) -> dict[str, Any]:
    now = NOW + later
    return {"by": reach.viewer_of(Person.objects.get(pk=UUID(person)), now), "now": now}


def ask(case: str, person: str) -> str:
    """Take in that a case is to be mediated."""
    who, found = _by(person), Case.objects.select_related("unit").get(pk=UUID(case))
    return _together(
        lambda: services.ask_mediation(Quarrel.NOISE, "楼上装修", found.unit, case=found, **who)
    )


def name(one: str, mediator: str, person: str) -> str:
    """Name who mediates."""
    who, found = _by(person), Mediator.objects.select_related("person").get(pk=UUID(mediator))
    return _together(lambda: services.name_mediator(UUID(one), found, **who))


def sit(one: str, person: str) -> str:
    """Set a session at the one hour that everybody wants."""
    who, begin = _by(person), NOW + timedelta(days=2)
    return _together(
        lambda: services.set_session(UUID(one), begin, begin + timedelta(hours=1), **who)
    )


def hold(session: str, person: str) -> str:
    """Record that a session was held."""
    who = _by(person, timedelta(days=1, hours=2))
    return _together(lambda: services.hold_session(UUID(session), **who))


def call_off(session: str, person: str) -> str:
    """Call a session off."""
    who = _by(person, timedelta(days=1, hours=2))
    return _together(lambda: services.cancel_session(UUID(session), **who))


def sign(party: str, person: str) -> str:
    """Keep that a party has signed."""
    who = _by(person)
    return _together(lambda: services.sign_agreement(UUID(party), How.PAPER, **who))


def rewrite(one: str, person: str) -> str:
    """Write the agreement anew, with one point only."""
    who = _by(person)
    return _together(lambda: services.write_agreement(UUID(one), POINTS[:1], **who))


def withdraw(party: str, person: str) -> str:
    """Take a consent back."""
    who = _by(person)
    return _together(lambda: services.withdraw_party(UUID(party), **who))


def tell(party: str, words: str, person: str) -> str:
    """Keep under seal what a party told."""
    who = _by(person)
    return _together(lambda: services.note_confidence(UUID(party), Said.OFFER, words, **who))


def examine(one: str) -> dict[str, Any]:
    """Say how it all ended, as a process that has sealed nothing reads it."""
    found = Mediation.objects.get(pk=UUID(one))
    agreement = found.agreements.order_by("-number").first()
    verbs = Entry.objects.filter(subject_id=one).values_list("verb", flat=True)
    return {
        "state": str(found.state),
        "end": str(found.end),
        "mediator": str(found.mediator_id),
        "verbs": sorted(verbs),
        "acts": sorted(found.steps.values_list("act", flat=True)),
        "signed": agreement.signatures.count() if agreement else 0,
        "lines": [agreement.lines, len(points_of(agreement))] if agreement else [],
        "told": sorted(words_of(text) for text in found.confidences.all()),
        "follows": found.follow_on is not None,
        "errands": sorted(
            Errand.objects.filter(subject_id=found.pk, state="open").values_list("kind", flat=True)
        ),
    }


def count() -> dict[str, int]:
    """Say how many mediations and sessions there are."""
    return {
        "mediations": Mediation.objects.exclude(case=None).count(),
        "sessions": Session.objects.filter(cancelled_at=None).count(),
    }
