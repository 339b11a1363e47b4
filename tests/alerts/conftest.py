"""Warnings for the cast's county, in the form in which a weather service sends them."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from tests.cast import Cast

from renwang.alerts import cap
from renwang.alerts.models import Alert
from renwang.alerts.rules import Source
from renwang.alerts.services import receive_alert
from renwang.alerts.signing import make_key
from renwang.chain.routes import rebuild_routes

SENDER = "99010541600000"


def warning(
    now: datetime,
    *,
    identifier: str = "99010541600000_20260715093000",
    codes: tuple[str, ...] = ("990105001",),
    polygons: tuple[cap.Polygon, ...] = (),
    circles: tuple[cap.Circle, ...] = (),
    colour: str | None = "Orange",
    msg_type: cap.MsgType = cap.MsgType.ALERT,
    status: cap.Status = cap.Status.ACTUAL,
    refers_to: tuple[cap.Reference, ...] = (),
    expires: timedelta | None = timedelta(hours=6),
    sender: str = SENDER,
    headline: str = "柳湾区气象台发布暴雨橙色预警",
    infos: bool = True,
    description: str = "预计未来3小时降雨量将达50毫米以上。",
) -> cap.Alert:
    """A warning that is right in every respect unless told otherwise."""
    info = cap.Info(
        categories=(cap.Category.MET,),
        event="暴雨",
        urgency=cap.Urgency.IMMEDIATE,
        severity=cap.Severity.SEVERE,
        certainty=cap.Certainty.LIKELY,
        language="zh-CN",
        headline=headline,
        description=description,
        instruction="低洼地带人员立即转移。",
        expires=cap.Moment.of(now + expires) if expires is not None else None,
        parameters=(cap.Named("colour", colour),) if colour else (),
        areas=(
            cap.Area(
                "柳湾区青石街道",
                polygons=polygons,
                circles=circles,
                geocodes=tuple(cap.Named("division", code) for code in codes),
            ),
        ),
    )
    return cap.Alert(
        identifier=identifier,
        sender=sender,
        sent=cap.Moment.of(now),
        status=status,
        msg_type=msg_type,
        scope=cap.Scope.PUBLIC,
        references=cap.join_references(refers_to),
        infos=(info,) if infos else (),
    )


@pytest.fixture
def receive(cast: Cast, now: datetime) -> Callable[..., Alert]:
    """Receive a warning made by `warning`, by default as the operator of the node."""
    rebuild_routes()

    def received(alert: cap.Alert | None = None, **changes) -> Alert:
        by = changes.pop("by", cast.viewer(cast.operator))
        at = changes.pop("at", now)
        drill = changes.pop("drill", None)
        alert = alert or warning(changes.pop("sent", at), **changes)
        return receive_alert(cap.write(alert), Source.FILE, by=by, now=at, drill=drill)

    return received


@pytest.fixture
def key(tmp_path, settings, now: datetime):
    """A node with a home and a key of its own."""
    settings.HOME = tmp_path
    return make_key("柳湾区预警信息发布中心", now=now)
