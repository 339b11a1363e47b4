"""Who holds which post in an invented place: holders, deputies, vacancies, cross-posts, and how they are reached.

Frequencies are in thousandths. They are the figures an official of a
sub-district would recognise, not a survey's; each stands alone in a table, so
that whoever knows better changes one number.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from renwang.chain.invented.chance import Identities, happens, weighted
from renwang.chain.invented.names import mobile_number, person_names
from renwang.chain.invented.parts import (
    ContactPart,
    GrantPart,
    HoldingPart,
    Part,
    PersonPart,
    PostPart,
    UnitPart,
)
from renwang.chain.structures import Role

SINCE = date(2024, 3, 1)

_VACANT = {"subdistrict": 0, "city": 0, "district": 0, "community": 20, "grid": 40}
_VACANT_BELOW = 65
_DEPUTIES = {"city": (1000, 1000), "district": (1000, 1000), "subdistrict": (1000, 1000), "community": (1000, 700), "grid": (850,)}  # fmt: skip
_DEPUTIES_BELOW = {"building_group": (550,), "contact_household": (150,)}
_NO_SMARTPHONE = 120  # of those below the grid
_HAS_APP = 860  # of those with a smartphone
_UNREACHABLE = 4
_WITHOUT = (("phone", 55), ("knock", 20), ("neighbour", 25))


class Staff:
    """Fills the posts of one part, and remembers who may relay for whom."""

    def __init__(self, part: Part, draw: Random, identities: Identities, serial: int):
        self._part = part
        self._draw = draw
        self._ids = identities
        self._names = person_names(draw)
        self._serial = serial
        self._reached_by: dict[object, str] = {}

    def person(self, home: UnitPart, *, number: str = "", always_app: bool = False, neighbour: PersonPart | None = None, door: str = "") -> PersonPart:  # fmt: skip
        """Make a person with contact points in the order he prefers."""
        who = PersonPart(self._ids.next(), next(self._names), home.id, home.path, number)
        self._part.people.append(who)
        self._serial += 1
        phone = mobile_number(self._serial)
        if not always_app and happens(self._draw, _NO_SMARTPHONE):
            way = weighted(self._draw, _WITHOUT)
            if way == "neighbour" and neighbour is None:
                way = "phone"
            ways = [way] if way == "phone" else [way, "phone"][: 1 + self._draw.randrange(2)]
        elif not always_app and happens(self._draw, _UNREACHABLE):
            ways = []
        else:
            ways = ["app", "sms", "phone"]
            if not always_app and not happens(self._draw, _HAS_APP):
                ways = ["sms", "phone"]
        for position, kind in enumerate(ways):
            address = {"app": "", "knock": door or home.name, "neighbour": ""}.get(kind, phone)
            relays = neighbour.id if kind == "neighbour" and neighbour else None
            self._part.contacts.append(
                ContactPart(self._ids.next(), who.id, position, kind, address, relays)
            )
        self._reached_by[who.id] = ways[0] if ways else ""
        return who

    def uses_app(self, who: PersonPart | None) -> bool:
        """Whether a person is called on his smartphone first, so that he can relay for another."""
        return who is not None and self._reached_by.get(who.id) == "app"

    def post(self, unit: UnitPart, role: Role, position: int) -> PostPart:
        """Make a unit's post of a role, still without holder."""
        made = PostPart(
            self._ids.next(),
            role.title("zh-hans"),
            role.key,
            unit.id,
            unit.path,
            role.answers,
            position,
        )
        self._part.posts.append(made)
        return made

    def is_vacant(self, unit: UnitPart) -> bool:
        """Say whether a post of this unit happens to be vacant."""
        return happens(self._draw, _VACANT.get(unit.level, _VACANT_BELOW))

    def deputies(self, unit: UnitPart) -> int:
        """Say how many deputies a post of this unit happens to have."""
        chances = _DEPUTIES.get(unit.level) or _DEPUTIES_BELOW[unit.level]
        count = 0
        while count < len(chances) and happens(self._draw, chances[count]):
            count += 1
        return count

    def hold(self, post: PostPart, people: Sequence[PersonPart | None], bundle: str = "") -> None:
        """Put people on a post, holder first; None leaves the holder's place vacant. Nobody stands there twice."""
        seen = set()
        for rank, who in enumerate(people):
            if who is None or who.id in seen:
                continue
            seen.add(who.id)
            began = SINCE + timedelta(days=self._draw.randrange(700))
            self._part.holdings.append(HoldingPart(self._ids.next(), post.id, who.id, rank, began))
            if bundle:
                self._part.grants.append(
                    GrantPart(self._ids.next(), who.id, bundle, post.unit_id, post.path, post.id)
                )

    def held_before(self, post: PostPart, who: PersonPart) -> None:
        """Note that a person held a post until the present term began."""
        self._part.holdings.append(
            HoldingPart(
                self._ids.next(),
                post.id,
                who.id,
                0,
                SINCE - timedelta(days=1100),
                SINCE,
                is_current=False,
            )
        )

    def happens(self, per_thousand: int) -> bool:
        """Draw once."""
        return happens(self._draw, per_thousand)
