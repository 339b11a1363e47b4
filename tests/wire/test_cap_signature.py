"""Who signed, whether it stands, and that nothing leaves unsigned."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import NameOID

from renwang.alerts.cap import (
    CapRefused,
    SignatureRefused,
    Signer,
    SigningRefusal,
    SigningRefused,
    Standing,
    read,
    require_signature,
    verify,
    write,
)

SAMPLES = Path(__file__).parent / "cap"
FULL = (SAMPLES / "full.xml").read_bytes()
NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ROOT_KEY = ec.generate_private_key(ec.SECP256R1())


def certificate(
    subject: str,
    key: object,
    issuer: str,
    issuer_key: object,
    *,
    ca: bool = False,
    begins: datetime = NOW - timedelta(days=10),
    ends: datetime = NOW + timedelta(days=10),
) -> x509.Certificate:
    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(begins)
        .not_valid_after(ends)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


ROOT = certificate("Lanting Root", ROOT_KEY, "Lanting Root", ROOT_KEY, ca=True)
LEAF = certificate("Lanting observatory", KEY, "Lanting Root", ROOT_KEY)
SIGNED = Signer(KEY, LEAF).sign(FULL, now=NOW)


def standing(data: bytes, trusted: list[x509.Certificate], now: datetime = NOW) -> Standing:
    return verify(data, trusted=trusted, now=now).standing


def pem(key: object) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


# --- what does not get signed ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "cert", "reason"),
    [
        (b"no key", LEAF.public_bytes(serialization.Encoding.PEM), SigningRefusal.KEY_UNREADABLE),
        (pem(KEY), b"no certificate", SigningRefusal.CERTIFICATE_UNREADABLE),
        (
            pem(KEY),
            ROOT.public_bytes(serialization.Encoding.PEM),
            SigningRefusal.KEY_NOT_OF_CERTIFICATE,
        ),
        (
            pem(ed25519.Ed25519PrivateKey.generate()),
            LEAF.public_bytes(serialization.Encoding.PEM),
            SigningRefusal.KEY_UNSUITABLE,
        ),
    ],
)
def test_a_key_that_cannot_sign_is_refused_when_loaded(
    key: bytes, cert: bytes, reason: SigningRefusal
) -> None:
    with pytest.raises(SigningRefused) as caught:
        Signer.load(key, cert)
    assert caught.value.reason is reason


def test_a_short_key_is_refused() -> None:
    short = rsa.generate_private_key(public_exponent=65537, key_size=1024)
    with pytest.raises(SigningRefused) as caught:
        Signer(short, certificate("x", short, "Lanting Root", ROOT_KEY))
    assert caught.value.reason is SigningRefusal.KEY_UNSUITABLE


@pytest.mark.parametrize(
    ("data", "now", "reason"),
    [
        (FULL, NOW + timedelta(days=11), SigningRefusal.CERTIFICATE_NOT_IN_FORCE),
        (FULL, NOW - timedelta(days=11), SigningRefusal.CERTIFICATE_NOT_IN_FORCE),
        (SIGNED, NOW, SigningRefusal.ALREADY_SIGNED),
        ((SAMPLES / "least.xml").read_bytes(), NOW, SigningRefusal.VERSION_TAKES_NONE),
    ],
)
def test_what_cannot_be_signed_raises(data: bytes, now: datetime, reason: SigningRefusal) -> None:
    with pytest.raises(SigningRefused) as caught:
        Signer(KEY, LEAF).sign(data, now=now)
    assert caught.value.reason is reason


def test_no_invalid_alert_is_signed() -> None:
    with pytest.raises(CapRefused):
        Signer(KEY, LEAF).sign(FULL.replace(b"Exercise", b"exercise"), now=NOW)


# --- what does not stand -----------------------------------------------------------------------


def test_an_unsigned_alert_is_called_so() -> None:
    assert standing(FULL, [ROOT]) is Standing.UNSIGNED
    with pytest.raises(SignatureRefused) as caught:
        require_signature(FULL, trusted=[ROOT], now=NOW)
    assert caught.value.verdict.standing is Standing.UNSIGNED


def test_an_altered_alert_is_a_digest_mismatch() -> None:
    for old, new in (
        ("12345", "54321"),
        ("29.50,106.40", "29.51,106.40"),
        ("Immediate", "Expected"),
    ):
        assert (
            standing(SIGNED.replace(old.encode(), new.encode(), 1), [ROOT])
            is Standing.DIGEST_MISMATCH
        )


def test_a_foreign_signature_value_is_a_signature_mismatch() -> None:
    start, end = SIGNED.index(b"SignatureValue>") + 15, SIGNED.index(b"</ds:SignatureValue")
    forged = SIGNED[:start] + base64.b64encode(bytes(256)) + SIGNED[end:]
    assert standing(forged, [ROOT]) is Standing.SIGNATURE_MISMATCH


def test_a_stranger_is_untrusted_even_under_the_same_name() -> None:
    other = ec.generate_private_key(ec.SECP256R1())
    stranger = certificate("Lanting Root", other, "Lanting Root", other, ca=True)
    assert standing(SIGNED, []) is Standing.UNTRUSTED
    assert standing(SIGNED, [stranger]) is Standing.UNTRUSTED
    verdict = verify(SIGNED, trusted=[], now=NOW)
    assert verdict.signatory is not None and verdict.signatory.name == "Lanting observatory"


def test_an_issuer_that_may_not_issue_is_not_followed() -> None:
    no_authority = certificate("Lanting Root", ROOT_KEY, "Lanting Root", ROOT_KEY, ca=False)
    assert standing(SIGNED, [no_authority]) is Standing.UNTRUSTED


def test_certificates_have_their_time() -> None:
    assert standing(SIGNED, [LEAF], NOW + timedelta(days=11)) is Standing.EXPIRED
    assert standing(SIGNED, [LEAF], NOW - timedelta(days=11)) is Standing.NOT_YET_IN_FORCE


def test_a_certificate_that_cannot_be_read_is_called_so() -> None:
    start = SIGNED.index(b"X509Certificate>") + 16
    assert (
        standing(SIGNED[:start] + b"AAAA" + SIGNED[start + 4 :], [ROOT])
        is Standing.CERTIFICATE_UNREADABLE
    )


def test_two_signatures_and_none_with_a_certificate_are_not_valid() -> None:
    signature = SIGNED[SIGNED.index(b"<ds:Signature ") : SIGNED.index(b"</cap:alert>")]
    doubled = SIGNED.replace(b"</cap:alert>", signature + b"</cap:alert>")
    assert standing(doubled, [ROOT]) is Standing.SEVERAL_SIGNATURES
    start, end = SIGNED.index(b"<ds:KeyInfo"), SIGNED.index(b"</ds:KeyInfo>") + 13
    assert standing(SIGNED[:start] + SIGNED[end:], [ROOT]) is Standing.NO_CERTIFICATE


def test_sha_1_is_forbidden() -> None:
    weak = SIGNED.replace(
        b"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        b"http://www.w3.org/2000/09/xmldsig#rsa-sha1",
    )
    assert weak != SIGNED
    assert standing(weak, [ROOT]) is Standing.FORBIDDEN_METHOD


def test_a_damaged_signature_is_malformed() -> None:
    assert (
        standing(SIGNED.replace(b"ds:SignedInfo", b"ds:SignedInfa"), [ROOT]) is Standing.MALFORMED
    )


def test_a_signature_made_for_a_part_does_not_stand_for_the_whole() -> None:
    part = SIGNED.replace(b'URI=""', b'URI="#part"')
    assert not verify(part, trusted=[ROOT], now=NOW).is_valid


# --- what stands -------------------------------------------------------------------------------


def test_a_signed_alert_says_the_same_and_names_its_signatory() -> None:
    assert require_signature(SIGNED, trusted=[ROOT], now=NOW) == Signer(KEY, LEAF).signatory
    assert standing(SIGNED, [LEAF]) is Standing.VALID
    signed, plain = read(SIGNED).alert, read(FULL).alert
    assert signed.infos == plain.infos and len(signed.signatures) == 1


def test_a_chain_that_is_sent_along_is_followed() -> None:
    middle_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    middle = certificate("Lanting office", middle_key, "Lanting Root", ROOT_KEY, ca=True)
    leaf = certificate("Lanting observatory", KEY, "Lanting office", middle_key)
    chain = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in (leaf, middle))
    data = Signer.load(pem(KEY), chain).sign(FULL, now=NOW)
    assert standing(data, [ROOT]) is Standing.VALID
    assert standing(Signer(KEY, leaf).sign(FULL, now=NOW), [ROOT]) is Standing.UNTRUSTED


def test_an_elliptic_key_signs_too() -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    leaf = certificate("Lanting desk", key, "Lanting Root", ROOT_KEY)
    assert (
        standing(Signer(key, leaf).sign(write(read(FULL).alert), now=NOW), [ROOT]) is Standing.VALID
    )


def test_laying_the_lines_out_anew_after_signing_does_no_harm_but_a_changed_word_does() -> None:
    signed = Signer(KEY, LEAF).sign(
        b'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier><sender>a</sender>'
        b"<sent>2026-07-15T09:30:00+08:00</sent><status>Actual</status><msgType>Alert</msgType>"
        b"<scope>Public</scope></alert>",
        now=NOW,
    )
    laid_out = signed.replace(b"><identifier", b">\n  <identifier").replace(
        b"<scope>", b"\n  <scope>"
    )
    assert standing(laid_out, [ROOT]) is Standing.VALID
    assert standing(laid_out.replace(b">1<", b"> 1<"), [ROOT]) is Standing.DIGEST_MISMATCH
