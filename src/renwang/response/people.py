"""How simulated people answer a warning in a rehearsal. Values in, values out.

Whatever a person does follows from the rehearsal's seed and from what reached
him, never from how often anybody looks: the same seed gives the same story
whether it is played in one go or second by second.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log
from statistics import NormalDist
from uuid import UUID

from renwang.chain.invented.chance import mixed

_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Pace:
    """A time people take: half of them less than `median` seconds; one in six more than `spread` times that."""

    median: float
    spread: float

    def at(self, chance: float) -> float:
        """The seconds that the `chance` part of people stay under (log-normal)."""
        chance = min(max(chance, 0.001), 0.999)
        return self.median * exp(_NORMAL.inv_cdf(chance) * log(self.spread))


@dataclass(frozen=True, slots=True)
class Shift:
    """How much slower, and how much more often silent, some people or moments are than others."""

    slower: float = 1.0
    silent: float = 1.0


@dataclass(frozen=True, slots=True)
class Habits:
    """How people behave, as `scenarios/habits.json` says. Shares are per thousand."""

    arrive: Mapping[str, Pace]
    read: Mapping[str, Pace]
    understand: Pace
    pass_on: Pace
    by_hand: Mapping[str, Pace]
    set_out: Pace
    door: Pace
    silent: Mapping[str, int]
    night: Shift
    night_from: int
    night_until: int
    lost: int
    away: int
    only_reads: int
    never_passes_on: int
    opens: int
    reached_otherwise: int
    notes_each_door: int
    doubles: int
    late_read: int
    ages: Sequence[tuple[int, Shift]]  # weight, shift
    colours: Mapping[str, Shift]

    def is_night(self, hour: int) -> bool:
        """Say whether people sleep at an hour of the day."""
        return hour >= self.night_from or hour < self.night_until


class Does(StrEnum):
    """What a simulated person, or his device, does."""

    GETS = "delivered"
    READS = "read"
    UNDERSTANDS = "understood"
    CARRIES = "carried"
    KNOCKS = "knock"


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing somebody does, so many seconds after he was asked.

    `door` counts the doors of his round from 0; `told` is how many households
    have the words when he says that he has carried them on.
    """

    after: float
    does: Does
    door: int = -1
    opened: bool = True
    told: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What reached a person: the same values always bring the same deeds."""

    person_id: UUID
    place: str  # path of the unit whose post is asked
    sequence: int  # of the message in its story
    rung: int
    channel: str
    colour: str
    hour: int  # of the local day
    is_leaf: bool
    households: int
    is_all_clear: bool = False


_DEVICES = frozenset({"phone", "knock", "neighbour"})


def deeds_of(seed: int, asked: Asked, habits: Habits) -> list[Deed]:
    """Say what a person will do about a message, in the order of time; nothing at all where he stays silent."""
    chance = _Chance(seed, asked)
    shift = _shift(seed, asked, habits)
    is_by_hand = asked.channel in _DEVICES
    if is_by_hand:
        heard_after = habits.by_hand[asked.channel].at(chance.next())
        deeds = []
        if _is_silent(chance, asked, habits, shift):
            return []
    else:
        if chance.happens(habits.lost):
            return []
        arrived = _of(habits.arrive, asked.channel).at(chance.next())
        deeds = [Deed(arrived, Does.GETS)]
        if _is_silent(chance, asked, habits, shift):
            return deeds
        heard_after = arrived + _of(habits.read, asked.channel).at(chance.next()) * shift.slower
        if chance.happens(habits.late_read):
            deeds.append(Deed(heard_after * 4, Does.READS))
        else:
            deeds.append(Deed(heard_after, Does.READS))
        if chance.happens(habits.only_reads):
            return _in_order(deeds)
        heard_after += habits.understand.at(chance.next()) * shift.slower
    deeds.append(Deed(heard_after, Does.UNDERSTANDS))
    if chance.happens(habits.doubles):
        deeds.append(Deed(heard_after + 1 + 20 * chance.next(), Does.UNDERSTANDS))
    if not chance.happens(habits.never_passes_on):
        deeds.extend(_carrying(asked, heard_after, chance, habits, shift))
    return _in_order(deeds)


def _carrying(
    asked: Asked, heard_after: float, chance: "_Chance", habits: Habits, shift: Shift
) -> list[Deed]:
    if not asked.is_leaf or asked.households == 0 or asked.is_all_clear:
        # Nobody knocks at doors for an all-clear: it goes into the staircase's chat group.
        done = heard_after + habits.pass_on.at(chance.next()) * shift.slower
        opens = habits.opens if asked.is_leaf else 1000
        told = sum(chance.happens(opens) for _ in range(asked.households))
        return [Deed(done, Does.CARRIES, told=told)]
    notes = chance.happens(habits.notes_each_door)
    at = heard_after + habits.set_out.at(chance.next()) * shift.slower
    told, deeds = 0, []
    for door in range(asked.households):
        at += habits.door.at(chance.next()) * shift.slower
        opened = chance.happens(habits.opens)
        told += opened
        if notes:
            deeds.append(Deed(at, Does.KNOCKS, door=door, opened=opened))
        elif not opened:
            told += chance.happens(habits.reached_otherwise)  # rung up, or met on the stairs
    return [*deeds, Deed(at + 20, Does.CARRIES, told=told)]


def _is_silent(chance: "_Chance", asked: Asked, habits: Habits, shift: Shift) -> bool:
    share = habits.silent.get(asked.channel, habits.silent["other"])
    return chance.happens(min(900, round(share * shift.silent)))


def _shift(seed: int, asked: Asked, habits: Habits) -> Shift:
    """Put together what slows a person down: his years, the hour, and how loud the colour is.

    The years belong to the person, so they are drawn from him alone.
    """
    own = mixed(seed, asked.person_id.int)
    age = _age(own, habits)
    away = 40.0 if (own >> 32) % 1000 < habits.away else 1.0  # the phone lies in a drawer all day
    night = habits.night if habits.is_night(asked.hour) else Shift()
    colour = habits.colours.get(asked.colour, Shift())
    return Shift(
        age.slower * night.slower * colour.slower,
        age.silent * night.silent * colour.silent * away,
    )


def _age(own: int, habits: Habits) -> Shift:
    left = own % sum(weight for weight, _ in habits.ages)
    for weight, shift in habits.ages:
        left -= weight
        if left < 0:
            return shift
    return Shift()


def _of(paces: Mapping[str, Pace], channel: str) -> Pace:
    return paces.get(channel, paces["other"])


def _in_order(deeds: list[Deed]) -> list[Deed]:
    return sorted(deeds, key=lambda deed: deed.after)


class _Chance:
    """Draws that belong to one person, one message and one way of asking."""

    def __init__(self, seed: int, asked: Asked):
        place = int.from_bytes(asked.place.encode()[-16:], "big")
        self._state = mixed(
            seed, asked.person_id.int, asked.person_id.int >> 64, place, asked.sequence, asked.rung
        )
        self._drawn = 0

    def next(self) -> float:
        """Draw from 0 to 1."""
        self._drawn += 1
        return (mixed(self._state, self._drawn) >> 11) / (1 << 53)

    def happens(self, per_thousand: int) -> bool:
        """Say whether something happens that happens so often in a thousand times."""
        return self.next() * 1000 < per_thousand


def round_id(seed: int, asked: Asked, door: int) -> bytes:
    """Give ten bytes for the identity of a round at a door, so that playing it again is recognised."""
    first = mixed(seed, asked.person_id.int, asked.sequence, door)
    second = mixed(first, int.from_bytes(asked.place.encode()[-16:], "big"))
    return first.to_bytes(8, "big") + (second & 0xFFFF).to_bytes(2, "big")
