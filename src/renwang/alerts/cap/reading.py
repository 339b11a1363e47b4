"""Read an alert strictly, in one pass: order, number, values and nothing else.

The grammar below is the one of the standard's sections 3.2.1 to 3.2.4.
Whatever the schemas of OASIS refuse is refused here; beyond them we refuse
times without an offset or outside the years 1 to 9999 (`lexical`), an alert
inside a signature, and attributes that would change an element's type.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NoReturn, TypeVar

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
from .refusals import CapRefused, Reason

SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"

_BLANKS = " \t\r\n"
_SCHEMA_HINTS = frozenset(
    f"{{http://www.w3.org/2001/XMLSchema-instance}}{name}"
    for name in ("schemaLocation", "noNamespaceSchemaLocation")
)
_with_attributes = etree.XPath(
    "//*[@*][not(ancestor-or-self::ds:*)]", namespaces={"ds": SIGNATURE_NAMESPACE}
)
_EDITIONS = ("http://www.incident.com/cap/1.0", "urn:oasis:names:tc:emergency:cap:")

Element = Any  # lxml carries no types
Values = list[Any]
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class _Part:
    """One element of a sequence: its name, how often it may stand, how it is read."""

    name: str
    read: Callable[[Element], Any]
    needed: bool = False
    many: bool = False


@dataclass(slots=True)
class _Sequence:
    """The children of an element in their order; `build` makes the value of what was read."""

    build: Callable[[Values], Any]
    parts: tuple[_Part, ...]
    namespace: str
    signed: bool  # whether elements of the signature namespace may follow
    places: dict[str, int] = field(init=False)
    next_needed: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.places = {f"{{{self.namespace}}}{part.name}": i for i, part in enumerate(self.parts)}
        end = len(self.parts)
        self.next_needed = [end] * (end + 1)
        for i in range(end - 1, -1, -1):
            self.next_needed[i] = i if self.parts[i].needed else self.next_needed[i + 1]

    def read(self, element: Element) -> Any:
        parts, places, next_needed, end = self.parts, self.places, self.next_needed, len(self.parts)
        values: Values = [() if part.many else None for part in parts]
        at = 0  # the first place that may be taken
        due = next_needed[0]  # the place that may not be passed over
        signatures: list[bytes] = []
        if (text := element.text) is not None and text.strip(_BLANKS):
            _refuse(Reason.UNEXPECTED_TEXT, element, found=text)
        for child in element:
            place = places.get(child.tag, -1)
            if at <= place <= due and not signatures:
                part = parts[place]
                if not part.many:
                    values[place] = part.read(child)
                    at = place + 1
                elif values[place]:
                    values[place].append(part.read(child))
                else:
                    values[place] = [part.read(child)]
                    at = place
                due = next_needed[place + 1]
            elif place < 0 and due == end and self.signed and _is_signature(child):
                signatures.append(_read_signature(child, self.namespace))
            else:
                self._refuse_child(child, place, at, due)
            if (tail := child.tail) is not None and tail.strip(_BLANKS):
                _refuse(Reason.UNEXPECTED_TEXT, element, found=tail)
        if due < end:
            _refuse(Reason.MISSING_ELEMENT, element, expected=(parts[due].name,))
        if self.signed:
            values.append(signatures)
        return self.build(values)

    def _refuse_child(self, child: Element, place: int, at: int, due: int) -> NoReturn:
        expected = tuple(part.name for part in self.parts[at : due + 1])
        if place > due:
            _refuse(Reason.MISSING_ELEMENT, child, expected=(self.parts[due].name,))
        if place >= 0 and place == at - 1:
            _refuse(Reason.REPEATED_ELEMENT, child)
        _refuse(Reason.UNEXPECTED_ELEMENT, child, expected=expected)


def _refuse(
    reason: Reason, element: Element, *, found: str = "", expected: tuple[str, ...] = ()
) -> NoReturn:
    name = etree.QName(element).localname if isinstance(element.tag, str) else "&"
    raise CapRefused(
        reason, element=name, line=element.sourceline or 0, found=found.strip(), expected=expected
    )


def _is_signature(element: Element) -> bool:
    return isinstance(element.tag, str) and element.tag.startswith(f"{{{SIGNATURE_NAMESPACE}}}")


def _read_signature(element: Element, namespace: str) -> bytes:
    """Keep an element of the signature namespace in exclusive canonical form.

    An alert hidden inside it would be one that the signature covers and
    no reader shows: the trick is refused where the schema is lax.
    """
    hidden = next(element.iter(f"{{{namespace}}}*"), None)
    if hidden is not None:
        _refuse(Reason.ALERT_IN_SIGNATURE, hidden)
    kept: bytes = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    return kept


# --- single values -----------------------------------------------------------------------------


def _text(element: Element) -> str:
    if len(element):
        _refuse(Reason.UNEXPECTED_ELEMENT, element[0])
    return element.text or ""


def _collapsed(element: Element) -> str:
    return collapse(_text(element))


def _choice(words: type[Word], without: tuple[Word, ...] = ()) -> Callable[[Element], Word]:
    known = {word.value: word for word in words if word not in without}

    def read(element: Element) -> Word:
        text = _text(element)
        word = known.get(text)
        if word is None:
            _refuse(Reason.UNKNOWN_VALUE, element, found=text, expected=tuple(known))
        return word

    return read


def _moment(version: Version) -> Callable[[Element], Moment]:
    def read(element: Element) -> Moment:
        text = _text(element)
        moment = read_moment(text, version)
        if moment is None:
            _refuse(Reason.BAD_TIME, element, found=text)
        return moment

    return read


def _language(element: Element) -> str:
    """An empty element takes the schema's default, and is kept as empty."""
    text = _text(element)
    if not text:
        return ""
    collapsed = collapse(text)
    if LANGUAGE.fullmatch(collapsed) is None:
        _refuse(Reason.BAD_LANGUAGE, element, found=text)
    return collapsed


