"""Read an alert strictly, in one pass: order, number, values and nothing else.

The grammar below is the one of the standard's sections 3.2.1 to 3.2.4.
Whatever the schemas of OASIS refuse is refused here; beyond them we refuse
times without an offset or outside the years 1 to 9999 (`lexical`), an alert
inside a signature, and attributes that would change an element's type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from lxml import etree

from .lexical import DECIMAL, INTEGER, LANGUAGE, collapse, is_address, read_moment
from .model import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Document,
    Info,
    Moment,
    MsgType,
    Named,
    Polygon,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    Version,
)
from .opening import ALERT_LIMIT, open_xml
from .refusals import Reason
from .sequence import BLANKS, SIGNATURE_NAMESPACE, Element, Part, Sequence, Values, refuse

_SCHEMA_HINTS = frozenset(
    f"{{http://www.w3.org/2001/XMLSchema-instance}}{name}"
    for name in ("schemaLocation", "noNamespaceSchemaLocation")
)
_with_attributes = etree.XPath(
    "//*[@*][not(ancestor-or-self::ds:*)]", namespaces={"ds": SIGNATURE_NAMESPACE}
)
_EDITIONS = ("http://www.incident.com/cap/1.0", "urn:oasis:names:tc:emergency:cap:")

Word = TypeVar("Word", bound=StrEnum)


# --- single values -----------------------------------------------------------------------------


def _text(element: Element) -> str:
    if len(element):
        refuse(Reason.UNEXPECTED_ELEMENT, element[0])
    return element.text or ""


def _collapsed(element: Element) -> str:
    return collapse(_text(element))


def _choice(words: type[Word], without: tuple[Word, ...] = ()) -> Callable[[Element], Word]:
    known = {word.value: word for word in words if word not in without}

    def read(element: Element) -> Word:
        text = _text(element)
        word = known.get(text)
        if word is None:
            refuse(Reason.UNKNOWN_VALUE, element, found=text, expected=tuple(known))
        return word

    return read


def _moment(version: Version) -> Callable[[Element], Moment]:
    def read(element: Element) -> Moment:
        text = _text(element)
        moment = read_moment(text, version)
        if moment is None:
            refuse(Reason.BAD_TIME, element, found=text)
        return moment

    return read


def _language(element: Element) -> str:
    """An empty element takes the schema's default, and is kept as empty."""
    text = _text(element)
    if not text:
        return ""
    collapsed = collapse(text)
    if LANGUAGE.fullmatch(collapsed) is None:
        refuse(Reason.BAD_LANGUAGE, element, found=text)
    return collapsed


def _address(element: Element) -> str:
    text = _collapsed(element)
    if not is_address(text):
        refuse(Reason.BAD_ADDRESS, element, found=text)
    return text


def _integer(element: Element) -> int:
    text = _collapsed(element)
    if INTEGER.fullmatch(text) is None:
        refuse(Reason.BAD_NUMBER, element, found=text)
    return int(text)


def _decimal(element: Element) -> str:
    text = _collapsed(element)
    if DECIMAL.fullmatch(text) is None:
        refuse(Reason.BAD_NUMBER, element, found=text)
    return text


# --- the grammar -------------------------------------------------------------------------------


