"""An invented risk list for a demonstration: believable places and words, at every point of their lives, with holes in it.

Judged, mended and checked by the people of the invented place, so that nobody
has checked his own work and every hole is one that a real list has.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from renwang.chain.models import Holding, Post, Unit
from renwang.chain.reach import Viewer, viewer_of
from renwang.registers.risks.models import Risk
from renwang.registers.risks.rules import Source, SurveyKind
from renwang.registers.risks.scale_rules import Judgement
from renwang.registers.risks.services import (
    Found,
    Looked,
    accept_risk,
    climb_risks,
    end_acceptances,
    finish_measure,
    judge_risk,
    plan_measure,
    recheck_risk,
    record_survey,
    rectify_risk,
    refer_risk,
    report_risk,
)

DAY = timedelta(days=1)
_COMMON = ("electric_bike", "rainstorm", "fire", "traffic")  # what more than one community has


@dataclass(frozen=True, slots=True)
class _Story:
    """One invented risk: what it is, how it was judged, and how far its life has gone."""

    title: str
    hazard: str
    words: str
    place: str
    source: Source
    ago: int  # days since it was found
    pairs: tuple[tuple[int, int], ...] = ()  # present, inherent, residual
    form: str = ""
    unfolding: str = ""
    measures: tuple[tuple[str, int, str], ...] = ()  # what, due in days from the find, evidence
    end: str = ""  # refer, accept, rectify, close, reject
    reach_m: int = 0


_STORIES = (
    _Story(
        "柳溪河堤低洼段", "flood", "河堤步道东段比两侧低约 60 厘米，去年汛期漫水两次，护栏缺 8 米。",
        "柳溪桥至文化广场", Source.EXPERT, 40, ((4, 5), (5, 5), (2, 3)), "低洼堤段约 120 米，无挡水设施",
        "上游连续降雨 6 小时后漫堤，先淹步道，再进沿河一层商铺和地下车库", (
            ("补齐护栏并设水位标尺", 20, "护栏已补，标尺已立，照片存档"),
            ("备足沙袋 400 只、挡水板 60 米并明确上墙人员", 30, ""),
        ), "refer", 150,
    ),
    _Story(
        "地下车库入口倒灌", "rainstorm", "地下车库入口坡道没有挡水板，排水沟被落叶堵住，集水井泵一台不转。",
        "北门地下车库", Source.PATROL, 25, ((4, 4), (5, 4), (2, 2)), "坡道净宽 6 米，车位 210 个",
        "暴雨一小时内积水顺坡道灌入，人员来不及撤离时最危险", (
            ("清理排水沟，修复集水井水泵", 7, "泵已换，试车两次正常"),
            ("加装可拆挡水板，物业夜班会装会拆", 45, ""),
        ), "", 60,
    ),
    _Story(
        "楼后边坡掉块", "landslide", "楼后山坡裂缝变宽，雨后有拳头大的石块掉到便道上。",
        "3 号楼后坡", Source.RESIDENT, 12, ((5, 4), (5, 5), (3, 3)), "坡高约 14 米，裂缝长 6 米，最宽 3 厘米",
        "连续降雨后由掉块发展为浅层滑塌，冲击一层住户和便道", (
            ("设警戒线和绕行标志，每天看两次裂缝", 1, "警戒线已设，巡查记录在册"),
        ), "refer", 50,
    ),
    _Story(
        "老旧燃气管腐蚀", "gas_leak", "厨房外立管锈蚀起皮，两处接头用胶带缠过，闻得到味。",
        "老家属院 2 单元外墙", Source.WORKSHOP, 60, ((3, 5), (4, 5), (1, 3)), "铸铁立管，服役约 28 年",
        "接头失效后气体聚集在楼道，遇电动车充电打火即爆燃", (
            ("燃气公司检漏并更换两处接头", 10, "检漏合格报告已收，接头已换"),
            ("纳入年度立管改造计划", 40, ""),
        ), "", 40,
    ),
    _Story(
        "楼道电动车充电", "electric_bike", "楼道里停了 11 辆电动车，有 4 辆从家里拉线充电，堵了半边楼梯。",
        "5 栋 1—3 单元楼道", Source.PATROL, 18, ((4, 4), (5, 4), (2, 3)), "疏散楼梯净宽不足 0.9 米",
        "夜间充电短路起火，烟气沿楼梯上行，全楼无法从楼梯疏散", (
            ("拆除私拉电线，逐户劝离，楼道清空", 3, "已清空，照片见档"),
            ("在东侧空地建 40 个充电位", 60, ""),
        ), "", 30,
    ),
    _Story(
        "自建房墙体开裂", "unsafe_building", "二层砖房东墙竖向贯通裂缝，住着三户租客，楼上还搭了彩钢棚。",
        "巷尾 17 号", Source.SURVEY, 90, ((4, 5), (5, 5), (1, 1)), "C 级危房，裂缝宽 8 毫米",
        "加层荷载下墙体外闪倒塌", (), "", 20,
    ),
    _Story(
        "菜市场通道拥挤", "crowd", "早上七点到九点主通道被摊位占去一半，消防通道停满三轮车。",
        "综合菜市场", Source.RESIDENT, 33, ((3, 3), (4, 4), (2, 2)), "高峰约 900 人，出口 2 个",
        "小火情或争执引起奔跑，拥堵在北出口", (
            ("划线归位，早高峰派两人疏导", 10, "线已划，志愿者早班到位"),
        ), "rectify", 40,
    ),
    _Story(
        "沿街广告牌松动", "gale", "三块店招角铁锈断，风一吹就响。",
        "青石路 42—48 号", Source.PATROL, 21, ((3, 3), (3, 4), (1, 1)), "", "大风时坠落伤人",
        (("拆除并验收", 5, "三块已拆"),), "close", 15,
    ),
    _Story(
        "小区井盖下沉", "traffic", "西门内井盖下沉 4 厘米，井口松动。",
        "西门内", Source.RESIDENT, 15, ((3, 2), (3, 2), (1, 1)), "", "夜间行人绊倒或坠井",
        (("更换井盖并加防坠网", 5, "井盖已换"),), "reject",
    ),
    _Story(
        "老树倾斜", "gale", "古树向路面倾斜，根部有空洞，树牌为二级保护。",
        "社区公园南侧", Source.EXPERT, 70, ((2, 3), (3, 3), (1, 2)), "倾角约 12 度", "强风时倒伏压坏围栏，可能伤人",
        (("设支撑和围挡，待园林部门复壮", 20, "支撑已设"),), "accept",
    ),
    _Story(
        "泵站备用电源缺失", "waterlogging", "雨水泵站只有一路市电，去年停电时停了 40 分钟。",
        "雨水泵站", Source.EXPERT, 55, ((3, 4), (4, 4), (1, 2)), "装机 2 台，单路供电", "暴雨停电叠加，片区内涝加快一倍",
        (("配发电车接口并每月演练一次", 30, ""),), "", 300,
    ),
    _Story(
        "餐馆油烟管道积油", "fire", "烧烤店排烟管三年没有清洗，滴油。", "夜市街 9 号", Source.PATROL, 6,
    ),
    _Story(
        "河边钓鱼平台腐朽", "溺水", "木栈台面断了两块，孩子常在上面跑。", "柳溪河南岸", Source.RESIDENT, 2,
    ),
    _Story(
        "养老服务站坡道结冰", "icing", "背阴坡道冬天结冰，去年摔了两位老人。", "养老服务站门口", Source.WORKSHOP, 48,
        ((2, 3), (3, 3), (1, 2)), "坡道 1:10，无遮挡", "清晨结冰，老人滑倒骨折",
        (("加扶手、铺防滑垫，备融雪剂", 20, "扶手已装，防滑垫已铺"),), "close",
    ),
)  # fmt: skip


@transaction.atomic
def invent_risks(root: Unit, *, now: datetime) -> int:
    """Put invented risks on the list of a place, some in each of its communities; return how many.

    Where there are any already nothing changes.
    """
    if Risk.objects.filter(path__under=root.path).exists():
        return 0
    found = (_hands(community, now) for community in _communities(root))
    places = [one for one in found if one is not None]
    made = 0
    often = [one for one in _STORIES if one.hazard in _COMMON] if len(places) > 3 else []
    for number, story in enumerate([*_STORIES, *often]):
        if places:
            _live(story, places[(number * 5 + number // len(_STORIES)) % len(places)], number, now)
            made += 1
    _survey(places, now)
    while end_acceptances(now) or climb_risks(now):
        pass
    return made


@dataclass(frozen=True, slots=True)
class _Hands:
    """A community and a grid in it, with who judges and who goes round there."""

    community: Unit
    grid: Unit
    secretary: Viewer
    worker: Viewer
    post: Post
    keeper: Post  # the secretary's


def _communities(root: Unit) -> list[Unit]:
    below = Unit.objects.filter(parent=root, ended_on=None)
    return list(below.select_related("parent").order_by("position", "code", "name"))


def _hands(community: Unit, now: datetime) -> _Hands | None:
    """Find who judges and who goes round in a community; None where one of them is missing."""
    held = Holding.objects.filter(post__path__under=community.path, is_current=True, rank=0)
    found = held.filter(post__unit__depth__lte=community.depth + 1)
    judge = goes = None
    for one in found.select_related("person", "post__unit").order_by("post__path", "pk"):
        viewer = viewer_of(one.person, now)
        if judge is None and viewer.may("risks.judge", community.path):
            judge = one, viewer
        elif goes is None and one.post.unit_id != community.pk:
            goes = (one, viewer) if viewer.may("risks.report", one.post.path) else None
        if judge and goes:
            return _Hands(
                community, goes[0].post.unit, judge[1], goes[1], goes[0].post, judge[0].post
            )
    return None


def _live(story: _Story, here: _Hands, number: int, now: datetime) -> None:
    """Let a risk live as far as its story goes."""
    begin = now - story.ago * DAY
    lon, lat = _near(here.grid, number)
    told = Found(
        story.words, begin, story.title, story.hazard, source=story.source, place=story.place,
        lon=lon, lat=lat,
    )  # fmt: skip
    risk = report_risk(told, here.grid, by=here.worker, now=begin)
    if not story.pairs:
        return
    present, inherent, residual = story.pairs
    said = Judgement(
        present, "现场查看，问过住户和物业", inherent, residual, story.form, story.unfolding
    )
    judged_at = begin + DAY
    judge_risk(risk.pk, said, by=here.secretary, now=judged_at, reach_m=story.reach_m or None)
    for words, days, evidence in story.measures:
        post = here.post if evidence else here.keeper
        due = timezone.localdate(begin + (days + 1) * DAY)
        measure = plan_measure(risk.pk, words, post, due_on=due, by=here.secretary, now=judged_at)
        if evidence:
            done_at = min(begin + days * DAY, now - DAY)
            finish_measure(measure.pk, evidence, by=here.worker, now=max(done_at, judged_at))
    _end(story, risk, here, now)


def _end(story: _Story, risk: Risk, here: _Hands, now: datetime) -> None:
    if story.end == "refer" and here.community.parent is not None:
        refer_risk(
            risk.pk, "超出社区能力，请派专业力量到场并明确工程整治的时间和资金。", term=3 * DAY,
            by=here.secretary, now=now - DAY,
        )  # fmt: skip
    elif story.end == "accept":
        until = timezone.localdate(now) + 9 * DAY
        reason = "支撑已设，等待复壮方案，期间每周查看"
        accept_risk(risk.pk, until_on=until, by=here.secretary, now=now - 30 * DAY, reason=reason)
    elif story.end in ("rectify", "close", "reject"):
        rectify_risk(risk.pk, "措施都已落实，请复查。", by=here.worker, now=now - 3 * DAY)
    if story.end == "close":
        recheck_risk(risk.pk, True, "现场看过，已整改到位。", by=here.secretary, now=now - DAY)
    elif story.end == "reject":
        recheck_risk(
            risk.pk, False, "井盖与路面仍有高差，需返工。", by=here.secretary, now=now - DAY
        )


def _near(unit: Unit, number: int) -> tuple[float | None, float | None]:
    if unit.lon is None or unit.lat is None:
        return None, None
    return unit.lon + 0.0004 * (number % 3 - 1), unit.lat + 0.0003 * (number % 2)


def _survey(places: list[_Hands], now: datetime) -> None:
    """Three looks round, one of them overdue for its next."""
    looks = (
        (SurveyKind.ASSESSMENT, "汛前专家评估", 55, "地质、水务、消防专家各一人", "重点看河堤、边坡和地下空间。", 365),
        (SurveyKind.WORKSHOP, "居民找隐患工作坊", 60, "居民 31 人，楼栋长 6 人", "居民在地图上贴出 27 处担心的地方。", 30),
        (SurveyKind.ROUND, "节前安全巡查", 18, "网格员和物业", "", 30),
    )  # fmt: skip
    for number, (kind, title, ago, who, words, every) in enumerate(looks):
        if places:
            here, at = places[number % len(places)], now - ago * DAY
            looked = Looked(kind, title, timezone.localdate(at), who, words, every)
            record_survey(looked, here.community, by=here.secretary, now=at)
