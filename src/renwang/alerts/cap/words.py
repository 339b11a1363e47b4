"""The sentences for what the codec refuses, doubts and thinks of signatures.

The codec itself knows no language; whoever shows a refusal takes it here.
"""

from collections.abc import Mapping

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .findings import Doubt, Finding
from .refusals import CapRefused, Reason
from .signature import SigningRefusal, Standing

REASONS: Mapping[Reason, object] = {
    Reason.EMPTY: _("The file is empty."),
    Reason.TOO_LARGE: _("The file has %(found)s bytes; at most %(expected)s are taken."),
    Reason.DOCTYPE: _(
        "The file declares a document type. No alert needs one, and attacks are made with it."
    ),
    Reason.NUL_BYTE: _("The file holds zero bytes: it is damaged, or no text."),
    Reason.ENCODING: _(
        "The characters do not fit their encoding, or it is not supported: %(found)s"
    ),
    Reason.TOO_DEEP: _("The elements are nested too deeply for an alert."),
    Reason.INCOMPLETE: _("The file breaks off before its end."),
    Reason.UNDEFINED_ENTITY: _("The file uses an entity that is not defined."),
    Reason.NOT_WELL_FORMED: _("The file is not well-formed XML: %(found)s"),
    Reason.NOT_AN_ALERT: _("The file is XML, but not a CAP alert."),
    Reason.NOT_A_FEED: _("The file is XML, but neither an Atom nor an RSS feed."),
    Reason.UNSUPPORTED_VERSION: _(
        "The alert follows another version of CAP; 1.2 and 1.1 are taken: %(found)s"
    ),
    Reason.UNEXPECTED_ELEMENT: _("This element may not stand here. Possible here: %(expected)s"),
    Reason.MISSING_ELEMENT: _(
        "Before this place, or inside this element, is missing: %(expected)s"
    ),
    Reason.REPEATED_ELEMENT: _("This element may stand only once."),
    Reason.UNEXPECTED_ATTRIBUTE: _("This attribute does not belong to CAP: %(found)s"),
    Reason.UNEXPECTED_TEXT: _("There is text between the elements: %(found)s"),
    Reason.UNKNOWN_VALUE: _("The value “%(found)s” is not one of: %(expected)s"),
    Reason.BAD_TIME: _(
        "“%(found)s” is not a time as CAP writes it, such as 2026-07-15T09:30:00+08:00."
    ),
    Reason.BAD_LANGUAGE: _("“%(found)s” is not a language code such as zh-CN or en."),
    Reason.BAD_NUMBER: _("“%(found)s” is not a number."),
    Reason.BAD_ADDRESS: _("“%(found)s” is not a web address."),
    Reason.ALERT_IN_SIGNATURE: _(
        "A part of an alert is hidden inside the signature, where no reader would show it."
    ),
    Reason.NOT_IN_ENTRY: _("The alert stands in the feed but in none of its entries."),
    Reason.UNWRITABLE: _("The alert holds something that XML cannot carry: %(found)s"),
    Reason.BAD_CHINESE_IDENTIFIER: _(
        "“%(found)s” is not an identifier of the form ZZZZZZDDDUUUXX_YYYYMMDDhhmmss."
    ),
    Reason.UNKNOWN_COLOUR: _("“%(found)s” is neither a severity nor one of: %(expected)s"),
}

