"""Text as it is read aloud over a loudspeaker: numbers, dates and units spelled out. Pure.

Chinese telephone numbers are read figure by figure with 幺 for one, as on the
radio; years figure by figure; everything else as a number.
"""

import re
from collections.abc import Callable

ZH = "〇一二三四五六七八九"
_UNITS = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
_PHONES = {"110", "119", "120", "122"}
_MEASURED = "毫米公厘分千克吨户人名个座栋号楼元次%℃度小天级月日时年"
_PAIRED = "个小户人名天台辆条处次座栋米公分千位家"

PER_SECOND = {"zh": 4.0, "en": 13.0}  # letters a calm speaker says in a second


def numeral(number: int) -> str:
    """Say a whole number in Chinese: 105 is 一百零五, 20000 is 二万."""
    if number == 0:
        return "零"
    if number >= 10**16:
        return figures(str(number))
    groups: list[str] = []
    power, gap = 0, False
    while number:
        number, rest = divmod(number, 10_000)
        if rest:
            words = _group(rest) + _GROUPS[power]
            groups.insert(0, words + ("零" if gap else ""))
        gap = bool(groups) and rest < 1_000 and bool(number)
        power += 1
    said = "".join(groups)
    return said.removeprefix("一") if said.startswith("一十") else said


def _group(number: int) -> str:
    said, gap = "", False
    for place in (3, 2, 1, 0):
        figure = number // 10**place % 10
        if figure:
            said += ("零" if gap and said else "") + ZH[figure] + _UNITS[place]
            gap = False
        else:
            gap = True
    return said


def figures(digits: str, *, radio: bool = False) -> str:
    """Say digits one by one; `radio` says 幺 for one and 零 for none, as telephone numbers are read."""
    said = "".join(ZH[int(one)] for one in digits if one.isdigit())
    return said.replace("一", "幺").replace("〇", "零") if radio else said


def _zh_number(text: str) -> str:
    whole, _, part = text.partition(".")
    said = numeral(int(whole))
    return f"{said}点{figures(part).replace('〇', '零')}" if part else said


def _zh_clock(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    said = f"{numeral(hour)}点"
    if not minute:
        return f"{said}整"
    return f"{said}{'零' if minute < 10 else ''}{numeral(minute)}分"


def _zh_plain(found: re.Match[str]) -> str:
    text, after = found[1], found[2]
    is_measured = bool(after) and after in _MEASURED
    if text in _PHONES and not is_measured:
        return figures(text, radio=True)
    if len(text) == 2 and text.startswith("0"):  # 05分
        return "零" if text == "00" else f"零{ZH[int(text)]}"
    if "." not in text and ((len(text) >= 5 and not is_measured) or _is_no_number(text)):
        return figures(text, radio=True)
    if text == "2" and after and after in _PAIRED:
        return "两"
    return _zh_number(text)


def _is_no_number(text: str) -> bool:
    """Is it read figure by figure whatever stands after it? Nobody counts to eight figures, or from nought."""
    return len(text) > 8 or (len(text) > 1 and text.startswith("0"))


_ROMAN = str.maketrans({"Ⅰ": "一", "Ⅱ": "二", "Ⅲ": "三", "Ⅳ": "四"})
_ZH_WORDS = {"mm": "毫米", "km": "公里", "cm": "厘米", "kg": "公斤", "m/s": "米每秒", "m": "米"}
Spelling = tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]


def _compiled(*rules: tuple[str, Callable[[re.Match[str]], str]]) -> Spelling:
    return tuple((re.compile(pattern, re.ASCII), say) for pattern, say in rules)


# From the first figure only: otherwise a long row of figures would be tried from each of them.
_N = r"(?<!\d)\d+(?:\.\d+)?"
_THOUSANDS = r"(?<![\d.])(\d{1,3}(?:,\d{3}){1,5})(?![\d,])"
_ZH = _compiled(
    (_THOUSANDS, lambda f: numeral(int(f[1].replace(",", "")))),
    (
        r"(\d{4})-(\d{2})-(\d{2})",
        lambda f: f"{figures(f[1])}年{numeral(int(f[2]))}月{numeral(int(f[3]))}日",
    ),
    (r"(\d{4})年", lambda f: f"{figures(f[1])}年"),
    (r"(?<!\d)(\d{1,2})[:：](\d{2})(?!\d)", _zh_clock),
    (r"(?<!\d)(\d{3,4})-(\d{7,8})(?!\d)", lambda f: figures(f[1] + f[2], radio=True)),
    (rf"({_N})\s*[%％]", lambda f: f"百分之{_zh_number(f[1])}"),
    (rf"-({_N})\s*(?:℃|°C)", lambda f: f"零下{_zh_number(f[1])}摄氏度"),
    (rf"({_N})\s*(?:℃|°C)", lambda f: f"{_zh_number(f[1])}摄氏度"),
    (
        rf"({_N})\s*(mm|km|cm|kg|m/s|m)(?![A-Za-z])",
        lambda f: _zh_number(f[1]) + _ZH_WORDS[f[2]],
    ),
    (rf"(?<=\d)[-~～—](?={_N})", lambda f: "至"),
    (rf"({_N})(?=(.?))", _zh_plain),
)

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = ["-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_ORDINALS = {"one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth",
             "nine": "ninth", "twelve": "twelfth"}  # fmt: skip
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"


