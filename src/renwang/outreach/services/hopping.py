"""Note how every hop of a notice went, once it has ended: times, silence, and how the words arrived."""

# ruff: noqa: S608 - names come from the models only; every value is a parameter.

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from django.db.models import F
from django.utils import timezone

from renwang.base.models import Entry
from renwang.outreach.errand_rules import NOT_CARRIED
from renwang.outreach.hops import Hop
from renwang.outreach.models import Attempt, Call, Notice
from renwang.outreach.rules import BY_MOUTH
from renwang.outreach.setwise import adapt

_CALL, _HOP, _ATTEMPT = Call._meta.db_table, Hop._meta.db_table, Attempt._meta.db_table
_ADDED = (
    "asked", "answered", "silent", "vacant", "wait_total", "hop_total", "whole", "shortened",
    "by_mouth",
)  # fmt: skip
_GREATEST = ("wait_longest", "hop_longest")


def note_hops(entries: Sequence[Entry]) -> int:
    """Add the calls of the real notices that these facts end to the sums of their posts; say of how many."""
    ended = {UUID(entry.subject_id) for entry in entries if entry.drill is None}
    noted = 0
    for notice in Notice.objects.filter(pk__in=ended).exclude(kind__in=NOT_CARRIED).order_by("pk"):
        month = timezone.localtime(notice.started_at).date().replace(day=1)
        noted += _add(notice, month)
    return noted


def note_other_words(entries: Sequence[Entry]) -> int:
    """Count at their posts the answers that were given to words no longer the same."""
    noted = 0
    for entry in entries:
        call = Call.objects.filter(pk=entry.facts["call"]).select_related("notice").first()
        if call is None or entry.drill is not None:
            continue
        month = timezone.localtime(call.notice.started_at).date().replace(day=1)
        Hop.objects.get_or_create(
            post_id=call.post_id,
            month=month,
            defaults={"unit_id": call.unit_id, "path": call.path, "depth": call.depth},
        )
        noted += Hop.objects.filter(post_id=call.post_id, month=month).update(other=F("other") + 1)
    return noted


def _seconds(later: str, earlier: str) -> str:
    """Compose the seconds between two columns, never below none: clocks in pockets are wrong."""
    if connection.vendor == "postgresql":
        return f"GREATEST(EXTRACT(EPOCH FROM ({later} - {earlier})), 0)"
    return f"MAX((julianday({later}) - julianday({earlier})) * 86400.0, 0)"


def _add(notice: Notice, month: date) -> int:
    marks = ", ".join("%s" for _ in BY_MOUTH)
    began = "COALESCE(p.carried_at, c.asked_at)"
    wait = f"CASE WHEN c.understood_at IS NULL THEN 0 ELSE {_seconds('c.understood_at', 'c.asked_at')} END"
    hop = f"CASE WHEN c.understood_at IS NULL THEN 0 ELSE {_seconds('c.understood_at', began)} END"
    has_answer = "c.understood_at IS NOT NULL"
    is_short = (
        f"EXISTS (SELECT 1 FROM {_ATTEMPT} a WHERE a.call_id = c.id"
        f" AND a.channel = c.answered_via AND a.is_shortened)"
    )
    told = f"c.answered_via IN ({marks})"
    own = sorted(BY_MOUTH)
    columns = (
        "post_id, unit_id, path, depth, month, asked, answered, silent, vacant, wait_total,"
        " wait_longest, hop_total, hop_longest, whole, shortened, by_mouth, other"
    )
    sums = ", ".join(f"{name} = {_HOP}.{name} + excluded.{name}" for name in _ADDED)
    most = "GREATEST" if connection.vendor == "postgresql" else "MAX"
    longest = ", ".join(f"{name} = {most}({_HOP}.{name}, excluded.{name})" for name in _GREATEST)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_HOP} ({columns})"
            f" SELECT c.post_id, c.unit_id, c.path, c.depth, %s, 1,"
            f" CASE WHEN {has_answer} THEN 1 ELSE 0 END,"
            f" CASE WHEN {has_answer} OR c.person_id IS NULL THEN 0 ELSE 1 END,"
            f" CASE WHEN {has_answer} OR c.person_id IS NOT NULL THEN 0 ELSE 1 END,"
            f" {wait}, {wait}, {hop}, {hop},"
            f" CASE WHEN {has_answer} AND NOT {told} AND NOT {is_short} THEN 1 ELSE 0 END,"
            f" CASE WHEN {has_answer} AND NOT {told} AND {is_short} THEN 1 ELSE 0 END,"
            f" CASE WHEN {has_answer} AND {told} THEN 1 ELSE 0 END, 0"
            f" FROM {_CALL} c LEFT JOIN {_CALL} p"
            f" ON p.notice_id = c.notice_id AND p.path = c.parent_path AND c.parent_path <> ''"
            f" WHERE c.notice_id = %s AND c.asked_at IS NOT NULL"
            f" ON CONFLICT (post_id, month) DO UPDATE SET {sums}, {longest}",
            [
                adapt(Hop._meta.get_field("month"), month),
                *own, *own, *own,
                adapt(Notice._meta.pk, notice.pk),
            ],
        )  # fmt: skip
        return cursor.rowcount
