"""Sign an alert, and say whose signature an alert bears.

Enveloped XML signatures, RSA or ECDSA with SHA-256, exclusive canonical
form. Both directions fail closed: what cannot be signed raises and is not
sent unsigned; what cannot be verified is never called valid.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature as KeyDisagrees
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import (
    CanonicalizationMethod,
    DigestAlgorithm,
    SignatureConstructionMethod,
    SignatureMethod,
)
from signxml.exceptions import InvalidCertificate, InvalidDigest, InvalidSignature
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from .model import Alert, Version
from .opening import ALERT_LIMIT, open_xml
from .reading import read
from .refusals import CapRefused
from .sequence import SIGNATURE_NAMESPACE, Element

SIGNATURE = f"{{{SIGNATURE_NAMESPACE}}}Signature"
_CERTIFICATE = f"{{{SIGNATURE_NAMESPACE}}}X509Certificate"
_EXCLUSIVE = CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0
_LONGEST_CHAIN = 6

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


class SigningRefusal(StrEnum):
    """Why nothing was signed. The words are in `words.py`."""

    KEY_UNREADABLE = "key-unreadable"
    KEY_UNSUITABLE = "key-unsuitable"
    CERTIFICATE_UNREADABLE = "certificate-unreadable"
    KEY_NOT_OF_CERTIFICATE = "key-not-of-certificate"
    CERTIFICATE_NOT_IN_FORCE = "certificate-not-in-force"
    VERSION_TAKES_NONE = "version-takes-none"
    ALREADY_SIGNED = "already-signed"
    FAILED = "failed"


class SigningRefused(Exception):
    """An alert that was not signed, and must therefore not leave the house."""

    def __init__(self, reason: SigningRefusal) -> None:
        self.reason = reason
        super().__init__(reason.value)


class Standing(StrEnum):
    """What is to be thought of a signature. Only `VALID` is good. The words are in `words.py`."""

    VALID = "valid"
    UNSIGNED = "unsigned"
    SEVERAL_SIGNATURES = "several-signatures"
    NO_CERTIFICATE = "no-certificate"
    CERTIFICATE_UNREADABLE = "certificate-unreadable"
    FORBIDDEN_METHOD = "forbidden-method"
    MALFORMED = "malformed"
    DIGEST_MISMATCH = "digest-mismatch"
    SIGNATURE_MISMATCH = "signature-mismatch"
    NOT_ALL_COVERED = "not-all-covered"
    UNTRUSTED = "untrusted"
    NOT_YET_IN_FORCE = "not-yet-in-force"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Whom the certificate names. `fingerprint` is its SHA-256 in hexadecimal."""

    name: str
    organisation: str
    fingerprint: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is to be thought of a signature, and whom its certificate names, if it can be read.

    A signatory is named for bad verdicts too: there it is a claim.
    """

    standing: Standing
    signatory: Signatory | None = None

    @property
    def is_valid(self) -> bool:
        return self.standing is Standing.VALID


class SignatureRefused(Exception):
    """An alert whose signature does not stand, where only a valid one will do."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict
        super().__init__(verdict.standing.value)


# --- signing -----------------------------------------------------------------------------------


