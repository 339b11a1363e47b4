"""The invented list of a demonstration has what a real one has, its holes included."""

from renwang.registers.care import finding
from renwang.registers.care.invented import invent_care
from renwang.registers.care.models import CareEntry
from tests import make


def test_it_has_holes_and_is_set_up_once(cast):
    house = make.building("1号楼", cast.group)
    for number in range(60):
        make.household(house, str(100 + number), cast.contact_household)
    who = {"keeper": cast.secretary, "opener": cast.officer}
    assert invent_care(cast.district, **who, now=cast.now) == 24
    assert invent_care(cast.district, **who, now=cast.now) == 0
    counts = finding.count_states(cast.viewer(cast.secretary), finding.Wanted(), cast.now)
    assert all(
        counts[one] for one in (finding.LATE, finding.UNPAIRED, finding.WANTS, finding.ENDING)
    )
    assert counts[finding.LATE] < CareEntry.objects.count() / 2
