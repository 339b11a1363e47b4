"""Checks of what goes on by itself: the worker, relays, and the lines that messages leave by."""

from datetime import datetime

from django.utils.translation import gettext as say
from django.utils.translation import ngettext

from renwang.ops.condition import look
from renwang.ops.doctor.findings import Level, Told
from renwang.outreach.auditing import look_for_stalls
from renwang.outreach.channels import WrongChannels, configured
from renwang.outreach.lines import lines as line_states
from renwang.outreach.words import describe_stall

BEHIND_DOUBTFUL = 10_000  # facts


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