class Signer:
    """A key held in memory with its certificate; made once, since loading a key is what costs."""

    def __init__(
        self, key: PrivateKey, certificate: x509.Certificate, chain: Sequence[x509.Certificate] = ()
    ) -> None:
        """`chain` are the certificates between this one and a root, sent along."""
        if isinstance(key, rsa.RSAPrivateKey):
            if key.key_size < 2048:
                raise SigningRefused(SigningRefusal.KEY_UNSUITABLE)
            method = SignatureMethod.RSA_SHA256
        elif isinstance(key, ec.EllipticCurvePrivateKey):
            method = SignatureMethod.ECDSA_SHA256
        else:
            raise SigningRefused(SigningRefusal.KEY_UNSUITABLE)
        if key.public_key() != certificate.public_key():
            raise SigningRefused(SigningRefusal.KEY_NOT_OF_CERTIFICATE)
        self._key = key
        self._chain = [certificate, *chain]
        self._signer = XMLSigner(
            method=SignatureConstructionMethod.enveloped,
            signature_algorithm=method,
            digest_algorithm=DigestAlgorithm.SHA256,
            c14n_algorithm=_EXCLUSIVE,
        )

    @classmethod
    def load(
        cls, key_pem: bytes, certificate_pem: bytes, passphrase: bytes | None = None
    ) -> Signer:
        """Read a key and its certificate (its chain may follow) from PEM, or raise `SigningRefused`."""
        try:
            key = serialization.load_pem_private_key(key_pem, passphrase)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            raise SigningRefused(SigningRefusal.KEY_UNREADABLE) from None
        try:
            certificate, *chain = x509.load_pem_x509_certificates(certificate_pem)
        except ValueError:
            raise SigningRefused(SigningRefusal.CERTIFICATE_UNREADABLE) from None
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise SigningRefused(SigningRefusal.KEY_UNSUITABLE)
        return cls(key, certificate, chain)

    @property
    def signatory(self) -> Signatory:
        return _signatory(self._chain[0])

    def sign(self, data: bytes, *, now: datetime) -> bytes:
        """Add a signature over the whole alert, or raise `SigningRefused` or `CapRefused`."""
        document = read(data)
        if document.alert.version is not Version.V12:
            raise SigningRefused(SigningRefusal.VERSION_TAKES_NONE)
        if document.alert.signatures:
            raise SigningRefused(SigningRefusal.ALREADY_SIGNED)
        if _out_of_force(self._chain[0], now) is not None:
            raise SigningRefused(SigningRefusal.CERTIFICATE_NOT_IN_FORCE)
        root = open_xml(data, limit=ALERT_LIMIT, whole=True)
        try:
            signed = self._signer.sign(root, key=self._key, cert=self._chain)
        except Exception as error:  # whatever went wrong, nothing may go out
            raise SigningRefused(SigningRefusal.FAILED) from error
        value = signed.findtext(f"{SIGNATURE}/{{{SIGNATURE_NAMESPACE}}}SignatureValue")
        if not value:
            raise SigningRefused(SigningRefusal.FAILED)
        made: bytes = etree.tostring(signed.getroottree(), xml_declaration=True, encoding="UTF-8")
        return made


# --- verifying ---------------------------------------------------------------------------------

_METHODS = frozenset(
    method
    for method in SignatureMethod
    if method.name.startswith(("RSA_SHA", "ECDSA_SHA", "SHA")) and "SHA1" not in method.name
)
_PERHAPS_LAID_OUT = (Standing.DIGEST_MISMATCH, Standing.SIGNATURE_MISMATCH)
_DIGESTS = frozenset(one for one in DigestAlgorithm if "SHA1" not in one.name)


def verify(data: bytes, *, trusted: Iterable[x509.Certificate], now: datetime) -> Verdict:
    """Judge the signature of an alert, in its original bytes.

    `trusted` are certificates of signatories, or of authorities that
    issued theirs. Bytes that are no alert raise `CapRefused`. SHA-1 is a
    forbidden method: today anybody can make two texts with one digest.
    """
    document = read(data)
    root = open_xml(data, limit=ALERT_LIMIT, whole=True)
    signatures = root.findall(SIGNATURE)
    if not signatures:
        return Verdict(Standing.UNSIGNED)
    if len(signatures) > 1:
        return Verdict(Standing.SEVERAL_SIGNATURES)
    words = [element.text or "" for element in signatures[0].iter(_CERTIFICATE)]
    if not words:
        return Verdict(Standing.NO_CERTIFICATE)
    try:
        leaf, *others = _leaf_first([_load(word) for word in words])
        signatory = _signatory(leaf)
    except (ValueError, binascii.Error):
        return Verdict(Standing.CERTIFICATE_UNREADABLE)
    bad: Standing | None = None
    for blanks in (True, False):
        bad = _fault(data, document.alert, leaf, blanks=blanks)
        if bad not in _PERHAPS_LAID_OUT:
            break
    if bad is not None:
        return Verdict(bad, signatory)
    if not _is_trusted(leaf, others, list(trusted), now):
        return Verdict(Standing.UNTRUSTED, signatory)
    return Verdict(_out_of_force(leaf, now) or Standing.VALID, signatory)


