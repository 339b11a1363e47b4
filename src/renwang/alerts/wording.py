"""The wordings in force: the node's own latest version, else the shipped one."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Max

from renwang.alerts.composing.wordings import (
    LANGUAGES,
    Hazard,
    Texts,
    hazards,
    shipped,
    shipped_ending,
    spoken,
    tier_of,
    tiers_of,
)
from renwang.alerts.composing_rules import Follow, Kind
from renwang.alerts.drafts import Wording
from renwang.base import journal
from renwang.chain import reach


def wording_of(hazard: str, kind: Kind, colour: str, language: str) -> Texts:
    """Give what is said of a hazard, with its blanks open; empty in a language nobody has written."""
    own = _latest(hazard, tier_of(kind, colour), spoken(language))
    if own is not None and not own.is_shipped:
        return Texts(own.headline, own.description, own.instruction)
    return shipped(hazard, kind, colour, language)


def ending_wording(follow: Follow, headline: str, language: str) -> Texts:
    """Give what is said when something is lifted or taken back."""
    return shipped_ending(follow, headline, language)


def _latest(hazard: str, tier: str, language: str) -> Wording | None:
    found = Wording.objects.filter(hazard=hazard, tier=tier, language=language)
    return found.order_by("-version").first()


def versions_of(hazard: str, tier: str, language: str) -> list[Wording]:
    """Give every version that the node has written, latest first."""
    found = Wording.objects.filter(hazard=hazard, tier=tier, language=spoken(language))
    return list(found.order_by("-version"))


@dataclass(frozen=True, slots=True)
class WordingRow:
    """One wording in the list: of what, in which languages, and how often it was changed here."""

    hazard: Hazard
    kind: Kind
    colour: str
    languages: tuple[str, ...]
    version: int  # 0 for the shipped one

    @property
    def tier(self) -> str:
        """Its place in an address."""
        return tier_of(self.kind, self.colour)


def list_wordings(text: str = "", category: str = "", changed: bool = False) -> list[WordingRow]:
    """List every wording that fits, in the order of the hazards; one statement."""
    own: dict[tuple[str, str], dict[str, int]] = {}
    latest = (
        Wording.objects.order_by().values("hazard", "tier", "language").annotate(v=Max("version"))
    )
    for row in latest:
        own.setdefault((row["hazard"], row["tier"]), {})[row["language"]] = row["v"]
    found = []
    for hazard in hazards().values():
        names = " ".join(hazard.names.values()).lower()
        if text.lower() not in names or category not in ("", hazard.category):
            continue
        for kind, colour in tiers_of(hazard):
            versions = own.get((hazard.key, tier_of(kind, colour)), {})
            if changed and not versions:
                continue
            languages = tuple(dict.fromkeys((*LANGUAGES, *versions)))
            found.append(WordingRow(hazard, kind, colour, languages, sum(versions.values())))
    return found


@transaction.atomic
def change_wording(
    hazard: str,
    kind: Kind,
    colour: str,
    language: str,
    texts: Texts | None,
    *,
    by: reach.Viewer,
    now: datetime,
) -> Wording:
    """Write a new version of a wording; None goes back to the shipped words. Refuses with `NotInReach`."""
    if not by.may("node.operate"):
        raise reach.NotInReach("node.operate", "")
    tier, language = tier_of(kind, colour), spoken(language)
    latest = _latest(hazard, tier, language)
    said = texts or Texts()
    made = Wording.objects.create(
        hazard=hazard,
        tier=tier,
        language=language,
        version=latest.version + 1 if latest else 1,
        headline=said.headline,
        description=said.description,
        instruction=said.instruction,
        is_shipped=texts is None,
        written_by=by.id,
        written_at=now,
    )
    journal.record(
        "alerts.wording_changed",
        made,
        by=by,
        at=now,
        hazard=hazard,
        tier=tier,
        language=language,
        version=made.version,
        headline=said.headline,
        description=said.description,
        instruction=said.instruction,
    )
    return made
