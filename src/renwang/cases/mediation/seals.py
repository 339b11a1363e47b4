"""What is sealed in a mediation, and for what: one purpose cannot read another's."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson

from renwang.base.envelopes import seal, unseal
from renwang.cases.mediation.models import Agreement, Confidence, Party
from renwang.cases.mediation.rules import Point

PARTY, CONFIDENCE, AGREEMENT = "mediation.party", "mediation.confidence", "mediation.agreement"


def seal_party(text: str) -> str:
    """Seal a name, or how somebody is reached."""
    return seal(text, PARTY)


def name_of(party: Party) -> str:
    """Read who a party is; empty where it was erased."""
    return unseal(party.sealed_name, PARTY)


def contact_of(party: Party) -> str:
    """Read how a party is reached; empty where it was erased."""
    return unseal(party.sealed_contact, PARTY)


def seal_confidence(words: str) -> str:
    """Seal what was told in confidence."""
    return seal(words, CONFIDENCE)


def words_of(one: Confidence) -> str:
    """Read what was told in confidence; empty where it was erased."""
    return unseal(one.sealed, CONFIDENCE)


def seal_points(points: Sequence[Point]) -> str:
    """Seal the points of an agreement."""
    rows = [{"what": one.what, "who": one.who, "by_when": one.by_when} for one in points]
    return seal(orjson.dumps(rows).decode(), AGREEMENT)


def points_of(agreement: Agreement) -> list[Point]:
    """Read the points of an agreement; none where they were erased."""
    text = unseal(agreement.sealed, AGREEMENT)
    return [_point(row) for row in orjson.loads(text)] if text else []


def _point(row: dict[str, Any]) -> Point:
    by_when = date.fromisoformat(row["by_when"]) if row["by_when"] else None
    return Point(row["what"], row["who"], by_when)
