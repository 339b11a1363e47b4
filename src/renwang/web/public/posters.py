"""What the public is shown of a warning: its own words, when it ends, who signed it, and the local note apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from renwang.alerts.models import Alert
from renwang.alerts.reading import main_info, read_alert

GRAVITY = ("red", "orange", "yellow", "blue")


@dataclass(frozen=True, slots=True)
class Poster:
    """A warning in one language as it is read by everybody."""

    alert: Alert
    language: str
    headline: str
    description: str
    instruction: str
    contact: str
    is_exercise: bool

    @property
    def is_cancelled(self) -> bool:
        """Whether the warning is over, by a later one or by its own end."""
        return self.alert.state != "in_force"


def poster_of(alert: Alert, language: str) -> Poster:
    """Read a warning in a language, else in its first one."""
    info = main_info(read_alert(bytes(alert.original)).alert, language)
    return Poster(
        alert,
        info.spoken if info else "",
        (info.headline if info else "") or alert.event,
        (info.description if info else "") or "",
        (info.instruction if info else "") or "",
        (info.contact if info else "") or "",
        alert.drill is not None,
    )


def gravest_first(posters: Iterable[Poster]) -> list[Poster]:
    """Order warnings: red first, those without a colour last, the latest first within a colour."""
    known = {colour: place for place, colour in enumerate(GRAVITY)}
    return sorted(
        posters,
        key=lambda one: (known.get(one.alert.colour, len(GRAVITY)), -one.alert.sent.timestamp()),
    )


def latest(posters: Iterable[Poster], default: datetime) -> datetime:
    """Return when the last of the warnings was sent."""
    return max((one.alert.sent for one in posters), default=default)
