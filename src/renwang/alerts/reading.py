"""Read the bytes of a warning into what this node keeps of it; nothing here writes."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from renwang.alerts import cap
from renwang.alerts.rules import AlertName, is_post_dated
from renwang.alerts.trust import NotACertificate, trusted_certificates

log = logging.getLogger(__name__)

ADVICE = "renwang:advice"  # the code of a message that says of itself that it is no warning
SPOKEN = "zh"  # the language chosen where a warning is written in several and nobody asks for one


@dataclass(frozen=True, slots=True)
class Words:
    """What is said in one language, exactly as it was signed."""

    language: str
    title: str
    text: str


def read_alert(data: bytes) -> cap.Document:
    """Read a warning in the international or the Chinese form; raise `cap.CapRefused` with the reason."""
    try:
        return cap.read(data)
    except cap.CapRefused as refused:
        try:
            return cap.read_chinese(data)
        except cap.CapRefused:
            raise refused from None


def judge_signature(document: cap.Document, now: datetime) -> cap.Verdict:
    """Judge a warning's signature; one in a form that bears no verifiable signature counts as malformed.

    Where the folder of trust holds something that is no certificate, nobody is
    trusted: the warning must come in all the same.
    """
    if not document.alert.signatures:
        return cap.Verdict(cap.Standing.UNSIGNED)
    try:
        trusted = trusted_certificates()
    except NotACertificate as trouble:
        log.error("a file in the folder of trust is no certificate", extra={"file": trouble.name})
        trusted = ()
    try:
        return cap.verify(document.original, trusted=trusted, now=now)
    except cap.CapRefused:
        return cap.Verdict(cap.Standing.MALFORMED)


def main_info(alert: cap.Alert, language: str = SPOKEN) -> cap.Info | None:
    """Choose the part in a language, else the first; None for a warning that says nothing."""
    wanted = language.lower().split("-")[0]
    for info in alert.infos:
        if info.spoken.lower().split("-")[0] == wanted:
            return info
    return alert.infos[0] if alert.infos else None


def words_of(alert: cap.Alert, language: str = SPOKEN) -> Words | None:
    """Give the signed words in a language: headline, description and instruction, each as it stands.

    Where a warning has several parts in one language, all of them are said.
    """
    main = main_info(alert, language)
    if main is None:
        return None
    texts: list[str] = []
    for info in alert.infos:
        if info.spoken == main.spoken:
            said = (info.headline, info.description, info.instruction)
            texts += [text for text in said if text and text.strip() and text not in texts]
    return Words(main.spoken, main.headline or main.event, "\n\n".join(texts or [main.event]))


def colour_of(info: cap.Info) -> str:
    """Name the colour a warning carries, as parameter or in its words; empty where it carries none."""
    colour = cap.colour_of(info)
    if colour is None:
        colour = cap.read_chinese_text(info.headline or "", info.description or "").colour
    return (colour or "").lower()


def hazard_of(info: cap.Info) -> str:
    """Name the hazard as the headline has it; empty where it does not say."""
    return (cap.read_chinese_text(info.headline or "", info.description or "").hazard or "")[:40]


def name_of(alert: cap.Alert) -> AlertName:
    """Give the three keys of a warning."""
    return AlertName(alert.sender, alert.identifier, alert.sent.at)


def names_referred_to(alert: cap.Alert) -> list[AlertName]:
    """Give the keys of the warnings it refers to; a reference with an unreadable time is left out."""
    found = []
    for one in alert.refers_to:
        try:
            found.append(AlertName(one.sender, one.identifier, one.sent.at))
        except ValueError:
            continue
    return found


def doubts_of(alert: cap.Alert, now: datetime) -> list[dict[str, Any]]:
    """Name what is odd about a warning that is taken nevertheless, ready to be kept."""
    return [
        {"doubt": one.doubt.value, "element": one.element, "found": one.found}
        for one in cap.find_doubts(alert, now=now)
        if one.doubt is not cap.Doubt.SENT_IN_FUTURE or is_post_dated(alert.sent.at, now)
    ]