def _address(element: Element) -> str:
    text = _collapsed(element)
    if not is_address(text):
        _refuse(Reason.BAD_ADDRESS, element, found=text)
    return text


def _integer(element: Element) -> int:
    text = _collapsed(element)
    if INTEGER.fullmatch(text) is None:
        _refuse(Reason.BAD_NUMBER, element, found=text)
    return int(text)


def _decimal(element: Element) -> str:
    text = _collapsed(element)
    if DECIMAL.fullmatch(text) is None:
        _refuse(Reason.BAD_NUMBER, element, found=text)
    return text


# --- the grammar -------------------------------------------------------------------------------


def _grammar(version: Version) -> Callable[[Element], Alert]:
    newer = version is Version.V12
    moment = _moment(version)
    height = _decimal if newer else _text

    def sequence(build: Callable[[Values], Any], *parts: _Part, signed: bool = False) -> _Sequence:
        return _Sequence(build, parts, version.value, signed)

    pair = sequence(
        lambda v: Named(*v),
        _Part("valueName", _text, needed=True),
        _Part("value", _text, needed=True),
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
                and not (element.text or "").strip(_BLANKS)
                and not (name.tail or "").strip(_BLANKS)
                and not (value.tail or "").strip(_BLANKS)
            ):
                return Named(name.text or "", value.text or "")
        read: Named = pair.read(element)
        return read

    resource = sequence(
        lambda v: Resource(*v),
        _Part("resourceDesc", _text, needed=True),
        _Part("mimeType", _text, needed=newer),
        _Part("size", _integer),
        _Part("uri", _address),
        _Part("derefUri", _text),
        _Part("digest", _text),
    )
    area = sequence(
        lambda v: Area(v[0], tuple(v[1]), tuple(v[2]), tuple(v[3]), v[4], v[5]),
        _Part("areaDesc", _text, needed=True),
        _Part("polygon", lambda element: Polygon(_text(element)), many=True),
        _Part("circle", lambda element: Circle(_text(element)), many=True),
        _Part("geocode", named, many=True),
        _Part("altitude", height),
        _Part("ceiling", height),
    )
    since_12 = () if newer else (ResponseType.AVOID, ResponseType.ALL_CLEAR)
    info = sequence(
        _build_info,
        _Part("language", _language),
        _Part("category", _choice(Category), needed=True, many=True),
        _Part("event", _text, needed=True),
        _Part("responseType", _choice(ResponseType, without=since_12), many=True),
        _Part("urgency", _choice(Urgency), needed=True),
        _Part("severity", _choice(Severity), needed=True),
        _Part("certainty", _choice(Certainty), needed=True),
        _Part("audience", _text),
        _Part("eventCode", named, many=True),
        _Part("effective", moment),
        _Part("onset", moment),
        _Part("expires", moment),
        _Part("senderName", _text),
        _Part("headline", _text),
        _Part("description", _text),
        _Part("instruction", _text),
        _Part("web", _address),
        _Part("contact", _text),
        _Part("parameter", named, many=True),
        _Part("resource", resource.read, many=True),
        _Part("area", area.read, many=True),
    )
    alert = sequence(
        lambda v: _build_alert(v, version),
        _Part("identifier", _text, needed=True),
        _Part("sender", _text, needed=True),
        _Part("sent", moment, needed=True),
        _Part("status", _choice(Status), needed=True),
        _Part("msgType", _choice(MsgType), needed=True),
        _Part("source", _text),
        _Part("scope", _choice(Scope), needed=True),
        _Part("restriction", _text),
        _Part("addresses", _text),
        _Part("code", _text, many=True),
        _Part("note", _text),
        _Part("references", _text),
        _Part("incidents", _text),
        _Part("info", info.read, many=True),
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
        _refuse(reason, root, found=etree.QName(root).namespace or "")
    alert = grammar(root)
    for element in _with_attributes(root):
        for name, value in element.items():
            if name not in _SCHEMA_HINTS:
                _refuse(Reason.UNEXPECTED_ATTRIBUTE, element, found=f"{name}={value}")
    return alert
