"""The CAP codec: read, write, sign and verify, beside bare lxml and a peer.

Nine composed alerts of 6 to 11 KB, about 8.8 KB on average. The floor is lxml
parsing the same bytes and doing nothing else. The peer is capparselib, which
is no dependency: name a folder that holds it in RENWANG_BENCH_PEERS (made by
`pip install --no-deps --target FOLDER capparselib`), or that line is left out.
"""

import importlib
import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from lxml import etree

from renwang.alerts.cap import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    Moment,
    MsgType,
    Named,
    Polygon,
    ResponseType,
    Scope,
    Severity,
    Signer,
    Status,
    Urgency,
    read,
    verify,
    write,
)

ROUNDS, SPAN = 5, 0.4
NOW = datetime(2026, 7, 15, 1, 30, tzinfo=UTC)
PEERS = "RENWANG_BENCH_PEERS"

Report = Callable[..., None]


def composed(number: int) -> bytes:
    """Compose an alert that grows with its number: areas, outlines, codes and words."""
    moment = Moment.of(NOW)
    words = "The river is rising; go to higher ground and take your neighbours along. " * 3
    areas = tuple(
        Area(
            f"Ward {place}",
            (Polygon.of((29 + corner / 97, 106 + place / 89) for corner in range(12 + 3 * place)),),
            (Circle.of((29.5, 106.5), place),),
            tuple(Named("adcode", str(990000 + place * 10 + code)) for code in range(4)),
        )
        for place in range(1, 2 + number // 3)
    )
    infos = tuple(
        Info(
            (Category.MET,),
            "Rainstorm",
            Urgency.IMMEDIATE,
            Severity.SEVERE,
            Certainty.OBSERVED,
            language,
            (ResponseType.SHELTER, ResponseType.MONITOR),
            effective=moment,
            onset=moment,
            expires=Moment.of(NOW + timedelta(hours=6)),
            sender_name="Lanting observatory",
            headline="Orange rainstorm warning",
            description=words,
            instruction=words,
            web="https://lanting.example/warnings",
            parameters=tuple(Named(f"name {one}", f"value {one}") for one in range(8)),
            areas=areas,
        )
        for language in ("en", "zh-CN")
    )
    return write(
        Alert(
            f"99010141600000_2026071509300{number}",
            "warning@lanting.example",
            moment,
            Status.ACTUAL,
            MsgType.ALERT,
            Scope.PUBLIC,
            codes=("layer:example:1.0",),
            infos=infos,
        )
    )


def rates(samples: list[Any], *works: Callable[[Any], object]) -> list[float]:
    """Calls per second of each work, taken in turns; the median of the rounds."""
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for results, work in zip(taken, works, strict=True):
            count, start = 0, time.perf_counter()
            while (spent := time.perf_counter() - start) < SPAN:
                for sample in samples:
                    work(sample)
                count += len(samples)
            results.append(count / spent)
    return [statistics.median(results) for results in taken]


def peer() -> Callable[[str], object] | None:
    """The peer's way from text to values, or None where it is not installed."""
    if folder := os.environ.get(PEERS):
        sys.path.append(folder)
    try:
        parser = importlib.import_module("capparselib.parsers").CAPParser
    except ImportError:
        return None
    return lambda text: parser(text).as_dict()


def held_key() -> tuple[rsa.RSAPrivateKey, x509.Certificate]:
    """A key with a certificate of its own, as a node holds it in memory."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Lanting observatory")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    made = made.public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(NOW - timedelta(days=1)).not_valid_after(NOW + timedelta(days=1))
    return key, made.sign(key, hashes.SHA256())


def run(report: Report) -> None:
    """Report the codec's rates in alerts per second on one core."""
    samples = [composed(number) for number in range(9)]
    report("cap sample size", statistics.mean(map(len, samples)), "bytes")
    ours, floor = rates(samples, read, etree.fromstring)
    report("cap read, judge and model", ours, "alerts/s")
    report("cap read beside a bare parse", floor, "alerts/s", ours / floor)
    report_peer(report, samples)
    alerts = [read(sample).alert for sample in samples]
    report("cap write and prove", rates(alerts, write)[0], "alerts/s")

    key, certificate = held_key()
    signer = Signer(key, certificate)
    signing, raw = rates(
        samples,
        lambda sample: signer.sign(sample, now=NOW),
        lambda sample: key.sign(sample, padding.PKCS1v15(), hashes.SHA256()),
    )
    report("cap sign, key held", signing, "alerts/s", signing / 450, "≥ 1, that is 450 alerts/s")
    report("cap sign beside a bare RSA signature", raw, "signatures/s", signing / raw)
    signed = [signer.sign(sample, now=NOW) for sample in samples]
    verifying = rates(signed, lambda sample: verify(sample, trusted=[certificate], now=NOW))[0]
    report("cap verify", verifying, "alerts/s")


def report_peer(report: Report, samples: list[bytes]) -> None:
    """Compare with the peer in the same run, or say plainly that it is not there."""
    theirs = peer()
    if theirs is None:
        print(f"cap beside capparselib: left out, because capparselib is not in {PEERS}")
        return
    texts = [sample.decode().partition("?>")[2] for sample in samples]
    pairs = list(zip(samples, texts, strict=True))
    ours, other = rates(pairs, lambda pair: read(pair[0]), lambda pair: theirs(pair[1]))
    report("cap read beside capparselib", other, "alerts/s by capparselib", ours / other, "≥ 2.5")
