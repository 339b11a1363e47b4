"""The sentences of refusals, each with what the user can do about it."""

from django.utils.translation import gettext_lazy as _

from renwang.response.scenario import UnknownScenario
from renwang.response.services import (
    NobodyRelays,
    PlaceUnmarked,
    RehearsalOver,
    RehearsalUnderWay,
    SpeedRefused,
)

SENTENCES = {
    UnknownScenario: _("There is no such scenario."),
    RehearsalUnderWay: _(
        "A rehearsal is already under way here, above or below. Wait for its end, or stop it."
    ),
    NobodyRelays: _(
        "Nobody who holds a post here may relay warnings, so the rehearsal would end with its "
        "first message. Fill a post that may relay, or choose another place."
    ),
    SpeedRefused: _("Choose a speed from 1 to 3,600, or the fastest."),
    RehearsalOver: _("This rehearsal has already ended."),
    PlaceUnmarked: _(
        "This place has no boundary and no division code, so no warning can name it. "
        "Enter one of them, or choose a place above it."
    ),
}


def sentence(refusal: Exception) -> str:
    """The sentence for a refusal, empty for one of another module."""
    return str(SENTENCES.get(type(refusal), ""))
