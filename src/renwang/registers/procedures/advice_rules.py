"""What would make a procedure shorter and plainer. It advises; it forbids nothing. Values in, values out.

A sentence is measured in characters where it is Chinese and in words where it
is not. A step is taken to have a verb where any verb of the list stands in it:
the list is made for what is done in a neighbourhood, so now and then it
advises in vain.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from renwang.registers.procedures.rules import Kind
from renwang.registers.procedures.step_rules import Evidence, Step

LONG_CHARACTERS = 45
LONG_WORDS = 22
MANY_STEPS = 12
PURPOSE_CHARACTERS = 200

_VERBS_TEXT = """
关闭 打开 关 开 查 看 数 清 搬 送 报 问 叫 敲 喊 拉 立 挂 贴 摆 撤 转移 疏散 封 停 切断 断
拨打 打 通知 告知 告诉 联系 报告 上报 登记 记录 填 拍 检查 巡查 排查 核对 核实 清点 清理 清运
疏通 劝 劝离 安置 安抚 救 抢修 抢险 修 派 调 带 到 去 守 值守 看护 护送 搀 扶 接 发 领 收
回收 归还 消毒 通风 测 量 试 启动 组织 召集 集合 演练 培训 讲 学 评估 总结 复盘 确认 签 交 交接
移交 准备 备齐 更换 加固 支撑 隔离 警戒 设 引导 指挥 分 运 补 发放 回访 走访 慰问 申请 公示 解除
恢复 汇总 汇报 处置 灭 扑 关停 锁 解 取 用 等 写 读 听 找 请 让 做 走 上 下 进 出
"""
VERBS = tuple(_VERBS_TEXT.split())
_ENGLISH_VERBS_TEXT = """
close open check look count clear carry bring send report ask call ring knock shout pull
put hang set take move lead guide evacuate seal stop cut dial tell inform contact register
record note write read photograph inspect verify confirm clean sweep persuade shelter calm
rescue repair dispatch go stay guard watch escort help fetch hand give collect return
disinfect air measure test start begin gather assemble rehearse train teach learn assess
review sign prepare replace strengthen isolate cordon direct share transport refill visit
apply publish lift restore sum extinguish lock release find wait turn switch mark draw
keep make post pump warn wake inform end use walk say see
"""
ENGLISH_VERBS = frozenset(_ENGLISH_VERBS_TEXT.split())
VAGUE = (
    "及时", "适时", "尽快", "有关部门", "相关部门", "相关人员", "有关人员", "视情", "酌情", "妥善", "加强",
    "做好相关", "高度重视", "切实", "as appropriate", "as soon as possible", "in time", "relevant departments",
    "relevant personnel", "if necessary", "properly",
)  # fmt: skip
_HAN = re.compile("[\u3400-\u9fff]")
_BLANK = re.compile(r"\s")
_LATIN = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")
_SENTENCE = re.compile(r"[。！？!?；;\n]+|\.\s")


class Advice(StrEnum):
    """What could be said more plainly."""

    NO_STEP = "no_step"
    MANY_STEPS = "many_steps"
    LONG_PURPOSE = "long_purpose"
    LONG_SENTENCE = "long_sentence"
    NO_OWNER = "no_owner"
    NO_VERB = "no_verb"
    NO_LIMIT = "no_limit"
    VAGUE = "vague"
    NO_EVIDENCE = "no_evidence"


@dataclass(frozen=True, slots=True)
class Hint:
    """One piece of advice: about which step (0 for the whole), and what it is about."""

    advice: Advice
    step: int = 0
    figure: int = 0
    words: str = ""


def advise(kind: Kind, purpose: str, steps: Sequence[Step]) -> list[Hint]:
    """Say what would make a procedure plainer: about the whole first, then step by step."""
    found: list[Hint] = []
    if not steps:
        found.append(Hint(Advice.NO_STEP))
    if len(steps) > MANY_STEPS:
        found.append(Hint(Advice.MANY_STEPS, figure=len(steps)))
    if length_of(purpose)[0] > PURPOSE_CHARACTERS:
        found.append(Hint(Advice.LONG_PURPOSE, figure=length_of(purpose)[0]))
    if steps and kind in _UNDER_PRESSURE and all(one.evidence is Evidence.NONE for one in steps):
        found.append(Hint(Advice.NO_EVIDENCE))
    for number, one in enumerate(steps, 1):
        found += _of_step(kind, number, one)
    return found


_UNDER_PRESSURE = frozenset({Kind.RESPONSE, Kind.HANDLING})


def _of_step(kind: Kind, number: int, step: Step) -> list[Hint]:
    found = []
    longest = max((length_of(one)[0] for one in _SENTENCE.split(step.words)), default=0)
    if any(is_long(one) for one in _SENTENCE.split(step.words)):
        found.append(Hint(Advice.LONG_SENTENCE, number, longest))
    if not step.who:
        found.append(Hint(Advice.NO_OWNER, number))
    if not has_verb(step.words):
        found.append(Hint(Advice.NO_VERB, number))
    if step.minutes is None and kind in _UNDER_PRESSURE:
        found.append(Hint(Advice.NO_LIMIT, number))
    found += [Hint(Advice.VAGUE, number, words=one) for one in VAGUE if one in step.words.lower()]
    return found


def length_of(text: str) -> tuple[int, int]:
    """Give the length of a text: all its characters but blanks, and its Latin words."""
    return len(_BLANK.sub("", text)), len(_LATIN.findall(text))


def is_long(sentence: str) -> bool:
    """Say whether a sentence is too long to be followed while one acts."""
    if _HAN.search(sentence):
        return length_of(sentence)[0] > LONG_CHARACTERS
    return length_of(sentence)[1] > LONG_WORDS


def has_verb(words: str) -> bool:
    """Say whether a step says that something is done."""
    if _HAN.search(words):
        return any(verb in words for verb in VERBS)
    return any(word.lower() in ENGLISH_VERBS for word in _LATIN.findall(words))