def _fault(data: bytes, alert: Alert, leaf: x509.Certificate, *, blanks: bool) -> Standing | None:
    """What is wrong with a signature under its own certificate; None if nothing.

    Some senders sign first and lay the text out on lines afterwards. Then
    the signature holds once the blanks between elements are left out, and
    it counts, since what it covers is compared with what was read.
    """
    root = open_xml(data, limit=ALERT_LIMIT, whole=True)
    if not blanks:
        _leave_out_blanks(root)
    try:
        result = XMLVerifier().verify(
            root,
            x509_cert=leaf,
            expect_config=SignatureConfiguration(
                location="./",
                signature_methods=_METHODS,
                digest_algorithms=_DIGESTS,
                # The dates are judged afterwards, so that a forgery under an
                # old certificate is called a forgery.
                verification_time=leaf.not_valid_before_utc + timedelta(seconds=1),
            ),
        )
        if isinstance(result, list):
            return Standing.NOT_ALL_COVERED
        covered = read(result.signed_data).alert
    except InvalidDigest:
        return Standing.DIGEST_MISMATCH
    except InvalidCertificate:
        return Standing.CERTIFICATE_UNREADABLE
    except InvalidSignature:
        return Standing.SIGNATURE_MISMATCH
    except CapRefused:
        return Standing.NOT_ALL_COVERED
    except Exception as error:  # signxml lets many kinds through; none may pass for valid
        return Standing.FORBIDDEN_METHOD if "forbidden" in str(error) else Standing.MALFORMED
    return None if covered == replace(alert, signatures=()) else Standing.NOT_ALL_COVERED


def _leave_out_blanks(root: Element) -> None:
    for element in root.iter():
        if len(element) and not (element.text or "").strip():
            element.text = None
        if not (element.tail or "").strip():
            element.tail = None


def require_signature(
    data: bytes, *, trusted: Iterable[x509.Certificate], now: datetime
) -> Signatory:
    """Name the signatory of an alert, or raise `SignatureRefused`."""
    verdict = verify(data, trusted=trusted, now=now)
    if not verdict.is_valid or verdict.signatory is None:
        raise SignatureRefused(verdict)
    return verdict.signatory


def _load(word: str) -> x509.Certificate:
    der = base64.b64decode("".join(word.split()), validate=True)
    return x509.load_der_x509_certificate(der)


def _leaf_first(certificates: list[x509.Certificate]) -> list[x509.Certificate]:
    """Put the signatory's own certificate before those of its issuers."""
    issuers = {one.issuer for one in certificates if one.issuer != one.subject}
    return sorted(certificates, key=lambda one: one.subject in issuers)


def _signatory(certificate: x509.Certificate) -> Signatory:
    def attribute(oid: x509.ObjectIdentifier) -> str:
        found = certificate.subject.get_attributes_for_oid(oid)
        return str(found[0].value) if found else ""

    return Signatory(
        name=attribute(NameOID.COMMON_NAME) or certificate.subject.rfc4514_string(),
        organisation=attribute(NameOID.ORGANIZATION_NAME),
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _out_of_force(certificate: x509.Certificate, now: datetime) -> Standing | None:
    at = now.astimezone(UTC)
    if at < certificate.not_valid_before_utc:
        return Standing.NOT_YET_IN_FORCE
    return Standing.EXPIRED if at > certificate.not_valid_after_utc else None


def _is_trusted(
    leaf: x509.Certificate,
    others: list[x509.Certificate],
    trusted: list[x509.Certificate],
    now: datetime,
) -> bool:
    """Follow issuers from the leaf to a trusted certificate, each in force and allowed to issue."""
    at = leaf
    for _ in range(_LONGEST_CHAIN):
        if at in trusted:
            return True
        issuer = next((one for one in (*trusted, *others) if _issued(one, at, now)), None)
        if issuer is None or issuer == at:
            return False
        at = issuer
    return False


def _issued(issuer: x509.Certificate, certificate: x509.Certificate, now: datetime) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        constraints = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
        may_issue = constraints.ca
        try:
            usage = issuer.extensions.get_extension_for_class(x509.KeyUsage).value
            may_issue = may_issue and usage.key_cert_sign
        except x509.ExtensionNotFound:
            pass  # no key usage named: none is excluded
    except (ValueError, TypeError, KeyDisagrees, UnsupportedAlgorithm, x509.ExtensionNotFound):
        return False
    return may_issue and _out_of_force(issuer, now) is None
