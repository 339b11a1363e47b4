"""The doctor: looks at a node and says, line by line, what is well, what is doubtful, what is bad.

Each check is a function `(now) -> [Finding]`. One that fails is itself a
finding; the others still run. A finding that is not well says what to do.
"""

import shutil
import tempfile
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import WARNING, run_checks
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from renwang.alerts.cap import SigningRefused
from renwang.alerts.cap.words import SIGNING
from renwang.alerts.composing_rules import NoSigningKey
from renwang.alerts.signing import ENDS_SOON, key_file, node_signer
from renwang.alerts.trust import NotACertificate, trusted_certificates
from renwang.base.models import Entry
from renwang.base.pure.clock import read_clock
from renwang.chain.models import Account
from renwang.ops.condition import look, migrations_missing, migrations_unknown
from renwang.outreach.auditing import look_for_stalls
from renwang.outreach.channels import WrongChannels, configured
from renwang.outreach.lines import lines as line_states
from renwang.outreach.words import describe_stall

SKEW_DOUBTFUL = timedelta(seconds=2)
SKEW_BAD = timedelta(seconds=30)
DISK_BAD = 200 * 1024**2
DISK_DOUBTFUL = 2 * 1024**3
BEHIND_DOUBTFUL = 10_000  # facts
OLDEST_POSTGRESQL = 15_00_00


