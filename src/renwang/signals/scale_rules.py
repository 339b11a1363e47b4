"""What an assessment may say: kinds of events and the three scales, which are never one another.

Event level (事件分级) says how much harm there is; warning level (预警级别) how much is
foreseen and how soon; response level (应急响应级别) what those who respond have been
switched to. A red warning may meet a level II response, and a yellow one a very serious event.

Sources: the Emergency Response Law, articles on grading events and on warning
levels; GB/T 35561-2017 for the four categories.
"""

from dataclasses import dataclass
from enum import StrEnum

from renwang.signals.rules import SignalRefused


class Category(StrEnum):
    """The four kinds of emergencies."""

    NATURAL = "natural"  # 自然灾害
    ACCIDENT = "accident"  # 事故灾难
    HEALTH = "health"  # 公共卫生事件
    SECURITY = "security"  # 社会安全事件


class EventLevel(StrEnum):
    """How serious an event is (特别重大、重大、较大、一般), the gravest first."""

    EXTREME = "extreme"
    MAJOR = "major"
    SERIOUS = "serious"
    ORDINARY = "ordinary"


class WarningLevel(StrEnum):
    """How much is foreseen (一级红、二级橙、三级黄、四级蓝), the gravest first."""

    RED = "red"
    ORANGE = "orange"
    YELLOW = "yellow"
    BLUE = "blue"


class ResponseLevel(StrEnum):
    """What those who respond are switched to (I to IV), the highest first."""

    I = "I"  # noqa: E741 - the numeral is what the level is called
    II = "II"
    III = "III"
    IV = "IV"


class Confidence(StrEnum):
    """How sure whoever assessed is."""

    CERTAIN = "certain"  # seen with one's own eyes, or measured twice
    LIKELY = "likely"
    DOUBTFUL = "doubtful"
    UNKNOWN = "unknown"


FORESEEABLE = frozenset({Category.NATURAL, Category.ACCIDENT, Category.HEALTH})


class WarningLevelNotFor(SignalRefused):
    """Warning levels exist for foreseeable natural disasters, accidents and public-health events only."""


class NatureMissing(SignalRefused):
    """An assessment says what the thing is."""


class AssessmentReasonMissing(SignalRefused):
    """A level without a reason cannot be checked by anybody."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person concludes about a matter. Levels that nobody can say yet stay empty."""

    category: Category
    nature: str
    likely_harm: str
    reason: str
    confidence: Confidence = Confidence.UNKNOWN
    hazard: str = ""
    event_level: EventLevel | None = None
    warning_level: WarningLevel | None = None
    response_level: ResponseLevel | None = None  # what is recommended; switching is another deed


def check_judgement(said: Judgement) -> None:
    """Refuse an assessment that says nothing, gives no reason, or a warning level where there is none."""
    if not said.nature.strip():
        raise NatureMissing
    if not said.reason.strip():
        raise AssessmentReasonMissing
    if said.warning_level is not None and said.category not in FORESEEABLE:
        raise WarningLevelNotFor(category=said.category.value)


_ORDER = tuple(WarningLevel)


def is_graver(one: WarningLevel | None, other: WarningLevel | None) -> bool:
    """Say whether a warning level lies above another; any level lies above none."""
    if one is None:
        return False
    return other is None or _ORDER.index(one) < _ORDER.index(other)
