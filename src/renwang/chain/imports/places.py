"""The places and people a file can mean: every standing unit in reach, by code or by names with slashes; everybody in it."""

from collections.abc import Iterable

from renwang.base.pure.text import search_key
from renwang.chain.list_rules import PersonAmbiguous, PersonUnknown, PlaceAmbiguous, PlaceUnknown
from renwang.chain.models import Person, Unit
from renwang.chain.reach import Viewer

By = Viewer | str

_COLUMNS = (
    "id",
    "ref",
    "code",
    "name",
    "structure",
    "level",
    "depth",
    "parent_id",
    "path",
    "position",
    "households",
    "residents",
    "lon",
    "lat",
    "since_on",
    "ended_on",
)


class Places:
    """The standing units where a capability holds; read once, asked for every row."""

    def __init__(self, by: By, capability: str):
        units = Unit.objects.filter(ended_on=None).only(*_COLUMNS).order_by("path")
        if isinstance(by, Viewer):
            units = units.filter(by.scope(capability))
        self.units: dict = {unit.pk: unit for unit in units}
        self.by_code = {unit.code: unit for unit in self.units.values() if unit.code}
        self._by_name: dict[str, list[Unit]] = {}
        self._names: dict = {}
        for unit in self.units.values():
            above = self._names.get(unit.parent_id, "")
            self._names[unit.pk] = f"{above}/{search_key(unit.name)}"
            self._by_name.setdefault(search_key(unit.name), []).append(unit)

    def find(self, text: str) -> Unit:
        """Find the unit meant. Refuses with PlaceUnknown or PlaceAmbiguous."""
        found = self.all_called(text)
        if not found:
            raise PlaceUnknown(place=text)
        if len(found) > 1:
            raise PlaceAmbiguous(place=text)
        return found[0]

    def all_called(self, text: str) -> list[Unit]:
        """Find every unit with this code, or whose names end in these: `青石街道/石桥社区`."""
        if text in self.by_code:
            return [self.by_code[text]]
        names = [search_key(part) for part in text.split("/") if part.strip()]
        if not names:
            return []
        ending = "/" + "/".join(names)
        return [
            unit
            for unit in self._by_name.get(names[-1], ())
            if self._names[unit.pk].endswith(ending)
        ]

    def key_of(self, unit: Unit | None) -> str:
        """Name a unit as a row would: by its code, else by all its names."""
        if unit is None:
            return ""
        return unit.code or self._names[unit.pk].removeprefix("/")

    def child(self, parent: Unit, name: str) -> Unit | None:
        """Find the unit of a name directly below another one."""
        wanted = search_key(name)
        same = (unit for unit in self._by_name.get(wanted, ()) if unit.parent_id == parent.pk)
        return next(same, None)

    def parents(self) -> Iterable[tuple[Unit, Unit | None]]:
        """Give every unit with the one above it, where that is in reach."""
        return ((unit, self.units.get(unit.parent_id)) for unit in self.units.values())


class People:
    """Those a roster can mean, by staff number or by name."""

    def __init__(self, by: By):
        people = Person.objects.filter(is_active=True)
        if isinstance(by, Viewer):
            people = people.filter(by.scope("people.see"))
        self._called: dict[str, list[Person]] = {}
        for person in people:
            for text in {search_key(person.name), search_key(person.number)} - {""}:
                self._called.setdefault(text, []).append(person)

    def find(self, text: str, unit: Unit) -> Person:
        """Find the person meant; of several with one name, the only one at home in the unit."""
        found = self._called.get(search_key(text), [])
        if len(found) > 1:
            found = [one for one in found if one.unit_id == unit.pk] or found
        if not found:
            raise PersonUnknown(person=text)
        if len(found) > 1:
            raise PersonAmbiguous(person=text)
        return found[0]
