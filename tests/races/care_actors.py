"""What the processes of the care list's races do: knock, look, withdraw, change keys, make rounds, all at once."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from tests.cast import assemble
from tests.races.actors import NOW, say, together, wait
from tests.registers.care.listed import content, entered, keeper

from renwang.base.models import Entry, Forgotten
from renwang.base.sealing import seal_all
from renwang.base.verifying import verify_journal
from renwang.chain import reach
from renwang.chain.models import Household, Person, Unit
from renwang.registers.care import keys, services
from renwang.registers.care.models import (
    CareEntry,
    CheckRound,
    Pairing,
    Paper,
    PaperLine,
    RoundDoor,
    Visit,
)
from renwang.registers.care.rules import CareRefused, Consent, ConsentHow
from renwang.registers.care.seals import unseal
from renwang.registers.care.services.pairing import BACKUP, pair_helper
from renwang.registers.care.services.papering import print_paper
from renwang.registers.care.services.rekeying import drop_old_keys, reseal_all, rotate_key
from renwang.registers.care.services.rounds import Cause, record_door, start_round
from renwang.registers.care.services.visiting import record_visit
from renwang.registers.care.sight import day_of, read_content
from renwang.registers.care.visit_rules import Outcome

NODE = {"by": "node:race", "now": NOW}
TODAY = day_of(NOW)
CONSENT = Consent(ConsentHow.SIGNED, TODAY, TODAY + timedelta(days=365))


def prepare(number: int) -> dict[str, Any]:
    """Make a list of so many entries, each with a helper and a back-up; name everybody."""
    cast = assemble(NOW)
    by = keeper(cast)
    made = [entered(cast) for _ in range(number)]
    for one in made:
        for rank, who in ((0, cast.head), (BACKUP, cast.leader)):
            pair_helper(one.entry.pk, who, rank=rank, by=by, now=NOW)
    return {
        "entries": [str(one.entry.pk) for one in made],
        "codes": [one.code for one in made],
        "keeper": str(cast.secretary.pk),
        "helper": str(cast.head.pk),
        "backup": str(cast.leader.pk),
    }


def _together(deed: Callable[[], Any]) -> str:
    return together(deed, CareRefused)


def _viewer(person: str) -> reach.Viewer:
    return reach.viewer_of(Person.objects.get(pk=UUID(person)), NOW)


def visit(entry: str, person: str, key: str, outcome: str) -> str:
    """Record a knock."""
    by, said = _viewer(person), Outcome(outcome)
    return _together(
        lambda: record_visit(UUID(key), UUID(entry), said, by=by, now=NOW, want="米快吃完了")
    )


def withdraw(code: str) -> str:
    """Be forgotten, by the private code."""
    return _together(lambda: services.withdraw_by_code(code, now=NOW))


def look(entry: str, person: str) -> str:
    """Look into an entry."""
    by = _viewer(person)
    return _together(lambda: services.look_into(UUID(entry), by=by, now=NOW))


def put_on_paper(person: str) -> str:
    """Print the list of the keeper's place."""
    by, unit = _viewer(person), Unit.objects.get(name="石桥社区")
    until = NOW + timedelta(days=1)
    return _together(lambda: print_paper(unit, by.person, until, by=by, now=NOW))


def make_round(thread: str) -> str:
    """Make the round of a warning, as each of its relays does."""
    street = Unit.objects.get(name="青石街道")
    cause = Cause(thread, uuid4(), street.path, (street.path,), "power_cut", "停电")
    return _together(lambda: start_round(cause, now=NOW))


def knock_in_round(entry: str, person: str, outcome: str) -> str:
    """Record what came of a door of the round."""
    by, at = _viewer(person), RoundDoor.objects.get(entry=UUID(entry)).pk
    return _together(lambda: record_door(at, outcome, by=by, now=NOW))


# --- keys ------------------------------------------------------------------------


def enter_and_hold(person: str) -> None:
    """Enter somebody, and commit it only when told to."""
    by, at = _viewer(person), Household.objects.first()
    with transaction.atomic():
        services.enter_entry(at, content(), CONSENT, by=by, now=NOW)
        say("entered")
        wait()


def rotate(times: int, tells: bool = False) -> int:
    """Change the key so many times, destroying what nothing needs; return how many keys went."""
    gone = 0
    for _turn in range(times):
        rotate_key(**NODE)
        reseal_all()
        if tells:
            say("sealed")
        gone += drop_old_keys(**NODE)
    return gone