DOUBTS: Mapping[Doubt, object] = {
    Doubt.IDENTIFIER_CHARACTERS: _(
        "The identifier is empty or has a space, a comma, < or &, so later messages cannot name it."
    ),
    Doubt.SENDER_CHARACTERS: _(
        "The sender is empty or has a space, a comma, < or &, so later messages cannot name it."
    ),
    Doubt.SENT_IN_FUTURE: _("The alert says that it was sent in the future: %(found)s"),
    Doubt.EXPIRED: _("The alert ended at %(found)s."),
    Doubt.EXPIRES_BEFORE_SENT: _("The alert ends before it was sent: %(found)s"),
    Doubt.EXPIRES_BEFORE_ONSET: _("The alert ends before the event begins: %(found)s"),
    Doubt.RESTRICTION_MISSING: _("The alert is restricted but does not say to whom."),
    Doubt.ADDRESSES_MISSING: _("The alert is private but names no addressee."),
    Doubt.REFERENCES_MISSING: _("The message concerns an earlier one but does not name it."),
    Doubt.REFERENCES_UNREADABLE: _("A reference to an earlier message cannot be read: %(found)s"),
    Doubt.NOTHING_SAID: _("The alert says nothing about an event."),
    Doubt.NO_AREA: _("The alert names no area."),
    Doubt.AREA_WITHOUT_PLACE: _("The area has neither outline nor code, only words: %(found)s"),
    Doubt.POLYGON_UNREADABLE: _("An outline cannot be read: %(found)s"),
    Doubt.POLYGON_SHORT: _("An outline has fewer than four points: %(found)s"),
    Doubt.POLYGON_OPEN: _("An outline does not end where it began: %(found)s"),
    Doubt.CIRCLE_UNREADABLE: _("A circle cannot be read: %(found)s"),
    Doubt.OFF_THE_GLOBE: _(
        "A position is not on the globe; perhaps latitude and longitude are swapped: %(found)s"
    ),
    Doubt.CEILING_ALONE: _("A ceiling is given without the altitude it belongs to: %(found)s"),
    Doubt.UNKNOWN_COLOUR: _("The warning colour is not known: %(found)s"),
    Doubt.COLOUR_DISAGREES: _("Warning colour and severity do not fit: %(found)s"),
}

STANDINGS: Mapping[Standing, object] = {
    Standing.VALID: _("The signature is valid."),
    Standing.UNSIGNED: _("The alert is not signed."),
    Standing.SEVERAL_SIGNATURES: _("The alert bears several signatures; only one can be judged."),
    Standing.NO_CERTIFICATE: _("The signature brings no certificate, so it names nobody."),
    Standing.CERTIFICATE_UNREADABLE: _("The certificate of the signature cannot be read."),
    Standing.FORBIDDEN_METHOD: _("The signature was made by a method that is no longer safe."),
    Standing.MALFORMED: _("The signature is damaged."),
    Standing.DIGEST_MISMATCH: _("The alert was altered after it was signed."),
    Standing.SIGNATURE_MISMATCH: _("The signature was not made with the key of its certificate."),
    Standing.NOT_ALL_COVERED: _("The signature does not cover the whole alert."),
    Standing.UNTRUSTED: _("The signature holds, but its certificate is not trusted here."),
    Standing.NOT_YET_IN_FORCE: _("The certificate of the signature is not yet in force."),
    Standing.EXPIRED: _("The certificate of the signature has expired."),
}

SIGNING: Mapping[SigningRefusal, object] = {
    SigningRefusal.KEY_UNREADABLE: _("The signing key cannot be read, or its passphrase is wrong."),
    SigningRefusal.KEY_UNSUITABLE: _("The signing key must be RSA of 2048 bits or more, or ECDSA."),
    SigningRefusal.CERTIFICATE_UNREADABLE: _("The signing certificate cannot be read."),
    SigningRefusal.KEY_NOT_OF_CERTIFICATE: _("The signing key does not belong to the certificate."),
    SigningRefusal.CERTIFICATE_NOT_IN_FORCE: _(
        "The signing certificate has expired or is not yet in force."
    ),
    SigningRefusal.VERSION_TAKES_NONE: _("CAP 1.1 has no place for a signature; write CAP 1.2."),
    SigningRefusal.ALREADY_SIGNED: _("The alert is already signed; pass it on as it is."),
    SigningRefusal.FAILED: _("The signature could not be made, so the alert was not sent."),
}

_WHERE = pgettext_lazy("place in a file", "line %(line)s, element “%(element)s”")
_LINE = pgettext_lazy("place in a file", "line %(line)s")


def explain(refused: CapRefused) -> str:
    """The sentence for a refusal, with where it was found, in the language of the moment."""
    parts = {
        "found": refused.found,
        "expected": ", ".join(refused.expected) or gettext("nothing"),
    }
    sentence = str(REASONS[refused.reason]) % parts
    if not refused.line:
        return sentence
    place = _WHERE if refused.element else _LINE
    where = str(place) % {"line": refused.line, "element": refused.element}
    return str(gettext("%(sentence)s (%(where)s)")) % {"sentence": sentence, "where": where}


def describe(finding: Finding) -> str:
    """The sentence for a doubt, in the language of the moment."""
    return str(DOUBTS[finding.doubt]) % {"found": finding.found}
