"""`renwang cap`: judge alert files, and write them out again."""

import json
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from django.utils import timezone
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from renwang.alerts.cap import (
    FEED_LIMIT,
    CapRefused,
    Document,
    Feed,
    Signatory,
    SigningRefusal,
    SigningRefused,
    find_doubts,
    read_chinese,
    read_either,
    write,
)
from renwang.alerts.cap.words import SIGNING, describe, explain
from renwang.alerts.composing_rules import NoSigningKey
from renwang.alerts.listing import SENTENCES as LIST_SENTENCES
from renwang.alerts.listing import take_list
from renwang.alerts.signing import KeyThere, certificate_file, import_key, make_key, node_signer
from renwang.alerts.warnings_list import LIST_LIMIT, ListRefused, read_list
from renwang.base.pure.clock import read_clock

REFUSED = 1
UNREADABLE = 2

_CHINESE = _("FILE follows the Chinese profile (GB/T 35965.1): its times, its colours.")


@click.group("cap", help=_("Judge and rewrite alerts of the Common Alerting Protocol."))
def cap() -> None:
    """The group itself does nothing."""


@cap.command("validate", help=_("Say of each FILE whether it is accepted, and if not, why not."))
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--chinese", is_flag=True, help=_CHINESE)
@click.option("--json", "as_json", is_flag=True, help=_("Print one JSON object per line."))
@click.option("--doubts", is_flag=True, help=_("Also print what is doubtful in accepted alerts."))
def validate(files: tuple[str, ...], chinese: bool, as_json: bool, doubts: bool) -> None:
    """Exit with 0 if all were accepted, 1 if some were refused, 2 if a file could not be read."""
    worst = 0
    for name in files:
        verdict = judge(name, chinese=chinese)
        worst = max(worst, verdict.pop("exit"))
        if as_json:
            click.echo(json.dumps(verdict, ensure_ascii=False))
        else:
            _print_verdict(verdict, doubts=doubts)
    sys.exit(worst)


@cap.command("rewrite", help=_("Read FILE and write the same alert out anew."))
@click.argument("file", metavar="FILE")
@click.option("--chinese", is_flag=True, help=_CHINESE)
@click.option(
    "-o", "--output", metavar="FILE", help=_("Where to write; standard output if left out.")
)
def rewrite(file: str, chinese: bool, output: str | None) -> None:
    """Nothing is written unless the alert was accepted and reads back the same."""
    try:
        found = _read(file, chinese=chinese)
        if isinstance(found, Feed):
            click.echo(gettext("A feed holds several alerts; give one alert."), err=True)
            sys.exit(UNREADABLE)
        data = write(found.alert)
    except OSError as error:
        click.echo(_cannot_read(file, error), err=True)
        sys.exit(UNREADABLE)
    except CapRefused as refused:
        click.echo(f"{_word('refused')}: {explain(refused)}", err=True)
        sys.exit(REFUSED)
    if found.alert.signatures:
        click.echo(
            gettext("The signature was made over the file as it was and does not cover this copy."),
            err=True,
        )
    if output is None:
        click.echo(data, nl=False)
        return
    try:
        Path(output).write_bytes(data)
    except OSError as error:
        text = gettext("%(file)s cannot be written: %(why)s")
        click.echo(text % {"file": output, "why": error.strerror}, err=True)
        sys.exit(UNREADABLE)


@cap.command(
    "take-list",
    help=_(
        "Take in a list of warnings in force (CSV or JSON): what is new, changed or gone in it."
    ),
)
@click.argument("file", metavar="FILE")
@click.option(
    "--source",
    metavar="NAME",
    default="file",
    show_default=True,
    help=_("Whose list it is; a later list of the same name says what has changed."),
)
@click.option("--dry-run", is_flag=True, help=_("Only say what the list holds; write nothing."))
def take_in_list(file: str, source: str, dry_run: bool) -> None:
    """Exit with 0 if it was taken, 1 if it is no list, 2 if the file could not be read."""
    try:
        with Path(file).open("rb") as opened:
            read = read_list(opened.read(LIST_LIMIT + 1))
    except OSError as error:
        click.echo(_cannot_read(file, error), err=True)
        sys.exit(UNREADABLE)
    except ListRefused as refused:
        click.echo(f"{_word('refused')}: {LIST_SENTENCES[refused.fault]}", err=True)
        sys.exit(REFUSED)
    if dry_run:
        text = gettext("%(rows)s warnings, %(changes)s changes, %(unreadable)s unreadable rows.")
        counts = {"rows": len(read.warnings), "changes": len(read.changes)}
        click.echo(text % {**counts, "unreadable": len(read.unreadable)})
        return
    taken = take_list(read, source=source, by="node:import", now=read_clock())
    text = gettext(
        "%(made)s messages, %(elsewhere)s warnings of other regions, %(unreadable)s unreadable rows."
    )
    counts = {"made": len(taken.alerts), "elsewhere": taken.elsewhere}
    click.echo(text % {**counts, "unreadable": len(taken.unreadable)})


@cap.group("key", help=_("The key with which this node signs what is issued here."))
def key() -> None:
    """The group itself does nothing."""


