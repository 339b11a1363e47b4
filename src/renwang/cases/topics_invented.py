"""Invented voices that make a hot spot in a demonstration: the same trouble, in the words of different people. Nobody in them is real."""

from datetime import datetime, timedelta

from renwang.cases.rules import Via
from renwang.cases.services import Report, enter_report
from renwang.cases.services.topics import find_topics
from renwang.chain.models import Unit
from renwang.chain.selectors.public import public_places

_VOICES = (
    ("地下车库入口又积水了，排水沟全是树叶，车子开不进来。", 40),
    ("下雨以后地下车库入口积水，排水沟堵了，老人推车过不去。", 26),
    ("车库入口积水到脚踝，排水沟里都是树叶没人清。", 19),
    ("地下车库入口积水，昨晚倒灌到负一层，排水沟该清了。", 12),
    ("地下车库入口排水沟堵住，一下雨就积水，已经第三回。", 6),
    ("请清一下地下车库入口的排水沟，积水把电瓶车泡了。", 3),
    ("地下车库入口积水，排水沟盖板也松了，走上去会翘。", 1),
)


def invent_topics(root: Unit, *, now: datetime) -> None:
    """Let seven people raise the same in one place, and find the hot spot. Run again, nothing is doubled."""
    places = public_places().filter(path__under=root.path)
    place = places.order_by("-depth", "path").first()
    if place is None:
        return
    for number, (words, days) in enumerate(_VOICES):
        told = Report(words, f"invented:topic:{number}", "water_in", contact=f"1390000010{number}")
        enter_report(told, place, Via.TELEPHONE, by="node:invented", now=now - timedelta(days=days))
    find_topics(now)
