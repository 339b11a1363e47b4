"""An invented care list for a demonstration: believable doors, and the holes that every real list has."""

import random
from datetime import datetime, timedelta

from django.db import transaction

from renwang.base.pure.ids import uuid7
from renwang.chain.models import Grant, Household, Person, Unit
from renwang.chain.services.grants import give_grant
from renwang.registers.care import finding
from renwang.registers.care.models import CareEntry
from renwang.registers.care.rules import Consent, ConsentHow, Content, Other
from renwang.registers.care.services import enter_entry
from renwang.registers.care.services.pairing import BACKUP, pair_helper
from renwang.registers.care.services.visiting import climb_visits, record_visit
from renwang.registers.care.sight import day_of
from renwang.registers.care.visit_rules import Outcome

BY = "node:invented"
NUMBER = 24
SURNAMES = "钱孙李周吴郑冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹"
CALLED = ("奶奶", "爷爷", "阿姨", "大爷")
STORIES: tuple[tuple[tuple[str, ...], str, str, str], ...] = (
    (("stairs", "alone"), "敲三下，走得慢，多等一会儿", "两个人扶，走东边楼梯", "每天下午送一次饭"),
    (("oxygen", "stairs"), "打电话再敲门", "带上床头的便携氧气瓶", "停电先换氧气瓶，备用两瓶"),
    (("hearing",), "门铃听不见，按灯铃", "当面比划或写在纸上", ""),
    (("bedridden", "device"), "先打给女儿", "用担架，四个人", "呼吸机蓄电池撑两小时"),
    (("dialysis",), "", "周二、周四、周六上午透析", "断路要提前联系医院"),
    (("no_phone", "alone"), "直接上门，喊一声再推门", "", ""),
    (("confused",), "不要一个人来，叫上邻居", "牵着手走，别松开", ""),
    (("infant",), "轻敲，孩子在睡", "有婴儿车", "奶粉在厨房左柜"),
    (("wheelchair",), "", "电梯停了要背下楼", ""),
    (("medicine", "sight"), "报上姓名再进门", "扶着右手", "胰岛素在冰箱，停电用保温箱"),
)  # fmt: skip


@transaction.atomic
def invent_care(root: Unit, *, keeper: Person, opener: Person, now: datetime) -> int:
    """Set up an invented list in the keeper's place; return how many entries.

    Where there is one already nothing changes.
    """
    if CareEntry.objects.filter(path__under=root.path, invented=True).exists():
        return 0
    place = keeper.grants.filter(bundle="secretary", ended_at=None).select_related("unit").first()
    unit = place.unit if place else root
    _grant(keeper, "care_keeper", unit, now)
    _grant(opener, "care_opener", root, now)
    doors = Household.objects.filter(path__under=unit.path).order_by("path", "id")
    step = max(1, doors.count() // NUMBER)
    chosen = list(doors.select_related("building")[: step * NUMBER : step])
    for number, door in enumerate(chosen):
        _enter(number, door, now)
    while climb_visits(now):
        pass
    return len(chosen)


def _grant(person: Person, bundle: str, unit: Unit, now: datetime) -> None:
    if not Grant.objects.filter(person=person, bundle=bundle, ended_at=None).exists():
        give_grant(person=person, bundle=bundle, unit=unit, by=BY, now=now)


def _enter(number: int, door: Household, now: datetime) -> None:
    chance = random.Random(f"care {number}")  # noqa: S311 - a story, not a secret
    needs, warn, leave, stay = STORIES[number % len(STORIES)]
    surname = SURNAMES[number % len(SURNAMES)]
    said = Content(
        name=surname + chance.choice(CALLED),
        needs=needs,
        telephone="" if "no_phone" in needs else f"139000{number:05d}",
        warn=warn,
        leave=leave,
        stay=stay,
        others=(Other(f"{surname}家女儿", "女儿", f"138000{number:05d}"),),
    )
    # Two entered so long ago that their consent ends soon; one that nobody has confirmed since.
    ago = 350 if number % 12 == 5 else chance.randint(3, 25)
    begun = now - timedelta(days=ago)
    given = day_of(begun)
    consent = Consent(
        chance.choice([ConsentHow.SIGNED, ConsentHow.SAID]), given, given + timedelta(days=365)
    )
    entry = enter_entry(door, said, consent, by=BY, now=begun, invented=True).entry
    if number % 8 == 7:  # nobody has found a helper for these yet
        return
    nearest = finding.suggest_helpers(entry, most=2)
    for rank, person in zip((0, BACKUP), nearest, strict=False):
        pair_helper(entry.pk, person, rank=rank, by=BY, now=begun)
    if number % 6 == 2:  # and here the visit was forgotten
        return
    outcome = Outcome.NEEDS if number % 11 == 4 else Outcome.WELL
    at = now - timedelta(days=chance.randint(0, 2), hours=chance.randint(1, 8))
    want = "米快吃完了，想请人代买" if outcome is Outcome.NEEDS else ""
    record_visit(uuid7(at), entry.pk, outcome, by=BY, now=at, want=want)
