"""Plain builders for the care list: who keeps it, and an entry behind a door."""

from datetime import timedelta
from itertools import count

from renwang.registers.care.models import CareEntry
from renwang.registers.care.rules import Consent, ConsentHow, Content, Other
from renwang.registers.care.services import Entered, enter_entry
from renwang.registers.care.sight import day_of
from tests import make
from tests.cast import Cast

DOORS = count(101)
SECRETS = (
    "钱奶奶",
    "13911112222",
    "敲两下再喊",
    "背下楼",
    "氧气瓶在床边",
    "钱家儿子",
    "13933334444",
)


def content(*needs: str, **changes) -> Content:
    """What an entry says; everything in it is a secret."""
    said = {
        "name": "钱奶奶", "needs": needs or ("stairs", "oxygen"), "telephone": "13911112222",
        "warn": "敲两下再喊", "leave": "背下楼", "stay": "氧气瓶在床边",
        "others": (Other("钱家儿子", "儿子", "13933334444"),),
    }  # fmt: skip
    return Content(**{**said, **changes})


def consent(cast: Cast, *, days: int = 365, ago: int = 0) -> Consent:
    """A consent given some days ago, for so many days from then."""
    given = day_of(cast.now) - timedelta(days=ago)
    return Consent(ConsentHow.SIGNED, given, given + timedelta(days=days))


def keeper(cast: Cast):
    """The secretary, who keeps the list of his community."""
    if not cast.secretary.grants.filter(bundle="care_keeper").exists():
        make.grant(cast.secretary, "care_keeper", cast.community)
    return cast.viewer(cast.secretary)


def opener(cast: Cast):
    """The duty officer of the sub-district, who may open the list in an emergency."""
    if not cast.officer.grants.filter(bundle="care_opener").exists():
        make.grant(cast.officer, "care_opener", cast.street)
    return cast.viewer(cast.officer)


def door(cast: Cast, at=None):
    """A door that a contact household looks after."""
    house = make.building("1号楼", cast.group, search="1号楼")
    return make.household(house, str(next(DOORS)), at or cast.contact_household)


def entered(cast: Cast, *needs: str, at=None, **changes) -> Entered:
    """An entry with its private code."""
    return enter_entry(
        door(cast, at), content(*needs, **changes), consent(cast), by=keeper(cast), now=cast.now
    )


def entry(cast: Cast, *needs: str, at=None, **changes) -> CareEntry:
    """An entry."""
    return entered(cast, *needs, at=at, **changes).entry
