"""Find stock: what ends first stands first; what is past its day, near it, or not counted for long."""

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from renwang.base.paging import Page, page_of
from renwang.base.pure.text import search_key
from renwang.chain.models import Unit
from renwang.chain.reach import Viewer
from renwang.registers.facilities.kinds import known_terms
from renwang.registers.facilities.models import Facility, Stock
from renwang.registers.facilities.rules import State

OVER, ENDING, UNCOUNTED = "over", "ending", "uncounted"
SORTS: dict[str, tuple[str, ...]] = {
    "until": ("expires_on", "search"),
    "-until": ("-expires_on", "-search"),
    "name": ("search", "path"),
    "-name": ("-search", "-path"),
    "counted": ("checked_on", "search"),
    "-counted": ("-checked_on", "-search"),
}


def days_of(key: str) -> int:
    """Give a figure of the stock in days: `soon` or `every`."""
    terms = known_terms()
    return int(terms.figures[getattr(terms.stock, key)].value)


def visible_to(viewer: Viewer) -> QuerySet[Stock]:
    """Stock at the places where the viewer may see facilities; of what is gone there is none."""
    return Stock.objects.filter(viewer.scope("facilities.see")).exclude(facility__state=State.GONE)


def list_stock(
    viewer: Viewer,
    *,
    under: Unit | None,
    text: str,
    finding: str,
    today: date,
    sort: str = "until",
    cursor: str = "",
    size: int = 50,
) -> Page[Stock]:
    """List stock with its facility and unit; what has no day is left out where one sorts by days. Two statements."""
    found = _narrowed(viewer, under, text).filter(_waits(today).get(finding, Q()))
    if sort.endswith("until"):
        found = found.filter(expires_on__isnull=False)
    if sort.endswith("counted"):
        found = found.filter(checked_on__isnull=False)
    found = found.select_related("facility__unit").defer("facility__unit__boundary")
    return page_of(found, SORTS[sort], cursor=cursor, size=size)


def count_findings(viewer: Viewer, *, under: Unit | None, text: str, today: date) -> dict[str, int]:
    """Count what is past its day, near it, or not counted for long; one statement."""
    found = _narrowed(viewer, under, text)
    return found.aggregate(
        **{key: Count("pk", filter=where) for key, where in _waits(today).items()}
    )


def stock_of(facility: Facility) -> list[Stock]:
    """Give the stock of a facility in the order in which it is to be used."""
    return list(facility.stock.order_by(F("expires_on").asc(nulls_last=True), "search", "lot"))


def stock_at(facility: Facility, key: UUID) -> Stock | None:
    """Find stock of a facility."""
    return facility.stock.filter(pk=key).first()


def _narrowed(viewer: Viewer, under: Unit | None, text: str) -> QuerySet[Stock]:
    found = visible_to(viewer)
    if under is not None:
        found = found.filter(path__under=under.path)
    for word in text.split():
        key = search_key(word)
        found = found.filter(Q(search__contains=key) | Q(facility__search__contains=key))
    return found


def _waits(today: date) -> dict[str, Q]:
    last = today - timedelta(days=days_of("every"))
    ends = today + timedelta(days=days_of("soon"))
    return {
        OVER: Q(expires_on__lt=today, quantity__gt=0),
        ENDING: Q(expires_on__range=(today, ends), quantity__gt=0),
        UNCOUNTED: Q(checked_on=None) | Q(checked_on__lt=last),
    }
