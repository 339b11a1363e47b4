"""Compose an alert as XML, and let nothing out that would not be read back the same."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from .model import Alert, Area, Info, Moment, Named, Resource
from .opening import ALERT_LIMIT, open_xml
from .reading import read
from .refusals import CapRefused, Reason
from .sequence import Element


def write(alert: Alert, *, limit: int = ALERT_LIMIT) -> bytes:
    """Compose new XML in UTF-8, in the alert's own version of the standard.

    What was composed is read back before it is given out: an alert that
    breaks the standard raises `CapRefused`, and so does a text that XML
    cannot carry (`UNWRITABLE`), for instance one with control characters.

    A signature is kept as an element, but it was made over other bytes and
    will not verify here; to pass a signed alert on, pass on its original.
    """
    try:
        data = _compose(alert, limit)
    except CapRefused:
        raise
    except ValueError as error:  # control characters, half a character, a strange number
        raise CapRefused(Reason.UNWRITABLE, found=str(error)) from None
    if read(data, limit=limit).alert != alert:
        raise CapRefused(Reason.UNWRITABLE)
    return data


def _compose(alert: Alert, limit: int) -> bytes:
    maker = _Maker(alert.version.value)
    root = etree.Element(maker.tag("alert"), nsmap={None: alert.version.value})
    maker.texts(
        root,
        ("identifier", alert.identifier),
        ("sender", alert.sender),
        ("sent", alert.sent),
        ("status", alert.status),
        ("msgType", alert.msg_type),
        ("source", alert.source),
        ("scope", alert.scope),
        ("restriction", alert.restriction),
        ("addresses", alert.addresses),
    )
    maker.repeat(root, "code", alert.codes)
    maker.texts(
        root,
        ("note", alert.note),
        ("references", alert.references),
        ("incidents", alert.incidents),
    )
    for info in alert.infos:
        maker.info(root, info)
    etree.indent(root)
    for signature in alert.signatures:
        # Laid out as it came: spaces inside a signature are part of it.
        root.append(open_xml(signature, limit=limit))
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return data


class _Maker:
    """Appends elements of one namespace in the order of the standard."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def tag(self, name: str) -> str:
        return f"{{{self._namespace}}}{name}"

    def child(self, parent: Element, name: str) -> Element:
        return etree.SubElement(parent, self.tag(name))

    def texts(self, parent: Element, *pairs: tuple[str, str | int | Moment | None]) -> None:
        for name, value in pairs:
            if value is not None:
                text = value.text if isinstance(value, Moment) else str(value)
                self.child(parent, name).text = text

    def repeat(self, parent: Element, name: str, values: Iterable[str]) -> None:
        for value in values:
            self.child(parent, name).text = str(value)

    def named(self, parent: Element, name: str, pairs: Iterable[Named]) -> None:
        for pair in pairs:
            made = self.child(parent, name)
            self.texts(made, ("valueName", pair.name), ("value", pair.value))

    def info(self, parent: Element, info: Info) -> None:
        made = self.child(parent, "info")
        self.texts(made, ("language", info.language))
        self.repeat(made, "category", info.categories)
        self.texts(made, ("event", info.event))
        self.repeat(made, "responseType", info.responses)
        self.texts(
            made,
            ("urgency", info.urgency),
            ("severity", info.severity),
            ("certainty", info.certainty),
            ("audience", info.audience),
        )
        self.named(made, "eventCode", info.event_codes)
        self.texts(
            made,
            ("effective", info.effective),
            ("onset", info.onset),
            ("expires", info.expires),
            ("senderName", info.sender_name),
            ("headline", info.headline),
            ("description", info.description),
            ("instruction", info.instruction),
            ("web", info.web),
            ("contact", info.contact),
        )
        self.named(made, "parameter", info.parameters)
        for resource in info.resources:
            self.resource(made, resource)
        for area in info.areas:
            self.area(made, area)

    def resource(self, parent: Element, resource: Resource) -> None:
        self.texts(
            self.child(parent, "resource"),
            ("resourceDesc", resource.description),
            ("mimeType", resource.mime_type),
            ("size", resource.size),
            ("uri", resource.uri),
            ("derefUri", resource.deref_uri),
            ("digest", resource.digest),
        )

    def area(self, parent: Element, area: Area) -> None:
        made = self.child(parent, "area")
        self.texts(made, ("areaDesc", area.description))
        self.repeat(made, "polygon", (polygon.text for polygon in area.polygons))
        self.repeat(made, "circle", (circle.text for circle in area.circles))
        self.named(made, "geocode", area.geocodes)
        self.texts(made, ("altitude", area.altitude), ("ceiling", area.ceiling))
