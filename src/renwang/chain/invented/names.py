"""Invented names of places, roads, organisations and people.

Place names are put together from two lists of characters. No sub-district,
community or road that comes out occurs in the official lists the project is
tested against (`tests/real` checks every one). Names of people are a common
family name and given-name syllables: whoever bears such a name is meant by none.
"""

from collections.abc import Iterator
from random import Random

_BEFORE = "青云溪柳松竹荷梅枫桐苇芦鹭雁鹤鸢燕霁晴岚澄汀渚浣砚墨棠榆槐桑椿栖听临望映"
_AFTER = "石湾桥屿汀渡坪岸畔埠滩堰泊浦湄矶陂埂"
# Stems inside real names of the official lists, and those of the project's own tests.
_TAKEN = frozenset(
    [
        "临渡",
        "望石",
        "松坪",
        "松石",
        "柳坪",
        "柳桥",
        "柳湾",
        "桐坪",
        "桑坪",
        "梅湾",
        "梅滩",
        "渚堰",
        "溪桥",
        "燕石",
        "砚石",
        "竹坪",
        "芦渡",
        "荷湾",
        "青坪",
        "青堰",
        "青桥",
        "青泊",
        "青浦",
        "青石",
    ]
)
_ROADS = ("路", "街", "巷", "里")
_COMPOUNDS = ("苑", "居", "园", "里", "庭", "坊", "邨", "公馆")

_FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛"
    "叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺"
)
_FIRST_GIVEN = "文明国建志永春晓佳思雨子嘉海立宏秀玉淑桂慧丽静月云兰雪安正德长广新世家景怀启远"
_SECOND_GIVEN = "华平强军伟杰涛超斌鹏辉波芳英珍琴梅霞娟红敏洁莹婷蓉清宁和林成林庆昌民生忠义诚勤兴"

SMALL_NUMBERS = "零一二三四五六七八九十"


def chinese_number(number: int) -> str:
    """Write a number from 1 to 99 in Chinese characters."""
    tens, ones = divmod(number, 10)
    if tens == 0:
        return SMALL_NUMBERS[ones]
    before = SMALL_NUMBERS[tens] if tens > 1 else ""
    return f"{before}十{SMALL_NUMBERS[ones] if ones else ''}"


def all_stems() -> Iterator[str]:
    """Give every place-name stem that can come out."""
    for before in _BEFORE:
        for after in _AFTER:
            if before != after and before + after not in _TAKEN:
                yield before + after


class Stems:
    """Gives out place-name stems in an order of its own, none twice before all are used."""

    def __init__(self, draw: Random):
        self._stems = list(all_stems())
        draw.shuffle(self._stems)
        self._given = 0

    def next(self) -> str:
        """Give out the next stem; once all are used, they begin again with a syllable more."""
        round_, at = divmod(self._given, len(self._stems))
        self._given += 1
        more = "东西南北中上下内外新"[round_ - 1] if round_ else ""
        return self._stems[at] + more


def road_name(stem: str, draw: Random, *, wide: bool) -> str:
    """Name a road: the wide ones are avenues and roads, the narrow ones streets and lanes."""
    return stem + (("大道", "路")[draw.randrange(2)] if wide else _ROADS[draw.randrange(4)])


def compound_name(stem: str, draw: Random) -> str:
    """Name a compound of dwelling houses."""
    return stem + _COMPOUNDS[draw.randrange(len(_COMPOUNDS))]


def person_name(draw: Random) -> str:
    """Name a person."""
    name = _FAMILY[draw.randrange(len(_FAMILY))]
    if draw.randrange(100) < 82:
        name += _FIRST_GIVEN[draw.randrange(len(_FIRST_GIVEN))]
    return name + _SECOND_GIVEN[draw.randrange(len(_SECOND_GIVEN))]


def person_names(draw: Random) -> Iterator[str]:
    """Name people one after the other, a name again only when many have gone by."""
    recent: dict[str, None] = {}
    while True:
        name = person_name(draw)
        for _ in range(8):
            if name not in recent:
                break
            name = person_name(draw)
        recent[name] = None
        if len(recent) > 2_000:
            recent.pop(next(iter(recent)))
        yield name


def mobile_number(serial: int) -> str:
    """Give an invented mobile number.

    No operator in China holds the prefix 154, so that even a gateway connected
    by mistake would reach nobody.
    """
    return f"154{serial % 100_000_000:08d}"


def landline_number(serial: int) -> str:
    """Give an invented landline number, in an area code that does not exist."""
    return f"000-{80_000_000 + serial % 10_000_000:08d}"
