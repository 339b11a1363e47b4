"""Note which places facts ask to be looked at again; the looking itself is `checking.look_again`."""

from collections.abc import Sequence
from datetime import datetime

from renwang.base.models import Entry
from renwang.registers.readiness.catalogue import Touch, families
from renwang.registers.readiness.models import Touched


def note_touched(entries: Sequence[Entry], now: datetime) -> int:
    """Note for every family of checks what facts touch; return how many notes."""
    notes = []
    for family in families():
        followed = [
            entry
            for entry in entries
            if family.follows(entry.verb) and (entry.drill is None or family.minds_drills)
        ]
        if followed:
            notes += [
                Touched(family=family.key, path=one.path, is_deep=one.is_deep, at=now)
                for one in _widest(set(family.touched(followed)))
            ]
    Touched.objects.bulk_create(notes, batch_size=500)
    return len(notes)


def _widest(touches: set[Touch]) -> list[Touch]:
    """Leave out what lies below something that is looked at whole."""
    deep: list[str] = []
    for path in sorted(one.path for one in touches if one.is_deep):
        if not any(path.startswith(top) for top in deep):
            deep.append(path)
    near = {
        one.path
        for one in touches
        if not one.is_deep and not any(one.path.startswith(top) for top in deep)
    }
    return [*(Touch(path, True) for path in deep), *(Touch(path) for path in sorted(near))]
