"""What every page of a place must say at its top: ordinary notices, an emergency, an exercise."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.http import HttpRequest
from django.utils.functional import Promise


class Kind(StrEnum):
    """How loudly a banner speaks."""

    ORDINARY = "ordinary"
    EXERCISE = "exercise"
    EMERGENCY = "emergency"
    OFFLINE = "offline"


@dataclass(frozen=True)
class Banner:
    """One line across the page, with at most one link."""

    kind: Kind
    title: str | Promise
    text: str | Promise = ""
    href: str = ""
    link: str | Promise = ""


Provider = Callable[[HttpRequest], Iterable[Banner]]
_PROVIDERS: list[Provider] = []


def register(provider: Provider) -> None:
    """Let a package say what is in force. Asked once per page, so it must cost one indexed read at most."""
    if provider not in _PROVIDERS:
        _PROVIDERS.append(provider)


def banners_for(request: HttpRequest) -> list[Banner]:
    """Return the banners of a page, the loudest first."""
    loudness = [Kind.EMERGENCY, Kind.EXERCISE, Kind.OFFLINE, Kind.ORDINARY]
    found = [banner for provider in _PROVIDERS for banner in provider(request)]
    return sorted(found, key=lambda banner: loudness.index(banner.kind))