def _grammar(version: Version) -> Callable[[Element], Alert]:
    newer = version is Version.V12
    moment = _moment(version)
    height = _decimal if newer else _text

    def sequence(build: Callable[[Values], Any], *parts: Part, signed: bool = False) -> Sequence:
        return Sequence(build, parts, version.value, signed)

    pair = sequence(
        lambda v: Named(*v),
        Part("valueName", _text, needed=True),
        Part("value", _text, needed=True),
    )
    name_tag, value_tag = pair.places

    def named(element: Element) -> Named:
        """The commonest element by far: look first whether it is as it should be."""
        if len(element) == 2:
            name, value = element
            if (
                name.tag == name_tag
                and value.tag == value_tag
                and not len(name)
                and not len(value)
                and not (element.text or "").strip(BLANKS)
                and not (name.tail or "").strip(BLANKS)
                and not (value.tail or "").strip(BLANKS)
            ):
                return Named(name.text or "", value.text or "")
        read: Named = pair.read(element)
        return read

    resource = sequence(
        lambda v: Resource(*v),
        Part("resourceDesc", _text, needed=True),
        Part("mimeType", _text, needed=newer),
        Part("size", _integer),
        Part("uri", _address),
        Part("derefUri", _text),
        Part("digest", _text),
    )
    area = sequence(
        lambda v: Area(v[0], tuple(v[1]), tuple(v[2]), tuple(v[3]), v[4], v[5]),
        Part("areaDesc", _text, needed=True),
        Part("polygon", lambda element: Polygon(_text(element)), many=True),
        Part("circle", lambda element: Circle(_text(element)), many=True),
        Part("geocode", named, many=True),
        Part("altitude", height),
        Part("ceiling", height),
    )
    since_12 = () if newer else (ResponseType.AVOID, ResponseType.ALL_CLEAR)
    info = sequence(
        _build_info,
        Part("language", _language),
        Part("category", _choice(Category), needed=True, many=True),
        Part("event", _text, needed=True),
        Part("responseType", _choice(ResponseType, without=since_12), many=True),
        Part("urgency", _choice(Urgency), needed=True),
        Part("severity", _choice(Severity), needed=True),
        Part("certainty", _choice(Certainty), needed=True),
        Part("audience", _text),
        Part("eventCode", named, many=True),
        Part("effective", moment),
        Part("onset", moment),
        Part("expires", moment),
        Part("senderName", _text),
        Part("headline", _text),
        Part("description", _text),
        Part("instruction", _text),
        Part("web", _address),
        Part("contact", _text),
        Part("parameter", named, many=True),
        Part("resource", resource.read, many=True),
        Part("area", area.read, many=True),
    )
    alert = sequence(
        lambda v: _build_alert(v, version),
        Part("identifier", _text, needed=True),
        Part("sender", _text, needed=True),
        Part("sent", moment, needed=True),
        Part("status", _choice(Status), needed=True),
        Part("msgType", _choice(MsgType), needed=True),
        Part("source", _text),
        Part("scope", _choice(Scope), needed=True),
        Part("restriction", _text),
        Part("addresses", _text),
        Part("code", _text, many=True),
        Part("note", _text),
        Part("references", _text),
        Part("incidents", _text),
        Part("info", info.read, many=True),
        signed=newer,
    )
    return alert.read


def _build_info(v: Values) -> Info:
    language, categories, event, responses, urgency, severity, certainty, audience, *rest = v
    codes, effective, onset, expires, name, headline, description, instruction, *rest = rest
    web, contact, parameters, resources, areas = rest
    return Info(
        tuple(categories),
        event,
        urgency,
        severity,
        certainty,
        language,
        tuple(responses),
        audience,
        tuple(codes),
        effective,
        onset,
        expires,
        name,
        headline,
        description,
        instruction,
        web,
        contact,
        tuple(parameters),
        tuple(resources),
        tuple(areas),
    )


def _build_alert(v: Values, version: Version) -> Alert:
    identifier, sender, sent, status, msg_type, source, scope, *rest = v
    restriction, addresses, codes, note, references, incidents, infos, *signatures = rest
    return Alert(
        identifier,
        sender,
        sent,
        status,
        msg_type,
        scope,
        source,
        restriction,
        addresses,
        tuple(codes),
        note,
        references,
        incidents,
        tuple(infos),
        tuple(signatures[0]) if signatures else (),
        version,
    )


_GRAMMARS: Mapping[str, Callable[[Element], Alert]] = {
    f"{{{version.value}}}alert": _grammar(version) for version in Version
}


# --- the door ----------------------------------------------------------------------------------


def read(data: bytes, *, limit: int = ALERT_LIMIT) -> Document:
    """Read one alert of CAP 1.2 or 1.1, or raise `CapRefused`.

    `limit` is in bytes. The original is carried along untouched.
    """
    return Document(read_root(open_xml(data, limit=limit)), bytes(data))


def is_alert(element: Element) -> bool:
    """Say whether an element is an alert of any edition, of which we may not know all."""
    tag = element.tag
    return isinstance(tag, str) and tag.endswith("}alert") and tag[1:].startswith(_EDITIONS)


def read_root(root: Element) -> Alert:
    """Read an opened alert element whose comments have been left out."""
    grammar = _GRAMMARS.get(root.tag)
    if grammar is None:
        reason = Reason.UNSUPPORTED_VERSION if is_alert(root) else Reason.NOT_AN_ALERT
        refuse(reason, root, found=etree.QName(root).namespace or "")
    alert = grammar(root)
    for element in _with_attributes(root):
        for name, value in element.items():
            if name not in _SCHEMA_HINTS:
                refuse(Reason.UNEXPECTED_ATTRIBUTE, element, found=f"{name}={value}")
    return alert
