"""Invented cases for a demonstration: believable words, at every point of their lives, late ones and a rejected answer among them.

Handled by the people of the invented place through the same services as real
ones, so that nobody rings whom he has answered himself. Nobody in them is real.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from renwang.cases import services
from renwang.cases.answer_rules import Said
from renwang.cases.erasure_rules import Scope as Erased
from renwang.cases.models import Case, Reporter, Telling
from renwang.cases.placard_rules import Scope
from renwang.cases.rules import End, Via
from renwang.cases.services import Report, Taken
from renwang.cases.services.consenting import end_telling
from renwang.cases.services.placarding import spots_at
from renwang.cases.telling_rules import Fate
from renwang.cases.topics_invented import invent_topics
from renwang.chain.models import Holding, Unit
from renwang.chain.reach import Viewer, viewer_of
from renwang.outreach.channels.port import Trouble

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Story:
    """One invented case: what was brought, how, how long ago, and how far its life has gone."""

    words: str
    kind: str
    place: str
    ago: float  # days
    life: str = ""
    via: Via = Via.WEB
    contact: str = ""
    tells: bool = False  # wants to be told by text message


_STORIES = (
    _Story("3 号楼门口路灯坏了一个多星期，晚上老人出门摔过一次。", "road", "3 号楼门口", 9, "answer confirm", contact="13900000001", tells=True),
    _Story("三号楼前面的灯不亮，黑得看不见台阶。", "road", "3 号楼前", 7, "same"),
    _Story("楼上装修每天早上六点半就开始砸墙，和物业说了三次没人管。", "noise", "5 栋 2 单元", 6, "accept take ask"),
    _Story("小区东门消防通道被一辆白色面包车堵了半个月，车上没有电话。", "fire_safety", "东门", 5, "accept take refer", Via.WALK_IN),
    _Story("2 单元一楼有人把电动车推进楼道充电，线从窗户拉出来，一下雨就冒火花。", "charging", "7 号楼 2 单元", 4, "accept assign", contact="13900000002"),
    _Story("我妈八十六了一个人住，腿脚不好，社区能不能帮忙联系送餐？", "care", "老家属院 4 栋", 3, "accept take answer", Via.TELEPHONE, "13900000003"),
    _Story("菜市场后门垃圾堆了三天没清，苍蝇很多，味道进屋。", "rubbish", "综合菜市场后门", 15, "accept take poor reject", contact="13900000004", tells=True),
    _Story("地下车库入口雨后积水到脚踝，排水沟里全是树叶。", "water_in", "北门地下车库", 2, "screen"),
    _Story("电梯运行到 9 楼会突然抖一下，门开一半又关上，已经两次了。", "lift_stuck", "6 号楼", 1.2, "accept take"),
    _Story("建议把社区活动室晚上也开放，年轻人下班才有时间。", "idea", "", 20, "accept take postpone"),
    _Story("办居住证明跑了三趟，每次说的材料都不一样，窗口能不能一次说清？", "staff", "便民服务大厅", 25, "accept take answer silent", Via.WALK_IN, "13900000005"),
    _Story("河边步道护栏缺了好几米，孩子放学都从那儿走。", "danger", "柳溪桥东", 11, "accept return", Via.FIELD),
    _Story("夜市的油烟直接排到二楼窗户，衣服都不敢晾。", "noise", "夜市街 9 号楼上", 18, "accept twice"),
    _Story("楼道声控灯一层到三层都不亮。", "property", "1 号楼 1 单元", 26, "late"),
    _Story("隔壁王家的空调外机滴水滴到我家窗台，说了就吵，想请社区调解。", "quarrel", "8 号楼 601", 5, "accept take"),
    _Story("这帮物业就是一群废物，301 那家的手机号 138 开头，你们自己去问！", "property", "2 号楼", 3, "accept mask"),
    _Story("请问今年居民医保什么时候可以缴费，在哪里办？", "inquiry", "", 2.5, "ours"),
    _Story("自来水早上发黄，放十分钟才清。", "supply", "青石路 42 号院", 8, "accept take notours", contact="13900000006", tells=True),
    _Story("有人在单元门口烧纸，烟很大，不知道算不算着火，树枝离得很近。", "", "4 号楼门口", 0.02),
    _Story("停车位划线之后救护车都开不进来，能不能留一条道。", "parking", "小区主路", 33, "accept take undone confirm", Via.SMS),
)  # fmt: skip

_ANSWERS = {
    "answer": Said(
        "社区与承办单位当天到现场查看，第二天完成维修更换，晚上八点复查，情况属实且已恢复正常。",
        End.DONE, ground="现场查看记录、维修单", following="一周后由网格员再查一次",
    ),
    "poor": Said("您反映的问题已收悉，已转相关部门处理，感谢您的支持。", End.DONE),
    "ours": Said(
        "居民医保集中缴费期为 9 月 1 日至 12 月 31 日，可在便民服务大厅 3 号窗口或手机上办理。",
        End.DONE, ground="当年城乡居民医保缴费通告",
    ),
    "notours": Said(
        "经查看，水黄由市政主管网检修冲洗引起，管网由自来水公司负责，社区无权处置，已联系报修。",
        End.NOT_OURS, ground="水厂检修通知", following="持续超过两天请直接拨打报修电话",
        whose="区自来水公司 24 小时报修热线",
    ),
    "undone": Said(
        "消防部门现场查看后认为主路宽度不足以在不取消车位的情况下另留通道，取消车位须业主大会表决，目前未达成一致。",
        End.NOT_DONE, ground="现场测量记录、业主大会议事规则", following="下季度业主大会再次提交表决",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Hands:
    """A community and a grid in it, with who handles cases there."""

    community: Unit
    grid: Unit
    secretary: Viewer
    worker: Viewer


@transaction.atomic
def invent_cases(root: Unit, *, now: datetime) -> int:
    """Let invented cases come in at a place, spread over its communities; return how many. Where there are any nothing changes."""
    if Case.objects.filter(path__under=root.path).exists():
        return 0
    below = Unit.objects.filter(parent=root, ended_on=None).order_by("position", "code", "name")
    places = [one for one in (_hands(unit, now) for unit in below) if one is not None]
    if not places:
        return 0
    by_words: dict[int, Taken] = {}
    for number, story in enumerate(_STORIES):
        here = places[0] if number < 2 else places[number % len(places)]
        by_words[number] = _live(story, here, number, by_words, now)
    while services.look_at_clocks(now):
        pass
    _tell(root, now)
    _wish(by_words, now)
    invent_topics(root, now=now)
    _hang(places, now)
    return len(by_words)


def _tell(root: Unit, now: datetime) -> None:
    """Let messages to invented reporters have gone out, but for one; nothing ever goes to an invented number.

    Only there: beside an invented place may lie one with people who wait for theirs.
    """
    here = {"case__path__under": root.path}
    rows = Telling.objects.filter(state=Fate.WAITING, **here).order_by("at", "pk")
    for number, row in enumerate(rows):
        fate, trouble = (Fate.FAILED, Trouble.TURNED_AWAY.value) if number == 1 else (Fate.SENT, "")
        end_telling(row.pk, fate, trouble, now=min(row.at + timedelta(minutes=1), now))
    Reporter.objects.filter(agrees=True, **here).update(agrees=False, code="")


def _wish(by_words: dict[int, Taken], now: datetime) -> None:
    """Let one reporter want his number erased, which waits; and another everything, which was refused."""
    asked = services.ask_erasure_by_code
    asked(by_words[17].code, Erased.CONTACT, "已经问清楚了，号码请删掉。", now=now - HOUR)
    wish = asked(by_words[6].code, Erased.ALL, "", now=now - 2 * DAY)
    ground = "本事项尚未办结，原话须保存至办结；办结后可再次申请。"
    services.refuse_erasure(wish.pk, ground, by="node:invented", now=now - DAY)


def _hang(places: list[_Hands], now: datetime) -> None:
    """Let placards hang in the first community, and only before the grids of the second; one was torn down."""
    scopes = ([Scope.PLACE, Scope.BELOW, Scope.ENTRANCES], [Scope.BELOW])
    for here, chosen in zip(places, scopes, strict=False):
        spots = spots_at(here.community, chosen)
        rows = services.make_placards(spots, by=here.secretary, now=now - 40 * DAY)
        reason = "大门改造时被拆除"
        services.retire_placard(rows[-1].pk, reason, by=here.secretary, now=now - 6 * DAY)


def _hands(community: Unit, now: datetime) -> _Hands | None:
    """Find who handles cases in a community and in one of its grids; None where one of them is missing."""
    held = Holding.objects.filter(post__path__under=community.path, is_current=True)
    found = held.filter(post__unit__depth__lte=community.depth + 1).select_related(
        "person", "post__unit"
    )
    above: list[Viewer] = []
    for one in found.order_by("post__path", "rank", "pk"):
        viewer = viewer_of(one.person, now)
        if viewer.may("cases.handle", community.path):
            above.append(viewer)
        elif above and viewer.may("cases.handle", one.post.path):
            return _Hands(community, one.post.unit, above[0], viewer)
    return None


def _live(
    story: _Story, here: _Hands, number: int, known: dict[int, Taken], now: datetime
) -> Taken:
    """Let a case live as far as its story goes."""
    begin = now - story.ago * DAY
    lon, lat = _near(here.grid, number)
    told = Report(
        story.words, f"invented:{here.grid.ref}:{number}", story.kind, story.contact, story.place,
        lon=lon, lat=lat, tells=story.tells, tells_code=story.tells,
    )  # fmt: skip
    if story.via is Via.WEB:
        taken = services.report_publicly(told, here.grid, address=f"192.0.2.{number}", now=begin)
    else:
        taken = services.enter_report(told, here.grid, story.via, by=here.worker, now=begin)
    moment = begin
    for word in story.life.split():
        moment = min(moment + (now - begin) / 5, now)
        if word == "accept":  # whoever accepts it has looked what it is about
            _do(services.screen_case, taken, here.worker, moment)
        _DEEDS[word](taken, here, known, moment)
    return taken


def _answer(name: str) -> Callable[[Taken, _Hands, dict[int, Taken], datetime], None]:
    def deed(taken: Taken, here: _Hands, _known: dict[int, Taken], at: datetime) -> None:
        said = _ANSWERS[name]
        made = Said(
            said.words, said.end, here.community.name, (at - HOUR).date(), said.ground,
            said.following, said.whose,
        )  # fmt: skip
        services.answer_case(taken.case.pk, made, by=here.secretary, now=at)

    return deed


def _reject(taken: Taken, _here: _Hands, _known: dict[int, Taken], at: datetime) -> None:
    services.reject_by_code(taken.code, "昨天清过一次，今天又堆满了，根本没有人定时收。", now=at)


def _ask(taken: Taken, here: _Hands, _known: dict[int, Taken], at: datetime) -> None:
    question = "请告知是几楼哪一户在装修，以及今天是否仍在施工。"
    services.ask_reporter(taken.case.pk, question, by=here.secretary, now=at)


def _refer(taken: Taken, here: _Hands, _known: dict[int, Taken], at: datetime) -> None:
    question = "车主联系不上，社区无权拖车，请街道协调交警和消防处理。"
    above = here.community.parent
    case = Case.objects.get(pk=taken.case.pk)
    # By the duties list it may lie with the level above already: then that one asks the community.
    to = here.community if case.holder == above else above
    services.refer_case(case.pk, question, to=to, by=here.secretary, now=at)


def _postpone(taken: Taken, here: _Hands, _known: dict[int, Taken], at: datetime) -> None:
    until = (at + 40 * DAY).date()
    reason = "活动室照明改造下月完工，完工后试行夜间开放"
    services.postpone_case(taken.case.pk, until, reason, by=here.secretary, now=at)


def _return(taken: Taken, here: _Hands, _known: dict[int, Taken], at: datetime) -> None:
    reason = "河道护栏由水务部门管养，网格没有维修权限。"
    services.return_case(taken.case.pk, reason, by=here.worker, now=at)


def _return_twice(taken: Taken, here: _Hands, known: dict[int, Taken], at: datetime) -> None:
    reason = "油烟净化由城管执法，社区只能劝导。"
    services.return_case(taken.case.pk, reason, by=here.secretary, now=at)
    case = taken.case
    case.refresh_from_db()
    services.assign_case(case.pk, here.community, by=here.secretary, now=at)
    services.return_case(case.pk, "已劝导两次，仍需执法部门处理。", by=here.secretary, now=at)


def _mask(taken: Taken, here: _Hands, _known: dict[int, Taken], at: datetime) -> None:
    shown = "对物业服务不满意，希望核实。（部分内容已遮盖）"
    reason = "含侮辱性用语和他人电话线索"
    services.mask_case(taken.case.pk, shown, reason, by=here.secretary, now=at)


def _same(taken: Taken, here: _Hands, known: dict[int, Taken], at: datetime) -> None:
    into = known[0].case
    into.refresh_from_db()
    services.merge_case(taken.case.pk, into.pk, by=here.secretary, now=at)


def _nothing(_taken: Taken, _here: _Hands, _known: dict[int, Taken], _at: datetime) -> None:
    """Nobody does anything: it becomes late and climbs."""


_DEEDS: dict[str, Callable[[Taken, _Hands, dict[int, Taken], datetime], None]] = {
    "screen": lambda one, here, _known, at: _do(services.screen_case, one, here.worker, at),
    "accept": lambda one, here, _known, at: _do(services.accept_case, one, here.secretary, at),
    "take": lambda one, here, _known, at: _do(services.take_case, one, here.secretary, at),
    "assign": lambda one, here, _known, at: _give(one, here, at),
    "confirm": lambda one, _here, _known, at: _confirm(one, at),
    "answer": _answer("answer"),
    "ours": _answer("ours"),
    "notours": _answer("notours"),
    "undone": _answer("undone"),
    "poor": _answer("poor"),
    "reject": _reject,
    "ask": _ask,
    "refer": _refer,
    "postpone": _postpone,
    "return": _return,
    "twice": _return_twice,
    "mask": _mask,
    "same": _same,
    "silent": _nothing,
    "late": _nothing,
}


def _do(deed: Callable[..., object], taken: Taken, by: Viewer, at: datetime) -> None:
    deed(taken.case.pk, by=by, now=at)


def _give(taken: Taken, here: _Hands, at: datetime) -> None:
    services.assign_case(taken.case.pk, here.grid, by=here.secretary, now=at)


def _confirm(taken: Taken, at: datetime) -> None:
    services.confirm_by_code(taken.code, now=at)


def _near(unit: Unit, number: int) -> tuple[float | None, float | None]:
    if unit.lon is None or unit.lat is None:
        return None, None
    return unit.lon + 0.0005 * (number % 4 - 1.5), unit.lat + 0.0004 * (number % 3 - 1)
