"""`renwang journal`: show facts, prove the chain."""

import json
import sys
from datetime import datetime

import click
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from renwang.base.journal import sentence_of
from renwang.base.models import Entry
from renwang.base.reading import Filter, read_page
from renwang.base.verifying import Anchor, Verdict, verify_journal
from renwang.base.words import BREAKS


@click.group("journal", help=_("Show the journal, or prove that it is whole."))
def journal() -> None:
    """The group itself does nothing."""


@journal.command("verify", help=_("Prove that no sealed fact was altered, removed or put in."))
@click.option("--quiet", is_flag=True, help=_("No progress bar."))
@click.option("--json", "as_json", is_flag=True, help=_("Print the verdict as JSON."))
@click.option(
    "--expect",
    metavar="SEQ:DIGEST",
    callback=lambda _context, _option, value: _anchor(value),
    help=_("A number and digest noted down earlier: shows that not even the whole was rewritten."),
)
def verify(quiet: bool, as_json: bool, expect: Anchor | None) -> None:
    """Exit with 0 when whole, 1 when broken."""
    verdict = _verify_with_bar(expect, shown=not (quiet or as_json))
    if as_json:
        click.echo(
            json.dumps(
                {
                    "whole": verdict.whole,
                    "checked": verdict.checked,
                    "seq": verdict.seq,
                    "kind": verdict.kind,
                    "digest": verdict.digest,
                }
            )
        )
    elif verdict.kind is None and not verdict.checked:
        click.echo(say("The journal is empty."))
    elif verdict.kind is None:
        click.echo(
            say("The journal is whole: {count} facts. Its end is {count}:{digest}").format(
                count=verdict.checked, digest=verdict.digest
            )
        )
    else:
        click.echo(describe_break(verdict))
    sys.exit(0 if verdict.whole else 1)


def describe_break(verdict: Verdict) -> str:
    """Name the first broken link of a journal that is not whole."""
    return str(BREAKS[verdict.kind]).format(seq=verdict.seq)


def _anchor(value: str | None) -> Anchor | None:
    if value is None:
        return None
    seq, _colon, digest = value.partition(":")
    if not seq.isdecimal() or len(digest) != 64:
        raise click.BadParameter(say("write it as it was printed: number, colon, digest"))
    return Anchor(int(seq), digest)


def _verify_with_bar(anchor: Anchor | None, *, shown: bool) -> Verdict:
    if not shown:
        return verify_journal(anchor=anchor)
    label = say("Verifying the journal")
    with click.progressbar(length=1, label=label, file=sys.stderr, show_pos=True) as bar:

        def progress(checked: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(checked - bar.pos)

        return verify_journal(progress, anchor)


@journal.command("show", help=_("Print facts, newest first."))
@click.option("--verb", "verbs", multiple=True, metavar="VERB", help=_("Only these verbs."))
@click.option("--subject", metavar="ID", help=_("Only facts about this record."))
@click.option("--actor", metavar="ACTOR", help=_("Only what this person or part of the node did."))
@click.option("--under", metavar="PATH", help=_("Only facts at this place and below it."))
@click.option("--since", type=click.DateTime(), help=_("Only from this moment on."))
@click.option("--until", type=click.DateTime(), help=_("Only before this moment."))
@click.option("--drills", is_flag=True, help=_("Rehearsals as well."))
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True, help=_("One JSON object per line."))
def show(
    verbs: tuple[str, ...],
    subject: str | None,
    actor: str | None,
    under: str | None,
    since: datetime | None,
    until: datetime | None,
    drills: bool,
    limit: int,
    as_json: bool,
) -> None:
    """Moments on the command line are in the node's own zone."""
    wanted = Filter(
        under=None if under is None else (under,),
        verbs=verbs,
        subject_id=subject,
        actor=actor,
        since=since and timezone.make_aware(since),
        until=until and timezone.make_aware(until),
        with_drills=drills,
    )
    for entry in read_page(wanted, limit=limit).entries:
        click.echo(json.dumps(_as_row(entry), ensure_ascii=False) if as_json else _as_line(entry))


def _as_row(entry: Entry) -> dict:
    return {
        "seq": entry.seq,
        "verb": entry.verb,
        "subject": {"kind": entry.subject_kind, "id": entry.subject_id, "ref": entry.subject_ref},
        "place": entry.place,
        "actor": entry.actor,
        "drill": entry.drill and str(entry.drill),
        "at": entry.at.isoformat(),
        "facts": entry.facts,
        "digest": entry.digest,
    }


def _as_line(entry: Entry) -> str:
    sentence = sentence_of(entry.verb, entry.facts)
    known = {**entry.facts, "actor": entry.actor, "subject": entry.subject_ref or entry.subject_id}
    told = sentence.format_map(_Known(known))
    return f"{entry.seq:>9} {timezone.localtime(entry.at):%Y-%m-%d %H:%M:%S} {entry.verb}  {told}"


class _Known(dict):
    """Facts by name; a sentence that asks for more than was recorded shows the gap instead of failing."""

    def __missing__(self, key: str) -> str:
        return f"[{key}]"
