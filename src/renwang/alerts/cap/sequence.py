"""The order of an element's children: read in one pass, with the first departure named."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from lxml import etree

from .refusals import CapRefused, Reason

SIGNATURE_NAMESPACE = "http://www.w3.org/2000/09/xmldsig#"
BLANKS = " \t\r\n"

Element = Any  # lxml carries no types
Values = list[Any]


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a sequence: its name, how often it may stand, how it is read."""

    name: str
    read: Callable[[Element], Any]
    needed: bool = False
    many: bool = False


@dataclass(slots=True)
class Sequence:
    """The children of an element in their order; `build` makes the value of what was read."""

    build: Callable[[Values], Any]
    parts: tuple[Part, ...]
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
        if (text := element.text) is not None and text.strip(BLANKS):
            refuse(Reason.UNEXPECTED_TEXT, element, found=text)
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
            if (tail := child.tail) is not None and tail.strip(BLANKS):
                refuse(Reason.UNEXPECTED_TEXT, element, found=tail)
        if due < end:
            refuse(Reason.MISSING_ELEMENT, element, expected=(parts[due].name,))
        if self.signed:
            values.append(signatures)
        return self.build(values)

    def _refuse_child(self, child: Element, place: int, at: int, due: int) -> NoReturn:
        expected = tuple(part.name for part in self.parts[at : due + 1])
        if place > due:
            refuse(Reason.MISSING_ELEMENT, child, expected=(self.parts[due].name,))
        if place >= 0 and place == at - 1:
            refuse(Reason.REPEATED_ELEMENT, child)
        refuse(Reason.UNEXPECTED_ELEMENT, child, expected=expected)


def refuse(
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
        refuse(Reason.ALERT_IN_SIGNATURE, hidden)
    kept: bytes = etree.tostring(element, method="c14n", exclusive=True, with_comments=False)
    return kept
