"""The numbers on the tabs, asked once per page."""

from django.http import HttpRequest

from renwang.outreach.carrying import count_for


def _waiting(request: HttpRequest) -> tuple[int, int]:
    if not hasattr(request, "field_waits"):
        request.field_waits = count_for(request.viewer)
    return request.field_waits


def count_asked(request: HttpRequest) -> int:
    """How many warnings wait to be carried on, and how much else waits for him."""
    return _waiting(request)[0]


def count_to_ring(request: HttpRequest) -> int:
    """How many people have to be rung or visited."""
    return _waiting(request)[1]
