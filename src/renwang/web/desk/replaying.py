"""A rehearsal played back: its facts minute by minute of its own clock, and the state at a moment."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from renwang.base.models import Entry
from renwang.chain.reach import Viewer
from renwang.response.models import Rehearsal
from renwang.response.selectors import replay
from renwang.web.desk.facts import Told, tell

SHOWN = 60  # facts of one minute; a receipt batch is one fact however many it holds


@dataclass(frozen=True, slots=True)
class Minute:
    """One minute of the story in which something happened."""

    number: int
    facts: int
    answers: int  # that came in up to its end


@dataclass(frozen=True, slots=True)
class Replay:
    """The minutes of a rehearsal, the chosen one, and what happened in it."""

    minutes: list[Minute]
    chosen: Minute | None
    at: datetime | None
    facts: list[Told]
    previous: int | None
    following: int | None

    @property
    def last(self) -> int:
        """The last minute in which anything happened."""
        return self.minutes[-1].number if self.minutes else 0


def replay_page(rehearsal: Rehearsal, viewer: Viewer, wanted: int | None) -> Replay:
    """Cut a rehearsal into minutes and tell the wanted one, or the nearest before it in which anything happened."""
    facts: Counter[int] = Counter()
    answers: Counter[int] = Counter()
    entries: dict[int, list[Entry]] = {}
    for moment in replay(rehearsal):
        number = moment.after // timedelta(minutes=1)
        facts[number] += 1
        answers[number] += _answers(moment.entry)
        entries.setdefault(number, []).append(moment.entry)
    minutes, so_far = [], 0
    for number in sorted(facts):
        so_far += answers[number]
        minutes.append(Minute(number, facts[number], so_far))
    numbers = [one.number for one in minutes]
    if not numbers:
        return Replay([], None, None, [], None, None)
    at = max((n for n in numbers if wanted is not None and n <= wanted), default=numbers[0])
    place = numbers.index(at)
    return Replay(
        minutes,
        minutes[place],
        rehearsal.shows_at + timedelta(minutes=at),
        tell(entries[at][:SHOWN], viewer),
        numbers[place - 1] if place else None,
        numbers[place + 1] if place + 1 < len(numbers) else None,
    )


def _answers(entry: Entry) -> int:
    """Count the posts that a fact says have understood or carried on."""
    if entry.verb != "outreach.receipts":
        return 0
    items: list[Any] = entry.facts.get("items", [])
    return sum(item[1] == "understood" for item in items)
