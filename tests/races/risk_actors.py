"""What the processes of the risks' race do: several people at one risk at the same instant."""

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.utils import timezone
from PIL import Image
from tests import make
from tests.cast import assemble
from tests.races.actors import NOW, together
from tests.registers.risks.conftest import judged, planned, rectified

from renwang.base.models import Entry
from renwang.chain import reach
from renwang.chain.models import Person
from renwang.chain.rules import Refusal
from renwang.registers.risks import photos, services
from renwang.registers.risks.models import Measure, Photo, Risk, Step
from renwang.registers.risks.scale_rules import Judgement

KINDS = {"judged": judged, "rectified": rectified}


def prepare(kind: str) -> dict[str, str]:
    """Make a risk at a point of its life; name everybody who may have a hand in it."""
    cast = assemble(NOW)
    mate = make.person("宋同格", cast.grid)
    make.grant(mate, "grid_worker", cast.grid)
    if kind == "planned":
        measure = planned(cast)
        risk, key = measure.risk, str(measure.pk)
    else:
        risk, key = KINDS[kind](cast), ""
    return {
        "risk": str(risk.pk), "measure": key, "worker": str(cast.worker.pk), "mate": str(mate.pk),
        "secretary": str(cast.secretary.pk), "deputy": str(cast.deputy.pk),
    }  # fmt: skip


def _together(deed: Callable[[], Any]) -> str:
    return together(deed, Refusal)


def _by(person: str) -> dict[str, Any]:
    return {"by": reach.viewer_of(Person.objects.get(pk=UUID(person)), NOW), "now": NOW}


def judge(risk: str, person: str, likelihood: int, harm: int) -> str:
    """Say how bad it is."""
    said, who = Judgement((likelihood, harm), f"{likelihood}×{harm}"), _by(person)
    return _together(lambda: services.judge_risk(UUID(risk), said, **who))


def dismiss(risk: str, person: str) -> str:
    """Say that it is none."""
    who = _by(person)
    return _together(lambda: services.dismiss_risk(UUID(risk), reason="不是", **who))


def recheck(risk: str, person: str, is_mended: bool) -> str:
    """Say whether it is mended."""
    who = _by(person)
    return _together(lambda: services.recheck_risk(UUID(risk), is_mended, "看过", **who))


def finish(measure: str, person: str) -> str:
    """Say that a measure is done."""
    who = _by(person)
    return _together(lambda: services.finish_measure(UUID(measure), "做了", **who))


def drop(measure: str, person: str) -> str:
    """Give a measure up."""
    who = _by(person)
    return _together(lambda: services.drop_measure(UUID(measure), reason="不做了", **who))


def refer(risk: str, person: str) -> str:
    """Ask the level above."""
    who = _by(person)
    term = timedelta(days=2)
    return _together(lambda: services.refer_risk(UUID(risk), "怎么办", term=term, **who))


def accept(risk: str, person: str) -> str:
    """Live with it for a time."""
    who = _by(person)
    until = timezone.localdate(NOW) + timedelta(days=20)
    return _together(lambda: services.accept_risk(UUID(risk), until_on=until, reason="暂时", **who))


def climb() -> str:
    """Let what is late climb."""
    return _together(lambda: services.climb_risks(NOW + timedelta(days=400)))


def remove_photo(photo: str, person: str) -> str:
    """Remove a photograph."""
    who = _by(person)
    return _together(lambda: photos.remove_photo(UUID(photo), reason="人脸", **who))


def take_photo(risk: str) -> str:
    """Keep a photograph; give its key."""
    drawn = BytesIO()
    Image.new("RGB", (20, 20), "olive").save(drawn, "PNG")
    return str(photos.add_photo(UUID(risk), drawn.getvalue(), by="node:race", now=NOW).pk)


def examine(risk: str) -> dict[str, Any]:
    """Say how it all ended."""
    one = Risk.objects.get(pk=UUID(risk))
    verbs = Entry.objects.filter(subject_id=risk).values_list("verb", flat=True)
    steps = Step.objects.filter(risk=one).order_by("pk")
    last = steps.filter(act="judge").last()
    return {
        "state": str(one.state),
        "verbs": sorted(verbs),
        "acts": sorted(steps.values_list("act", flat=True)),
        "pair": [one.likelihood, one.harm],
        "last_judged": [last.facts["likelihood"], last.facts["harm"]] if last else [],
        "measures": [
            [one.done_at is not None, one.dropped_at is not None]
            for one in Measure.objects.filter(risk=one)
        ],
        "owed": one.referrals.filter(state="owed").count(),
        "rung": one.rung,
        "waits": one.due_at is not None,
        "photos": Photo.objects.filter(risk=one).count(),
    }
