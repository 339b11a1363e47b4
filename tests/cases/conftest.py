"""Cases of the cast's places, at each point of their lives."""

from datetime import date, timedelta
from itertools import count

from renwang.cases import services
from renwang.cases.answer_rules import Said
from renwang.cases.models import Case
from renwang.cases.rules import End, Via
from renwang.cases.services import Report, Taken

DAY = timedelta(days=1)
TODAY = date(2026, 7, 15)  # of the cast
WORDS = "3 号楼门口的路灯坏了好几天，晚上很黑，老人不敢出门。"
_keys = count(1)


def report(words: str = WORDS, **changes) -> Report:
    """What somebody brings."""
    changes.setdefault("key", f"key-{next(_keys)}")
    return Report(words, **changes)


def taken(cast, words: str = WORDS, *, unit=None, now=None, **changes) -> Taken:
    """A case that came by the public page, with the code of its reporter."""
    told = report(words, **changes)
    return services.report_publicly(
        told, unit or cast.grid, address="192.0.2.7", now=now or cast.now
    )


def brought(cast, words: str = WORDS, **changes) -> Case:
    """A case that came by the public page."""
    return taken(cast, words, **changes).case


def entered(cast, *, by=None, **changes) -> Case:
    """A case that the grid worker entered."""
    by = cast.viewer(by or cast.worker)
    return services.enter_report(report(**changes), cast.grid, Via.FIELD, by=by, now=cast.now).case


def said(end: End = End.DONE, **changes) -> Said:
    """An answer of substance."""
    plain = {
        "words": "7 月 14 日电工到 3 号楼门口更换灯头和线路，晚上八点查看，灯已亮。",
        "end": end,
        "done_on": date(2026, 7, 14),
        "ground": "维修单 0714 号，现场照片",
        "following": "一周后再查一次",
        "whose": "某公司" if end is End.NOT_OURS else "",
    }
    return Said(**(plain | changes))


def answered(cast, case: Case | None = None, *, by=None, now=None, end=End.DONE) -> Case:
    """A case that the secretary has answered."""
    case = case or brought(cast)
    by = cast.viewer(by or cast.secretary)
    services.answer_case(case.pk, said(end), by=by, now=now or cast.now)
    case.refresh_from_db()
    return case
