"""A message as the channel tests send it."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from renwang.base.pure.ids import uuid7
from renwang.outreach.channels.port import Outgoing

NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
WORDS = "柳湾区气象台7月15日09时30分发布暴雨红色预警信号:过去3小时降雨量已达100毫米以上,且降雨可能持续。"

MESSAGE = Outgoing(
    id=uuid7(NOW, bytes(range(10))),
    notice_id=UUID(int=7),
    call_id=1,
    person_id=None,
    kind="webhook",
    to="",
    title="暴雨红色预警",
    words=WORDS,
    note="石桥社区:请先通知沿河三栋楼。",
    colour="red",
    language="zh-CN",
    link="http://node.example/field/",
    source="http://node.example/alerts/7.xml",
)


def message(**changes) -> Outgoing:
    """The message, with changes."""
    return replace(MESSAGE, **changes)


def clock() -> datetime:
    """A clock that stands still."""
    return NOW
