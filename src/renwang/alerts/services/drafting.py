"""Write a draft, change it, hand it to a second person, who approves it or gives it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from renwang.alerts import composing_rules as rules
from renwang.alerts.composed import Composed
from renwang.alerts.composing.wordings import Texts
from renwang.alerts.composing_rules import DraftAct, DraftState, Follow, Kind
from renwang.alerts.drafts import Draft
from renwang.alerts.models import Alert
from renwang.alerts.rules import AlertState, Source
from renwang.alerts.waiting import DRAFT, waiting_draft
from renwang.alerts.wording import ending_wording, wording_of
from renwang.base import journal
from renwang.base.pure.ids import uuid7
from renwang.base.references import next_reference
from renwang.chain import reach
from renwang.chain.models import Unit
from renwang.chain.structures import structure
from renwang.outreach.errand_rules import ErrandAct
from renwang.outreach.services import ask_errand, end_errand

LANGUAGES = ("zh-CN", "en")
WORDS = (
    "hazard", "colour", "urgency", "certainty", "texts", "contact", "note", "units", "shapes",
    "place_words", "begins_at", "ends_at",
)  # fmt: skip
"""What of a draft may be changed, and voids an approval when it is."""


@transaction.atomic
def write_draft(
    unit: Unit,
    kind: Kind,
    *,
    by: reach.Viewer,
    now: datetime,
    values: Mapping[str, Any] | None = None,
    about: Alert | None = None,
    proposal_id: UUID | None = None,
) -> Draft:
    """Begin a draft that `unit` will speak, filled in from the wordings of its hazard and colour.

    `values` are any of `WORDS`; texts among them stand in place of the
    wordings. `about` is what a relay relays. Refuses with `MayNotOriginate`
    an actual warning from below county level, and with `reach.NotInReach`.
    """
    reach.require(by, "alerts.compose", at=unit.path)
    _check_level(unit, kind)
    values = {"units": [str(unit.pk)], **_known(values or {})}
    if "texts" not in values and kind is not Kind.RELAY:
        hazard, colour = values.get("hazard", ""), values.get("colour", "")
        values["texts"] = {
            language: _as_dict(wording_of(hazard, kind, colour, language)) for language in LANGUAGES
        }
    if kind is Kind.RELAY and about is not None:
        values["colour"] = about.colour
    return _begin(
        unit, kind, values, by=by, now=now, about=about, proposal_id=proposal_id, follow=""
    )


@transaction.atomic
def write_following(alert_id: UUID, follow: Follow, *, by: reach.Viewer, now: datetime) -> Draft:
    """Begin a draft that changes or ends something we issued, filled in from it.

    Refuses with `CannotFollow` what is over or not ours, with `NotInReach`.
    """
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    earlier = Draft.objects.filter(alert=alert).first()
    if earlier is None or alert.source != Source.DESK:
        raise rules.CannotFollow(follow.value)
    unit = Unit.objects.get(pk=earlier.unit_id)
    reach.require(by, "alerts.compose", at=unit.path)
    rules.check_follow(follow, AlertState(alert.state), alert.colour)
    values = {name: getattr(earlier, name) for name in WORDS}
    if rules.ends_what_it_follows(follow):
        said = Composed(earlier).texts
        values["texts"] = {
            language: _as_dict(ending_wording(follow, text.headline, language))
            for language, text in said.items()
        }
        values |= {"begins_at": None, "ends_at": None}
    elif follow in (Follow.UPGRADE, Follow.DOWNGRADE):
        step = 1 if follow is Follow.UPGRADE else -1
        colour = rules.COLOURS[rules.gravity(alert.colour) - 1 + step]
        values["colour"] = colour
        values["texts"] = {
            language: _as_dict(
                _or(wording_of(earlier.hazard, Kind(earlier.kind), colour, language), text)
            )
            for language, text in earlier.texts.items()
        }
    return _begin(
        unit,
        Kind(earlier.kind),
        values,
        by=by,
        now=now,
        about=alert,
        proposal_id=earlier.proposal_id,
        follow=follow.value,
        drill=earlier.drill,
    )


def _or(texts: Texts, kept: Mapping[str, str]) -> Texts:
    return Texts(**kept) if texts.is_empty else texts


def _begin(
    unit: Unit,
    kind: Kind,
    values: Mapping[str, Any],
    *,
    by: reach.Viewer,
    now: datetime,
    about: Alert | None,
    proposal_id: UUID | None,
    follow: str,
    drill: UUID | None = None,
) -> Draft:
    key = uuid7(now)
    draft = Draft(
        id=key,
        ref=next_reference("W", now),
        kind=kind,
        unit_id=unit.pk,
        path=unit.path,
        about=about,
        follow=follow,
        proposal_id=proposal_id,
        drill=drill or (key if kind is Kind.EXERCISE else None),
        authors=[str(by.id)],
        written_by=by.id,
        written_at=now,
        changed_at=now,
        **values,
    )
    draft.title = Composed(draft).title
    draft.save(force_insert=True)
    journal.record("alerts.drafted", draft, by=by, at=now, drill=draft.drill, **_facts(draft))
    return draft


@transaction.atomic
def change_draft(
    draft_id: UUID,
    values: Mapping[str, Any],
    *,
    by: reach.Viewer,
    now: datetime,
    seen: int | None = None,
) -> Draft:
    """Change what a draft says. Whoever does becomes one of its authors, and an approval is void.

    `values` are any of `WORDS`; `seen` is the revision that was changed.
    Refuses with `ChangedMeanwhile`, `AlreadyIssued`, `DraftDropped`, `NotInReach`.
    """
    draft = _locked(draft_id)
    reach.require(by, "alerts.compose", at=draft.path)
    state = rules.move_draft(DraftState(draft.state), DraftAct.CHANGE)
    rules.check_unchanged(draft.revision, seen)
    changed = {k: v for k, v in _known(values).items() if getattr(draft, k) != v}
    if not changed:
        return draft
    for name, value in changed.items():
        setattr(draft, name, value)
    draft.state, draft.changed_at = state, now
    draft.revision += 1
    draft.submitted_by = draft.submitted_at = draft.approved_by = draft.approved_at = None
    if str(by.id) not in draft.authors:
        draft.authors = [*draft.authors, str(by.id)]
    draft.title = Composed(draft).title
    draft.save()
    journal.record("alerts.draft_changed", draft, by=by, at=now, drill=draft.drill, **_facts(draft))
    end_errand(DRAFT, draft.pk, by=by, now=now, act=ErrandAct.DROP)
    return draft


@transaction.atomic
def submit_draft(
    draft_id: UUID, *, by: reach.Viewer, now: datetime, seen: int | None = None
) -> Draft:
    """Hand a draft to a second person. Refuses with `DraftUnready`, which names all that is wrong with it."""
    draft = _locked(draft_id)
    reach.require(by, "alerts.compose", at=draft.path)
    state = rules.move_draft(DraftState(draft.state), DraftAct.SUBMIT)
    rules.check_unchanged(draft.revision, seen)
    check_goes_out(draft, now)
    draft.state, draft.submitted_by, draft.submitted_at, draft.remark = state, by.id, now, ""
    draft.save()
    _note("alerts.draft_submitted", draft, by=by, now=now)
    ask_errand(waiting_draft(draft), by=by, now=now)
    return draft


@transaction.atomic
def return_draft(draft_id: UUID, *, by: reach.Viewer, now: datetime, remark: str) -> Draft:
    """Give a draft back to its author with a remark. Refuses with `RemarkMissing`, `NotSubmitted`."""
    draft = _locked(draft_id)
    reach.require(by, "alerts.approve", at=draft.path)
    state = rules.move_draft(DraftState(draft.state), DraftAct.RETURN)
    if not remark.strip():
        raise rules.RemarkMissing
    draft.state, draft.remark, draft.returned_by = state, remark.strip(), by.id
    draft.submitted_by = draft.submitted_at = draft.approved_by = draft.approved_at = None
    draft.save()
    _note("alerts.draft_returned", draft, by=by, now=now, remark=draft.remark)
    end_errand(DRAFT, draft.pk, by=by, now=now)
    return draft


@transaction.atomic
def approve_draft(
    draft_id: UUID, *, by: reach.Viewer, now: datetime, seen: int | None = None
) -> Draft:
    """Approve a draft with the second hand. `seen` is the revision that was read.

    Refuses with `SameHandTwice` whoever wrote any of it, with
    `ChangedMeanwhile`, `NotSubmitted`, `DraftUnready` and `reach.NotInReach`.
    """
    draft = _locked(draft_id)
    reach.require(by, "alerts.approve", at=draft.path)
    state = rules.move_draft(DraftState(draft.state), DraftAct.APPROVE)
    rules.check_hands([*draft.authors, str(draft.submitted_by)], str(by.id))
    rules.check_unchanged(draft.revision, seen)
    check_goes_out(draft, now)
    draft.state, draft.approved_by, draft.approved_at = state, by.id, now
    draft.save()
    _note("alerts.draft_approved", draft, by=by, now=now)
    end_errand(DRAFT, draft.pk, by=by, now=now)
    return draft


@transaction.atomic
def drop_draft(draft_id: UUID, *, by: reach.Viewer, now: datetime, reason: str = "") -> Draft:
    """Put a draft away; it stays in the list and will not go out."""
    draft = _locked(draft_id)
    reach.require(by, "alerts.compose", at=draft.path)
    draft.state = rules.move_draft(DraftState(draft.state), DraftAct.DROP)
    draft.save(update_fields=["state"])
    _note("alerts.draft_dropped", draft, by=by, now=now, reason=reason)
    end_errand(DRAFT, draft.pk, by=by, now=now, act=ErrandAct.DROP)
    return draft


def check_goes_out(draft: Draft, now: datetime) -> None:
    """Refuse with what keeps a draft from going out as it stands at a moment."""
    unit = Unit.objects.get(pk=draft.unit_id)
    _check_level(unit, Kind(draft.kind))
    if draft.follow and draft.about is not None:
        state = AlertState(draft.about.state)
        rules.check_follow(Follow(draft.follow), state, draft.about.colour)
    if faults := Composed(draft).faults(now):
        raise rules.DraftUnready(faults)


def _check_level(unit: Unit, kind: Kind) -> None:
    level = structure(unit.structure).level(unit.level)
    rules.check_kind(kind, level_may_originate=level.may_originate)


def _locked(draft_id: UUID) -> Draft:
    return Draft.objects.select_for_update().get(pk=draft_id)


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(values) - set(WORDS)
    if unknown:
        raise KeyError(sorted(unknown))
    return dict(values)


def _as_dict(texts: Texts) -> dict[str, str]:
    return {
        "headline": texts.headline,
        "description": texts.description,
        "instruction": texts.instruction,
    }


def _note(verb: str, draft: Draft, *, by: Any, now: datetime, **more: Any) -> None:
    journal.record(
        verb,
        draft,
        by=by,
        at=now,
        drill=draft.drill,
        title=draft.title,
        kind=draft.kind,
        revision=draft.revision,
        **more,
    )


def _facts(draft: Draft) -> dict[str, Any]:
    return {
        "title": draft.title,
        "kind": draft.kind,
        "revision": draft.revision,
        "follow": draft.follow,
        "about": draft.about.ref if draft.about else "",
        "proposal": draft.proposal_id,
        **{name: getattr(draft, name) for name in WORDS},
    }