@key.command("make", help=_("Make a key and a certificate that it signs itself."))
@click.option("--name", required=True, help=_("Who signs, as others will read it."))
@click.option("--replace", is_flag=True, help=_("Put it in place of the one there is."))
def make(name: str, replace: bool) -> None:
    """What the old key has signed stays good here: its certificate goes on being trusted."""
    try:
        signatory = make_key(name, now=read_clock(), replace=replace)
    except KeyThere:
        _stop(gettext("This node has a key already. To put another in its place: --replace"))
    _print_key(signatory)


@key.command(
    "import", help=_("Bring in a key and the certificate that an authority issued for it.")
)
@click.argument("key_file", metavar="KEY", type=click.Path(exists=True, dir_okay=False))
@click.argument("certificate", metavar="CERTIFICATE", type=click.Path(exists=True, dir_okay=False))
@click.option("--protected", is_flag=True, help=_("Ask for the passphrase of the key."))
@click.option("--replace", is_flag=True, help=_("Put it in place of the one there is."))
def bring_in(key_file: str, certificate: str, protected: bool, replace: bool) -> None:
    """Nothing is kept that could not sign."""
    phrase = click.prompt(gettext("Passphrase"), hide_input=True).encode() if protected else None
    try:
        signatory = import_key(
            Path(key_file).read_bytes(), Path(certificate).read_bytes(), phrase, replace=replace
        )
    except KeyThere:
        _stop(gettext("This node has a key already. To put another in its place: --replace"))
    except SigningRefused as refused:
        _stop(str(SIGNING[refused.reason]))
    _print_key(signatory)


@key.command(
    "show", help=_("Say whose key it is, until when it holds, and where its certificate lies.")
)
def show() -> None:
    """Exit with 1 where there is none, or none that could sign now."""
    try:
        signatory = node_signer().signatory
    except NoSigningKey:
        _stop(gettext("This node has no key. Make one with: renwang cap key make --name …"))
    except SigningRefused as refused:
        _stop(str(SIGNING[refused.reason]))
    _print_key(signatory)
    if signatory.not_after <= read_clock():
        _stop(str(SIGNING[SigningRefusal.CERTIFICATE_NOT_IN_FORCE]))


def _stop(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(REFUSED)


def _print_key(signatory: Signatory) -> None:
    zone = timezone.get_default_timezone()
    click.echo(gettext("Signs as: %(name)s") % {"name": signatory.name})
    until = f"{signatory.not_after.astimezone(zone):%Y-%m-%d}"
    click.echo(gettext("Holds until: %(day)s") % {"day": until})
    click.echo(f"SHA-256: {signatory.fingerprint}")
    click.echo(
        gettext("Give this certificate to whom it should convince: %(file)s")
        % {"file": certificate_file()}
    )


def judge(name: str, *, chinese: bool = False) -> dict[str, Any]:
    """The verdict on one file, ready for JSON; a feed is accepted if all alerts in it are."""
    try:
        found = _read(name, chinese=chinese)
    except OSError as error:
        return {
            "file": name,
            "verdict": "unreadable",
            "sentence": _cannot_read(name, error),
            "exit": UNREADABLE,
        }
    except CapRefused as refused:
        return {"file": name, **_refusal(refused), "exit": REFUSED}
    if isinstance(found, Document):
        return {"file": name, **_acceptance(found), "exit": 0}
    entries = [
        _acceptance(entry.document) if entry.document else _refusal(entry.refused)
        for entry in found.entries
        if entry.document or entry.refused
    ]
    first = next((entry for entry in entries if entry["verdict"] == "refused"), None)
    return {
        "file": name,
        **(first or {"verdict": "accepted"}),
        "kind": "feed",
        "entries": entries,
        "exit": REFUSED if first else 0,
    }


def _read(name: str, *, chinese: bool) -> Document | Feed:
    """Read no more than the largest file that could be taken, and one byte to see that it is larger."""
    with Path(name).open("rb") as file:
        data = file.read(FEED_LIMIT + 1)
    return read_chinese(data) if chinese else read_either(data)


def _cannot_read(name: str, error: OSError) -> str:
    return gettext("%(file)s cannot be read: %(why)s") % {"file": name, "why": error.strerror}


def _acceptance(document: Document) -> dict[str, Any]:
    alert = document.alert
    return {
        "verdict": "accepted",
        "kind": "alert",
        "version": alert.version.value.rpartition(":")[2],
        "identifier": alert.identifier,
        "sender": alert.sender,
        "sent": alert.sent.text,
        "signatures": len(alert.signatures),
        "doubts": [
            {"doubt": one.doubt.value, "element": one.element, "sentence": describe(one)}
            for one in find_doubts(alert)
        ],
    }


def _refusal(refused: CapRefused) -> dict[str, Any]:
    return {
        "verdict": "refused",
        "reason": refused.reason.value,
        "element": refused.element,
        "line": refused.line,
        "found": refused.found,
        "expected": list(refused.expected),
        "sentence": explain(refused),
    }


def _word(verdict: str) -> str:
    return {
        "accepted": pgettext("verdict on a file", "accepted"),
        "refused": pgettext("verdict on a file", "refused"),
        "unreadable": pgettext("verdict on a file", "unreadable"),
    }[verdict]


def _print_verdict(verdict: dict[str, Any], *, doubts: bool) -> None:
    line = f"{verdict['file']}: {_word(verdict['verdict'])}"
    sentence = verdict.get("sentence")
    click.echo(f"{line}: {sentence}" if sentence else line)
    if doubts:
        for part in verdict.get("entries", [verdict]):
            for one in part.get("doubts", ()):
                click.echo(f"  {one['sentence']}")