def cardinal(number: int) -> str:
    """Say a whole number in English: 105 is one hundred and five."""
    if number < 20:
        return _ONES[number]
    if number < 100:
        return _TENS[number // 10] + (f"-{_ONES[number % 10]}" if number % 10 else "")
    for size, word in ((10**9, "billion"), (10**6, "million"), (10**3, "thousand")):
        if number >= size:
            rest = number % size
            joint = " and " if 0 < rest < 100 else " "
            return f"{cardinal(number // size)} {word}" + (joint + cardinal(rest) if rest else "")
    rest = number % 100
    return f"{_ONES[number // 100]} hundred" + (f" and {cardinal(rest)}" if rest else "")


def ordinal(number: int) -> str:
    """Say a place in a row in English: 21 is twenty-first."""
    said = cardinal(number)
    head, dash, last = said.rpartition("-") if "-" in said else said.rpartition(" ")
    if last in _ORDINALS:
        last = _ORDINALS[last]
    else:
        last = f"{last[:-1]}ieth" if last.endswith("y") else f"{last}th"
    return head + dash + last


def _en_digits(text: str) -> str:
    return " ".join(_ONES[int(one)] for one in text if one.isdigit())


def _en_number(text: str) -> str:
    whole, _, part = text.partition(".")
    said = cardinal(int(whole))
    return f"{said} point {_en_digits(part)}" if part else said


def _en_clock(found: re.Match[str]) -> str:
    hour, minute = int(found[1]), int(found[2])
    if hour > 23 or minute > 59:
        return found[0]
    if (hour, minute) in ((0, 0), (12, 0)):
        return "midnight" if hour == 0 else "noon"
    said = cardinal(hour % 12 or 12)
    if minute:
        said += f" oh {cardinal(minute)}" if minute < 10 else f" {cardinal(minute)}"
    return f"{said} {'in the morning' if hour < 12 else _half_of_day(hour)}"


def _half_of_day(hour: int) -> str:
    return "in the afternoon" if hour < 18 else "in the evening"


def _year(text: str) -> str:
    first, second = int(text[:2]), int(text[2:])
    if second == 0:
        return f"{cardinal(first)} hundred"
    return f"{cardinal(first)} {'oh ' if second < 10 else ''}{cardinal(second)}"


def _en_date(found: re.Match[str]) -> str:
    month = _MONTHS.split("|")[int(found[2]) - 1] if 1 <= int(found[2]) <= 12 else found[2]
    return f"the {ordinal(int(found[3]))} of {month} {_year(found[1])}"


_MEASURE = re.compile(r"\s*(?:mm|cm|m|km|mill|met|house|peop|post)")


def _en_plain(found: re.Match[str]) -> str:
    text, after = found[1], found[2]
    if text in _PHONES and not _MEASURE.match(after):
        return _en_digits(text)
    is_hotline = len(text) == 5 and text[0] in "19"
    if "." not in text and (is_hotline or _is_no_number(text)):
        return _en_digits(text)
    return _en_number(text)


_EN_WORDS = {"mm": "millimetres", "km": "kilometres", "cm": "centimetres", "kg": "kilograms",
             "m/s": "metres per second", "m": "metres"}  # fmt: skip
_EN = _compiled(
    (_THOUSANDS, lambda f: cardinal(int(f[1].replace(",", "")))),
    (r"(\d{4})-(\d{2})-(\d{2})", _en_date),
    (rf"(?<!\d)(\d{{1,2}}) ({_MONTHS})", lambda f: f"the {ordinal(int(f[1]))} of {f[2]}"),
    (r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)", _en_clock),
    (r"(?<!\d)(\d{3,4})-(\d{7,8})(?!\d)", lambda f: _en_digits(f[1] + f[2])),
    (rf"({_N})\s*%", lambda f: f"{_en_number(f[1])} per cent"),
    (rf"-({_N})\s*(?:℃|°C)", lambda f: f"minus {_en_number(f[1])} degrees"),
    (rf"({_N})\s*(?:℃|°C)", lambda f: f"{_en_number(f[1])} degrees"),
    (
        rf"({_N})\s*(mm|km|cm|kg|m/s|m)(?![A-Za-z])",
        lambda f: f"{_en_number(f[1])} {_EN_WORDS[f[2]]}",
    ),
    (rf"(?<=\d)\s*[-–—]\s*(?={_N})", lambda f: " to "),
    (rf"({_N})(?=(\s*\w{{0,5}}))", _en_plain),
)
_RULES = {"zh": _ZH, "en": _EN}


def spell(text: str, language: str) -> str:
    """Spell a text out for reading aloud; a language without rules of its own keeps its figures."""
    rules = _RULES.get(language.lower().split("-")[0])
    if rules is None:
        return text
    if rules is _ZH:
        text = text.translate(_ROMAN)
    for pattern, say in rules:
        text = pattern.sub(say, text)
    return text


_CALLS = {
    "zh": ("请注意，请注意！", "这是演练，这是演练！", "再播送一遍。", "咨询："),
    "en": ("Attention, please.", "This is an exercise.", "We repeat.", "Where to ask:"),
}


def announcement(
    headline: str, description: str, instruction: str, contact: str, language: str, *, drill: bool
) -> str:
    """Compose what is read over a loudspeaker: the call, the words spelled out, and that it is repeated."""
    key = language.lower().split("-")[0]
    call, exercise, again, ask = _CALLS.get(key, _CALLS["en"])
    lines = [call, *([exercise] if drill else []), *filter(None, (headline, description))]
    lines += [line for line in instruction.splitlines() if line.strip()]
    if contact:
        lines.append(f"{ask} {contact}" if key != "zh" else f"{ask}{contact}")
    return "\n".join([*(spell(line, language) for line in lines), again])


def seconds_for(text: str, language: str) -> int:
    """Estimate how long it takes to read a text aloud once, in seconds."""
    pace = PER_SECOND.get(language.lower().split("-")[0], PER_SECOND["en"])
    return max(1, round(len(text) / pace))
