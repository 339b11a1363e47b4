"""Risks of the cast's places, at each point of their lives."""

from datetime import date, timedelta

import pytest

from renwang.registers.risks import services
from renwang.registers.risks.models import Risk
from renwang.registers.risks.scale_rules import Judgement
from renwang.registers.risks.services import Found
from tests import make

DAY = timedelta(days=1)
TODAY = date(2026, 7, 15)  # of the cast


def found(cast, words: str = "3 号楼后坡有裂缝", *, unit=None, by=None, **changes) -> Risk:
    """A risk that the grid worker has just found in his grid."""
    told = Found(words, cast.now, hazard=changes.pop("hazard", "landslide"), **changes)
    viewer = cast.viewer(by or cast.worker)
    return services.report_risk(told, unit or cast.grid, by=viewer, now=cast.now)


def judged(cast, pair=(4, 4), *, by=None, **changes) -> Risk:
    """A risk that the secretary has judged; orange unless asked otherwise."""
    risk = found(cast, by=by, **changes)
    viewer = cast.viewer(by or cast.secretary)
    return services.judge_risk(risk.pk, Judgement(pair, "看过"), by=viewer, now=cast.now)


def planned(cast, *, days: int = 10, post=None, **changes):
    """A measure for a judged risk, of the grid worker's post."""
    risk = judged(cast, **changes)
    return services.plan_measure(
        risk.pk, "设警戒线，清理浮石", post or cast.grid_post, due_on=TODAY + days * DAY,
        by=cast.viewer(cast.secretary), now=cast.now,
    )  # fmt: skip


def rectified(cast, *, by=None, **changes) -> Risk:
    """A risk whose measure the grid worker has done, and who says that it is mended."""
    measure = planned(cast, **changes)
    viewer = cast.viewer(by or cast.worker)
    services.finish_measure(measure.pk, "浮石已清，见照片", by=viewer, now=cast.now)
    return services.rectify_risk(measure.risk_id, "已整改", by=viewer, now=cast.now)


@pytest.fixture
def mate(cast):
    """A second grid worker of the same grid."""
    who = make.person("宋同格", cast.grid)
    make.grant(who, "grid_worker", cast.grid)
    return who
