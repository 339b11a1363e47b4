"""An agreement between two places of the cast that are strangers: the community shows, the next sub-district sees."""

from datetime import timedelta

import pytest

from renwang.cases.sharing import services
from renwang.cases.sharing.models import Sharing
from renwang.cases.sharing.rules import Mode, Part
from renwang.cases.sharing.services import Terms
from tests.cases.conftest import TODAY, brought

DAY = timedelta(days=1)
PURPOSE = "两地共用一条河，河道和道路险情互通。"


class Deal:
    """The sides, and what they do."""

    def __init__(self, cast):
        self.cast, self.now = cast, cast.now
        self.giver, self.taker = cast.viewer(cast.secretary), cast.viewer(cast.stranger)

    def terms(self, **changes) -> Terms:
        plain = {
            "giver": self.cast.community,
            "taker": self.cast.strangers_street,
            "purpose": PURPOSE,
            "from_on": TODAY,
            "until_on": TODAY + 90 * DAY,
            "kinds": ["road"],
        }
        return Terms(**(plain | changes))

    def propose(self, by=None, **changes) -> Sharing:
        return services.propose_sharing(self.terms(**changes), by=by or self.giver, now=self.now)

    def concluded(self, **changes) -> Sharing:
        made = self.propose(**changes)
        return services.approve_sharing(made.pk, by=self.taker, now=self.now)

    def whole(self, **changes) -> Sharing:
        """One that shows every part and lets them take part."""
        plain = {"parts": list(Part), "mode": Mode.TAKE_PART}
        return self.concluded(**(plain | changes))

    def case(self, **changes):
        changes.setdefault("kind", "road")
        return brought(
            self.cast, "桥头路面塌了一块。", contact="13900000009", place="桥头", **changes
        )


@pytest.fixture
def deal(cast) -> Deal:
    """Nothing agreed yet."""
    return Deal(cast)