class Level(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report: what was looked at, how it is, and what to do where it is not well."""

    check: str
    level: Level
    words: str
    remedy: str = ""


def examine(now: datetime) -> Sequence[Finding]:
    """Run every check and return what was found, in a fixed order."""
    found: list[Finding] = []
    can_read = True
    for check in CHECKS:
        name = check.__name__
        if check in READ_TABLES and not can_read:
            continue  # it would only repeat, less clearly, what was said already
        try:
            told = check(now)
            found += [Finding(name, *one) for one in told]
            if check is migrations and any(level is Level.BAD for level, *_rest in told):
                can_read = False
        except Exception as trouble:
            can_read = can_read and check is not database
            first = (str(trouble).strip().splitlines() or [""])[0]
            words = say("This check failed: {kind}: {detail}").format(
                kind=type(trouble).__name__, detail=first
            )
            found.append(Finding(name, Level.BAD, words, _REMEDIES.get(name, lambda: "")()))
    return found


Told = list[tuple[Level, str, str]]


def configuration(now: datetime) -> Told:
    """Settings that hold together, and that are not left as for a trial."""
    found: Told = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        problems = [one for one in run_checks() if one.level >= WARNING and not one.is_silenced()]
    for problem in problems:
        found.append((Level.WARN, f"{problem.id}: {problem.msg}", problem.hint or ""))
    public = settings.RENWANG_PUBLIC_URL
    if settings.DEBUG:
        found.append((Level.BAD, say("Debugging is on."), say("Unset RENWANG_DEBUG.")))
    if settings.DEMO:
        found.append(
            (
                Level.WARN,
                say("This is a demo node: its sign-ins are printed for everybody."),
                say("Unset RENWANG_DEMO on a node with real people."),
            )
        )
    if public.startswith("https://") and not settings.SESSION_COOKIE_SECURE:
        found.append(
            (
                Level.BAD,
                say("The node is reached by https, but its cookies may travel without."),
                say("Set RENWANG_HTTPS=yes."),
            )
        )
    if "*" in settings.ALLOWED_HOSTS and not settings.DEMO:
        found.append(
            (
                Level.WARN,
                say("The node answers under any name."),
                say("Set RENWANG_HOSTS to the names it is reached by."),
            )
        )
    secret = settings.HOME / "secret.key"
    if secret.exists() and secret.stat().st_mode & 0o077:
        found.append(
            (
                Level.BAD,
                say("Others on this machine can read the secret key."),
                f"chmod 600 {secret}",
            )
        )
    return found or [(Level.OK, say("The settings hold together."), "")]


def database(now: datetime) -> Told:
    """A database that answers, and that keeps what it has acknowledged through a power cut."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            return _sqlite(cursor)
        return _postgresql(cursor)


def _sqlite(cursor: Any) -> Told:
    version = ".".join(map(str, connection.Database.sqlite_version_info))
    mode = _one(cursor, "PRAGMA journal_mode")
    durable = int(_one(cursor, "PRAGMA synchronous")) >= 2
    path = Path(connection.settings_dict["NAME"])
    words = say("SQLite {version}, {size} MB").format(
        version=version, size=path.stat().st_size // 1024**2 if path.exists() else 0
    )
    if mode != "wal" or not durable:
        return [
            (
                Level.BAD,
                say("SQLite may lose acknowledged reports in a power cut ({mode}).").format(
                    mode=f"journal_mode={mode}"
                ),
                say("Put the data on a disk that supports it: not on a network drive."),
            )
        ]
    return [(Level.OK, words, "")]


def _postgresql(cursor: Any) -> Told:
    found: Told = []
    number = int(_one(cursor, "SHOW server_version_num"))
    if number < OLDEST_POSTGRESQL:
        found.append(
            (Level.BAD, say("PostgreSQL is older than 15."), say("Update the database server."))
        )
    for name in ("fsync", "synchronous_commit", "full_page_writes"):
        if _one(cursor, f"SHOW {name}") == "off":
            found.append(
                (
                    Level.BAD,
                    say("PostgreSQL may lose acknowledged reports: {name} is off.").format(
                        name=name
                    ),
                    say("Set {name} = on in postgresql.conf.").format(name=name),
                )
            )
    if _one(cursor, "SHOW server_encoding") != "UTF8":
        found.append(
            (
                Level.BAD,
                say("The database does not store text as UTF-8."),
                say("Make a new one with: createdb --encoding UTF8"),
            )
        )
    version = _one(cursor, "SHOW server_version")
    return found or [(Level.OK, say("PostgreSQL {version}").format(version=version), "")]


def _one(cursor: Any, statement: str) -> Any:
    cursor.execute(statement)
    return cursor.fetchone()[0]


def migrations(now: datetime) -> Told:
    """A database of just this version."""
    missing, unknown = migrations_missing(), migrations_unknown()
    if missing:
        return [
            (
                Level.BAD,
                ngettext(
                    "{count} step is missing in the database: {first}",
                    "{count} steps are missing in the database, the first is {first}",
                    len(missing),
                ).format(count=len(missing), first=missing[0]),
                "renwang migrate",
            )
        ]
    if unknown:
        return [
            (
                Level.BAD,
                say("A later version has worked on this database: {first}").format(
                    first=unknown[0]
                ),
                say("Update Renwang, or restore a backup of this version."),
            )
        ]
    return [(Level.OK, say("The database is at this version."), "")]


def clock(now: datetime) -> Told:
    """A clock that agrees with the database's and with what was recorded before."""
    found: Told = []
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            before = read_clock()
            theirs = _one(cursor, "SELECT clock_timestamp()")
            skew = abs(theirs - (before + (read_clock() - before) / 2))
            if skew > SKEW_DOUBTFUL:
                found.append(
                    (
                        Level.BAD if skew > SKEW_BAD else Level.WARN,
                        say("This clock and the database's differ by {seconds} s.").format(
                            seconds=round(skew.total_seconds(), 1)
                        ),
                        say("Let both machines take their time from the same server (NTP)."),
                    )
                )
    last = Entry.objects.order_by("-id").values_list("recorded_at", flat=True).first()
    if last and last - now > SKEW_DOUBTFUL:
        found.append(
            (
                Level.BAD,
                say("The last fact was recorded {seconds} s in the future.").format(
                    seconds=round((last - now).total_seconds())
                ),
                say("Set this machine's clock right before anything else is recorded."),
            )
        )
    return found or [(Level.OK, say("The clock agrees."), "")]


def disk(now: datetime) -> Told:
    """A folder that can be written to, with room left."""
    home = settings.HOME
    with tempfile.TemporaryFile(dir=home) as probe:
        probe.write(b"x")
    free = shutil.disk_usage(home).free
    words = say("{size} MB are free in {folder}.").format(size=free // 1024**2, folder=home)
    remedy = say("Make room: without it, reports cannot be stored.")
    if free < DISK_BAD:
        return [(Level.BAD, words, remedy)]
    if free < DISK_DOUBTFUL:
        return [(Level.WARN, words, remedy)]
    return [(Level.OK, words, "")]


def worker(now: datetime) -> Told:
    """A worker that lives, seals in time, and whose followers keep up."""
    seen = look(now)
    found: Told = []
    if not seen.worker_is_alive:
        found.append(
            (
                Level.BAD,
                say("No worker is running: nothing is sealed, sent or followed."),
                say("Start renwang serve, or renwang work."),
            )
        )
    if seen.sealing_is_late:
        found.append(
            (
                Level.BAD,
                say("{count} facts wait to be sealed, the oldest for {seconds} s.").format(
                    count=seen.unsealed, seconds=round(seen.sealing_lag.total_seconds())
                ),
                say("See below what the worker is stopped by."),
            )
        )
    for name, failures in seen.failing_beats.items():
        found.append(
            (
                Level.BAD,
                say("{name} has failed {count} times in a row.").format(name=name, count=failures),
                say("The reason stands in the database, table base_beat."),
            )
        )
    for one in seen.followers:
        if one.failures or one.behind > BEHIND_DOUBTFUL:
            found.append(
                (
                    Level.BAD if one.failures else Level.WARN,
                    say("{name} is {count} facts behind, after {failures} failures.").format(
                        name=one.name, count=one.behind, failures=one.failures
                    ),
                    say("The reason stands in the database, table base_bookmark."),
                )
            )
    if failed := seen.jobs.get("failed"):
        found.append(
            (
                Level.WARN,
                say("{count} long jobs have failed.").format(count=failed),
                say("Look at them on the desk and ask for them again."),
            )
        )
    words = say("The worker is alive; {count} facts are sealed.").format(count=seen.sealed)
    return found or [(Level.OK, words, "")]


def relays(now: datetime) -> Told:
    """Relays that go on: looked at here and now, for the auditor itself may have stopped."""
    found: Told = [
        (
            Level.BAD,
            describe_stall(one.kind, one.number),
            say("See what the worker is stopped by; the board of the relay says more."),
        )
        for one in look_for_stalls(now)
    ]
    return found or [(Level.OK, say("Everything under way goes on."), "")]


def channels(now: datetime) -> Told:
    """Ways out of the node that are configured without a mistake."""
    try:
        known = configured()
    except WrongChannels as trouble:
        return [(Level.BAD, str(trouble), say("See docs/reference/channels.md."))]
    if not known.by_kind:
        return [
            (
                Level.WARN,
                say("No channel leaves this node: people are reached by the field app only."),
                say("Configure one in RENWANG_CHANNELS or RENWANG_EMAIL_HOST."),
            )
        ]
    return [(Level.OK, say("Channels: {kinds}").format(kinds=", ".join(sorted(known.by_kind))), "")]


def signing(now: datetime) -> Told:
    """A key with which what is issued here can be signed, and that others cannot read."""
    try:
        signatory = node_signer().signatory
    except NoSigningKey:
        return [
            (
                Level.WARN,
                say("This node has no key to sign with, so nothing can be issued from it."),
                "renwang cap key make --name …",
            )
        ]
    except SigningRefused as refused:
        return [
            (Level.BAD, str(SIGNING[refused.reason]), "renwang cap key make --name … --replace")
        ]
    found: Told = []
    if key_file().stat().st_mode & 0o077:
        words = say("Others on this machine can read the key that signs.")
        found.append((Level.BAD, words, f"chmod 600 {key_file()}"))
    day = f"{signatory.not_after.astimezone(timezone.get_default_timezone()):%Y-%m-%d}"
    if signatory.not_after <= now:
        words = say("The certificate of the signing key has run out on {day}.").format(day=day)
        found.append((Level.BAD, words, "renwang cap key make --name … --replace"))
    elif signatory.not_after <= now + ENDS_SOON:
        words = say("The certificate of the signing key runs out on {day}.").format(day=day)
        found.append((Level.WARN, words, "renwang cap key make --name … --replace"))
    words = say("Signs as {name} until {day}.").format(name=signatory.name, day=day)
    return found or [(Level.OK, words, "")]


def lines(now: datetime) -> Told:
    """Ways out of the node on which messages arrive."""
    try:
        known = line_states(sorted(configured().by_kind))
    except WrongChannels:
        return []  # said above
    found: Told = []
    for one in known:
        if one.works:
            continue
        words = ngettext(
            "{name}: {count} message failed in a row.",
            "{name}: {count} messages failed in a row.",
            one.failures,
        ).format(name=one.name, count=one.failures)
        if one.rests_until and one.rests_until > now:
            seconds = round((one.rests_until - now).total_seconds())
            words += " " + say("It is tried again in {seconds} s.").format(seconds=seconds)
        remedy = say("See whether the gateway or receiver answers; the log says what it said.")
        found.append((Level.BAD if one.is_resting else Level.WARN, words, remedy))
    if found or not known:
        return found
    unused = sum(one.changed_at is None for one in known)
    words = say("Every line works; {count} were never used.").format(count=unused)
    return [(Level.OK, words, "")]


def trust(now: datetime) -> Told:
    """Certificates of those whose signatures count, none of which has run out unnoticed."""
    how = say("See docs/how-to/trust-a-signature.md.")
    try:
        trusted = trusted_certificates()
    except NotACertificate as trouble:
        words = say("{file} in the folder of trusted certificates is none.")
        remedy = say("Take it out, or put the certificate there in PEM form.")
        return [(Level.BAD, words.format(file=trouble.name), remedy)]
    if not trusted:
        words = say("No certificate is trusted: nobody's signature on a warning can be verified.")
        return [(Level.OK, words, "")]
    found: Told = []
    for one in sorted(trusted, key=lambda one: one.not_valid_after_utc):
        name, ends_at = one.subject.rfc4514_string(), one.not_valid_after_utc
        day = f"{ends_at.astimezone(timezone.get_default_timezone()):%Y-%m-%d}"
        if ends_at <= now:
            words = say("The trust in {name} ended on {day}.").format(name=name, day=day)
        elif ends_at <= now + ENDS_SOON:
            words = say("The trust in {name} ends on {day}.").format(name=name, day=day)
        else:
            continue
        found.append((Level.WARN, words, how))
    words = ngettext(
        "{count} certificate is trusted.", "{count} certificates are trusted.", len(trusted)
    ).format(count=len(trusted))
    return [(Level.OK, words, ""), *found]


def accounts(now: datetime) -> Told:
    """Somebody who can sign in."""
    count = Account.objects.filter(is_active=True).count()
    if not count:
        return [
            (
                Level.WARN,
                say("Nobody can sign in yet."),
                "renwang account add USERNAME --name … --at UNIT",
            )
        ]
    return [
        (
            Level.OK,
            ngettext("{count} person can sign in.", "{count} people can sign in.", count).format(
                count=count
            ),
            "",
        )
    ]


CHECKS: tuple[Callable[[datetime], Told], ...] = (
    configuration,
    database,
    migrations,
    clock,
    disk,
    worker,
    relays,
    channels,
    lines,
    signing,
    trust,
    accounts,
)

READ_TABLES = (clock, worker, relays, lines, accounts)

_REMEDIES: dict[str, Callable[[], str]] = {
    "database": lambda: say("Check RENWANG_DATABASE_URL, and that the database server runs."),
    "disk": lambda: say("Let the node's user write to {folder}.").format(folder=settings.HOME),
    "migrations": lambda: say("Check RENWANG_DATABASE_URL, and that the database server runs."),
}
