"""The doctor says of each part what is wrong with it and what to do: here, of what leads out of the node."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from renwang.alerts import cap
from renwang.alerts.reading import judge_signature
from renwang.alerts.signing import certificate_file, make_key, node_signer
from renwang.ops.doctor import Level, examine
from renwang.outreach.lines import Line
from tests.alerts.conftest import warning

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """A folder of the node's own, and English."""
    settings.HOME, settings.LANGUAGE_CODE = tmp_path, "en"
    return tmp_path


@pytest.fixture
def trusted(home, now):
    """Put a certificate into the folder of trust: `trusted("Weather Office", days=10)`."""

    def put(name: str, *, days: int) -> None:
        key = ec.generate_private_key(ec.SECP256R1())
        who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(who)
            .issuer_name(who)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - 400 * DAY)
            .not_valid_after(now + days * DAY)
            .sign(key, hashes.SHA256())
        )
        (home / "trusted").mkdir(exist_ok=True)
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        (home / "trusted" / f"{name}.pem").write_bytes(pem)

    return put


def found(check: str, now) -> list[tuple[Level, str]]:
    return [(one.level, one.words) for one in examine(now) if one.check == check]


class TestTrust:
    def test_nobody_is_trusted_yet(self, now):
        ((level, words),) = found("trust", now)
        assert (level, "No certificate" in words) == (Level.OK, True)

    def test_a_file_that_is_none_is_named(self, home, trusted, now):
        trusted("Weather Office", days=100)
        (home / "trusted" / "letter.pem").write_text("Dear operator")
        ((level, words),) = found("trust", now)
        assert (level, "letter.pem" in words) == (Level.BAD, True)

    def test_a_warning_comes_in_all_the_same(self, home, now):
        make_key("Weather Office", now=now)
        signed = node_signer().sign(cap.write(warning(now)), now=now)
        document = cap.read(signed)
        (home / "trusted").mkdir()
        (home / "trusted" / "office.pem").write_bytes(certificate_file().read_bytes())
        assert judge_signature(document, now).standing == cap.Standing.VALID
        (home / "trusted" / "letter.pem").write_text("Dear operator")
        assert judge_signature(document, now).standing == cap.Standing.UNTRUSTED

    def test_what_ends_soon_is_said_before_it_ends(self, trusted, now):
        for name, days in (("Weather", 100), ("Water", 29), ("Roads", -1)):
            trusted(name, days=days)
        assert found("trust", now) == [
            (Level.OK, "3 certificates are trusted."),
            (Level.WARN, "The trust in CN=Roads ended on 2026-07-14."),
            (Level.WARN, "The trust in CN=Water ends on 2026-08-13."),
        ]


class TestLines:
    @pytest.fixture(autouse=True)
    def webhook(self, settings):
        settings.RENWANG_CHANNELS = '{"webhook": {}}'

    def test_a_channel_that_was_never_used_is_well(self, now):
        assert found("lines", now) == [(Level.OK, "Every line works; 1 were never used.")]

    def test_a_line_that_is_left_alone_is_bad_and_one_that_fails_doubtful(self, now):
        for name, failures, rests_until in (
            ("gate.example", 5, now + timedelta(seconds=40)),
            ("wall.example", 2, None),
            ("bridge.example", 0, None),
        ):
            Line.objects.create(
                name=name, kind="webhook", failures=failures, rests_until=rests_until,
                changed_at=now,
            )  # fmt: skip
        assert found("lines", now) == [
            (
                Level.BAD,
                "gate.example: 5 messages failed in a row. It is tried again in 40 s.",
            ),
            (Level.WARN, "wall.example: 2 messages failed in a row."),
        ]

    def test_wrong_channels_are_said_once(self, settings, now):
        settings.RENWANG_CHANNELS = '{"pigeon": {}}'
        assert [level for level, _words in found("channels", now)] == [Level.BAD]
        assert found("lines", now) == []


def test_a_database_that_may_forget_is_still_read(now, monkeypatch):
    """What is wrong with the database's settings is no reason to look at nothing else in it."""
    from renwang.ops import doctor

    def database(now):
        return [(Level.BAD, "fsync is off", "")]

    checks = tuple(
        doctor.Check(database) if one.name == "database" else one for one in doctor.CHECKS
    )
    monkeypatch.setattr(doctor, "CHECKS", checks)
    assert found("accounts", now)