def write_on(person: str, turns: int, seed: int) -> int:
    """Enter, change, look and visit, again and again; return how many deeds were refused."""
    by, chance, refused = _viewer(person), Random(seed), 0
    at = Household.objects.first()
    for turn in range(turns):
        keys_known = list(CareEntry.objects.values_list("pk", "version"))
        key, version = chance.choice(keys_known)
        deeds: list[Callable[[], Any]] = [
            lambda: services.enter_entry(at, content(), CONSENT, by=by, now=NOW),
            lambda key=key, version=version: services.change_entry(
                key, content("hearing"), version=version, by=by, now=NOW
            ),
            lambda key=key: services.look_into(key, by=by, now=NOW),
            lambda key=key, turn=turn: record_visit(
                uuid4(), key, Outcome.NEEDS, by=by, now=NOW, want=f"第{turn}次"
            ),
        ]
        try:
            chance.choice(deeds)()
        except CareRefused as refusal:
            if type(refusal).__name__ != "EntryChanged":  # two changed one: the slower is told
                refused += 1
    return refused


# --- kills -----------------------------------------------------------------------


def live_on(person: str, seed: int) -> None:
    """Do everything one after the other, and say so before each statement that writes."""
    chance, by = Random(seed), _viewer(person)
    at = Household.objects.first()
    unit = Unit.objects.get(name="石桥社区")

    def tell(execute, sql, params, many, context):
        if not sql.lstrip().upper().startswith("SELECT"):
            say("writes")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(tell):
        for turn in range(40):
            made = services.enter_entry(at, content(), CONSENT, by=by, now=NOW)
            pair_helper(made.entry.pk, by.person, by=by, now=NOW)
            record_visit(uuid4(), made.entry.pk, Outcome.NEEDS, by=by, now=NOW, want="药没了")
            if turn % 5 == 1:
                print_paper(unit, by.person, NOW + timedelta(days=1), by=by, now=NOW)
            if turn % 7 == 2:
                rotate(1)
            some = list(CareEntry.objects.values_list("pk", flat=True))
            services.withdraw_consent(chance.choice(some), by=by, now=NOW)


def settle() -> None:
    """What the node does when it has come back: go on with the keys."""
    rotate(1)


# --- how it ended ------------------------------------------------------------------


def examine() -> dict[str, Any]:
    """Say what is there, and whether all of it fits together."""
    ring, unread = keys.ring(), []
    for entry in CareEntry.objects.all():
        try:
            read_content(entry, ring)
            if entry.want:
                unseal(entry.want, entry.pk, "want", ring)
        except CareRefused as refusal:
            unread.append(type(refusal).__name__)
    alive = set(map(str, CareEntry.objects.values_list("pk", flat=True)))
    noted = set(Forgotten.objects.filter(kind="care.entry").values_list("key", flat=True))
    told = Entry.objects.filter(verb="care.withdrawn").values_list("subject_id", flat=True)
    hanging = [
        str(key)
        for model in (Pairing, Visit, PaperLine)
        for key in model.objects.values_list("entry_id", flat=True)
    ]
    hanging += [str(one.entry_id) for one in RoundDoor.objects.exclude(entry=None)]
    visited = Entry.objects.filter(verb="care.visited", subject_id__in=alive)
    rounds = list(CheckRound.objects.all())
    recalled = [paper for paper in Paper.objects.all() if paper.lines.count() < paper.number]
    seal_all()
    return {
        "entries": len(alive),
        "unread": unread,
        "forgotten_whole": noted == set(told) and not noted & alive,
        "hanging_right": set(hanging) <= alive,
        "visits": Visit.objects.count(),
        "visits_told": visited.count(),
        "wanted": CareEntry.objects.exclude(wants_at=None).count(),
        "looks": Entry.objects.filter(verb="care.seen").count(),
        "rounds": len(rounds),
        "doors": RoundDoor.objects.count(),
        "rounds_told": Entry.objects.filter(verb="care.round_started").count(),
        "doors_told": Entry.objects.filter(verb="care.door_done").count(),
        "outcomes": sorted(RoundDoor.objects.values_list("outcome", flat=True)),
        "papers": Paper.objects.count(),
        "papers_recalled": all(paper.is_recalled for paper in recalled),
        "keys": len(ring.keys),
        "whole": verify_journal(lambda done, total: None).whole,
    }
