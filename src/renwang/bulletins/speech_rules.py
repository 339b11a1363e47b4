"""Turn a text into one for reading aloud: by a person at a loudspeaker, or by a voice of a machine."""

import re
from collections.abc import Mapping

_ADDRESS = re.compile(
    r"(?:[，,；;、]?\s{0,9}(?:网址|详见|链接|见|see|at)\s{0,9}[:：]?\s{0,9})?https?://[\w.~:/?#@!$&'()*+,;=%-]*[\w/]",
    re.ASCII,
)
_TIME = re.compile(r"(?<!\d)([01]?\d|2[0-4])[:：]([0-5]\d)(?!\d)")
_SPAN = re.compile(r"(?<=[\d日时点分整])\s*[-–—~～至]\s*(?=\d)")
_TELEPHONE = re.compile(
    r"(?<!\d)(?:\d{3,4}[- ]?)?\d{7,11}(?!\d)|(?<!\d)1\d{4,5}(?!\d)|(?<!\d)1[12]\d(?!\d)"
)
_BRACKETS = re.compile(r"[（(]([^（）()]*)[）)]")
_BREAKS = re.compile(r"[^\S\n]{0,60}\n\s*+")
_NO_DIGIT = re.compile(r"\D")
_LETTER = re.compile(r"\w")
_BLANKS = re.compile(r"[ \t]+")
_STOPS = {"zh": re.compile(r"(?<=[。！？!?])"), "": re.compile(r"(?<=[.!?])\s+")}
# Possessive, and from the first blank only: a long run of blanks is looked at once.
_WIDE_GAP = re.compile(r"(?<!\s)\s++(?=[，。！？；：])|，+(?=[，。！？；])")
_GAP = re.compile(r",+(?=[,.!?;])")
_END = "。！？!?.；;：:，,"

_CHINESE_DIGITS: Mapping[str, str] = dict(zip("0123456789", "零幺二三四五六七八九", strict=True))
_CHINESE_UNITS: Mapping[str, str] = {
    "mm": "毫米", "cm": "厘米", "km": "公里", "m": "米", "℃": "摄氏度", "%": "％", "kV": "千伏",
}  # fmt: skip
_UNITS = tuple(
    (re.compile(rf"(?<=\d)\s*{re.escape(unit)}(?![A-Za-z])"), spoken)
    for unit, spoken in _CHINESE_UNITS.items()
)

CHARACTERS_A_MINUTE = 200
WORDS_A_MINUTE = 140


def read_aloud(title: str, text: str, language: str) -> str:
    """Write what is said aloud, sentence by sentence on lines of their own.

    Addresses of pages are left out, times and telephone numbers are written
    as they are spoken, brackets become pauses. A language that is not known
    here keeps its words.
    """
    main = language.casefold().partition("-")[0]
    body = _ADDRESS.sub("", f"{_ended(title, main)}\n{text}")
    body = _BRACKETS.sub(
        lambda found: f"，{found[1]}，" if main == "zh" else f", {found[1]},", body
    )
    if main == "zh":
        body = _chinese(body)
    elif main == "en":
        body = _TELEPHONE.sub(lambda found: " ".join(_NO_DIGIT.sub("", found[0])), body)
    return "\n".join(_sentences(body, main))


def seconds_for(spoken: str, language: str) -> int:
    """Say how long reading it takes, at the pace of a loudspeaker."""
    if language.casefold().startswith("zh"):
        return round(len(_LETTER.findall(spoken)) * 60 / CHARACTERS_A_MINUTE)
    return round(len(spoken.split()) * 60 / WORDS_A_MINUTE)


def _ended(title: str, main: str) -> str:
    title = title.strip()
    return title if title.endswith(tuple(_END)) else title + ("。" if main == "zh" else ".")


def _chinese(text: str) -> str:
    text = _TIME.sub(_chinese_time, text)
    text = _TELEPHONE.sub(
        lambda found: "".join(_CHINESE_DIGITS[digit] for digit in _NO_DIGIT.sub("", found[0])), text
    )
    text = _SPAN.sub("到", text)
    for unit, spoken in _UNITS:
        text = unit.sub(spoken, text)
    return text


def _chinese_time(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    return f"{hour}点{minute}分" if minute else f"{hour}点整"


def _sentences(text: str, main: str) -> list[str]:
    stops = _STOPS.get(main, _STOPS[""])
    found: list[str] = []
    for line in _BREAKS.split(text):
        for sentence in stops.split(line):
            said = _GAP.sub("", _WIDE_GAP.sub("", _BLANKS.sub(" ", sentence).strip()))
            if _LETTER.search(said):
                found.append(said)
    return found
